//! One thing that a program can do: its way in and what is said of it, declared together.
//!
//! Who may call this: the folders of the API. What must stay true: the router's table and the
//! document are made from the same list, so neither can hold what the other does not.

use axum::handler::Handler;
use axum::http::Method;
use axum::routing::MethodFilter;
use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::app::App;
use crate::edge::access::Access;
use crate::routes::{self, Route};

/// A part of the document: what kind of thing its operations are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    You,
    Places,
    Goals,
    Trials,
    Plans,
    People,
    Scores,
    Practices,
}

impl Part {
    pub(super) const ALL: [Self; 8] = [
        Self::You,
        Self::Places,
        Self::Goals,
        Self::Trials,
        Self::Plans,
        Self::People,
        Self::Scores,
        Self::Practices,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::You => "You",
            Self::Places => "Places",
            Self::Goals => "Goals",
            Self::Trials => "Trials",
            Self::Plans => "Plans",
            Self::People => "Pupils and lots",
            Self::Scores => "Scores and results",
            Self::Practices => "Practices and pools",
        }
    }

    pub(super) const fn says(self) -> &'static str {
        match self {
            Self::You => "Whose token this is.",
            Self::Places => "Schools, nurseries, colleges and centres.",
            Self::Goals => {
                "A measure with its target and date, and the values that show how it goes."
            }
            Self::Trials => "Begun, run, stopped or withdrawn.",
            Self::Plans => "Filled in screen by screen, asked for, approved and locked.",
            Self::People => "Names come in, codes and groups go out; the names are kept nowhere.",
            Self::Scores => "Matched with the list, answered by the engine, forgotten.",
            Self::Practices => "What places shared, and what all who tried it found together.",
        }
    }
}

/// What a body holds.
#[derive(Clone)]
pub(super) struct Shape {
    pub(super) schema: RefOr<Schema>,
    /// The schemas that it needs, by name.
    pub(super) needs: Vec<(String, RefOr<Schema>)>,
}

impl Shape {
    fn of<T: ToSchema>() -> Self {
        let name = T::name().into_owned();
        let mut needs = vec![(name.clone(), <T as PartialSchema>::schema())];
        T::schemas(&mut needs);
        Self {
            schema: Ref::from_schema_name(name).into(),
            needs,
        }
    }

    /// A value of the engine's own, whose fields are the engine's to say.
    fn of_engine(name: &str, says: &str) -> Self {
        let object = ObjectBuilder::new()
            .description(Some(says))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .build();
        Self {
            schema: Ref::from_schema_name(name).into(),
            needs: vec![(name.to_owned(), Schema::Object(object).into())],
        }
    }

    /// The example that stands at the schema itself.
    pub(super) fn example(&self) -> Option<Value> {
        let (_, schema) = self.needs.first()?;
        let text = serde_json::to_value(schema).ok()?;
        text.get("example").cloned()
    }
}

/// One thing that a program can do.
pub(super) struct Operation {
    pub(super) route: Route,
    pub(super) part: Part,
    /// Such as `addValues`.
    pub(super) id: &'static str,
    /// In a few words.
    pub(super) summary: &'static str,
    /// In a sentence or two; empty where the summary says all.
    pub(super) description: &'static str,
    pub(super) takes: Option<Shape>,
    /// The status of a good answer, and what it holds.
    pub(super) status: u16,
    pub(super) answers: Option<Shape>,
}

fn operation<H, T>(
    method: (Method, MethodFilter),
    path: &'static str,
    access: Access,
    handler: H,
) -> Operation
where
    H: Handler<T, App>,
    T: 'static,
{
    let (method, filter) = method;
    Operation {
        route: routes::program(method, filter, path, access, handler),
        part: Part::You,
        id: "",
        summary: "",
        description: "",
        takes: None,
        status: 204,
        answers: None,
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {
        $($(#[$doc])*
        pub(super) fn $name<H, T>(path: &'static str, access: Access, handler: H) -> Operation
        where
            H: Handler<T, App>,
            T: 'static,
        {
            operation((Method::$method, MethodFilter::$method), path, access, handler)
        })*
    };
}

methods! {
    /// Something to read.
    get GET;
    /// Something to do.
    post POST;
    /// Something to put in the place of what is there.
    put PUT;
    /// Something to take away.
    delete DELETE;
}

impl Operation {
    /// Which part it belongs to, and what it is called.
    pub(super) fn told(mut self, part: Part, id: &'static str, summary: &'static str) -> Self {
        (self.part, self.id, self.summary) = (part, id, summary);
        self
    }
    /// More than a few words.
    pub(super) fn more(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }
    /// What it takes.
    pub(super) fn takes<T: ToSchema>(mut self) -> Self {
        self.takes = Some(Shape::of::<T>());
        self
    }
    /// It takes a long list.
    pub(super) fn long(mut self) -> Self {
        self.route = self.route.list();
        self
    }
    /// What it answers.
    pub(super) fn answers<T: ToSchema>(mut self) -> Self {
        (self.status, self.answers) = (200, Some(Shape::of::<T>()));
        self
    }
    /// What it made.
    pub(super) fn makes<T: ToSchema>(self) -> Self {
        let mut made = self.answers::<T>();
        made.status = 201;
        made
    }
    /// It answers with a value of the engine's own.
    pub(super) fn answers_engine(mut self, name: &str, says: &str) -> Self {
        (self.status, self.answers) = (200, Some(Shape::of_engine(name, says)));
        self
    }
    /// Whether somebody without a token may do it too.
    pub(super) fn is_for_strangers(&self) -> bool {
        self.route.access.is_for_strangers()
    }
}

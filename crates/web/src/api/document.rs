//! The OpenAPI 3.1 document, made from the same operations as the routes.
//!
//! Who may call this: the page that shows it, and whoever asks for `/api/openapi.json`. What must
//! stay true: every way of answering that an operation has is in it, problems included.

use axum::extract::State;
use axum::response::Response;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{
    HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Paths,
    Ref, Required, ServerBuilder,
};
use utoipa::{PartialSchema as _, ToSchema};

use super::answer;
use super::operation::{Operation, Part};
use crate::app::App;
use crate::edge::problem::AppError;

/// What the document calls the token.
const TOKEN: &str = "token";

/// What went wrong (RFC 9457).
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "the shape alone is used: problems are written at the edge"
)]
struct Problem {
    /// An address that says what kind of problem it is.
    r#type: String,
    /// What happened, in a few words.
    title: String,
    /// The answer’s status.
    status: u16,
    /// What happened and what to do.
    detail: String,
    /// What is wrong at which field; empty where it is not about fields.
    errors: Vec<FieldProblem>,
}

/// What is wrong at a field.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "the shape alone is used: problems are written at the edge"
)]
struct FieldProblem {
    /// Such as `values[0].date`; empty where the body as a whole is wrong.
    field: String,
    /// What to do about it.
    says: String,
}

/// A problem that programs may meet: status, name, the last part of its type, and when.
pub(super) type Met = (u16, &'static str, &'static [&'static str], &'static str);

/// The problems that programs may meet.
pub(super) const PROBLEMS: &[Met] = &[
    (
        400,
        "NotJson",
        &["not-json", "interrupted"],
        "What was sent is not JSON, or not all of it arrived.",
    ),
    (
        401,
        "ShowAToken",
        &["sign-in", "unknown-token"],
        "No token was shown, or one that is not known or was ended.",
    ),
    (
        403,
        "NotAllowed",
        &["not-allowed"],
        "Your role does not reach that far, or the token can only read. It says whom to ask.",
    ),
    (
        404,
        "NotFound",
        &["not-found"],
        "There is nothing there, or nothing that your token opens.",
    ),
    (
        409,
        "Conflict",
        &["conflict"],
        "It can’t be done any more, or not yet: a locked plan, a reported result.",
    ),
    (
        413,
        "TooLarge",
        &["too-large"],
        "The body is larger than this takes.",
    ),
    (
        415,
        "NotJsonType",
        &["unsupported-form"],
        "The body came without the header “Content-Type: application/json”.",
    ),
    (
        422,
        "Invalid",
        &["invalid", "cannot-say"],
        "Something in it can’t be used; each problem stands at its field. Or the engine can’t say, with what would help.",
    ),
    (
        429,
        "TooMany",
        &["too-many"],
        "Too often; the header Retry-After says how many seconds to wait.",
    ),
    (
        503,
        "Busy",
        &["busy", "took-too-long", "halted"],
        "More is asked than can be answered at once; Retry-After says when to come again.",
    ),
];

/// The document for people who reach us at this address.
pub(super) fn document(public_url: &str, operations: &[Operation]) -> OpenApi {
    let mut paths = Paths::new();
    let mut components = ComponentsBuilder::new()
        .schema(Problem::name(), Problem::schema())
        .schema(FieldProblem::name(), FieldProblem::schema())
        .security_scheme(
            TOKEN,
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some("A token that you made on the page “Your API tokens”."))
                    .build(),
            ),
        );
    for (_, name, _, says) in PROBLEMS {
        components = components.response(*name, problem(says));
    }
    for operation in operations {
        for shape in [&operation.takes, &operation.answers].into_iter().flatten() {
            for (name, schema) in &shape.needs {
                components = components.schema(name.clone(), schema.clone());
            }
        }
        let method = match operation.route.method.as_str() {
            "POST" => HttpMethod::Post,
            "PUT" => HttpMethod::Put,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        let item = PathItem::new(method, described(operation));
        match paths.paths.get_mut(operation.route.path) {
            Some(known) => known.merge_operations(item),
            None => {
                paths.paths.insert(operation.route.path.to_owned(), item);
            }
        }
    }
    let tag = |part: &Part| {
        TagBuilder::new()
            .name(part.name())
            .description(Some(part.says()))
            .build()
    };
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Difference Engine")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some("Aim, try, measure, share, adopt, pool: the whole loop for programs. What a program may do is what the person may do who made its token."))
                .license(Some(
                    LicenseBuilder::new()
                        .name("AGPL-3.0-or-later")
                        .identifier(Some("AGPL-3.0-or-later"))
                        .build(),
                ))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url(public_url).build()]))
        .paths(paths)
        .components(Some(components.build()))
        .tags(Some(Part::ALL.iter().map(tag)))
        .build()
}

fn described(operation: &Operation) -> OperationBuilder {
    let writes = operation.route.method != axum::http::Method::GET;
    let mut described = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .tag(operation.part.name())
        .summary(Some(operation.summary));
    if !operation.description.is_empty() {
        described = described.description(Some(operation.description));
    }
    for name in named(operation.route.path) {
        described = described.parameter(in_the_path(name));
    }
    if operation.route.method == axum::http::Method::POST {
        described = described.parameter(key());
    }
    if let Some(shape) = &operation.takes {
        let mut content = ContentBuilder::new().schema(Some(shape.schema.clone()));
        if let Some(example) = shape.example() {
            content = content.example(Some(example));
        }
        described = described.request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", content.build())
                .required(Some(Required::True))
                .build(),
        ));
    }
    let mut good = ResponseBuilder::new().description(match operation.status {
        201 => "It was made. The header Location says where.",
        204 => "It was done.",
        _ => "It was done, and this is how it stands now.",
    });
    if !writes {
        good = good.description("What was asked for.");
    }
    if let Some(shape) = &operation.answers {
        let content = ContentBuilder::new().schema(Some(shape.schema.clone()));
        good = good.content("application/json", content.build());
    }
    if operation.route.method == axum::http::Method::POST {
        let text = HeaderBuilder::new()
            .schema(Some(Object::with_type(Type::String)))
            .description(Some(
                "`true` where this request came before and was done then.",
            ))
            .build();
        good = good.header("Idempotency-Replayed", text);
    }
    described = described.response(operation.status.to_string(), good.build());
    for (status, name, _, _) in PROBLEMS {
        let only_writes = matches!(status, 400 | 409 | 413 | 415 | 429);
        if writes || !only_writes {
            let problem = Ref::from_response_name(*name);
            described = described.response(status.to_string(), problem);
        }
    }
    let token = SecurityRequirement::new(TOKEN, Vec::<String>::new());
    if operation.is_for_strangers() {
        described.securities(Some([SecurityRequirement::default(), token]))
    } else {
        described.security(token)
    }
}

/// The names in a path's braces.
fn named(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn in_the_path(name: &str) -> Parameter {
    let says = match name {
        "place" => "The place’s address, such as `thornbeck`.",
        "goal" => "The goal’s id.",
        "trial" => "The trial’s address: eight letters and digits.",
        "practice" => "The practice’s address, such as `morning-reading-group`.",
        _ => "A day, such as `2026-11-16`.",
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(says))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

fn key() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("A key of your own, such as a UUID. The same request with the same key is done once, however often it comes; another request with that key is refused."))
        .schema(Some(text))
        .build()
}

fn problem(says: &str) -> utoipa::openapi::Response {
    let schema = Ref::from_schema_name(Problem::name());
    ResponseBuilder::new()
        .description(says)
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(schema)).build(),
        )
        .build()
}

pub(super) async fn show(State(app): State<App>) -> Result<Response, AppError> {
    let document = document(&app.settings.public_url, &super::operations());
    let json = document
        .to_pretty_json()
        .map_err(|e| AppError::fault("the API's document could not be written", &e))?;
    Ok(answer::written(json))
}

//! A spreadsheet between the steps: what was read, what was said of it, and the answer.
//!
//! Who may call this: the steps. What must stay true: reading and reckoning happen on a blocking
//! thread, a few at a time; nothing of a sheet is logged.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::extract::Path;
use axum::http::request::Parts;
use engine::evaluation::Evaluation;
use engine::question::Question;
use engine::refusal::Refusal;
use engine::sample::{Chunk, Dropped, Fingerprint, Roles, Sample};
use tables::{
    Asked, FileSample, Guess, Notice, Options, Preview, Profile, Source, Table, TableError,
};

use crate::app::App;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;

/// Rows of the preview.
const PREVIEW: usize = 5;

/// A spreadsheet between the steps.
#[derive(Clone)]
pub(crate) struct Sheet {
    pub(crate) read: Arc<Reading>,
    /// What was typed last, so that it is there again.
    pub(crate) typed: Vec<(String, String)>,
    pub(crate) answer: Option<Arc<Answered>>,
}

/// A file as it was read.
pub(crate) struct Reading {
    pub(crate) table: Table,
    pub(crate) profile: Profile,
    pub(crate) guess: Guess,
    /// The first rows under the headings, people masked.
    pub(crate) preview: Preview,
    /// What was said about the file beforehand.
    pub(crate) options: Options,
}

/// The engine's answer, which may be that it can't say.
pub(crate) type Answered = Result<Evaluation, Refusal>;

/// Reads a file, away from the threads that answer pages.
pub(crate) async fn read(
    app: &App,
    source: Source,
    options: Options,
) -> Result<Result<Reading, TableError>, AppError> {
    app.apart(move || {
        let table = tables::open(source, &options)?;
        let profile = table.profile()?;
        let guess = tables::guess(&table, &profile)?;
        let preview = table.preview(&profile, &guess, PREVIEW);
        Ok(Reading {
            table,
            profile,
            guess,
            preview,
            options,
        })
    })
    .await
}

/// Works the answer out, away from the threads that answer pages.
pub(crate) async fn reckon(
    app: &App,
    read: Arc<Reading>,
    asked: Asked,
    question: Question,
    name: String,
) -> Result<Result<Answered, TableError>, AppError> {
    let reckoned = app
        .apart(move || {
            let sample = FileSample::read(&read.table, &asked)?;
            let sample = Named::new(&sample, name);
            Ok(engine::evaluate(&sample, &question))
        })
        .await?;
    app.measures.evaluated(match &reckoned {
        Ok(Ok(_)) => "answered",
        Ok(Err(_)) => "cannot-say",
        Err(_) => "file-wrong",
    });
    Ok(reckoned)
}

/// A sample whose outcome is called what people call it.
struct Named<'a> {
    sample: &'a FileSample,
    roles: Roles,
}

impl<'a> Named<'a> {
    fn new(sample: &'a FileSample, name: String) -> Self {
        let mut roles = sample.roles().clone();
        if !name.is_empty() {
            roles.outcome.name = name;
        }
        Self { sample, roles }
    }
}

impl Sample for Named<'_> {
    fn roles(&self) -> &Roles {
        &self.roles
    }
    fn pass(&self, each: &mut dyn FnMut(&Chunk)) -> Result<(), Refusal> {
        self.sample.pass(each)
    }
    fn fingerprint(&self) -> Option<Fingerprint> {
        self.sample.fingerprint()
    }
    fn set_aside(&self) -> &[Dropped] {
        self.sample.set_aside()
    }
}

/// What is worth a look with these roles.
pub(crate) struct Looked {
    pub(crate) notices: Vec<Notice>,
    /// None where the roles do not fit the file, with the reason.
    pub(crate) roles: Result<Roles, TableError>,
}

/// Looks at the file with these roles.
pub(crate) async fn look(app: &App, read: Arc<Reading>, asked: Asked) -> Result<Looked, AppError> {
    app.apart(move || {
        let mut notices =
            tables::worth_a_look(&read.table, &read.profile, &asked).unwrap_or_default();
        let sample = FileSample::read(&read.table, &asked);
        if let Ok(sample) = &sample {
            notices.extend(mixed_classes(sample));
        }
        let roles = sample.map(|s| s.roles().clone());
        Looked { notices, roles }
    })
    .await
}

/// A class "drawn whole" that has both groups in it was not.
fn mixed_classes(sample: &FileSample) -> Option<Notice> {
    let cluster = sample.roles().cluster.as_ref()?;
    let mut seen = vec![(false, false); cluster.labels.len()];
    let passed = sample.pass(&mut |chunk: &Chunk| {
        for (class, group) in chunk.cluster.iter().zip(&chunk.treatment) {
            let slot = usize::try_from(*class).ok().and_then(|c| seen.get_mut(c));
            match (slot, group) {
                (Some(slot), 0) => slot.0 = true,
                (Some(slot), 1) => slot.1 = true,
                _ => {}
            }
        }
    });
    let mixed = seen.iter().filter(|(usual, new)| *usual && *new).count();
    (passed.is_ok() && mixed > 0).then(|| Notice {
        care: true,
        says: format!(
            "{mixed} of {} in “{}” have both groups in them.",
            seen.len(),
            cluster.column
        ),
        more: "So they were not drawn whole. If pupils in one class were in different groups, choose “Class, within”.".to_owned(),
    })
}

/// The sheet that the address names, on this browser's side of the desk.
pub(crate) struct OnDesk {
    pub(crate) token: String,
    pub(crate) sheet: Sheet,
}

impl FromRequestParts<App> for OnDesk {
    type Rejection = AppError;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let Path(named) =
            Path::<std::collections::HashMap<String, String>>::from_request_parts(parts, app)
                .await
                .map_err(|_| AppError::NotFound)?;
        let token = named.get("sheet").cloned().ok_or(AppError::NotFound)?;
        let sheet = app
            .desk
            .get(visitor.browser(), &token)
            .ok_or(AppError::SheetGone)?;
        Ok(Self { token, sheet })
    }
}

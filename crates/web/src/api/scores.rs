//! Scores and the result, for programs. Scores are matched, answered by the engine, forgotten.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use network::trials::{self, Matching};
use network::{Action, Audience};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, written};
use super::operation::{Operation, Part, get, post};
use super::trials::{Trial, stands};
use crate::app::App;
use crate::edge::access::{Access, At, AtTrial};
use crate::edge::problem::AppError;
use crate::edge::program::{Asker, Said};

pub(super) fn operations() -> Vec<Operation> {
    let bring = Access::May(Action::BringScores, At::Trial);
    let read = Access::May(Action::ReadPublished, At::Trial);
    vec![
        post("/api/v1/trials/{trial}/scores/match", bring, match_them)
            .told(Part::Scores, "matchScores", "See which row is which pupil")
            .more("Nothing is kept. Rows that the list does not know come back with the codes that they may be: send the answers along.")
            .takes::<NewScores>()
            .answers::<Matched>()
            .long(),
        post("/api/v1/trials/{trial}/scores", bring, bring_them)
            .told(Part::Scores, "bringScores", "Bring the scores")
            .more("The engine answers from the locked plan and the scores are forgotten. A second time takes the place of the first, with the reason, until the result is reported.")
            .takes::<NewScores>()
            .answers::<Trial>()
            .long(),
        get("/api/v1/trials/{trial}/scores", read, brought)
            .told(Part::Scores, "listScores", "What was brought and when, without the scores, and every deviation")
            .answers::<Files>(),
        get("/api/v1/trials/{trial}/result", read, result)
            .told(Part::Scores, "seeResult", "The result, as the engine says it")
            .more("The same JSON as `difference evaluate --format json` prints. Small groups are withheld.")
            .answers_engine("Evaluation", "Headline, paragraph, rung with its reasons, estimates with their uncertainty, groups, balance, drop-outs, assumptions and what each check found."),
    ]
}

/// Scores to bring.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "measured": "2027-03-26",
    "scores": [{"who": "Amina Rashid", "score": 104}, {"who": "T Fletcher", "score": 99}, {"who": "Leo Marsh"}],
    "answers": {"T Fletcher": {"is": "P07"}, "Leo Marsh": "not-in-trial"}
}))]
pub(super) struct NewScores {
    /// The day on which it was measured.
    measured: Date,
    /// One for each pupil.
    scores: Vec<NewScore>,
    /// Who a row is that the list does not know, by what is written in `who`.
    #[serde(default)]
    answers: BTreeMap<String, WhoItIs>,
    /// Why these take the place of scores that were brought before.
    why: Option<String>,
}

/// A pupil’s score.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewScore {
    /// A name, a pupil number or a code.
    who: String,
    /// What else names them.
    #[serde(default)]
    also: Vec<String>,
    /// A number, or one of the plan’s words; none where it is missing.
    score: Option<Score>,
}

/// A number or a word.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Score {
    /// A number.
    Number(f64),
    /// A word, such as EXS.
    Word(String),
}

/// Who a row is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum WhoItIs {
    /// The pupil with this code.
    Is(String),
    /// Nobody of the trial.
    NotInTrial,
}

/// What matching found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Matched {
    /// In words.
    says: String,
    /// Whether nothing is left to ask.
    clear: bool,
    /// Pupils on the list.
    listed: usize,
    /// Pupils on the list who have a row.
    matched: usize,
    /// Rows that the list does not know.
    unknown: Vec<UnknownRow>,
    /// Rows whose pupil has an earlier row.
    twice: Vec<String>,
    /// Codes without a row.
    without: Vec<String>,
    /// Rows of pupils who are not in the trial, by your own answer.
    not_in_trial: usize,
}

/// A row that the list does not know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct UnknownRow {
    /// From 1.
    row: usize,
    /// As you wrote it.
    who: String,
    /// Codes that it may be, the likeliest first.
    suggestions: Vec<String>,
}

impl From<Matching> for Matched {
    fn from(found: Matching) -> Self {
        let row = |u: trials::Unknown| UnknownRow {
            row: u.row,
            who: u.who,
            suggestions: u.suggestions,
        };
        Self {
            clear: found.is_clear(),
            says: found.says,
            listed: found.listed,
            matched: found.matched,
            unknown: found.unknown.into_iter().map(row).collect(),
            twice: found.twice,
            without: found.without,
            not_in_trial: found.not_in_trial,
        }
    }
}

/// What was brought, and what was done otherwise than planned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct Files {
    /// The one that counts is the last.
    files: Vec<File>,
    /// One sentence each.
    deviations: Vec<String>,
    /// Who made it happen.
    people: Vec<String>,
}

/// Scores that were brought once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct File {
    /// From 1.
    number: i32,
    /// When it was brought.
    at: Timestamp,
    /// When the outcome was measured.
    measured: Date,
    /// SHA-256 of the file, or of the request’s body.
    file_hash: String,
    /// Pupils on the list; none where too few to show.
    listed: Option<u64>,
    /// Pupils with a score; none where too few to show.
    matched: Option<u64>,
    /// Why it took the place of the one before.
    why: Option<String>,
}

/// As the network takes them; the fingerprint is that of what came.
fn scores(sent: NewScores, fingerprint: String) -> (trials::Scores, Option<String>) {
    let row = |s: NewScore| trials::ScoreRow {
        who: s.who,
        also: s.also,
        score: s.score.map(|score| match score {
            Score::Number(x) => trials::Score::Number(x),
            Score::Word(word) => trials::Score::Word(word),
        }),
    };
    let answer = |(who, it_is): (String, WhoItIs)| {
        let it_is = match it_is {
            WhoItIs::Is(code) => trials::Answer::Is(code),
            WhoItIs::NotInTrial => trials::Answer::NotInTrial,
        };
        (who.trim().to_owned(), it_is)
    };
    let scores = trials::Scores {
        rows: sent.scores.into_iter().map(row).collect(),
        file_hash: fingerprint,
        measured: sent.measured,
        answers: sent.answers.into_iter().map(answer).collect(),
    };
    (scores, sent.why)
}

async fn match_them(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, fingerprint }: Said<NewScores>,
) -> Result<Answer<Matched>, AppError> {
    let (scores, _) = scores(what, fingerprint);
    let found = trials::match_scores(&app.network, &asker, &short, &scores).await?;
    Ok(Answer::of(Matched::from(found)))
}

async fn bring_them(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
    Said { what, fingerprint }: Said<NewScores>,
) -> Result<Answer<Trial>, AppError> {
    let (scores, why) = scores(what, fingerprint);
    let done = trials::bring_scores(&app.network, &asker, &short, &scores, why.as_deref()).await;
    stands(&app, &asker, &short, done).await
}

async fn brought(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
) -> Result<Answer<Files>, AppError> {
    let seen = trials::result(&app.network, &asker, &short).await?;
    let audience = Audience::of(&asker, seen.trial.place);
    let file = |file: trials::File| {
        let (listed, matched) = file.counts(audience);
        File {
            number: file.number,
            at: file.at,
            measured: file.measured,
            file_hash: file.file_hash,
            listed,
            matched,
            why: file.why,
        }
    };
    Ok(Answer::of(Files {
        files: seen.files.into_iter().map(file).collect(),
        deviations: seen.deviations,
        people: seen.people.into_iter().map(|person| person.name).collect(),
    }))
}

async fn result(
    State(app): State<App>,
    asker: Asker,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let seen = trials::result(&app.network, &asker, &short).await?;
    let json = serde_json::to_string_pretty(&seen.evaluation)
        .map_err(|e| AppError::fault("a result could not be written", &e))?;
    Ok(written(json))
}

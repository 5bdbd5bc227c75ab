//! Screen 1: the idea and the measure.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::trial_plan::PlannedMeasure;
use network::trials::{self, IdeaAndMeasure, Trial};

use super::begin::screen;
use super::facts::{Step, planning};
use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, page};

#[derive(Template)]
#[template(path = "trials/idea.html")]
struct IdeaPage {
    frame: Frame,
    form: Form,
    token: String,
    trial: Trial,
    place_name: String,
    steps: Vec<Step>,
    kinds: Vec<Choice>,
    ways: Vec<Choice>,
    yes_attainment: Vec<Choice>,
    yes_baseline: Vec<Choice>,
    /// The typed words, to choose those that count from.
    words: Vec<Choice>,
}

pub(crate) async fn ask(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
) -> Result<Response, AppError> {
    let trial = trials::see(&app.network, visitor.actor(), &short).await?;
    if !trial.state.is_before_lock() {
        return Ok(Redirect::to(&format!("/trials/{short}")).into_response());
    }
    let form = shown(&trial.draft.idea);
    asking(&app, &visitor, trial, form).await
}

/// The form as the plan has it.
fn shown(idea: &IdeaAndMeasure) -> Form {
    let mut form = Form::blank();
    let measure = &idea.measure;
    form.suggest("title", idea.title.clone());
    form.suggest("idea", idea.idea.clone());
    form.suggest("question", idea.question.clone());
    form.suggest("measure", measure.name.clone());
    form.suggest("how", measure.how.clone());
    form.suggest("unit", measure.unit.clone());
    form.suggest(
        "better",
        if measure.lower_is_better {
            "lower"
        } else {
            "higher"
        },
    );
    form.suggest(
        "kind",
        if measure.words.is_empty() {
            "numbers"
        } else {
            "words"
        },
    );
    form.suggest("words", measure.words.join(", "));
    for word in &measure.success {
        form.add("success", word.clone());
    }
    if measure.attainment {
        form.suggest("attainment", "yes");
    }
    if measure.baseline || idea.title.is_empty() {
        form.suggest("baseline", "yes");
    }
    form
}

async fn asking(
    app: &App,
    visitor: &Visitor,
    trial: Trial,
    form: Form,
) -> Result<Response, AppError> {
    let wrong = !form.is_good();
    let (frame, place_name, steps) =
        planning(app, visitor, &trial, 1, "Plan a trial", wrong).await?;
    let words = words_in(form.text("words"))
        .into_iter()
        .map(|w| Choice::new(&w, w.clone()))
        .collect();
    let shown = page(&IdeaPage {
        frame,
        token: visitor.form_token(),
        trial,
        place_name,
        steps,
        kinds: vec![
            Choice::new("numbers", "Numbers")
                .hint("Test scores, minutes late, days absent, a scale from 1 to 10."),
            Choice::new("words", "Words in order").hint("Such as WTS, EXS, GDS, or no, yes."),
        ],
        ways: vec![
            Choice::new("higher", "Higher is better"),
            Choice::new("lower", "Lower is better").hint("Such as lateness or days absent."),
        ],
        yes_attainment: vec![
            Choice::new("yes", "It is attainment in a subject")
                .hint("Then the answer is also told in months of progress."),
        ],
        yes_baseline: vec![
            Choice::new(
                "yes",
                "We have, or will have, a score from before for each pupil",
            )
            .hint("It makes the answer sharper: often as much as having twice as many pupils."),
        ],
        words,
        form,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

/// Words as people list them.
fn words_in(text: &str) -> Vec<String> {
    text.split([',', ';', '\n', '>', '<'])
        .map(str::trim)
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn typed(form: &Form) -> IdeaAndMeasure {
    let in_words = form.has("kind", "words");
    let words = if in_words {
        words_in(form.text("words"))
    } else {
        Vec::new()
    };
    let success = match words.as_slice() {
        // Of two words the later one in order is the one that counts.
        [_, last] if !form.answered("success") => vec![last.clone()],
        _ => form
            .all("success")
            .filter(|w| words.iter().any(|x| x == w))
            .map(str::to_owned)
            .collect(),
    };
    IdeaAndMeasure {
        title: form.text("title").to_owned(),
        idea: form.text("idea").to_owned(),
        question: form.text("question").to_owned(),
        measure: PlannedMeasure {
            name: form.text("measure").to_owned(),
            how: form.text("how").to_owned(),
            unit: if in_words {
                String::new()
            } else {
                form.text("unit").to_owned()
            },
            attainment: form.has("attainment", "yes"),
            lower_is_better: form.has("better", "lower"),
            baseline: form.has("baseline", "yes"),
            words,
            success,
        },
    }
}

pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let mut idea = typed(&form);
    if form.has("kind", "words") && idea.measure.words.is_empty() {
        form.wrong(
            "words",
            "Enter the words in order, lowest first, such as WTS, EXS, GDS",
        );
        idea.measure.words = Vec::new();
    }
    // Saved even when something is missing: a corridor is a corridor.
    let trial = trials::save_idea(&app.network, visitor.actor(), &short, idea.clone()).await?;
    for problem in idea.problems() {
        form.wrong(problem.field, problem.says.trim_end_matches('.'));
    }
    if !form.is_good() {
        return asking(&app, &visitor, trial, form).await;
    }
    Ok(Redirect::to(&screen(&short, 2)).into_response())
}

//! Screen 2: the comparison and the size, with "what could this see?" in words while choosing.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::power::{self, PowerQuestion, Sizing};
use engine::question::Worthwhile;
use engine::words::numbers::{Precision, percent};
use network::goals::number;
use network::trials::{self, Compare, ComparisonAndSize, Trial};
use report::power_curve;

use super::begin::screen;
use super::facts::{Step, planning};
use crate::app::App;
use crate::edge::access::AtTrial;
use crate::edge::problem::AppError;
use crate::edge::visitor::Visitor;
use crate::form::{Choice, Form, Submitted};
use crate::frame::{Frame, page};

/// One line of "What size of change could you notice?".
struct SizeLine {
    pupils: String,
    change: String,
    /// The chance of noticing what is worth having.
    chance: Option<String>,
}

/// What this trial could see.
struct Seeing {
    headline: String,
    /// The power curve.
    picture: String,
    /// What would change it, a sentence each.
    what_if: Vec<String>,
    /// What is worth having, in words, where it was said.
    worth: Option<String>,
    lines: Vec<SizeLine>,
    assumed: Vec<String>,
    notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "trials/comparison.html")]
struct ComparisonPage {
    frame: Frame,
    form: Form,
    token: String,
    trial: Trial,
    place_name: String,
    steps: Vec<Step>,
    ways: Vec<Choice>,
    next: Vec<Choice>,
    even: Vec<Choice>,
    units: Vec<Choice>,
    seeing: Option<Seeing>,
    cannot: Option<String>,
}

/// The word under which a choice stands in the form.
const fn word(compare: Compare) -> &'static str {
    match compare {
        Compare::LotsBetweenPupils => "pupils",
        Compare::LotsWithinClasses => "within",
        Compare::LotsBetweenClasses => "classes",
        Compare::ChosenGroups => "chosen",
        Compare::BeforeAndAfter => "before",
    }
}

fn ways() -> Vec<Choice> {
    let way = |compare, label: &str, hint: &str, rung| {
        let mut choice = Choice::new(word(compare), label).hint(hint);
        choice.rung = rung;
        choice
    };
    vec![
        way(
            Compare::LotsBetweenPupils,
            "Draw lots between pupils",
            "Half start now, half carry on as usual. The fairest, and it needs the fewest pupils.",
            4,
        ),
        way(
            Compare::LotsWithinClasses,
            "Draw lots between pupils, within each class",
            "Every class has half who start now. Best when several classes take part.",
            4,
        ),
        way(
            Compare::LotsBetweenClasses,
            "Draw lots between classes or schools",
            "Some classes start now, others later. Needs four to six times as many pupils, and at least four classes a side.",
            4,
        ),
        way(
            Compare::ChosenGroups,
            "Compare two groups that somebody chose",
            "Use it when lots are not possible. You need a score from before to see whether the groups started alike.",
            3,
        ),
        way(
            Compare::BeforeAndAfter,
            "Before and after only",
            "Quick, and good for a first try. It cannot tell your change from the weather.",
            2,
        ),
    ]
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
    let form = shown(&trial.draft.comparison);
    asking(&app, &visitor, trial, form).await
}

fn shown(comparison: &ComparisonAndSize) -> Form {
    let mut form = Form::blank();
    if let Some(compare) = comparison.compare {
        form.suggest("compare", word(compare));
    }
    let label = |text: &str, usual: &str| {
        if text.is_empty() {
            usual.to_owned()
        } else {
            text.to_owned()
        }
    };
    form.suggest("intervention", comparison.intervention.clone());
    form.suggest("comparison", label(&comparison.comparison, "as usual"));
    if comparison.comparison_gets_it_next {
        form.suggest("next", "yes");
    }
    if comparison.even_out {
        form.suggest("even", "yes");
    }
    let count = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    form.suggest("pupils", count(comparison.pupils));
    form.suggest("classes", count(comparison.classes));
    let plain = |x: f64| x.to_string();
    match comparison.worthwhile {
        Some(Worthwhile::Unit(x)) => {
            form.suggest("worthwhile", plain(x));
            form.suggest("worthwhile-unit", "unit");
        }
        Some(Worthwhile::Sd(x)) => {
            form.suggest("worthwhile", plain(x));
            form.suggest("worthwhile-unit", "sd");
        }
        None => form.suggest("worthwhile-unit", "unit"),
    }
    form.suggest("spread", comparison.spread.map(plain).unwrap_or_default());
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
        planning(app, visitor, &trial, 2, "How will you compare?", wrong).await?;
    let (seeing, cannot) = match trial.draft.power_question() {
        None => (None, None),
        Some(question) => match power::sizing(&PowerQuestion {
            learnt: Some(trials::learnt(&app.network, question.attainment).await?),
            ..question
        }) {
            Ok(sizing) => (Some(seeing(sizing)), None),
            Err(refusal) => (None, Some(format!("{} {}", refusal.says, refusal.cure))),
        },
    };
    let unit = &trial.draft.idea.measure.unit;
    let in_unit = if unit.is_empty() {
        "in the measure’s own unit".to_owned()
    } else {
        format!("in {unit}")
    };
    let shown = page(&ComparisonPage {
        frame,
        form,
        token: visitor.form_token(),
        place_name,
        steps,
        ways: ways(),
        next: vec![
            Choice::new("yes", "The other group gets it next, if it helps")
                .hint("Fair to everybody, and easier to explain to families."),
        ],
        even: vec![
            Choice::new("yes", "Draw so that both groups start alike on the score before").hint(
                "The lots are drawn 100 times and the draw with the most alike groups counts. It needs everybody’s score from before on the list.",
            ),
        ],
        units: vec![
            Choice::new("unit", in_unit),
            Choice::new("sd", "in standard deviations"),
        ],
        seeing,
        cannot,
        trial,
    })?;
    Ok(if wrong {
        (StatusCode::UNPROCESSABLE_ENTITY, shown).into_response()
    } else {
        shown
    })
}

fn seeing(sizing: Sizing) -> Seeing {
    let lines = sizing
        .table
        .iter()
        .map(|p| SizeLine {
            pupils: sizing.who(p),
            change: sizing.change(p.detectable),
            chance: p.power.map(percent),
        })
        .collect();
    let assumed = sizing
        .assumed
        .iter()
        .map(|a| {
            format!(
                "{}: {} ({})",
                a.name,
                Precision::HUNDREDTHS.write(a.value),
                a.because
            )
        })
        .collect();
    Seeing {
        picture: power_curve::picture(&sizing),
        what_if: sizing.what_if.iter().map(|w| w.says.clone()).collect(),
        worth: sizing.asked.effect.map(|g| sizing.change(g)),
        lines,
        assumed,
        notes: sizing.notes,
        headline: sizing.headline,
    }
}

fn typed(form: &mut Form) -> ComparisonAndSize {
    let compare = Compare::ALL
        .into_iter()
        .find(|c| form.has("compare", word(*c)));
    let mut count = |name: &str, says: &str| {
        let text = form.text(name).to_owned();
        if text.is_empty() {
            return None;
        }
        let read = text
            .replace([',', ' '], "")
            .parse::<u32>()
            .ok()
            .filter(|n| *n <= 1_000_000);
        if read.is_none() {
            form.wrong(name, says);
        }
        read
    };
    let pupils = count(
        "pupils",
        "Enter how many pupils can take part, as a number such as 120",
    );
    let classes = count(
        "classes",
        "Enter in how many classes or schools, as a number such as 6",
    );
    let mut amount = |name: &str, says: &str| {
        if form.text(name).is_empty() {
            return None;
        }
        let read = number(form.text(name));
        if read.is_none() {
            form.wrong(name, says);
        }
        read
    };
    let worthwhile = amount(
        "worthwhile",
        "Enter the smallest change that would be worth the effort, as a number such as 1",
    );
    let spread = amount(
        "spread",
        "Enter the measure’s spread as a number such as 12",
    );
    let sd = form.has("worthwhile-unit", "sd");
    ComparisonAndSize {
        compare,
        intervention: form.text("intervention").to_owned(),
        comparison: form.text("comparison").to_owned(),
        comparison_gets_it_next: form.has("next", "yes"),
        even_out: form.has("even", "yes"),
        pupils,
        classes,
        worthwhile: worthwhile.map(|x| {
            if sd {
                Worthwhile::Sd(x)
            } else {
                Worthwhile::Unit(x)
            }
        }),
        spread,
    }
}

pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    AtTrial(short): AtTrial,
    submitted: Submitted,
) -> Result<Response, AppError> {
    let mut form = Form::of(&submitted);
    let comparison = typed(&mut form);
    let problems = comparison.problems();
    let trial = trials::save_comparison(&app.network, visitor.actor(), &short, comparison).await?;
    if form.has("do", "work-out") {
        return asking(&app, &visitor, trial, form).await;
    }
    for problem in problems {
        form.wrong(problem.field, problem.says.trim_end_matches('.'));
    }
    if !form.is_good() {
        return asking(&app, &visitor, trial, form).await;
    }
    Ok(Redirect::to(&screen(&short, 3)).into_response())
}

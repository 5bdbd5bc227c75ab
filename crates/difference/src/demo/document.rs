//! What docs/demo.md says: what is in the city, what the truth was, and what the engine said.

use engine::words::numbers::plural;
use network::trials::Compare;
use network::{Result, pools, practices, trials};
use report::told::Told;

use super::city::City;
use super::goals::{AIMS, Aim, Truth};
use super::practices::SHARED;
use super::trials::{End, TRIES, Try};
use super::{people, places};

const BEGINNING: &str = "\
# The demo city

`difference demo` fills an empty folder with the Aireford Learning Network, an invented city, and serves it.
Its places, people and pupils are invented: URNs from 999001 up are nobody’s, telephone numbers are those
that Ofcom keeps for drama, addresses end in example.org.

Nothing in it is a fixture. The city is filled by the product’s own commands, as the people who would give
them, through the same policy and into the same audit log. Pupils and scores are drawn by a seeded generator
(ChaCha20) from the true effects below; lots are drawn by the product. Every figure is what the engine then
says. The figures are the same on any day; dates are counted from the day on which the folder is filled.

A true effect lies inside 19 of 20 intervals in the long run, not inside each one. That some answers here are
off is what honest uncertainty looks like.

This page is written by `difference demo --document`, and a test holds it to what that says.
";

/// The whole document.
pub async fn written(city: &City) -> Result<String> {
    let mut text = BEGINNING.to_owned();
    text.push_str(&places_and_people());
    text.push_str(&trials_with_results(city).await?);
    text.push_str(&trials_without());
    text.push_str(&pooled(city).await?);
    text.push_str(&goals(city).await?);
    Ok(text)
}

fn places_and_people() -> String {
    let mut text = String::from(
        "\n## Places and people\n\nRuth Adeyemi leads the network.\n\n| Place | Head | Others |\n|---|---|---|\n",
    );
    for spot in places::PLACES {
        let staff: Vec<String> = people::STAFF
            .iter()
            .filter(|staff| staff.place == spot.slug)
            .map(people::Staff::with_role)
            .collect();
        text.push_str(&format!(
            "| {} | {} | {} |\n",
            spot.name,
            spot.head,
            staff.join(", ")
        ));
    }
    text
}

const fn comparison(compare: Compare) -> &'static str {
    match compare {
        Compare::LotsBetweenPupils => "lots between pupils",
        Compare::LotsWithinClasses => "lots within classes",
        Compare::LotsBetweenClasses => "lots between classes",
        Compare::ChosenGroups => "chosen groups",
        Compare::BeforeAndAfter => "before and after",
    }
}

/// A number with the real minus sign.
fn number(value: f64) -> String {
    value.to_string().replace('-', "−")
}

impl Try {
    fn named(&self) -> String {
        format!("{}, {}", self.title, places::name(self.place))
    }

    fn true_effect(&self) -> String {
        let mut text = plural(&number(self.truth), self.unit());
        if self.compare == Compare::BeforeAndAfter && self.growth != 0.0 {
            text.push_str(&format!(
                ", and {} that would have come anyway",
                number(self.growth)
            ));
        }
        text
    }
}

async fn trials_with_results(city: &City) -> Result<String> {
    let mut text = String::from(
        "\n## What was true, and what the engine said\n\n| Trial | Compared by | Pupils | True effect | The engine’s estimate | 95% interval | Truth inside | Strength of evidence |\n|---|---|---|---|---|---|---|---|\n",
    );
    for each in TRIES.iter().filter(|each| each.has_result()) {
        let actor = city.actor(each.by)?;
        let short = &city.trial(each.key)?.short;
        let evaluation = trials::result(&city.network, actor, short)
            .await?
            .evaluation;
        let (estimate, range, inside) = match Told::own(&evaluation) {
            Some(told) => (
                told.with_unit(told.estimate),
                told.range(),
                if (told.lower..=told.upper).contains(&each.truth) {
                    "yes"
                } else {
                    "no"
                },
            ),
            None => ("none".to_owned(), "none".to_owned(), "–"),
        };
        let note = match each.end {
            End::Measured => " (not reported yet)",
            End::Withdrawn(..) => " (withdrawn)",
            _ => "",
        };
        text.push_str(&format!(
            "| {}{note} | {} | {} | {} | {estimate} | {range} | {inside} | {} of 5, {} |\n",
            each.named(),
            comparison(each.compare),
            each.pupils,
            each.true_effect(),
            evaluation.evidence.rung,
            evaluation.evidence.word.to_lowercase(),
        ));
    }
    Ok(text)
}

fn trials_without() -> String {
    let mut text = String::from(
        "\nWithout a result yet:\n\n| Trial | Compared by | Pupils | Where it stands |\n|---|---|---|---|\n",
    );
    for each in TRIES.iter().filter(|each| !each.has_result()) {
        let stands = match each.end {
            End::Draft => "a draft plan",
            End::Asked => "a plan that waits for the head’s approval",
            _ => "locked and half-way",
        };
        text.push_str(&format!(
            "| {} | {} | {} | {stands} |\n",
            each.named(),
            comparison(each.compare),
            each.pupils
        ));
    }
    text
}

async fn pooled(city: &City) -> Result<String> {
    let mut text = String::from("\n## What the pools say\n");
    for shared in SHARED {
        let Some(slug) = city.practices.get(shared.from) else {
            continue;
        };
        let practice = practices::by_slug(&city.network, slug).await?;
        let living = pools::of_practice(&city.network, &practice).await?;
        let true_effects: Vec<String> = TRIES
            .iter()
            .filter(|t| t.key == shared.from || t.adopts == Some(shared.from))
            .filter(|t| t.end == End::Reported)
            .map(|t| number(t.truth))
            .collect();
        text.push_str(&format!(
            "\n**{}.** True effects, oldest first: {} points.",
            practice.words.title,
            true_effects.join(", ")
        ));
        if let Some(pool) = living.pool {
            text.push_str(&format!(" {} {}", pool.headline, pool.paragraph));
        }
        text.push('\n');
    }
    Ok(text)
}

impl Aim {
    fn true_level(&self) -> String {
        let level = number(self.level);
        let spread = number(self.spread);
        match self.truth {
            Truth::Steady => format!("{level} throughout, ± {spread} from value to value"),
            Truth::Step { last, to, named } => {
                let named = named.map_or(String::new(), |why| format!(", named “{why}”"));
                format!(
                    "{level}, then {} for the last {last}{named}; ± {spread} from value to value",
                    number(to)
                )
            }
        }
    }
}

async fn goals(city: &City) -> Result<String> {
    let mut text = String::from(
        "\n## Goals\n\n| Goal | Values | What was true | What the engine says now |\n|---|---|---|---|\n",
    );
    for aim in AIMS {
        let actor = city.actor(aim.by)?;
        let standing = network::goals::goal(&city.network, actor, aim.goal(city)?).await?;
        let says = match standing.chart() {
            Ok(chart) => chart.title,
            Err(refused) => refused.says,
        };
        text.push_str(&format!(
            "| {}, {} | {} | {} | {says} |\n",
            aim.measure,
            places::name(aim.place),
            aim.values,
            aim.true_level(),
        ));
    }
    Ok(text)
}

//! `reference/spc.json`.

use difference_engine::chart::{Chart, ChartQuestion, News, Observation, Point, Signal, chart};

use super::data::Table;
use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("seatbelts_drivers_xmr", |item| {
        limits(item, &drivers_killed(None), ["/mean", "/lcl_266_screened", "/ucl_266_screened"]);
    }),
    ("seatbelts_drivers_nhs", |item| nhs(item, &drivers_killed(None))),
    ("seatbelts_drivers_nhs_fix12", |item| {
        nhs(item, &drivers_killed(Some("1969-12-01")));
    }),
];

pub const BY_HAND: &[Check] = &[];

/// Monthly deaths of drivers in Great Britain, 1969 to 1984.
fn drivers_killed(baseline_until: Option<&str>) -> Chart {
    let t = Table::read("seatbelts.csv");
    let [year, month, killed] = ["year", "month", "DriversKilled"].map(|c| t.numbers(c));
    let points: Vec<Observation> = (0..t.rows())
        .map(|i| Observation {
            date: format!("{:04}-{:02}-01", year[i], month[i]),
            value: killed[i],
        })
        .collect();
    let question = ChartQuestion {
        baseline_until: baseline_until.map(str::to_owned),
        ..ChartQuestion::default()
    };
    chart(&points, &question).unwrap()
}

fn limits(item: &Item, ours: &Chart, [mean, lower, upper]: [&str; 3]) {
    let [phase] = ours.phases.as_slice() else {
        panic!("one phase, not {}", ours.phases.len());
    };
    item.closed_form(mean, phase.centre);
    item.closed_form(lower, phase.lower.unwrap());
    item.closed_form(upper, phase.upper.unwrap());
}

/// `ptd_spc_standard` and `ptd_calculate_point_type`, improvement upwards.
fn nhs(item: &Item, ours: &Chart) {
    limits(item, ours, ["/mean", "/lpl", "/upl"]);
    let causes: Vec<String> = ours.points.iter().map(special_cause).collect();
    item.same("/special_cause_type", causes);
    let types: Vec<&str> = ours
        .points
        .iter()
        .map(|p| match p.news {
            News::Improvement => "special_cause_improvement",
            News::Concern => "special_cause_concern",
            News::Ordinary => "common_cause",
        })
        .collect();
    item.same("/point_type", types);
}

/// NHSRplotthedots' name of a point's weightiest signal.
fn special_cause(point: &Point) -> String {
    let up = point.news == News::Improvement;
    let side = if up { "Above" } else { "Below" };
    match point.signals.first() {
        Some(Signal::Outside) => format!("{side} {}CL", if up { "U" } else { "L" }),
        Some(Signal::Trend) => {
            format!("7 Point Trend ({}creasing)", if up { "In" } else { "De" })
        }
        Some(Signal::NearLimit) => format!("2 in 3 {side} CL"),
        Some(Signal::Side) => format!("7 Points {side} CL"),
        None => "Common Cause".to_owned(),
    }
}

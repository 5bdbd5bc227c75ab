//! `reference/spc.json`: qicharts2, NHSRplotthedots, and the published formulas.

use difference_engine::chart::kinds::{c, cusum, ewma, laney, p, p_prime, run, u, u_prime, xmr};
use difference_engine::chart::rules::{patterns, runs, zones};
use difference_engine::chart::{
    Chart, ChartQuestion, Kind, Line, News, Observation, Point, RuleSet, Signal, chart,
};
use serde_json::Value;

use super::data::Table;
use super::{Check, Item};

/// The checks of one series of values, by the item's ending.
macro_rules! series {
    ($name:literal, $values:path) => {
        &[
            (concat!($name, "_xmr"), |item| individuals(item, &$values())),
            (concat!($name, "_runchart"), |item| run_chart(item, &$values())),
            (concat!($name, "_qic_i"), |item| qic_individuals(item, &$values())),
            (concat!($name, "_qic_run"), |item| qic_run(item, &$values())),
            (concat!($name, "_nhs"), |item| nhs(item, &$values(), None, true)),
            (concat!($name, "_nhs_noscreen"), |item| nhs(item, &$values(), None, false)),
            (concat!($name, "_nhs_fix12"), |item| nhs(item, &$values(), Some(12), true)),
            (concat!($name, "_cusum"), |item| sums(item, &$values())),
            (concat!($name, "_ewma"), |item| weighted(item, &$values())),
        ]
    };
}

pub const CHECKS: &[Check] = series!("seatbelts_drivers", drivers_killed);

const ACCIDENTS: &[Check; 9] = series!("nhs_accidents", accidents);
const INFECTIONS: &[Check; 9] = series!("cdi_count", infections);
const COMPLAINTS: &[Check; 9] = series!("complaints", complaints);

const ATTRIBUTES: &[Check] = &[
    ("nhs_p", |item| shares(item, &columns("spc_nhs_accidents.csv", ["r", "n"]), false)),
    ("nhs_p_laney", |item| shares(item, &columns("spc_nhs_accidents.csv", ["r", "n"]), true)),
    ("nhs_qic_p", |item| qic(item, &columns("spc_nhs_accidents.csv", ["r", "n"]), Kind::P)),
    ("nhs_qic_pp", |item| qic(item, &columns("spc_nhs_accidents.csv", ["r", "n"]), Kind::PPrime)),
    ("cdi_u", |item| rates(item, &columns("spc_cdi.csv", ["n", "days"]), false)),
    ("cdi_u_laney", |item| rates(item, &columns("spc_cdi.csv", ["n", "days"]), true)),
    ("cdi_qic_u", |item| qic(item, &columns("spc_cdi.csv", ["n", "days"]), Kind::U)),
    ("cdi_qic_up", |item| qic(item, &columns("spc_cdi.csv", ["n", "days"]), Kind::UPrime)),
    ("cdi_c", |item| counts(item, &infections())),
    ("complaints_u", |item| {
        rates(item, &columns("spc_complaints.csv", ["complaints", "sales"]), false);
    }),
    ("complaints_u_laney", |item| {
        rates(item, &columns("spc_complaints.csv", ["complaints", "sales"]), true);
    }),
    ("infections_funnel_by_hospital", |item| rates(item, &by_hospital(), false)),
    ("infections_AHH_u", |item| rates(item, &of_hospital("AHH"), false)),
    ("cdi_xmr_pre", |item| individuals(item, &period("pre"))),
    ("cdi_xmr_post", |item| individuals(item, &period("post"))),
];

pub const BY_HAND: &[Check] = &joined();

/// The lists as one.
const fn joined() -> [Check; 42] {
    let mut all = [ATTRIBUTES[0]; 42];
    let mut i = 0;
    while i < 9 {
        all[i] = ACCIDENTS[i];
        all[9 + i] = INFECTIONS[i];
        all[18 + i] = COMPLAINTS[i];
        i += 1;
    }
    i = 0;
    while i < ATTRIBUTES.len() {
        all[27 + i] = ATTRIBUTES[i];
        i += 1;
    }
    all
}

/// Monthly deaths of drivers in Great Britain, 1969 to 1984.
fn drivers_killed() -> Vec<f64> {
    Table::read("seatbelts.csv").numbers("DriversKilled")
}

/// Per cent seen within four hours, week by week.
fn accidents() -> Vec<f64> {
    let [seen, all] = columns("spc_nhs_accidents.csv", ["r", "n"]);
    seen.iter().zip(&all).map(|(r, n)| 100.0 * r / n).collect()
}

fn infections() -> Vec<f64> {
    Table::read("spc_cdi.csv").numbers("n")
}

fn period(which: &str) -> Vec<f64> {
    Table::read("spc_cdi.csv").only("period", &[which]).numbers("n")
}

fn complaints() -> Vec<f64> {
    Table::read("spc_complaints.csv").numbers("complaints")
}

fn columns(file: &str, names: [&str; 2]) -> [Vec<f64>; 2] {
    let table = Table::read(file);
    names.map(|name| table.numbers(name))
}

fn of_hospital(name: &str) -> [Vec<f64>; 2] {
    let rows = Table::read("spc_hospital_infections.csv")
        .only("infection", &["UTI"])
        .only("hospital", &[name]);
    ["n", "days"].map(|column| rows.numbers(column))
}

/// Sums of each hospital, in the order of their names.
fn by_hospital() -> [Vec<f64>; 2] {
    let rows = Table::read("spc_hospital_infections.csv").only("infection", &["UTI"]);
    let mut names = rows.words("hospital").to_vec();
    names.sort();
    names.dedup();
    let sums: Vec<[f64; 2]> = names
        .iter()
        .map(|name| of_hospital(name).map(|column| column.iter().sum()))
        .collect();
    [0, 1].map(|column| sums.iter().map(|s| s[column]).collect())
}

/// The chart of values that are numbered, with what is asked of it.
fn drawn(values: &[f64], question: ChartQuestion) -> Chart {
    let points: Vec<Observation> = (1..)
        .zip(values)
        .map(|(i, value)| Observation::new(format!("{i}"), *value))
        .collect();
    chart(&points, &question).unwrap()
}

/// One limit for each point.
fn limit(of: Option<&Line>, n: usize) -> Vec<f64> {
    (0..n).map(|i| of.unwrap().at(i).unwrap()).collect()
}

fn all(item: &Item, pointer: &str, ours: &[f64]) {
    let theirs = item.numbers(pointer);
    assert_eq!(theirs.len(), ours.len(), "{} {pointer}", item.id);
    for (i, (theirs, ours)) in theirs.into_iter().zip(ours).enumerate() {
        item.agrees_with(&format!("{pointer}/{i}"), theirs, *ours, 1e-9);
    }
}

/// The 1-based numbers of the points that are marked.
fn marked(marks: impl IntoIterator<Item = bool>) -> Value {
    let numbers: Vec<usize> = (1..).zip(marks).filter(|(_, m)| *m).map(|(i, _)| i).collect();
    numbers.into()
}

/// `spc_xmr`: every figure of an XmR chart, and every pattern of the houses.
fn individuals(item: &Item, y: &[f64]) {
    let plain = xmr::xmr(y, false).unwrap();
    let screened = xmr::xmr(y, true).unwrap();
    let ranges = xmr::moving_ranges(y);
    item.same("/n", y.len());
    item.closed_form("/mean", plain.centre);
    item.closed_form("/median", run::median(y).unwrap());
    item.closed_form("/mr_bar", plain.moving_range);
    item.closed_form("/mr_median", run::median(&ranges).unwrap());
    item.closed_form("/ucl_266", plain.upper());
    item.closed_form("/lcl_266", plain.lower());
    item.closed_form("/ucl_3sigma", plain.centre + 3.0 * plain.sigma());
    item.closed_form("/lcl_3sigma", plain.centre - 3.0 * plain.sigma());
    item.closed_form("/mr_ucl_3267", plain.range_limit());
    item.closed_form("/mr_bar_screened", screened.moving_range);
    item.closed_form("/ucl_266_screened", screened.upper());
    item.closed_form("/lcl_266_screened", screened.lower());
    let (lower, upper) = xmr::by_median_range(y).unwrap();
    item.closed_form("/ucl_median_mr_3145", upper);
    item.closed_form("/lcl_median_mr_3145", lower);
    all(item, "/moving_range", &ranges);

    // The patterns lie in thirds of the way to the limits at 2.66 mR̄, as on our charts.
    let zones = zones(y, plain.centre, plain.reach());
    for (name, marks) in [
        ("beyond_3sigma", patterns::beyond(&zones, 3, 1, 1)),
        ("two_of_three_beyond_2sigma", patterns::beyond(&zones, 2, 2, 3)),
        ("four_of_five_beyond_1sigma", patterns::beyond(&zones, 1, 4, 5)),
        ("shift7", patterns::side(&zones, 7)),
        ("shift8", patterns::side(&zones, 8)),
        ("shift9", patterns::side(&zones, 9)),
        ("trend6", patterns::trend(y, 6)),
        ("trend7", patterns::trend(y, 7)),
        ("fifteen_within_1sigma", patterns::hugging(&zones, 15)),
        ("eight_outside_1sigma", patterns::mixture(&zones, 8)),
        ("fourteen_alternating", patterns::alternating(y, 14)),
    ] {
        item.same(&format!("/signals/{name}"), marked(marks));
    }
}

/// `runchart`: runs and crossings about the median.
fn run_chart(item: &Item, y: &[f64]) {
    let centre = run::median(y).unwrap();
    let runs = runs(&zones(y, centre, f64::INFINITY));
    item.same("/n", y.len());
    item.closed_form("/centre", centre);
    item.same("/n_useful", runs.useful);
    item.same("/longest_run", runs.longest);
    item.same("/longest_run_max_anhoej", runs.longest_ordinary);
    item.same("/crossings", runs.crossings);
    item.same("/crossings_min_anhoej", runs.crossings_ordinary);
    item.same("/signal", runs.is_long() || runs.is_seldom_crossed());
}

/// What qicharts2 says of a chart's runs, through the chart itself.
fn qic_runs(item: &Item, ours: &Chart) {
    let runs = ours.phases[0].runs.unwrap();
    item.same("/n_useful", runs.useful);
    item.same("/longest_run", runs.longest);
    item.same("/longest_run_max", runs.longest_ordinary);
    item.same("/crossings", runs.crossings);
    item.same("/crossings_min", runs.crossings_ordinary);
    item.same("/runs_signal", runs.is_long() || runs.is_seldom_crossed());
}

fn qic_run(item: &Item, y: &[f64]) {
    let ours = drawn(y, ChartQuestion { kind: Kind::Run, ..ChartQuestion::default() });
    item.closed_form("/centre", ours.phases[0].centre.one().unwrap());
    assert_eq!((&ours.phases[0].lower, &ours.phases[0].upper), (&None, &None));
    qic_runs(item, &ours);
}

/// qicharts2's i chart: 3 mR̄/1.128 where we draw the literature's 2.66 mR̄.
fn qic_individuals(item: &Item, y: &[f64]) {
    let limits = xmr::xmr(y, false).unwrap();
    let sigma = limits.sigma();
    let each = |times: f64| vec![limits.centre + times * sigma; y.len()];
    item.closed_form("/centre", limits.centre);
    all(item, "/ucl", &each(3.0));
    all(item, "/lcl", &each(-3.0));
    all(item, "/ucl95", &each(2.0));
    all(item, "/lcl95", &each(-2.0));
    let question = ChartQuestion {
        kind: Kind::Xmr,
        rules: Some(RuleSet::Anhoej),
        ..ChartQuestion::default()
    };
    qic_runs(item, &drawn(y, question));
}

/// `ptd_spc_standard` and `ptd_calculate_point_type`, improvement upwards.
fn nhs(item: &Item, y: &[f64], fix_after: Option<usize>, screened: bool) {
    let ours = drawn(
        y,
        ChartQuestion {
            kind: Kind::Xmr,
            baseline_until: fix_after.map(|n| n.to_string()),
            screened: Some(screened),
            ..ChartQuestion::default()
        },
    );
    let [phase] = ours.phases.as_slice() else {
        panic!("one phase, not {}", ours.phases.len());
    };
    item.closed_form("/mean", phase.centre.one().unwrap());
    item.closed_form("/lpl", phase.lower.as_ref().unwrap().one().unwrap());
    item.closed_form("/upl", phase.upper.as_ref().unwrap().one().unwrap());
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
        Some(other) => panic!("the rule set nhs has no {other:?}"),
        None => "Common Cause".to_owned(),
    }
}

fn sums(item: &Item, y: &[f64]) {
    item.closed_form("/k", cusum::K);
    item.closed_form("/h", cusum::H);
    let ours = drawn(y, ChartQuestion { kind: Kind::Cusum, ..ChartQuestion::default() });
    let of = |which: fn(&difference_engine::chart::Sums) -> f64| -> Vec<f64> {
        ours.points.iter().map(|p| which(&p.cusum.unwrap())).collect()
    };
    all(item, "/c_plus", &of(|s| s.above));
    all(item, "/c_minus", &of(|s| s.below));
    item.same("/signal", marked(ours.points.iter().map(|p| !p.signals.is_empty())));
}

fn weighted(item: &Item, y: &[f64]) {
    item.closed_form("/lambda", ewma::LAMBDA);
    item.closed_form("/L", ewma::L);
    let ours = drawn(y, ChartQuestion { kind: Kind::Ewma, ..ChartQuestion::default() });
    let values: Vec<f64> = ours.points.iter().map(|p| p.ewma.unwrap()).collect();
    let phase = &ours.phases[0];
    all(item, "/ewma", &values);
    all(item, "/ucl", &limit(phase.upper.as_ref(), y.len()));
    all(item, "/lcl", &limit(phase.lower.as_ref(), y.len()));
    item.same("/signal", marked(ours.points.iter().map(|p| !p.signals.is_empty())));
}

/// A chart of counts with denominators, judged by outside points and runs alone.
fn of_counts([x, n]: &[Vec<f64>; 2], kind: Kind) -> Chart {
    let points: Vec<Observation> = (1..)
        .zip(x.iter().zip(n))
        .map(|(i, (x, n))| Observation::of(format!("{i}"), *x, *n))
        .collect();
    let question = ChartQuestion {
        kind,
        rules: Some(RuleSet::Anhoej),
        ..ChartQuestion::default()
    };
    chart(&points, &question).unwrap()
}

/// `attrp`.
fn shares(item: &Item, columns: &[Vec<f64>; 2], widened: bool) {
    let [x, n] = columns;
    let centre = p::centre(x, n);
    let sigma_z = if widened { p_prime::sigma_z(x, n, centre) } else { 1.0 };
    let reach = |n: f64| 3.0 * p::sigma(centre, n) * sigma_z;
    attribute(item, "/p", columns, (centre, sigma_z), |n| {
        ((centre - reach(n)).max(0.0), (centre + reach(n)).min(1.0))
    });
}

/// `attru`.
fn rates(item: &Item, columns: &[Vec<f64>; 2], widened: bool) {
    let [x, n] = columns;
    let centre = u::centre(x, n);
    let sigma_z = if widened { u_prime::sigma_z(x, n, centre) } else { 1.0 };
    let reach = |n: f64| 3.0 * u::sigma(centre, n) * sigma_z;
    attribute(item, "/u", columns, (centre, sigma_z), |n| {
        ((centre - reach(n)).max(0.0), centre + reach(n))
    });
}

fn attribute(
    item: &Item,
    values: &str,
    [x, n]: &[Vec<f64>; 2],
    (centre, sigma_z): (f64, f64),
    limits: impl Fn(f64) -> (f64, f64),
) {
    let parts: Vec<f64> = x.iter().zip(n).map(|(x, n)| x / n).collect();
    let (lower, upper): (Vec<f64>, Vec<f64>) = n.iter().map(|n| limits(*n)).unzip();
    all(item, values, &parts);
    item.closed_form("/centre", centre);
    item.closed_form("/sigma_z", sigma_z);
    all(item, "/ucl", &upper);
    all(item, "/lcl", &lower);
    let outside = parts
        .iter()
        .zip(lower.iter().zip(&upper))
        .map(|(v, (l, u))| v < l || v > u);
    item.same("/out", marked(outside));
}

/// qicharts2's own charts of attributes, through ours.
fn qic(item: &Item, columns: &[Vec<f64>; 2], kind: Kind) {
    let ours = of_counts(columns, kind);
    let phase = &ours.phases[0];
    let n = columns[0].len();
    let centre = phase.centre.one().unwrap();
    item.closed_form("/centre", centre);
    let (upper, lower) = (limit(phase.upper.as_ref(), n), limit(phase.lower.as_ref(), n));
    all(item, "/ucl", &upper);
    all(item, "/lcl", &lower);
    let within = |limits: &[f64]| -> Vec<f64> {
        limits.iter().map(|l| centre + 2.0 / 3.0 * (l - centre)).collect()
    };
    all(item, "/ucl95", &within(&upper));
    all(item, "/lcl95", &within(&lower));
    qic_runs(item, &ours);
}

/// `attrc`.
fn counts(item: &Item, y: &[f64]) {
    let ours = drawn(y, ChartQuestion { kind: Kind::C, ..ChartQuestion::default() });
    let phase = &ours.phases[0];
    item.closed_form("/centre", phase.centre.one().unwrap());
    item.closed_form("/ucl", phase.upper.as_ref().unwrap().one().unwrap());
    item.closed_form("/lcl", phase.lower.as_ref().unwrap().one().unwrap());
    item.closed_form("/dispersion_index", c::dispersion(y).unwrap());
    let outside = ours.points.iter().map(|p| p.signals.contains(&Signal::Outside));
    item.same("/out", marked(outside));
}

#[test]
fn laneys_sigma_z_of_one_value_widens_nothing() {
    assert_eq!(laney::sigma_z(&[2.0]), 1.0);
}

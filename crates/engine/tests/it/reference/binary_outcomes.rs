//! `reference/binary_outcomes.json`.

use difference_engine::binary::{TwoByTwo, wilson};

use super::data::Table;
use super::{Check, Item};

pub const CHECKS: &[Check] = &[
    ("awards2001_2x2", awards),
    ("small_2x2", small),
];

pub const BY_HAND: &[Check] = &[];

/// Pupils of 2001 who passed, by group, counted from the rows.
fn awards(item: &Item) {
    let pupils = Table::read("awards.csv").only("year", &["2001"]);
    let of = |treated: &str| pupils.only("treated", &[treated]);
    let passed = |treated: &str| of(treated).only("Bagrut_status", &["1"]).rows() as u64;
    check(
        item,
        TwoByTwo {
            successes: passed("1"),
            pupils: of("1").rows() as u64,
            comparison_successes: passed("0"),
            comparison_pupils: of("0").rows() as u64,
        },
    );
}

fn small(item: &Item) {
    check(
        item,
        TwoByTwo { successes: 7, pupils: 12, comparison_successes: 1, comparison_pupils: 11 },
    );
}

fn check(item: &Item, table: TwoByTwo) {
    item.same("/x1", table.successes);
    item.same("/n1", table.pupils);
    item.same("/x0", table.comparison_successes);
    item.same("/n0", table.comparison_pupils);
    item.closed_form("/p1", table.share());
    item.closed_form("/p0", table.comparison_share());
    let difference = table.risk_difference(0.95).unwrap();
    item.closed_form("/rd", difference.estimate);
    item.closed_form("/se_rd", difference.standard_error.unwrap());
    item.closed_form("/rd_newcombe/0", difference.interval.unwrap().lower);
    item.closed_form("/rd_newcombe/1", difference.interval.unwrap().upper);
    let one = wilson(table.successes, table.pupils, 0.95).unwrap();
    item.closed_form("/wilson1/0", one.lower);
    item.closed_form("/wilson1/1", one.upper);
    let zero = wilson(table.comparison_successes, table.comparison_pupils, 0.95).unwrap();
    item.closed_form("/wilson0/0", zero.lower);
    item.closed_form("/wilson0/1", zero.upper);
    let (log, se) = table.log_odds_ratio().unwrap();
    item.closed_form("/lor", log);
    item.closed_form("/se_lor", se);
    let (log, se) = table.log_risk_ratio().unwrap();
    item.closed_form("/lrr", log);
    item.closed_form("/se_lrr", se);
    item.closed_form("/d_cox_1.65", table.cox_index(0.95).unwrap().estimate);
    item.closed_form("/nnt", table.number_needed().unwrap());
    let (statistic, p) = table.pearson().unwrap();
    item.closed_form("/chisq_pearson", statistic);
    item.closed_form("/p_pearson", p);
    item.closed_form("/p_fisher", table.fisher_exact().unwrap());
}

//! `reference/mixed_models.json`: those with a random intercept.

use difference_engine::mixed::{Likelihood, Mixed};

use super::data::Table;
use super::models::{awards_2001, exam, star};
use super::rows::Rows;
use super::{Check, Item};

const EXAM: &[&str] = &["standLRT", "girl"];
const AWARDS: &[&str] = &["treated", "boy", "lagscore"];

pub const CHECKS: &[Check] = &[
    ("exam_null_REML", |item| random_intercept(item, &exam(&[]))),
    ("exam_ri_REML", |item| random_intercept(item, &exam(EXAM))),
    ("star_ri_REML", |item| random_intercept(item, &star(true))),
    ("awards_lpm_ri_2001_REML", |item| random_intercept(item, &awards_2001(AWARDS))),
    ("chem97_ri_REML", |item| random_intercept(item, &chem97())),
    ("exam_null_ML", |item| random_intercept(item, &exam(&[]))),
    ("exam_ri_ML", |item| random_intercept(item, &exam(EXAM))),
    ("star_ri_ML", |item| random_intercept(item, &star(true))),
    ("awards_lpm_ri_2001_ML", |item| random_intercept(item, &awards_2001(AWARDS))),
    ("chem97_ri_ML", |item| random_intercept(item, &chem97())),
];

pub const BY_HAND: &[Check] = &[];

fn chem97() -> Rows {
    let table = Table::read("chem97.csv");
    Rows::new(table.numbers("score"), vec![("gcsecnt", table.numbers("gcsecnt"))])
        .clustered(table.words("school"))
}

fn random_intercept(item: &Item, rows: &Rows) {
    let likelihood = match item.value("/reml").as_bool().unwrap() {
        true => Likelihood::Restricted,
        false => Likelihood::Full,
    };
    let model = Mixed::fit(&rows.cells(), likelihood).unwrap();
    item.same("/n", model.n());
    item.at_most("/objective_minus2ll", model.objective(), 1e-7);
    item.agrees("/objective_minus2ll", model.objective(), 1e-9);
    item.same("/singular", model.is_singular());
    item.iterative("/varcomp/0/vcov", model.between());
    item.iterative("/varcomp/1/vcov", model.within());
    item.iterative("/theta", (model.between() / model.within()).sqrt());
    for name in item.value("/fixef").as_object().unwrap().keys() {
        let term = rows.term(name);
        item.iterative(&format!("/fixef/{name}"), model.coefficient(term).unwrap());
        item.iterative(&format!("/se/{name}"), model.standard_error(term).unwrap());
        if !item.value("/satterthwaite_df").is_null() {
            let df = model.satterthwaite(term).unwrap();
            item.agrees(&format!("/satterthwaite_df/{name}"), df, 1e-3);
        }
    }
}

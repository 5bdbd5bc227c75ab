//! One item of a reference file, and how closely a figure must agree with it.

use std::cell::RefCell;

use serde_json::Value;

use super::data::folder;

/// A number that somebody else worked out.
pub struct Item {
    pub id: String,
    result: Value,
    suggested: Option<f64>,
    compared: RefCell<Vec<Compared>>,
    differences: RefCell<Vec<String>>,
}

/// One figure of an item that was compared.
#[derive(Clone)]
pub struct Compared {
    /// Where it stands in the result.
    pub what: String,
    /// How far apart, relative to theirs (absolute where theirs is 0); None where it was not a
    /// matter of distance: words, counts, yes or no, an objective that must be as low.
    pub apart: Option<f64>,
    /// How far apart it may be.
    pub tolerance: Option<f64>,
}

/// All the items of `reference/{file}.json`.
pub fn read(file: &str) -> Vec<Item> {
    let path = folder().join(file).with_extension("json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let whole: Value = serde_json::from_str(&text).unwrap();
    whole["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| Item {
            id: item["id"].as_str().unwrap().to_owned(),
            result: item["result"].clone(),
            suggested: item["suggested_rel_tol"].as_f64(),
            compared: RefCell::default(),
            differences: RefCell::default(),
        })
        .collect()
}

impl Item {
    /// The value at a JSON pointer within `result`, such as `/coef/treated`; null where there is none.
    pub fn value(&self, pointer: &str) -> &Value {
        self.result.pointer(pointer).unwrap_or(&Value::Null)
    }

    /// The number at a JSON pointer. A list of one number counts as that number.
    pub fn number(&self, pointer: &str) -> f64 {
        let value = self.value(pointer);
        value
            .as_f64()
            .or_else(|| match value.as_array().map(Vec::as_slice) {
                Some([only]) => only.as_f64(),
                _ => None,
            })
            .unwrap_or_else(|| panic!("{}: no number at {pointer}: {value}", self.id))
    }

    /// The numbers of a list at a JSON pointer.
    pub fn numbers(&self, pointer: &str) -> Vec<f64> {
        self.value(pointer)
            .as_array()
            .unwrap_or_else(|| panic!("{}: no list at {pointer}", self.id))
            .iter()
            .map(|v| {
                v.as_f64()
                    .unwrap_or_else(|| panic!("{}: {v} at {pointer}", self.id))
            })
            .collect()
    }

    /// Whether `ours` is within a relative tolerance of the number at `pointer` (an absolute one where that is 0).
    pub fn agrees(&self, pointer: &str, ours: f64, tolerance: f64) {
        self.agrees_with(pointer, self.number(pointer), ours, tolerance);
    }

    /// A closed form: relative 1e-9.
    pub fn closed_form(&self, pointer: &str, ours: f64) {
        self.agrees(pointer, ours, 1e-9);
    }

    /// An iterative fit: relative 1e-6, or what the item suggests for its own peer.
    pub fn iterative(&self, pointer: &str, ours: f64) {
        self.agrees(pointer, ours, self.suggested.unwrap_or(1e-6).max(1e-6));
    }

    /// The relative tolerance that the item suggests for its own peer; 0 where it suggests none.
    pub fn suggested(&self) -> f64 {
        self.suggested.unwrap_or_default()
    }

    /// Compares with a number that the caller took out of the result; `what` names it.
    pub fn agrees_with(&self, what: &str, theirs: f64, ours: f64, tolerance: f64) {
        let scale = if theirs == 0.0 { 1.0 } else { theirs.abs() };
        let apart = (ours - theirs).abs() / scale;
        self.compare(what, Some(apart), Some(tolerance));
        if apart.is_nan() || apart > tolerance {
            self.differs(format!(
                "{what}: ours {ours:?}, theirs {theirs:?}, {apart:.1e} apart"
            ));
        }
    }

    /// Compares words, counts and yes or no exactly.
    pub fn same(&self, pointer: &str, ours: impl Into<Value>) {
        self.compare(pointer, None, None);
        let ours = ours.into();
        let theirs = self.value(pointer);
        if &ours != theirs {
            self.differs(format!("{pointer}: ours {ours}, theirs {theirs}"));
        }
    }

    /// Whether an objective that is maximised is as high as the peer's.
    pub fn at_least(&self, pointer: &str, ours: f64, slack: f64) {
        self.compare(pointer, None, None);
        let theirs = self.number(pointer);
        if ours.is_nan() || ours < theirs - slack {
            self.differs(format!(
                "{pointer}: ours {ours:?} is below theirs {theirs:?}"
            ));
        }
    }

    /// Whether an objective that is minimised is as low as the peer's.
    pub fn at_most(&self, pointer: &str, ours: f64, slack: f64) {
        self.compare(pointer, None, None);
        let theirs = self.number(pointer);
        if ours.is_nan() || ours > theirs + slack {
            self.differs(format!(
                "{pointer}: ours {ours:?} is above theirs {theirs:?}"
            ));
        }
    }

    fn compare(&self, what: &str, apart: Option<f64>, tolerance: Option<f64>) {
        self.compared.borrow_mut().push(Compared {
            what: what.to_owned(),
            apart,
            tolerance,
        });
    }

    /// Every figure that was compared, in order.
    pub fn compared(&self) -> Vec<Compared> {
        self.compared.borrow().clone()
    }

    fn differs(&self, how: String) {
        self.differences
            .borrow_mut()
            .push(format!("{} {how}", self.id));
    }

    /// What differed. A check that compared nothing is itself a difference.
    pub fn differences(&self) -> Vec<String> {
        if self.compared.borrow().is_empty() {
            return vec![format!("{}: the check compared nothing", self.id)];
        }
        self.differences.borrow().clone()
    }
}

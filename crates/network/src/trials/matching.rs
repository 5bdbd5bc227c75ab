//! Finding the pupils of a list in a file of scores. Pure.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::list::Listed;
use super::scores::ScoreRow;
use super::who::{self, Hashed};

/// How many codes are suggested for a name that is not on the list.
const SUGGESTED: usize = 5;

/// What the teacher says about a row that the list does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is the pupil with this code.
    Is(String),
    /// They are not in the trial.
    NotInTrial,
}

/// A row that the list does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// Its number among the rows, from 1.
    pub row: usize,
    /// As written in the file; shown to its own teacher, never kept.
    pub who: String,
    /// Codes that it may be, the likeliest first: pupils who share a part of the name, then pupils
    /// who have no score yet when they are few.
    pub suggestions: Vec<String>,
}

/// What matching found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Matching {
    /// Pupils on the list.
    pub listed: usize,
    /// Pupils on the list who have a row.
    pub matched: usize,
    /// Rows that the list does not know and nobody has answered for.
    pub unknown: Vec<Unknown>,
    /// Rows whose pupil has an earlier row, as written in the file.
    pub twice: Vec<String>,
    /// Codes without a row.
    pub without: Vec<String>,
    /// Rows of pupils who are not in the trial, by the teacher's own answer.
    pub not_in_trial: usize,
    /// In words: "27 of 28 matched; one name is not on the list: which pupil is it?"
    pub says: String,
}

impl Matching {
    /// Whether nothing is left to ask.
    #[must_use]
    pub const fn is_clear(&self) -> bool {
        self.unknown.is_empty() && self.twice.is_empty()
    }
}

/// Which row belongs to which pupil, by their place on the list.
pub(super) struct Matched {
    pub(super) rows: HashMap<usize, usize>,
    pub(super) found: Matching,
}

/// Finds each row's pupil: by the teacher's answer, by the hash of what is written, or by the code.
pub(super) fn matched(
    key: &[u8],
    list: &[Listed],
    rows: &[ScoreRow],
    answers: &BTreeMap<String, Answer>,
) -> Matched {
    let mut by_hash: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (place, pupil) in list.iter().enumerate() {
        for hash in pupil.hashed.each() {
            by_hash.entry(hash).or_default().push(place);
        }
    }
    let by_code: HashMap<String, usize> = list
        .iter()
        .enumerate()
        .map(|(i, p)| (p.code.to_lowercase(), i))
        .collect();
    let of_code = |code: &str| by_code.get(&code.trim().to_lowercase()).copied();
    let mut taken: HashMap<usize, usize> = HashMap::new();
    let mut found = Matching {
        listed: list.len(),
        ..Matching::default()
    };
    let mut unknown = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let named = std::iter::once(row.who.as_str()).chain(row.also.iter().map(String::as_str));
        let hashed = who::hashed(key, named);
        let pupil = match answers.get(row.who.trim()) {
            Some(Answer::NotInTrial) => {
                found.not_in_trial += 1;
                continue;
            }
            Some(Answer::Is(code)) => of_code(code),
            None => match named_so(&hashed, &by_hash).as_slice() {
                [one] => Some(*one),
                [] => of_code(&row.who),
                _ => None,
            },
        };
        match pupil {
            None => unknown.push((number, row, hashed)),
            Some(pupil) => {
                if taken.insert(pupil, number).is_some() {
                    found.twice.push(row.who.trim().to_owned());
                }
            }
        }
    }
    found.matched = taken.len();
    found.without = list
        .iter()
        .enumerate()
        .filter(|(i, _)| !taken.contains_key(i))
        .map(|(_, p)| p.code.clone())
        .collect();
    for (number, row, hashed) in unknown {
        found.unknown.push(Unknown {
            row: number + 1,
            who: row.who.trim().to_owned(),
            suggestions: suggestions(list, &taken, &hashed.parts),
        });
    }
    found.says = says(&found);
    Matched { rows: taken, found }
}

/// The pupils whom every known way of naming the row points at: none when nothing is known, several
/// when two share a name; nobody when name and number point at different pupils.
fn named_so(hashed: &Hashed, by_hash: &HashMap<&[u8], Vec<usize>>) -> Vec<usize> {
    let mut named = hashed.each().filter_map(|hash| by_hash.get(hash));
    let Some(first) = named.next() else {
        return Vec::new();
    };
    let mut agreed = first.clone();
    let mut all = first.clone();
    for other in named {
        agreed.retain(|pupil| other.contains(pupil));
        all.extend(other);
    }
    if agreed.is_empty() { all } else { agreed }
}

fn suggestions(list: &[Listed], taken: &HashMap<usize, usize>, parts: &[u8]) -> Vec<String> {
    let free: Vec<&Listed> = list
        .iter()
        .enumerate()
        .filter(|(i, _)| !taken.contains_key(i))
        .map(|(_, p)| p)
        .collect();
    let mut near: Vec<(usize, &str)> = free
        .iter()
        .map(|p| (who::shared(parts, &p.hashed.parts), p.code.as_str()))
        .filter(|(shared, _)| *shared > 0)
        .collect();
    near.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut codes: Vec<String> = near.into_iter().map(|(_, code)| code.to_owned()).collect();
    if free.len() <= SUGGESTED {
        for pupil in free {
            if !codes.contains(&pupil.code) {
                codes.push(pupil.code.clone());
            }
        }
    }
    codes.truncate(SUGGESTED);
    codes
}

/// "27 of 28 matched; one name is not on the list: which pupil is it?"
fn says(found: &Matching) -> String {
    let mut text = format!("{} of {} matched", found.matched, found.listed);
    match found.unknown.len() {
        0 => {}
        1 => text.push_str("; one name is not on the list: which pupil is it?"),
        n => text.push_str(&format!(
            "; {n} names are not on the list: which pupils are they?"
        )),
    }
    if !found.twice.is_empty() {
        text.push_str(&format!(
            "; {} twice: take one of the two lines away",
            if found.twice.len() == 1 {
                "one pupil is there".to_owned()
            } else {
                format!("{} pupils are there", found.twice.len())
            }
        ));
    }
    if found.is_clear() {
        match found.without.len() {
            0 => {}
            1 => text.push_str("; one pupil has no score"),
            n => text.push_str(&format!("; {n} pupils have no score")),
        }
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const KEY: &[u8] = b"a trial's key";

    fn list(names: &[&str]) -> Vec<Listed> {
        (1..)
            .zip(names)
            .map(|(n, name)| Listed {
                code: format!("P{n:02}"),
                hashed: who::hashed(KEY, name.split(" / ")),
                class: None,
                baseline: None,
                disadvantaged: None,
                group: None,
            })
            .collect()
    }

    fn rows(names: &[&str]) -> Vec<ScoreRow> {
        names
            .iter()
            .map(|name| {
                let mut named = name.split(" / ").map(str::to_owned);
                ScoreRow {
                    who: named.next().unwrap(),
                    also: named.collect(),
                    score: None,
                }
            })
            .collect()
    }

    #[test]
    fn names_are_matched_however_they_are_written_and_codes_too() {
        let list = list(&["Amina Rashid", "Tom Brearley", "A823456789012"]);
        let all = matched(
            KEY,
            &list,
            &rows(&["RASHID, Amina", "p02", "a823456789012"]),
            &BTreeMap::new(),
        );
        assert!(all.found.is_clear());
        assert_eq!(all.found.says, "3 of 3 matched.");
    }

    #[test]
    fn a_name_that_is_not_on_the_list_is_asked_about_with_the_nearest_codes() {
        let list = list(&["Amina Rashid", "Tom Brearley", "Owen Sykes"]);
        let some = matched(
            KEY,
            &list,
            &rows(&["Amina Rashid-Cole", "Tom Brearley", "Owen Sykes"]),
            &BTreeMap::new(),
        );
        assert_eq!(
            some.found.says,
            "2 of 3 matched; one name is not on the list: which pupil is it?"
        );
        let unknown = some.found.unknown.first().unwrap();
        assert_eq!(
            (unknown.row, unknown.who.as_str()),
            (1, "Amina Rashid-Cole")
        );
        assert_eq!(unknown.suggestions, ["P01"]);
        let answers =
            BTreeMap::from([("Amina Rashid-Cole".to_owned(), Answer::Is("P01".to_owned()))]);
        let all = matched(
            KEY,
            &list,
            &rows(&["Amina Rashid-Cole", "Tom Brearley", "Owen Sykes"]),
            &answers,
        );
        assert_eq!(all.found.says, "3 of 3 matched.");
    }

    #[test]
    fn a_pupil_who_is_there_twice_is_said() {
        let list = list(&["Amina Rashid", "Tom Brearley"]);
        let both = matched(
            KEY,
            &list,
            &rows(&["Amina Rashid", "P01"]),
            &BTreeMap::new(),
        );
        assert!(!both.found.is_clear());
        assert_eq!(
            both.found.says,
            "1 of 2 matched; one pupil is there twice: take one of the two lines away"
        );
    }

    #[test]
    fn who_left_the_trial_or_was_never_in_it_is_counted() {
        let list = list(&["Amina Rashid", "Tom Brearley"]);
        let answers = BTreeMap::from([("New Pupil".to_owned(), Answer::NotInTrial)]);
        let some = matched(KEY, &list, &rows(&["Amina Rashid", "New Pupil"]), &answers);
        assert_eq!(some.found.not_in_trial, 1);
        assert_eq!(some.found.without, ["P02"]);
        assert_eq!(some.found.says, "1 of 2 matched; one pupil has no score.");
    }

    #[test]
    fn either_of_name_and_number_will_do_and_a_shared_name_needs_the_number() {
        let list = list(&["Ben Carter / Z999200001001", "Ben Carter / N999200001002"]);
        let by_number = matched(KEY, &list, &rows(&["N999200001002"]), &BTreeMap::new());
        assert_eq!(by_number.found.without, ["P01"]);
        let by_both = matched(
            KEY,
            &list,
            &rows(&["Carter, Ben / Z999200001001"]),
            &BTreeMap::new(),
        );
        assert_eq!(by_both.found.without, ["P02"]);
        let by_name = matched(KEY, &list, &rows(&["Ben Carter"]), &BTreeMap::new());
        let unknown = by_name.found.unknown.first().unwrap();
        assert_eq!(
            unknown.suggestions,
            ["P01", "P02"],
            "which of the two is asked"
        );
    }

    #[test]
    fn a_name_and_a_number_that_disagree_are_asked_about() {
        let list = list(&["Ben Carter / Z999200001001", "Amina Rashid / N999200001002"]);
        let odd = matched(
            KEY,
            &list,
            &rows(&["Ben Carter / N999200001002"]),
            &BTreeMap::new(),
        );
        assert_eq!(odd.found.matched, 0);
        assert_eq!(odd.found.unknown.len(), 1);
    }
}

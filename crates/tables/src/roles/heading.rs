//! A heading in its parts: "KS2 Reading SS July 26" is reading, a score, in July 2026.
//!
//! Who may call this: `roles` alone. What must stay true: a heading alone settles nothing; it is
//! weighed with what the column holds.

use super::time::{self, Time};
use super::vocabulary::{
    BIRTH, BLOCK, CLASS, CONTACT, DAY, DERIVED, GROUP, MEASURES, NUMBER, PERSON, PHASE, PUPILS,
    REMARKS, SCHOOL, YEAR,
};

/// What a heading says that a column is, beside a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// UPN, ULN, admission number, candidate number, any ID.
    Number,
    /// A person's name.
    Person,
    /// Date of birth.
    Birth,
    /// E-mail, address, telephone.
    Contact,
    /// Words to read, not to count.
    Remarks,
    /// When something was done.
    Day,
    /// Who got what.
    Group,
    /// A class, form or tutor group.
    Class,
    /// A school.
    School,
    /// A pair, stratum or site within which lots were drawn.
    Block,
    /// When of two measurements of one person this row is.
    Phase,
    /// Year group, or calendar year.
    Year,
    /// Groups of pupils that schools report on.
    Pupils,
    /// Nothing known.
    Nothing,
}

/// A heading in its parts.
#[derive(Clone, Debug)]
pub(crate) struct Meaning {
    pub names: Names,
    pub time: Time,
    /// Something that is measured: score, mark, attendance.
    pub measure: bool,
    /// What is left when time and the word for a measure are taken away: "reading".
    pub subject: Vec<String>,
    /// Worked out of others: progress, gain, rank.
    pub derived: bool,
}

/// Takes a heading apart.
pub(crate) fn read(heading: &str) -> Meaning {
    let parts = parts(heading);
    let (time, rest) = time::take(&parts);
    let names = names(&parts, &rest);
    let measure = rest.iter().any(|p| MEASURES.contains(&p.as_str()));
    let derived = ends_or_holds(&rest, DERIVED);
    let generic = [
        "score",
        "scores",
        "mark",
        "marks",
        "points",
        "result",
        "results",
        "test",
        "standardised",
        "standardized",
        "std",
        "ss",
        "sas",
        "scaled",
        "raw",
        "percentage",
        "percent",
        "pct",
        "%",
        "outcome",
        "attainment",
        "total",
        "assessment",
        "ta",
        "y",
        "judgement",
        "of",
        "the",
        "in",
        "at",
        "on",
        "and",
        "a",
        "max",
        "out",
        "grade",
        "level",
        "exam",
        "final",
        "mock",
        "year",
        "yr",
        "data",
    ];
    let subject = rest
        .iter()
        .filter(|p| !generic.contains(&p.as_str()) && !p.chars().all(|c| c.is_ascii_digit()))
        .map(|p| {
            if ["math", "mathematics"].contains(&p.as_str()) {
                "maths".to_owned()
            } else {
                p.clone()
            }
        })
        .collect();
    Meaning {
        names,
        time,
        measure,
        subject,
        derived,
    }
}

fn names(parts: &[String], rest: &[String]) -> Names {
    let whole = parts.join(" ");
    let core = rest.join(" ");
    let is = |list: &[&str]| list.contains(&whole.as_str());
    let core_is = |list: &[&str]| !core.is_empty() && list.contains(&core.as_str());
    let kinds: [(&[&str], Names); 13] = [
        (BIRTH, Names::Birth),
        (PUPILS, Names::Pupils),
        (YEAR, Names::Year),
        (SCHOOL, Names::School),
        (CLASS, Names::Class),
        (BLOCK, Names::Block),
        (GROUP, Names::Group),
        (PHASE, Names::Phase),
        (NUMBER, Names::Number),
        (PERSON, Names::Person),
        (CONTACT, Names::Contact),
        (REMARKS, Names::Remarks),
        (DAY, Names::Day),
    ];
    if let Some((_, names)) = kinds.iter().find(|(list, _)| is(list)) {
        return *names;
    }
    if let Some((_, names)) = kinds.iter().find(|(list, names)| {
        core_is(list)
            && !matches!(
                names,
                Names::Phase | Names::Person | Names::Number | Names::Day | Names::Remarks
            )
    }) {
        return *names;
    }
    // "school_id", "PupilPremiumIndicator", "treated_2001", "Reading intervention group".
    let has = |word: &str| parts.iter().any(|p| p == word);
    let ends = |word: &str| parts.last().is_some_and(|p| p == word);
    match () {
        () if has("upn") || has("uln") => Names::Number,
        () if (has("pupil") || has("student") || has("child"))
            && (ends("id") || ends("no") || ends("number") || ends("code") || ends("ref")) =>
        {
            Names::Number
        }
        () if has("school") && (ends("id") || ends("code") || ends("name") || ends("urn")) => {
            Names::School
        }
        () if (has("class") || has("teacher")) && (ends("id") || ends("code") || ends("name")) => {
            Names::Class
        }
        () if (has("forename") || has("surname") || ends("name")) && !has("group") => Names::Person,
        () if parts.iter().any(|p| p.contains("fsm"))
            || has("premium")
            || has("sen")
            || has("send")
            || has("eal")
            || has("disadvantaged")
            || has("gender")
            || has("ethnicity") =>
        {
            Names::Pupils
        }
        () if has("intervention")
            || has("treatment")
            || has("control")
            || has("arm")
            || has("allocation")
            || has("allocated")
            || has("randomised")
            || has("treated") =>
        {
            Names::Group
        }
        () if has("comment") || has("comments") || has("notes") => Names::Remarks,
        () if has("email") || has("address") || has("postcode") => Names::Contact,
        () if ends("pair") || has("stratum") || has("strata") => Names::Block,
        () => Names::Nothing,
    }
}

fn ends_or_holds(parts: &[String], list: &[&str]) -> bool {
    let whole = parts.join(" ");
    list.contains(&whole.as_str()) || parts.iter().any(|p| list.contains(&p.as_str()))
}

/// Lower-case words of a heading: "postTest_1" is post, test, 1; "ks2" and "t1" stay whole.
pub(crate) fn parts(heading: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(heading.len() + 8);
    let mut before: Option<char> = None;
    for c in heading.chars() {
        if before.is_some_and(|b| b.is_lowercase() && c.is_uppercase()) {
            spaced.push(' ');
        }
        spaced.push(c);
        before = Some(c);
    }
    let lower = spaced.to_lowercase();
    let mut parts = Vec::new();
    for word in lower.split(|c: char| !c.is_alphanumeric() && c != '%') {
        let letters = word.chars().take_while(|c| c.is_alphabetic()).count();
        let digits_follow = word
            .chars()
            .nth(letters)
            .is_some_and(|c| c.is_ascii_digit());
        let split_at = word.char_indices().nth(letters).map(|(at, _)| at);
        match split_at {
            Some(at) if letters >= 4 && digits_follow && !word.starts_with("ever") => {
                push_word(&mut parts, word.get(..at).unwrap_or_default());
                push_word(&mut parts, word.get(at..).unwrap_or_default());
            }
            _ => push_word(&mut parts, word),
        }
    }
    parts
}

fn push_word(parts: &mut Vec<String>, word: &str) {
    if word.is_empty() {
        return;
    }
    for (whole, first, second) in [
        ("pretest", "pre", "test"),
        ("prettest", "pre", "test"),
        ("posttest", "post", "test"),
        ("prescore", "pre", "score"),
        ("postscore", "post", "score"),
    ] {
        if word == whole {
            parts.push(first.to_owned());
            parts.push(second.to_owned());
            return;
        }
    }
    parts.push(word.to_owned());
}

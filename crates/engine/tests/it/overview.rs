//! A place's first sentence, in all its combinations.

use difference_engine::chart::Variation::{self, CommonCause, Concerning, Improving, TooEarly};
use difference_engine::chart::overview::Finding::{
    self, Bad, EarlyBad, EarlyGood, Good, Little, Unclear,
};
use difference_engine::chart::overview::{GoalSignal, NewResult, sentence};

fn said(goals: &[(&str, Variation)], results: &[(&str, Finding)]) -> String {
    let goals: Vec<GoalSignal> = goals
        .iter()
        .map(|(measure, variation)| GoalSignal {
            measure: (*measure).to_owned(),
            variation: *variation,
        })
        .collect();
    let results: Vec<NewResult> = results
        .iter()
        .map(|(when, finding)| NewResult {
            when: (*when).to_owned(),
            finding: *finding,
        })
        .collect();
    sentence(&goals, &results)
}

#[test]
fn goals_are_said_by_what_they_do() {
    for (goals, words) in [
        (&[][..], "No goal is set here yet."),
        (
            &[("attendance", Improving)],
            "One goal has really moved: attendance.",
        ),
        (
            &[("attendance", CommonCause)],
            "Attendance is holding steady.",
        ),
        (&[("lateness", Concerning)], "Lateness needs a look."),
        (&[("absences", Concerning)], "Absences need a look."),
        (
            &[("belonging", TooEarly)],
            "It is too early to say about belonging.",
        ),
        (
            &[
                ("attendance", Improving),
                ("reading", Improving),
                ("maths", Improving),
            ],
            "Three goals have really moved: attendance, reading and maths.",
        ),
        (
            &[("attendance", CommonCause), ("reading", CommonCause)],
            "Attendance and reading are holding steady.",
        ),
        (
            &[("attendance", Concerning), ("lateness", TooEarly)],
            "Attendance needs a look, and it is too early to say about lateness.",
        ),
        (
            &[
                ("belonging", TooEarly),
                ("lateness", Concerning),
                ("attendance", Improving),
                ("home reading", CommonCause),
            ],
            "One goal has really moved: attendance. Home reading is holding steady, lateness needs a look, and it is too early to say about belonging.",
        ),
        (
            &[
                ("a", CommonCause),
                ("b", CommonCause),
                ("c", CommonCause),
                ("d", CommonCause),
                ("e", CommonCause),
                ("f", CommonCause),
            ],
            "A, b, c, d and two more are holding steady.",
        ),
    ] {
        assert_eq!(said(goals, &[]), words);
    }
}

#[test]
fn new_results_are_said_good_and_bad_alike() {
    for (results, words) in [
        (
            &[("on Friday", Good)][..],
            "One trial reported on Friday, and it is good news.",
        ),
        (
            &[("on Friday", Bad)],
            "One trial reported on Friday, and it is bad news.",
        ),
        (
            &[("on Friday", EarlyGood)],
            "One trial reported on Friday, and it is an early sign of good news.",
        ),
        (
            &[("on Friday", EarlyBad)],
            "One trial reported on Friday, and it is an early sign of bad news.",
        ),
        (
            &[("today", Little)],
            "One trial reported today, and it made little or no difference.",
        ),
        (
            &[("today", Unclear)],
            "One trial reported today, and the answer could be nothing.",
        ),
        (
            &[("today", Good), ("today", Good)],
            "Two trials reported today, and both are good news.",
        ),
        (
            &[("today", Bad), ("on Friday", Bad)],
            "Two trials have reported, and both are bad news.",
        ),
        (
            &[("today", Unclear), ("today", Unclear), ("today", Unclear)],
            "Three trials reported today, and all could be nothing.",
        ),
        (
            &[("today", Bad), ("today", Good), ("today", Good)],
            "Three trials reported today: two are good news, and one is bad news.",
        ),
        (
            &[("today", Unclear), ("on Friday", Little), ("today", Good)],
            "Three trials have reported: one is good news, one made little or no difference, and one could be nothing.",
        ),
    ] {
        assert_eq!(
            said(&[("maths", CommonCause)], results),
            format!("Maths is holding steady. {words}")
        );
    }
    assert_eq!(
        said(&[], &[("on Friday", Good)]),
        "No goal is set here yet. One trial reported on Friday, and it is good news."
    );
}

/// Every combination of up to three goals and up to two results is a sentence of its own kind.
#[test]
fn every_combination_names_every_goal_and_counts_every_result() {
    let names = ["attendance", "lateness", "belonging"];
    let variations = [Improving, CommonCause, Concerning, TooEarly];
    let findings = [Good, EarlyGood, Bad, EarlyBad, Little, Unclear];
    for a in variations {
        for b in variations {
            for c in variations {
                for x in findings {
                    for y in findings {
                        let goals = [(names[0], a), (names[1], b), (names[2], c)];
                        let words = said(&goals, &[("today", x), ("today", y)]);
                        let lower = words.to_lowercase();
                        assert!(
                            names.iter().all(|n| lower.matches(n).count() == 1),
                            "{words}"
                        );
                        assert!(words.contains("Two trials reported today"), "{words}");
                        assert_eq!(
                            lower.contains("really moved"),
                            [a, b, c].contains(&Improving),
                            "{words}"
                        );
                        assert_eq!(
                            lower.contains("a look"),
                            [a, b, c].contains(&Concerning),
                            "{words}"
                        );
                        assert!(
                            words.ends_with('.') && !words.contains("..") && !words.contains("  ")
                        );
                    }
                }
            }
        }
    }
}

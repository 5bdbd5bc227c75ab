//! Text files that leave something open.

use crate::pupils::drawn_within;
use crate::texts::{csv, rows};
use crate::{Means, SchoolFile};

/// What no file can settle.
pub fn files() -> Vec<SchoolFile> {
    let pupils = drawn_within(4, 36, &["6A", "6B"]);
    let three = rows(&pupils, |i, p| {
        let arm = ["Usual", "Phonics", "Reading aloud"]
            .get(i % 3)
            .unwrap_or(&"");
        vec![
            p.upn.clone(),
            arm.to_string(),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    let ticks = rows(&pupils, |_, p| {
        let tick = if p.treated { "X" } else { "" };
        vec![
            p.name(),
            p.class.to_owned(),
            tick.to_owned(),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    let numbers = rows(&pupils, |_, p| {
        vec![
            p.name(),
            p.group("2", "1"),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    let two = rows(&pupils, |_, p| {
        vec![
            p.upn.clone(),
            p.group("Intervention", "Control"),
            p.after.to_string(),
            (p.after - 4).to_string(),
        ]
    });
    let doubles = rows(&pupils, |_, p| {
        vec![
            p.upn.clone(),
            p.group("Intervention", "Control"),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    let unnamed = rows(&pupils, |_, p| {
        vec![p.upn.clone(), p.group("A", "B"), p.after.to_string()]
    });
    let before_after = rows(&pupils, |_, p| {
        vec![
            p.name(),
            p.class.to_owned(),
            p.before.to_string(),
            p.after.to_string(),
        ]
    });
    let long: Vec<Vec<String>> = pupils
        .iter()
        .flat_map(|p| {
            [("Before", p.before), ("After", p.after)]
                .map(|(when, score)| vec![p.upn.clone(), when.to_owned(), score.to_string()])
        })
        .collect();
    vec![
        Means {
            control: None,
            ..Means::trial("Three groups", 36, "Group", "", "Post")
        }
        .before("Pre")
        .asks(&["treatment"])
        .file(
            "millgarth-three-groups.csv",
            csv(&["UPN", "Group", "Pre", "Post"], three),
        ),
        Means::trial(
            "A tick for those who took part, nothing for the others",
            36,
            "Intervention",
            "",
            "Post",
        )
        .before("Pre")
        .block("Class")
        .asks(&["control"])
        .file(
            "millgarth-ticks.csv",
            csv(&["Name", "Class", "Intervention", "Pre", "Post"], ticks),
        ),
        Means::trial("Groups 1 and 2", 36, "Group", "1", "Post")
            .before("Pre")
            .asks(&["control"])
            .file(
                "millgarth-groups-1-2.csv",
                csv(&["Name", "Group", "Pre", "Post"], numbers),
            ),
        Means::trial(
            "Two scores at the end and none before",
            36,
            "Group",
            "Control",
            "Reading July",
        )
        .asks(&["outcome"])
        .file(
            "millgarth-two-outcomes.csv",
            csv(&["UPN", "Group", "Reading July", "Maths July"], two),
        ),
        Means::trial(
            "Two columns with the same heading",
            36,
            "Group",
            "Control",
            "Score (column D)",
        )
        .asks(&["outcome"])
        .file(
            "millgarth-same-headings.csv",
            csv(&["UPN", "Group", "Score", "Score"], doubles),
        ),
        Means::trial(
            "Two letters under a heading that says nothing",
            36,
            "Wave",
            "A",
            "Score",
        )
        .asks(&["treatment"])
        .file(
            "millgarth-wave.csv",
            csv(&["UPN", "Wave", "Score"], unnamed),
        ),
        Means {
            treatment: None,
            control: None,
            ..Means::trial(
                "Before and after, and nobody to compare with",
                36,
                "",
                "",
                "Summer score",
            )
        }
        .before("Autumn score")
        .cluster("Class")
        .asks(&["treatment"])
        .file(
            "millgarth-before-after.csv",
            csv(
                &["Name", "Class", "Autumn score", "Summer score"],
                before_after,
            ),
        ),
        Means::trial(
            "One row before and one after for each pupil",
            72,
            "Phase",
            "Before",
            "Score",
        )
        .unit("UPN")
        .file("millgarth-long.csv", csv(&["UPN", "Phase", "Score"], long)),
    ]
}

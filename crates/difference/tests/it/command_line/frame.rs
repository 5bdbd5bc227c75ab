//! Help, completions, the manual page, and calls that are wrong in themselves.

use super::difference;

#[test]
fn without_a_word_it_says_what_it_can_do() {
    let came = difference(&[]).run();
    assert_eq!((came.code, came.stdout.as_str()), (2, ""));
    for told in [
        "What difference are you making?",
        "evaluate",
        "pool",
        "serve",
        "Exit codes",
    ] {
        assert!(came.stderr.contains(told), "{told}");
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    for command in [
        "evaluate",
        "pool",
        "chart",
        "plan",
        "allocate",
        "import",
        "serve",
        "audit",
        "backup",
        "restore",
        "drill",
        "user",
        "completions",
        "man",
    ] {
        let help = difference(&[command, "--help"]).run();
        assert_eq!(help.code, 0, "{command}");
        assert!(help.stdout.contains("Example"), "{command}");
        assert!(help.stderr.is_empty(), "{command}");
    }
}

#[test]
fn help_for_evaluate() {
    insta::assert_snapshot!(difference(&["evaluate", "-h"]).run().seen());
}

#[test]
fn shells_and_man_find_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let script = difference(&["completions", shell]).run();
        assert_eq!(script.code, 0);
        assert!(
            script.stdout.contains("evaluate") && script.stdout.contains("worthwhile"),
            "{shell}"
        );
    }
    let page = difference(&["man"]).run();
    assert!(page.stdout.starts_with(".ie") && page.stdout.contains("difference"));
    let page = difference(&["man", "pool"]).run();
    assert!(page.stdout.contains("inference"));
    let none = difference(&["man", "nothing"]).run();
    assert_eq!(none.code, 2);
    assert!(none.stderr.contains("There is no command called nothing."));
}

#[test]
fn a_flag_that_is_not_there_is_a_wrong_call() {
    let wrong = difference(&["pool", "bcg.csv", "--effekt", "yi"]).run();
    assert_eq!((wrong.code, wrong.stdout.as_str()), (2, ""));
    assert!(wrong.stderr.contains("--effect"), "{}", wrong.stderr);
}

#[test]
fn what_is_not_built_is_not_offered() {
    let help = difference(&["evaluate", "--help"]).run();
    let mut words = (help.stdout.split_whitespace())
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric() && c != '-'));
    assert!(!words.any(|word| word == "pdf"));
}

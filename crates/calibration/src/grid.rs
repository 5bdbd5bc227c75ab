//! The kinds of trial that every estimator is held to.

use crate::scenario::{CLASSES, LotsFor, PUPILS, SITES, Scenario, Shape};

/// A kind of trial with its name.
pub type Named = (&'static str, Scenario);

/// Pupils drawn one by one.
pub const OF_PUPILS: &[Named] = &[
    ("30 against 30", PUPILS),
    (
        "10 against 10",
        Scenario {
            drawn: [10, 10],
            ..PUPILS
        },
    ),
    (
        "no score from before",
        Scenario {
            baseline: 0.0,
            ..PUPILS
        },
    ),
    (
        "a long tail, 40 against 40",
        Scenario {
            shape: Shape::Skewed,
            drawn: [40, 40],
            ..PUPILS
        },
    ),
    (
        "a ceiling, 50 against 50",
        Scenario {
            shape: Shape::Ceiling,
            drawn: [50, 50],
            ..PUPILS
        },
    ),
    (
        "60 against 40 who vary half as much again",
        Scenario {
            drawn: [60, 40],
            wider: 1.5,
            ..PUPILS
        },
    ),
    (
        "reached by 1 in 5, 100 against 100",
        Scenario {
            shape: Shape::Reached(0.2),
            drawn: [100, 100],
            baseline: 0.0,
            ..PUPILS
        },
    ),
    (
        "reached by 1 in 20, 200 against 200",
        Scenario {
            shape: Shape::Reached(0.05),
            drawn: [200, 200],
            baseline: 0.0,
            ..PUPILS
        },
    ),
    (
        "counts, 3 on average, 50 against 50",
        Scenario {
            shape: Shape::Counts(3.0),
            drawn: [50, 50],
            ..PUPILS
        },
    ),
    ("in blocks of four", Scenario { block: 4, ..PUPILS }),
    (
        "a fifth missing, the weaker likelier",
        Scenario {
            missing: 0.2,
            drawn: [50, 50],
            ..PUPILS
        },
    ),
    (
        "a gain of 0.2",
        Scenario {
            truth: 0.2,
            ..PUPILS
        },
    ),
    (
        "a gain of 0.5 that varies by 0.5",
        Scenario {
            truth: 0.5,
            uneven: 0.5,
            ..PUPILS
        },
    ),
    (
        "a gain of 0.5, a long tail, 40 against 40",
        Scenario {
            truth: 0.5,
            shape: Shape::Skewed,
            drawn: [40, 40],
            ..PUPILS
        },
    ),
];

/// Whole classes drawn; 20 pupils in each and an intraclass correlation of 0.2 where nothing else is said.
pub const OF_CLASSES: &[Named] = &[
    (
        "2 against 2",
        Scenario {
            drawn: [2, 2],
            ..CLASSES
        },
    ),
    (
        "3 against 3",
        Scenario {
            drawn: [3, 3],
            ..CLASSES
        },
    ),
    (
        "3 against 4",
        Scenario {
            drawn: [3, 4],
            ..CLASSES
        },
    ),
    (
        "4 against 4",
        Scenario {
            drawn: [4, 4],
            ..CLASSES
        },
    ),
    (
        "6 against 6",
        Scenario {
            drawn: [6, 6],
            ..CLASSES
        },
    ),
    ("10 against 10", CLASSES),
    (
        "25 against 25",
        Scenario {
            drawn: [25, 25],
            ..CLASSES
        },
    ),
    (
        "12 against 2",
        Scenario {
            drawn: [12, 2],
            ..CLASSES
        },
    ),
    (
        "10 against 10, correlation 0",
        Scenario {
            icc: 0.0,
            ..CLASSES
        },
    ),
    (
        "10 against 10, correlation 0.05",
        Scenario {
            icc: 0.05,
            ..CLASSES
        },
    ),
    (
        "10 against 10 of 5 to 40",
        Scenario {
            size: [5, 40],
            ..CLASSES
        },
    ),
    (
        "a long tail, 10 against 10",
        Scenario {
            shape: Shape::Skewed,
            ..CLASSES
        },
    ),
    (
        "a ceiling, 10 against 10",
        Scenario {
            shape: Shape::Ceiling,
            ..CLASSES
        },
    ),
    (
        "reached by 1 in 5, 10 against 10",
        Scenario {
            shape: Shape::Reached(0.2),
            baseline: 0.0,
            icc: 0.1,
            ..CLASSES
        },
    ),
    (
        "reached by 1 in 20, 10 against 10",
        Scenario {
            shape: Shape::Reached(0.05),
            baseline: 0.0,
            icc: 0.05,
            ..CLASSES
        },
    ),
    (
        "counts, 3 on average, 10 against 10",
        Scenario {
            shape: Shape::Counts(3.0),
            ..CLASSES
        },
    ),
    (
        "10 against 10 that vary half as much again",
        Scenario {
            wider: 1.5,
            ..CLASSES
        },
    ),
    (
        "a fifth missing, the weaker likelier",
        Scenario {
            missing: 0.2,
            ..CLASSES
        },
    ),
    (
        "ten pairs",
        Scenario {
            block: 2,
            ..CLASSES
        },
    ),
    (
        "a gain of 0.2, 10 against 10",
        Scenario {
            truth: 0.2,
            ..CLASSES
        },
    ),
    (
        "a gain of 0.2 that varies by 0.2 from class to class",
        Scenario {
            truth: 0.2,
            uneven: 0.2,
            ..CLASSES
        },
    ),
    (
        "a gain of 0.5, 8 against 12",
        Scenario {
            truth: 0.5,
            drawn: [8, 12],
            ..CLASSES
        },
    ),
    (
        "six pairs that vary half as much again",
        Scenario {
            drawn: [6, 6],
            block: 2,
            wider: 1.5,
            ..CLASSES
        },
    ),
    (
        "10 against 10 schools of 3 forms",
        Scenario {
            classes: 3,
            class_share: 0.1,
            icc: 0.1,
            size: [24, 36],
            ..CLASSES
        },
    ),
    (
        "5 against 5 schools of 2 forms",
        Scenario {
            classes: 2,
            class_share: 0.1,
            icc: 0.1,
            drawn: [5, 5],
            ..CLASSES
        },
    ),
    (
        "pupils of 20 classes drawn one by one, the class named",
        Scenario {
            drawn: [20, 0],
            lots: LotsFor::PupilsOfClasses,
            ..CLASSES
        },
    ),
];

/// Pupils drawn one by one within each of several sites; 30 in each where nothing else is said.
pub const OF_SITES: &[Named] = &[
    ("10 sites, the same in each", SITES),
    (
        "10 sites, none on average, from site to site by 0.2",
        Scenario {
            uneven: 0.2,
            ..SITES
        },
    ),
    (
        "20 sites of 10 to 40, by 0.2",
        Scenario {
            drawn: [20, 0],
            size: [10, 40],
            uneven: 0.2,
            ..SITES
        },
    ),
    (
        "6 sites, a gain of 0.2 that varies by 0.2",
        Scenario {
            drawn: [6, 0],
            truth: 0.2,
            uneven: 0.2,
            ..SITES
        },
    ),
    (
        "10 sites, a long tail",
        Scenario {
            shape: Shape::Skewed,
            ..SITES
        },
    ),
];

//! Evaluations made by hand: the morning reading group, and what else a page may meet.

use engine::evaluation::{
    Assumption, Attrition, Balance, Chances, Data, Detectable, EffectSize, Estimate, Evaluation,
    Evidence, Group, Interval, Lost, SCHEMA, Subgroup,
};
use engine::question::{Allocation, Design, PlanRecord, Worthwhile};
use engine::sample::{Dropped, Fingerprint, Levels, Outcome, Roles, Treatment};

/// An evaluation that can be changed before it is shown.
pub struct Sample(pub Evaluation);

/// 151 of 155 pupils, drawn by lot within classes, with a locked plan: 3.1 points, 0.4 to 5.8.
pub fn reading_group() -> Sample {
    Sample(Evaluation {
        schema: SCHEMA.to_owned(),
        engine: "0.1.0".to_owned(),
        data: Data {
            fingerprint: Some(Fingerprint {
                bytes: "7c1e09ab44d2e6f0".repeat(4),
                used: "09ab44d2e6f07c1e".repeat(4),
            }),
            rows: 155,
            used: 151,
            dropped: vec![Dropped {
                reason: "no score after (abs)".to_owned(),
                rows: 4,
            }],
        },
        roles: Roles {
            outcome: Outcome {
                column: "july_score".to_owned(),
                name: "reading".to_owned(),
                unit: "points".to_owned(),
                ..Outcome::default()
            },
            treatment: Some(Treatment {
                column: "group".to_owned(),
                intervention: "reading group".to_owned(),
                comparison: "as usual".to_owned(),
            }),
            block: Some(Levels {
                column: "class".to_owned(),
                labels: vec!["4TB".to_owned(), "4KH".to_owned()],
            }),
            subgroups: vec![Levels {
                column: "pp".to_owned(),
                labels: vec!["yes".to_owned(), "no".to_owned()],
            }],
            assumed: vec!["“as usual” is the comparison, because it comes first.".to_owned()],
            ..Roles::default()
        },
        design: Design::BlockedIndividual,
        allocation: Allocation::Lot,
        headline: "Pupils in the reading group made about 3 months’ extra progress in reading, compared with pupils who carried on as usual.".to_owned(),
        highlight: "about 3 months’ extra progress".to_owned(),
        paragraph: "It very likely helped, and about 19 times in 20 by more than the one month that would make it worth doing. How much it helped is less sure: anything from 1 month to 6 months fits what we saw.".to_owned(),
        evidence: Evidence {
            rung: 4,
            word: "Good evidence".to_owned(),
            stronger: vec![
                "Pupils were drawn by lot".to_owned(),
                "The plan was locked before the results were known".to_owned(),
                "151 of 155 pupils were measured (97%)".to_owned(),
            ],
            weaker: vec!["It is one trial: only several places that agree make strong evidence".to_owned()],
        },
        balance: vec![Balance {
            column: "september_score".to_owned(),
            intervention: 98.1,
            comparison: 98.6,
            difference: Some(-0.04),
            variance_ratio: Some(0.97),
            kind: "baseline".to_owned(),
        }],
        attrition: Some(Attrition {
            overall: 4.0 / 155.0,
            differential: 0.0,
            intervention: Lost { drawn: 78, measured: 76, clusters_drawn: 0, clusters_measured: 0 },
            comparison: Lost { drawn: 77, measured: 75, clusters_drawn: 0, clusters_measured: 0 },
            from_list: true,
        }),
        groups: vec![
            Group {
                name: "reading group".to_owned(),
                n: 76,
                clusters: 0,
                mean: 103.2,
                sd: Some(13.1),
                subgroups: vec![
                    Subgroup { column: "pp".to_owned(), level: "yes".to_owned(), n: 31, mean: 101.0 },
                    Subgroup { column: "pp".to_owned(), level: "no".to_owned(), n: 45, mean: 104.7 },
                ],
            },
            Group {
                name: "as usual".to_owned(),
                n: 75,
                clusters: 0,
                mean: 100.1,
                sd: Some(12.8),
                subgroups: vec![
                    Subgroup { column: "pp".to_owned(), level: "yes".to_owned(), n: 29, mean: 97.9 },
                    Subgroup { column: "pp".to_owned(), level: "no".to_owned(), n: 46, mean: 101.5 },
                ],
            },
        ],
        estimates: vec![Estimate {
            method: "ancova, HC2".to_owned(),
            term: "group".to_owned(),
            estimate: 3.1,
            standard_error: Some(1.365),
            statistic: Some(2.271),
            df: Some(143.0),
            p_value: Some(0.0246),
            interval: Some(Interval { level: 0.95, lower: 0.4, upper: 5.8 }),
            primary: true,
            note: None,
        }],
        fits: Vec::new(),
        effect_sizes: vec![EffectSize {
            name: "hedges_g_adjusted".to_owned(),
            estimate: 0.24,
            standard_error: Some(0.105),
            interval: Some(Interval { level: 0.95, lower: 0.031, upper: 0.449 }),
            definition: "the primary estimate over the pooled standard deviation".to_owned(),
        }],
        subgroups: Vec::new(),
        bounds: Vec::new(),
        influence: None,
        compliance: None,
        chances: Some(Chances {
            prior: "flat".to_owned(),
            above_zero: 0.988,
            above_worthwhile: Some(0.94),
        }),
        assumptions: vec![Assumption {
            says: "Lots made the groups alike but for chance".to_owned(),
            check: "Scores before, compared between the groups".to_owned(),
            finding: "At the start the groups were apart by −0.04 standard deviations on september_score".to_owned(),
        }],
        warnings: vec!["4 pupils have no score after. They are left out.".to_owned()],
        detectable: Some(Detectable { sd: 0.35, unit: 4.5, design_effect: 1.0, icc: None, r2: None, r2_cluster: None }),
        worthwhile: Some(Worthwhile::Sd(0.05)),
        attainment: true,
        plan: Some(PlanRecord {
            hash: "7c1e09ab44d2e6f0".repeat(4),
            locked_at: "2026-01-06T16:12:00Z".to_owned(),
            before_outcome: true,
            deviations: vec!["The test moved from 29 June to 6 July.".to_owned()],
        }),
        seed: None,
        call: Some("difference evaluate year4.csv --outcome july_score --treatment group".to_owned()),
    })
}

impl Sample {
    /// In the outcome's own unit instead of months.
    pub fn in_points(mut self) -> Self {
        self.0.attainment = false;
        self
    }

    /// With another smallest difference worth having.
    pub fn worth(mut self, worthwhile: Option<Worthwhile>) -> Self {
        self.0.worthwhile = worthwhile;
        self
    }

    /// On another rung.
    pub fn on_rung(mut self, rung: u8, word: &str) -> Self {
        self.0.evidence.rung = rung;
        self.0.evidence.word = word.to_owned();
        self
    }

    /// With another estimate, symmetric limits and effect size, all in proportion.
    pub fn estimated(mut self, estimate: f64, half: f64) -> Self {
        let per_point = 0.24 / 3.1;
        let limits = |centre: f64, half: f64| Interval {
            level: 0.95,
            lower: centre - half,
            upper: centre + half,
        };
        for shown in &mut self.0.estimates {
            shown.estimate = estimate;
            shown.interval = Some(limits(estimate, half));
        }
        for size in &mut self.0.effect_sizes {
            size.estimate = estimate * per_point;
            size.interval = Some(limits(estimate * per_point, half * per_point));
        }
        self
    }

    /// Where a lower value is the better one.
    pub fn lower_is_better(mut self) -> Self {
        self.0.roles.outcome.lower_is_better = true;
        self
    }
}

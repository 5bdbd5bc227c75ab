//! The call that asks the same again, as a person can paste it.
//!
//! What must stay true: whatever changes the answer is in it; where the answer goes and what it is
//! written as is not.

use engine::question::Worthwhile;
use tables::Asked;

use super::Evaluate;
use crate::command::choices::{Better, How};

/// The call, with every column named, whoever named it.
pub fn of(evaluate: &Evaluate, asked: &Asked) -> String {
    let mut call = Words::default();
    call.word(&evaluate.file.display().to_string());
    call.flag("--outcome", Some(&asked.outcome));
    if !asked.success.is_empty() {
        call.flag("--success", Some(&asked.success.join(",")));
    }
    call.flag("--treatment", asked.treatment.as_ref());
    call.flag("--control", asked.control.as_ref());
    call.flag("--cluster", asked.cluster.as_ref());
    call.flag("--cluster-within", asked.cluster_within.as_ref());
    call.flag("--block", asked.block.as_ref());
    call.flags("--baseline", &asked.baselines);
    call.flags("--covariate", &asked.covariates);
    call.flags("--subgroup", &asked.subgroups);
    call.flag("--received", asked.received.as_ref());
    call.flag("--unit", asked.unit.as_ref());
    call.flags("--where", &asked.conditions);
    call.flags("--missing", &evaluate.missing);
    call.flag("--sheet", evaluate.sheet.as_ref());
    if let Some(decimal) = &evaluate.decimal {
        call.choice("--decimal", decimal);
    }
    if evaluate.allocation != How::Unknown {
        call.choice("--allocation", &evaluate.allocation);
    }
    if let Some(drawn) = &evaluate.drawn {
        call.flag("--drawn", Some(&drawn.display().to_string()));
    }
    if let Some(design) = &evaluate.design {
        call.choice("--design", design);
    }
    if evaluate.attainment {
        call.word("--attainment");
    }
    match asked.lower_is_better {
        Some(true) => call.choice("--better", &Better::Lower),
        Some(false) if evaluate.better.is_some() => call.choice("--better", &Better::Higher),
        _ => {}
    }
    if let Some(worthwhile) = evaluate.worthwhile {
        let words = match worthwhile {
            Worthwhile::Unit(size) => size.to_string(),
            Worthwhile::Sd(size) => format!("{size}sd"),
        };
        call.flag("--worthwhile", Some(&words));
    }
    call.flag("--randomised", evaluate.randomised.as_ref());
    let path = |path: &std::path::PathBuf| path.display().to_string();
    call.flag("--plan", evaluate.plan.as_ref().map(path).as_ref());
    call.flag("--locked", evaluate.locked.as_ref());
    call.flag("--fingerprint", evaluate.fingerprint.as_ref());
    for method in &evaluate.method {
        call.choice("--method", method);
    }
    if let Some(se) = &evaluate.se {
        call.choice("--se", se);
    }
    if let Some(df) = &evaluate.df {
        call.choice("--df", df);
    }
    if evaluate.draws != super::DRAWS {
        call.flag("--draws", Some(&evaluate.draws.to_string()));
    }
    if evaluate.seed != super::SEED {
        call.flag("--seed", Some(&evaluate.seed.to_string()));
    }
    format!("difference evaluate{}", call.said)
}

#[derive(Default)]
struct Words {
    said: String,
}

impl Words {
    fn word(&mut self, word: &str) {
        self.said.push(' ');
        self.said.push_str(&quoted(word));
    }

    fn flag(&mut self, flag: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.word(flag);
            self.word(value);
        }
    }

    fn flags(&mut self, flag: &str, values: &[String]) {
        for value in values {
            self.flag(flag, Some(value));
        }
    }

    fn choice(&mut self, flag: &str, choice: &impl clap::ValueEnum) {
        let value = choice
            .to_possible_value()
            .map(|value| value.get_name().to_owned());
        self.flag(flag, value.as_ref());
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty()
        && word.chars().all(|c| {
            c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ',' | ':' | '+' | '=')
        });
    if plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_word_that_a_shell_would_break_is_quoted() {
        assert_eq!(quoted("july_score"), "july_score");
        assert_eq!(quoted("Reading score"), "'Reading score'");
        assert_eq!(quoted("head's view"), "'head'\\''s view'");
        assert_eq!(quoted(""), "''");
    }
}

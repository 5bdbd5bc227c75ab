//! The conversation about a guess, on a terminal.
//!
//! What must stay true: Enter takes what stands there; "q" ends it and nothing is worked out; an
//! answer that can't be read is asked for again, with an example.

use std::io::{BufRead, Write};

use tables::{Asked, Guess, Profile, Question};

use super::guess::Settled;
use super::{Evaluate, How, call};
use crate::ending::Ending;

/// Asks what the file leaves open, then how the groups came about, then whether all that is right.
pub fn about(
    evaluate: &Evaluate,
    (profile, guess): (&Profile, &Guess),
    asked: Asked,
    answers: &mut dyn BufRead,
    questions: &mut dyn Write,
) -> Result<Settled, Ending> {
    let mut talk = Talk { answers, questions };
    let mut settled = Settled {
        asked,
        missing: Vec::new(),
        allocation: None,
    };
    for question in &guess.questions {
        talk.settle_one(question, (profile, guess), &mut settled)?;
    }
    loop {
        let asked = &settled.asked;
        talk.say(&format!("\nSo far:\n  {}\n", call::of(evaluate, asked)))?;
        let answer = talk.ask(
            "Enter if that is right; or change it, such as outcome=july or cluster=; q to stop: ",
        )?;
        if answer.is_empty() {
            if settled.asked.outcome.is_empty() {
                talk.say("Which column was measured? Answer as outcome=COLUMN.\n")?;
                continue;
            }
            break;
        }
        if let Err(cure) = changed(&mut settled.asked, &answer, profile) {
            talk.say(&format!("{cure}\n"))?;
        }
    }
    if evaluate.allocation == How::Unknown && settled.asked.treatment.is_some() {
        settled.allocation = Some(talk.allocation()?);
    }
    Ok(settled)
}

struct Talk<'a> {
    answers: &'a mut dyn BufRead,
    questions: &'a mut dyn Write,
}

fn stopped() -> Ending {
    Ending::wrong(
        "stopped",
        "Stopped before anything was worked out.",
        "Call again when you know, or name the columns with --outcome and --treatment.",
    )
}

impl Talk<'_> {
    fn say(&mut self, words: &str) -> Result<(), Ending> {
        self.questions
            .write_all(words.as_bytes())
            .and_then(|()| self.questions.flush())
            .map_err(|_| stopped())
    }

    /// One line; the end of the input and "q" stop the conversation.
    fn ask(&mut self, question: &str) -> Result<String, Ending> {
        self.say(question)?;
        let mut line = String::new();
        match self.answers.read_line(&mut line) {
            Ok(0) | Err(_) => Err(stopped()),
            Ok(_) if line.trim().eq_ignore_ascii_case("q") => Err(stopped()),
            Ok(_) => Ok(line.trim().to_owned()),
        }
    }

    /// One of several, by its number or its words; Enter takes the first.
    fn choose(&mut self, question: &Question) -> Result<String, Ending> {
        self.say(&format!("\n{}\n", question.asks))?;
        for (number, answer) in (1..).zip(&question.answers) {
            self.say(&format!("  {number}  {answer}\n"))?;
        }
        loop {
            let answer = self.ask("Which one? Enter for 1: ")?;
            let wanted = if answer.is_empty() { "1" } else { &answer };
            let by_number = wanted
                .parse::<usize>()
                .ok()
                .and_then(|number| question.answers.get(number.checked_sub(1)?));
            let by_words = question
                .answers
                .iter()
                .find(|a| a.eq_ignore_ascii_case(wanted));
            if let Some(chosen) = by_number.or(by_words) {
                return Ok(chosen.clone());
            }
            self.say(&format!(
                "Answer with a number from 1 to {}.\n",
                question.answers.len()
            ))?;
        }
    }

    fn yes(&mut self, question: &str) -> Result<bool, Ending> {
        loop {
            let answer = self.ask(&format!("\n{question} [Y/n] "))?.to_lowercase();
            match answer.as_str() {
                "" | "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.say("Answer y or n.")?,
            }
        }
    }

    fn settle_one(
        &mut self,
        question: &Question,
        (profile, guess): (&Profile, &Guess),
        settled: &mut Settled,
    ) -> Result<(), Ending> {
        let asked = &mut settled.asked;
        match question.about {
            // What was named in the call is not asked again.
            "outcome" if !question.answers.is_empty() => asked.outcome = self.choose(question)?,
            "treatment" if !question.answers.is_empty() => {
                asked.treatment = Some(self.choose(question)?);
            }
            "control" if !question.answers.is_empty() => {
                asked.control = Some(self.choose(question)?);
            }
            "unit" if !question.answers.is_empty() => asked.unit = Some(self.choose(question)?),
            "success" if !question.answers.is_empty() => {
                self.say(&format!(
                    "\n{}\n  {}\n",
                    question.asks,
                    question.answers.join(", ")
                ))?;
                let guessed = asked.success.join(",");
                let answer = self.ask(&format!(
                    "Which of them, with commas between? Enter for {guessed}: "
                ))?;
                if !answer.is_empty() {
                    asked.success = answer
                        .split(',')
                        .map(|word| word.trim().to_owned())
                        .collect();
                }
            }
            "rows" if !question.answers.is_empty() && asked.conditions.is_empty() => {
                let column = guess
                    .columns
                    .iter()
                    .zip(&profile.columns)
                    .find(|(_, profile)| {
                        question
                            .answers
                            .iter()
                            .all(|answer| profile.words.iter().any(|(word, _)| word == answer))
                    });
                if let Some((column, _)) = column {
                    let all = "all of them".to_owned();
                    let with_all = Question {
                        about: question.about,
                        asks: question.asks.clone(),
                        answers: [vec![all.clone()], question.answers.clone()].concat(),
                    };
                    let chosen = self.choose(&with_all)?;
                    if chosen != all {
                        asked
                            .conditions
                            .push(format!("{} = {chosen}", column.column));
                    }
                }
            }
            "missing" if !question.answers.is_empty() => {
                if self.yes(&question.asks)? {
                    settled.missing.extend(question.answers.iter().cloned());
                }
            }
            _ => self.say(&format!("\n{}\n", question.asks))?,
        }
        Ok(())
    }

    fn allocation(&mut self) -> Result<How, Ending> {
        self.say(
            "\nHow did the groups come about? The file can’t show it, and it decides how far up\nthe ladder of evidence the answer can go.\n  1  not known\n  2  drawn by lot\n  3  somebody chose\n",
        )?;
        loop {
            match self.ask("Which one? Enter for 1: ")?.as_str() {
                "" | "1" => return Ok(How::Unknown),
                "2" | "lot" => return Ok(How::Lot),
                "3" | "chosen" => return Ok(How::Chosen),
                _ => self.say("Answer 1, 2 or 3.\n")?,
            }
        }
    }
}

/// Changes one role: "outcome=july" sets it, "cluster=" takes it away.
fn changed(asked: &mut Asked, answer: &str, profile: &Profile) -> Result<(), String> {
    let cure = || {
        "Answer as ROLE=COLUMN. The roles: outcome, treatment, control, success, cluster, block, baseline, covariate, subgroup, unit, where.".to_owned()
    };
    let (role, value) = answer.split_once('=').ok_or_else(cure)?;
    let (role, value) = (role.trim().trim_start_matches("--"), value.trim());
    let names_column = !matches!(role, "control" | "success" | "where");
    let column = profile
        .columns
        .iter()
        .find(|c| c.name.eq_ignore_ascii_case(value));
    if names_column && !value.is_empty() && column.is_none() {
        let names = profile.columns.iter().map(|c| c.name.as_str());
        return Err(match tables::who::closest(value, names) {
            Some(near) => format!("There is no column called “{value}”. Did you mean “{near}”?"),
            None => format!("There is no column called “{value}”."),
        });
    }
    let value = column.map_or_else(|| value.to_owned(), |column| column.name.clone());
    let one = (!value.is_empty()).then(|| value.clone());
    let all: Vec<String> = one.iter().cloned().collect();
    match role {
        "outcome" => asked.outcome = value,
        "treatment" => asked.treatment = one,
        "control" => asked.control = one,
        "cluster" => asked.cluster = one,
        "block" => asked.block = one,
        "unit" => asked.unit = one,
        "success" => asked.success = value.split(',').map(|w| w.trim().to_owned()).collect(),
        "baseline" => added(&mut asked.baselines, all),
        "covariate" => added(&mut asked.covariates, all),
        "subgroup" => added(&mut asked.subgroups, all),
        "where" => added(&mut asked.conditions, all),
        _ => return Err(cure()),
    }
    Ok(())
}

/// One more of several; nothing takes all of them away.
fn added(list: &mut Vec<String>, more: Vec<String>) {
    if more.is_empty() {
        list.clear();
    } else {
        list.extend(more);
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        reason = "a test stops where a value is not there"
    )]

    use clap::Parser as _;
    use tables::{Options, Source};

    use super::{Settled, about};
    use crate::arguments::{Arguments, Command};
    use crate::command::choices::How;
    use crate::ending::Ending;

    const FILE: &str = "UPN,Class,Group,Sept score,July score,PP\n\
        A123456789012,4TB,reading,96,104,no\nA123456789013,4TB,usual,101,103,no\n\
        A123456789014,4TB,reading,93,99,yes\nA123456789015,4KH,usual,98,abs,yes\n\
        A123456789016,4KH,reading,102,108,no\nA123456789017,4KH,usual,99,101,no\n";

    /// What is settled when a person types these lines, and what they were shown.
    fn typed(lines: &str) -> (Result<Settled, Ending>, String) {
        let call = Arguments::try_parse_from(["difference", "evaluate", "july.csv"]).unwrap();
        let Command::Evaluate(evaluate) = call.command else {
            unreachable!("the call is for evaluate")
        };
        let source = Source::bytes("july.csv", FILE.as_bytes());
        let table = tables::open(source, &Options::default()).unwrap();
        let profile = table.profile().unwrap();
        let guess = tables::guess(&table, &profile).unwrap();
        let mut shown = Vec::new();
        let settled = about(
            &evaluate,
            (&profile, &guess),
            guess.asked(),
            &mut lines.as_bytes(),
            &mut shown,
        );
        (settled, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn enter_takes_the_guess_and_lots_are_asked_about() {
        let (settled, shown) = typed("\n2\n");
        let settled = settled.unwrap();
        assert_eq!(settled.asked.outcome, "July score");
        assert_eq!(settled.asked.treatment.as_deref(), Some("Group"));
        assert_eq!(settled.allocation, Some(How::Lot));
        assert!(shown.contains("--outcome 'July score'"), "{shown}");
    }

    #[test]
    fn a_role_is_changed_or_taken_away_in_a_word() {
        let (settled, _) = typed("block=\nsubgroup=\nOutcome score\noutcome=sept SCORE\n\n\n");
        let asked = settled.unwrap().asked;
        assert_eq!(asked.outcome, "Sept score");
        assert_eq!(asked.block, None);
        assert!(asked.subgroups.is_empty());
    }

    #[test]
    fn a_column_that_is_not_there_is_asked_for_again_with_the_nearest() {
        let (settled, shown) = typed("outcome=Juli score\n\n\n");
        assert_eq!(settled.unwrap().asked.outcome, "July score");
        assert!(shown.contains("Did you mean “July score”?"), "{shown}");
    }

    #[test]
    fn q_and_the_end_of_the_input_stop_before_anything_is_worked_out() {
        for lines in ["q\n", "", "\n"] {
            assert!(matches!(typed(lines).0, Err(Ending::Wrong(_))), "{lines:?}");
        }
    }
}

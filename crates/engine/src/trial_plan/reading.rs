//! A plan as it was downloaded: read, held together, and held to the fingerprint it was locked with.

use serde_json::Value;

use super::{SCHEMA, TrialPlan, fingerprint_of, soundness};
use crate::refusal::Refusal;

impl TrialPlan {
    /// Reads a plan and refuses what could not have been locked.
    ///
    /// # Errors
    /// A named refusal: not a plan (`plan-not-read`), a schema that this engine does not know
    /// (`plan-of-another-kind`), or what [`TrialPlan::check`] refuses.
    pub fn parse(json: &str) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_str(json).map_err(|fault| not_read(&fault))?;
        let schema = value.get("schema").and_then(Value::as_str);
        if schema != Some(SCHEMA) {
            return Err(Refusal::new(
                "plan-of-another-kind",
                format!(
                    "This is not a trial plan that can be read here: its schema is “{}”.",
                    schema.unwrap_or("missing")
                ),
                format!("Give the plan as it was downloaded when it was locked (schema {SCHEMA})."),
            ));
        }
        let plan: Self = serde_json::from_value(value).map_err(|fault| not_read(&fault))?;
        plan.check()?;
        Ok(plan)
    }

    /// Reads a plan and holds it to the fingerprint that it was locked with. The fingerprint covers
    /// everything in the file, fields that this engine does not know included.
    ///
    /// # Errors
    /// As [`TrialPlan::parse`]; `plan-altered` when the fingerprint is another.
    pub fn verify(json: &str, fingerprint: &str) -> Result<Self, Refusal> {
        let plan = Self::parse(json)?;
        let value: Value = serde_json::from_str(json).map_err(|fault| not_read(&fault))?;
        let canonical =
            serde_json_canonicalizer::to_string(&value).map_err(|fault| not_read(&fault))?;
        let (found, locked) = (fingerprint_of(&canonical), fingerprint.trim());
        if !found.eq_ignore_ascii_case(locked) {
            return Err(Refusal::new(
                "plan-altered",
                format!(
                    "This is not the plan that was locked: its fingerprint is {found}, the locked one’s {locked}."
                ),
                "Use the file as it was downloaded when the plan was locked. A locked plan is never edited; what was done otherwise is told as a deviation.",
            ));
        }
        Ok(plan)
    }

    /// Whether the plan holds together, so that it may be locked.
    ///
    /// # Errors
    /// A named refusal for what is missing or contradicts itself.
    pub fn check(&self) -> Result<(), Refusal> {
        soundness::check(self)
    }
}

fn not_read(fault: &serde_json::Error) -> Refusal {
    Refusal::new(
        "plan-not-read",
        format!("The plan cannot be read ({fault})."),
        "Give the plan as it was downloaded when it was locked: a JSON file.",
    )
}

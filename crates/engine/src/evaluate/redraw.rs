//! The trial's own lots, found again for the rows of its file.
//!
//! What must stay true: a row whose lot was never drawn, or that is in another group than its lot
//! said, is told and not drawn again as if it were one of them.

use crate::allocation::{DrawnLots, Lottery};
use crate::refusal::Refusal;
use crate::sample::Roles;

/// Lots that can be drawn again, and how they fell.
pub(super) struct OwnLots {
    pub lottery: Lottery,
    /// The place of the group that got it.
    pub treated: usize,
    /// Each ticket's group.
    fallen: Vec<usize>,
}

impl OwnLots {
    /// # Errors
    /// Those of [`DrawnLots::lottery`]; `lots-do-not-fit` for more than two groups.
    pub(super) fn of(drawn: &DrawnLots, roles: &Roles) -> Result<Self, Refusal> {
        if drawn.groups.len() != 2 {
            return Err(Refusal::new(
                "lots-do-not-fit",
                format!(
                    "Lots were drawn between {} groups, and two are compared here.",
                    drawn.groups.len()
                ),
                "Leave the record of the draw out.",
            ));
        }
        let lottery = drawn.lottery()?;
        let mut fallen = vec![0; lottery.tickets().len()];
        for one in &drawn.assigned {
            let code = one.cluster.as_ref().unwrap_or(&one.code);
            let group = drawn.groups.iter().position(|g| g.name == one.group);
            if let Some(slot) = lottery
                .tickets()
                .place(code)
                .and_then(|place| fallen.get_mut(place))
            {
                *slot = group.unwrap_or_default();
            }
        }
        Ok(Self {
            treated: drawn.place_of(roles),
            lottery,
            fallen,
        })
    }

    /// Each unit's ticket by its code or its cluster's.
    ///
    /// # Errors
    /// `not-drawn` and `other-group`.
    pub(super) fn tickets(&self, labels: &[&str], treated: &[bool]) -> Result<Vec<usize>, Refusal> {
        let mut tickets = Vec::with_capacity(labels.len());
        let (mut strangers, mut moved) = (Vec::new(), Vec::new());
        for (label, got) in labels.iter().zip(treated) {
            let Some(place) = self.lottery.tickets().place(label) else {
                strangers.push(*label);
                continue;
            };
            if (self.fallen.get(place) == Some(&self.treated)) != *got {
                moved.push(*label);
            }
            tickets.push(place);
        }
        let some = |list: &[&str]| match list {
            [one] => format!("“{one}”"),
            [one, ..] => format!("“{one}” and {} more", list.len() - 1),
            [] => String::new(),
        };
        if !strangers.is_empty() {
            return Err(Refusal::new(
                "not-drawn",
                format!("No lot was drawn for {}.", some(&strangers)),
                "Leave out who was not on the list that was drawn from, or correct the codes.",
            ));
        }
        if !moved.is_empty() {
            return Err(Refusal::new(
                "other-group",
                format!("In the file, the lots fell otherwise for {}.", some(&moved)),
                "Compare pupils in the groups that were drawn for them, whatever they got.",
            ));
        }
        Ok(tickets)
    }
}

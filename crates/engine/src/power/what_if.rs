//! "What if the class next door joins?": what something within reach would change.
//!
//! Who may call this: [`sizing`](super::sizing). What must stay true: each is the same question with one
//! thing changed, worked out in full; what would change nothing that can be read is left out.

use crate::count::nearest;
use crate::question::Design;
use crate::refusal::Refusal;
use crate::words::numbers::thousands;

use super::design::{Filled, clustered};
use super::sizing::point;
use super::words::change;
use super::{PowerQuestion, SizePoint, WhatIf};

/// What could be noticed if something else were done.
pub(super) fn what_if(filled: &Filled<'_>, here: &SizePoint) -> Vec<WhatIf> {
    let asked = filled.asked;
    let known = PowerQuestion {
        pupils: Some(filled.pupils),
        ..asked.clone()
    };
    let mut list: Vec<(String, PowerQuestion)> = Vec::new();
    if clustered(asked.design, asked.clusters) {
        let more = |n: f64| PowerQuestion {
            pupils: None,
            clusters: Some(filled.clusters + n),
            cluster_size: Some(filled.size),
            // Pairs stay pairs.
            blocks: asked
                .blocks
                .map(|b| b * (filled.clusters + n) / filled.clusters),
            ..asked.clone()
        };
        let size = thousands(nearest(filled.size));
        list.push((
            format!("two more classes or schools of {size} join"),
            more(2.0),
        ));
        list.push((
            "as many classes or schools again join".to_owned(),
            more(filled.clusters),
        ));
        if matches!(asked.design, Design::Cluster | Design::BlockedCluster) {
            list.push((
                "lots are drawn between pupils within each class or school instead".to_owned(),
                PowerQuestion {
                    design: Design::BlockedIndividual,
                    blocks: Some(filled.clusters),
                    block_icc: Some(filled.icc),
                    clusters: None,
                    ..known.clone()
                },
            ));
        }
    } else if asked.design == Design::BlockedIndividual && asked.blocks.is_some() {
        let size = filled.pupils / filled.blocks;
        let more = |n: f64| PowerQuestion {
            pupils: Some(filled.pupils + n * size),
            blocks: Some(filled.blocks + n),
            ..known.clone()
        };
        list.push((
            format!("one more class of {} joins", thousands(nearest(size))),
            more(1.0),
        ));
        if filled.blocks > 1.0 {
            list.push(("as many classes again join".to_owned(), more(filled.blocks)));
        }
    } else {
        list.push((
            "as many pupils again join".to_owned(),
            PowerQuestion {
                pupils: Some(2.0 * filled.pupils),
                ..known.clone()
            },
        ));
    }
    if asked.covariates == 0.0 && asked.r2.is_none() && asked.design != Design::BeforeAfter {
        list.push((
            "you use a score from before as well".to_owned(),
            PowerQuestion {
                covariates: 1.0,
                ..known
            },
        ));
    }
    let mut told: Vec<WhatIf> = Vec::new();
    for (change, question) in list {
        let what = said(change, &question, here).ok().flatten();
        // More that join and change no more than fewer would are left out.
        told.extend(what.filter(|next| {
            let same = |before: &WhatIf| sized(before) == sized(next);
            !(next.change.ends_with("join") && told.iter().any(same))
        }));
    }
    told
}

/// The size of change that a sentence ends in.
fn sized(what: &WhatIf) -> &str {
    what.says.rsplit_once(", ").map_or("", |(_, size)| size)
}

fn said(
    what: String,
    question: &PowerQuestion,
    here: &SizePoint,
) -> Result<Option<WhatIf>, Refusal> {
    let then = point(&super::design::fill(question)?, 1.0)?;
    let (now, words) = (
        change(question, here.detectable),
        change(question, then.detectable),
    );
    Ok(
        (words != now && then.detectable < here.detectable).then(|| WhatIf {
            says: format!("If {what}, {words}."),
            change: what,
            then,
        }),
    )
}

//! `difference audit`: was anything altered or removed, and the proofs that strangers check.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use network::governance::audit::{self, Broken, Consistency, Head, Inclusion};
use network::{Actor, Network, ShortId, trials};
use serde::Serialize;

use super::serve;
use crate::ending::Ending;
use crate::output;
use crate::settings::{Given, Settings};

const EXAMPLE: &str = "\
Examples:
  difference audit verify
  difference audit verify --head 1204:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  difference audit prove k3f9tq2m --out lock.json
  difference audit verify lock.json";

/// Was anything altered or removed?
///
/// Every change in a network leaves an entry in its audit log, and the entries are the leaves of one
/// Merkle tree (RFC 6962). Whoever wrote down the tree's head can tell later that nothing before it was
/// altered or removed.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Audit {
    /// What to do
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Read the whole log again, or check a proof that you were given
    ///
    /// Without a file it reads the log in the data folder, which a server may have open, and holds locked
    /// plans and results against it. With a file it checks a proof, offline: it needs nothing else.
    #[command(after_help = EXAMPLE)]
    Verify {
        /// A proof, as `audit prove` or the page of a locked plan gives it
        file: Option<PathBuf>,
        /// Where the data is kept [default: $XDG_DATA_HOME/difference]
        #[arg(long, value_name = "DIR", conflicts_with = "file")]
        data: Option<PathBuf>,
        /// A head that you wrote down, as `audit head` printed it
        #[arg(long, value_name = "SIZE:HASH")]
        head: Vec<String>,
    },
    /// Prove that a plan was locked when the log says, or that the log only grew
    #[command(after_help = EXAMPLE)]
    Prove {
        /// The trial, as in its address: k3f9tq2m
        #[arg(required_unless_present = "since")]
        trial: Option<String>,
        /// Prove that the log now begins with all that it held when it had so many entries
        #[arg(long, value_name = "SIZE", conflicts_with = "trial")]
        since: Option<u64>,
        /// Where the data is kept [default: $XDG_DATA_HOME/difference]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// Where the proof goes [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Print the log's head: how many entries, and the one hash that stands for all of them
    #[command(after_help = EXAMPLE)]
    Head {
        /// Where the data is kept [default: $XDG_DATA_HOME/difference]
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

impl Audit {
    /// Verifies, proves or prints the head.
    pub fn run(self) -> Ending {
        let done = match self.act {
            Act::Verify {
                file: Some(file),
                head,
                ..
            } => heads(&head).and_then(|heads| proof_checked(&file, &heads)),
            Act::Verify { data, head, .. } => heads(&head)
                .and_then(|heads| beside(data, async |network| verified(network, &heads).await)),
            Act::Prove {
                trial,
                since,
                data,
                out,
            } => beside(data, async |network| match (since, trial) {
                (Some(size), _) => given(audit::consistency(network, size).await, out.as_deref()),
                (None, trial) => {
                    let proof = lock(network, &trial.unwrap_or_default()).await;
                    given(proof, out.as_deref())
                }
            }),
            Act::Head { data } => beside(data, async |network| {
                let head = audit::head(network).await.map_err(|e| fault(&e))?;
                Ok(output::print(format!("{head}\n").as_bytes()))
            }),
        };
        done.unwrap_or_else(|ending| ending)
    }
}

/// Does something with a network that a server may have open.
pub(super) fn beside(
    data: Option<PathBuf>,
    act: impl AsyncFnOnce(&Network) -> Result<Ending, Ending>,
) -> Result<Ending, Ending> {
    let flags = Given {
        data,
        ..Given::default()
    };
    let settings = Settings::gather(None, std::env::vars(), flags, "difference")?;
    serve::runtime()?.block_on(async {
        let network = Network::beside(settings.network())
            .await
            .map_err(|e| serve::not_opened(&e))?;
        let done = act(&network).await;
        network.close().await.map_err(|e| fault(&e))?;
        done
    })
}

fn fault(error: &network::Error) -> Ending {
    Ending::wrong(
        "log",
        error.to_string(),
        "Check the data folder, and what was asked for.",
    )
}

fn heads(texts: &[String]) -> Result<Vec<Head>, Ending> {
    texts
        .iter()
        .map(|text| {
            text.parse().map_err(|e: network::Error| {
                Ending::wrong("head", e.to_string(), "Write --head SIZE:HASH.")
            })
        })
        .collect()
}

async fn verified(network: &Network, heads: &[Head]) -> Result<Ending, Ending> {
    let log = audit::verify(network, heads).await.map_err(|e| fault(&e))?;
    if let Some(broken) = &log.broken {
        return Err(altered(broken));
    }
    if let Some(broken) = trials::altered(network).await.map_err(|e| fault(&e))? {
        return Err(altered(&broken));
    }
    let mut says = format!(
        "Nothing was altered or removed: all {} entries are as they were written, and so are the locked plans and the results that they vouch for.\n",
        log.entries
    );
    if log.erased > 0 {
        says.push_str(&format!(
            "From {} of them who and why was erased, because somebody asked to be forgotten.\n",
            log.erased
        ));
    }
    says.push_str(&format!("Head: {}\n", log.head));
    if heads.is_empty() {
        says.push_str(
            "A log that was written anew from end to end would look the same: keep the head somewhere else, and name it next time with --head.\n",
        );
    }
    Ok(output::print(says.as_bytes()))
}

fn altered(broken: &Broken) -> Ending {
    Ending::wrong(
        "log-altered",
        format!(
            "The log was altered. Entry {} is the first that differs: {}.",
            broken.number, broken.says
        ),
        "Keep this data folder as it is, restore the last backup that verifies to another folder, and compare.",
    )
}

async fn lock(network: &Network, trial: &str) -> network::Result<Inclusion> {
    let short: ShortId = trial.parse()?;
    trials::lock_proof(network, &Actor::operator(), &short).await
}

fn given(proof: network::Result<impl Serialize>, out: Option<&Path>) -> Result<Ending, Ending> {
    let proof = proof.map_err(|e| match e {
        network::Error::NotFound => Ending::wrong(
            "no-lock",
            "There is no trial here with that address whose locked plan the log vouches for.",
            "Copy the eight letters and digits after /trials/ in its address.",
        ),
        other => fault(&other),
    })?;
    let text = serde_json::to_string_pretty(&proof).map_err(|e| {
        Ending::wrong(
            "cannot-write",
            format!("The proof could not be written: {e}."),
            "Tell us.",
        )
    })?;
    Ok(output::deliver(&format!("{text}\n"), out))
}

/// Either proof, as it was given.
enum Proof {
    Inclusion(Box<Inclusion>),
    Consistency(Consistency),
}

fn read(file: &Path) -> Result<Proof, Ending> {
    let not_a_proof = |why: &dyn std::fmt::Display| {
        Ending::wrong(
            "not-a-proof",
            format!("{} is not a proof: {why}.", file.display()),
            "Give the file that “difference audit prove” or the page of a locked plan gave you.",
        )
    };
    let text = std::fs::read_to_string(file).map_err(|e| not_a_proof(&e))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|e| not_a_proof(&e))?;
    if value.get("earlier").is_some() {
        serde_json::from_value(value).map(Proof::Consistency)
    } else {
        serde_json::from_value(value).map(|proof| Proof::Inclusion(Box::new(proof)))
    }
    .map_err(|e| not_a_proof(&e))
}

fn proof_checked(file: &Path, heads: &[Head]) -> Result<Ending, Ending> {
    let wrong = |e: network::Error| {
        Ending::wrong(
            "proof-does-not-hold",
            e.to_string(),
            "Ask for the proof again, and do not rely on this one.",
        )
    };
    let (says, known) = match read(file)? {
        Proof::Inclusion(proof) => {
            proof.check().map_err(wrong)?;
            (told(&proof), vec![proof.head])
        }
        Proof::Consistency(proof) => {
            proof.check().map_err(wrong)?;
            let says = format!(
                "The log with {} entries begins with all of the log with {} entries: nothing in it was altered or removed.\n",
                proof.later.size, proof.earlier.size
            );
            (says, vec![proof.earlier, proof.later])
        }
    };
    if let Some(other) = heads.iter().find(|head| !known.contains(head)) {
        return Err(Ending::wrong(
            "another-head",
            format!("The proof holds, but not for the head {other}."),
            "Ask for a proof that ends at that head, or for one with --since that leads from it to the proof’s own.",
        ));
    }
    let mut says = says;
    for head in &known {
        says.push_str(&format!("Head: {head}\n"));
    }
    if heads.is_empty() {
        says.push_str("Compare the head with one that the network published, or that you wrote down: a proof can’t vouch for its own head.\n");
    }
    Ok(output::print(says.as_bytes()))
}

fn told(proof: &Inclusion) -> String {
    let entry = &proof.entry;
    let mut says = format!(
        "Entry {} of {} in the log, of {}: {}, {}.\n",
        entry.number, proof.head.size, entry.at, entry.what, entry.on
    );
    if proof.plan.is_some()
        && let Some(hash) = &entry.vouches
    {
        says.push_str(&format!(
            "The plan in the file is the one that was locked then; its fingerprint is {hash}.\n"
        ));
    }
    says
}

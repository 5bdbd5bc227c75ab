//! What is counted: answers by way and status, how long they took, evaluations, memory held.

use std::sync::atomic::AtomicU64;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::app::App;
use crate::edge::guard::Way;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    way: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

pub(crate) struct Measures {
    registry: Registry,
    answers: Family<Answer, Counter>,
    took: Histogram,
    evaluations: Family<Outcome, Counter>,
    held: Gauge<u64, AtomicU64>,
}

impl Measures {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("difference");
        let answers = Family::default();
        let took = Histogram::new([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]);
        let evaluations = Family::default();
        let held = Gauge::default();
        registry.register("answers", "Requests answered", answers.clone());
        registry.register("answer_seconds", "How long an answer took", took.clone());
        registry.register(
            "evaluations",
            "Spreadsheets evaluated, by how it ended",
            evaluations.clone(),
        );
        registry.register(
            "held_bytes",
            "Bytes of spreadsheets held in memory",
            held.clone(),
        );
        Self {
            registry,
            answers,
            took,
            evaluations,
            held,
        }
    }
    pub(crate) fn evaluated(&self, outcome: &'static str) {
        self.evaluations.get_or_create(&Outcome { outcome }).inc();
    }
    pub(crate) fn text(&self, held: usize) -> Result<String, std::fmt::Error> {
        self.held.set(u64::try_from(held).unwrap_or(u64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Counts each answer under its way's pattern.
pub(crate) async fn measure(State(app): State<App>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let response = next.run(request).await;
    let way = response.extensions().get::<Way>().map_or("other", |w| w.0);
    let answer = Answer {
        way,
        status: response.status().as_u16(),
    };
    app.measures.answers.get_or_create(&answer).inc();
    app.measures.took.observe(began.elapsed().as_secs_f64());
    response
}

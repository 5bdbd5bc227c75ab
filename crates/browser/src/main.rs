//! The engine in WebAssembly: a program that runs as a page would run it, with no system under it,
//! and stops with a trap when an answer there differs from R's.
//!
//! Who may call this: `tests/wasm`, which loads the module as a browser does; run on its own it
//! checks the same on this machine. What must stay true: it holds no statistics, and it builds
//! without WebAssembly's relaxed SIMD, which Safari refuses.

mod reference;

fn main() {
    reference::the_awards_trial_is_as_in_club_sandwich();
    reference::nineteen_studies_pool_as_in_metafor();
}

//! Any bytes at all, as `evaluate` takes them.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| difference_fuzzing::run("evaluate", input));

//! Any bytes at all, as `xlsx` takes them.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| difference_fuzzing::run("xlsx", input));

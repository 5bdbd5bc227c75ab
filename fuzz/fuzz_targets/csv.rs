//! Any bytes at all, as `csv` takes them.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| difference_fuzzing::run("csv", input));

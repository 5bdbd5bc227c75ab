//! Whatever a fuzzer once found worth keeping comes out right.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected should stop there and say so"
)]

use std::path::Path;

use difference_fuzzing::{TARGETS, run};

#[test]
fn every_kept_input_ends_in_an_answer_or_a_refusal() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    for (name, _) in TARGETS {
        let kept: Vec<_> = std::fs::read_dir(fuzz.join("corpus").join(name))
            .unwrap()
            .collect();
        assert!(!kept.is_empty(), "{name} has kept nothing");
        for input in kept {
            let path = input.unwrap().path();
            println!("{}", path.display());
            run(name, &std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn every_target_can_be_started() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = std::fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for (name, _) in TARGETS {
        assert!(
            manifest.contains(&format!("name = \"{name}\"")),
            "{name} is not in fuzz/Cargo.toml"
        );
        let target = fuzz.join("fuzz_targets").join(name).with_extension("rs");
        assert!(
            std::fs::read_to_string(target)
                .unwrap()
                .contains(&format!("\"{name}\""))
        );
    }
}

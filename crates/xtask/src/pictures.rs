//! The README's pictures, taken of the real pages: builds the binary, then lets the browser that
//! the stories use walk through the demo.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Builds the product, starts the demo on a folder of its own and writes `docs/pictures/*.png`.
pub fn take() -> Result<(), String> {
    run(
        Command::new(env!("CARGO")).args(["build", "--package", "difference"]),
        "the product could not be built",
    )?;
    let stories = root().join("tests/browser");
    if !stories.join("node_modules").is_dir() {
        run(
            Command::new("npm").arg("ci").current_dir(&stories),
            "playwright-core could not be installed",
        )?;
    }
    run(
        Command::new("node")
            .arg("pictures.mjs")
            .arg(root().join("docs/pictures"))
            .current_dir(&stories),
        "the pictures could not be taken",
    )
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn run(command: &mut Command, trouble: &str) -> Result<(), String> {
    let status = command
        .status()
        .map_err(|error| format!("{trouble}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{trouble} ({status})"))
    }
}

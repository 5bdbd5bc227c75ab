//! A fault of ours: exit code 3 and a plain sentence, never a page of addresses.
//!
//! What must stay true: a panic is ours whatever the file was, and nobody is asked to read a backtrace
//! unless they set `RUST_BACKTRACE` themselves.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use crate::ending::Ending;
use crate::output;

/// The exit code of a fault of ours.
const FAULT: u8 = 3;

/// From now on a panic says one plain sentence.
pub fn explain_in_a_sentence() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
        output::note(&format!(
            "Something went wrong inside difference {}, and that is our fault, not yours or your file's.\n\
             Nothing was changed. Please tell us what you called and this place{place}.",
            engine::VERSION
        ));
        if std::env::var_os("RUST_BACKTRACE").is_some() {
            usual(panic);
        }
    }));
}

/// Runs a command; a panic becomes exit code 3.
pub fn caught(run: impl FnOnce() -> Ending) -> ExitCode {
    match panic::catch_unwind(AssertUnwindSafe(run)) {
        Ok(ending) => ending.code(),
        Err(_) => ExitCode::from(FAULT),
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use super::caught;
    use crate::ending::Ending;

    #[test]
    fn a_fault_of_ours_is_exit_code_3_and_nothing_else_is() {
        let shown = |code: ExitCode| format!("{code:?}");
        #[expect(clippy::panic, reason = "a fault is what is tested")]
        let fault = caught(|| panic!("a fault of ours"));
        assert_eq!(shown(fault), shown(ExitCode::from(3)));
        assert_eq!(shown(caught(|| Ending::Answered)), shown(ExitCode::SUCCESS));
        assert_eq!(
            shown(caught(|| Ending::CannotSay)),
            shown(ExitCode::from(1))
        );
    }
}

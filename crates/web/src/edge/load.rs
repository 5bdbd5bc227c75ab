//! Refuses what can't be answered in good time, so that what was admitted is.
//!
//! Who may call this: the guard. What must stay true: a place is taken only when all that was sent
//! is here, so that clients who dawdle hold none; files have places of their own, so that they
//! never keep a page waiting; a refusal says when to come back.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::AppError;

/// Files on their way in at one time; each takes up to 25 MB of memory.
const FILES: usize = 16;

pub(crate) struct Load {
    pages: Arc<Semaphore>,
    files: Arc<Semaphore>,
}

/// Given back when the answer is made.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Load {
    pub(crate) fn new(in_hand: usize) -> Self {
        Self {
            pages: Arc::new(Semaphore::new(in_hand)),
            files: Arc::new(Semaphore::new(FILES)),
        }
    }
    /// A place for a request whose answer is about to be made.
    pub(crate) fn page(&self) -> Result<Place, AppError> {
        place(&self.pages)
    }
    /// A place for a file on its way in.
    pub(crate) fn file(&self) -> Result<Place, AppError> {
        place(&self.files)
    }
}

fn place(places: &Arc<Semaphore>) -> Result<Place, AppError> {
    match Arc::clone(places).try_acquire_owned() {
        Ok(permit) => Ok(Place { _permit: permit }),
        Err(_) => Err(AppError::Busy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_sent_away_and_a_place_that_is_given_back_is_free_again() {
        let load = Load::new(2);
        let first = load.page();
        let second = load.page();
        assert!(first.is_ok() && second.is_ok());
        assert!(load.page().is_err());
        assert!(load.file().is_ok(), "files have places of their own");
        drop(first);
        assert!(load.page().is_ok());
    }
}

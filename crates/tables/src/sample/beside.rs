//! Reading a file beside what is done with its rows, where the machine has a second thread.
//!
//! Who may call this: `sample` alone. What must stay true: the parts come in order and are the very ones that would
//! come without a thread; the first trouble in the file's order is the one that is told.

use std::sync::Mutex;
use std::sync::mpsc::sync_channel;
use std::thread;

use crate::error::TableError;
use crate::source::{Source, changed};

/// A file below this is read before a thread would have begun.
const WORTH_A_THREAD: u64 = 1 << 20;

/// Parts that may wait for whoever takes them.
const WAITING: usize = 3;

/// What a maker hands its parts to.
pub(crate) type Take<'a, P> = dyn FnMut(P) -> Result<(), TableError> + 'a;

/// Makes parts of a source in a thread of its own, and does something with each here.
pub(crate) fn beside<P: Send, T: Send>(
    source: &Source,
    make: impl FnOnce(&mut Take<'_, P>) -> Result<T, TableError> + Send,
    mut each: impl FnMut(P) -> Result<(), TableError>,
) -> Result<T, TableError> {
    if source.len() < WORTH_A_THREAD || cfg!(target_family = "wasm") {
        return make(&mut each);
    }
    let make = Mutex::new(Some(make));
    let take = || make.lock().ok().and_then(|mut make| make.take());
    thread::scope(|scope| {
        let (send, receive) = sync_channel(WAITING);
        let (take, name) = (&take, source.name());
        let work = move || {
            let mut hand = |part| send.send(part).map_err(|_| changed(name));
            take().map(|make| make(&mut hand))
        };
        let Ok(maker) = thread::Builder::new().spawn_scoped(scope, work) else {
            return take().map_or_else(|| Err(changed(name)), |make| make(&mut each));
        };
        let done = receive.into_iter().try_for_each(&mut each);
        let made = match maker.join() {
            Ok(made) => made,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        done?;
        made.unwrap_or_else(|| Err(changed(name)))
    })
}

//! Lists of places: England's register of schools (GIAS), its links, and anybody's own list.
//!
//! Who may call this: whoever brings places into a network. What must stay true: columns are found by
//! their headings and never by their position; a list is read whole or refused at the first row that
//! can't be believed, with the row, the column and the cure; cells come out as plain text that no
//! spreadsheet would take for a formula.

pub(crate) mod cells;
pub(crate) mod links;
pub(crate) mod listed;
pub(crate) mod register;

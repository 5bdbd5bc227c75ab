//! What ARCHITECTURE.md says of the rooms, held against cargo's own account of them and against
//! the files themselves.

mod circles;
pub mod files;
mod rooms;

//! What ARCHITECTURE.md says of the rooms, held against cargo's own account of them and against
//! the files themselves.

mod circles;
mod files;
mod rooms;

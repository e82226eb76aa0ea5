//! The fence: what may be opened is decided by the guard, and opened at the one door.

mod door;
mod guard;

pub use door::OutputFile;
pub(crate) use door::{Directory, OpenFile, open, read_bytes, read_small, skip_reason, system_text};
pub(crate) use guard::{Admitted, Guard};

//! The fence: what may be opened is decided by the guard, and opened at the one door.

mod door;
mod guard;

pub use door::OutputFile;
pub(crate) use door::programs;
pub(crate) use door::{OpenFile, is_there, open, open_small, read_small, skip_reason};
pub(crate) use guard::{Admitted, Guard};

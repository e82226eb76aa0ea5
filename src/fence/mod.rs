//! The fence: what may be opened is decided by the guard, and opened at the one door.

mod admitted;
mod door;
mod gitconfig;
mod guard;
mod held;
mod mounts;
mod paths;
mod repository;
mod sandbox;
mod targets;
#[cfg(target_os = "linux")]
mod walked;

pub use admitted::Admitted;
pub use door::OutputFile;
pub(crate) use door::programs;
pub(crate) use door::{
    Directory, Entry, LARGEST_SMALL, OpenFile, list, open, open_small, read_small, scratch, skip_reason, system_text,
};
pub use guard::Fence;
pub(crate) use paths::{Identity, home, identity, lexical, standard_output};
pub use sandbox::{Sandbox, Wish};

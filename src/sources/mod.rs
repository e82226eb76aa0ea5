//! Sources hand on what is to be scanned: files found in walks, standard input, and git.

pub(crate) mod git;
mod roots;
mod select;
mod source;
mod stdin;
mod walk;

pub use git::Git;
pub(crate) use select::Selection;
pub(crate) use source::Found;
pub use source::Source;
pub(crate) use stdin::stdin;
pub(crate) use walk::{shown_path, walk};

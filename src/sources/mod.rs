//! Sources hand on what is to be scanned: files found in walks, and standard input.

mod roots;
mod select;
mod source;
mod stdin;
mod walk;

pub(crate) use source::Found;
pub use source::Source;
pub(crate) use stdin::stdin;
pub(crate) use walk::walk;

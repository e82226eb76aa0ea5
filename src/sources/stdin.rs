//! Standard input as a source.

use std::io::{self, Read};

/// A reader of standard input; reads as large as its buffer go past that buffer.
pub(crate) fn stdin() -> Box<dyn Read + Send> {
    Box::new(io::stdin())
}

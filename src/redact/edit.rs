//! The nouns of redaction: what goes, and what takes its place.

use std::ops::Range;

use crate::model::Placeholder;
use crate::raw::Wrapping;

/// Bytes that go, and what stands for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Where, in the original.
    pub(crate) span: Range<usize>,
    /// What is written there.
    pub(crate) text: Vec<u8>,
    /// The placeholders in it, in order.
    pub(crate) placeholders: Vec<Placeholder>,
}

/// Bytes that go, before it is known how what stands for them is written there.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    pub(super) span: Range<usize>,
    pub(super) placeholder: Placeholder,
    pub(super) wrapping: Wrapping,
}

//! A hit: where a check saw a secret, before anybody judged it.

use std::ops::Range;

use crate::model::{Confidence, Encoding, Proof};

/// How a text is wrapped: up to [`Wrapping::MAX`] encodings, outermost first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrapping {
    layers: [Option<Encoding>; Wrapping::MAX],
}

impl Wrapping {
    /// No text is unwrapped deeper than this.
    pub(crate) const MAX: usize = 5;

    /// This wrapping with one more layer inside, or `None` at the limit.
    pub(crate) fn with(mut self, encoding: Encoding) -> Option<Self> {
        *self.layers.iter_mut().find(|layer| layer.is_none())? = Some(encoding);
        Some(self)
    }

    /// The encodings, outermost first.
    pub(crate) fn iter(self) -> impl Iterator<Item = Encoding> {
        self.layers.into_iter().flatten()
    }

    /// Whether `inner` is this wrapping, with more layers inside or none.
    pub(crate) fn holds(self, inner: Self) -> bool {
        let mut layers = inner.iter();
        self.iter().all(|layer| layers.next() == Some(layer))
    }

    /// How many layers there are.
    pub(crate) fn depth(self) -> usize {
        self.iter().count()
    }
}

/// What a check saw. Ranges are of the text that was searched; [`crate::raw::Text`] maps them back to the block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Number of the rule in the rule set.
    pub(crate) rule: u32,
    /// The whole match, keyword and quotes included.
    pub(crate) matched: Range<usize>,
    /// The secret alone.
    pub(crate) secret: Range<usize>,
    /// How sure the check is, proof included.
    pub(crate) confidence: Confidence,
    /// What offline proof said.
    pub(crate) proof: Proof,
    /// How the secret is wrapped.
    pub(crate) wrapping: Wrapping,
    /// What the value tells of itself without being shown.
    pub(crate) detail: Option<String>,
}

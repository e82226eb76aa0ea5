//! A leak: where a secret stands, and its value, for the redactor.

use std::fmt;
use std::ops::Range;

use zeroize::Zeroizing;

use super::hit::Wrapping;
use crate::model::RuleId;

/// A secret that was seen, with all bytes that any rule took for a part of it.
#[derive(Clone, Debug)]
pub(crate) struct Leak {
    /// Where it stands in the text as stored; of something encoded, whole units.
    pub(crate) span: Range<usize>,
    /// The rule that speaks.
    pub(crate) rule: RuleId,
    /// Its value, all encodings removed.
    pub(crate) value: SecretBytes,
    /// How the value is wrapped.
    pub(crate) wrapping: Wrapping,
}

/// A value that is kept for a while and wiped afterwards. No `Display`, no `Serialize`; `Debug` tells the length only.
#[derive(Clone)]
pub(crate) struct SecretBytes(Zeroizing<Box<[u8]>>);

impl SecretBytes {
    /// Keeps a copy of the bytes.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The bytes, for keyed digests.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.0.len())
    }
}

//! A borrowed secret: usable by proofs and filters, printable by nobody.

use std::fmt;

/// Secret bytes under examination. No `Display`, no `Serialize`; `Debug` tells the length only.
#[derive(Clone, Copy)]
pub(crate) struct Secret<'a>(&'a [u8]);

impl<'a> Secret<'a> {
    /// Wraps bytes found in a text.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes, for proofs and filters.
    pub(crate) fn expose(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Secret<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

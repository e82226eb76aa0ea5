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

/// A shorter piece of a value gives nothing away.
const SHORTEST_PIECE: usize = 8;

/// Whether letters and digits can be read: fewer than eight, or all digits, or letters that are not half upper, half lower case.
pub(crate) fn is_word(word: &[u8]) -> bool {
    let count = |test: fn(&u8) -> bool| word.iter().filter(|byte| test(byte)).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    word.len() < SHORTEST_PIECE
        || digits == word.len()
        || digits == 0 && (3 * upper < word.len() || 3 * lower < word.len())
}

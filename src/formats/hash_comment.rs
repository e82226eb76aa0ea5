//! Comments from `#` to the end of the line, as YAML, TOML, dotenv and INI have them.

use std::ops::Range;

use super::format::{Role, Scalar};

/// A comment with its sign of one byte.
pub(super) fn scalar(range: Range<usize>) -> Scalar {
    Scalar { inner: range.start + 1..range.end, ..Scalar::bare(range, Role::Comment) }
}

/// The comment that says `value`, on one line and without control characters.
pub(super) fn encode(text: &[u8], at: &Scalar, value: &[u8]) -> Vec<u8> {
    if at.stored(text) == value {
        return text[at.range.clone()].to_vec();
    }
    let harmless = |&byte: &u8| if byte.is_ascii_control() && byte != b'\t' { b' ' } else { byte };
    text[at.range.start..at.inner.start].iter().copied().chain(value.iter().map(harmless)).collect()
}

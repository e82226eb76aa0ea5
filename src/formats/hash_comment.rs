//! Comments from `#` to the end of the line, as YAML, TOML, dotenv and INI have them.

use std::ops::Range;

use super::format::{Role, Scalar};

/// A comment with its sign of one byte.
pub(super) fn scalar(range: Range<usize>) -> Scalar {
    Scalar { inner: range.start + 1..range.end, ..Scalar::bare(range, Role::Comment) }
}

/// A comment that says `value`, on one line and without control characters.
pub(super) fn encode(sign: u8, value: &[u8]) -> Vec<u8> {
    let harmless = |&byte: &u8| if byte.is_ascii_control() && byte != b'\t' { b' ' } else { byte };
    [sign].into_iter().chain(value.iter().map(harmless)).collect()
}

//! Classes of ASCII bytes, in the form in which vectors look them up.

use super::super::alphabet::{is_member, sextet};

/// A set of ASCII bytes: bit `h` of entry `l` is set if the byte with the high half `h` and the low half `l` is in it.
pub(super) struct Class(pub(super) [u8; 16]);

/// Makes a class of a condition on a byte.
macro_rules! class {
    ($byte:ident => $condition:expr) => {{
        let mut entries = [0; 16];
        let mut $byte = 0_u8;
        while $byte < 128 {
            if $condition {
                entries[($byte & 15) as usize] |= 1 << ($byte >> 4);
            }
            $byte += 1;
        }
        Class(entries)
    }};
}

/// Of the alphabets of base64.
pub(super) const MEMBER: Class = class!(byte => is_member(byte));
pub(super) const CAPITAL: Class = class!(byte => byte.is_ascii_uppercase());
pub(super) const HEX: Class = class!(byte => byte.is_ascii_hexdigit());
/// The first digit of a pair that stands for a byte below 128.
pub(super) const LOW_PAIR: Class = class!(byte => matches!(byte, b'0'..=b'7'));
/// The first three characters of a base64 quad whose three bytes are all below 128: each holds the highest bit of one.
pub(super) const QUAD: [Class; 3] = [
    class!(byte => is_member(byte) && sextet(byte) & 0b10_0000 == 0),
    class!(byte => is_member(byte) && sextet(byte) & 0b00_1000 == 0),
    class!(byte => is_member(byte) && sextet(byte) & 0b00_0010 == 0),
];
/// What stands behind the backslash of an escape that hides a character.
pub(super) const ESCAPED: Class = class!(byte => matches!(byte, b'u' | b'U' | b'x' | b'X' | b'/'));
/// Where an escape or UTF-16 may begin.
pub(super) const MARKER: Class = class!(byte => matches!(byte, b'\\' | b'%' | b'&' | 0));

impl Class {
    /// Whether the byte is in the class.
    pub(super) fn has(&self, byte: u8) -> bool {
        byte < 128 && self.0[usize::from(byte & 15)] >> (byte >> 4) & 1 == 1
    }
}

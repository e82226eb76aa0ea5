//! Escaped text: each escape begins with one mark, all else stands for itself.

use std::borrow::Cow;

/// The escapes of a kind of scalar.
#[derive(Clone, Copy)]
pub(super) struct Escapes {
    /// The byte that every escape begins with.
    pub(super) mark: u8,
    /// Appends what the escape at the head of the bytes means; how long it is. What is no escape stands for itself.
    pub(super) read: fn(&[u8], &mut Vec<u8>) -> usize,
}

impl Escapes {
    /// What stored text means.
    pub(super) fn decode(self, stored: &[u8]) -> Cow<'_, [u8]> {
        if memchr::memchr(self.mark, stored).is_none() {
            return Cow::Borrowed(stored);
        }
        let mut out = Vec::with_capacity(stored.len());
        let mut at = 0;
        while at < stored.len() {
            at = self.step(stored, at, &mut out);
        }
        Cow::Owned(out)
    }

    /// What `value` is stored as, where it takes the place of `stored`: what both begin and end with keeps its spelling, and `escape`
    /// writes the rest.
    pub(super) fn respell(self, stored: &[u8], value: &[u8], escape: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let old = self.decode(stored);
        let mut head = old.iter().zip(value).take_while(|(old, new)| old == new).count();
        while head > 0 && [&old[..], value].iter().any(|text| continues(text, head)) {
            head -= 1;
        }
        let mut tail =
            old[head..].iter().rev().zip(value[head..].iter().rev()).take_while(|(old, new)| old == new).count();
        while tail > 0 && continues(&old, old.len() - tail) {
            tail -= 1;
        }
        let (kept, from) = self.stored_at(stored, head, false);
        let (rest, to) = self.stored_at(stored, old.len() - tail, true);
        let mut out = stored[..kept].to_vec();
        out.extend(escape(&value[from..value.len() - (old.len() - to)]));
        out.extend(&stored[rest..]);
        out
    }

    /// The place between two escapes that is nearest to a decoded offset, before or after it: as stored, and as decoded.
    fn stored_at(self, stored: &[u8], offset: usize, after: bool) -> (usize, usize) {
        let mut out = Vec::new();
        let (mut at, mut decoded) = (0, 0);
        while at < stored.len() && decoded < offset {
            out.clear();
            let next = self.step(stored, at, &mut out);
            let len = out.len();
            if decoded + len > offset {
                if stored[at] != self.mark {
                    return (at + offset - decoded, offset);
                }
                if !after {
                    break;
                }
            }
            (at, decoded) = (next, decoded + len);
        }
        (at, decoded)
    }

    /// Decodes an escape, or all up to the next one.
    fn step(self, stored: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
        let rest = &stored[at..];
        if rest[0] == self.mark {
            return at + (self.read)(rest, out);
        }
        let len = memchr::memchr(self.mark, rest).unwrap_or(rest.len());
        out.extend(&rest[..len]);
        at + len
    }
}

/// Whether a byte of UTF-8 stands within a character.
fn continues(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80)
}

/// Appends a code point in UTF-8; of a surrogate, the three bytes it would have.
pub(super) fn push_code_point(out: &mut Vec<u8>, point: u32) {
    match char::from_u32(point) {
        Some(c) => out.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        None => out.extend([0xe0 | (point >> 12) as u8, 0x80 | (point >> 6 & 0x3f) as u8, 0x80 | (point & 0x3f) as u8]),
    }
}

/// The number that some hex digits at the head of the bytes make.
pub(super) fn hex(digits: Option<&[u8]>) -> Option<u32> {
    digits?.iter().try_fold(0, |number: u32, &digit| Some(number << 4 | char::from(digit).to_digit(16)?))
}

//! Regions of text that hide characters behind escapes: the part that all escape notations share.

use memchr::memchr;

use super::alphabet::is_member;
use super::layer::Layer;
use super::run;

/// How far a region reaches to both sides of an escape: a secret and the keyword before it fit in.
const REACH: usize = 256;
/// A token that touches an escape is taken whole unless it is longer than this: what is found must not depend on an escape far away.
pub(super) const LONGEST: usize = 8 << 10;

/// A way of escaping characters.
pub(super) struct Notation {
    /// The byte every escape begins with.
    pub(super) marker: u8,
    /// Reads the escape at the start of a slice that begins with the marker.
    pub(super) read: fn(&[u8]) -> Option<Escape>,
}

/// One escape.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Escape {
    text: [u8; 4],
    len: usize,
    /// Its length in stored bytes.
    stored: usize,
    /// Whether it is a reason to decode the text around it.
    pub(super) hides: bool,
}

impl Escape {
    /// A character. Printable ASCII is what secrets and keywords are made of, so only that is worth a region: terminal
    /// colours (`\u001b`) and text in other scripts are decoded where a region is, but do not make one.
    pub(super) fn char(char: char, stored: usize) -> Self {
        let mut text = [0; 4];
        let len = char.encode_utf8(&mut text).len();
        Self { text, len, stored, hides: matches!(char, ' '..='~') }
    }

    /// A byte that need not be a character.
    pub(super) fn byte(byte: u8, stored: usize) -> Self {
        Self { text: [byte, 0, 0, 0], len: 1, stored, hides: matches!(byte, b' '..=b'~') }
    }

    /// Something that stands for no character.
    pub(super) fn nothing(stored: usize) -> Self {
        Self { text: [0; 4], len: 0, stored, hides: true }
    }

    /// The same escape, as a reason for a region or not.
    pub(super) fn hiding(self, hides: bool) -> Self {
        Self { hides, ..self }
    }

    #[cfg(test)]
    pub(super) fn text(&self) -> (&[u8], usize) {
        (&self.text[..self.len], self.stored)
    }
}

impl Notation {
    /// Whether an escape stands at `at` that is worth a region.
    pub(super) fn hides_at(&self, bytes: &[u8], at: usize) -> bool {
        bytes.get(at) == Some(&self.marker) && (self.read)(&bytes[at..]).is_some_and(|escape| escape.hides)
    }

    /// Length of the escape that stands at `at`.
    pub(super) fn len_at(&self, bytes: &[u8], at: usize) -> Option<usize> {
        if bytes.get(at) != Some(&self.marker) {
            return None;
        }
        Some((self.read)(&bytes[at..])?.stored)
    }

    /// Decodes the region around the escape at `trigger`, but nothing before `floor`. Says where the region ends.
    pub(super) fn decode(&self, bytes: &[u8], floor: usize, trigger: usize, layer: &mut Layer) -> usize {
        let mut at = self.left_edge(bytes, floor, trigger);
        let (mut plain, mut last) = (at, trigger);
        layer.begin(at, 0);
        let end = loop {
            let limit = bytes.len().min(last + REACH).max(at);
            // One escape often follows another.
            let stands_here = bytes[at..limit].first() == Some(&self.marker);
            let marker = if stands_here { Some(0) } else { memchr(self.marker, &bytes[at..limit]) };
            let stretch = &bytes[at..marker.map_or(limit, |ahead| at + ahead)];
            if let Some(ahead) = stretch.iter().position(|&byte| ends_region(byte)) {
                break at + ahead;
            }
            if marker.is_none() {
                break right_edge(bytes, last, limit).max(plain);
            }
            at += stretch.len();
            if let Some(escape) = (self.read)(&bytes[at..]) {
                if plain < at {
                    layer.copy(bytes, plain..at);
                }
                at = self.put(&escape, bytes, at, layer);
                plain = at;
                if escape.hides {
                    last = at;
                }
            } else {
                at += 1;
            }
        };
        layer.copy(bytes, plain..end);
        end
    }

    /// Decodes an escape at `at`, and with a byte of ASCII all of its like right behind it; says where they end.
    fn put(&self, escape: &Escape, bytes: &[u8], mut at: usize, layer: &mut Layer) -> usize {
        let &Escape { text, len, stored, hides } = escape;
        if len != 1 || !hides {
            layer.put(&text[..len], at, stored);
            return at + stored;
        }
        let (start, mut next) = (at, Some(text[0]));
        let singles = std::iter::from_fn(|| {
            let single = next?;
            at += stored;
            next = self.single(&bytes[at..], stored);
            Some(single)
        });
        layer.singles(start, stored, singles);
        at
    }

    /// The byte that text begins with as an escape of this length that hides it.
    #[inline]
    fn single(&self, text: &[u8], stored: usize) -> Option<u8> {
        let escape = (text.first() == Some(&self.marker)).then(|| (self.read)(text)).flatten()?;
        (escape.len == 1 && escape.hides && escape.stored == stored).then_some(escape.text[0])
    }

    /// Where the region around `trigger` begins: never inside a token (it could be base64) nor inside an escape.
    fn left_edge(&self, bytes: &[u8], floor: usize, trigger: usize) -> usize {
        let inside = |at: usize| self.marker == b'\\' && at > floor && bytes[at - 1] == b'\\';
        let mut trigger = trigger;
        while inside(trigger) {
            trigger -= 1;
        }
        let lowest = floor.max(trigger.saturating_sub(REACH));
        let mut start = match bytes[lowest..trigger].iter().rposition(|&byte| ends_region(byte)) {
            Some(ahead) => lowest + ahead + 1,
            None if lowest > floor && is_member(bytes[lowest - 1]) => {
                let outside = |byte: &u8| !is_member(*byte);
                match bytes[lowest..trigger].iter().position(outside) {
                    Some(ahead) => lowest + ahead,
                    None => Some(run::start(bytes, lowest, floor))
                        .filter(|start| trigger - start <= LONGEST)
                        .unwrap_or(trigger),
                }
            }
            None => lowest,
        };
        while start < trigger && inside(start) {
            start += 1;
        }
        start
    }
}

/// Where a region ends that nothing ended before `limit`: a token that the limit would cut is left out, or taken whole
/// if it touches the escape that ends at `last` and is not too long.
fn right_edge(bytes: &[u8], last: usize, limit: usize) -> usize {
    if limit <= last || !bytes.get(limit).is_some_and(|byte| is_member(*byte)) {
        return limit;
    }
    let outside = |byte: &u8| !is_member(*byte);
    match bytes[last..limit].iter().rposition(outside) {
        Some(ahead) => last + ahead + 1,
        None => Some(run::end(bytes, limit)).filter(|end| end - last <= LONGEST).unwrap_or(last),
    }
}

/// Line ends and control characters: no encoder leaves them inside a string.
fn ends_region(byte: u8) -> bool {
    byte < b' ' && byte != b'\t'
}

//! Where values may start behind keywords: found once, however many rules ask.

/// The places of one stretch of a text. It belongs to one text, and is asked from its begin to its end.
#[derive(Debug, Default)]
pub(super) struct Starts {
    /// The stretch that was looked at.
    from: usize,
    to: usize,
    /// Places in order; line ends are among them.
    places: Vec<u32>,
    /// What was asked last, and the bytes at those places.
    asked: (usize, usize),
    firsts: Bytes,
}

/// A set of bytes, a bit each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// The bytes of a condition.
    pub(super) fn of(condition: impl Fn(u8) -> bool) -> Self {
        let mut bytes = Self::default();
        (0..=u8::MAX).filter(|byte| condition(*byte)).for_each(|byte| bytes.add(byte));
        bytes
    }

    fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(one, other)| one & other != 0)
    }
}

impl Starts {
    /// Forgets all, for another text.
    pub(super) fn clear(&mut self) {
        (self.from, self.to) = (0, 0);
        self.places.clear();
        self.asked = (0, 0);
    }

    /// Whether any place that [`Self::behind`] gives has one of these bytes: most rules are done with that.
    pub(super) fn begin_with(&mut self, bytes: &Bytes, text: &[u8], behind: usize, within: usize) -> bool {
        if self.asked != (behind, within) {
            let mut firsts = Bytes::default();
            self.behind(text, behind, within).for_each(|at| firsts.add(text[at]));
            (self.asked, self.firsts) = ((behind, within), firsts);
        }
        self.firsts.meets(bytes)
    }

    /// Places less than `within` bytes behind `behind`, on the same line or the next.
    pub(super) fn behind(&mut self, text: &[u8], behind: usize, within: usize) -> impl Iterator<Item = usize> {
        if behind < self.from || behind > self.to {
            self.places.clear();
            (self.from, self.to) = (behind, behind);
        }
        let last = text.len().min(behind + within);
        for at in self.to..last {
            if may_start(text, at) || text[at] == b'\n' {
                self.places.push(at as u32);
            }
        }
        self.to = self.to.max(last);
        let first = self.places.partition_point(|&at| (at as usize) < behind);
        let mut lines = 0;
        self.places[first..]
            .iter()
            .map(|&at| at as usize)
            .take_while(move |&at| at < last)
            .filter(move |&at| at > behind || text[at] == b'\n')
            .take_while(move |&at| {
                lines += usize::from(text[at] == b'\n');
                lines < 2
            })
            .filter(|&at| text[at] != b'\n')
    }
}

/// A value begins after something that sets it off, never in the middle of a word or a path; but `acme-secret-…` says of what
/// follows that it is one.
fn may_start(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return false };
    let is_joined = || text[before] == b'-' && text[at] != b'-' && ends_name(&text[..before]);
    let is_set_off = !HOLDS[usize::from(text[before])] || is_joined();
    is_set_off && !LEADS[usize::from(text[at])]
}

/// Whether a text ends in a word that a secret's name ends in.
fn ends_name(text: &[u8]) -> bool {
    let word: &[u8] = match text.last().map(u8::to_ascii_lowercase) {
        Some(b'y') => b"key",
        Some(b'n') => b"token",
        Some(b't') => b"secret",
        Some(b'e') => b"private",
        Some(b's') => b"access",
        Some(b'd') => b"password",
        _ => return false,
    };
    text.len() >= word.len() && text[text.len() - word.len()..].eq_ignore_ascii_case(word)
}

/// The bytes of a pattern.
macro_rules! bytes {
    ($($pattern:tt)*) => {{
        let mut set = [false; 256];
        let mut byte = 0_u8;
        while byte < u8::MAX {
            set[byte as usize] = matches!(byte, $($pattern)*);
            byte += 1;
        }
        set
    }};
}

/// What holds together with what follows.
const HOLDS: [bool; 256] =
    bytes!(b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'/' | b'.' | b'@' | b'-' | b'_' | b'#' | b'+');
/// What no value begins with.
const LEADS: [bool; 256] = bytes!(b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'=' | b':' | b',');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_in_stretches_is_what_is_looked_at_anew() {
        let text = b"a_token = \"b\", c-token: d\n e\n f=g/h, i_key='j', k_token\n\"l\" \n m";
        let mut kept = Starts::default();
        for behind in [7, 7, 22, 16, 40, 55, 60, 5] {
            for within in [4, 12, 24] {
                let again: Vec<_> = kept.behind(text, behind, within).collect();
                let anew: Vec<_> = Starts::default().behind(text, behind, within).collect();
                assert_eq!(again, anew, "{behind} {within}");
            }
        }
        let glued = b"a-SECRET-b a-service-c a_key_d";
        assert_eq!(Starts::default().behind(glued, 1, 99).map(|at| glued[at]).collect::<Vec<_>>(), b"baa");
        let values = |behind| Starts::default().behind(text, behind, 99).map(|at| text[at] as char).collect::<String>();
        assert_eq!(values(7), "bcde");
        assert_eq!(values(22), "de");
    }
}

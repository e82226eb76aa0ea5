//! The fast search for places that may be worth decoding. Written in lanes so that the compiler makes vector code of it.

use super::run;

/// How much is looked at in one go.
pub(super) const CHUNK: usize = 64;
/// What of the next chunk is looked at with it.
pub(super) const AHEAD: usize = 16;
/// As many bytes as every target compares at once.
const LANES: usize = 16;

/// A chunk, and what comes after it.
pub(super) type View = [u8; CHUNK + AHEAD];

/// The places of a chunk, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Signs {
    /// A backslash before `u`, `x` or `/`.
    pub(super) json: u64,
    /// A percent sign before two hex digits.
    pub(super) percent: u64,
    /// An ampersand that may begin a character reference.
    pub(super) html: u64,
    /// A NUL with others in UTF-16's rhythm behind it.
    pub(super) wide: u64,
    /// Windows of [`run::WINDOW`] bytes, every [`run::STRIDE`], that may be all base64.
    pub(super) runs: u64,
}

impl Signs {
    /// Takes the first place at `from` or later.
    pub(super) fn take(&mut self, from: usize) -> Option<(usize, Sign)> {
        let rest = u64::MAX.checked_shl(from as u32).unwrap_or(0);
        let fields = [
            (&mut self.json, Sign::Json),
            (&mut self.percent, Sign::Percent),
            (&mut self.html, Sign::Html),
            (&mut self.wide, Sign::Wide),
            (&mut self.runs, Sign::Run),
        ];
        let (places, sign) = fields.into_iter().filter(|(places, _)| **places & rest != 0).min_by_key(|(places, _)| (**places & rest).trailing_zeros())?;
        let at = (*places & rest).trailing_zeros();
        *places &= !(1 << at);
        Some((at as usize, sign))
    }
}

/// What a place may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Json,
    Percent,
    Html,
    Wide,
    Run,
}

/// The chunk at `at`; past the end of the text there are spaces.
pub(super) fn view<'a>(bytes: &'a [u8], at: usize, tail: &'a mut View) -> &'a View {
    match bytes[at..].first_chunk() {
        Some(view) => view,
        None => {
            let rest = &bytes[at..];
            tail.fill(b' ');
            tail[..rest.len()].copy_from_slice(rest);
            tail
        }
    }
}

/// Everything a chunk shows.
#[inline]
pub(super) fn signs(view: &View) -> Signs {
    let mut signs = Signs { runs: dense_windows(view), ..Signs::default() };
    if any(|at| (view[at] == b'\\') | (view[at] == b'%') | (view[at] == b'&') | (view[at] == 0)) {
        mark_escapes(view, &mut signs);
    }
    signs
}

/// Ordinary text has an escape or a NUL in few chunks, but logs of JSON in JSON in most.
fn mark_escapes(view: &View, signs: &mut Signs) {
    if any(|at| view[at] == b'\\') {
        signs.json = places(|at| {
            let next = view[at + 1];
            (view[at] == b'\\') & ((next | 0x20 == b'u') | (next | 0x20 == b'x') | (next == b'/'))
        });
    }
    if any(|at| (view[at] == b'%') | (view[at] == b'&') | (view[at] == 0)) {
        let is_digit = |byte: u8| (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6);
        signs.percent = places(|at| (view[at] == b'%') & is_digit(view[at + 1]) & is_digit(view[at + 2]));
        signs.html = places(|at| {
            let named = (view[at + 3] == b';') | (view[at + 4] == b';') | (view[at + 5] == b';');
            (view[at] == b'&') & (named | (view[at + 1] == b'#'))
        });
        signs.wide = places(|at| {
            let nul = view[at] | view[at + 2] | view[at + 4];
            (nul == 0) & (view[at + 1] != 0) & (view[at + 3] != 0)
        });
    }
}

/// Windows without spaces, quotes, brackets and control characters: a superset of those that are all base64, and the cheapest test there is.
#[inline]
fn dense_windows(view: &View) -> u64 {
    let mut dense = [0_u8; CHUNK + AHEAD];
    for (dense, byte) in dense.iter_mut().zip(view) {
        *dense = if byte.cast_signed() > b'*'.cast_signed() { 0xff } else { 0 };
    }
    let (words, _) = dense.as_chunks::<{ run::STRIDE }>();
    let mut windows = 0;
    for (index, pair) in words.windows(2).take(CHUNK / run::STRIDE).enumerate() {
        let full = u64::from_ne_bytes(pair[0]) & u64::from_ne_bytes(pair[1]) == u64::MAX;
        windows |= u64::from(full) << (index * run::STRIDE);
    }
    windows
}

/// Whether a test holds at any place of a chunk.
#[inline]
fn any(test: impl Fn(usize) -> bool) -> bool {
    let mut lanes = [0_u8; LANES];
    for at in (0..CHUNK).step_by(LANES) {
        for lane in 0..LANES {
            lanes[lane] |= if test(at + lane) { 0xff } else { 0 };
        }
    }
    u128::from_ne_bytes(lanes) != 0
}

/// The places of a chunk where a test holds.
#[inline]
pub(super) fn places(test: impl Fn(usize) -> bool) -> u64 {
    let mut flags = [0_u8; CHUNK];
    for (at, flag) in flags.iter_mut().enumerate() {
        *flag = u8::from(test(at));
    }
    let (words, _) = flags.as_chunks::<8>();
    let mut places = 0;
    for (index, word) in words.iter().enumerate() {
        // Moves the lowest bit of each byte to the top byte: eight flags become eight bits.
        let bits = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        places |= bits << (8 * index);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs_of(text: &str) -> Signs {
        signs(view(text.as_bytes(), 0, &mut [0; CHUNK + AHEAD]))
    }

    #[test]
    fn every_kind_of_place_is_seen_where_it_stands() {
        for at in 0..CHUNK {
            let lead = ", ".repeat(CHUNK)[..at].to_owned();
            let signs = |text: &str| signs_of(&format!("{lead}{text}"));
            assert_eq!(signs(r"\/").json, 1 << at);
            assert_eq!(signs(r"\n \u0041").json, if at + 3 < CHUNK { 1 << (at + 3) } else { 0 });
            assert_eq!(signs("%3d %zz").percent, 1 << at);
            assert_eq!(signs("&lt; & x").html, 1 << at);
            assert_eq!(signs("\0a\0b\0c").wide & 1 << at, 1 << at);
        }
    }

    #[test]
    fn places_come_in_order_and_once() {
        let mut signs = Signs { json: 0b1000_0001, html: 0b0100_0100, ..Signs::default() };
        let taken: Vec<_> = std::iter::from_fn(|| signs.take(1).map(|(at, _)| at)).collect();
        assert_eq!(taken, [2, 6, 7]);
        assert_eq!(signs.take(64), None);
    }

    #[test]
    fn ordinary_text_shows_nothing() {
        assert_eq!(signs_of("an ordinary line, \"quoted\" and (in brackets), 12:34:56 \\n 5% & more"), Signs::default());
    }
}

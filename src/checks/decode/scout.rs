//! The fast search for places that may be worth decoding. Written in lanes so that the compiler makes vector code of it.

use super::run;

/// How much is looked at in one go.
pub(super) const CHUNK: usize = 64;
/// What of the next chunk is looked at with it.
const AHEAD: usize = 16;
/// As many bytes as every target compares at once.
const LANES: usize = 16;

/// A chunk, and what comes after it.
type View = [u8; CHUNK + AHEAD];

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
    /// Windows of [`run::WINDOW`] bytes, every [`run::STRIDE`], that are all of the base64 alphabets.
    pub(super) runs: u64,
}

impl Signs {
    fn any(&self) -> bool {
        self.json | self.percent | self.html | self.wide | self.runs != 0
    }

    /// Takes the first place at `from` or later.
    pub(super) fn take(&mut self, from: usize) -> Option<(usize, Sign)> {
        let rest = u64::MAX.checked_shl(from as u32).unwrap_or(0);
        let places = (self.json | self.percent | self.html | self.wide | self.runs) & rest;
        if places == 0 {
            return None;
        }
        let bit = places & places.wrapping_neg();
        let fields = [
            (&mut self.runs, Sign::Run),
            (&mut self.json, Sign::Json),
            (&mut self.percent, Sign::Percent),
            (&mut self.html, Sign::Html),
            (&mut self.wide, Sign::Wide),
        ];
        let (field, sign) = fields.into_iter().find(|(field, _)| **field & bit != 0)?;
        *field &= !bit;
        Some((bit.trailing_zeros() as usize, sign))
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

/// The first chunk from `at` on that shows anything.
pub(super) fn next(bytes: &[u8], at: usize) -> Option<(usize, Signs)> {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2, the only feature that the function demands beyond the baseline.
        #[expect(unsafe_code, reason = "the same code in vectors of twice the width: 1.7 times as fast")]
        return unsafe { search_avx2(bytes, at) };
    }
    search(bytes, at)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn search_avx2(bytes: &[u8], at: usize) -> Option<(usize, Signs)> {
    search(bytes, at)
}

#[inline(always)]
fn search(bytes: &[u8], mut at: usize) -> Option<(usize, Signs)> {
    while let Some(view) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        let signs = signs(view);
        if signs.any() {
            return Some((at, signs));
        }
        at += CHUNK;
    }
    // Past the end of the text there are spaces.
    while at < bytes.len() {
        let mut view = [b' '; CHUNK + AHEAD];
        view[..bytes.len() - at].copy_from_slice(&bytes[at..]);
        let signs = signs(&view);
        if signs.any() {
            return Some((at, signs));
        }
        at += CHUNK;
    }
    None
}

/// Everything a chunk shows.
#[inline(always)]
fn signs(view: &View) -> Signs {
    let mut signs = Signs::default();
    // Rules out most windows at the least cost: those with spaces, quotes and brackets.
    if windows(view, |byte| byte.cast_signed() > b'*'.cast_signed()) != 0 {
        mark_runs(view, &mut signs);
    }
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

/// Of the windows that are all of the base64 alphabets, those with a capital (base64 of text has some in every window; paths, UUIDs and
/// most identifiers have none) and those that are all hex digits.
#[inline(always)]
fn mark_runs(view: &View, signs: &mut Signs) {
    let members = windows(view, run::is_member);
    if members != 0 {
        let without_capital = windows(view, |byte| !byte.is_ascii_uppercase());
        let hex = windows(view, |byte| (byte.wrapping_sub(b'0') < 10) | ((byte | 0x20).wrapping_sub(b'a') < 6));
        signs.runs = members & (!without_capital | hex);
    }
}

/// Windows all of whose bytes pass a test.
#[inline(always)]
fn windows(view: &View, test: impl Fn(u8) -> bool) -> u64 {
    let mut passed = [0_u8; CHUNK + AHEAD];
    for (passed, byte) in passed.iter_mut().zip(view) {
        *passed = if test(*byte) { 0xff } else { 0 };
    }
    let (words, _) = passed.as_chunks::<{ run::STRIDE }>();
    let mut windows = 0;
    for (index, words) in words.windows(run::WINDOW / run::STRIDE).enumerate() {
        let full = words.iter().fold(u64::MAX, |all, word| all & u64::from_ne_bytes(*word)) == u64::MAX;
        windows |= u64::from(full) << (index * run::STRIDE);
    }
    windows
}

/// Whether a test holds at any place of a chunk.
#[inline(always)]
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
#[inline(always)]
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
        next(text.as_bytes(), 0).filter(|(chunk, _)| *chunk == 0).map_or(Signs::default(), |(_, signs)| signs)
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

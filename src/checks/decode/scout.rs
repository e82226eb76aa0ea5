//! The fast search for places that may be worth decoding: a chunk becomes masks, a bit for each byte, and the masks are combined.

mod class;
mod lanes;

use class::{CAPITAL, ESCAPED, HEX, LOW_PAIR, MARKER, MEMBER, QUAD};
use lanes::Portable;
#[cfg(target_arch = "x86_64")]
use lanes::{Avx2, Avx512};

/// How much is looked at in one go.
pub(super) const CHUNK: usize = 64;
/// Length of the windows of base64 or hex that are tried.
pub(super) const WINDOW: usize = 24;
/// Distance between them.
pub(super) const STRIDE: usize = 8;
/// What of the next chunk is looked at with it.
const AHEAD: usize = 16;

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
    /// Windows of [`WINDOW`] bytes, every [`STRIDE`], that may be ASCII in base64 or in hex digits.
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
    if Avx512::is_detected() {
        // SAFETY: the processor has the features that the function demands beyond the baseline.
        #[expect(unsafe_code, reason = "twice as fast as with AVX2")]
        return unsafe { search_avx512(bytes, at) };
    } else if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: as above.
        #[expect(unsafe_code, reason = "four times as fast as the portable lanes")]
        return unsafe { search_avx2(bytes, at) };
    }
    search_portable(bytes, at)
}

/// Makes a search of a type of lanes: one text, whatever the instruction set.
macro_rules! search {
    ($(#[$feature:meta])* $name:ident, $lanes:ty) => {
        $(#[$feature])*
        fn $name(bytes: &[u8], mut at: usize) -> Option<(usize, Signs)> {
            while at < bytes.len() {
                let lanes = match bytes[at..].first_chunk() {
                    Some(view) => <$lanes>::load(view),
                    None => <$lanes>::load(&last_view(&bytes[at..])),
                };
                let mut signs = Signs::default();
                let members = windows(lanes.of(&MEMBER));
                if members != 0 {
                    // Base64 of text has capitals in every window; paths, UUIDs and most identifiers have none.
                    let base64 = !windows(!lanes.of(&CAPITAL)) & quads(QUAD.each_ref().map(|class| lanes.of(class)));
                    let hex = windows(lanes.of(&HEX)) & pairs(lanes.of(&LOW_PAIR));
                    signs.runs = members & (base64 | hex);
                }
                if lanes.of(&MARKER) as u64 != 0 {
                    let backslash = lanes.is(b'\\');
                    if backslash as u64 != 0 {
                        signs.json = (backslash & lanes.of(&ESCAPED) >> 1) as u64;
                    }
                    let (percent, ampersand, nul) = (lanes.is(b'%'), lanes.is(b'&'), lanes.is(0));
                    if (percent | ampersand | nul) as u64 != 0 {
                        let (hex, end) = (lanes.of(&HEX), lanes.is(b';'));
                        signs.percent = (percent & hex >> 1 & hex >> 2) as u64;
                        signs.html = (ampersand & (lanes.is(b'#') >> 1 | end >> 3 | end >> 4 | end >> 5)) as u64;
                        signs.wide = (nul & !(nul >> 1) & nul >> 2 & !(nul >> 3) & nul >> 4) as u64;
                    }
                }
                if signs.any() {
                    return Some((at, signs));
                }
                at += CHUNK;
            }
            None
        }
    };
}

/// The last chunk; past the end of the text there are spaces.
#[cold]
fn last_view(rest: &[u8]) -> View {
    let mut view = [b' '; CHUNK + AHEAD];
    view[..rest.len()].copy_from_slice(rest);
    view
}

search!(search_portable, Portable);
#[cfg(target_arch = "x86_64")]
search!(
    #[target_feature(enable = "avx2")]
    search_avx2,
    Avx2
);
#[cfg(target_arch = "x86_64")]
search!(
    #[target_feature(enable = "avx512bw,avx512vl")]
    search_avx512,
    Avx512
);

/// Windows all of whose bytes have their bit set: bit `n` says so of the window at `n`, for each multiple of [`STRIDE`].
#[inline]
fn windows(set: u128) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    const { assert!(STRIDE == 8 && WINDOW == 24) };
    // The bytes of `set` that are all ones, as their lowest bits: a byte of `!set` is zero if neither its low bits carry nor its high bit is set.
    let clear = !(set as u64);
    let full = !(((clear & LOW) + LOW) | clear | LOW) >> 7;
    let (next, last) = (u64::from((set >> 64) as u8 == 0xff), u64::from((set >> 72) as u8 == 0xff));
    full & (full >> 8 | next << 56) & (full >> 16 | next << 48 | last << 56)
}

/// Bit `n` says whether all quads of the window at `n`, in one of the four phases, stand for bytes below 128. Each of `classes` holds what the
/// first, the second and the third character of such a quad may be; of the fourth all bits count in a low byte.
#[inline]
fn quads([first, second, third]: [u128; 3]) -> u64 {
    const { assert!(WINDOW == 24, "five quads in every phase") };
    let quad = first & second >> 1 & third >> 2;
    let four = quad & quad >> 4;
    let five = four & four >> 8 & quad >> 16;
    (five | five >> 1 | five >> 2 | five >> 3) as u64
}

/// The same of pairs of hex digits, whose first digit is low.
#[inline]
fn pairs(low: u128) -> u64 {
    const { assert!(WINDOW == 24, "eleven pairs in either phase") };
    let two = low & low >> 2;
    let four = two & two >> 4;
    let eleven = four & four >> 8 & four >> 14;
    (eleven | eleven >> 1) as u64
}

/// The bytes of a chunk that pass a test, a bit each.
pub(super) fn places(chunk: &[u8; CHUNK], test: impl Fn(u8) -> bool) -> u64 {
    let mut view = [0; CHUNK + AHEAD];
    view[..CHUNK].copy_from_slice(chunk);
    Portable::load(&view).bits(test) as u64
}

#[cfg(test)]
mod tests {
    use crate::property::property;
    use proptest::strategy::Strategy as _;

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

    #[cfg(target_arch = "x86_64")]
    type Search = unsafe fn(&[u8], usize) -> Option<(usize, Signs)>;

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn vectors_see_what_the_portable_lanes_see() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            return;
        }
        let newer = Avx512::is_detected().then_some(search_avx512 as Search);
        proptest::proptest!(property(256), |(bytes in proptest::collection::vec(proptest::prop_oneof![
            proptest::char::range(' ', '~').prop_map(|c| c as u8),
            proptest::sample::select(&b"aA0fF+/-_%&#;\\ux\0\0\0"[..]),
            proptest::num::u8::ANY,
        ], 0..300))| {
            for search in [Some(search_avx2 as Search), newer].into_iter().flatten() {
                // SAFETY: the processor has what the search demands.
                #[expect(unsafe_code, reason = "the vectors are what is tested")]
                let wide = unsafe { search(&bytes, 0) };
                proptest::prop_assert_eq!(wide, search_portable(&bytes, 0));
            }
        });
    }

    #[test]
    fn windows_that_read_as_text_are_seen() {
        use super::super::alphabet::is_member;
        use super::super::{base64, hex};
        proptest::proptest!(property(256), |(text in "[ -~\n]{16,40}", lead in "[a-z ]{0,40}", foreign in "[A-Z/]{0,3}")| {
            let encodings = [
                data_encoding::BASE64.encode(text.as_bytes()),
                data_encoding::BASE64URL.encode(text.as_bytes()),
                data_encoding::HEXLOWER.encode(text.as_bytes()),
                data_encoding::HEXUPPER.encode(text.as_bytes()),
            ];
            for encoded in encodings {
                let stored = format!("{lead}{foreign}{encoded}").into_bytes();
                let mut seen = vec![false; stored.len() + CHUNK];
                let mut at = 0;
                while let Some((chunk, signs)) = next(&stored, at) {
                    (0..CHUNK).for_each(|bit| seen[chunk + bit] = signs.runs >> bit & 1 == 1);
                    at = chunk + CHUNK;
                }
                for at in (0..stored.len().saturating_sub(WINDOW)).step_by(STRIDE) {
                    let window = &stored[at..at + WINDOW];
                    let is_run = window.iter().all(|byte| is_member(*byte));
                    let reads = if hex::is_window(window) {
                        hex::text_start(&stored, at, at + WINDOW, 0)
                    } else {
                        base64::text_start(&stored, at, at + WINDOW, 0).filter(|_| window.iter().any(u8::is_ascii_uppercase))
                    };
                    proptest::prop_assert!(seen[at] || !is_run || reads.is_none(), "{at}");
                }
            }
        });
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
        assert_eq!(
            signs_of("an ordinary line, \"quoted\" and (in brackets), 12:34:56 \\n 5% & more"),
            Signs::default()
        );
    }
}

//! The fast search for places that may be worth decoding: a chunk becomes masks, a bit for each byte, and the masks are combined.

use super::run;

/// How much is looked at in one go.
pub(super) const CHUNK: usize = 64;
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
                // Rules out most windows at the least cost.
                if windows(lanes.dense()) != 0 {
                    let members = windows(lanes.members());
                    if members != 0 {
                        // Base64 of text has capitals in every window; paths, UUIDs and most identifiers have none.
                        signs.runs = members & (!windows(!lanes.capitals()) | windows(lanes.hex()));
                    }
                }
                if lanes.has_marker() {
                    let backslash = lanes.is(b'\\');
                    if backslash as u64 != 0 {
                        signs.json = (backslash & lanes.escaped() >> 1) as u64;
                    }
                    let (percent, ampersand, nul) = (lanes.is(b'%'), lanes.is(b'&'), lanes.is(0));
                    if (percent | ampersand | nul) as u64 != 0 {
                        let (hex, end) = (lanes.hex(), lanes.is(b';'));
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
    vectors::Avx2
);

/// Windows all of whose bytes have their bit set: bit `n` says so of the window at `n`, for each multiple of [`run::STRIDE`].
#[inline]
fn windows(set: u128) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x7f; 8]);
    const { assert!(run::STRIDE == 8 && run::WINDOW == 24) };
    // The bytes of `set` that are all ones, as their lowest bits: a byte of `!set` is zero if neither its low bits carry nor its high bit is set.
    let clear = !(set as u64);
    let full = !(((clear & LOW) + LOW) | clear | LOW) >> 7;
    let (next, last) = (u64::from((set >> 64) as u8 == 0xff), u64::from((set >> 72) as u8 == 0xff));
    full & (full >> 8 | next << 56) & (full >> 16 | next << 48 | last << 56)
}

/// A chunk and what follows it, tested byte by byte. Bit `n` of an answer is that of byte `n`.
struct Portable(View);

impl Portable {
    fn load(view: &View) -> Self {
        Self(*view)
    }

    fn is(&self, byte: u8) -> u128 {
        self.bits(|other| other == byte)
    }

    /// No space, quote, bracket or control character.
    fn dense(&self) -> u128 {
        self.bits(|byte| byte.cast_signed() > b'*'.cast_signed())
    }

    /// Of the alphabets of base64.
    fn members(&self) -> u128 {
        self.bits(run::is_member)
    }

    fn capitals(&self) -> u128 {
        self.bits(|byte| byte.is_ascii_uppercase())
    }

    fn hex(&self) -> u128 {
        self.bits(|byte| byte.is_ascii_hexdigit())
    }

    /// What stands behind the backslash of an escape that hides a character.
    fn escaped(&self) -> u128 {
        self.bits(|byte| matches!(byte, b'u' | b'U' | b'x' | b'X' | b'/'))
    }

    /// Whether an escape or UTF-16 may begin in the chunk.
    fn has_marker(&self) -> bool {
        self.bits(|byte| matches!(byte, b'\\' | b'%' | b'&' | 0)) as u64 != 0
    }

    fn bits(&self, test: impl Fn(u8) -> bool) -> u128 {
        let mut flags = [0_u8; CHUNK + AHEAD];
        for (flag, byte) in flags.iter_mut().zip(&self.0) {
            *flag = u8::from(test(*byte));
        }
        let (words, _) = flags.as_chunks::<8>();
        words.iter().enumerate().fold(0, |bits, (index, word)| {
            // Moves the lowest bit of each byte to the top byte: eight flags become eight bits.
            let eight = u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            bits | u128::from(eight) << (8 * index)
        })
    }
}

/// The same in vectors.
#[cfg(target_arch = "x86_64")]
mod vectors {
    use std::arch::x86_64::{
        __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_movemask_epi8, _mm256_or_si256,
        _mm256_set_epi64x, _mm256_set1_epi8, _mm256_testz_si256,
    };

    use super::View;

    /// Two vectors of the chunk, and one of what follows it.
    pub(super) struct Avx2([__m256i; 3]);

    impl Avx2 {
        #[target_feature(enable = "avx2")]
        pub(super) fn load(view: &View) -> Self {
            let word = |index: usize| i64::from_le_bytes(view.as_chunks::<8>().0[index]);
            Self([
                _mm256_set_epi64x(word(3), word(2), word(1), word(0)),
                _mm256_set_epi64x(word(7), word(6), word(5), word(4)),
                _mm256_set_epi64x(0, 0, word(9), word(8)),
            ])
        }

        #[target_feature(enable = "avx2")]
        pub(super) fn is(&self, byte: u8) -> u128 {
            bits(self.0.map(|part| equal(part, byte)))
        }

        #[target_feature(enable = "avx2")]
        pub(super) fn dense(&self) -> u128 {
            bits(self.0.map(|part| _mm256_cmpgt_epi8(part, _mm256_set1_epi8(b'*'.cast_signed()))))
        }

        #[target_feature(enable = "avx2")]
        pub(super) fn members(&self) -> u128 {
            bits(self.0.map(|part| {
                let signs = or(or(equal(part, b'+'), equal(part, b'-')), equal(part, b'_'));
                or(or(within(fold(part), b'a', b'z'), within(part, b'/', b'9')), signs)
            }))
        }

        #[target_feature(enable = "avx2")]
        pub(super) fn capitals(&self) -> u128 {
            bits(self.0.map(|part| within(part, b'A', b'Z')))
        }

        #[target_feature(enable = "avx2")]
        pub(super) fn hex(&self) -> u128 {
            bits(self.0.map(|part| or(within(fold(part), b'a', b'f'), within(part, b'0', b'9'))))
        }

        #[target_feature(enable = "avx2")]
        pub(super) fn escaped(&self) -> u128 {
            bits(self.0.map(|part| or(or(equal(fold(part), b'u'), equal(fold(part), b'x')), equal(part, b'/'))))
        }

        #[target_feature(enable = "avx2")]
        pub(super) fn has_marker(&self) -> bool {
            let marked = |part| or(or(equal(part, b'\\'), equal(part, b'%')), or(equal(part, b'&'), equal(part, 0)));
            let either = or(marked(self.0[0]), marked(self.0[1]));
            _mm256_testz_si256(either, either) == 0
        }
    }

    #[target_feature(enable = "avx2")]
    fn equal(part: __m256i, byte: u8) -> __m256i {
        _mm256_cmpeq_epi8(part, _mm256_set1_epi8(byte.cast_signed()))
    }

    /// Both bounds are ASCII below 127: signed comparison leaves out the other half.
    #[target_feature(enable = "avx2")]
    fn within(part: __m256i, low: u8, high: u8) -> __m256i {
        let above = _mm256_cmpgt_epi8(part, _mm256_set1_epi8(low.cast_signed() - 1));
        _mm256_and_si256(above, _mm256_cmpgt_epi8(_mm256_set1_epi8(high.cast_signed() + 1), part))
    }

    /// Capitals as small letters; what else changes is no letter before or after.
    #[target_feature(enable = "avx2")]
    fn fold(part: __m256i) -> __m256i {
        or(part, _mm256_set1_epi8(0x20))
    }

    #[target_feature(enable = "avx2")]
    fn or(left: __m256i, right: __m256i) -> __m256i {
        _mm256_or_si256(left, right)
    }

    #[target_feature(enable = "avx2")]
    fn bits([first, second, ahead]: [__m256i; 3]) -> u128 {
        let mask = |part| u128::from(_mm256_movemask_epi8(part).cast_unsigned());
        mask(first) | mask(second) << 32 | (mask(ahead) & 0xffff) << 64
    }
}

/// The bytes of a chunk that pass a test, a bit each.
pub(super) fn places(chunk: &[u8; CHUNK], test: impl Fn(u8) -> bool) -> u64 {
    let mut view = [0; CHUNK + AHEAD];
    view[..CHUNK].copy_from_slice(chunk);
    Portable(view).bits(test) as u64
}

#[cfg(test)]
mod tests {
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
    #[test]
    fn vectors_see_what_the_portable_lanes_see() {
        if !std::arch::is_x86_feature_detected!("avx2") {
            return;
        }
        proptest::proptest!(|(bytes in proptest::collection::vec(proptest::prop_oneof![
            proptest::char::range(' ', '~').prop_map(|c| c as u8),
            proptest::sample::select(&b"aA0fF+/-_%&#;\\ux\0\0\0"[..]),
            proptest::num::u8::ANY,
        ], 0..300))| {
            // SAFETY: the processor has AVX2.
            #[expect(unsafe_code, reason = "the vectors are what is tested")]
            let wide = unsafe { search_avx2(&bytes, 0) };
            proptest::prop_assert_eq!(wide, search_portable(&bytes, 0));
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

//! The screen for processors with AVX-512: the same answers, 16 probes at a time through both tables.
//!
//! Here gathers pay: they answer in vectors, so that what passes is moved together by one instruction, where [`super::avx2`] needs a
//! load, a store and a second pass for each probe.

use std::arch::x86_64::{
    __m512i, __mmask16, _mm512_add_epi32, _mm512_and_si512, _mm512_i32gather_epi32, _mm512_loadu_si512,
    _mm512_mask_i32gather_epi32, _mm512_maskz_compress_epi32, _mm512_min_epu32, _mm512_mullo_epi32, _mm512_set1_epi32,
    _mm512_setr_epi32, _mm512_setzero_si512, _mm512_sllv_epi32, _mm512_srli_epi32, _mm512_storeu_si512,
    _mm512_test_epi32_mask,
};

use super::AnchorHit;
use super::scan::{Probe, UNIT, scan as scan_with, unit_at, units};
use super::tables::{COARSE_BITS, COARSE_FACTOR, Coarse, FINE_BITS, FINE_FACTOR, FOLD, Tables};

/// Numbers in a vector.
const LANES: usize = 16;

/// Proof that this processor can run [`scan`].
#[derive(Clone, Copy)]
pub(super) struct Avx512(());

impl Avx512 {
    /// The proof, where it holds.
    pub(super) fn detect() -> Option<Self> {
        let detected = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("popcnt");
        detected.then_some(Self(()))
    }

    /// Appends every occurrence of every anchor.
    #[expect(unsafe_code, reason = "the compiler cannot see that the features were detected")]
    #[expect(clippy::unused_self, reason = "it has no content, but to have it is the proof")]
    pub(super) fn scan(self, tables: &Tables, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
        // SAFETY: the only way to a value of this type is `detect`, which asked for each feature that `scan` enables.
        unsafe { scan(tables, haystack, hits) }
    }
}

#[target_feature(enable = "avx512f,avx2,bmi1,popcnt")]
fn scan(tables: &Tables, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
    scan_with(tables, haystack, hits, |tables, block, probes| {
        let passed = screen(&tables.coarse, block, probes);
        sift(&tables.fine, block, probes, passed)
    });
}

/// Lists the probes that the coarse table lets pass.
#[target_feature(enable = "avx512f,popcnt")]
#[inline]
fn screen(coarse: &Coarse, block: &[u8], probes: &mut [Probe]) -> usize {
    let steps = _mm512_setr_epi32(0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60);
    let mut passed = 0;
    for index in 0..units(block) {
        let unit = unit_at(block, index);
        // The windows at 0, 4, 8 …, then those at 2, 6, 10 …
        for first in [0, 2] {
            let windows = fold(load(&unit[first..]));
            let answers = gather_bytes(coarse, slots::<{ 32 - COARSE_BITS }>(windows, COARSE_FACTOR));
            let bits = _mm512_and_si512(_mm512_srli_epi32::<8>(windows), _mm512_set1_epi32(7));
            let mask = _mm512_test_epi32_mask(answers, _mm512_sllv_epi32(_mm512_set1_epi32(1), bits));
            let places = _mm512_add_epi32(steps, _mm512_set1_epi32((index * UNIT + first) as i32));
            passed += keep(mask, places, &mut probes[passed..]);
        }
    }
    passed
}

/// Keeps those of the first `count` probes that the fine table lets pass.
#[target_feature(enable = "avx512f,popcnt")]
#[inline]
fn sift(fine: &[u32; 1 << FINE_BITS], block: &[u8], probes: &mut [Probe], count: usize) -> usize {
    let mut kept = 0;
    for at in (0..count).step_by(LANES) {
        let live = __mmask16::MAX >> LANES.saturating_sub(count - at);
        let places = load_probes(&probes[at..]);
        let slots = slots::<{ 32 - FINE_BITS }>(fold(gather_windows(block, places, live)), FINE_FACTOR);
        let windows = gather_numbers(fine, slots);
        let mask = _mm512_test_epi32_mask(windows, windows) & live;
        kept += keep(mask, places, &mut probes[kept..]);
    }
    kept
}

/// The bits of sixteen windows that count.
#[target_feature(enable = "avx512f")]
#[inline]
fn fold(windows: __m512i) -> __m512i {
    _mm512_and_si512(windows, _mm512_set1_epi32(FOLD.cast_signed()))
}

/// The slots of folded windows in a table of `2^(32 - SHIFT)`.
#[target_feature(enable = "avx512f")]
#[inline]
fn slots<const SHIFT: u32>(folded: __m512i, factor: u32) -> __m512i {
    _mm512_srli_epi32::<SHIFT>(_mm512_mullo_epi32(folded, _mm512_set1_epi32(factor.cast_signed())))
}

/// Writes the probes of the mask to the front of `probes`; says how many they are.
#[target_feature(enable = "avx512f,popcnt")]
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn keep(mask: __mmask16, places: __m512i, probes: &mut [Probe]) -> usize {
    let Some(room) = probes.first_chunk_mut::<LANES>() else { unreachable!("there is room to spare") };
    // SAFETY: the pointer comes from a reference to 64 bytes that may be written; it need not be aligned.
    unsafe { _mm512_storeu_si512(room.as_mut_ptr().cast(), _mm512_maskz_compress_epi32(mask, places)) }
    mask.count_ones() as usize
}

/// The 64 bytes that `bytes` begins with.
#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn load(bytes: &[u8]) -> __m512i {
    let Some(bytes) = bytes.first_chunk::<64>() else { unreachable!("units are loaded within their bounds") };
    // SAFETY: the pointer comes from a reference to 64 bytes, all of which may be read; it need not be aligned.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

/// The sixteen probes that `probes` begins with.
#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn load_probes(probes: &[Probe]) -> __m512i {
    let Some(probes) = probes.first_chunk::<LANES>() else { unreachable!("there is room to spare") };
    // SAFETY: the pointer comes from a reference to 64 bytes, all of which may be read; it need not be aligned.
    unsafe { _mm512_loadu_si512(probes.as_ptr().cast()) }
}

/// Four bytes at each slot of the coarse table.
#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn gather_bytes(coarse: &Coarse, slots: __m512i) -> __m512i {
    const { assert!(size_of::<Coarse>() == (1 << COARSE_BITS) + 3) };
    // SAFETY: `slots` were shifted to have `COARSE_BITS` bits; the table has that many bytes and three more.
    unsafe { _mm512_i32gather_epi32::<1>(slots, coarse.as_ptr().cast()) }
}

/// The number at each slot of the fine table.
#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn gather_numbers(fine: &[u32; 1 << FINE_BITS], slots: __m512i) -> __m512i {
    // SAFETY: `slots` were shifted to have `FINE_BITS` bits; the table has that many numbers of four bytes.
    unsafe { _mm512_i32gather_epi32::<4>(slots, fine.as_ptr().cast()) }
}

/// The four bytes at each of the places that are live.
#[target_feature(enable = "avx512f")]
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn gather_windows(block: &[u8], places: __m512i, live: __mmask16) -> __m512i {
    let last = block.len().checked_sub(4).map_or(0, |last| last as i32);
    assert!(last > 0, "a block has a unit");
    let places = _mm512_min_epu32(places, _mm512_set1_epi32(last));
    // SAFETY: no place is beyond the last four bytes of the block.
    unsafe { _mm512_mask_i32gather_epi32::<1>(_mm512_setzero_si512(), live, places, block.as_ptr().cast()) }
}

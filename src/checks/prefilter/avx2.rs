//! The screen for processors with AVX2: the same answers, hashed 16 probes at a time.
//!
//! The table is read by ordinary loads, which are faster than gathers, and the answers are tested in a second pass over
//! the block, because a vector load stalls on bytes that were stored one by one just before.

use std::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_prefetch, _mm_setr_epi8, _mm256_and_si256, _mm256_broadcastsi128_si256,
    _mm256_cmpeq_epi8, _mm256_extract_epi64, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_mullo_epi32,
    _mm256_or_si256, _mm256_packus_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_srli_epi32,
};

use super::AnchorHit;
use super::scan::{UNIT, UNITS, Unit, list_known, scan as scan_with, unit_at, units};
use super::tables::{COARSE_BITS, COARSE_FACTOR, Coarse, FOLD, Tables};

/// How far ahead of the screen memory is asked for: the hardware's own guess comes late after each pause to sift.
const AHEAD: usize = 1024;

/// For each probe of a unit, the byte of the coarse table that its window hashes to.
type Answers = [u8; UNIT / 2];

/// Proof that this processor can run [`scan`].
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// The proof, where it holds.
    pub(super) fn detect() -> Option<Self> {
        let detected =
            is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("popcnt");
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

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn scan(tables: &Tables, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
    let mut answers = [[0; UNIT / 2]; UNITS];
    scan_with(tables, haystack, hits, |tables, block, probes| {
        let mut masks = [0; UNITS];
        let masks = &mut masks[..units(block)];
        screen(&tables.coarse, block, masks, &mut answers);
        list_known(tables, block, masks, probes)
    });
}

/// Sets in each mask, one for each unit of the block, the bits of the probes that the coarse table lets pass.
#[target_feature(enable = "avx2")]
#[inline]
fn screen(coarse: &Coarse, block: &[u8], masks: &mut [u32], answers: &mut [Answers; UNITS]) {
    for (index, answers) in answers[..masks.len()].iter_mut().enumerate() {
        let unit = unit_at(block, index);
        prefetch(unit.as_ptr().wrapping_add(AHEAD));
        look_up(coarse, unit, answers);
    }
    for (index, (mask, answers)) in masks.iter_mut().zip(answers).enumerate() {
        *mask = test(unit_at(block, index), answers);
    }
}

/// Reads the coarse table for each probe of a unit.
#[target_feature(enable = "avx2")]
#[inline]
fn look_up(coarse: &Coarse, unit: &Unit, answers: &mut Answers) {
    const EVEN: i32 = 32 - COARSE_BITS.cast_signed();
    const ODD: i32 = EVEN - 16;
    for (half, answers) in answers.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        // The windows at 0, 4, 8 … and those at 2, 6, 10 …: side by side in halves of 32 bits, their slots are in order.
        let even = _mm256_srli_epi32::<EVEN>(hash(load(unit, 32 * half)));
        let odd = _mm256_srli_epi32::<ODD>(hash(load(unit, 32 * half + 2)));
        let odd = _mm256_and_si256(odd, _mm256_set1_epi32(0x7fff_0000));
        let slots = _mm256_or_si256(even, odd);
        let slots = [
            _mm256_extract_epi64::<0>(slots),
            _mm256_extract_epi64::<1>(slots),
            _mm256_extract_epi64::<2>(slots),
            _mm256_extract_epi64::<3>(slots),
        ];
        for (answers, slots) in answers.as_chunks_mut::<4>().0.iter_mut().zip(slots) {
            for (lane, answer) in answers.iter_mut().enumerate() {
                *answer = coarse[(slots >> (16 * lane)).cast_unsigned() as usize & ((1 << COARSE_BITS) - 1)];
            }
        }
    }
}

/// Folds and hashes eight windows; the slot is in the highest bits.
#[target_feature(enable = "avx2")]
#[inline]
fn hash(windows: __m256i) -> __m256i {
    let folded = _mm256_and_si256(windows, _mm256_set1_epi32(FOLD.cast_signed()));
    _mm256_mullo_epi32(folded, _mm256_set1_epi32(COARSE_FACTOR.cast_signed()))
}

/// Tests in each answer the bit that the second byte of the window picks.
#[target_feature(enable = "avx2")]
#[inline]
fn test(unit: &Unit, answers: &Answers) -> u32 {
    let powers = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    let second = |at| _mm256_and_si256(_mm256_srli_epi16::<8>(load(unit, at)), _mm256_set1_epi16(7));
    // Packing takes 128 bits from each operand in turn; the permutation puts the quarters back in order.
    let picks = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(second(0), second(32)));
    let bits = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(powers), picks);
    let passed = _mm256_and_si256(bits, load(answers, 0));
    !_mm256_movemask_epi8(_mm256_cmpeq_epi8(passed, _mm256_setzero_si256())).cast_unsigned()
}

/// The 32 bytes at `at`.
#[target_feature(enable = "avx2")]
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn load(bytes: &[u8], at: usize) -> __m256i {
    let Some(bytes) = bytes[at..].first_chunk::<32>() else { unreachable!("units are loaded within their bounds") };
    // SAFETY: the pointer comes from a reference to 32 bytes, all of which may be read; it need not be aligned.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Asks for memory that will be read soon.
#[inline]
#[expect(unsafe_code, reason = "the intrinsic takes a pointer")]
fn prefetch(at: *const u8) {
    // SAFETY: a hint that reads nothing and faults at no address; x86-64 always has it.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
}

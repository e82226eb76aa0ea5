//! The screen for processors with AVX2.
#![expect(unsafe_code, reason = "vector loads and stores, and the call of code that needs the feature")]

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_mullo_epi32, _mm256_packus_epi16, _mm256_permute4x64_epi64, _mm256_set1_epi16,
    _mm256_set1_epi32, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_or_si256, _mm256_srli_epi16, _mm_setr_epi8,
    _mm256_srli_epi32, _mm256_extract_epi64,
};

use super::AnchorHit;
use super::scan::{OVERHANG, UNIT, UNITS};
use super::tables::{COARSE_BITS, COARSE_FACTOR, Coarse, FOLD, Tables};

/// Proof that this processor has what the code in this file needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Avx2(());

impl Avx2 {
    /// The proof, if it can be given.
    pub(super) fn detect() -> Option<Self> {
        let found = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("popcnt");
        found.then_some(Self(()))
    }

    /// Appends every occurrence of every anchor.
    pub(super) fn scan(self, tables: &Tables, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
        // SAFETY: a value of this type exists only where `detect` found every feature that `scan` is compiled for.
        unsafe { scan(tables, haystack, hits) }
    }
}

#[target_feature(enable = "avx2,bmi1,popcnt")]
fn scan(tables: &Tables, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
    let mut answers = [[0; PROBES]; UNITS];
    tables.scan(haystack, hits, |coarse, block, masks| screen(coarse, block, masks, &mut answers));
}

const PROBES: usize = UNIT / 2;

type Unit = [u8; UNIT + OVERHANG];

#[target_feature(enable = "avx2")]
#[inline]
fn screen(coarse: &Coarse, block: &[u8], masks: &mut [u32], answers: &mut [[u8; PROBES]; UNITS]) {
    for (unit, answers) in answers[..masks.len()].iter_mut().enumerate() {
        look_up(coarse, unit_at(block, unit), answers);
    }
    for (unit, (mask, answers)) in masks.iter_mut().zip(&*answers).enumerate() {
        *mask = test(unit_at(block, unit), answers);
    }
}

#[inline(always)]
fn unit_at(block: &[u8], unit: usize) -> &Unit {
    let Some(unit) = block[unit * UNIT..].first_chunk() else { unreachable!("the block is all units") };
    unit
}

#[target_feature(enable = "avx2")]
#[inline]
fn look_up(coarse: &Coarse, unit: &Unit, answers: &mut [u8; PROBES]) {
    for (half, answers) in answers.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        let even = _mm256_srli_epi32::<{ 32 - COARSE_BITS as i32 }>(hashes(load(unit, 32 * half)));
        let odd = _mm256_srli_epi32::<{ 16 - COARSE_BITS as i32 }>(hashes(load(unit, 32 * half + 2)));
        let odd = _mm256_and_si256(odd, _mm256_set1_epi32(0x7fff_0000));
        let slots = _mm256_or_si256(even, odd);
        let quads = [_mm256_extract_epi64::<0>(slots), _mm256_extract_epi64::<1>(slots), _mm256_extract_epi64::<2>(slots), _mm256_extract_epi64::<3>(slots)];
        for (answers, slots) in answers.as_chunks_mut::<4>().0.iter_mut().zip(quads) {
            for lane in 0..4 {
                answers[lane] = coarse[(slots >> (16 * lane)) as usize & (coarse.len() - 1)];
            }
        }
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn hashes(windows: __m256i) -> __m256i {
    let keys = _mm256_and_si256(windows, _mm256_set1_epi32(FOLD as i32));
    _mm256_mullo_epi32(keys, _mm256_set1_epi32(COARSE_FACTOR as i32))
}

#[target_feature(enable = "avx2")]
#[inline]
fn test(unit: &Unit, answers: &[u8; PROBES]) -> u32 {
    let seven = _mm256_set1_epi16(7);
    let bits = _mm256_broadcastsi128_si256(_mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128));
    let low = _mm256_and_si256(_mm256_srli_epi16::<8>(load(unit, 0)), seven);
    let high = _mm256_and_si256(_mm256_srli_epi16::<8>(load(unit, 32)), seven);
    let second = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packus_epi16(low, high));
    let passed = _mm256_and_si256(_mm256_shuffle_epi8(bits, second), load(answers, 0));
    !_mm256_movemask_epi8(_mm256_cmpeq_epi8(passed, _mm256_setzero_si256())) as u32
}

#[target_feature(enable = "avx2")]
#[inline]
fn load(bytes: &[u8], at: usize) -> __m256i {
    let bytes: &[u8] = &bytes[at..at + 32];
    // SAFETY: 
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

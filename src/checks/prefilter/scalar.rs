//! The screen for any processor.

use super::AnchorHit;
use super::scan::{UNIT, UNITS, list_known, scan as scan_with, unit_at, units};
use super::tables::{Coarse, FOLD, Tables, coarse_bit, coarse_slot};

/// Appends every occurrence of every anchor.
pub(super) fn scan(tables: &Tables, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
    scan_with(tables, haystack, hits, |tables, block, probes| {
        let mut masks = [0; UNITS];
        let masks = &mut masks[..units(block)];
        screen(&tables.coarse, block, masks);
        list_known(tables, block, masks, probes)
    });
}

/// Sets in each mask, one for each unit of the block, the bits of the probes that the coarse table lets pass.
#[inline]
fn screen(coarse: &Coarse, block: &[u8], masks: &mut [u32]) {
    for (index, mask) in masks.iter_mut().enumerate() {
        let unit = unit_at(block, index);
        let mut passed = [0_u8; UNIT / 2];
        for (probe, passed) in passed.iter_mut().enumerate() {
            let Some(&window) = unit[2 * probe..].first_chunk() else { unreachable!("the overhang completes it") };
            let window = u32::from_le_bytes(window) & FOLD;
            *passed = coarse[coarse_slot(window)] >> coarse_bit(window) & 1;
        }
        let bytes = passed.as_chunks().0.iter().rev();
        *mask = bytes.fold(0, |mask, &eight| mask << 8 | gather(eight));
    }
}

/// The lowest bits of eight bytes that have no other, as one byte.
#[inline]
fn gather(bits: [u8; 8]) -> u32 {
    // The product adds bit k of byte k to bit 56 + k; no two bits meet on the way there, so nothing is carried.
    (u64::from_le_bytes(bits).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}

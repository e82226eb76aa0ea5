//! The portable screen.

use super::scan::{OVERHANG, UNIT};
use super::tables::{Coarse, FOLD, coarse_bit, coarse_slot};

/// Sets in each mask the bits of the probes that the coarse table lets pass.
#[inline(always)]
pub(super) fn screen(coarse: &Coarse, block: &[u8], masks: &mut [u32]) {
    for (unit, mask) in masks.iter_mut().enumerate() {
        let Some(bytes) = block[unit * UNIT..].first_chunk::<{ UNIT + OVERHANG }>() else { unreachable!("the block is all units") };
        let mut passes = [0u8; UNIT / 2];
        for (probe, passes) in passes.iter_mut().enumerate() {
            let Some(&window) = bytes[2 * probe..].first_chunk() else { unreachable!("windows end within the unit") };
            let key = u32::from_le_bytes(window) & FOLD;
            *passes = coarse[coarse_slot(key)] >> coarse_bit(key) & 1;
        }
        *mask = 0;
        for (eight, passes) in passes.as_chunks().0.iter().enumerate() {
            let byte = u64::from_le_bytes(*passes).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            *mask |= (byte as u32) << (8 * eight);
        }
    }
}

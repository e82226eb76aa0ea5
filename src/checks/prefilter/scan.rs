//! The scan: probe every second position of a block, sift what survives, verify, put in order.

use super::AnchorHit;
use super::build::NEAR;
use super::tables::{Coarse, FOLD, Tables, fine_slot};

/// The bytes whose probes make one mask: 32 positions, every second one.
pub(super) const UNIT: usize = 64;
/// How far the last window of a unit reaches beyond it.
pub(super) const OVERHANG: usize = 2;
/// Units that are screened at once.
pub(super) const UNITS: usize = 16;
/// Survivors of a unit that are listed without asking how many there are.
const USUAL: usize = 4;

/// A probe position within a block.
type Probe = u16;

impl Tables {
    /// Appends every occurrence of every anchor. `screen` sets in each mask, a unit of the block each, the bits of the probes
    /// that the coarse table lets pass; the block is the units and their overhang.
    #[inline(always)]
    pub(super) fn scan(
        &self,
        haystack: &[u8],
        hits: &mut Vec<AnchorHit>,
        mut screen: impl FnMut(&Coarse, &[u8], &mut [u32]),
    ) {
        let first = hits.len();
        let mut at = 0;
        if haystack.len() >= UNIT + OVERHANG {
            let mut masks = [0; UNITS];
            let mut probes = [0; UNITS * UNIT / 2 + USUAL];
            while let Some(whole) = (haystack.len() - at).checked_sub(UNIT + OVERHANG) {
                let units = (whole / UNIT + 1).min(UNITS);
                let block = &haystack[at..at + units * UNIT + OVERHANG];
                screen(&self.coarse, block, &mut masks[..units]);
                self.sift(haystack, at, block, &masks[..units], &mut probes, first, hits);
                at += units * UNIT;
            }
        }
        // What is left is shorter than a unit and its overhang. Whatever the padding lets pass falls at verification.
        let mut padded = [0; UNIT + OVERHANG];
        padded[..haystack.len() - at].copy_from_slice(&haystack[at..]);
        let mut mask = [0];
        screen(&self.coarse, &padded, &mut mask);
        self.sift(haystack, at, &padded, &mask, &mut [0; UNIT / 2 + USUAL], first, hits);
    }

    /// Verifies what the masks let pass of the block that starts at `base`.
    #[inline(always)]
    fn sift(&self, haystack: &[u8], base: usize, block: &[u8], masks: &[u32], probes: &mut [Probe], first: usize, hits: &mut Vec<AnchorHit>) {
        let survivors = list(masks, probes);
        let kept = retain(&mut probes[..survivors], |probe| self.fine_at(block, probe) != 0);
        let kept = retain(&mut probes[..kept], |probe| {
            let window = &self.windows[self.fine_at(block, probe) as usize];
            let at = (base + usize::from(probe)).wrapping_add_signed(window.start as isize);
            match haystack.get(at..).and_then(<[u8]>::first_chunk) {
                Some(&head) => (u64::from_le_bytes(head) & window.mask == window.head) | (window.next != 0),
                None => true,
            }
        });
        if kept > 0 {
            let unsettled = hits.len();
            for &probe in &probes[..kept] {
                self.verify(haystack, base + usize::from(probe), self.fine_at(block, probe), hits);
            }
            settle(hits, first, unsettled, base);
        }
    }

    /// The first window of the fine slot of the four bytes at a probe.
    #[inline(always)]
    fn fine_at(&self, block: &[u8], probe: Probe) -> u32 {
        let Some(&bytes) = block[usize::from(probe)..].first_chunk() else { unreachable!("windows end within the block") };
        self.fine[fine_slot(u32::from_le_bytes(bytes) & FOLD)]
    }

    /// Reports the anchors of a chain of windows that stand where the windows say.
    #[inline(always)]
    fn verify(&self, haystack: &[u8], probe: usize, first: u32, hits: &mut Vec<AnchorHit>) {
        for window in self.chain(first) {
            let at = probe.wrapping_add_signed(window.start as isize);
            let fits = haystack.len().checked_sub(window.len as usize).is_some_and(|last| at <= last);
            if fits
                && head_at(haystack, at) & window.mask == window.head
                && (window.len <= 8 || self.literals[window.anchor as usize].is_at(haystack, at))
            {
                hits.push(AnchorHit { at: at as u32, anchor: window.anchor });
            }
        }
    }
}

/// Lists the set bits of the masks as probe positions and says how many there are.
#[inline(always)]
fn list(masks: &[u32], probes: &mut [Probe]) -> usize {
    let mut listed = 0;
    for (unit, &mask) in masks.iter().enumerate() {
        let mut rest = mask;
        let mut next = || {
            let probe = unit * UNIT + 2 * rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            probe as Probe
        };
        // How many survive a unit is unpredictable, so the usual number is written in any case and counted afterwards.
        let count = mask.count_ones() as usize;
        let room = &mut probes[listed..];
        room[..USUAL].fill_with(&mut next);
        if count > USUAL {
            room[USUAL..count].fill_with(next);
        }
        listed += count;
    }
    listed
}

/// Moves the probes for which `keep` holds to the front, without a branch, and says how many they are.
#[inline(always)]
fn retain(probes: &mut [Probe], keep: impl Fn(Probe) -> bool) -> usize {
    let mut kept = 0;
    for index in 0..probes.len() {
        let probe = probes[index];
        probes[kept] = probe;
        kept += usize::from(keep(probe));
    }
    kept
}

/// The eight bytes at `at`, zeros where the haystack has ended.
#[inline(always)]
fn head_at(haystack: &[u8], at: usize) -> u64 {
    let rest = &haystack[at..];
    match rest.first_chunk() {
        Some(&bytes) => u64::from_le_bytes(bytes),
        None => {
            let mut bytes = [0; 8];
            bytes[..rest.len()].copy_from_slice(rest);
            u64::from_le_bytes(bytes)
        }
    }
}

/// Puts the hits from `unsettled` on, found by probes at `base` and beyond, in their place among those from `first` on.
///
/// An anchor starts less than [`NEAR`] bytes before the probe that finds it: older hits are out of reach.
fn settle(hits: &mut [AnchorHit], first: usize, unsettled: usize, base: usize) {
    let out_of_reach = |hit: &&AnchorHit| hit.at as usize + NEAR < base;
    let settled = hits[first..unsettled].iter().rposition(|hit| out_of_reach(&hit)).map_or(first, |last| first + last + 1);
    let recent = &mut hits[settled..];
    if !recent.is_sorted() {
        recent.sort_unstable();
    }
}

//! The way of a haystack through the stages: what the two screens have in common.
#![expect(clippy::inline_always, reason = "so that all stages are compiled for the processor features of the screen")]

use super::AnchorHit;
use super::build::NEAR;
use super::tables::Tables;

/// The bytes whose probes make one mask: 32 positions, every second one.
pub(super) const UNIT: usize = 64;
/// How far the last window of a unit reaches beyond it.
const OVERHANG: usize = 2;
/// The units that are screened at once: a block.
pub(super) const UNITS: usize = 32;
/// So many survivors of a unit are listed whether they are there or not.
const USUAL: usize = 4;

/// A unit and its overhang.
pub(super) type Unit = [u8; UNIT + OVERHANG];

/// A position within a block.
pub(super) type Probe = u32;

/// So many more than its probes are listed for a block at most: what was written beyond the last is not looked at.
const SPARE: usize = 16;

/// The unit with this number in a block.
#[inline(always)]
pub(super) fn unit_at(block: &[u8], index: usize) -> &Unit {
    let Some(unit) = block[index * UNIT..].first_chunk() else { unreachable!("blocks are units and an overhang") };
    unit
}

/// How many units a block has.
#[inline(always)]
pub(super) fn units(block: &[u8]) -> usize {
    block.len() / UNIT
}

/// Appends every occurrence of every anchor in the haystack.
///
/// `screen` is given some units with one overhang, lists the probes that both tables let pass, in the order of their units, and says how
/// many they are. It may write [`SPARE`] more than there are.
#[inline(always)]
pub(super) fn scan(
    tables: &Tables,
    haystack: &[u8],
    hits: &mut Vec<AnchorHit>,
    mut screen: impl FnMut(&Tables, &[u8], &mut [Probe]) -> usize,
) {
    let mut sieve = Sieve { tables, haystack, first: hits.len(), hits };
    let mut base = 0;
    // A haystack shorter than a unit, a scrap that was decoded, does not pay for the array of a block.
    if haystack.len() >= UNIT + OVERHANG {
        let mut probes = [0; UNITS * UNIT / 2 + SPARE];
        while let Some(spare) = (haystack.len() - base).checked_sub(UNIT + OVERHANG) {
            let len = (spare / UNIT + 1).min(UNITS) * UNIT;
            let block = &haystack[base..base + len + OVERHANG];
            let passed = screen(tables, block, &mut probes);
            sieve.sift(base, block, &mut probes[..passed]);
            base += len;
        }
    }
    // What is left is shorter than a unit with its overhang. The padding may let more pass, but nothing is verified by it.
    let mut rest: Unit = [0; UNIT + OVERHANG];
    rest[..haystack.len() - base].copy_from_slice(&haystack[base..]);
    let mut probes = [0; UNIT / 2 + SPARE];
    let passed = screen(tables, &rest, &mut probes);
    sieve.sift(base, &rest, &mut probes[..passed]);
}

/// Lists the probes whose bits are set in the masks of their units and which the fine table lets pass too.
#[inline(always)]
pub(super) fn list_known(tables: &Tables, block: &[u8], masks: &[u32], probes: &mut [Probe]) -> usize {
    let listed = list(masks, probes);
    retain(&mut probes[..listed], |probe| first_window(tables, block, probe) != 0)
}

/// The number of the first window in the slot of the fine table for this probe.
#[inline(always)]
fn first_window(tables: &Tables, block: &[u8], probe: Probe) -> u32 {
    let Some(&bytes) = block[probe as usize..].first_chunk() else { unreachable!("windows end in the overhang") };
    tables.first(bytes)
}

/// The stages after the screen.
struct Sieve<'a> {
    tables: &'a Tables,
    haystack: &'a [u8],
    hits: &'a mut Vec<AnchorHit>,
    /// The first hit of this haystack.
    first: usize,
}

impl Sieve<'_> {
    /// Finds the anchors of a block that starts at `base` at its `probes`.
    #[inline(always)]
    fn sift(&mut self, base: usize, block: &[u8], probes: &mut [Probe]) {
        let likely = retain(probes, |probe| self.is_likely(base, block, probe));
        if likely > 0 {
            let unsettled = self.hits.len();
            for &probe in &probes[..likely] {
                self.verify(base + probe as usize, first_window(self.tables, block, probe));
            }
            settle(self.hits, self.first, unsettled, base);
        }
    }

    /// Whether the first window's anchor begins as it should, or there are more windows, or the haystack ends too soon
    /// to tell.
    #[inline(always)]
    #[expect(clippy::needless_bitwise_bool, reason = "a branch costs 7 % on logs")]
    fn is_likely(&self, base: usize, block: &[u8], probe: Probe) -> bool {
        let window = &self.tables.windows[first_window(self.tables, block, probe) as usize];
        let at = window.anchor_at(base + probe as usize);
        match self.haystack.get(at..).and_then(<[u8]>::first_chunk) {
            Some(&head) => (u64::from_le_bytes(head) & window.mask == window.head) | (window.next != 0),
            None => true,
        }
    }

    /// Reports the anchors that stand where the windows of a slot say.
    #[inline(always)]
    fn verify(&mut self, probe: usize, first: u32) {
        for window in self.tables.chain(first) {
            let at = window.anchor_at(probe);
            let end = at.wrapping_add(window.len as usize);
            if at < end
                && end <= self.haystack.len()
                && !window.is_within_run(self.haystack, at)
                && head(self.haystack, at) & window.mask == window.head
                && (window.len <= 8 || self.tables.literals[window.anchor as usize].stands_at(self.haystack, at))
            {
                self.hits.push(AnchorHit { at: at as u32, anchor: window.anchor });
            }
        }
    }
}

/// Lists the positions of the bits that are set, and says how many there are.
#[inline(always)]
fn list(masks: &[u32], probes: &mut [Probe]) -> usize {
    let mut listed = 0;
    for (index, &mask) in masks.iter().enumerate() {
        let mut rest = mask;
        let mut next = || {
            let probe = index * UNIT + 2 * rest.trailing_zeros() as usize;
            rest &= rest.wrapping_sub(1);
            probe as Probe
        };
        let count = mask.count_ones() as usize;
        let room = &mut probes[listed..];
        // How many there are cannot be guessed, so the usual number is written and the count set right afterwards.
        room[..USUAL].fill_with(&mut next);
        if count > USUAL {
            room[USUAL..count].fill_with(next);
        }
        listed += count;
    }
    listed
}

/// Moves the probes to be kept to the front, without a branch, and says how many they are.
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
fn head(haystack: &[u8], at: usize) -> u64 {
    let rest = &haystack[at..];
    let bytes = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut bytes = [0; 8];
        bytes[..rest.len()].copy_from_slice(rest);
        bytes
    });
    u64::from_le_bytes(bytes)
}

/// Puts the hits from `unsettled` on, found by probes at `base` and beyond, in their place among those from `first` on.
///
/// They are nearly in order, so insertion is fastest; where anchors overlap so much that it is not, they are sorted.
fn settle(hits: &mut [AnchorHit], first: usize, unsettled: usize, base: usize) {
    let mut moves = 64 + 8 * (hits.len() - unsettled);
    for new in unsettled..hits.len() {
        let hit = hits[new];
        let mut place = new;
        while place > first && hits[place - 1] > hit {
            hits[place] = hits[place - 1];
            place -= 1;
        }
        hits[place] = hit;
        let Some(left) = moves.checked_sub(new - place) else {
            // An anchor starts less than `NEAR` bytes before the probe that finds it: older hits are out of reach.
            let recent = hits[first..unsettled].iter().rev().take_while(|hit| hit.at as usize + NEAR >= base).count();
            return hits[unsettled - recent..].sort_unstable();
        };
        moves = left;
    }
}

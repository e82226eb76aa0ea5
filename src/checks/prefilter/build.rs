//! Table construction: which windows of which anchors the scan looks for.

use zeroize::Zeroizing;

use super::Anchor;
use super::rarity::commonness;
use super::tables::{FOLD, Literal, Tables, Window, coarse_bit, coarse_slot, fine_slot};

/// Windows are chosen among so many first bytes of an anchor: hits then come out nearly in order, and long anchors cost
/// no more than short ones.
pub(super) const NEAR: usize = 64;
const _: () = assert!(NEAR < u8::MAX as usize, "a window says in a byte where it starts");
/// What another window in the same fine slot weighs against being common: two octaves.
const CROWDING: i32 = 16;
/// A slot is not more crowded than this, so that choosing among thousands of like anchors stays cheap.
const CROWDED: usize = 16;

impl Tables {
    /// The tables for these anchors.
    pub(super) fn new(anchors: &[Anchor<'_>]) -> Self {
        let mut tables = Self::empty(anchors.len());
        for (number, anchor) in (0..).zip(anchors) {
            debug_assert!((3..=1 << 16).contains(&anchor.literal.len()), "an anchor has 3 bytes to 64 KiB");
            let (head, mask) = head(anchor);
            for parity in [0, 1] {
                let (lead, bytes) = tables.best_window(anchor.literal, parity);
                let len = anchor.literal.len() as u32;
                let is_run = anchor.is_run();
                let window = tables.push(Window { head, mask, len, anchor: number, lead, is_run, next: 0 });
                match bytes {
                    Bytes::All(known) => tables.add(known, window),
                    Bytes::AllButFirst([a, b, c]) => neighbours().for_each(|x| tables.add([x, a, b, c], window)),
                    Bytes::AllButLast([a, b, c]) => neighbours().for_each(|x| tables.add([a, b, c, x], window)),
                }
            }
            tables
                .literals
                .push(Literal { bytes: Zeroizing::new(anchor.literal.into()), ignore_case: anchor.ignore_case });
        }
        tables
    }

    /// The window at an offset of this parity that costs least: its `lead` and its bytes.
    fn best_window(&self, literal: &[u8], parity: usize) -> (u8, Bytes) {
        let near = &literal[..literal.len().min(NEAR)];
        let whole = (parity..near.len().saturating_sub(3)).step_by(2).map(|offset| (offset, bytes_at(near, offset)));
        let cost = |&(_, bytes): &(usize, [u8; 4])| commonness(&bytes) + CROWDING * self.crowd(bytes);
        if let Some((offset, bytes)) = whole.min_by_key(cost) {
            return (offset as u8 + 1, Bytes::All(bytes));
        }
        // Three bytes, or four seen from an odd position: one byte of the window is not the literal's.
        let last = literal.len() - 3;
        let (before, behind) = (bytes_at(literal, 0), bytes_at(literal, last));
        let may_be_before = parity == 1;
        let may_be_behind = last % 2 == parity;
        if may_be_before && !(may_be_behind && commonness(&behind) < commonness(&before)) {
            (0, Bytes::AllButFirst(before))
        } else {
            (last as u8 + 1, Bytes::AllButLast(behind))
        }
    }

    /// How many windows these four bytes would share their fine slot with.
    fn crowd(&self, bytes: [u8; 4]) -> i32 {
        self.chain(self.first(bytes)).take(CROWDED).map(|_| 1).sum()
    }

    /// Appends a window and gives its number.
    fn push(&mut self, window: Window) -> u32 {
        self.windows.push(window);
        (self.windows.len() - 1) as u32
    }

    /// Makes the scan stop at these four bytes, folded, and try this window.
    fn add(&mut self, bytes: [u8; 4], window: u32) {
        let folded = u32::from_le_bytes(bytes) & FOLD;
        self.coarse[coarse_slot(folded)] |= 1 << coarse_bit(folded);
        let slot = fine_slot(folded);
        let first = self.fine[slot];
        // Most slots hold one window, so the 64 neighbours of a short anchor can nearly always share theirs.
        self.fine[slot] = match first {
            0 => window,
            next => self.push(Window { next, ..self.windows[window as usize] }),
        };
    }
}

/// What is known of the four bytes of a window.
enum Bytes {
    All([u8; 4]),
    AllButFirst([u8; 3]),
    AllButLast([u8; 3]),
}

/// The bytes of a literal from an offset on.
fn bytes_at<const N: usize>(literal: &[u8], offset: usize) -> [u8; N] {
    std::array::from_fn(|index| literal[offset + index])
}

/// One byte for each value that folding leaves.
fn neighbours() -> impl Iterator<Item = u8> {
    (0..0x20).chain(0x40..0x60)
}

/// The first bytes of an anchor, up to eight, as a number, and the bits of it that must agree.
fn head(anchor: &Anchor<'_>) -> (u64, u64) {
    let mut head = [0; 8];
    let mut mask = [0; 8];
    for ((byte, mask), &literal) in head.iter_mut().zip(&mut mask).zip(anchor.literal) {
        *mask = if anchor.ignore_case && literal.is_ascii_alphabetic() { !0x20 } else { !0 };
        *byte = literal & *mask;
    }
    (u64::from_le_bytes(head), u64::from_le_bytes(mask))
}

//! The tables that a scan reads, and the hashes that lead into them.

use zeroize::Zeroizing;

/// What is kept of four bytes: bit 5 tells upper from lower case, bit 7 ASCII from the rest.
pub(super) const FOLD: u32 = 0x5f5f_5f5f;

/// The coarse table has `2^COARSE_BITS` bytes.
pub(super) const COARSE_BITS: u32 = 15;
/// Multiplied by this, a folded window has its slot of the coarse table in the highest bits.
pub(super) const COARSE_FACTOR: u32 = 0x9E37_79B1;

/// The fine table has `2^FINE_BITS` slots.
pub(super) const FINE_BITS: u32 = 16;
/// The like of `COARSE_FACTOR`; independent of it, or what passes one table by chance would pass the other.
pub(super) const FINE_FACTOR: u32 = 0x85EB_CA6B;

/// In each byte a bit for each value of [`coarse_bit`]; then three bytes, so that four can be read at each slot.
pub(super) type Coarse = [u8; (1 << COARSE_BITS) + 3];

/// The slot of a folded window in the coarse table.
#[inline]
pub(super) const fn coarse_slot(window: u32) -> usize {
    (window.wrapping_mul(COARSE_FACTOR) >> (32 - COARSE_BITS)) as usize
}

/// The bit of a folded window in its slot: the low bits of the second byte, which folding leaves alone.
#[inline]
pub(super) const fn coarse_bit(window: u32) -> u32 {
    window >> 8 & 7
}

/// The slot of a folded window in the fine table.
#[inline]
pub(super) const fn fine_slot(window: u32) -> usize {
    (window.wrapping_mul(FINE_FACTOR) >> (32 - FINE_BITS)) as usize
}

/// Windows that differ in their first or last byte alone have different slots in the fine table, or the 64 neighbours of a
/// short anchor could enter it twice in a slot, and it would be reported twice: the product of each difference and the factor is
/// at least a slot away from zero.
const _: () = {
    let mut difference = 1;
    while difference <= FOLD & 0xff {
        let (first, last) = (difference.wrapping_mul(FINE_FACTOR), (difference << 24).wrapping_mul(FINE_FACTOR));
        let slot = 1 << (32 - FINE_BITS);
        assert!(first >= slot && first.wrapping_neg() >= slot && last >= slot && last.wrapping_neg() >= slot);
        difference += 1;
    }
};

/// Four bytes by which an anchor is found at even or at odd positions, and what must stand around them.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// The first bytes of the anchor, up to eight, without the bits that do not count.
    pub(super) head: u64,
    /// The bits of `head` that count.
    pub(super) mask: u64,
    /// How long the anchor is.
    pub(super) len: u32,
    /// The anchor's number.
    pub(super) anchor: u32,
    /// Where the window starts, counted from the byte before the anchor.
    pub(super) lead: u8,
    /// Whether the anchor is one byte again and again, as zeros in base64 are: it stands only where the run of that byte starts.
    pub(super) is_run: bool,
    /// The next window in the same slot of the fine table; 0 for none.
    pub(super) next: u32,
}

impl Window {
    /// Where the anchor starts if the window is found at `probe`; beyond any haystack if that is before its start.
    #[inline]
    pub(super) fn anchor_at(&self, probe: usize) -> usize {
        (probe + 1).wrapping_sub(self.lead.into())
    }

    /// Whether a run that is there at `at` began before.
    #[inline]
    pub(super) fn is_within_run(&self, haystack: &[u8], at: usize) -> bool {
        self.is_run && at > 0 && (haystack[at - 1] ^ self.head as u8) & self.mask as u8 == 0
    }
}

/// The bytes of an anchor, which may be a known value.
pub(super) struct Literal {
    pub(super) bytes: Zeroizing<Box<[u8]>>,
    pub(super) ignore_case: bool,
}

impl Literal {
    /// Whether the literal, in its case or in any, stands at `at`. There is text enough.
    #[inline]
    pub(super) fn stands_at(&self, haystack: &[u8], at: usize) -> bool {
        let text = &haystack[at..at + self.bytes.len()];
        if self.ignore_case { text.eq_ignore_ascii_case(&self.bytes) } else { *text == **self.bytes }
    }
}

/// All that a scan reads.
pub(super) struct Tables {
    pub(super) coarse: Box<Coarse>,
    /// For each slot the number of its first window; 0 for none.
    pub(super) fine: Box<[u32; 1 << FINE_BITS]>,
    /// Window 0 stands for "none" and is never equal to any text.
    pub(super) windows: Vec<Window>,
    /// By the anchors' numbers.
    pub(super) literals: Vec<Literal>,
}

impl Tables {
    /// Tables that find nothing, with room for so many anchors.
    pub(super) fn empty(anchors: usize) -> Self {
        let mut windows = Vec::with_capacity(4 * anchors + 1);
        windows.push(Window { head: 1, mask: 0, len: 0, anchor: 0, lead: 0, is_run: false, next: 0 });
        Self { coarse: zeroed(), fine: zeroed(), windows, literals: Vec::with_capacity(anchors) }
    }

    /// The number of the first window in the slot of these four bytes; 0 for none.
    #[inline]
    pub(super) fn first(&self, bytes: [u8; 4]) -> u32 {
        self.fine[fine_slot(u32::from_le_bytes(bytes) & FOLD)]
    }

    /// The windows of a slot, from its first on.
    #[inline]
    pub(super) fn chain(&self, first: u32) -> impl Iterator<Item = &Window> {
        let mut number = first;
        std::iter::from_fn(move || {
            let window = (number != 0).then(|| &self.windows[number as usize])?;
            number = window.next;
            Some(window)
        })
    }
}

/// An array of zeros, made where it stays.
#[expect(clippy::unnecessary_box_returns, reason = "an array of 256 KiB does not belong on the stack")]
fn zeroed<T: Copy + Default, const N: usize>() -> Box<[T; N]> {
    let Ok(array) = vec![T::default(); N].into_boxed_slice().try_into() else { unreachable!("N zeros were asked for") };
    array
}

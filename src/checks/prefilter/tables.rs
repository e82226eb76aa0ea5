//! The two tables and the windows behind them: what all scans read.

/// What a byte keeps: bit 5 tells upper from lower case, bit 7 is set only outside ASCII. Other bytes fall together
/// too (`@` and the backtick, digits and control characters); verification tells them apart.
pub(super) const FOLD: u32 = 0x5f5f_5f5f;

/// Base 2 logarithm of the coarse table's size: 32 KiB stay in the first-level cache.
pub(super) const COARSE_BITS: u32 = 15;
/// Base 2 logarithm of the fine table's number of slots.
const FINE_BITS: u32 = 16;

pub(super) const COARSE_FACTOR: u32 = 0x9E37_79B1;
const FINE_FACTOR: u32 = 0x85EB_CA6B;

/// The coarse table: a byte of eight sub-slots for each hash.
pub(super) type Coarse = [u8; 1 << COARSE_BITS];

/// The six bits that are left of a folded byte, as a number below 64.
pub(super) const fn fold_index(byte: u8) -> usize {
    (byte & 0x1f | (byte & 0x40) >> 1) as usize
}

/// The slot of a folded window in the coarse table.
pub(super) const fn coarse_slot(key: u32) -> usize {
    (key.wrapping_mul(COARSE_FACTOR) >> (32 - COARSE_BITS)) as usize
}

/// The sub-slot: the low bits of the window's second byte, which folding leaves alone.
pub(super) const fn coarse_bit(key: u32) -> u32 {
    key >> 8 & 7
}

/// The slot of a folded window in the fine table.
pub(super) const fn fine_slot(key: u32) -> usize {
    (key.wrapping_mul(FINE_FACTOR) >> (32 - FINE_BITS)) as usize
}

/// A window of an anchor: four bytes by which the scan finds the anchor at even or at odd positions.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// The first bytes of the anchor, up to eight, without the bits that do not count.
    pub(super) head: u64,
    /// The bits of `head` that count.
    pub(super) mask: u64,
    /// Length of the anchor.
    pub(super) len: u32,
    /// Number of the anchor.
    pub(super) anchor: u32,
    /// Where the anchor starts, counted from the window: 1 if the window begins with the byte before it.
    pub(super) start: i32,
    /// The next window of the same fine slot; 0 for none.
    pub(super) next: u32,
}

impl Window {
    /// Whether both find the same anchor at the same place.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.anchor == other.anchor && self.start == other.start
    }
}

/// An anchor as verification needs it.
pub(super) struct Literal {
    pub(super) bytes: Box<[u8]>,
    pub(super) ignore_case: bool,
}

/// All that a scan reads.
pub(super) struct Tables {
    pub(super) coarse: Box<Coarse>,
    /// For each slot the number of its first window; 0 for none.
    pub(super) fine: Box<[u32; 1 << FINE_BITS]>,
    /// Window 0 stands for "none".
    pub(super) windows: Vec<Window>,
    pub(super) literals: Vec<Literal>,
}

impl Tables {
    /// Tables that find nothing, with room for so many anchors.
    pub(super) fn empty(anchors: usize) -> Self {
        let mut windows = Vec::with_capacity(4 * anchors + 1);
        windows.push(Window { head: 1, mask: 0, len: 0, anchor: 0, start: 0, next: 0 });
        Self { coarse: zeroed(), fine: zeroed(), windows, literals: Vec::with_capacity(anchors) }
    }

    /// The windows of a fine slot, from its first on.
    #[inline(always)]
    pub(super) fn chain(&self, first: u32) -> impl Iterator<Item = &Window> {
        let mut number = first;
        std::iter::from_fn(move || {
            let window = (number != 0).then(|| &self.windows[number as usize])?;
            number = window.next;
            Some(window)
        })
    }
}

/// An array of zeros, made on the heap.
fn zeroed<T: Copy + Default, const N: usize>() -> Box<[T; N]> {
    let Ok(array) = vec![T::default(); N].into_boxed_slice().try_into() else { unreachable!("it has N elements") };
    array
}

impl Literal {
    /// Whether the anchor stands at `at`, where its head is known to agree.
    #[inline]
    pub(super) fn is_at(&self, haystack: &[u8], at: usize) -> bool {
        let Some(text) = haystack.get(at..at + self.bytes.len()) else { return false };
        if self.ignore_case { text.eq_ignore_ascii_case(&self.bytes) } else { *text == *self.bytes }
    }
}

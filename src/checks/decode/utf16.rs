//! UTF-16 in either byte order, a whole file of it or strings inside binary data.

use super::layer::Layer;

/// So many units of ASCII or Latin-1 in a row are no accident.
const SEED: usize = 12;
/// How many units in other scripts may stand between two of Latin script. A byte order mark does not make it more: two bytes at the
/// head of a file would blind the scan to whatever else that hides, and blocks further on do not see them.
const GAP: usize = 32;

/// Which byte of a unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

impl Order {
    fn unit(self, bytes: &[u8], at: usize) -> Option<u16> {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(match self {
            Self::Little => u16::from_le_bytes(pair),
            Self::Big => u16::from_be_bytes(pair),
        })
    }

    /// The character at `at` and its length in bytes.
    fn char(self, bytes: &[u8], at: usize) -> Option<(char, usize)> {
        let unit = self.unit(bytes, at)?;
        let low = if matches!(unit, 0xd800..=0xdbff) { self.unit(bytes, at + 2) } else { None };
        let units = [unit, low.unwrap_or_default()];
        let char = char::decode_utf16(units).next()?.ok()?;
        is_text(char).then_some((char, 2 * char.len_utf16()))
    }
}

/// Where UTF-16 was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seed {
    pub(super) start: usize,
    order: Order,
}

/// UTF-16 that begins with a byte order mark and is no other text behind it: a letter, space or line end of Latin script shows up soon.
pub(super) fn marked(bytes: &[u8]) -> Option<Seed> {
    let order = match bytes {
        [0xff, 0xfe, ..] => Order::Little,
        [0xfe, 0xff, ..] => Order::Big,
        _ => return None,
    };
    let (mut at, mut has_latin) = (2, false);
    for _ in 0..SEED {
        let (char, len) = order.char(bytes, at)?;
        has_latin |= u32::from(char) < 0x100;
        at += len;
    }
    has_latin.then_some(Seed { start: 2, order })
}

/// Latin text in UTF-16 that has a NUL at `at`; it begins at `floor` or later.
pub(super) fn at(bytes: &[u8], at: usize, floor: usize) -> Option<Seed> {
    // Big-endian text has its letters after the NULs. Little-endian text has one before the first NUL as well.
    let pairs = bytes[at..].chunks_exact(2).take(SEED).take_while(|pair| pair[0] == 0 && is_latin(pair[1])).count();
    let before = at > floor && is_latin(bytes[at - 1]);
    (pairs + usize::from(before) >= SEED).then(|| recognise(at, before))
}

/// Tells the byte order of Latin text whose first NUL is at `at`: with a Latin letter before it, it may still be either,
/// but strings inside other data are little-endian.
fn recognise(at: usize, before: bool) -> Seed {
    let (start, order) = if before { (at - 1, Order::Little) } else { (at, Order::Big) };
    Seed { start, order }
}

/// Decodes the text around a seed, but nothing before `floor`; says where it ends.
pub(super) fn decode(bytes: &[u8], floor: usize, seed: Seed, layer: &mut Layer) -> usize {
    let Seed { order, .. } = seed;
    let mut start = seed.start;
    // Less than a gap, so that the seed is reached.
    let foremost = floor.max(start.saturating_sub(GAP));
    while let Some(len) = [2, 4]
        .into_iter()
        .find(|&len| start >= foremost + len && order.char(bytes, start - len).is_some_and(|(_, whole)| whole == len))
    {
        start -= len;
    }
    layer.begin(start, start / 2);
    let (mut at, mut foreign) = (start, 0);
    while foreign < GAP {
        let latin = ascii(bytes, at, order);
        if latin > 0 {
            let low = usize::from(order == Order::Big);
            let decoded = layer.units(latin, at, (1, 2));
            for (pair, decoded) in bytes[at..].chunks_exact(2).zip(decoded) {
                *decoded = pair[low];
            }
            at += 2 * latin;
            foreign = 0;
        }
        let Some((char, len)) = order.char(bytes, at) else { break };
        layer.put(char.encode_utf8(&mut [0; 4]).as_bytes(), at, len);
        at += len;
        foreign = if u32::from(char) < 0x100 { 0 } else { foreign + 1 };
    }
    at
}

/// How many units of ASCII text stand at `at`.
fn ascii(bytes: &[u8], at: usize, order: Order) -> usize {
    let is_ascii = |pair: &&[u8]| {
        let (low, high) = if order == Order::Little { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
        high == 0 && low.is_ascii() && is_latin(low)
    };
    bytes[at..].chunks_exact(2).take_while(is_ascii).count()
}

fn is_latin(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0xa0..)
}

/// Text has no control characters, private characters or non-characters.
fn is_text(char: char) -> bool {
    match u32::from(char) {
        code @ 0..=0xff => is_latin(code as u8),
        code => !matches!(code, 0xe000..=0xf8ff) && code & 0xfffe != 0xfffe,
    }
}

//! Room for a text that is in memory whole.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Bytes that belong to the system again as soon as nobody needs them. An allocator would keep what was once large, for each thread.
pub(crate) enum Room {
    Small(Vec<u8>),
    Large(MmapMut, usize),
}

/// Less is better served by the allocator.
const LARGE: usize = 1 << 20;

impl Room {
    /// So many zeros.
    pub(crate) fn new(len: usize) -> Self {
        let large = if len >= LARGE { MmapMut::map_anon(len).ok() } else { None };
        large.map_or_else(|| Self::Small(vec![0; len]), |map| Self::Large(map, len))
    }

    /// Forgets what stands behind `len`.
    pub(crate) fn truncate(&mut self, len: usize) {
        match self {
            Self::Small(bytes) => bytes.truncate(len),
            Self::Large(_, most) => *most = len.min(*most),
        }
    }

    /// The same bytes, and zeros up to `len`.
    pub(crate) fn grown(&self, len: usize) -> Self {
        let mut grown = Self::new(len.max(self.len()));
        grown[..self.len()].copy_from_slice(self);
        grown
    }
}

impl Deref for Room {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Small(bytes) => bytes,
            Self::Large(map, len) => &map[..*len],
        }
    }
}

impl DerefMut for Room {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Small(bytes) => bytes,
            Self::Large(map, len) => &mut map[..*len],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_what_was_written_and_zeros() {
        for len in [0, 7, LARGE - 1, LARGE, LARGE + 1] {
            let mut room = Room::new(len);
            assert!(room.len() == len && room.iter().all(|&byte| byte == 0), "{len}");
            room.fill(7);
            let grown = room.grown(2 * len + 1);
            assert!(grown[..len] == room[..] && grown[len..].iter().all(|&byte| byte == 0) && grown.len() > len);
            room.truncate(5);
            room.truncate(6);
            assert_eq!(room[..], vec![7; len.min(5)]);
        }
    }
}

//! Finds all anchors of all rules in one pass.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod build;
mod rarity;
mod scalar;
mod scan;
mod tables;

use tables::Tables;

/// A literal that a match of a rule contains.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor<'a> {
    /// Three bytes at least, 64 KiB at most.
    pub(crate) literal: &'a [u8],
    /// Whether ASCII letters match in either case.
    pub(crate) ignore_case: bool,
}

/// An anchor seen in a haystack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AnchorHit {
    /// Where the literal starts.
    pub(crate) at: u32,
    /// The anchor's number.
    pub(crate) anchor: u32,
}

/// Finds anchors.
pub(crate) struct Prefilter {
    pub(crate) tables: Tables,
    #[cfg(target_arch = "x86_64")]
    avx2: Option<avx2::Avx2>,
}

impl Prefilter {
    /// A filter for these anchors.
    pub(crate) fn new(anchors: &[Anchor<'_>]) -> Self {
        Self {
            tables: Tables::new(anchors),
            #[cfg(target_arch = "x86_64")]
            avx2: avx2::Avx2::detect(),
        }
    }

    /// Appends every occurrence of every anchor, overlapping ones too, by position and then by number.
    pub(crate) fn find(&self, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
        debug_assert!(u32::try_from(haystack.len()).is_ok(), "positions are 32 bits");
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = self.avx2 {
            return avx2.scan(&self.tables, haystack, hits);
        }
        self.find_scalar(haystack, hits);
    }

    pub(crate) fn find_scalar(&self, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
        self.tables.scan(haystack, hits, scalar::screen);
    }
}
impl Prefilter { pub(crate) fn stats(&self) { let p=self; println!("windows {} coarse bits {} fine slots {}", p.tables.windows.len(), p.tables.coarse.iter().map(|b|b.count_ones()).sum::<u32>(), p.tables.fine.iter().filter(|x|**x!=0).count()); } }

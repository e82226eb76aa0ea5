//! Finds all anchors of all rules in one pass, at the speed of memory rather than of an automaton.
//!
//! Every stage lets some positions pass to the next and never loses one that matters:
//!
//! 1. **Fold.** Of each byte six bits are kept, so that upper and lower case are one. Other bytes fall together as well
//!    (`@` and the backtick, all of Unicode with ASCII): the last stage tells them apart.
//! 2. **Probe.** Only the four bytes at every *second* position are looked at. So each anchor has two windows, one for
//!    even and one for odd offsets, chosen where it differs most from ordinary text ([`rarity`]). An anchor of three or
//!    four bytes has not four bytes to show at both; there one neighbour is unknown, and all its 64 values are entered.
//! 3. **Screen.** A hash of the window picks a byte of the coarse table, 32 KiB that stay in the first-level cache, and
//!    three bits of the window pick a bit of that byte. Of 100 bytes of logs or source code, 3 are left.
//!    This is the only stage that meets every byte; [`scalar`], [`avx2`] and [`avx512`] each have their own.
//! 4. **Sift.** Another hash picks a slot of the fine table, which leads to the windows; one masked comparison checks
//!    the first eight bytes of the first anchor. Half a byte of 100 is left. Here nothing branches on the text,
//!    because no processor could guess.
//! 5. **Verify.** What the slot holds is compared in full, and what was found is put in order.
//!
//! An occurrence at `at` is met at one probe only, for of its anchor's two windows one has the parity of `at`: this is
//! why every occurrence is reported, overlapping ones too, and none twice.
//!
//! Hostile text costs what its hits cost; anchors crowded into one slot are avoided when the tables are made ([`build`]).

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod build;
mod rarity;
mod scalar;
mod scan;
mod tables;
#[cfg(test)]
mod tests;

use tables::Tables;

/// A literal that every match of some rule contains.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anchor<'a> {
    /// The bytes: three at least, 64 KiB at most.
    pub(crate) literal: &'a [u8],
    /// Whether ASCII letters match in either case.
    pub(crate) ignore_case: bool,
}

impl Anchor<'_> {
    /// Whether it is one byte, more than eight times. Then only the place where a run of that byte starts is reported: a secret begins
    /// or ends there, and base64 of zeros would have an anchor at every byte.
    pub(crate) fn is_run(&self) -> bool {
        self.literal.len() > 8 && self.literal.iter().all(|byte| *byte == self.literal[0])
    }
}

/// An occurrence of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AnchorHit {
    /// Where the literal starts.
    pub(crate) at: u32,
    /// The anchor's number, in the order they were given.
    pub(crate) anchor: u32,
}

/// Finds many literals at once.
pub(crate) struct Prefilter {
    tables: Tables,
    #[cfg(target_arch = "x86_64")]
    avx2: Option<avx2::Avx2>,
    #[cfg(target_arch = "x86_64")]
    avx512: Option<avx512::Avx512>,
}

impl Prefilter {
    /// A filter for these anchors. The same literal may be given more than once; each is reported under its own number.
    pub(crate) fn new(anchors: &[Anchor<'_>]) -> Self {
        Self {
            tables: Tables::new(anchors),
            #[cfg(target_arch = "x86_64")]
            avx2: avx2::Avx2::detect(),
            #[cfg(target_arch = "x86_64")]
            avx512: avx512::Avx512::detect(),
        }
    }

    /// Appends every occurrence of every anchor in the haystack, by position and then by number; of a run the first.
    pub(crate) fn find(&self, haystack: &[u8], hits: &mut Vec<AnchorHit>) {
        debug_assert!(u32::try_from(haystack.len()).is_ok(), "positions have 32 bits");
        #[cfg(target_arch = "x86_64")]
        if let Some(avx512) = self.avx512 {
            return avx512.scan(&self.tables, haystack, hits);
        } else if let Some(avx2) = self.avx2 {
            return avx2.scan(&self.tables, haystack, hits);
        }
        scalar::scan(&self.tables, haystack, hits);
    }
}

//! In a build without the feature `unpack`: what is packed is told, and stays closed.

use std::io::{self, Write};

use super::{Edit, Packed, Packing, ReadSeek, Visit};
use crate::model::SkipReason;

const REASON: SkipReason = SkipReason::Sealed { what: "packed files, in a build without the feature `unpack`," };

/// Tells that the file is not read.
pub(crate) fn read(_: Packed<'_>, _: Packing, _: usize, visit: &mut dyn Visit) {
    visit.unread(&[], REASON);
}

/// Refuses the file.
pub(crate) fn rewrite(
    _: &mut dyn ReadSeek,
    _: Packing,
    _: &[u8],
    _: usize,
    edit: &mut dyn Edit,
    _: &mut dyn Write,
) -> io::Result<bool> {
    Err(edit.refused(&[], REASON))
}

//! Baselines as they are written: one entry a line, sorted, so that the lines of two branches merge.

use std::io::{self, Write};

use super::clean::write_json;
use crate::model::Entry;

/// Writes entries one a line, in the order given, and flushes.
pub fn write_baseline(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    for entry in entries {
        write_json(out, entry)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

//! The guard: the only maker of [`Admitted`], without which the door does not open.

use std::path::Path;

/// A path the guard has let pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admitted<'a>(&'a Path);

impl<'a> Admitted<'a> {
    /// The path itself.
    pub(super) fn path(self) -> &'a Path {
        self.0
    }
}

/// Says which paths may be opened. It knows of no forbidden path yet, so it lets all pass.
#[derive(Debug, Default)]
pub(crate) struct Guard;

impl Guard {
    /// Lets `path` pass to the door.
    #[expect(clippy::unused_self, reason = "what is forbidden will be a property of the guard, and callers hold one")]
    pub(crate) fn admit<'a>(&self, path: &'a Path) -> Admitted<'a> {
        Admitted(path)
    }
}

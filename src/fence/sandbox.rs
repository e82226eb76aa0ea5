//! The second wall: the kernel takes away what the run does not need, so that a bug in the first wall leads nowhere.

#[cfg(all(target_os = "linux", feature = "sandbox"))]
mod landlock;

use std::collections::HashMap;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use serde::{Deserialize, Serialize};

use super::door::Entry;
use super::guard::Fence;
use crate::model::{Error, Result};

/// Whether the kernel is to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// Where it can be had.
    #[default]
    Auto,
    /// Without it there is no run.
    Require,
    /// Not at all.
    Off,
}

/// What a process keeps when it gives up the rest: reading some places, writing others, starting git or no program. Never the network.
///
/// Each place is granted without the targets below it. On Linux this is Landlock; it cannot be taken back, and holds for the thread
/// that enters and all it starts from then on: enter before other threads are started.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    reads: Vec<PathBuf>,
    writes: Vec<PathBuf>,
    git: Option<PathBuf>,
}

/// What the kernel enforces.
#[derive(Debug)]
pub(super) struct Enforced {
    /// What it is called, and its version.
    pub(super) name: String,
    /// The directories above targets. The kernel can only grant them with all that is below, so they were listed while that was free.
    pub(super) kept: HashMap<PathBuf, Vec<Entry>>,
}

impl Sandbox {
    /// A process that keeps nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a file or directory readable; what is not there is passed over.
    #[must_use]
    pub fn read(mut self, path: impl Into<PathBuf>) -> Self {
        self.reads.push(path.into());
        self
    }

    /// Keeps a directory writable. (Where a target lies below it, only the first wall keeps new files out of that.)
    #[must_use]
    pub fn write(mut self, directory: impl Into<PathBuf>) -> Self {
        self.writes.push(directory.into());
        self
    }

    /// Keeps git for the repository around a directory: what git reads of that, the program, and the libraries that the system keeps for
    /// programs. No other program can be started.
    #[must_use]
    pub fn git(mut self, directory: impl Into<PathBuf>) -> Self {
        self.git = Some(directory.into());
        self
    }

    /// Gives up the rest. The fence remembers it, and tells in [`Fence::walls`].
    ///
    /// # Errors
    /// [`Error::Setting`] where it is required and cannot be had.
    pub fn enter(&self, fence: &Fence, wish: Wish) -> Result<()> {
        if wish == Wish::Off || fence.enforced().is_some() {
            return Ok(());
        }
        match self.enforce(fence) {
            Ok(enforced) => {
                fence.enforce(Some(Arc::new(enforced)));
                Ok(())
            }
            Err(why) if wish == Wish::Require => Err(Error::Setting(format!("the sandbox cannot be had: {why}"))),
            Err(_) => Ok(()),
        }
    }

    /// Gives up the rest for `work` and the threads that it starts; whoever asks keeps all.
    ///
    /// # Errors
    /// Those of [`Sandbox::enter`] and of `work`.
    pub fn within<T: Send>(&self, fence: &Fence, wish: Wish, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let before = fence.enforced();
        let done = thread::scope(|scope| {
            // What is given up is given up by a thread, for good: this one ends with the work.
            let inside = scope.spawn(|| {
                self.enter(fence, wish)?;
                work()
            });
            inside.join()
        });
        fence.enforce(before);
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }

    #[cfg(not(all(target_os = "linux", feature = "sandbox")))]
    #[expect(clippy::unused_self, reason = "there is nothing to do it with")]
    fn enforce(&self, _: &Fence) -> Result<Enforced, String> {
        Err("this tightlip was built without one, or for a system that has none".into())
    }

    #[cfg(all(target_os = "linux", feature = "sandbox"))]
    fn enforce(&self, fence: &Fence) -> Result<Enforced, String> {
        landlock::enforce(self, fence)
    }
}

//! The second wall: the kernel takes away what the run does not need, so that a bug in the first wall leads nowhere.

use std::collections::HashMap;
use std::path::PathBuf;

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

/// What a process keeps when it gives up the rest: reading some places, writing others, starting programs or not. Never the network.
///
/// Each place is granted without the targets below it. On Linux this is Landlock; it cannot be taken back, and holds for the thread
/// that enters and all it starts from then on: enter before other threads are started.
#[derive(Clone, Debug, Default)]
pub struct Sandbox {
    reads: Vec<PathBuf>,
    writes: Vec<PathBuf>,
    programs: bool,
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

    /// Whether programs may be started, such as `git`. Then the sandbox is entered only where it is required.
    #[must_use]
    pub fn programs(mut self, yes: bool) -> Self {
        self.programs = yes;
        self
    }

    /// Gives up the rest. The fence remembers it, and tells in [`Fence::walls`].
    ///
    /// # Errors
    /// [`Error::Setting`] where it is required and cannot be had.
    pub fn enter(&self, fence: &Fence, wish: Wish) -> Result<()> {
        // What a program such as git needs is not known for certain: it is sandboxed only where that is required.
        let is_wished = wish == Wish::Require || wish == Wish::Auto && !self.programs;
        if !is_wished || fence.enforced().get().is_some() {
            return Ok(());
        }
        match self.enforce(fence) {
            Ok(enforced) => {
                let _ = fence.enforced().set(enforced);
                Ok(())
            }
            Err(why) if wish == Wish::Require => Err(Error::Setting(format!("the sandbox cannot be had: {why}"))),
            Err(_) => Ok(()),
        }
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

#[cfg(all(target_os = "linux", feature = "sandbox"))]
mod landlock {
    use std::collections::HashMap;
    use std::path::Path;

    use ::landlock::{
        ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus, PathBeneath,
        PathFd, Ruleset, RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
        make_bitflags,
    };

    use super::{Enforced, Entry, Fence, PathBuf, Sandbox};
    use crate::fence::{door, paths};

    /// The newest interface that this was written for, and the oldest that can enforce what matters.
    const NEWEST: ABI = ABI::V6;
    const OLDEST: ABI = ABI::V1;

    pub(super) fn enforce(sandbox: &Sandbox, fence: &Fence) -> Result<Enforced, String> {
        let mut grants = Grants { fence, ruleset: ruleset(sandbox).map_err(words)?, kept: HashMap::new() };
        for path in &sandbox.reads {
            grants.allow(path, true, AccessFs::from_read(OLDEST) & !AccessFs::Execute);
        }
        if sandbox.programs {
            let null = Path::new("/dev/null");
            grants.add(PathFd::new(null).ok(), null, make_bitflags!(AccessFs::{ReadFile | WriteFile}));
        }
        for directory in &sandbox.writes {
            grants.allow_writing(directory);
        }
        let Grants { ruleset, kept, .. } = grants;
        let status = ruleset.restrict_self().map_err(words)?;
        match (status.ruleset, status.landlock) {
            (RulesetStatus::NotEnforced, _) => Err(unsupported()),
            (_, LandlockStatus::Available { effective_abi, .. }) => {
                Ok(Enforced { name: format!("landlock {}", effective_abi as i32), kept })
            }
            _ => Err(unsupported()),
        }
    }

    fn unsupported() -> String {
        "this kernel has no Landlock".into()
    }

    #[expect(clippy::needless_pass_by_value, reason = "an adapter")]
    fn words(error: RulesetError) -> String {
        error.to_string()
    }

    /// All that is taken away: reading and writing for certain, the rest as far as the kernel knows it.
    fn ruleset(sandbox: &Sandbox) -> Result<RulesetCreated, RulesetError> {
        let kept = if sandbox.programs { AccessFs::Execute.into() } else { BitFlags::EMPTY };
        Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .handle_access(AccessFs::from_all(OLDEST) & !kept)?
            .set_compatibility(CompatLevel::BestEffort)
            .handle_access(AccessFs::from_all(NEWEST) & !kept)?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::from_all(NEWEST))?
            .create()
    }

    struct Grants<'a> {
        fence: &'a Fence,
        ruleset: RulesetCreated,
        kept: HashMap<PathBuf, Vec<Entry>>,
    }

    impl Grants<'_> {
        /// Grants a place without the targets below it: a directory above one is granted by its entries, one by one. What may not be
        /// read or cannot be is not granted, and told when it is asked for.
        fn allow(&mut self, path: &Path, follow: bool, access: BitFlags<AccessFs>) {
            if self.fence.is_empty() {
                return self.add(PathFd::new(path).ok(), path, access);
            }
            let Ok(admitted) = self.fence.admit(path, follow) else { return };
            let Some(real) = admitted.real_path() else { return };
            if !self.fence.has_target_below(&real) {
                return self.add(admitted.into_held(), &real, access);
            }
            let Ok((entries, _)) = door::list(self.fence, admitted) else { return };
            for entry in entries.iter().filter(|entry| !entry.kind.is_symlink()) {
                self.allow(&real.join(&entry.name), false, access);
            }
            self.kept.insert(real, entries);
        }

        /// Grants new files in a directory. The kernel can only grant it with all that is below, so where a target is, reading is not granted.
        fn allow_writing(&mut self, directory: &Path) {
            let write =
                make_bitflags!(AccessFs::{WriteFile | Truncate | MakeReg | MakeDir | RemoveFile | RemoveDir | Refer});
            let read = make_bitflags!(AccessFs::{ReadFile | ReadDir});
            let above_target = paths::real(directory).map_or(true, |real| self.fence.has_target_below(&real));
            let access = if above_target { write } else { write | read };
            self.add(PathFd::new(directory).ok(), directory, access);
        }

        fn add(&mut self, held: Option<impl std::os::fd::AsFd>, path: &Path, access: BitFlags<AccessFs>) {
            let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
            // A pipe has no place in a file system that could be granted.
            let _ = held.map(|held| (&mut self.ruleset).add_rule(PathBeneath::new(held, access)).map(drop));
        }
    }
}

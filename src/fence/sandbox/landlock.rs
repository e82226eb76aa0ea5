//! The sandbox by Linux's Landlock.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use ::landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus, PathBeneath, PathFd,
    Ruleset, RulesetAttr as _, RulesetCreated, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope,
    make_bitflags,
};

use super::{Enforced, Entry, Fence, Sandbox};
use crate::fence::{door, paths, repository};

/// The newest interface that this was written for, and the oldest that can enforce what matters.
const NEWEST: ABI = ABI::V6;
const OLDEST: ABI = ABI::V1;

/// Where systems keep the libraries of programs, what loads them, and the parts that git consists of.
const LIBRARIES: [&str; 11] = [
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/local/lib",
    "/usr/local/libexec",
    "/nix/store",
    "/gnu/store",
];

pub(super) fn enforce(sandbox: &Sandbox, fence: &Fence) -> Result<Enforced, String> {
    let mut grants = Grants { fence, ruleset: ruleset().map_err(words)?, kept: HashMap::new() };
    let read = make_bitflags!(AccessFs::{ReadFile | ReadDir});
    for path in &sandbox.reads {
        grants.allow(path, true, read);
    }
    if let Some(directory) = &sandbox.git {
        grants.allow_git(directory, read)?;
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

/// All that is taken away: reading, writing and starting programs for certain, the rest as far as the kernel knows it.
fn ruleset() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(OLDEST))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
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

    /// Grants git: its program, and what it reads for the repository around a directory.
    fn allow_git(&mut self, directory: &Path, read: BitFlags<AccessFs>) -> Result<(), String> {
        let program = git(self.fence)?;
        self.allow(&program, true, read | AccessFs::Execute);
        for place in LIBRARIES {
            self.allow(Path::new(place), true, read | AccessFs::Execute);
        }
        // What is installed elsewhere has its libraries and its configuration beside it.
        let bin = program.parent().filter(|bin| bin.file_name() == Some(OsStr::new("bin")));
        if let Some(prefix) = bin.and_then(Path::parent).filter(|prefix| prefix.parent().is_some()) {
            self.allow(prefix, true, read);
            for place in ["lib", "libexec"] {
                self.allow(&prefix.join(place), true, read | AccessFs::Execute);
            }
        }
        self.allow(Path::new("/etc"), true, read);
        let null = Path::new("/dev/null");
        self.add(PathFd::new(null).ok(), null, make_bitflags!(AccessFs::{ReadFile | WriteFile}));
        let places = repository::places(self.fence, directory).map_err(|error| error.to_string())?;
        for (place, _) in places {
            self.allow(&place, true, read);
        }
        Ok(())
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

    fn add(&mut self, held: Option<impl AsFd>, path: &Path, access: BitFlags<AccessFs>) {
        let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
        // A pipe has no place in a file system that could be granted.
        let _ = held.map(|held| (&mut self.ruleset).add_rule(PathBeneath::new(held, access)).map(drop));
    }
}

/// The program that is started as `git`. A script may start anything, and could not be held to git alone.
fn git(fence: &Fence) -> Result<PathBuf, String> {
    let is_program =
        |path: &PathBuf| fs::metadata(path).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path).map(|directory| directory.join("git"));
    let found = places.find(is_program).ok_or("there is no `git` on the PATH")?;
    let program = paths::real(&found).map_err(|error| error.to_string())?;
    let mut head = [0; 2];
    let opened = fence.admit_own(&program).and_then(|admitted| door::open_small(&admitted));
    opened.and_then(|mut file| file.read_exact(&mut head)).map_err(|error| format!("git: {error}"))?;
    if head == *b"#!" { Err("`git` is a script, which may start other programs".into()) } else { Ok(program) }
}

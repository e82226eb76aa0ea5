//! The guard: knows where targets lie, and lets pass what lies elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use super::admitted::Admitted;
use super::door::{self, Entry};
use super::held::{self, Held, real_path_of};
use super::mounts::aliases;
use super::paths::{self, Identity};
use super::sandbox::Enforced;
use super::{repository, targets};
use crate::model::{Error, Result, SkipReason, Target, Walls};

/// Keeps Target Repositories closed: decides what may be opened, and opens exactly what was decided on. Cheap to clone.
///
/// ```
/// use std::io::Read as _;
/// use tightlip::{Fence, SkipReason, Target};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tree = tempfile::tempdir()?;
/// # std::fs::create_dir(tree.path().join("alpha"))?;
/// # std::fs::write(tree.path().join("alpha/code.rs"), "")?;
/// # std::fs::write(tree.path().join("notes.md"), "hello")?;
/// let fence = Fence::new([Target::new("alpha").path(tree.path().join("alpha"))])?;
///
/// let mut text = String::new();
/// let notes = tree.path().join("notes.md");
/// let admitted = fence.admit(&notes, true).expect("it lies elsewhere");
/// admitted.open()?.read_to_string(&mut text)?;
/// assert_eq!(text, "hello");
///
/// let inside = tree.path().join("notes/../alpha/code.rs");
/// # std::fs::create_dir(tree.path().join("notes"))?;
/// let refusal = fence.admit(&inside, true).unwrap_err();
/// assert_eq!(refusal, SkipReason::Target { target: "alpha".into() });
/// # Ok(())
/// # }
/// ```
///
/// # What it guarantees
///
/// On Linux, what is admitted is held by a descriptor that cannot read (`O_PATH`), and is checked by that descriptor: its real path,
/// and device and inode of it and of every directory above. [`Admitted::open`] opens that descriptor and nothing else. So neither `..`,
/// symbolic links, bind mounts and case-insensitive names, nor a rename or a link that is swapped after the check, lead into a target.
/// Where there is no `/proc` or no `openat2`, the way to it is gone step by step by such descriptors, and nothing is known of it but by them.
/// What is refused is not opened at any time, and whoever watches the target hears of nothing. A working tree whose `.git` leads
/// into a target (a worktree, a submodule) counts as part of it.
///
/// # What it does not
///
/// - A hard link is known only to a file that is itself named as a target's path: to know the others, the target would have to be read.
/// - A target that does not exist yet is known by its name; if it comes to be as a symbolic link, what it leads to is not.
/// - Descriptors that were open before, and mounts that a privileged user makes afterwards of directories *inside* a target.
/// - Programs that open files themselves: of a repository that git is to read, [`Fence::admit_repository`] looks at the parts that git
///   starts from; what git finds behind them only a [`Sandbox`](crate::Sandbox) keeps closed.
/// - Without `/proc`, a bind mount of a directory *inside* a target.
/// - Whoever may change the kernel's view (root, a debugger of this process), or reads the target himself.
/// - Elsewhere than on Linux the name is resolved and checked, then opened: a rename in between helps whoever races.
#[derive(Clone, Debug, Default)]
pub struct Fence(Arc<Grounds>);

/// What is fenced off. Without targets there is no fence, and nothing is checked.
#[derive(Debug, Default)]
struct Grounds {
    targets: Vec<Target>,
    /// Every known path of every target, and the target's number.
    roots: BTreeMap<PathBuf, usize>,
    identities: HashMap<Identity, usize>,
    /// Directories that were looked at, and the target whose working tree they belong to.
    worktrees: RwLock<HashMap<PathBuf, Option<usize>>>,
    enforced: RwLock<Option<Arc<Enforced>>>,
}

/// More directories than this are not remembered at once.
const MOST_REMEMBERED: usize = 1 << 16;

/// How often a file may move while it is checked.
const MOST_MOVES: usize = 8;

impl Fence {
    /// A fence around these targets; those of one name are one.
    ///
    /// # Errors
    /// [`Error::Setting`] where a target says nothing, or means the root or the home directory.
    pub fn new(all: impl IntoIterator<Item = Target>) -> Result<Self> {
        let mut merged: Vec<Target> = Vec::new();
        for target in all {
            targets::check(&target).map_err(Error::Setting)?;
            if let Some(known) = merged.iter_mut().find(|known| known.name == target.name) {
                known.paths.extend(target.paths);
                known.urls.extend(target.urls);
                known.words.extend(target.words);
            } else {
                merged.push(target);
            }
        }
        let mut grounds = Grounds::default();
        let mountinfo = mounts();
        for (number, mut target) in merged.into_iter().enumerate() {
            target.paths = grounds.enclose(number, &target, &mountinfo)?;
            grounds.targets.push(target);
        }
        Ok(Self(Arc::new(grounds)))
    }

    /// A fence around the targets of these files, as `--targets` takes them.
    ///
    /// # Errors
    /// [`Error::File`] where one cannot be read, [`Error::Config`] where it says something it may not.
    pub fn from_files(files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<Self> {
        let mut all = Vec::new();
        let files: Vec<_> = files.into_iter().collect();
        for file in &files {
            let path = file.as_ref();
            let read = |path| door::read_small(Admitted::unchecked(path, true), door::LARGEST_SMALL);
            let text = read(path).map_err(|source| Error::File { path: path.to_path_buf(), source })?;
            all.extend(targets::parse(path, &text)?);
        }
        let fence = Self::new(all)?;
        files.iter().try_for_each(|file| fence.refuse_named(file.as_ref(), "the list of targets lies in it"))?;
        Ok(fence)
    }

    /// Whether there is no target.
    pub fn is_empty(&self) -> bool {
        self.0.targets.is_empty()
    }

    /// The targets, each with all its paths as they were resolved.
    pub fn targets(&self) -> &[Target] {
        &self.0.targets
    }

    /// Which walls stand.
    pub fn walls(&self) -> Walls {
        Walls { targets: self.0.targets.len(), kernel: self.enforced().map(|enforced| enforced.name.clone()) }
    }

    /// Admits a file or directory that belongs to no target. `follow` says whether the path may itself be a symbolic link; those on
    /// the way to it are followed.
    ///
    /// # Errors
    /// [`SkipReason::Target`] where it belongs to a target, another reason where it is not there or cannot be looked at.
    pub fn admit<'a>(&self, path: &'a Path, follow: bool) -> Result<Admitted<'a>, SkipReason> {
        if self.is_empty() {
            return Ok(Admitted::unchecked(path, follow));
        }
        let held = Held::take(path, follow).map_err(|error| door::skip_reason(&error))?;
        self.check(path, follow, held)
    }

    /// Looks at what is held, until it lies still.
    pub(super) fn check<'a>(&self, path: &'a Path, follow: bool, held: Held) -> Result<Admitted<'a>, SkipReason> {
        let identities = held.identities().map_err(|error| door::skip_reason(&error))?;
        if let Some(&number) = identities.iter().find_map(|identity| self.0.identities.get(identity)) {
            return Err(SkipReason::Target { target: self.0.targets[number].name.clone() });
        }
        let mut real = held.real_path().map_err(|error| door::skip_reason(&error))?;
        for _ in 0..MOST_MOVES {
            self.refuse(&real)?;
            let now = held.real_path().map_err(|error| door::skip_reason(&error))?;
            if now == real {
                return Ok(Admitted::held(path, follow, held));
            }
            real = now;
        }
        Err(SkipReason::Vanished)
    }

    /// Whether anything of no target has that name, be it a link that leads nowhere. What cannot be told counts as there.
    #[expect(clippy::unused_self, reason = "whoever looks at files asks a guard")]
    pub(crate) fn is_there(&self, path: &Path) -> bool {
        door::is_there(Admitted::unchecked(path, false))
    }

    /// Admits a file that the run itself needs.
    pub(crate) fn admit_own<'a>(&self, path: &'a Path) -> io::Result<Admitted<'a>> {
        self.admit(path, true).map_err(|reason| match reason {
            SkipReason::Vanished => io::ErrorKind::NotFound.into(),
            reason => io::Error::other(reason.describe()),
        })
    }

    /// Refuses what lies at a real path, if it belongs to a target.
    fn refuse(&self, real: &Path) -> Result<(), SkipReason> {
        // A pipe or a socket, by its descriptor: not of any directory.
        if !real.is_absolute() {
            return if real.starts_with("(unreachable)") { Err(SkipReason::Vanished) } else { Ok(()) };
        }
        let grounds = &self.0;
        let kind = fs::symlink_metadata(real).map_err(|error| door::skip_reason(&error))?;
        let directory = if kind.is_dir() { Some(real) } else { real.parent() };
        let number = match grounds.owner(real).map_err(|error| door::skip_reason(&error))? {
            None => directory.map_or(Ok(None), |directory| self.worktree_of(directory))?,
            owner => owner,
        };
        number.map_or(Ok(()), |number| Err(SkipReason::Target { target: grounds.targets[number].name.clone() }))
    }

    /// The target whose working tree holds a directory.
    fn worktree_of(&self, directory: &Path) -> Result<Option<usize>, SkipReason> {
        let remembered = &self.0.worktrees;
        if let Some(known) = remembered.read().unwrap_or_else(PoisonError::into_inner).get(directory) {
            return Ok(*known);
        }
        let own = repository::git_directories(self, directory).map_err(|error| door::skip_reason(&error))?;
        let mut number = own.iter().find_map(|place| self.0.owner(place).transpose()).transpose();
        if let (Ok(None), Some(parent)) = (&number, directory.parent()) {
            number = Ok(self.worktree_of(parent)?);
        }
        let number = number.map_err(|error| door::skip_reason(&error))?;
        let mut remembered = remembered.write().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(directory.to_path_buf(), number);
        Ok(number)
    }

    /// Reads a small file that says where a repository lies, if it is outside of all targets. `None` where there is none.
    pub(super) fn read_pointer(&self, path: &Path) -> io::Result<Option<String>> {
        let held = match Held::take(path, true) {
            Err(error) if is_absent(&error) => return Ok(None),
            held => held?,
        };
        let real = held.real_path()?;
        if self.0.owner(&real)?.is_some() || !fs::symlink_metadata(&real)?.is_file() {
            return Ok(None);
        }
        door::read_small(Admitted::held(path, true, held), door::LARGEST_SMALL).map(Some)
    }

    /// The name of the target that a path leads into, whether or not it exists.
    pub(crate) fn leads_into(&self, path: &Path) -> Result<Option<&str>> {
        if self.is_empty() {
            return Ok(None);
        }
        let file = |source| Error::File { path: path.to_path_buf(), source };
        // The name alone is enough; where a link on the way cannot be resolved nothing could be opened either.
        let by_name = self.0.named(&paths::lexical(path).map_err(file)?);
        let number =
            by_name.map_or_else(|| self.0.owner(&paths::real(path)?), |number| Ok(Some(number))).map_err(file)?;
        Ok(number.map(|number| self.0.targets[number].name.as_str()))
    }

    /// Refuses what lies in a target by name, or leads there: an error, where a run is asked for just that.
    pub(crate) fn refuse_named(&self, path: &Path, what: &'static str) -> Result<()> {
        match self.leads_into(path)? {
            Some(name) => Err(Error::Target { target: name.to_owned(), what }),
            None => match self.admit(path, true) {
                Err(SkipReason::Target { target }) => Err(Error::Target { target, what }),
                _ => Ok(()),
            },
        }
    }

    /// Refuses to write to `path` if that is in a target. What stands at the path need not exist.
    ///
    /// # Errors
    /// [`Error::Target`] names it; [`Error::File`] where nobody can say where the path leads.
    pub fn admit_output<'a>(&self, path: &'a Path) -> Result<Admitted<'a>> {
        match self.leads_into(path)? {
            Some(name) => Err(Error::Target { target: name.to_owned(), what: "the output would lie in it" }),
            None => Ok(Admitted::unchecked(path, true)),
        }
    }

    /// Looks at a file that was opened for writing: whether it was led into a target after all.
    pub(super) fn confirm_output(&self, file: &File, path: &Path) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let real = real_path_of(file, path).map_err(|source| Error::File { path: path.to_path_buf(), source })?;
        real.map_or(Ok(()), |real| self.admit_output(&real).map(drop))
    }

    /// Refuses a standard output that was redirected into a target.
    ///
    /// # Errors
    /// [`Error::Target`] names it.
    pub fn admit_stdout(&self) -> Result<()> {
        self.admit_stream("/dev/stdout", "standard output goes there")
    }

    /// Refuses a standard input that comes from a target.
    ///
    /// # Errors
    /// [`Error::Target`] names it.
    pub fn admit_stdin(&self) -> Result<()> {
        self.admit_stream("/dev/stdin", "standard input comes from there")
    }

    fn admit_stream(&self, stream: &str, what: &'static str) -> Result<()> {
        let stream = Path::new(stream);
        if self.is_empty() {
            return Ok(());
        }
        if held::is_hidden(stream) {
            let stream = stream.display();
            return Err(Error::Setting(format!(
                "{stream} is a file, and without /proc nobody can tell whose; use a pipe"
            )));
        }
        if fs::metadata(stream).map_or(true, |stream| !stream.is_file()) {
            return Ok(());
        }
        self.refuse_named(stream, what)
    }

    /// Refuses the repository around a directory if it is a target, a working tree of one, keeps a part in one, borrows objects from
    /// one (`objects/info/alternates`) or includes configuration of one: git would open the target on the reader's behalf.
    ///
    /// # Errors
    /// [`Error::Target`] names it; [`Error::File`] where the repository cannot be looked at.
    pub fn admit_repository(&self, path: &Path) -> Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        self.refuse_named(path, "the repository is part of it")?;
        let places =
            repository::places(self, path).map_err(|source| Error::File { path: path.to_path_buf(), source })?;
        for (place, what) in places {
            if let Some(name) = self.leads_into(&place)? {
                return Err(Error::Target { target: name.to_owned(), what });
            }
        }
        Ok(())
    }

    /// Whether a target lies below a directory, by its real path.
    #[cfg(all(target_os = "linux", feature = "sandbox"))]
    pub(super) fn has_target_below(&self, directory: &Path) -> bool {
        let mut after = self.0.roots.range(directory.to_path_buf()..);
        after.next().is_some_and(|(root, _)| root.starts_with(directory))
    }

    /// The name of the target that a path itself is in, wherever it leads to: a link outside is outside.
    fn named(&self, path: &Path) -> Option<&str> {
        if self.is_empty() {
            return None;
        }
        let path = paths::lexical(path).ok()?;
        let resolved = || Some(paths::real(path.parent()?).ok()?.join(path.file_name()?));
        let number = self.0.named(&path).or_else(|| self.0.named(&resolved()?))?;
        Some(&self.0.targets[number].name)
    }

    /// What stands in reports for a path that was not read for that reason, where it is in a target: the target's name.
    pub(crate) fn stand_in(&self, path: &Path, reason: &SkipReason) -> Option<Vec<u8>> {
        let name = matches!(reason, SkipReason::Target { .. }).then(|| self.named(path)).flatten()?;
        Some(format!("[TARGET:{name}]").into_bytes())
    }

    /// What the kernel took over, while it has.
    pub(super) fn enforced(&self) -> Option<Arc<Enforced>> {
        self.0.enforced.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers what the kernel took over.
    pub(super) fn enforce(&self, enforced: Option<Arc<Enforced>>) {
        *self.0.enforced.write().unwrap_or_else(PoisonError::into_inner) = enforced;
    }

    /// The entries of a directory that can no longer be listed, for the kernel keeps what is below it closed.
    pub(super) fn kept(&self, admitted: &Admitted<'_>) -> Option<Vec<Entry>> {
        self.enforced()?.kept.get(&admitted.real_path()?).cloned()
    }
}

impl Grounds {
    /// Takes in all places of a target; returns its paths in all their forms.
    fn enclose(&mut self, number: usize, target: &Target, mountinfo: &str) -> Result<Vec<PathBuf>> {
        let home = paths::home();
        let mut all = Vec::new();
        for path in &target.paths {
            let mut path = paths::expand(path, home.as_deref());
            if cfg!(unix) && targets::is_drive(&path) {
                all.push(path.clone());
                path = in_wsl(&path);
            }
            let forms =
                paths::forms(&path).map_err(|error| Error::Setting(format!("target `{}`: {error}", target.name)))?;
            for form in forms {
                for alias in aliases(mountinfo, &form) {
                    self.roots.insert(alias, number);
                }
                if let Ok(Some(identity)) = paths::identity(&form) {
                    self.identities.insert(identity, number);
                }
                self.roots.insert(form.clone(), number);
                all.push(form);
            }
        }
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// The target that a path is spelled as part of.
    fn named(&self, path: &Path) -> Option<usize> {
        path.ancestors().find_map(|above| self.roots.get(above)).copied()
    }

    /// The target that holds what lies at a real path: by its name, or by what it or a directory above it is. What is
    /// missing holds nothing.
    fn owner(&self, real: &Path) -> io::Result<Option<usize>> {
        if let Some(number) = self.named(real) {
            return Ok(Some(number));
        }
        if self.identities.is_empty() {
            return Ok(None);
        }
        for above in real.ancestors() {
            match paths::identity(above) {
                Ok(Some(identity)) if self.identities.contains_key(&identity) => {
                    return Ok(self.identities.get(&identity).copied());
                }
                Err(error) if !is_absent(&error) => return Err(error),
                _ => {}
            }
        }
        Ok(None)
    }
}

/// The system's table of mounts; empty where it has none to read.
fn mounts() -> String {
    door::read_small(Admitted::unchecked(Path::new("/proc/self/mountinfo"), true), door::LARGEST_SMALL)
        .unwrap_or_default()
}

/// Where the Windows Subsystem for Linux shows a path with a drive.
fn in_wsl(path: &Path) -> PathBuf {
    let text = path.to_string_lossy().replace('\\', "/");
    PathBuf::from(format!("/mnt/{}{}", text[..1].to_ascii_lowercase(), &text[2..]))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

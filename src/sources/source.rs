//! What to scan, as the user says it, and what a source finds there.

use std::path::{Path, PathBuf};

use super::git::Git;
use crate::fence::Sandbox;
use crate::model::SkipReason;

/// What to scan: files and directories, standard input, git.
///
/// Hidden files are read and ignore files are not obeyed, because that is where secrets live. `.git` directories are
/// passed over unless they are named outright. Symbolic links are followed where they are named, and in walks only if
/// asked.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "five switches, none of which depends on another")]
pub struct Source {
    pub(super) paths: Vec<PathBuf>,
    pub(super) globs: Vec<String>,
    pub(super) except: Vec<PathBuf>,
    pub(super) hidden: bool,
    pub(super) ignore_files: bool,
    pub(super) follow: bool,
    pub(super) links: bool,
    stdin: bool,
    git: Option<Git>,
    message: Option<PathBuf>,
}

impl Source {
    /// Files, and directories with all that is below them. What several of these paths lead to is scanned once.
    pub fn walk(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        Self {
            paths: paths.into_iter().map(Into::into).collect(),
            globs: Vec::new(),
            except: Vec::new(),
            hidden: true,
            ignore_files: false,
            follow: false,
            links: false,
            stdin: false,
            git: None,
            message: None,
        }
    }

    /// Standard input.
    pub fn stdin() -> Self {
        Self::walk([] as [PathBuf; 0]).and_stdin()
    }

    /// Standard input as well.
    #[must_use]
    pub fn and_stdin(mut self) -> Self {
        self.stdin = true;
        self
    }

    /// What is asked of a git repository. Of the other options, globs hold.
    pub fn git(git: Git) -> Self {
        Self::walk([] as [PathBuf; 0]).and_git(git)
    }

    /// What is asked of a git repository as well.
    #[must_use]
    pub fn and_git(mut self, git: Git) -> Self {
        self.git = Some(git);
        self
    }

    /// A file that holds the message of a commit to come, as git hands it to its `commit-msg` hook.
    pub fn git_message(path: impl Into<PathBuf>) -> Self {
        Self::walk([] as [PathBuf; 0]).and_message_file(path)
    }

    /// A file that holds the message of a commit to come, as well.
    #[must_use]
    pub fn and_message_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.message = Some(path.into());
        self
    }

    /// Whether files and directories whose names begin with a dot are read when they are met (default: yes).
    #[must_use]
    pub fn hidden(mut self, yes: bool) -> Self {
        self.hidden = yes;
        self
    }

    /// Whether `.gitignore`, `.ignore` and git's global excludes are obeyed (default: no).
    #[must_use]
    pub fn ignore_files(mut self, yes: bool) -> Self {
        self.ignore_files = yes;
        self
    }

    /// Whether symbolic links that are met are followed (default: no). A file with two names is then scanned twice.
    #[must_use]
    pub fn follow(mut self, yes: bool) -> Self {
        self.follow = yes;
        self
    }

    /// Which files to scan, as ripgrep's `-g` says it: globs in the language of `.gitignore`, those with a `!` in front
    /// exclude, the last that matches wins. They hold for named paths too: a hook is handed names it did not choose.
    #[must_use]
    pub fn globs(mut self, globs: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.globs.extend(globs.into_iter().map(Into::into));
        self
    }

    /// A file to leave out of walks, such as the report that is being written.
    #[must_use]
    pub fn except(mut self, path: impl Into<PathBuf>) -> Self {
        self.except.push(path.into());
        self
    }

    /// A sandbox in which this source can still be read, and nothing else done.
    pub fn sandbox(&self) -> Sandbox {
        // Links and ignore files lead anywhere.
        let everywhere = [PathBuf::from("/")];
        let is_bounded = !self.follow && !self.ignore_files;
        let reads = if is_bounded || self.paths.is_empty() { &self.paths } else { &everywhere[..] };
        let sandbox = reads.iter().chain(&self.message).fold(Sandbox::new(), Sandbox::read);
        match &self.git {
            Some(git) => sandbox.git(&git.directory),
            None => sandbox,
        }
    }

    /// Tells of the symbolic links that are not followed.
    pub(crate) fn and_links(mut self) -> Self {
        self.links = true;
        self
    }

    /// What was asked for, beside standard input.
    pub(crate) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Whether globs leave out files.
    pub(crate) fn is_selective(&self) -> bool {
        !self.globs.is_empty()
    }

    /// Whether standard input is asked for.
    pub(crate) fn reads_stdin(&self) -> bool {
        self.stdin
    }

    /// What is asked of git.
    pub(crate) fn of_git(&self) -> Option<&Git> {
        self.git.as_ref()
    }

    /// The file of a message.
    pub(crate) fn message_file(&self) -> Option<&Path> {
        self.message.as_deref()
    }

    /// Whether a found file may be opened through a symbolic link.
    pub(crate) fn follows(&self, named: bool) -> bool {
        named || self.follow
    }
}

/// What a walk finds. `shown` is the path relative to the current directory where it lies below it, `/`-separated,
/// without `./`, otherwise byte for byte as the system has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Found {
    /// A regular file, or what was one when it was listed.
    File {
        /// The path to open.
        path: PathBuf,
        /// The path to show.
        shown: Vec<u8>,
        /// Whether the user named this very path.
        named: bool,
    },
    /// Something that cannot be read.
    Skipped {
        /// The path to show.
        shown: Vec<u8>,
        /// Why not.
        reason: SkipReason,
    },
}

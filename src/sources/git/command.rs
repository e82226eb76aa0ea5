//! The one place where another program is started: git, and it may not start any itself, ask anybody, or fetch.

use std::ffi::OsStr;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;

use crate::model::{Error, Result};

/// The variables of git's that say which repository, which index and whose configuration; a hook is run with some of them.
/// All others (external diff programs, traces, pagers, replaced attributes) are kept from it.
const KEPT: [&str; 10] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CEILING_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// What the repository's own configuration must not decide. Said last, so that it holds.
const SETTINGS: [&str; 8] = [
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "diff.external=",
    "protocol.allow=never",
    // The commits themselves say who their parents are; a cache could say otherwise.
    "core.commitGraph=false",
    // It would complain of our way to leave out grafts.
    "advice.graftFileDeprecated=false",
    // Above this, blobs that are stored whole are streamed instead of held in memory.
    "core.bigFileThreshold=16m",
];

/// So much of what git says on stderr is passed on.
const MOST_WORDS: u64 = 2 << 10;

/// `git` with the arguments, to be run in `directory`.
pub(crate) fn git(directory: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = git_with_hooks(directory, ["-c", "core.hooksPath=/dev/null"]);
    command.args(args);
    command
}

/// The same, for a git that is asked about its hooks, or to run one.
pub(crate) fn git_with_hooks(directory: &Path, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).args(["--no-pager", "--no-replace-objects", "--literal-pathspecs"]);
    command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting])).args(args);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("GIT_") && !text.starts_with("GIT_CONFIG") && !KEPT.contains(&&*text) {
            command.env_remove(&name);
        }
    }
    command.env("LC_ALL", "C").env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0");
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_GRAFT_FILE", "/dev/null");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Ctrl-C is for tightlip, which ends its children itself.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// A git that runs. Dropped before its end, it is ended.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// Reads what it says on stderr, so that it never waits for that to be read.
    words: Option<JoinHandle<String>>,
}

impl Running {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Error::Git("no such program; it has to be installed and on the PATH".into()),
            _ => Error::Git(format!("cannot be started: {error}")),
        })?;
        let words = child.stderr.take().map(|mut stderr| {
            std::thread::spawn(move || {
                let mut words = Vec::new();
                let _ = stderr.by_ref().take(MOST_WORDS).read_to_end(&mut words);
                let _ = io::copy(&mut stderr, &mut io::sink());
                String::from_utf8_lossy(&words).trim_end().to_owned()
            })
        });
        Ok(Self { child, words })
    }

    /// What it reads from; to be asked for once.
    pub(crate) fn input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// What it writes to; to be asked for once.
    pub(crate) fn output(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Waits for its end. A failed git is an error in its own words.
    pub(crate) fn finish(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        let status = self.child.wait().map_err(|error| Error::Git(error.to_string()))?;
        let words = self.words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        match status.success() {
            true => Ok(()),
            false if words.is_empty() => Err(Error::Git(format!("ended with {status}"))),
            false => Err(Error::Git(words)),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where it has ended and been waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs it to its end and gives back what it wrote, which is short.
pub(crate) fn answer(command: &mut Command) -> Result<Vec<u8>> {
    let mut running = Running::start(command)?;
    let mut answer = Vec::new();
    if let Some(mut output) = running.output() {
        output.read_to_end(&mut answer).map_err(|error| Error::Git(error.to_string()))?;
    }
    running.finish()?;
    Ok(answer)
}

//! Commands of the user's that sign a manifest, or check its signature.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context as _, Result};
use tightlip::Manifest;

/// A shell that is to run a command over a manifest. It is started before the sandbox is entered, for what the command needs is not
/// known; but the command is not, before there is a manifest: whoever signs, signs that or nothing.
pub(crate) struct Signer {
    shell: Child,
}

impl Signer {
    /// Starts the shell. Copies and signature are in `dir`.
    pub(crate) fn start(command: &str, dir: &Path) -> Result<Self> {
        let shell = shell(command.as_ref())
            .env("TIGHTLIP_SIGNATURE", dir.join(Manifest::SIGNATURE))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        Ok(Self { shell: shell.context("cannot start the shell that is to run the command")? })
    }

    /// Runs the command over a manifest. `None` where it has not read all of it.
    pub(crate) fn run(mut self, manifest: &str) -> Result<Option<Output>> {
        let mut stdin = self.shell.stdin.take().context("no standard input")?;
        // A command that leaves early closes its pipe, not ours.
        let is_read = stdin.write_all(START).and_then(|()| stdin.write_all(manifest.as_bytes())).is_ok();
        drop(stdin);
        let output = self.shell.wait_with_output()?;
        Ok(is_read.then_some(output))
    }
}

/// What the shell waits for.
#[cfg(not(windows))]
const START: &[u8] = b"\n";
#[cfg(windows)]
const START: &[u8] = b"";

#[cfg(not(windows))]
fn shell(command: &OsStr) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "read -r start && eval \"$1\"", "sh"]).arg(command);
    shell
}

/// There is no sandbox to be faster than.
#[cfg(windows)]
fn shell(command: &OsStr) -> Command {
    let mut shell = Command::new("cmd");
    shell.arg("/C").arg(command);
    shell
}

//! The text of a hook, and how it is known again.

use std::path::Path;

use super::Stage;

/// The second line of every hook that tightlip writes.
const MARK: &str = "# A hook of tightlip's. `tightlip hook uninstall` removes it and puts back what was here before.\n";

/// What a hook that was there before is called.
pub(super) const ASIDE: &str = ".before-tightlip";

/// What a hook says where there is no tightlip.
pub(super) const MISSING: &str = "tightlip is not on the PATH";

/// Whether a hook is one that tightlip wrote.
pub(super) fn is_ours(text: &[u8]) -> bool {
    memchr::memmem::find(text, MARK.as_bytes()).is_some()
}

/// A hook. It refuses where tightlip is not to be found; after it, it runs the hook that was there before.
///
/// `program` is the folder of tightlip's program, for who starts git without a shell's `PATH`. Husky's hooks are shared with others: they
/// get no such folder, and are run by a shell whether or not they are executable.
pub(super) fn script(stage: Stage, program: Option<&Path>, is_husky: bool) -> String {
    let name = stage.name();
    let path = program.map(|folder| format!("PATH=$PATH:{}\n", quoted(folder))).unwrap_or_default();
    let (test, run) = if is_husky { ("-f", "sh -e ") } else { ("-x", "") };
    let check = format!(
        "command -v tightlip >/dev/null || {{\n  \
         echo \"{MISSING}, so nothing was checked: this {act} is refused.\" >&2\n  \
         echo \"Install it, or skip the check: git {act} --no-verify\" >&2\n  exit 1\n}}\n",
        act = stage.act(),
    );
    let aside = format!("before=$(dirname \"$0\")/{name}{ASIDE}\n");
    let body = if stage == Stage::PrePush {
        // What git writes to the hook is for both.
        format!(
            "refs=$(cat && echo .)\nprintf %s \"${{refs%.}}\" | tightlip hook run {name} \"$@\" || exit\n{aside}\
             [ ! {test} \"$before\" ] || printf %s \"${{refs%.}}\" | {run}\"$before\" \"$@\"\n"
        )
    } else {
        format!("tightlip hook run {name} \"$@\" || exit\n{aside}[ ! {test} \"$before\" ] || {run}\"$before\" \"$@\"\n")
    };
    format!("#!/bin/sh\n{MARK}{path}{check}{body}")
}

/// A word of a shell's.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}

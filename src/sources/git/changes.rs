//! What changed: reads the raw format of git's diffs, of the index and of commit after commit, merges combined.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read as _};
use std::process::ChildStdout;

use super::command::{Running, git};
use super::repository::{Oid, Repository};
use crate::model::{Commit, Error, Result};

/// A path in a tree is no longer than this, or the tree was made to do harm.
const LONGEST: u64 = 1 << 20;
/// The mode of a submodule's entry, which names a commit of another repository.
const SUBMODULE: &[u8] = b"160000";

/// A file that a commit or the index brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Its path from the top of the repository.
    pub(crate) path: Vec<u8>,
    /// Its content.
    pub(crate) blob: Oid,
    /// What it takes the place of, for each parent that had the file.
    pub(crate) bases: Vec<Oid>,
}

/// One thing that a diff tells, in the order of the commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The changes that follow are this commit's.
    Commit(Commit),
    /// A file was added or changed.
    Changed(Change),
    /// A file is in conflict.
    Unmerged(Vec<u8>),
}

/// A running diff.
#[derive(Debug)]
pub(crate) struct Changes {
    /// In the order in which their failures are told.
    running: Vec<Running>,
    output: BufReader<ChildStdout>,
}

/// Renames are told up to a number of files that costs little; beyond it, a file that moved and changed is new.
const DIFF: [&str; 8] =
    ["-z", "--raw", "-M", "-l400", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all"];

impl Changes {
    /// The files that the commits named by `revisions` (arguments of `git rev-list`) brought, oldest commit first.
    pub(crate) fn of_commits(repository: &Repository, revisions: &[String]) -> Result<Self> {
        let order = ["rev-list", "--reverse", "--topo-order"];
        let mut walk = Running::start(git(&repository.directory, order).args(revisions))?;
        let commits = walk.output().ok_or_else(no_pipe)?;
        let mut diff =
            git(&repository.directory, ["diff-tree", "--stdin", "-r", "-c", "--root", "--always", "--format=%H %aI"]);
        let mut diff = Running::start(diff.args(DIFF).stdin(commits))?;
        let output = diff.output().ok_or_else(no_pipe)?;
        Ok(Self { running: vec![walk, diff], output: BufReader::new(output) })
    }

    /// What the next commit will bring. A file that is being merged is new only against all that it is merged from.
    pub(crate) fn staged(repository: &Repository) -> Result<Vec<Event>> {
        let mut events: Option<Vec<Event>> = None;
        for tree in repository.staged_upon() {
            let against = Self::of_index(repository, &tree)?;
            events = Some(match events {
                None => against,
                Some(before) => combined(before, against),
            });
        }
        Ok(events.unwrap_or_default())
    }

    fn of_index(repository: &Repository, tree: &str) -> Result<Vec<Event>> {
        let mut diff = Running::start(git(&repository.directory, ["diff-index", "--cached"]).args(DIFF).arg(tree))?;
        let output = diff.output().ok_or_else(no_pipe)?;
        let mut changes = Self { running: vec![diff], output: BufReader::new(output) };
        let mut events = Vec::new();
        while let Some(event) = changes.next()? {
            events.push(event);
        }
        changes.finish()?;
        Ok(events)
    }

    /// The next event; `None` at the end, which is good only if [`Changes::finish`] says so.
    pub(crate) fn next(&mut self) -> Result<Option<Event>> {
        while let Some(token) = self.token()? {
            let token = token.strip_prefix(b"\n").unwrap_or(&token);
            if token.starts_with(b":") {
                let entry = Entry::parse(token).ok_or_else(|| strange(token))?;
                let mut path = self.path()?;
                if entry.is_renamed {
                    path = self.path()?;
                }
                if let Some(event) = entry.event(path) {
                    return Ok(Some(event));
                }
            } else if !token.is_empty() {
                return commit(token).map(|commit| Some(Event::Commit(commit))).ok_or_else(|| strange(token));
            }
        }
        Ok(None)
    }

    /// Whether git came to a good end.
    pub(crate) fn finish(self) -> Result<()> {
        drop(self.output);
        self.running.into_iter().try_for_each(Running::finish)
    }

    fn path(&mut self) -> Result<Vec<u8>> {
        self.token()?.ok_or_else(|| Error::Git("its diff ends within an entry".into()))
    }

    /// Up to the next NUL.
    fn token(&mut self) -> Result<Option<Vec<u8>>> {
        let mut token = Vec::new();
        let read = (&mut self.output).take(LONGEST).read_until(0, &mut token);
        read.map_err(|error| Error::Git(error.to_string()))?;
        match token.pop() {
            None => Ok(None),
            Some(0) => Ok(Some(token)),
            Some(_) => Err(Error::Git("its diff holds a path without an end".into())),
        }
    }
}

/// `<hex> <time>`
fn commit(token: &[u8]) -> Option<Commit> {
    let (id, time) = std::str::from_utf8(token).ok()?.split_once(' ')?;
    Oid::parse(id.as_bytes())?;
    Some(Commit { id: id.into(), author_time: time.into() })
}

fn no_pipe() -> Error {
    Error::Git("its output cannot be read".into())
}

fn strange(token: &[u8]) -> Error {
    Error::Git(format!("its diff is not understood: {}", token.escape_ascii()))
}

/// What stands before the path.
struct Entry {
    mode: Vec<u8>,
    blob: Oid,
    bases: Vec<Oid>,
    is_unmerged: bool,
    is_renamed: bool,
}

impl Entry {
    /// `:<mode> <mode> <oid> <oid> <status>`; of a merge, as many colons, modes and names more as it has parents more.
    fn parse(token: &[u8]) -> Option<Self> {
        let parents = token.iter().take_while(|&&byte| byte == b':').count();
        let fields: Vec<&[u8]> = token[parents..].split(|&byte| byte == b' ').collect();
        let [modes @ .., status] = &fields[..] else { return None };
        let (modes, oids) = modes.split_at_checked(parents + 1)?;
        let mut oids = oids.iter().map(|oid| Oid::parse(oid)).collect::<Option<Vec<Oid>>>()?;
        if oids.len() != parents + 1 {
            return None;
        }
        let blob = oids.pop()?;
        oids.retain(|oid| !oid.is_null());
        Some(Self {
            mode: modes.last()?.to_vec(),
            blob,
            bases: oids,
            is_unmerged: status.starts_with(b"U"),
            // A combined diff names the path of the merge only.
            is_renamed: parents == 1 && (status.starts_with(b"R") || status.starts_with(b"C")),
        })
    }

    /// Nothing for a file that is gone, and for a submodule, whose commits are another repository's.
    fn event(self, path: Vec<u8>) -> Option<Event> {
        if self.is_unmerged {
            return Some(Event::Unmerged(path));
        }
        let is_file = !self.blob.is_null() && self.mode != SUBMODULE;
        is_file.then_some(Event::Changed(Change { path, blob: self.blob, bases: self.bases }))
    }
}

/// What is new against both.
fn combined(one: Vec<Event>, other: Vec<Event>) -> Vec<Event> {
    let path = |event: &Event| match event {
        Event::Changed(change) => change.path.clone(),
        Event::Unmerged(path) => path.clone(),
        Event::Commit(_) => Vec::new(),
    };
    let mut by_path: HashMap<Vec<u8>, Event> = other.into_iter().map(|event| (path(&event), event)).collect();
    let both = one.into_iter().filter_map(|event| Some((by_path.remove(&path(&event))?, event)));
    both.map(|pair| match pair {
        (Event::Changed(other), Event::Changed(mut change)) => {
            change.bases.extend(other.bases);
            Event::Changed(change)
        }
        (_, event) => event,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(digit: &str) -> String {
        digit.repeat(40)
    }

    #[test]
    fn entries_are_read_in_all_their_forms() {
        let [none, a, b, c] = ["0", "a", "b", "c"].map(oid);
        for (entry, expected) in [
            (format!(":000000 100644 {none} {a} A"), Some(vec![])),
            (format!(":100644 100755 {b} {a} M"), Some(vec![&b])),
            (format!(":100644 120000 {b} {a} T"), Some(vec![&b])),
            (format!(":100644 100644 {b} {a} R087"), Some(vec![&b])),
            (format!("::100644 100644 100644 {b} {c} {a} MM"), Some(vec![&b, &c])),
            (format!("::000000 100644 100644 {none} {c} {a} AM"), Some(vec![&c])),
            (format!(":100644 000000 {b} {none} D"), None),
            (format!(":000000 160000 {none} {a} A"), None),
        ] {
            let bases = match Entry::parse(entry.as_bytes()).unwrap().event(b"p".to_vec()) {
                Some(Event::Changed(change)) => Some(change.bases.iter().map(Oid::to_string).collect::<Vec<_>>()),
                other => other.map(|event| panic!("{event:?}")),
            };
            assert_eq!(bases, expected.map(|bases| bases.into_iter().cloned().collect()), "{entry}");
        }
        for bad in [":", "::", ":100644 100644 a b M", ":100644 100644"] {
            assert!(Entry::parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}

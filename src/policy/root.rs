//! Where a project begins: what is accepted is named by its path from there, whatever directory a scan starts in.

use std::path::{Path, PathBuf};

/// The root of a project, and the directory a scan starts in below it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Root {
    /// Absolute; empty where nothing is known of it.
    root: Vec<u8>,
    /// From the root to the start directory; empty where they are one.
    below: Vec<u8>,
}

impl Root {
    /// A project at `root` (absolute), scanned from `start` (absolute, `root` or below it).
    pub(crate) fn new(root: &Path, start: &Path) -> Self {
        let below = start.strip_prefix(root).unwrap_or(Path::new(""));
        Self { root: bytes(root), below: bytes(below) }
    }

    /// A path as reports show it, from the root. One that leads out of the project stays as it is.
    pub(crate) fn path(&self, shown: &[u8]) -> Vec<u8> {
        let (mut parts, path): (Vec<&[u8]>, _) = match shown.strip_prefix(&*self.root) {
            Some([b'/', path @ ..]) if !self.root.is_empty() => (Vec::new(), path),
            Some([]) if !self.root.is_empty() => return Vec::new(),
            _ if shown.starts_with(b"/") => return shown.to_vec(),
            _ => (self.below.split(|&byte| byte == b'/').filter(|part| !part.is_empty()).collect(), shown),
        };
        for part in path.split(|&byte| byte == b'/') {
            match part {
                b".." if parts.pop().is_none() => return shown.to_vec(),
                b"" | b"." | b".." => {}
                part => parts.push(part),
            }
        }
        parts.join(&b'/')
    }

    /// Where a path from the root is looked for.
    pub(crate) fn locate(&self, path: &str) -> PathBuf {
        // Joining to nothing would make a path that is absolute.
        let root = String::from_utf8_lossy(&self.root);
        if root.is_empty() { path.into() } else { Path::new(&*root).join(path) }
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    let text = path.to_string_lossy();
    let text = if std::path::MAIN_SEPARATOR == '/' { text } else { text.replace('\\', "/").into() };
    text.trim_end_matches('/').as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_at_the_root() {
        let below = Root::new("/work/tree".as_ref(), "/work/tree/sub/dir".as_ref());
        let at = Root::new("/work/tree".as_ref(), "/work/tree".as_ref());
        for (root, shown, path) in [
            (&below, "a.env", "sub/dir/a.env"),
            (&below, "../a.env", "sub/a.env"),
            (&below, "../../a.env", "a.env"),
            (&below, "../../../a.env", "../../../a.env"),
            (&below, "/work/tree/x/../a.env", "a.env"),
            (&below, "/work/tree", ""),
            (&below, "/work/tree2/a.env", "/work/tree2/a.env"),
            (&below, ".", "sub/dir"),
            (&at, ".", ""),
            (&at, "x/./a.env", "x/a.env"),
            (&at, "..", ".."),
            (&Root::default(), "x/a.env", "x/a.env"),
            (&Root::default(), "/x/a.env", "/x/a.env"),
        ] {
            assert_eq!(String::from_utf8_lossy(&root.path(shown.as_bytes())), path, "{shown}");
        }
        assert_eq!(below.locate("a.env"), Path::new("/work/tree/a.env"));
        assert_eq!(Root::default().locate("a.env"), Path::new("a.env"));
    }
}

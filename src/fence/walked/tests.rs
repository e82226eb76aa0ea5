//! Step by step, the same is reached as the kernel reaches by itself.
#![expect(clippy::disallowed_methods, reason = "tests set their own scene")]

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::{MetadataExt as _, symlink};

use super::*;
use crate::fence::Fence;
use crate::fence::held::Held;
use crate::model::{SkipReason, Target};

/// A tree with a target in it, and what leads there.
fn tree() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = fs::canonicalize(dir.path()).unwrap();
    fs::create_dir_all(root.join("alpha/src")).unwrap();
    fs::create_dir_all(root.join("beta/deep")).unwrap();
    fs::write(root.join("alpha/src/a"), "inside").unwrap();
    fs::write(root.join("beta/deep/b"), "outside").unwrap();
    for (to, link) in [
        ("../alpha", "beta/in"),
        ("alpha/src/a", "file"),
        ("beta", "over"),
        ("over/in", "twice"),
        ("/", "top"),
        ("gone", "dangling"),
        ("loop", "loop"),
    ] {
        symlink(to, root.join(link)).unwrap();
    }
    symlink(root.join("beta/deep"), root.join("absolute")).unwrap();
    (dir, root)
}

const PATHS: [&str; 19] = [
    "",
    ".",
    "beta/deep/b",
    "beta/deep/../deep/b",
    "beta/in",
    "beta/in/src/a",
    "beta/in/..",
    "file",
    "over/deep/b",
    "twice/src",
    "top",
    "top/..",
    "absolute/b",
    "dangling",
    "dangling/x",
    "loop",
    "beta/deep/b/x",
    "missing",
    "beta/./in/./src",
];

#[test]
fn the_way_leads_where_the_kernel_says() {
    let (_dir, root) = tree();
    for path in PATHS {
        for follow in [true, false] {
            let path = root.join(path);
            let (by_kernel, by_steps) = (Held::take(&path, follow), Held::walk(&path, follow));
            let real = |held: &io::Result<Held>| match held {
                Ok(held) => Ok(held.real_path().unwrap()),
                Err(error) => Err(error.raw_os_error()),
            };
            assert_eq!(real(&by_steps), real(&by_kernel), "{path:?} {follow}");
            let Ok(held) = by_steps else { continue };
            let identity = |path: &Path| fs::symlink_metadata(path).map(|it| (it.dev(), it.ino())).unwrap();
            let mut named: Vec<_> = held.real_path().unwrap().ancestors().map(identity).collect();
            let mut found = held.identities().unwrap();
            named.dedup();
            found.dedup();
            assert_eq!(found, named, "{path:?} {follow}");
        }
    }
}

#[test]
fn a_target_is_known_by_the_directories_above() {
    let (_dir, root) = tree();
    let fence = Fence::new([Target::new("alpha").path(root.join("alpha"))]).unwrap();
    let refused = SkipReason::Target { target: "alpha".into() };
    for (path, is_inside) in
        [("beta/in", true), ("file", true), ("twice/src", true), ("absolute/b", false), ("over", false)]
    {
        let path = root.join(path);
        let outcome = fence.check(&path, true, Held::walk(&path, true).unwrap());
        assert_eq!(outcome.err(), is_inside.then(|| refused.clone()), "{path:?}");
    }
    // Its name may change while it is looked for; what it is does not.
    fs::rename(root.join("alpha"), root.join("renamed")).unwrap();
    let path = root.join("renamed/src/a");
    assert_eq!(fence.check(&path, true, Held::walk(&path, true).unwrap()).err(), Some(refused));
}

#[test]
fn what_was_held_is_opened_or_nothing() {
    let (_dir, root) = tree();
    let path = root.join("over/deep/b");
    let held = Held::walk(&path, true).unwrap();
    let mut text = String::new();
    held.open(false).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!((text.as_str(), held.reopening()), ("outside", None));
    let directory = Held::walk(&root.join("over/deep"), true).unwrap();
    assert_eq!(directory.names().unwrap(), ["b"]);
    // Another file takes its place, and a link does.
    fs::write(root.join("beta/deep/new"), "new").unwrap();
    fs::rename(root.join("beta/deep/new"), root.join("beta/deep/b")).unwrap();
    assert!(held.open(false).is_err());
    fs::remove_file(root.join("beta/deep/b")).unwrap();
    symlink("../../alpha/src/a", root.join("beta/deep/b")).unwrap();
    assert!(held.open(false).is_err());
}

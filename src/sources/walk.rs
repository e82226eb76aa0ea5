//! The walk: finds files in parallel and hands each to the worker of the thread that found it.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::roots::{Roots, is_missing};
use super::select::Selection;
use super::source::{Found, Source};
use crate::fence::skip_reason;
use crate::model::{Result, SkipReason};

/// Walks all paths of `source` with `threads` threads. Each thread makes itself a worker when it finds something, and
/// calls it with all it finds, in no order. A worker that breaks ends the walk for all.
pub(crate) fn walk<W>(source: &Source, threads: usize, worker: impl Fn() -> W + Sync) -> Result<()>
where
    W: FnMut(Found) -> ControlFlow<()> + Send,
{
    let base = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let selection = Selection::new(&source.globs, &base)?;
    let roots = Roots::new(source, &selection)?;
    if roots.paths.is_empty() {
        return Ok(());
    }
    let threads = if roots.has_directory { threads } else { threads.min(roots.paths.len()) };
    let mut builder = WalkBuilder::from_iter(&roots.paths);
    builder
        .standard_filters(source.ignore_files)
        .hidden(!source.hidden)
        .follow_links(source.follow)
        .overrides(selection.overrides())
        .skip_stdout(true) // `tightlip scan . > report` must not wait for its own report to stop growing
        .threads(threads.max(1))
        .filter_entry(move |entry| !is_git_directory(entry) && !roots.elsewhere.contains(entry.path()));
    let (worker, base) = (&worker, &base);
    builder.build_parallel().run(|| {
        // Made on the first find: the walk asks for more visitors than it uses, and a worker may hold large buffers.
        let mut own = None;
        Box::new(move |entry| {
            let Some(found) = found(entry, base, source.links) else { return WalkState::Continue };
            match own.get_or_insert_with(worker)(found) {
                ControlFlow::Continue(()) => WalkState::Continue,
                ControlFlow::Break(()) => WalkState::Quit,
            }
        })
    });
    Ok(())
}

/// A `.git` file, as worktrees and submodules have it, is an ordinary file.
fn is_git_directory(entry: &DirEntry) -> bool {
    entry.file_name() == OsStr::new(".git") && entry.file_type().is_some_and(|kind| kind.is_dir())
}

/// What an entry of the walk is to us: nothing, if it is a directory, or a link that is not followed, unless `links` are asked for.
fn found(entry: Result<DirEntry, ignore::Error>, base: &Path, links: bool) -> Option<Found> {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return skipped(&error, base),
    };
    let kind = entry.file_type()?;
    let named = entry.depth() == 0;
    let shown = shown(entry.path(), base);
    if kind.is_file() {
        Some(Found::File { path: entry.into_path(), shown, named })
    } else if kind.is_symlink() && links {
        Some(Found::Skipped { shown, reason: SkipReason::Link })
    } else if kind.is_dir() || kind.is_symlink() {
        None
    } else {
        let reason = if named { SkipReason::NotAFile } else { SkipReason::Special };
        Some(Found::Skipped { shown, reason })
    }
}

/// What an error of the walk is to us: nothing, if it is a bad line in an ignore file, for then more is read, not less.
fn skipped(error: &ignore::Error, base: &Path) -> Option<Found> {
    let mut path = Path::new(".");
    let mut inner = error;
    let reason = loop {
        match inner {
            ignore::Error::WithPath { path: place, err } => (path, inner) = (place, err),
            ignore::Error::WithDepth { err, .. } => inner = err,
            ignore::Error::Loop { child, .. } => {
                path = child;
                break SkipReason::Loop;
            }
            ignore::Error::Io(error)
                if is_missing(error) && fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink()) =>
            {
                break SkipReason::Unreadable { message: "a link that leads nowhere".into() };
            }
            ignore::Error::Io(error) => break skip_reason(error),
            _ => return None,
        }
    };
    Some(Found::Skipped { shown: shown(path, base), reason })
}

/// A path as reports show it; `base` is the current directory.
fn shown(path: &Path, base: &Path) -> Vec<u8> {
    let path = path.strip_prefix(base).unwrap_or(path);
    let mut shown = Vec::with_capacity(path.as_os_str().len());
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::RootDir => shown.push(b'/'),
            Component::Prefix(_) | Component::ParentDir | Component::Normal(_) => {
                if shown.last().is_some_and(|&last| last != b'/') {
                    shown.push(b'/');
                }
                shown.extend_from_slice(component.as_os_str().as_encoded_bytes());
            }
        }
    }
    if shown.is_empty() { vec![b'.'] } else { shown }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests set their own scene")]
mod tests {
    use std::io;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::model::Error;

    /// A directory of files; a name that ends in `/` is a directory.
    fn tree(names: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in names {
            let path = root.path().join(name);
            fs::create_dir_all(if name.ends_with('/') { &path } else { path.parent().unwrap() }).unwrap();
            if !name.ends_with('/') {
                fs::write(path, name).unwrap();
            }
        }
        root
    }

    fn all(source: &Source) -> Vec<Found> {
        let all = Mutex::new(Vec::new());
        walk(source, 3, || {
            |found| {
                all.lock().unwrap().push(found);
                ControlFlow::Continue(())
            }
        })
        .unwrap();
        let mut all = all.into_inner().unwrap();
        all.sort();
        all
    }

    /// What is found below `root`, in words: `name` for a file, `name: why` for what is skipped.
    fn lines(root: &Path, source: &Source) -> Vec<String> {
        let root = format!("{}/", String::from_utf8(shown(root, Path::new("."))).unwrap());
        let text = |shown: Vec<u8>| String::from_utf8(shown).unwrap().replace(&root, "");
        let mut lines: Vec<_> = all(source)
            .into_iter()
            .map(|found| match found {
                Found::File { shown, .. } => text(shown),
                Found::Skipped { shown, reason } => format!("{}: {reason:?}", text(shown)),
            })
            .collect();
        lines.sort();
        lines
    }

    fn paths(root: &Path, names: &[&str]) -> Source {
        Source::walk(names.iter().map(|name| root.join(name)))
    }

    #[test]
    fn options_choose_what_is_read() {
        let names = [".env", ".gitignore", ".git/config", "a.log", "b.txt", "sub/c.log", "work/.git"];
        let tree = tree(&names);
        let root = tree.path();
        fs::write(root.join(".gitignore"), "*.log\n[bad\n").unwrap();
        let source = || Source::walk([root]);
        for (source, expected) in [
            (source(), ".env .gitignore a.log b.txt sub/c.log work/.git"),
            (source().hidden(false), "a.log b.txt sub/c.log"),
            (source().ignore_files(true), ".env .gitignore b.txt work/.git"),
            (source().globs(["*.log"]), "a.log sub/c.log"),
            (source().globs(["*.log", "!a*"]), "sub/c.log"),
            (source().globs(["!*.log", "!.git*"]), ".env b.txt"),
            (source().globs(["!sub/"]), ".env .gitignore a.log b.txt work/.git"),
            (source().except(root.join("sub/c.log")).hidden(false), "a.log b.txt"),
            (paths(root, &[".git"]), ".git/config"),
            (paths(root, &[".env"]).hidden(false), ".env"),
            (paths(root, &["a.log"]).ignore_files(true), "a.log"),
            (paths(root, &["a.log", "b.txt"]).globs(["!*.log"]), "b.txt"),
            (paths(root, &["sub"]).globs(["!sub"]), ""),
            (paths(root, &[]), ""),
        ] {
            assert_eq!(lines(root, &source).join(" "), expected, "{source:?}");
        }
    }

    #[test]
    fn a_bad_glob_is_a_wrong_setting() {
        let error = walk(&Source::walk(["."]).globs(["a[b"]), 1, || |_| ControlFlow::Continue(())).unwrap_err();
        assert!(matches!(&error, Error::Setting(text) if text.contains("a[b")), "{error}");
    }

    #[test]
    fn globs_hold_for_named_paths_and_the_directories_above_them() {
        let selection = Selection::new(&["!vendor/".into(), "!/top.txt".into()], Path::new("/base")).unwrap();
        for (path, is_dir, admitted) in [
            ("vendor/a.txt", false, false),
            ("./vendor/a.txt", false, false),
            ("/base/vendor/a.txt", false, false),
            ("x/vendor", true, false),
            ("x/vendor", false, true),
            ("top.txt", false, false),
            ("x/top.txt", false, true),
            ("../vendor/a.txt", false, true),
            ("/elsewhere/vendor/a.txt", false, true),
            (".", true, true),
        ] {
            assert_eq!(selection.admits(Path::new(path), is_dir), admitted, "{path}");
        }
    }

    #[test]
    fn overlapping_roots_are_scanned_once() {
        let tree = tree(&[".git/config", ".env", "a", "sub/b", "sub/deep/c"]);
        let root = tree.path();
        for (names, expected) in [
            (&["a", "a", "./a", "sub/../a"][..], "a"),
            (&["", "a", "sub", "sub/deep"], "a sub/b sub/deep/c"),
            (&["sub/deep/c", "sub", ""], "a sub/b sub/deep/c"),
            // What an outer walk would pass over is read all the same when it is named.
            (&["", ".env", ".git"], ".env .git/config a sub/b sub/deep/c"),
        ] {
            assert_eq!(lines(root, &paths(root, names).hidden(false)).join(" "), expected, "{names:?}");
        }
    }

    #[test]
    fn every_missing_path_is_told_before_anything_is_read() {
        let tree = tree(&["a"]);
        let source = paths(tree.path(), &["a", "a/b", "no", "none"]);
        let error = walk(&source, 1, || |_| panic!("walked")).unwrap_err();
        let expected = format!("{}: no such file or directory (2 more missing)", tree.path().join("a/b").display());
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_worker_can_end_the_walk() {
        let names: Vec<_> = (0..500).map(|n| format!("{n}/{n}")).collect();
        let tree = tree(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let (workers, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
        walk(&Source::walk([tree.path()]), 4, || {
            workers.fetch_add(1, Ordering::Relaxed);
            |_| {
                calls.fetch_add(1, Ordering::Relaxed);
                ControlFlow::Break(())
            }
        })
        .unwrap();
        assert!((1..=4).contains(&workers.into_inner()));
        assert!((1..=4).contains(&calls.into_inner()));
    }

    #[test]
    fn paths_are_shown_from_where_the_user_stands() {
        for (path, expected) in [
            ("./a/b", "a/b"),
            ("a//b/./c/", "a/b/c"),
            ("../a", "../a"),
            ("/base/a", "a"),
            ("/baseline/a", "/baseline/a"),
            ("/", "/"),
            ("/base", "."),
            (".", "."),
            ("./-", "-"),
        ] {
            assert_eq!(shown(Path::new(path), Path::new("/base")), expected.as_bytes(), "{path}");
        }
    }

    #[cfg(unix)]
    mod unix {
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
        use std::os::unix::net::UnixListener;

        use super::*;
        use crate::fence::{Guard, open};

        #[test]
        fn links_are_followed_when_named_or_when_asked() {
            let tree = tree(&["a", "sub/b"]);
            let root = tree.path();
            for (target, link) in
                [("a", "to-a"), ("sub", "to-sub"), ("..", "sub/up"), ("gone", "to-gone"), ("knot", "knot")]
            {
                symlink(target, root.join(link)).unwrap();
            }
            let nowhere = "to-gone: Unreadable { message: \"a link that leads nowhere\" }";
            for (source, expected) in [
                (paths(root, &[""]), "a, sub/b"),
                (paths(root, &["to-a"]), "to-a"),
                (paths(root, &["to-sub"]), "to-sub/b"),
                (paths(root, &["knot"]), "knot: NotAFile"),
                (
                    paths(root, &[""]).follow(true),
                    &format!("a, knot: NotAFile, sub/b, sub/up: Loop, to-a, {nowhere}, to-sub/b, to-sub/up: Loop"),
                ),
            ] {
                assert_eq!(lines(root, &source).join(", "), expected, "{source:?}");
            }
            let error = walk(&paths(root, &["to-gone"]), 1, || |_| ControlFlow::Continue(())).unwrap_err();
            assert!(matches!(error, Error::MissingPath { more: 0, .. }), "{error}");
        }

        #[test]
        fn special_files_are_listed_and_weigh_more_when_named() {
            let tree = tree(&["a"]);
            let root = tree.path();
            let _socket = UnixListener::bind(root.join("socket")).unwrap();
            let fifo = std::process::Command::new("mkfifo").arg(root.join("fifo")).status().unwrap();
            assert!(fifo.success());
            for (names, expected) in [
                (&[""][..], "a, fifo: Special, socket: Special"),
                (&["fifo", "socket"], "fifo: NotAFile, socket: NotAFile"),
                (&["", "fifo"], "a, fifo: NotAFile, socket: Special"),
            ] {
                assert_eq!(lines(root, &paths(root, names)).join(", "), expected);
            }
            let null = Found::Skipped { shown: b"/dev/null".to_vec(), reason: SkipReason::NotAFile };
            assert_eq!(all(&Source::walk(["/dev/null"])), [null]);
            assert!(SkipReason::NotAFile.is_incomplete() && !SkipReason::Special.is_incomplete());
        }

        #[test]
        fn names_are_bytes() {
            let root = tempfile::tempdir().unwrap();
            let mut names: Vec<&[u8]> = vec![b"\n", b"\x1b[31m", b"-", b"a b", b"\xff\xfe.txt", b"\\", b"%41"];
            names.sort_unstable();
            for name in &names {
                fs::write(root.path().join(OsStr::from_bytes(name)), "x").unwrap();
            }
            let expected: Vec<_> = names.iter().map(|name| root.path().join(OsStr::from_bytes(name))).collect();
            let found = all(&Source::walk([root.path()]));
            let found = found.iter().map(|found| match found {
                Found::File { path, shown, named: false } if path.as_os_str().as_bytes() == shown => path,
                other => panic!("{other:?}"),
            });
            assert!(found.eq(&expected));
        }

        #[test]
        fn what_may_not_be_read_is_skipped_with_its_reason() {
            let tree = tree(&["a", "closed/b"]);
            let root = tree.path();
            let file = root.join("a");
            let set_mode = |mode| {
                for path in [&root.join("closed"), &file] {
                    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
                }
            };
            if fs::metadata(root).unwrap().uid() == 0 {
                eprintln!("not tested: permissions do not bind root");
                return;
            }
            set_mode(0o000);
            let lines = lines(root, &Source::walk([root]));
            let opened = open(Guard.admit(&file), false);
            set_mode(0o700);
            assert_eq!(lines, ["a", "closed: Unreadable { message: \"permission denied\" }"]);
            assert_eq!(opened.unwrap_err(), SkipReason::Unreadable { message: "permission denied".into() });
        }

        #[test]
        fn errors_of_the_walk_become_reasons() {
            let io = |code| Box::new(ignore::Error::Io(io::Error::from_raw_os_error(code)));
            let at = |err| ignore::Error::WithPath { path: "./x".into(), err };
            let denied = SkipReason::Unreadable { message: "permission denied".into() };
            for (error, expected) in [
                (at(io(13)), Some(denied.clone())),
                (ignore::Error::WithDepth { depth: 1, err: Box::new(at(io(13))) }, Some(denied)),
                (at(io(2)), Some(SkipReason::Vanished)),
                (ignore::Error::Loop { ancestor: ".".into(), child: "x".into() }, Some(SkipReason::Loop)),
                (at(Box::new(ignore::Error::Glob { glob: None, err: "bad".into() })), None),
            ] {
                let expected = expected.map(|reason| Found::Skipped { shown: b"x".to_vec(), reason });
                assert_eq!(skipped(&error, Path::new("/base")), expected, "{error}");
            }
        }
    }
}

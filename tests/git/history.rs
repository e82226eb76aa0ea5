//! Repositories of every kind, and what their histories hold.

use std::fs;

use crate::repo::Repo;
use crate::sources::Situation;

/// What `--history` is to find.
const HISTORY: &[Situation] = &[
    ("unborn branch", |_| {}, &[], &[], 0),
    ("root commit", |repo| drop(repo.commit("a", "\u{1}1\n")), &["a:1"], &[], 1),
    (
        "SHA-256",
        |repo| {
            fs::remove_dir_all(repo.at.join(".git")).unwrap();
            repo.git(&["init", "-q", "--object-format=sha256"]);
            repo.commit("a", "x\n");
            repo.commit("a", "x\n\u{1}1\n");
        },
        &["a:2"],
        &[],
        1,
    ),
    (
        "detached HEAD that no ref reaches",
        |repo| {
            repo.commit("a", "x\n");
            repo.git(&["checkout", "-q", "--detach"]);
            repo.commit("a", "x\n\u{1}1\n");
            repo.commit("a", "x\n");
        },
        &["a:2"],
        &[],
        1,
    ),
    (
        "worktree, whose branch is another",
        |repo| {
            repo.commit("a", "\u{1}1\n");
            repo.git(&["worktree", "add", "-q", "--detach", "../tree"]);
            repo.at = repo.home.path().join("tree");
            repo.commit("b", "\u{1}2\n");
        },
        &["a:1", "b:1"],
        &[],
        1,
    ),
    (
        "renamed, binary and large",
        |repo| {
            repo.commit("old", &("\u{1}1\n".to_owned() + &"line\n".repeat(20)));
            repo.git(&["mv", "old", "new"]);
            repo.commit("new", &("\u{1}1\n".to_owned() + &"line\n".repeat(20) + "\u{1}2\n"));
            repo.commit("b.bin", "\0\0\n\u{1}3\0");
            repo.commit("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
        },
        &["b.bin:2", "new:22", "old:1"],
        &["lfs:lfs-pointer"],
        1,
    ),
    (
        "comments that accept nothing any more",
        |repo| {
            repo.commit("a", "# tightlip:allow acme-api-key once\n");
            repo.commit("a", "x\n");
        },
        &[],
        &[],
        0,
    ),
];

#[test]
fn repositories_of_every_kind_have_a_history() {
    for (name, build, found, skipped, code) in HISTORY {
        let mut repo = Repo::new(&[]);
        build(&mut repo);
        eprintln!("{name}");
        let run = repo.scan(&["--history"]);
        run.is(found, skipped, *code);
        assert!(!run.words.contains("unused"), "{}", run.words);
    }
    let repo = Repo::new(&[]);
    repo.scan(&["--range", "HEAD"]).failed("bad revision");
    repo.commit("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n");
    repo.scan(&["--history", "--require-full"]).is(&[], &["lfs:lfs-pointer"], 3);
    // A submodule's history is its own.
    let itself = repo.at.to_str().unwrap();
    repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", itself, "sub"]);
    repo.git(&["commit", "-q", "-m", "sub"]);
    repo.scan(&["--range", "HEAD~1..HEAD"]).is(&[], &[], 0);
}

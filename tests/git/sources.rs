//! Staged files, ranges, history and messages, in all the states that a repository can be in.

use std::fs;
use std::io::Write as _;

use serde_json::Value;

use crate::acme::secret;
use crate::repo::{Repo, Run, planted};

/// A state of a repository, and what is to be found in it.
pub(crate) type Situation = (&'static str, fn(&mut Repo), &'static [&'static str], &'static [&'static str], i32);

const STAGED: &[Situation] = &[
    ("unborn branch", |repo| repo.stage("a", "x\n\u{1}1\n"), &["a:2"], &[], 1),
    ("nothing staged", |repo| drop(repo.commit("a", "\u{1}1\n")), &[], &[], 0),
    (
        "only new lines count",
        |repo| {
            repo.commit("a", "\u{1}1\nx\n");
            repo.stage("a", "\u{1}1\ny\n\u{1}2\n");
        },
        &["a:3"],
        &[],
        1,
    ),
    (
        "the index counts, not the files",
        |repo| {
            repo.commit("a", "x\n");
            repo.stage("a", "x\n\u{1}1\n");
            repo.write("a", "x\n");
            repo.write("b", "\u{1}2\n");
        },
        &["a:2"],
        &[],
        1,
    ),
    (
        "a file that moves is not new",
        |repo| {
            repo.commit("old", &("\u{1}1\n".to_owned() + &"line\n".repeat(20)));
            repo.git(&["mv", "old", "new"]);
            repo.stage("new", &("\u{1}1\n".to_owned() + &"line\n".repeat(20) + "\u{1}2\n"));
        },
        &["new:22"],
        &[],
        1,
    ),
    (
        "deleted",
        |repo| {
            repo.commit("a", "\u{1}1\n");
            repo.git(&["rm", "-q", "a"]);
        },
        &[],
        &[],
        0,
    ),
    ("binary", |repo| repo.stage("a.bin", "\0\0\n\u{1}1\0"), &["a.bin:2"], &[], 1),
    (
        "attributes cannot hide",
        |repo| {
            repo.commit(".gitattributes", "* -diff -text binary filter=lfs diff=evil\n");
            repo.stage("a", "\u{1}1\n");
        },
        &["a:1"],
        &[],
        1,
    ),
    (
        "Git LFS",
        |repo| repo.stage("a", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"),
        &[],
        &["a:lfs-pointer"],
        0,
    ),
    (
        "detached HEAD",
        |repo| {
            repo.commit("a", "x\n");
            repo.git(&["checkout", "-q", "--detach"]);
            repo.stage("a", "x\n\u{1}1\n");
        },
        &["a:2"],
        &[],
        1,
    ),
    (
        "from a directory below",
        |repo| {
            repo.stage("a", "\u{1}1\n");
            repo.stage("sub/deep/b", "\u{1}2\n");
            repo.at.push("sub/deep");
        },
        &["../../a:1", "b:1"],
        &[],
        1,
    ),
    (
        "merge",
        |repo| {
            diverge(repo);
            repo.command("git", &["merge", "-q", "--no-commit", "side"]).status().unwrap();
            repo.stage("a", "\u{1}1\nx\n\u{1}2\n\u{1}3\n");
        },
        &["a:4"],
        &[],
        1,
    ),
    (
        "conflict",
        |repo| {
            repo.commit("a", "x\n");
            repo.git(&["checkout", "-q", "-b", "side"]);
            repo.commit("a", "y\n");
            repo.git(&["checkout", "-q", "main"]);
            repo.commit("a", "z\n");
            repo.command("git", &["merge", "-q", "side"]).output().unwrap();
        },
        &[],
        &["a:unmerged"],
        3,
    ),
    (
        "SHA-256",
        |repo| {
            fs::remove_dir_all(repo.at.join(".git")).unwrap();
            repo.git(&["init", "-q", "--object-format=sha256"]);
            repo.stage("a", "\u{1}1\n");
        },
        &["a:1"],
        &[],
        1,
    ),
    (
        "worktree",
        |repo| {
            repo.commit("a", "x\n");
            repo.git(&["worktree", "add", "-q", "../tree"]);
            repo.stage("a", "\u{1}1\n");
            repo.at = repo.home.path().join("tree");
            repo.stage("b", "\u{1}2\n");
        },
        &["b:1"],
        &[],
        1,
    ),
    (
        "submodule",
        |repo| {
            let inner = repo.home.path().join("inner");
            let outer = std::mem::replace(&mut repo.at, inner);
            fs::create_dir(&repo.at).unwrap();
            repo.git(&["init", "-q"]);
            repo.commit("a", "x\n");
            repo.at = outer;
            repo.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../inner", "sub"]);
            repo.at.push("sub");
            repo.stage("a", "x\n\u{1}1\n");
        },
        &["a:2"],
        &[],
        1,
    ),
];

/// Two branches that each add a line to a file.
fn diverge(repo: &Repo) {
    repo.commit("a", "x\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("a", "x\n\u{1}2\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("a", "\u{1}1\nx\n");
}

#[test]
fn what_is_staged_is_found_in_every_kind_of_repository() {
    for (name, build, found, skipped, code) in STAGED {
        let mut repo = Repo::new(&[]);
        build(&mut repo);
        eprintln!("{name}");
        let run = repo.scan(&["--staged"]);
        run.is(found, skipped, *code);
        assert!(run.findings.iter().all(|finding| finding["origin"]["type"] == "staged"));
    }
}

#[test]
fn whole_files_count_when_asked() {
    let repo = Repo::new(&[]);
    repo.commit("a", "\u{1}1\nx\n");
    repo.stage("a", "\u{1}1\ny\n\u{1}2\n");
    repo.scan(&["--staged", "--whole"]).is(&["a:1", "a:3"], &[], 1);
    repo.scan(&["--staged", "-g", "!a"]).is(&[], &[], 0);
}

#[test]
fn hooks_say_which_repository_and_index() {
    let repo = Repo::new(&[]);
    repo.commit("a", "x\n");
    fs::copy(repo.at.join(".git/index"), repo.at.join(".git/other")).unwrap();
    repo.stage("a", "x\n\u{1}1\n");
    let scan = |key: &str, value: &str| {
        Run::of(&repo.scan_command(&["--staged", "--format", "jsonl"]).env(key, value).output().unwrap())
    };
    scan("GIT_INDEX_FILE", ".git/other").is(&[], &[], 0);
    scan("GIT_DIR", ".git").is(&["a:2"], &[], 1);
    scan("GIT_DIR", "nowhere").failed("not a git repository");
    // What could make git run something, or hide something.
    scan("GIT_EXTERNAL_DIFF", "false").is(&["a:2"], &[], 1);
    scan("GIT_TRACE", "1").is(&["a:2"], &[], 1);
}

#[test]
fn git_starts_no_program_of_the_repositorys() {
    let repo = Repo::new(&[]);
    repo.commit(".gitattributes", "* diff=evil filter=evil\n");
    let flag = repo.home.path().join("flag");
    let script = repo.home.path().join("script");
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\n", flag.display())).unwrap();
    fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let script = script.to_str().unwrap();
    repo.commit("a", "x\n");
    repo.stage("a", "x\n\u{1}1\n");
    let keys = "core.fsmonitor diff.external diff.evil.command diff.evil.textconv core.pager pager.diff-index pager.cat-file \
                core.alternateRefsCommand core.sshCommand core.gitProxy";
    for key in keys.split(' ') {
        repo.git(&["config", key, script]);
    }
    for args in [&["--staged"][..], &["--range", "HEAD"], &["--history"]] {
        repo.scan(args);
        assert!(!flag.exists(), "{args:?}");
    }
    repo.scan(&["--staged"]).is(&["a:2"], &[], 1);
}

#[test]
fn a_run_that_cannot_be_made_is_never_clean() {
    let repo = Repo::new(&[]);
    repo.commit("a", "x\n");
    for (args, words) in [
        (&["--range", "no..HEAD"][..], "bad revision"),
        (&["--range", "--all"], "unexpected argument"),
        (&["--history", "--ref", "no"], "bad revision"),
        (&["--history", "--since", "soon"], "`soon` is not a date"),
        (&["--message-file", "no"], "no: no such file"),
        (&["--staged", "--history"], "cannot be used with"),
        (&["--staged", "a"], "cannot be used with"),
        (&["--whole"], "required arguments"),
    ] {
        let run = repo.scan(args);
        run.failed(words);
        assert!(!run.words.contains("hint:"), "{}", run.words);
    }
    let bare = Repo::new(&["--bare"]);
    bare.scan(&["--staged"]).failed("no work tree");
    let mut inside = Repo::new(&[]);
    inside.at.push(".git");
    inside.scan(&["--staged"]).failed("no work tree");
    let none = Repo::empty();
    for args in [&["--staged"][..], &["--history"], &["--range", "HEAD"]] {
        none.scan(args).failed("not a git repository");
    }
    let output = repo.scan_command(&["--staged"]).env("PATH", "/nonexistent").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("git: no such program"));
    // A repository of somebody else's is not trusted, and that is said. Only root can set the scene.
    let given = repo.command("chown", &["-R", "12345", "."]).output().unwrap();
    if given.status.success() {
        repo.scan(&["--staged"]).failed("dubious ownership");
    }
}

#[test]
fn a_range_tells_the_commit_that_brought_each_line() {
    let repo = Repo::new(&[]);
    let root = repo.commit("a", "\u{1}1\nx\n");
    let second = repo.commit("a", "\u{1}1\nx\n\u{1}2\n");
    let third = repo.commit("a", "\u{1}1\n\u{1}2\ny\n");
    repo.commit("a", "\u{1}2\ny\n");
    let fifth = repo.commit("a", "\u{1}1\n\u{1}2\ny\n");
    let brought = |run: &Run| -> Vec<(String, String)> {
        let commit = |finding: &Value| finding["origin"]["commit"].as_str().unwrap().to_owned();
        let mut pairs: Vec<_> = run.findings.iter().map(commit).zip(run.found.clone()).collect();
        pairs.sort();
        pairs
    };
    let expected = |pairs: &[(&String, &str)]| {
        let mut pairs: Vec<_> = pairs.iter().map(|(commit, found)| ((*commit).clone(), (*found).to_owned())).collect();
        pairs.sort();
        pairs
    };
    let all = repo.scan(&["--range", "HEAD"]);
    assert_eq!(brought(&all), expected(&[(&root, "a:1"), (&second, "a:3")]));
    assert_eq!(all.findings[0]["origin"]["author_time"].as_str().unwrap().len(), "2026-01-31T10:00:00Z".len());
    // A line that was there before the range, left, and came back within it.
    let late = repo.scan(&["--range", &format!("{second}..HEAD")]);
    assert_eq!(brought(&late), expected(&[(&fifth, "a:1")]));
    repo.scan(&["--range", &format!("{third}..{third}")]).is(&[], &[], 0);
    assert_eq!(brought(&repo.scan(&["--history"])), brought(&all));
}

#[test]
fn a_merge_brings_only_what_no_parent_has() {
    let repo = Repo::new(&[]);
    diverge(&repo);
    repo.git(&["merge", "-q", "--no-edit", "side"]);
    repo.scan(&["--range", "HEAD^1..HEAD"]).is(&["a:2"], &[], 1);
    repo.write("a", "\u{1}1\nx\n\u{1}2\n\u{1}3\n");
    repo.git(&["commit", "-q", "-a", "--amend", "-m", "evil"]);
    let run = repo.scan(&["--range", "HEAD^1..HEAD"]);
    let merge = repo.git(&["rev-parse", "HEAD"]);
    let evil: Vec<_> = run.findings.iter().filter(|finding| finding["origin"]["commit"] == merge.as_str()).collect();
    assert_eq!(evil.len(), 1);
    assert_eq!(evil[0]["line"], 4);
}

#[test]
fn messages_are_read_in_commits_in_tags_and_before_they_are_made() {
    let repo = Repo::new(&[]);
    repo.commit("a", "x\n");
    let evil = "::error file=x::\u{1b}[2J\u{202e}\n\n=cmd()\n\nkey \u{1}1\nFrom: x\ncommit 0000\n\0";
    repo.write("m", evil.trim_end_matches('\0'));
    repo.git(&["commit", "-q", "--allow-empty", "-F", "m"]);
    repo.scan(&["--range", "HEAD"]).is(&["<message>:5"], &[], 1);
    repo.git(&["tag", "-a", "-m", &planted("see \u{1}2"), "v1"]);
    repo.write("blob", "\u{1}3\n");
    let blob = repo.git(&["hash-object", "-w", "blob"]);
    repo.git(&["tag", "key", &blob]);
    repo.git(&["update-ref", "refs/odd/tree", "HEAD^{tree}"]);
    repo.scan(&["--history"]).is(&["<message>:5", "refs/tags/key:1", "refs/tags/v1:1"], &[], 1);

    let scissors =
        format!("# {} >8 {}\n# Below is shown only.\ndiff --git a/x b/x\n-\u{1}1\n", "-".repeat(24), "-".repeat(24));
    for (text, found) in [
        ("good\n".to_owned() + &scissors, &[][..]),
        ("\u{1}1\n".to_owned() + &scissors, &["m:1"]),
        (scissors.replace("diff", ""), &["m:4"]),
    ] {
        repo.write("m", &text);
        let run = repo.scan(&["--message-file", "m"]);
        run.is(found, &[], i32::from(!found.is_empty()));
        assert!(run.findings.iter().all(|finding| finding["origin"]["type"] == "message"));
    }
}

#[test]
fn history_is_all_that_can_be_reached() {
    let repo = Repo::new(&[]);
    let old = repo
        .command("git", &["commit", "-q", "--allow-empty", "-m", "old"])
        .env("GIT_COMMITTER_DATE", "2001-01-01T00:00:00Z")
        .status();
    assert!(old.unwrap().success());
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit("side", "\u{1}1\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit("main", "\u{1}2\n");
    repo.git(&["rm", "-q", "main"]);
    repo.git(&["commit", "-q", "-m", "gone"]);
    repo.write("kept", "\u{1}3\n");
    repo.git(&["stash", "-q", "-u"]);
    let all = ["kept:1", "main:1", "side:1"];
    repo.scan(&["--history"]).is(&all, &[], 1);
    repo.scan(&["--history", "--ref", "side"]).is(&["side:1"], &[], 1);
    repo.scan(&["--history", "--since", "2002-01-01"]).is(&all, &[], 1);
    repo.scan(&["--history", "--since", "2099-01-01"]).is(&[], &[], 0);
    // From a bare clone that borrows its objects.
    let mut clone = Repo::empty();
    clone.git(&["clone", "-q", "--mirror", "--shared", repo.at.to_str().unwrap(), "mirror"]);
    clone.at.push("mirror");
    clone.scan(&["--history"]).is(&all, &[], 1);
    // One that replaces what was bad by what looks good.
    let [bad, good] = ["main", "side"].map(|branch| repo.git(&["rev-parse", &format!("{branch}~0^{{commit}}")]));
    repo.git(&["replace", &bad, &good]);
    fs::write(repo.at.join(".git/info/grafts"), format!("{bad}\n")).unwrap();
    repo.scan(&["--history"]).is(&all, &[], 1);
}

#[test]
fn what_is_packed_is_unpacked() {
    let repo = Repo::new(&[]);
    let secret = |seed| "line\n".repeat(40) + &format!("\u{1}{seed}\n");
    repo.commit("logs/day.log", &secret(1));
    repo.git(&["archive", "-o", "old.zip", "HEAD"]);
    repo.git(&["rm", "-q", "-r", "logs"]);
    repo.git(&["add", "-A"]);
    let found = ["old.zip!logs/day.log:41"];
    repo.scan(&["--staged"]).is(&found, &[], 1);
    repo.scan(&["--staged", "--max-depth-archive", "0"]).is(&[], &["old.zip:too-deep"], 3);
    repo.git(&["commit", "-q", "-m", "packed"]);
    let packed = repo.scan(&["--range", "HEAD~1..HEAD"]);
    packed.is(&found, &[], 1);
    assert_eq!(packed.findings[0]["origin"]["commit"], repo.git(&["rev-parse", "HEAD"]));
    let whole = fs::read(repo.at.join("old.zip")).unwrap();
    fs::write(repo.at.join("old.zip"), &whole[..whole.len() - 30]).unwrap();
    repo.git(&["add", "-A"]);
    repo.scan(&["--staged"]).is(&found, &["old.zip:damaged"], 1);
    repo.git(&["commit", "-q", "-m", "damaged"]);
    repo.scan(&["--history"]).is(&["logs/day.log:41", found[0], found[0]], &["old.zip:damaged"], 1);
}

#[test]
fn a_clone_that_lacks_something_is_never_complete() {
    let repo = Repo::new(&[]);
    repo.commit("a", "x\n");
    repo.commit("a", "x\n\u{1}1\n");
    repo.commit("a", "y\n");
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let origin = format!("file://{}", repo.at.display());
    let clone = |args: &[&str]| {
        let mut clone = Repo::empty();
        clone.git(&[&["clone", "-q"], args, &[&origin, "clone"]].concat());
        clone.at.push("clone");
        clone
    };
    let shallow = clone(&["--depth=1"]);
    shallow.scan(&["--history"]).is(&[], &["<history>:shallow"], 0);
    shallow.scan(&["--history", "--require-full"]).is(&[], &["<history>:shallow"], 3);
    let range = shallow.scan(&["--range", "HEAD~1..HEAD"]);
    range.failed("bad revision");
    range.failed("this clone is shallow");
    let partial = clone(&["--filter=blob:none", "--no-checkout"]);
    // Nothing is fetched, even where the blobs could be had.
    partial.scan(&["--history"]).is(&[], &["a:absent", "a:absent", "a:absent"], 3);

    // Broken objects: one whose head cannot be read, and one whose body cannot, which ends git in the middle of its answer.
    let loose = |revision: &str| {
        let blob = repo.git(&["rev-parse", revision]);
        let path = repo.at.join(".git/objects").join(&blob[..2]).join(&blob[2..]);
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        path
    };
    fs::write(loose("HEAD~1:a"), b"x\x9c broken").unwrap();
    let lines: Vec<_> = (0..9000_u32).map(|line| line.wrapping_mul(2_654_435_761).to_string()).collect();
    repo.commit("b", &(lines.join("\n") + "\n"));
    let whole = fs::read(loose("HEAD:b")).unwrap();
    fs::write(loose("HEAD:b"), &whole[..whole.len() / 2]).unwrap();
    repo.commit("c", "\u{1}2\n");
    repo.scan(&["--history"]).is(&["c:1"], &["a:absent", "b:unreadable"], 1);
    repo.scan(&["--history", "-g", "!c"]).is(&[], &["a:absent", "b:unreadable"], 3);
    // A broken commit or tree breaks off the walk.
    let tree = repo.git(&["rev-parse", "HEAD~3^{tree}"]);
    fs::remove_file(repo.at.join(".git/objects").join(&tree[..2]).join(&tree[2..])).unwrap();
    repo.scan(&["--history"]).failed("git: ");
}

#[test]
fn names_are_bytes_and_may_lie() {
    let repo = Repo::new(&[]);
    let names = [
        "new\nline",
        "tab\there",
        "::error file=x::",
        "=cmd()",
        "\u{1b}[31m",
        "\"quote\\",
        ":100644 100644 x",
        "-rf",
        " ",
    ];
    for name in names {
        repo.write(name, "\u{1}1\n");
    }
    repo.write(&format!("{}.txt", secret(2)), "x\n\u{1}1\n");
    repo.git(&["add", "-A"]);
    let run = repo.scan(&["--staged"]);
    let mut expected: Vec<String> = names.iter().map(|name| format!("{name}:1")).collect();
    expected.push("[masked].txt:2".into());
    expected.sort();
    let mut found = run.found.clone();
    found.sort();
    assert_eq!(found, expected);
    repo.git(&["commit", "-q", "-m", "x"]);
    let mut found = repo.scan(&["--history"]).found;
    found.sort();
    // A blob with many names is read once.
    assert_eq!(found.len(), 2);
}

#[test]
fn a_blob_of_any_length_is_read_in_blocks() {
    let repo = Repo::new(&[]);
    let filler = "nothing to see here, move along\n".repeat(100_000);
    repo.stage("big", &format!("{filler}\u{1}1\n{filler}"));
    repo.scan(&["--staged"]).is(&["big:100001"], &[], 1);
    repo.git(&["commit", "-q", "-m", "big"]);
    repo.stage("big", &format!("{filler}\u{1}1\n{filler}\u{1}2\n"));
    repo.scan(&["--staged"]).is(&["big:200002"], &[], 1);
}

/// Git itself says how many lines are new; which of several equal ones is a matter of taste.
#[test]
fn new_lines_are_as_many_as_git_says() {
    let repo = Repo::new(&[]);
    let mut state = 1_u32;
    let mut random = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut text: Vec<u32> = (0..40).map(|_| random(6)).collect();
    let file = |lines: &[u32]| lines.iter().map(|line| format!("\u{1}{line}\n")).collect::<Vec<_>>().concat();
    for _ in 0..15 {
        repo.commit("a", &(file(&text) + &"same\n".repeat(100)));
        for _ in 0..=random(8) {
            let at = random(text.len() as u32) as usize;
            match random(3) {
                0 => text.insert(at, random(6)),
                1 if text.len() > 1 => drop(text.remove(at)),
                _ => text[at] = random(6),
            }
        }
        repo.stage("a", &(file(&text) + &"same\n".repeat(100)));
        let numbers = repo.git(&["diff", "--cached", "--minimal", "--numstat"]);
        let added = numbers.split('\t').next().unwrap_or("0").parse().unwrap_or(0);
        assert_eq!(repo.scan(&["--staged"]).found.len(), added, "{numbers}");
    }
}

#[test]
fn an_index_is_read_while_it_is_locked() {
    let repo = Repo::new(&[]);
    repo.stage("a", "\u{1}1\n");
    fs::File::create(repo.at.join(".git/index.lock")).unwrap().write_all(b"").unwrap();
    repo.scan(&["--staged"]).is(&["a:1"], &[], 1);
}

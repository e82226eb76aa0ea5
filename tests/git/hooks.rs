//! Hooks: in every place where git looks for them, beside those of others, and under the `pre-commit` framework.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::repo::{Repo, planted};

const STAGES: [&str; 3] = ["pre-commit", "commit-msg", "pre-push"];

/// Where the program under test stands.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tightlip")).parent().unwrap()
}

/// The search path, with the program under test.
fn search_path() -> String {
    format!("{}:{}", program().display(), std::env::var("PATH").unwrap())
}

impl Repo {
    /// A command that starts hooks, and so tightlip, with the tests' own rule.
    fn hooked(&self, program: &str, args: &[&str]) -> Command {
        let mut command = self.command(program, args);
        command.env("PATH", search_path());
        command.env("TIGHTLIP_RULES", self.home.path().join("rules.toml"));
        command
    }

    fn hook(&self, args: &[&str]) -> Output {
        self.hooked("tightlip", &[&["hook"], args].concat()).output().unwrap()
    }

    /// Commits all there is; gives back whether it was let, and what was said.
    fn try_commit(&self, message: &str) -> (bool, String) {
        self.git(&["add", "-A"]);
        let output = self.hooked("git", &["commit", "-q", "--allow-empty", "-m", message]).output().unwrap();
        (output.status.success(), said(&output))
    }
}

fn write_hook(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// All files below a directory, their modes and bytes.
fn snapshot(directory: &Path) -> Vec<(PathBuf, u32, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(snapshot(&path));
        } else {
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            all.push((path.clone(), mode, fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

/// A way to set up a repository; gives back where its hooks are to stand.
type Setting = (&'static str, fn(&mut Repo) -> PathBuf);

const SETTINGS: &[Setting] = &[
    ("plain", |repo| repo.at.join(".git/hooks")),
    ("from a directory below", |repo| {
        let hooks = repo.at.join(".git/hooks");
        repo.write("sub/x", "x\n");
        repo.at.push("sub");
        hooks
    }),
    ("no hooks folder, and a name that shells dislike", |repo| {
        let at = repo.home.path().join("it's $HOME; \"here\"");
        fs::rename(&repo.at, &at).unwrap();
        repo.at = at;
        fs::remove_dir_all(repo.at.join(".git/hooks")).unwrap();
        repo.at.join(".git/hooks")
    }),
    ("core.hooksPath", |repo| {
        repo.git(&["config", "core.hooksPath", "my hooks"]);
        repo.at.join("my hooks")
    }),
    ("worktree", |repo| {
        let hooks = repo.at.join(".git/hooks");
        repo.commit("x", "x\n");
        repo.git(&["worktree", "add", "-q", "../tree"]);
        repo.at = repo.home.path().join("tree");
        hooks
    }),
    ("husky", |repo| {
        repo.git(&["config", "core.hooksPath", ".husky/_"]);
        // What husky 9 writes, in short.
        let runner = "#!/bin/sh\ns=$(dirname \"$(dirname \"$0\")\")/$(basename \"$0\")\n[ ! -f \"$s\" ] || sh -e \"$s\" \"$@\"\n";
        for stage in STAGES {
            write_hook(&repo.at.join(".husky/_").join(stage), runner, 0o755);
        }
        repo.write(".husky/_/.gitignore", "*");
        repo.at.join(".husky")
    }),
];

#[test]
fn hooks_are_installed_proven_and_taken_away_wherever_git_looks() {
    for (name, set_up) in SETTINGS {
        eprintln!("{name}");
        let mut repo = Repo::new(&[]);
        let folder = set_up(&mut repo);
        let before = snapshot(&folder);
        let healthy = |expected: bool| {
            let doctor = repo.hook(&["doctor"]);
            assert_eq!(doctor.status.success(), expected, "{name}: {}", said(&doctor));
            assert_eq!(said(&doctor).matches("refuses a planted token").count(), if expected { 3 } else { 0 });
        };
        healthy(false);
        for _ in 0..2 {
            let installed = repo.hook(&["install"]);
            assert!(installed.status.success(), "{name}: {}", said(&installed));
            assert_eq!(snapshot(&folder).len(), before.len() + 3);
        }
        assert!(said(&repo.hook(&["install"])).contains("is installed already"));
        repo.git(&["add", "-A"]);
        let index = repo.git(&["ls-files", "--stage"]) + &repo.git(&["count-objects", "-v"]);
        healthy(true);
        assert_eq!(repo.git(&["ls-files", "--stage"]) + &repo.git(&["count-objects", "-v"]), index, "{name}");

        assert!(repo.try_commit("good").0, "{name}");
        repo.write("leak", "x\n\u{1}1\n");
        let (is_made, said) = repo.try_commit("bad");
        assert!(!is_made && said.contains("leak\n  2:1 ") && said.contains("acme-api-key"), "{name}: {said}");
        assert!(said.contains("This commit is refused") && !said.contains(&planted("\u{1}1")[5..20]), "{said}");
        repo.write("leak", "x\n");
        let (is_made, said) = repo.try_commit(&planted("see \u{1}2"));
        assert!(
            !is_made && said.contains("COMMIT_EDITMSG\n  1:5 ") && said.contains("git commit -eF"),
            "{name}: {said}"
        );
        assert!(repo.try_commit("good again").0, "{name}");

        assert!(repo.hook(&["uninstall"]).status.success());
        assert!(said_nothing_changed(&repo));
        assert_eq!(snapshot(&folder), before, "{name}");
    }
}

fn said_nothing_changed(repo: &Repo) -> bool {
    said(&repo.hook(&["uninstall"])).matches("nothing was changed").count() == 3
}

#[test]
fn a_hook_that_was_there_runs_after_ours_with_all_it_is_given() {
    let repo = Repo::new(&[]);
    let at = |name: &str| repo.at.join(".git/hooks").join(name);
    let log = repo.home.path().join("log");
    let text =
        |name: &str| format!("#!/bin/sh\n(echo {name} \"$@\"; [ {name} != pre-push ] || cat) >> '{}'\n", log.display());
    for stage in STAGES {
        write_hook(&at(stage), &text(stage), 0o755);
    }
    let before = snapshot(&repo.at.join(".git/hooks"));
    assert_eq!(said(&repo.hook(&["install"])).matches("runs after it").count(), 3);
    repo.write("a", "x\n");
    assert!(repo.try_commit("one").0);
    repo.git(&["init", "-q", "--bare", "../far"]);
    let push = |args: &[&str]| {
        let output = repo.hooked("git", &[&["push", "-q"], args].concat()).output().unwrap();
        (output.status.success(), said(&output))
    };
    assert!(push(&["../far", "main"]).0);
    let head = repo.git(&["rev-parse", "HEAD"]);
    let expected = format!(
        "pre-commit\ncommit-msg .git/COMMIT_EDITMSG\npre-push ../far ../far\nrefs/heads/main {head} refs/heads/main {}\n",
        "0".repeat(40)
    );
    assert_eq!(fs::read_to_string(&log).unwrap(), expected);

    // Not after a refusal.
    fs::remove_file(&log).unwrap();
    repo.write("b", "\u{1}1\n");
    assert!(!repo.try_commit("two").0);
    assert!(!log.exists());
    repo.git(&["commit", "-q", "--no-verify", "-m", "two"]);
    let (is_pushed, words) = push(&["../far", "main"]);
    assert!(!is_pushed && words.contains("b  commit ") && words.contains("This push is refused"), "{words}");
    assert!(!push(&["../far", "main:new"]).0);
    // What the other side has is not looked at again, and deleting sends nothing.
    assert!(push(&["../far", "HEAD~1:refs/heads/old"]).0);
    assert!(push(&["../far", ":old"]).0);

    assert_eq!(said(&repo.hook(&["uninstall"])).matches("is back").count(), 3);
    assert_eq!(snapshot(&repo.at.join(".git/hooks")), before);

    // One that git would not have run is not run now.
    fs::set_permissions(at("pre-commit"), fs::Permissions::from_mode(0o644)).unwrap();
    repo.hook(&["install", "pre-commit"]);
    repo.write("b", "x\n");
    let _ = fs::remove_file(&log);
    assert!(repo.try_commit("three").0);
    assert!(!fs::read_to_string(&log).unwrap().contains("pre-commit"));
    // Two hooks to be kept are one too many.
    write_hook(&at("pre-commit"), "#!/bin/sh\n", 0o755);
    let refused = repo.hook(&["install", "pre-commit"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("pre-commit.before-tightlip"), "{}", said(&refused));
}

#[test]
fn what_cannot_be_checked_is_refused() {
    let repo = Repo::new(&[]);
    repo.git(&["config", "core.hooksPath", ".husky/_"]);
    write_hook(&repo.at.join(".husky/_/pre-commit"), "#!/bin/sh\nsh -e .husky/pre-commit\n", 0o755);
    assert!(repo.hook(&["install", "pre-commit"]).status.success());
    // Husky's hooks are shared: they hold no path of this machine.
    assert!(!fs::read_to_string(repo.at.join(".husky/pre-commit")).unwrap().contains(program().to_str().unwrap()));
    let tools = repo.home.path().join("tools");
    fs::create_dir(&tools).unwrap();
    for tool in ["git", "sh", "dirname"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap();
        std::os::unix::fs::symlink(said(&found).trim(), tools.join(tool)).unwrap();
    }
    let output =
        repo.hooked("git", &["commit", "-q", "--allow-empty", "-m", "x"]).env("PATH", &tools).output().unwrap();
    assert!(!output.status.success() && said(&output).contains("not on the PATH"), "{}", said(&output));
    // A doctor that cannot see its token says so, and why.
    let is_told = |path: String, config: &str, code: i32, words: &[&str]| {
        repo.write("tightlip.toml", config);
        let mut doctor = repo.command(env!("CARGO_BIN_EXE_tightlip"), &["hook", "doctor"]);
        let doctor = doctor.env("PATH", path).output().unwrap();
        assert_eq!(doctor.status.code(), Some(code));
        assert!(words.iter().all(|words| said(&doctor).contains(words)), "{}", said(&doctor));
    };
    is_told(tools.display().to_string(), "", 1, &["refuses every commit, because it does not find tightlip"]);
    is_told(search_path(), "skp = []\n", 2, &["tightlip.toml", "skp"]);
    write_hook(&tools.join("tightlip"), "#!/bin/sh\necho odd trouble >&2\nexit 3\n", 0o755);
    is_told(tools.display().to_string(), "", 1, &["refuses every commit, and not because of", "odd trouble"]);
    is_told(search_path(), "skip = ['*']\n", 1, &["LETS A PLANTED TOKEN PASS", "tightlip config show"]);
    // A bad configuration is no reason to let anything pass.
    repo.write("tightlip.toml", "skp = []\n");
    assert!(!repo.try_commit("x").0);
}

/// Git hands its hooks another index where a commit is not of the index as it is.
#[test]
fn a_commit_of_some_files_is_held_to_those() {
    let repo = Repo::new(&[]);
    repo.commit("a", "x\n");
    repo.commit("b", "x\n");
    assert!(repo.hook(&["install"]).status.success());
    let commit = |args: &[&str]| {
        let output = repo.hooked("git", &[&["commit", "-q", "-m", "x"], args].concat()).output().unwrap();
        (output.status.success(), said(&output))
    };
    repo.write("a", "y\n");
    repo.stage("b", "\u{1}1\n");
    assert!(commit(&["a"]).0);
    assert!(!commit(&["b"]).0);
    repo.git(&["reset", "-q"]);
    let (is_made, words) = commit(&["-a"]);
    assert!(!is_made && words.contains("b\n  1:1 "), "{words}");
    // An amendment is held to what it changes against the commit it takes the place of.
    repo.git(&["checkout", "-q", "b"]);
    assert!(commit(&["--amend", "--allow-empty"]).0);
}

#[test]
fn hooks_of_others_are_left_alone() {
    let repo = Repo::new(&[]);
    let flag = repo.home.path().join("flag");
    write_hook(&repo.at.join(".git/hooks/pre-commit"), &format!("#!/bin/sh\ntouch '{}'\n", flag.display()), 0o755);
    let doctor = repo.hook(&["doctor"]);
    assert!(doctor.status.code() == Some(1) && said(&doctor).contains("another program's") && !flag.exists());
    fs::write(repo.home.path().join(".gitconfig"), "[core]\nhooksPath = ~/all\n").unwrap();
    let shared = repo.hook(&["install"]);
    assert_eq!(shared.status.code(), Some(2));
    assert!(said(&shared).contains("other repositories share") && !repo.home.path().join("all").exists());
    let none = Repo::empty();
    assert!(said(&none.hook(&["install"])).contains("not a git repository"));
    let bare = Repo::new(&["--bare"]);
    assert_eq!(bare.hook(&["install"]).status.code(), Some(2));
}

/// The framework runs what `.pre-commit-hooks.yaml` says, with the program under test instead of one that it builds.
#[test]
fn the_pre_commit_framework_runs_our_hooks() {
    if !Command::new("pre-commit").arg("--version").output().is_ok_and(|output| output.status.success()) {
        eprintln!("not tested: no pre-commit on the PATH (pip install pre-commit)");
        return;
    }
    let hooks = Repo::new(&[]);
    let definition = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml")).unwrap();
    let revision = hooks.commit(".pre-commit-hooks.yaml", &definition.replace("language: rust", "language: system"));
    let repo = Repo::new(&[]);
    let ids = "[{id: tightlip}, {id: tightlip-commit-msg}, {id: tightlip-pre-push}]";
    let config = format!("repos:\n- repo: {}\n  rev: {revision}\n  hooks: {ids}\n", hooks.at.display());
    repo.write(".pre-commit-config.yaml", &config);
    let types = STAGES.map(|stage| ["--hook-type", stage]).concat();
    let install = repo.hooked("pre-commit", &[&["install"], &types[..]].concat()).output().unwrap();
    assert!(install.status.success(), "{}", said(&install));

    repo.write("a", "x\n");
    let (is_made, words) = repo.try_commit("good");
    assert!(is_made, "{words}");
    repo.write("b", "x\n\u{1}1\n");
    let (is_made, words) = repo.try_commit("bad");
    assert!(!is_made && words.contains("b\n  2:1 ") && words.contains("acme-api-key"), "{words}");
    // What is staged counts, not what is in the file by now.
    repo.git(&["reset", "-q", "b"]);
    repo.git(&["add", "a"]);
    let output = repo.hooked("git", &["commit", "-q", "--allow-empty", "-m", "good"]).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    fs::remove_file(repo.at.join("b")).unwrap();
    let (is_made, words) = repo.try_commit(&planted("\u{1}2"));
    assert!(!is_made && words.contains("COMMIT_EDITMSG"), "{words}");

    repo.git(&["init", "-q", "--bare", "../far"]);
    repo.git(&["remote", "add", "origin", "../far"]);
    let push = || repo.hooked("git", &["push", "-q", "origin", "main"]).output().unwrap();
    assert!(push().status.success());
    repo.write("c", "\u{1}3\n");
    repo.git(&["add", "c"]);
    repo.git(&["commit", "-q", "--no-verify", "-m", "c"]);
    let pushed = push();
    assert!(!pushed.status.success() && said(&pushed).contains("c  commit "), "{}", said(&pushed));
    // The first push of a branch with all its commits is said in another way.
    repo.git(&["update-ref", "-d", "refs/remotes/origin/main"]);
    repo.git(&["--git-dir=../far", "update-ref", "-d", "refs/heads/main"]);
    let pushed = push();
    assert!(!pushed.status.success() && said(&pushed).contains("c  commit "), "{}", said(&pushed));
}

//! Repositories that lead into a target: git itself would open it.

use std::fs;

use tightlip::{Sandbox, Wish};

use crate::scene::{Ear, MARK, Scene, command, text};

#[test]
fn a_repository_that_borrows_from_a_target_is_refused() {
    let scene = Scene::new();
    scene.write("clone/.git/objects/info/alternates", "/elsewhere\n../../../work/alpha/.git/objects\n");
    scene.write("far/.git/objects/info/alternates", "../../../clone/.git/objects\n");
    scene.write("wt/.git", "gitdir: ../work/alpha/.git/worktrees/wt\n");
    scene.write("own/.git/objects/info/alternates", "../../../far-away/objects\n");
    let fence = scene.fence();
    for (repository, admitted) in [
        ("clone", false),
        ("clone/.git", false),
        ("far", false),
        ("wt", false),
        ("work/alpha", false),
        ("own", true),
        ("work/beta", true),
    ] {
        let outcome = fence.admit_repository(&scene.at(repository));
        assert_eq!(outcome.is_ok(), admitted, "{repository}: {outcome:?}");
    }
}

/// A repository with a commit, and something staged.
fn repository() -> Scene {
    let scene = Scene::new();
    scene.git(&["init", "-q", "-b", "main"]);
    scene.write("repo/deep/a.txt", "one\n");
    scene.git(&["add", "."]);
    scene.git(&["commit", "-qm", "first"]);
    scene.write("repo/deep/a.txt", "two\n");
    scene.git(&["add", "."]);
    scene
}

/// A scan of the repository from a directory in it, as its owner would run it.
fn scan(scene: &Scene, directory: &str, args: &[&str]) -> (Option<i32>, String) {
    let mut scan = command(&scene.at(directory), &[&["scan"], args].concat());
    scan.env("TIGHTLIP_TARGETS", scene.at("conf/targets.toml")).env("HOME", scene.at("home"));
    let output = scan.output().unwrap();
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(!told.contains("work/alpha") && !told.contains("MARK"), "{told}");
    (output.status.code(), told)
}

/// How a part of a repository leads into the target, what makes it, and what is said of it.
type Astray = (&'static str, fn(&Scene), &'static str);

const LED_ASTRAY: &[Astray] = &[
    (
        "borrowed objects",
        |scene| scene.write("repo/.git/objects/info/alternates", "../../../work/alpha/.git/objects\n"),
        "borrows objects",
    ),
    (
        "an included configuration",
        |scene| include(scene, "repo/.git/config", "../../work/alpha/.git/config"),
        "configuration includes",
    ),
    (
        "one that an included one includes",
        |scene| {
            include(scene, "home/.gitconfig", "more");
            include(scene, "home/more", scene.at("work/alpha/.git/config").to_str().unwrap());
        },
        "configuration includes",
    ),
    (
        "a linked index",
        |scene| replace(scene, "repo/.git/index", "../../work/alpha/README.md"),
        "part of the repository",
    ),
    ("linked refs", |scene| replace(scene, "repo/.git/refs", "../../work/alpha/src"), "part of the repository"),
    (
        "linked packs",
        |scene| replace(scene, "repo/.git/objects/pack", "../../../work/alpha/src"),
        "part of the repository",
    ),
];

fn include(scene: &Scene, file: &str, path: &str) {
    let old = fs::read_to_string(scene.at(file)).unwrap_or_default();
    scene.write(file, &format!("{old}[include]\n\tpath = {path}\n"));
}

/// Puts a link in the place of something.
fn replace(scene: &Scene, path: &str, to: &str) {
    let old = scene.at(path);
    if old.is_dir() {
        fs::remove_dir_all(old).unwrap();
    } else {
        fs::remove_file(old).unwrap();
    }
    scene.link(to, path);
}

#[test]
fn a_repository_that_leads_astray_is_refused_before_git_is_asked() {
    for (way, set, what) in LED_ASTRAY {
        let scene = repository();
        set(&scene);
        let ear = Ear::on(&scene.at("work/alpha"));
        for (directory, args) in
            [("repo", ["--staged", "--sandbox=auto"]), ("repo/deep", ["--history", "--sandbox=off"])]
        {
            let (code, told) = scan(&scene, directory, &args);
            assert!(code == Some(2) && told.contains("`alpha`") && told.contains(what), "{way}: {code:?} {told}");
        }
        assert_eq!(ear.heard(), 0, "{way}");
    }
}

#[test]
fn what_only_git_would_see_is_refused_by_the_kernel() {
    let scene = repository();
    if scan(&scene, "repo", &["--staged", "--sandbox", "require"]).0 != Some(0) {
        return eprintln!("not tested: there is no Landlock here");
    }
    for (link, to) in [
        ("repo/.git/refs/heads/evil", "../../../../work/alpha/README.md"),
        ("repo/.git/refs/tags/evil", "../../../../work/alpha/src"),
        ("repo/.git/objects/aa", "../../../work/alpha/src"),
    ] {
        scene.link(to, link);
    }
    let ear = Ear::on(&scene.at("work/alpha"));
    for args in [&["--staged"][..], &["--history"], &["--range", "HEAD"]] {
        let (code, told) = scan(&scene, "repo", args);
        assert!(code != Some(1), "{args:?}: {code:?} {told}");
    }
    assert_eq!(ear.heard(), 0);
}

#[test]
fn git_works_behind_the_wall_and_nothing_else_does() {
    let scene = repository();
    scene.write("home/.gitconfig", "[user]\n\tname = U\n[include]\n\tpath = more/config\n");
    scene.write("home/more/config", "[core]\n\tabbrev = 12\n");
    scene.git(&["worktree", "add", "-q", "../tree"]);
    scene.git(&["clone", "-q", "--shared", ".", "../shared"]);
    scene.git(&["clone", "-q", "--bare", ".", "../bare"]);
    for (directory, args) in [
        ("repo", &["--staged"][..]),
        ("repo/deep", &["--staged"]),
        ("repo", &["--history"]),
        ("repo", &["--range", "HEAD"]),
        ("tree", &["--history"]),
        ("shared", &["--history"]),
        ("bare", &["--history"]),
    ] {
        let (code, told) = scan(&scene, directory, args);
        assert_eq!(code, Some(0), "{directory} {args:?}: {told}");
        let is_there = told.contains("by name and by the kernel (landlock ");
        let (required, _) = scan(&scene, directory, &[args, &["--sandbox", "require"]].concat());
        assert_eq!(required, Some(if is_there { 0 } else { 2 }), "{directory} {args:?}: {told}");
    }
    let fence = scene.fence();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            if Sandbox::new().git(scene.at("repo")).enter(&fence, Wish::Require).is_err() {
                return eprintln!("not tested: there is no Landlock here");
            }
            let run = |program: &str| std::process::Command::new(program).arg("--version").output();
            assert!(run("git").unwrap().status.success());
            assert!(run("sh").is_err() && run("cat").is_err());
            assert!(fs::read(scene.at("repo/.git/HEAD")).is_ok());
            for closed in ["work/beta/notes.txt", "work/alpha/README.md", "conf/targets.toml"] {
                assert!(fs::read(scene.at(closed)).is_err(), "{closed}");
            }
            assert!(fs::write(scene.at("repo/new"), MARK).is_err());
        });
    });
}

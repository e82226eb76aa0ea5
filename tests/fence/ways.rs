//! All ways that lead to a target, walked.

use std::fs;
use std::process::Command;

use crate::scene::{Ear, MARK, Scene, text};

/// How the target is reached: a name for the way, what makes it, and what the scan is asked for.
type Way = (&'static str, fn(&Scene), &'static [&'static str]);

/// Ways that a walk meets: the target is left out, and the rest is read.
const MET: &[Way] = &[
    ("a root above", |_| {}, &["."]),
    ("a root just above", |_| {}, &["work"]),
    ("an absolute root above", |scene| scene.write("list", &scene.root.display().to_string()), &["work/../work"]),
    ("a hidden directory above", |scene| scene.write(".hidden/x", "x"), &["--hidden", "."]),
    ("a link to the target, followed", |scene| scene.link("../work/alpha", "links/a"), &["--follow", "links"]),
    (
        "an absolute link",
        |scene| scene.link(scene.at("work/alpha").to_str().unwrap(), "links/a"),
        &["--follow", "links"],
    ),
    ("a link into the target", |scene| scene.link("../work/alpha/src", "links/a"), &["--follow", "links"]),
    ("a link to a file in it", |scene| scene.link("../work/alpha/README.md", "links/a"), &["--follow", "links"]),
    (
        "a link to a link",
        |scene| {
            scene.link("b", "links/a");
            scene.link("../work/alpha", "links/b");
        },
        &["--follow", "links"],
    ),
    ("a link above the target", |scene| scene.link("../work", "links/a"), &["--follow", "links"]),
    ("a link to the root of all", |scene| scene.link("..", "links/a"), &["--follow", "links/a/work"]),
    ("a link through ..", |scene| scene.link("../work/beta/../alpha", "links/a"), &["--follow", "links"]),
    ("a link to a single file", |scene| scene.link("../single.key", "links/a"), &["--follow", "links"]),
    (
        "a hard link to a single file",
        |scene| {
            scene.write("links/x", "x");
            fs::hard_link(scene.at("single.key"), scene.at("links/a")).unwrap();
        },
        &["links"],
    ),
    ("a link that is not followed", |scene| scene.link("../work/alpha", "links/a"), &["links"]),
    (
        "a worktree",
        |scene| {
            scene.write("wt/.git", &format!("gitdir: {}\n", scene.at("work/alpha/.git/worktrees/wt").display()));
            scene.write("wt/a", MARK);
        },
        &["wt/..", "-g", "!conf"],
    ),
    (
        "a worktree by a relative path",
        |scene| {
            scene.write("o/wt/.git", "gitdir: ../../work/alpha/.git/worktrees/wt");
            scene.write("o/wt/a", MARK);
        },
        &["o"],
    ),
    (
        "a submodule",
        |scene| {
            scene.write("o/sub/.git", "gitdir: ../../work/alpha/.git/modules/sub");
            scene.write("o/sub/a", MARK);
        },
        &["o"],
    ),
    (
        "a linked .git",
        |scene| {
            scene.link("../../work/alpha/.git", "o/copy/.git");
            scene.write("o/copy/a", MARK);
        },
        &["o"],
    ),
    (
        "a common directory",
        |scene| {
            scene.write("adm/commondir", "../work/alpha/.git\n");
            scene.write("o/wt/.git", "gitdir: ../../adm");
            scene.write("o/wt/a", MARK);
        },
        &["o"],
    ),
    (
        "an ignore file that is a link",
        |scene| {
            scene.link("../work/alpha/README.md", "o/.gitignore");
            scene.write("o/.git/HEAD", "");
            scene.write("o/a", "x");
        },
        &["--ignore-files", "o"],
    ),
    ("a target that came to be later", |scene| scene.write("work/future/x", MARK), &["work"]),
    ("a glob that names it", |_| {}, &["-g", "work/alpha/**", "."]),
    ("one thread", |_| {}, &["--threads", "1", "."]),
    ("without the kernel", |_| {}, &["--sandbox", "off", "."]),
    (
        "without the kernel, by link",
        |scene| scene.link("../work/alpha", "links/a"),
        &["--sandbox", "off", "--follow", "links"],
    ),
    ("standard output to a report", |_| {}, &["--format", "jsonl", "-o", "report.jsonl", "."]),
];

/// Ways that the user asks for outright: refused, with 2.
const NAMED: &[Way] = &[
    ("the target itself", |_| {}, &["work/alpha"]),
    ("with a slash behind", |_| {}, &["work/alpha/"]),
    ("a directory in it", |_| {}, &["work/alpha/src"]),
    ("a file in it", |_| {}, &["work/alpha/README.md"]),
    ("through ..", |_| {}, &["work/beta/../alpha/src/.."]),
    ("by a link", |scene| scene.link("../work/alpha", "links/a"), &["links/a"]),
    ("below a link", |scene| scene.link("../work/alpha", "links/a"), &["links/a/src"]),
    ("beside another root", |_| {}, &["work/beta", "work/alpha"]),
    ("what is not there", |_| {}, &["work/alpha/missing"]),
    ("a single file", |_| {}, &["single.key"]),
    ("a hard link", |scene| fs::hard_link(scene.at("single.key"), scene.at("hard")).unwrap(), &["hard"]),
    (
        "a file of a worktree",
        |scene| {
            scene.write("wt/.git", "gitdir: ../work/alpha/.git/worktrees/wt");
            scene.write("wt/d/a", MARK);
        },
        &["wt/d/a"],
    ),
    ("a report in it", |_| {}, &["-o", "work/alpha/report", "work/beta"]),
    (
        "a report in it by a link",
        |scene| scene.link("../work/alpha", "links/a"),
        &["-o", "links/a/report", "work/beta"],
    ),
    (
        "a report over a file of it",
        |scene| scene.link("../work/alpha/README.md", "links/a"),
        &["-o", "links/a", "work/beta"],
    ),
    ("rules in it", |_| {}, &["--rules", "work/alpha/README.md", "work/beta"]),
    ("a configuration in it", |_| {}, &["--config", "work/alpha/README.md", "work/beta"]),
    ("what is yet to be", |_| {}, &["work/future"]),
];

#[test]
fn no_way_leads_into_a_target() {
    assert!(MET.len() + NAMED.len() >= 25);
    for (ways, codes) in [(MET, &[0, 3][..]), (NAMED, &[2])] {
        for (way, set, args) in ways {
            let scene = Scene::new();
            set(&scene);
            let ear = Ear::on(&scene.at("work/alpha"));
            let single = Ear::on(&scene.at("single.key"));
            let output = scene.scan(args);
            assert_eq!((ear.heard(), single.heard()), (0, 0), "{way}: something was opened");
            assert!(codes.contains(&output.status.code().unwrap()), "{way}: {output:?}");
            assert!(output.status.code() != Some(2) || text(&output.stderr).contains("`alpha`"), "{way}: {output:?}");
            assert!(!scene.at("work/alpha/report").exists(), "{way}");
        }
    }
}

#[test]
fn a_mount_gives_no_way_in() {
    let scene = Scene::new();
    fs::create_dir_all(scene.at("mnt/whole")).unwrap();
    fs::create_dir_all(scene.at("mnt/inner")).unwrap();
    let targets = format!(
        "mount --bind {0}/work/alpha {0}/mnt/whole && mount --bind {0}/work/alpha/src {0}/mnt/inner && exec {1} scan --targets {0}/conf/targets.toml {0}/mnt",
        scene.root.display(),
        env!("CARGO_BIN_EXE_tightlip"),
    );
    let ear = Ear::on(&scene.at("work/alpha"));
    let output = Command::new("unshare").args(["--map-root-user", "--mount", "sh", "-c", &targets]).output();
    let Ok(output) = output else { return eprintln!("not tested: there is no unshare") };
    if !text(&output.stderr).contains("kept closed") {
        return eprintln!("not tested: mounting is not allowed here: {}", text(&output.stderr));
    }
    assert_eq!(ear.heard(), 0);
    assert_eq!(text(&output.stderr).matches("skipped ").count(), 2, "{}", text(&output.stderr));
}

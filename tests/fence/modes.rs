//! Every mode and every format beside a target: inotify and strace are the witnesses that nothing of it is opened.

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use tightlip::report::REPORTERS;

use crate::scene::{Ear, Scene, command, text};

/// A scene in which all kinds of things lead to the target, a repository with a history, and copies of some texts.
fn riddled() -> Scene {
    let scene = Scene::new();
    scene.link("../work/alpha", "links/a");
    scene.link("../work/alpha/README.md", "links/b");
    scene.link("../single.key", "links/c");
    scene.write("wt/.git", "gitdir: ../work/alpha/.git/worktrees/wt");
    scene.write("wt/a", "of the target");
    scene.write("mention.txt", &format!("see {}/src/main.rs:3\n", scene.at("work/alpha").display()));
    scene.write(
        "report.json",
        r#"[{"RuleID": "x", "File": "mention.txt", "StartLine": 1, "EndLine": 1, "Match": "", "Secret": ""}]"#,
    );
    scene.write("plain/a.json", r#"{"cwd": "/", "n": 1}"#);
    scene.write("message", "fixes nothing\n");
    scene.git(&["init", "-q", "-b", "main"]);
    scene.write("repo/a.txt", "one\n");
    scene.link("../work/alpha/README.md", "repo/link");
    scene.git(&["add", "."]);
    scene.git(&["commit", "-qm", "first"]);
    scene.write("repo/a.txt", "one\ntwo\n");
    scene.git(&["commit", "-qam", "second"]);
    scene.write("repo/b.txt", "three\n");
    scene.git(&["add", "b.txt"]);
    scene
}

/// A mode: what it is, where it runs, its arguments, what it reads, and the codes it may end with.
type Mode = (&'static str, &'static [&'static str], &'static str, &'static [i32]);

/// In this order: some make what others take.
const MODES: &[Mode] = &[
    (".", &["scan", "."], "", &[1]),
    (".", &["scan", "--follow", "--ignore-files", "."], "", &[1]),
    (".", &["scan", "--sandbox", "off", "--follow", "."], "", &[1]),
    (".", &["scan", "mention.txt", "work/beta/notes.txt"], "", &[1]),
    (".", &["scan", "-"], "nothing\n", &[0]),
    (".", &["scan", "-", "plain"], "nothing\n", &[0]),
    (".", &["scan", "--message-file", "message"], "", &[0]),
    ("repo", &["scan", "--staged"], "", &[0]),
    ("repo", &["scan", "--range", "HEAD~1..HEAD"], "", &[0]),
    ("repo", &["scan", "--history"], "", &[0]),
    ("repo", &["scan", "--history", "--sandbox", "off"], "", &[0]),
    (".", &["baseline", "-o", "b.jsonl", "."], "", &[0]),
    (".", &["baseline", "--update", "-o", "b.jsonl", "."], "", &[0]),
    ("repo", &["baseline", "--history", "-o", "../c.jsonl"], "", &[0]),
    (".", &["scan", "--baseline", "b.jsonl", "mention.txt"], "", &[0, 1]),
    (".", &["import", "-o", "imported", "report.json"], "", &[0, 2, 3]),
    (".", &["redact", "work", "plain", "mention.txt", "--into", "out"], "", &[0]),
    (".", &["redact", "--follow", "links", "work", "--into", "out2"], "", &[0]),
    (".", &["redact", "plain", "--into", "out3", "--sign-with", "cat"], "", &[0]),
    (".", &["redact", "-"], "nothing\n", &[0]),
    (".", &["verify", "out"], "", &[0]),
    (".", &["verify", "out", "--verify-with", "cat"], "", &[0]),
    ("repo", &["hook", "install"], "", &[0]),
    ("repo", &["hook", "doctor"], "", &[0, 1]),
    ("repo", &["hook", "run", "pre-commit"], "", &[0]),
    ("repo", &["hook", "run", "commit-msg", "../message"], "", &[0]),
    ("repo", &["hook", "uninstall"], "", &[0]),
    (".", &["rules", "list"], "", &[0]),
    (".", &["config", "show"], "", &[0]),
];

/// Runs a mode, under strace if that is to be had: then with all calls that open something by path.
fn run(scene: &Scene, (directory, args, input, _): &Mode, traced: bool) -> (Output, Vec<String>) {
    let beside = TempDir::new().unwrap();
    let log = beside.path().join("strace.log");
    let mut run = command(&scene.at(directory), args);
    if traced {
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-e", "trace=%file,openat2", "-o", log.to_str().unwrap()]).arg(run.get_program());
        strace.args(run.get_args()).current_dir(scene.at(directory));
        strace.envs(run.get_envs().filter_map(|(name, value)| Some((name, value?))));
        run = strace;
    }
    run.env("TIGHTLIP_TARGETS", scene.at("conf/targets.toml"));
    run.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = run.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    (output, if traced { opened(&fs::read_to_string(log).unwrap()) } else { Vec::new() })
}

/// The calls that open a file to read or list it. One that another thread interrupted is shown in two parts, each with the thread's number.
fn opened(log: &str) -> Vec<String> {
    let mut begun = HashMap::new();
    let calls = log.lines().filter_map(|line| {
        let (thread, call) = line.split_once(' ')?;
        if let Some((start, _)) = call.split_once("<unfinished") {
            begun.insert(thread, start);
            return None;
        }
        Some(if call.contains(" resumed>") { begun.remove(thread)?.to_owned() + call } else { call.to_owned() })
    });
    calls.filter(|call| call.trim_start().starts_with("open") && !call.contains("O_PATH")).collect()
}

#[test]
fn no_mode_opens_a_file_of_a_target() {
    let scene = riddled();
    let (alpha, single) = (Ear::on(&scene.at("work/alpha")), Ear::on(&scene.at("single.key")));
    let probe = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let traced = probe.is_ok_and(|output| output.status.success());
    if !traced {
        eprintln!("not traced: strace does not run here");
    }
    let mut calls = 0;
    for mode in MODES {
        let (output, opened) = run(&scene, mode, traced);
        let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
        let (directory, args, _, codes) = mode;
        assert!(codes.contains(&output.status.code().unwrap()), "{directory} {args:?}: {told}");
        assert_eq!((alpha.heard(), single.heard()), (0, 0), "{args:?}: something was opened");
        // By whatever name: the descriptor that comes back is shown with its real path.
        let inside: Vec<_> =
            opened.iter().filter(|call| ["work/alpha", "single.key"].iter().any(|name| call.contains(name))).collect();
        assert!(inside.is_empty(), "{args:?}: {inside:#?}");
        assert!(
            !told.contains("work/alpha") && !told.contains("MARK") && !told.contains("main.rs"),
            "{args:?}: {told}"
        );
        calls += opened.len();
    }
    assert!(!traced || calls > MODES.len(), "the trace shows what is opened");
}

#[test]
fn every_format_names_the_target_only() {
    let scene = riddled();
    let name = scene.at("work/alpha/inside.md").to_str().unwrap().replace('/', "%2F");
    scene.write("names/x", &format!("see {}/src/main.rs:3\n", scene.at("work/alpha").display()));
    fs::rename(scene.at("names/x"), scene.at("names").join(name)).unwrap();
    let ear = Ear::on(&scene.at("work/alpha"));
    for format in REPORTERS.iter().map(|format| format.name) {
        let output = scene.scan(&["--format", format, "."]);
        assert_eq!(output.status.code(), Some(1), "{format}: {output:?}");
        let report = text(&output.stdout);
        assert!(report.contains("target-alpha"), "{format}: {report}");
        assert!(text(&output.stderr).contains("skipped [TARGET:alpha]: belongs to target `alpha`"), "{output:?}");
        let written = scene.scan(&["--format", format, "-o", "report.out", "."]);
        assert_eq!(written.status.code(), Some(1), "{format}: {written:?}");
        for report in [report, fs::read_to_string(scene.at("report.out")).unwrap()] {
            for inside in ["work/alpha", "work%2Falpha", "work%252Falpha", "main.rs", "inside.md"] {
                assert!(!report.contains(inside), "{format}: {inside}: {report}");
            }
        }
        fs::remove_file(scene.at("report.out")).unwrap();
    }
    assert_eq!(ear.heard(), 0);
    let report = text(&scene.scan(&["--format", "jsonl", "names"]).stdout);
    assert!(report.contains(r#""path":"names/[TARGET:alpha]""#), "{report}");
}

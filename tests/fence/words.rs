//! What the command says of names that mention a target, in every subcommand: the target's name, and no more.

use std::fs;

use crate::scene::{Scene, command, text};

/// A scene in which names, configurations and other scanners' reports mention the target; and a mention of it that is no path here:
/// percent-encoded.
fn mentioned() -> (Scene, String) {
    let scene = Scene::new();
    let path = scene.at("work/alpha/inside.md");
    let path = path.to_str().unwrap();
    let encoded = path.replace('/', "%2F");
    scene.write("names/x", &format!("see {path}:3\n"));
    fs::rename(scene.at("names/x"), scene.at("names").join(&encoded)).unwrap();
    scene.write("plain/a.txt", "nothing\n");
    scene.write("named/tightlip.toml", &format!("baseline = '{encoded}'\n"));
    scene.write(
        "report.json",
        &format!(r#"[{{"RuleID": "x", "File": "{path}", "StartLine": 1, "EndLine": 1, "Match": "", "Secret": ""}}]"#),
    );
    scene.write("ignore/.gitleaksignore", &format!("{path}:generic-api-key:3\n"));
    scene.write("gitleaks/.gitleaks.toml", &format!("[allowlist]\npaths = ['''{path}''']\n"));
    scene.git(&["init", "-q", "-b", "main"]);
    scene.write("repo/a.txt", "one\n");
    fs::write(scene.at("repo").join(&encoded), "two\n").unwrap();
    scene.git(&["add", "."]);
    scene.git(&["commit", "-qm", &format!("as {path} says")]);
    fs::write(scene.at("repo").join(&encoded), format!("see {path}\n")).unwrap();
    scene.git(&["add", "."]);
    (scene, encoded)
}

/// Where, what is asked for, and whether the target must be named in what is said. `@` stands for the encoded mention.
const ASKED: &[(&str, &[&str], bool)] = &[
    (".", &["scan", "names"], true),
    (".", &["scan", "@"], true),
    (".", &["scan", "@", "work/alpha/missing"], true),
    (".", &["scan", "work/alpha/missing"], true),
    (".", &["scan", "--message-file", "@"], true),
    (".", &["scan", "--message-file", "work/alpha/missing"], true),
    (".", &["scan", "--rules", "@", "plain"], true),
    (".", &["scan", "--rules", "work/alpha/rules.toml", "plain"], true),
    (".", &["scan", "--baseline", "@", "plain"], true),
    (".", &["scan", "--baseline", "work/alpha/b.jsonl", "plain"], true),
    (".", &["scan", "--key-file", "@", "plain"], true),
    (".", &["scan", "--key-file", "work/alpha/key", "plain"], true),
    (".", &["scan", "--config", "work/alpha/tightlip.toml", "plain"], true),
    (".", &["scan", "-o", "@/report", "plain"], true),
    (".", &["scan", "-o", "work/alpha/report", "plain"], true),
    (".", &["scan", "--also", "json=work/alpha/report", "plain"], true),
    (".", &["scan", "--only", "@", "plain"], true),
    ("repo", &["scan", "--history", "--format", "json"], true),
    ("repo", &["scan", "--staged"], true),
    ("repo", &["scan", "--range", "@"], true),
    (".", &["scan", "--staged"], false),
    (".", &["baseline", "names", "-o", "b.jsonl"], false),
    (".", &["baseline", "names", "-o", "@/b.jsonl"], true),
    (".", &["baseline", "names", "-o", "work/alpha/README.md"], true),
    (".", &["import", "report.json", "-o", "one"], true),
    (".", &["import", "ignore/.gitleaksignore", "-o", "two"], true),
    (".", &["import", "gitleaks/.gitleaks.toml", "-o", "three"], false),
    (".", &["import", "@", "-o", "four"], true),
    (".", &["import", "work/alpha/README.md", "-o", "five"], true),
    (".", &["import", "report.json", "-o", "work/alpha"], true),
    (".", &["redact", "names", "--into", "out"], false),
    (".", &["redact", "@", "--into", "out2"], true),
    (".", &["redact", "work/alpha/src", "--into", "out2"], true),
    (".", &["redact", "plain", "--into", "work/alpha/out"], true),
    (".", &["redact", "plain", "--into", "plain/@"], true),
    (".", &["verify", "out"], false),
    (".", &["verify", "@"], true),
    (".", &["verify", "work/alpha"], true),
    ("repo", &["hook", "run", "commit-msg", "@"], true),
    ("repo", &["hook", "run", "pre-commit"], true),
    (".", &["hook", "install"], false),
    (".", &["rules", "show", "@"], true),
    (".", &["rules", "test", "@"], true),
    ("named", &["config", "show"], true),
    ("named", &["scan", "."], true),
];

/// What must stand in nothing that is said or written.
const INSIDE: [&str; 6] = ["work/alpha", "work%2Falpha", "work%252Falpha", "inside.md", "main.rs", "MARK"];

#[test]
fn no_word_mentions_a_target_but_by_its_name() {
    let (scene, encoded) = mentioned();
    let mut wrong = Vec::new();
    let mut run = |directory: &str, args: &[&str], is_named: bool| {
        let args: Vec<String> = args.iter().map(|arg| arg.replace('@', &encoded)).collect();
        let mut asked = command(&scene.at(directory), &args.iter().map(String::as_str).collect::<Vec<_>>());
        let output = asked.env("TIGHTLIP_TARGETS", scene.at("conf/targets.toml")).output().unwrap();
        let told = text(&output.stdout) + &text(&output.stderr);
        let is_there = told.contains("alpha");
        if is_named && !is_there || INSIDE.iter().any(|inside| told.contains(inside)) {
            wrong.push(format!("{directory} {args:?}: {:?}\n{told}", output.status.code()));
        }
    };
    for (directory, args, is_named) in ASKED {
        run(directory, args, *is_named);
    }
    // A file that stands among the copies and has no business there.
    fs::write(scene.at("out").join(&encoded), "stray\n").unwrap();
    run(".", &["verify", "out"], true);
    run(".", &["redact", "names", "--into", "out"], true);
    // Hooks that stand in the target.
    scene.git(&["config", "core.hooksPath", scene.at("work/alpha/hooks").to_str().unwrap()]);
    run("repo", &["hook", "install"], true);
    run("repo", &["hook", "doctor"], true);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let written =
        ["b.jsonl", "out/tightlip-manifest.json", "one/tightlip.toml", "two/tightlip.toml", "three/tightlip.toml"];
    for text in written.iter().filter_map(|name| fs::read_to_string(scene.at(name)).ok()) {
        assert!(!INSIDE.iter().any(|inside| text.contains(inside)), "{text}");
    }
    assert!(!scene.at("work/alpha/report").exists() && !scene.at("work/alpha/out").exists());
}

//! The scan command where it meets the system: files, pipes, signals.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the door is tightlip's, not the tests'")]

mod acme;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use tempfile::TempDir;

use acme::{RULES, secret};

/// A directory with the rules and `files`.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = TempDir::new().unwrap();
    for (name, text) in files.iter().chain(&[("rules.toml", RULES)]) {
        write(&tree.path().join(name), text);
    }
    tree
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn command(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.current_dir(directory).args(args).env("XDG_CONFIG_HOME", "/nonexistent");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(directory: &Path, args: &[&str]) -> Output {
    command(directory, args).stdin(Stdio::null()).output().unwrap()
}

fn spawn(directory: &Path, args: &[&str]) -> Child {
    command(directory, args).spawn().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn codes_say_what_happened() {
    let tree = tree(&[("clean.txt", "nothing here\n"), ("leak.txt", &format!("key: {}\n", secret(0)))]);
    for (args, code) in [
        (&["clean.txt"][..], 0),
        (&["leak.txt"], 1),
        (&["."], 1),
        (&["missing.txt"], 2),
        (&["leak.txt", "missing.txt"], 2),
        (&["--skip", "acme-*", "leak.txt"], 0),
        (&["-g", "!leak.txt", "leak.txt"], 0),
    ] {
        let output = run(tree.path(), &[&["scan", "--rules", "rules.toml"], args].concat());
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{}", stderr(&output));
        assert!(!String::from_utf8_lossy(&output.stdout).contains(&secret(0)) && !stderr(&output).contains(&secret(0)));
        assert!(output.stdout.is_empty() || code == 1, "{args:?}: something to show only where there is a finding");
    }
}

#[test]
fn bad_input_is_told_with_its_place() {
    let bad = |field: &str| format!("vendor = 'x'\n\n[[rule]]\nid = 'bad-rule'\ntitle = 'x'\n{field}\n");
    let tree = tree(&[
        ("clean.txt", "\n"),
        ("regex.toml", &bad("anchors = ['abc']\npattern = 'abc[0-9'")),
        ("anchor.toml", &bad("pattern = 'abc[0-9]{8}'")),
        ("config.toml", "hidden = true\nthreds = 2\n"),
        ("allow.toml", "[[allow]]\npath = '['\nreason = 'x'\n"),
    ]);
    for (args, message) in [
        (&["--rules", "regex.toml"][..], "error: regex.toml:3: rule `bad-rule`: "),
        (&["--rules", "anchor.toml"], "error: anchor.toml:3: rule `bad-rule`: it has no anchor"),
        (&["--config", "config.toml"], "error: config.toml:2: unknown key `threds`; did you mean `threads`?"),
        (&["--config", "allow.toml"], "error: allow.toml:1: "),
        (&["-o", "no/such/directory"], "error: no/such/directory: "),
        (&["-o", "."], "error: .: "),
        (&["-g", "["], "error: "),
        (&["missing\u{1b}[2J.txt"], "error: missing\\u{1b}[2J.txt: no such file or directory"),
    ] {
        let output = run(tree.path(), &[&["scan", "clean.txt"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty() && stderr(&output).starts_with(message), "{args:?}: {}", stderr(&output));
    }
}

#[test]
fn configuration_is_looked_for_upward_and_never_where_is_scanned() {
    let tree = tree(&[("leak.txt", &secret(0)), ("tightlip.toml", "rules = ['rules.toml']\n")]);
    let code = |directory: &Path, args: &[&str]| run(directory, args).status.code();
    let (below, beside) = (TempDir::new_in(tree.path()).unwrap(), TempDir::new().unwrap());
    let leak = tree.path().join("leak.txt");
    let scan = ["scan", leak.to_str().unwrap()];
    assert_eq!(code(tree.path(), &scan), Some(1));
    assert_eq!(code(below.path(), &scan), Some(1));
    assert_eq!(code(below.path(), &[&scan[..], &["--no-project-config"]].concat()), Some(0));
    assert_eq!(code(beside.path(), &scan), Some(0));
}

#[test]
fn a_gate_can_refuse_what_a_project_accepts() {
    let allow = "rules = ['rules.toml']\n[[allow]]\npath = 'allowed.txt'\nreason = 'made up'\n";
    let inline = format!("{} # tightlip:allow acme-api-key made up\n", secret(0));
    let tree = tree(&[("allowed.txt", &secret(0)), ("inline.txt", &inline), ("tightlip.toml", allow)]);
    for (args, code) in [(&["scan"][..], 0), (&["scan", "--no-suppressions"], 1)] {
        let output = run(tree.path(), args);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    }
    let jsonl = run(tree.path(), &["scan", "--format", "jsonl"]).stdout;
    assert!(String::from_utf8(jsonl).unwrap().contains("tightlip.toml:2"), "a report names who accepted");
}

#[test]
fn a_report_file_is_whole_and_not_scanned() {
    let tree = tree(&[("leak.txt", &secret(0))]);
    let scan = ["scan", "--rules", "rules.toml", "--format", "jsonl", "-o", "report.jsonl"];
    let text = || run(tree.path(), &["scan", "-q", "--rules", "rules.toml", "-o", "/dev/stdout"]).stdout;
    for _ in 0..2 {
        let output = run(tree.path(), &scan);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
        assert!(stderr(&output).contains(" in 2 files, "), "{}", stderr(&output));
    }
    assert_eq!(names(tree.path()), ["leak.txt", "report.jsonl", "rules.toml"]);
    assert!(String::from_utf8(text()).unwrap().contains("acme-api-key"));
}

#[test]
fn standard_input_is_scanned_alone_or_with_paths() {
    let tree = tree(&[("leak.txt", &secret(0))]);
    for (args, findings) in [(&["-"][..], 1), (&["-", "leak.txt"], 2)] {
        let mut child = spawn(tree.path(), &[&["scan", "--rules", "rules.toml", "--format", "jsonl"], args].concat());
        child.stdin.take().unwrap().write_all(secret(0).as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert_eq!(String::from_utf8(output.stdout).unwrap().matches("\"acme-api-key\"").count(), findings);
    }
}

#[test]
fn the_color_of_the_report() {
    let tree = tree(&[("leak.txt", &secret(0))]);
    for (args, variables, colored) in [
        (&[][..], &[][..], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
    ] {
        let mut command = command(tree.path(), &[&["scan", "--rules", "rules.toml"], args].concat());
        let output = command.envs(variables.iter().copied()).output().unwrap();
        assert_eq!(output.stdout.contains(&0x1b), colored, "{args:?} {variables:?}");
    }
}

/// How a scan ends whose reader has left.
fn unread(directory: &Path, args: &[&str]) -> (ExitStatus, String) {
    let mut child = spawn(directory, &[&["scan", "-q", "--rules", "rules.toml"], args].concat());
    drop(child.stdout.take());
    let mut words = String::new();
    child.stderr.take().unwrap().read_to_string(&mut words).unwrap();
    (child.wait().unwrap(), words)
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_never_looks_clean() {
    let tree = tree(&[("clean.txt", "\n"), ("leak.txt", &format!("{}\n", secret(0)).repeat(5000))]);
    for (args, code) in [(&["leak.txt"][..], 1), (&["--format", "json", "clean.txt"], 141), (&["clean.txt"], 0)] {
        let (status, words) = unread(tree.path(), args);
        assert_eq!((status.code(), words.as_str()), (Some(code), ""), "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_leaves_nothing() {
    let tree = tree(&[]);
    let mut child =
        spawn(tree.path(), &["scan", "--rules", "rules.toml", "--format", "json", "-o", "report.json", "-"]);
    // More than a pipe holds: once it is written, the scan is under way.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{}\n", secret(0)).repeat(20_000).as_bytes()).unwrap();
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!((output.status.code(), output.stdout.len(), stderr(&output).as_str()), (Some(130), 0, ""));
    assert_eq!(names(tree.path()), ["rules.toml"]);
}

#[test]
fn known_values_are_found_by_name() {
    let value = ["kiwi-ridge", "47", "tern"].join("/");
    let tree = tree(&[
        ("a.env", &format!("ACME_PASSWORD={value}\nPORT=8080\n")),
        ("empty.txt", "\n"),
        ("broken.json", &format!("{{\"a\": \"{value}\"")),
        ("plain.log", &format!("login as {value}\n")),
        ("json.log", &format!("{{\"url\":\"https://host/?p={}\"}}\n", value.replace('/', "%2F"))),
        ("clean.log", "login\n"),
    ]);
    let warning = "warning: a.env: not looked for, because it is under 8 bytes or repeats one or two: port\n";
    for (args, code, said) in [
        (&["--known", "a.env", "plain.log"][..], 1, warning),
        (&["--known", "a.env", "json.log"], 1, warning),
        (&["--known", "a.env", "clean.log"], 0, warning),
        (&["--known-env", "TIGHTLIP_TEST_*", "plain.log"], 1, ""),
        (&["--known-env", "NO_SUCH_*", "plain.log"], 0, "warning: no environment variable matches `NO_SUCH_*`\n"),
        (&["--known", "gone.env", "plain.log"], 2, "error: gone.env: "),
        (&["--known", "empty.txt", "plain.log"], 2, "error: empty.txt:1: there is no value in it"),
        (&["--known", "broken.json", "plain.log"], 2, "error: broken.json:1: json: "),
        (&["--known-env", "[", "plain.log"], 2, "error: "),
    ] {
        let mut command = command(tree.path(), &[&["scan", "-q", "--format", "jsonl"], args].concat());
        let output = command.env("TIGHTLIP_TEST_VALUE", &value).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).starts_with(said), "{args:?}: {}", stderr(&output));
        let report = String::from_utf8(output.stdout.clone()).unwrap();
        assert_eq!(report.contains("\"kind\":\"known-value\""), code == 1, "{args:?}: {report}");
        assert!(!(report + &stderr(&output)).contains("kiwi"), "{args:?}");
    }
    let mut redact = command(tree.path(), &["redact", "-", "--known", "a.env"]).spawn().unwrap();
    writeln!(redact.stdin.take().unwrap(), "it is {value}").unwrap();
    let output = redact.wait_with_output().unwrap();
    let copy = String::from_utf8(output.stdout).unwrap();
    assert!(copy.starts_with("it is [REDACTED:known-acme-password:") && copy.ends_with("]\n"), "{copy}");
}

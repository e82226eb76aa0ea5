//! Baselines: what stays accepted and what does not, through the library, the command and git.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the door is tightlip's, not the tests'")]

mod acme;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use tightlip::report::write_baseline;
use tightlip::{Baseline, Confidence, Finding, Key, LapseState, RuleSet, Scanner, Source, Summary, Watch};

use acme::{RULES, secret};

/// Lines of one form for each number, and one of another form for each negative number.
fn lines(numbers: &[i32]) -> String {
    numbers.iter().fold(String::new(), |mut text, number| {
        let name = if *number < 0 { "other = " } else { "token = " };
        writeln!(text, "{name}{}", secret(number.unsigned_abs())).unwrap();
        text
    })
}

/// Files and the numbers of the secrets in them.
type Files<'a> = &'a [(&'a str, &'a [i32])];

fn tree(files: Files<'_>) -> TempDir {
    let tree = TempDir::new().unwrap();
    for (name, numbers) in files {
        let path = tree.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, lines(numbers)).unwrap();
    }
    tree
}

fn key() -> Key {
    Key::from_reader(&b"a key of the tests' own"[..]).unwrap()
}

/// Scans a tree as a project of its own.
fn scan(tree: &Path, baseline: &Baseline, with_key: bool, today: &str) -> (Scanner, Vec<Finding>, Summary) {
    let mut rules = RuleSet::empty();
    rules.add("rules.toml", RULES).unwrap();
    let builder = Scanner::builder().rules(rules).baseline(baseline.clone()).root(tree, tree).threads(1);
    let builder = if with_key { builder.key(key()) } else { builder };
    let scanner = builder.today(today.parse().unwrap()).build().unwrap();
    let mut findings = Vec::new();
    let summary = scanner.scan(&Source::walk([tree]), &Watch::default(), |finding| {
        findings.push(finding.clone());
        Ok(())
    });
    (scanner, findings, summary.unwrap())
}

/// What `old` becomes when all findings of the tree are accepted; written, and read again.
fn accepted(tree: &Path, old: &Baseline, with_key: bool, reason: &str) -> (String, Baseline) {
    let (scanner, findings, summary) = scan(tree, old, with_key, "2026-11-22");
    let found = findings.iter().map(|finding| {
        let mut entry = scanner.entry(finding);
        entry.reason = Some(reason.to_owned());
        (finding, entry)
    });
    let entries = old.update(found, &summary.lapses);
    let mut bytes = Vec::new();
    write_baseline(&mut bytes, &entries).unwrap();
    let baseline = Baseline::from_reader("b.jsonl", &bytes[..]).unwrap();
    assert!(baseline.entries().eq(&entries), "what is written reads the same");
    (String::from_utf8(bytes).unwrap(), baseline)
}

/// Open findings by path and line, and what became of entries.
fn outcome(tree: &Path, baseline: &Baseline, with_key: bool) -> (Vec<String>, Vec<String>) {
    let (_, findings, summary) = scan(tree, baseline, with_key, "2026-11-22");
    let root = format!("{}/", tree.display());
    let place = |finding: &Finding| format!("{}:{}", finding.origin().path(), finding.start().line).replace(&root, "");
    let open: Vec<_> = findings.iter().filter(|finding| finding.is_open()).map(place).collect();
    assert_eq!(summary.open_total(), open.len() as u64);
    assert_eq!(summary.suppressed, (findings.len() - open.len()) as u64);
    let lapses = summary.lapses.iter().map(|lapse| match &lapse.state {
        LapseState::Stale { path, .. } => format!("stale {path}"),
        LapseState::Moved { path, to, .. } => format!("{path} > {to}"),
        other => format!("{other:?}"),
    });
    (open, lapses.collect())
}

#[test]
fn what_stays_accepted_and_what_does_not() {
    struct Case<'a> {
        what: &'a str,
        before: Files<'a>,
        after: Files<'a>,
        /// Open without a key and with one, and what is said of entries.
        open: [&'a [&'a str]; 2],
        said: [&'a [&'a str]; 2],
    }
    let case = |what, before, after, open, said| Case { what, before, after, open, said };
    let one: Files<'_> = &[("d/a.env", &[1])];
    let moved = "d/a.env > d/b.env";
    for case in [
        case("nothing changes", one, one, [&[], &[]], [&[], &[]]),
        case("another form is found", one, &[("d/a.env", &[-2, 1])], [&["d/a.env:1"], &["d/a.env:1"]], [&[], &[]]),
        // Without a key nobody can tell which of the two is new.
        case("the same form once more", one, &[("d/a.env", &[2, 1])], [&["d/a.env:2"], &["d/a.env:1"]], [&[], &[]]),
        case("the value changes", one, &[("d/a.env", &[2])], [&[], &["d/a.env:1"]], [&[], &["stale d/a.env"]]),
        case("a line goes", &[("a", &[1, -2])], &[("a", &[1])], [&[], &[]], [&["stale a"], &["stale a"]]),
        case("a file goes", &[("a", &[1]), ("b", &[-2])], &[("a", &[1])], [&[], &[]], [&["stale b"], &["stale b"]]),
        case("a renaming", one, &[("d/b.env", &[1])], [&[], &[]], [&[moved], &[moved]]),
        case("a move", one, &[("a.env", &[1])], [&[], &[]], [&["d/a.env > a.env"], &["d/a.env > a.env"]]),
        case(
            "a move and a renaming",
            one,
            &[("e/b.env", &[1])],
            [&["e/b.env:1"], &[]],
            [&["stale d/a.env"], &["d/a.env > e/b.env"]],
        ),
        case(
            "a renaming and another value",
            one,
            &[("d/b.env", &[2])],
            [&[], &["d/b.env:1"]],
            [&[moved], &["stale d/a.env"]],
        ),
        case("a copy", one, &[("d/a.env", &[1]), ("d/b.env", &[1])], [&["d/b.env:1"], &["d/b.env:1"]], [&[], &[]]),
        case(
            "two copies and no original",
            one,
            &[("d/b.env", &[1]), ("d/c.env", &[1])],
            [&["d/c.env:1"], &["d/c.env:1"]],
            [&[moved], &[moved]],
        ),
        case("lines trade places", &[("a", &[1, 2, 3])], &[("a", &[4, 3, 1, 2])], [&["a:4"], &["a:1"]], [&[], &[]]),
    ] {
        for (with_key, (open, said)) in [false, true].into_iter().zip(case.open.into_iter().zip(case.said)) {
            let (_, baseline) = accepted(tree(case.before).path(), &Baseline::default(), with_key, "seen");
            let got = outcome(tree(case.after).path(), &baseline, with_key);
            let expected: [Vec<_>; 2] = [open, said].map(|list| list.iter().map(ToString::to_string).collect());
            assert_eq!([got.0, got.1], expected, "{}, key: {with_key}", case.what);
        }
    }
}

#[test]
fn an_update_settles_everything_and_keeps_what_people_wrote() {
    for with_key in [false, true] {
        let before = tree(&[("a", &[1, -2]), ("b", &[3]), ("c", &[-4])]);
        let (_, old) = accepted(before.path(), &Baseline::default(), with_key, "first");
        let after = tree(&[("a", &[5, 1]), ("z/b", &[3]), ("c", &[-4])]);
        let (text, new) = accepted(after.path(), &old, with_key, "second");
        assert_eq!(outcome(after.path(), &new, with_key), (vec![], vec![]));
        let reasons: Vec<_> = new.entries().map(|entry| (entry.path.as_str(), entry.reason.as_deref())).collect();
        let count = |path, reason| reasons.iter().filter(|got| **got == (path, Some(reason))).count();
        assert_eq!([count("a", "first"), count("a", "second"), count("z/b", "first"), count("c", "first")], [1; 4]);
        assert_eq!(reasons.len(), 4);
        // Once more changes nothing, and lines are sorted.
        assert_eq!(accepted(after.path(), &new, with_key, "third").0, text);
        assert!(text.lines().is_sorted());
        assert_eq!(text.contains("\"value\""), with_key);
    }
}

#[test]
fn what_has_expired_is_open_again() {
    let tree = tree(&[("a", &[1])]);
    let (text, _) = accepted(tree.path(), &Baseline::default(), false, "for now");
    let text = text.replace("\"reason\"", "\"until\":\"2026-11-22\",\"reason\"");
    let baseline = Baseline::from_reader("b.jsonl", text.as_bytes()).unwrap();
    for (today, open, lapses) in [("2026-11-22", 0, 0), ("2026-11-23", 1, 1)] {
        let (_, _, summary) = scan(tree.path(), &baseline, false, today);
        assert_eq!((summary.open_total(), summary.lapses.len()), (open, lapses), "{today}");
    }
    let (scanner, findings, summary) = scan(tree.path(), &baseline, false, "2027-01-01");
    let found = findings.iter().map(|finding| (finding, scanner.entry(finding)));
    let updated = baseline.update(found, &summary.lapses);
    assert!(baseline.entries().eq(&updated), "nobody but people renew an entry");
}

#[test]
fn what_was_not_looked_at_is_not_called_stale() {
    let tree = tree(&[("a/x", &[1]), ("b/x", &[2])]);
    let (_, baseline) = accepted(tree.path(), &Baseline::default(), false, "seen");
    let scanner = Scanner::builder().rules(RuleSet::empty()).baseline(baseline.clone()).root(tree.path(), tree.path());
    let scanner = scanner.build().unwrap();
    for path in ["a", "b/x"] {
        let summary = scanner.scan(&Source::walk([tree.path().join(path)]), &Watch::default(), |_| Ok(())).unwrap();
        assert_eq!(summary.lapses, [], "no such rule is in force");
    }
    fs::write(tree.path().join("a/x"), "").unwrap();
    fs::write(tree.path().join("b/x"), "").unwrap();
    let mut rules = RuleSet::empty();
    rules.add("rules.toml", RULES).unwrap();
    let scanner = Scanner::builder().rules(rules).baseline(baseline).root(tree.path(), tree.path()).build().unwrap();
    for (path, stale) in [("a", 1), ("b/x", 1), (".", 2)] {
        let summary = scanner.scan(&Source::walk([tree.path().join(path)]), &Watch::default(), |_| Ok(())).unwrap();
        assert_eq!(summary.lapses.len(), stale, "{path}");
    }
}

#[test]
fn what_is_too_doubtful_to_be_reported_is_not_stale() {
    let tree = tree(&[("a", &[1]), ("b", &[2, -3])]);
    let scanner = |baseline: &Baseline, least| {
        let mut rules = RuleSet::empty();
        rules.add("rules.toml", &RULES.replace("'high'", "'low'")).unwrap();
        let builder = Scanner::builder().rules(rules).baseline(baseline.clone()).min_confidence(least);
        builder.root(tree.path(), tree.path()).build().unwrap()
    };
    let scan = |baseline: &Baseline, least| {
        let (scanner, mut found) = (scanner(baseline, least), Vec::new());
        let summary = scanner.scan(&Source::walk([tree.path()]), &Watch::default(), |finding| {
            found.push((finding.clone(), scanner.entry(finding)));
            Ok(())
        });
        let summary = summary.unwrap();
        let entries = baseline.update(found.iter().map(|(finding, entry)| (finding, entry.clone())), &summary.lapses);
        let mut bytes = Vec::new();
        write_baseline(&mut bytes, &entries).unwrap();
        (summary, Baseline::from_reader("b.jsonl", &bytes[..]).unwrap())
    };
    let (_, baseline) = scan(&Baseline::default(), Confidence::Low);
    let (summary, updated) = scan(&baseline, Confidence::High);
    assert_eq!((summary.lapses.len(), summary.open_total(), updated.entries().len()), (0, 0, 3));
    fs::write(tree.path().join("b"), lines(&[2])).unwrap();
    for least in [Confidence::Low, Confidence::High] {
        let (summary, updated) = scan(&baseline, least);
        assert_eq!((summary.lapses.len(), summary.open_total(), updated.entries().len()), (1, 0, 2));
    }
}

#[test]
fn a_bad_line_is_told_with_its_place_and_mend_and_never_its_values() {
    let tree = tree(&[("a", &[1])]);
    let (good, _) = accepted(tree.path(), &Baseline::default(), false, "seen");
    let value = secret(9);
    for (bad, message) in [
        ("<<<<<<< HEAD".to_owned(), "a merge conflict is left here; keep the lines of both sides"),
        (
            format!("token = {value}"),
            "this is not JSON; a baseline has one entry a line, as `tightlip baseline` writes it",
        ),
        (format!("\"{value}\""), "this is no entry: all its values are texts"),
        (format!("{{\"fingerprint\":\"{value}\"}}"), "a fingerprint is 32 hex digits in lower case"),
        (format!("{{\"reason\":[\"{value}\"]}}"), "this is no entry: all its values are texts"),
        ("{}".to_owned(), "missing field `fingerprint`"),
        (good.replace("\"rule\"", "\"rul\""), "an entry has no key `rul`"),
        (good.replace("\"reason\"", "\"until\":\"soon\",\"reason\""), "a date is written `YYYY-MM-DD`"),
        (good.replace("seen", "heard"), "line 1 says something else of the same finding; keep one of the two"),
    ] {
        let text = format!("{good}\n{good}{bad}\n");
        let error = Baseline::from_reader("b.jsonl", text.as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("b.jsonl:4: {message}")), "{bad}: {error}");
        assert!(!error.contains(&value));
    }
    assert_eq!(Baseline::from_reader("b.jsonl", good.replace('\n', "\r\n\r\n").as_bytes()).unwrap().entries().len(), 1);
}

fn run(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.current_dir(directory).args(args).env("XDG_CONFIG_HOME", "/nonexistent").output().unwrap()
}

fn git(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new("git");
    for (name, value) in [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")] {
        command.env(name, value);
    }
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "init.defaultBranch=main"];
    command.current_dir(directory).args(identity).args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

const CONFIG: &str = "rules = ['rules.toml']\nbaseline = 'tightlip-baseline.jsonl'\nskip = ['secret-*']\n";

#[test]
fn the_command_from_first_to_last() {
    let tree = tree(&[("sub/a.env", &[1]), ("b.env", &[2])]);
    let at = tree.path();
    fs::write(at.join("rules.toml"), RULES).unwrap();
    fs::write(at.join("tightlip.toml"), CONFIG).unwrap();
    let code = |directory: &Path, args: &[&str], code| {
        let output = run(directory, args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        assert!(!said(&output).contains(&secret(1)[5..13]), "{args:?}");
        said(&output)
    };
    assert!(
        code(at, &["scan"], 2).contains("tightlip-baseline.jsonl: "),
        "a baseline that is not there is no empty one"
    );
    let words = code(at, &["baseline", "--reason", "made up"], 0);
    assert!(
        words.contains("tightlip-baseline.jsonl: 2 entries (2 new, 0 gone)") && words.contains("merge=union"),
        "{words}"
    );
    code(at, &["baseline"], 2);
    code(at, &["scan"], 0);
    code(&at.join("sub"), &["scan"], 0);
    code(&at.join("sub"), &["scan", "../b.env"], 0);
    code(at, &["scan", "--no-suppressions"], 1);
    let json = code(at, &["scan", "--format", "jsonl", "sub"], 0);
    assert!(json.contains(r#""suppressed_by":{"by":"baseline","file":"tightlip-baseline.jsonl:"#), "{json}");
    assert!(json.contains(r#""reason":"made up"}"#), "{json}");

    fs::write(at.join("b.env"), lines(&[2, -3])).unwrap();
    fs::rename(at.join("sub/a.env"), at.join("a.env")).unwrap();
    let words = code(at, &["scan"], 1);
    assert!(words.contains("moved tightlip-baseline.jsonl:"), "{words}");
    let words = code(at, &["baseline", "--update"], 0);
    assert!(words.contains("3 entries (2 new, 1 gone)"), "{words}");
    assert_eq!(code(at, &["scan"], 0).matches("moved").count(), 0);

    // With a key, what was accepted without one is held to its value from the next update on.
    fs::write(at.join("key"), "0123456789abcdef").unwrap();
    code(at, &["baseline", "--update", "--key-file", "key"], 0);
    fs::write(at.join("b.env"), lines(&[4, -3])).unwrap();
    code(at, &["scan"], 0);
    let words = code(at, &["scan", "--key-file", "key"], 1);
    assert!(words.contains("1 open finding"), "{words}");
    // Under another key nothing could be told from what was accepted.
    fs::write(at.join("other"), "fedcba9876543210").unwrap();
    let words = code(at, &["scan", "--key-file", "other"], 2);
    assert!(
        words.contains("tightlip-baseline.jsonl:1: written under key ") && words.contains("give that key"),
        "{words}"
    );
    code(at, &["scan", "--key-file", "other", "--no-suppressions"], 1);
    code(at, &["scan", "--key-env", "TIGHTLIP_TEST_NO_SUCH_VARIABLE"], 2);
    fs::write(at.join("key"), "short").unwrap();
    assert!(code(at, &["scan", "--key-file", "key"], 2).contains("a key has at least 16 bytes"));
}

#[test]
fn what_accepts_nothing_is_told() {
    let tree = tree(&[("a.env", &[1]), ("sub/b.env", &[2])]);
    let at = tree.path();
    fs::write(at.join("rules.toml"), RULES).unwrap();
    let inline = format!(
        "# tightlip:allow acme-api-key nothing here\n\n{} # tightlip:allow acme-api-key until=2001-01-01 old\n",
        secret(3)
    );
    fs::write(at.join("c.env"), inline).unwrap();
    let allow = "rules = ['rules.toml']\n[[allow]]\npath = 'sub/**'\nreason = 'a'\n[[allow]]\npath = 'gone/**'\nreason = 'b'\n[[allow]]\npath = 'a.env'\nuntil = 2001-01-01\nreason = 'c'\n";
    fs::write(at.join("tightlip.toml"), allow).unwrap();
    let output = run(at, &["scan"]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    for line in [
        "unused c.env:1: accepts nothing",
        "expired c.env:3: was accepted until 2001-01-01",
        "unused tightlip.toml:5: accepts nothing",
        "expired tightlip.toml:8: was accepted until 2001-01-01",
        "2 open findings (2 high), 1 suppressed",
    ] {
        assert!(words.contains(line), "{line} is not in {words}");
    }
    // Globs are relative to the configuration's directory, wherever a scan starts; a part of the project says nothing of the rest.
    let output = run(&at.join("sub"), &["scan"]);
    assert_eq!((output.status.code(), said(&output).contains("unused")), (Some(0), false), "{}", said(&output));
}

#[test]
fn commits_are_held_to_the_baseline_too() {
    let tree = tree(&[("a.env", &[1]), ("sub/b.env", &[2])]);
    let at = tree.path();
    fs::write(at.join("rules.toml"), RULES).unwrap();
    fs::write(at.join("tightlip.toml"), CONFIG).unwrap();
    let ok = |output: Output| assert!(output.status.success(), "{}", said(&output));
    ok(git(at, &["init", "-q"]));
    ok(git(at, &["add", "-A"]));
    ok(git(at, &["commit", "-qm", "first"]));
    ok(run(at, &["baseline", "--history"]));
    let scan = |directory: &Path, args: &[&str], code| {
        let output = run(directory, &[&["scan"], args].concat());
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        assert!(!said(&output).contains("stale"), "{}", said(&output));
    };
    for directory in [at, &at.join("sub")] {
        scan(directory, &["--history"], 0);
        scan(directory, &["."], 0);
    }
    fs::rename(at.join("sub/b.env"), at.join("b.env")).unwrap();
    ok(git(at, &["add", "-A"]));
    scan(at, &["--staged"], 0);
    scan(at, &["--staged", "--whole"], 0);
    ok(git(at, &["commit", "-qm", "second"]));
    scan(at, &["--history"], 0);
    // One more of an accepted form, above it: by its ordinal it is the accepted one, but only it is new.
    fs::write(at.join("a.env"), lines(&[3, 1])).unwrap();
    ok(git(at, &["add", "-A"]));
    scan(at, &["--staged"], 1);
    scan(at, &["--staged", "--whole"], 1);
}

/// A repository with a baseline, and two branches that each add findings and update it; the result of merging them.
fn merged(attributes: &str, common: &[i32], ours: &[i32], theirs: &[i32]) -> (TempDir, Output) {
    let tree = TempDir::new().unwrap();
    let at = tree.path();
    let ok = |output: Output| assert!(output.status.success(), "{}", said(&output));
    let add = |branch: &str, numbers: &[i32]| {
        for number in numbers {
            fs::write(at.join(format!("{branch}-{number}.env")), lines(&[*number])).unwrap();
        }
        ok(run(at, &["baseline", "--update", "--reason", branch]));
        ok(git(at, &["add", "-A"]));
        ok(git(at, &["commit", "-qm", branch, "--allow-empty"]));
    };
    fs::write(at.join("rules.toml"), RULES).unwrap();
    fs::write(at.join("tightlip.toml"), CONFIG).unwrap();
    fs::write(at.join(".gitattributes"), attributes).unwrap();
    ok(git(at, &["init", "-q"]));
    add("main", common);
    ok(git(at, &["checkout", "-qb", "side"]));
    add("side", theirs);
    ok(git(at, &["checkout", "-q", "main"]));
    add("more", ours);
    let output = git(at, &["merge", "-q", "side", "-m", "merge"]);
    (tree, output)
}

#[test]
fn branches_that_both_add_entries_merge() {
    let union = "tightlip-baseline.jsonl merge=union\n";
    for common in [&[][..], &[1, 2, 3]] {
        let (tree, output) = merged(union, common, &[10, -11, 12], &[-20, 21, 22, 23]);
        assert!(output.status.success(), "{}", said(&output));
        let scan = run(tree.path(), &["scan"]);
        let count = format!("{} suppressed", common.len() + 7);
        assert!(scan.status.code() == Some(0) && said(&scan).contains(&count), "{}", said(&scan));
        // The next update sorts what the merge left in the order of the branches.
        assert_eq!(run(tree.path(), &["baseline", "--update"]).status.code(), Some(0));
        let text = fs::read_to_string(tree.path().join("tightlip-baseline.jsonl")).unwrap();
        assert!(text.lines().is_sorted() && text.lines().count() == common.len() + 7);
    }
}

#[test]
fn without_the_attribute_a_conflict_is_git_s_and_the_scan_says_so() {
    let (tree, output) = merged("", &[], &[10], &[20]);
    assert!(!output.status.success());
    let scan = run(tree.path(), &["scan"]);
    assert_eq!(scan.status.code(), Some(2));
    assert!(said(&scan).contains("tightlip-baseline.jsonl:1: a merge conflict is left here"), "{}", said(&scan));
}

/// What gitleaks and detect-secrets left behind in a project.
fn leave_behind(at: &Path) {
    // The line is one of an old commit; the value tells. The next has another value by now, and one file is gone.
    let found = |file: &str, line: u32, value: &str| {
        format!(
            r#"{{"RuleID":"acme","File":"{file}","StartLine":{line},"EndLine":{line},"Secret":"{value}","Commit":"0"}}"#
        )
    };
    let report =
        [found("a.env", 7, &secret(1)[5..]), found("b.env", 1, &secret(8)[5..]), found("gone.env", 3, "REDACTED")];
    fs::write(at.join("report.json"), format!("[{}]", report.join(","))).unwrap();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    fs::write(at.join(".gitleaksignore"), format!("# old\n{commit}:b.env:acme:2 # both\nc.env:acme:1\n")).unwrap();
    let detect = serde_json::json!({
        "plugins_used": [{"name": "AWSKeyDetector"}, {"name": "Own", "path": "file://own.py"}],
        "filters_used": [
            {"path": "detect_secrets.filters.heuristic.is_templated_secret"},
            {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^vendor/"]}
        ],
        "results": {"c.env": [
            {"type": "Secret Keyword", "line_number": 2, "hashed_secret": "0"},
            {"type": "Secret Keyword", "line_number": 3, "hashed_secret": "0", "is_secret": true}
        ]}
    });
    fs::write(at.join(".secrets.baseline"), detect.to_string()).unwrap();
    let config = r#"title = "x"
[extend]
useDefault = true
disabledRules = ["generic-api-key"]
[[rules]]
id = "acme_token"
description = "Acme's own"
regex = '''(?i)(acme_)([0-9a-z]{32,})'''
secretGroup = 2
keywords = ["acme_"]
[rules.allowlist]
paths = ['''_test\.go$''']
stopwords = ["dummy"]
[[rules]]
id = "no-anchor"
regex = '''[0-9a-f]{40}'''
[allowlist]
description = "not ours"
paths = ['''^third_party/''', '''x[^/]+y''']
"#;
    fs::write(at.join("leaks.toml"), config).unwrap();
}

#[test]
fn what_gitleaks_and_detect_secrets_say_is_taken_over() {
    let tree = tree(&[("a.env", &[-9, 1]), ("b.env", &[2, -3]), ("c.env", &[4, 5, 6])]);
    let at = tree.path();
    leave_behind(at);
    let files = ["import", "leaks.toml", "report.json", ".gitleaksignore", ".secrets.baseline"];
    let output = run(at, &files);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(3), "{words}");
    for line in [
        "leaks.toml:4: `generic-api-key` is off there",
        "leaks.toml:5: `acme_token` is bounded now",
        "leaks.toml:13: `stopwords` are not carried over",
        "leaks.toml:14: `no-anchor` is left out: no literal of 3 bytes",
        "leaks.toml:19: no glob says the same as this path regex",
        ".secrets.baseline: c.env:3: an audit called this a real secret",
        ".secrets.baseline: file://own.py: a plugin of one's own is not carried over",
        "report.json: b.env:1 (acme): tightlip finds nothing there",
        "report.json: gone.env:3 (acme): the file is not there",
        "tightlip-rules.toml: 1 rule",
        "tightlip-baseline.jsonl: 4 accepted findings",
        "tightlip.toml: 3 allow entries",
    ] {
        assert!(words.contains(line), "{line} is not in\n{words}");
    }
    for file in ["tightlip.toml", "tightlip-rules.toml", "tightlip-baseline.jsonl"] {
        let text = fs::read_to_string(at.join(file)).unwrap();
        assert!((0..10).all(|number| !(text.clone() + &words).contains(&secret(number)[5..13])), "{file}");
    }
    // What was written is in force: of all secrets, the two that nobody accepted and the changed one are open.
    let scan = run(at, &["scan", "-q", "--format", "jsonl", "-g", "*.env"]);
    assert_eq!(String::from_utf8_lossy(&scan.stdout).matches("\"open\"").count() - 1, 3, "{}", said(&scan));
    assert_eq!(run(at, &files).status.code(), Some(2), "nothing is overwritten");
    fs::create_dir(at.join("other")).unwrap();
    for (name, text, message) in [
        ("bad.json", "[{\"File\": 7}]", "bad.json:1: this is no gitleaks report"),
        ("bad.baseline", "{}", "bad.baseline:1: this is no baseline of detect-secrets"),
        ("bad.toml", "[[rules]]\nid = 7\n", "bad.toml:2: expected a string"),
        ("bad.txt", "a.env:acme:1\nhello\n", "bad.txt:2: expected `PATH:RULE:LINE`"),
    ] {
        fs::write(at.join(name), text).unwrap();
        let output = run(at, &["import", "-o", "other", name]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(message), "{}", said(&output));
    }
}

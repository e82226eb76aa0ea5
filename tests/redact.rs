//! The redact and verify commands where they meet the system: trees, links, signatures, kills, other scanners.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the door is tightlip's, not the tests'")]

mod acme;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use acme::{RULES, secret};

/// A directory with rules, a key, and `files` in `in/`.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let tree = TempDir::new().unwrap();
    write(&tree.path().join("rules.toml"), RULES);
    write(&tree.path().join("key"), "a key of the tests, long enough");
    for (name, text) in files {
        write(&tree.path().join("in").join(name), text);
    }
    tree
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// All files below a directory, by their names in it.
fn names(directory: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(below) = open.pop() {
        for entry in std::fs::read_dir(directory.join(&below)).unwrap() {
            let entry = entry.unwrap();
            let name = below.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(name);
            } else {
                names.push(name.to_str().unwrap().into());
            }
        }
    }
    names.sort();
    names
}

fn command(directory: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.current_dir(directory).args(args).args(["--rules", "rules.toml"]).env("XDG_CONFIG_HOME", "/nonexistent");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(directory: &Path, args: &[&str]) -> Output {
    command(directory, args).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs a command that is to end with `code`, and gives what it said.
fn expect(directory: &Path, args: &[&str], code: i32) -> String {
    let output = run(directory, args);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    said
}

#[test]
fn copies_are_clean_and_the_manifest_says_so() {
    let (one, other) = (secret(1), secret(2));
    let tree = tree(&[
        ("a.json", &format!("{{\"key\": \"{one}\"}}\r\n")),
        ("deep/b.log", &format!("INFO key {one} and {other}\n")),
        ("deep/c.txt", "nothing here\n"),
        ("k.env", &format!("KEY={one} # tightlip:allow acme-api-key made up\n")),
        (&format!("{other}.txt"), "a name\n"),
    ]);
    let said = expect(tree.path(), &["redact", "in", "--into", "out", "--key-file", "key"], 0);
    assert!(said.contains("5 copied into out (3 with redactions, 4 in all), 0 refused, 0 skipped"), "{said}");
    let out = tree.path().join("out");
    let expected =
        ["in/[masked].txt", "in/a.json", "in/deep/b.log", "in/deep/c.txt", "in/k.env", "tightlip-manifest.json"];
    assert_eq!(names(&out), expected);
    let placeholder = |name: &str, at: usize| {
        let text = read(&out.join(name));
        let start = text.match_indices("[REDACTED:acme-api-key:").nth(at).unwrap().0;
        text[start..=start + text[start..].find(']').unwrap()].to_owned()
    };
    assert_eq!(placeholder("in/a.json", 0), placeholder("in/deep/b.log", 0));
    assert_ne!(placeholder("in/deep/b.log", 0), placeholder("in/deep/b.log", 1));
    assert_eq!(read(&out.join("in/a.json")), format!("{{\"key\": \"{}\"}}\r\n", placeholder("in/a.json", 0)));
    for name in names(&out) {
        let text = name.clone() + &read(&out.join(&name)) + &said;
        for value in [&one, &other] {
            assert!(!text.contains(&value[5..13]), "{name} holds a piece of a value");
        }
    }
    // The same key, the same copies, whoever makes them; and of copies.
    expect(tree.path(), &["redact", "in", "--into", "again", "--key-file", "key", "--threads", "1"], 0);
    for name in names(&out) {
        let (first, again) = (read(&out.join(&name)), read(&tree.path().join("again").join(&name)));
        assert!(first == again || name.ends_with("manifest.json"), "{name} differs");
    }
    expect(tree.path(), &["verify", "out"], 0);
    expect(tree.path(), &["verify", "out", "--original", ".", "--key-file", "key"], 4); // the masked name leads to no original
    expect(tree.path(), &["scan", "--min-confidence", "low", "--no-suppressions", "out"], 0);
    std::fs::copy(tree.path().join("rules.toml"), out.join("in/rules.toml")).unwrap();
    let said = expect(&out.join("in"), &["redact", ".", "--into", "../../copies"], 0);
    assert!(said.contains("6 copied into ../../copies (0 with redactions, 0 in all)"), "{said}");
}

#[test]
fn targets_are_not_read_and_their_mentions_go() {
    let tree = tree(&[
        ("a.json", r#"{"cwd": "/srv/acme/alpha-repo/src", "n": 1}"#),
        ("b.log", "fetched git@example.com:acme/Alpha.Repo.git at noon, see alpha-word\n"),
        ("closed/c.txt", "never read\n"),
    ]);
    write(
        &tree.path().join("targets.toml"),
        "[[target]]\nname = 'Alpha_1'\npaths = ['/srv/acme/alpha-repo', 'in/closed', 'out/in/shut']\n\
         urls = ['https://example.com/acme/Alpha.Repo']\nwords = ['Alpha_1', 'alpha-word']\n",
    );
    let said = expect(tree.path(), &["redact", "in", "--into", "out", "--targets", "targets.toml"], 0);
    let out = tree.path().join("out");
    assert_eq!(names(&out), ["in/a.json", "in/b.log", "tightlip-manifest.json"], "{said}");
    assert_eq!(read(&out.join("in/a.json")), r#"{"cwd": "[TARGET:Alpha_1]", "n": 1}"#);
    assert_eq!(read(&out.join("in/b.log")), "fetched [TARGET:Alpha_1] at noon, see [TARGET:Alpha_1]\n");
    expect(tree.path(), &["verify", "out", "--targets", "targets.toml"], 0);
    write(&tree.path().join("in/shut/d.txt"), "its copy would lie in the target\n");
    let said = expect(tree.path(), &["redact", "in", "--into", "out", "--targets", "targets.toml"], 4);
    assert!(said.contains("refused: in/shut/d.txt: "), "{said}");
    assert!(!out.join("in/shut").exists());
    let said = expect(tree.path(), &["redact", "in", "--into", "out/in/shut", "--targets", "targets.toml"], 2);
    assert!(said.contains("Alpha_1"), "{said}");
    expect(tree.path(), &["redact", "in/closed", "--into", "new", "--targets", "targets.toml"], 2);
    let mut stdin = command(tree.path(), &["redact", "-", "--targets", "targets.toml"]);
    let closed = std::fs::File::open(tree.path().join("in/closed/c.txt")).unwrap();
    let output = stdin.stdin(closed).output().unwrap();
    assert_eq!((output.status.code(), output.stdout), (Some(2), Vec::new()));
}

#[test]
fn json_of_any_length_keeps_its_structure() {
    let steps = "      {\"step\": 17, \"text\": \"nothing to \\\"see\\\" here\"},\n".repeat(350_000);
    let document = |last: &str| {
        format!(
            "{{\n  \"steps\": [\n{steps}      {{\"api_key\": \"{}\",\n       \"password\": {}}}\n  ]{last}\n}}\n",
            secret(1),
            8_412_096_u64 * 1_000_003
        )
    };
    let odd = format!(",\n  \"{0}\": {{\"x\": \"{0}\"}}", secret(2));
    let tree = tree(&[("a.json", &document(&odd)), ("b.json", &document(",,"))]);
    assert!(std::fs::metadata(tree.path().join("in/a.json")).unwrap().len() > 16 << 20, "long enough for windows");
    expect(tree.path(), &["redact", "in", "--into", "out"], 0);
    for (name, is_json) in [("a.json", true), ("b.json", false)] {
        let copy = read(&tree.path().join("out/in").join(name));
        assert!(!copy.contains("acme_"), "{name} is not clean");
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(&copy);
        assert_eq!(parsed.is_ok(), is_json, "{name}");
        let is_whole = |json: &serde_json::Value| json["steps"].as_array().is_some_and(|steps| steps.len() == 350_001);
        assert!(parsed.iter().all(is_whole), "{name}");
    }
    expect(tree.path(), &["verify", "out"], 0);
}

#[cfg(unix)]
#[test]
fn what_is_not_copied_is_told() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let tree = tree(&[("a.txt", &secret(1)), ("b.gz", "\x1f\u{8b}"), ("c.txt", "c\n")]);
    let inside = tree.path().join("in");
    std::fs::write(inside.join("b.gz"), b"\x1f\x8b\x08\0").unwrap();
    symlink("a.txt", inside.join("link")).unwrap();
    std::fs::set_permissions(inside.join("c.txt"), std::fs::Permissions::from_mode(0o444)).unwrap();
    let said = expect(tree.path(), &["redact", "in", "--into", "out"], 4);
    assert!(said.contains("refused: in/b.gz: damaged, or cut short: "), "{said}");
    assert!(said.contains("skipped: in/link: a symbolic link, not followed"), "{said}");
    let out = tree.path().join("out");
    assert_eq!(names(&out), ["in/a.txt", "in/c.txt", "tightlip-manifest.json"]);
    let mode = |name: &str| std::fs::metadata(out.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("in/a.txt"), mode("in/c.txt"), mode("")), (0o600, 0o400, 0o700));
    // A copy that cannot be written: something else stands in its place.
    std::fs::remove_file(inside.join("b.gz")).unwrap();
    std::fs::remove_file(out.join("in/c.txt")).unwrap();
    symlink("../../in/a.txt", out.join("in/c.txt")).unwrap();
    write(&out.join("stranger"), "mine");
    let said = expect(tree.path(), &["redact", "in", "--into", "out"], 4);
    assert!(said.contains("refused: in/c.txt: cannot be written: "), "{said}");
    assert!(said.contains("out/stranger: stands among the copies"), "{said}");
    assert_eq!(read(&inside.join("a.txt")), secret(1), "the original is as it was");
}

#[test]
fn a_secret_in_the_structure_refuses_the_file() {
    let secret = secret(1);
    let texts = [
        ("a.xml", format!("<a><{secret}/></a>")),
        ("b.xml", format!("<a {secret}='1'><!-- {secret} --></a>")),
        ("c.xml", format!("<!DOCTYPE a [<!ENTITY b '{secret}'>]><a>&b;</a>")),
        ("d.yaml", format!("a: &{secret} b\nc: *{secret}\n")),
        ("e.html", format!("<!DOCTYPE html><p {secret}>text</p>")),
    ];
    let files: Vec<_> = texts.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let tree = tree(&files);
    let said = expect(tree.path(), &["redact", "in", "--into", "out"], 4);
    for (name, _) in files {
        assert!(said.contains(&format!("refused: in/{name}: ")), "{name}: {said}");
    }
    assert_eq!(names(&tree.path().join("out")), ["tightlip-manifest.json"]);
}

#[test]
fn wrong_requests_are_refused_before_anything_is_written() {
    let tree = tree(&[("a.txt", "a\n"), ("b/c.txt", "c\n")]);
    write(&tree.path().join("short"), "short\n");
    for (args, message) in [
        (&["redact", "in"][..], "where to? `--into DIR`"),
        (&["redact", "in", "--into", "in/out"], "lies inside in"),
        (&["redact", "in/b", "--into", "in"], "in/b lies inside in"),
        (&["redact", "in", "--into", "in"], "lies inside in"),
        (&["redact", "missing", "--into", "out"], "missing: no such file"),
        (&["redact", "-", "--into", "out"], "`-` goes to standard output"),
        (&["redact", "-", "in"], "`-` goes to standard output"),
        (&["redact", "in", "--into", "out", "--key-file", "short"], "a key has at least 16 bytes, this one has 5"),
        (&["redact", "in", "--into", "rules.toml"], "rules.toml: "),
        (&["verify", "in"], "in/tightlip-manifest.json: "),
        (&["verify", "in", "--original", "in"], "--key-file"),
    ] {
        let said = expect(tree.path(), args, 2);
        assert!(said.contains(message), "{args:?}: {said}");
    }
    assert_eq!(names(tree.path()), ["in/a.txt", "in/b/c.txt", "key", "rules.toml", "short"]);
    assert!(!tree.path().join("out").exists());
}

#[test]
fn verify_sees_every_change() {
    let tree = tree(&[("a.txt", &format!("key {}\n", secret(1))), ("b.txt", "b\n")]);
    let out = tree.path().join("out");
    let verify = |args: &[&str], code: i32| expect(tree.path(), &[&["verify", "out"], args].concat(), code);
    expect(tree.path(), &["redact", "in", "--into", "out", "--key-file", "key"], 0);
    let copy = read(&out.join("in/a.txt"));
    let with_originals = ["--original", ".", "--key-file", "key"];
    verify(&with_originals, 0);

    write(&out.join("in/a.txt"), &format!("{copy}more\n"));
    assert!(verify(&[], 4).contains("in/a.txt: not the file that the manifest speaks of"));
    write(&out.join("in/a.txt"), &copy);
    write(&out.join("in/new.txt"), "new\n");
    assert!(verify(&[], 4).contains("in/new.txt: not in the manifest"));
    std::fs::remove_file(out.join("in/new.txt")).unwrap();
    std::fs::rename(out.join("in/b.txt"), tree.path().join("b.txt")).unwrap();
    assert!(verify(&[], 4).contains("in/b.txt: missing"));
    std::fs::rename(tree.path().join("b.txt"), out.join("in/b.txt")).unwrap();
    verify(&[], 0);

    write(&tree.path().join("in/b.txt"), "another b\n");
    assert!(verify(&with_originals, 4).contains("in/b.txt: not what its original gives"));
    write(&tree.path().join("other"), "another key of the tests");
    assert!(verify(&["--original", ".", "--key-file", "other"], 2).contains("the key is not the one"));

    // Copies that were clean by the rules of their time.
    let leak = format!("key {}\n", secret(3));
    write(&tree.path().join("in/b.txt"), &leak);
    expect(tree.path(), &["redact", "in", "--into", "old", "--skip", "acme-*"], 0);
    assert!(expect(tree.path(), &["verify", "old"], 1).contains("in/b.txt: not clean: acme-api-key"));
}

#[cfg(unix)]
#[test]
fn a_manifest_is_signed_and_the_signature_holds() {
    let tree = tree(&[("a.txt", "a\n")]);
    let id = tree.path().join("id");
    let keygen = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&id).status();
    if !keygen.is_ok_and(|status| status.success()) {
        return;
    }
    let public = read(&tree.path().join("id.pub"));
    write(&tree.path().join("allowed"), &format!("me@example.com {public}"));
    let sign = "ssh-keygen -q -Y sign -n tightlip -f id";
    let check = "ssh-keygen -q -Y verify -n tightlip -f allowed -I me@example.com -s \"$TIGHTLIP_SIGNATURE\"";
    expect(tree.path(), &["redact", "in", "--into", "out", "--sign-with", sign], 0);
    expect(tree.path(), &["verify", "out", "--verify-with", check], 0);
    let manifest = tree.path().join("out/tightlip-manifest.json");
    write(&manifest, &(read(&manifest) + "\n"));
    assert!(expect(tree.path(), &["verify", "out", "--verify-with", check], 4).contains("the signature does not hold"));
    assert!(expect(tree.path(), &["redact", "in", "--into", "out", "--sign-with", "false"], 2).contains("not signed"));
}

#[test]
fn a_stream_goes_on_while_its_input_pauses() {
    let tree = tree(&[]);
    let mut child = command(tree.path(), &["redact", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for seed in 0..3 {
        // A line comes out while the next one is still cut in two.
        stdin.write_all(format!("key {} end\nrest {}", secret(seed), &secret(9)[..20]).as_bytes()).unwrap();
        stdin.flush().unwrap();
        let line = lines.next().unwrap().unwrap();
        assert!(line.ends_with(" end") && line.contains("key [REDACTED:acme-api-key:"), "{line}");
        stdin.write_all(format!("{}\n", &secret(9)[20..]).as_bytes()).unwrap();
        let line = lines.next().unwrap().unwrap();
        assert!(line.starts_with("rest [REDACTED:acme-api-key:"), "{line}");
    }
    drop(stdin);
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
}

/// How often a run is killed: a few times, or what `TIGHTLIP_KILLS` says.
fn kills() -> u64 {
    std::env::var("TIGHTLIP_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(8)
}

#[cfg(unix)]
#[test]
fn a_killed_run_leaves_whole_copies_only() {
    let text = |at: u32| format!("INFO step {at} key {}\n", secret(at)).repeat(2000);
    let files: Vec<(String, String)> = (0..40).map(|at| (format!("{}/{at}.log", at % 5), text(at))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let tree = tree(&files);
    let redact = |into: &str| command(tree.path(), &["redact", "-q", "in", "--into", into, "--key-file", "key"]);
    let started = std::time::Instant::now();
    assert!(redact("whole").status().unwrap().success());
    let took = started.elapsed();
    let (whole, out) = (tree.path().join("whole"), tree.path().join("out"));
    for kill in 0..kills() {
        let mut child = redact("out").spawn().unwrap();
        // Spread evenly over the run, in no order.
        std::thread::sleep(took.mul_f64((kill as f64 * 0.618).fract()).max(Duration::from_millis(1)));
        child.kill().unwrap();
        child.wait().unwrap();
        for name in if out.exists() { names(&out) } else { Vec::new() } {
            let file = Path::new(&name).file_name().unwrap().to_str().unwrap();
            let is_temporary =
                file.starts_with(".tightlip-") && Path::new(file).extension().is_some_and(|end| end == "tmp");
            let is_whole = || name.ends_with("manifest.json") || read(&out.join(&name)) == read(&whole.join(&name));
            assert!(is_temporary || is_whole(), "{name} is half a copy");
        }
    }
    assert!(redact("out").status().unwrap().success());
    assert_eq!(names(&out), names(&whole));
    expect(tree.path(), &["verify", "out"], 0);
}

#[test]
fn placeholders_are_no_findings_of_other_scanners() {
    let text = format!(
        "password = \"{0}\"\nAuthorization: Bearer {0}\nurl: https://me:{0}@host/\n{{\"token\": \"{0}\"}}\n",
        secret(4)
    );
    let tree = tree(&[
        ("a.txt", &text),
        ("b.yaml", &format!("password: {}\n", secret(5))),
        ("c.env", &format!("API_KEY={}\n", secret(6))),
    ]);
    expect(tree.path(), &["redact", "in", "--into", "out"], 0);
    std::fs::remove_file(tree.path().join("out/tightlip-manifest.json")).unwrap();
    for (program, args, clean) in [
        ("detect-secrets", &["scan", "--all-files", "--no-verify", "out"][..], "\"results\": {}"),
        ("kingfisher", &["scan", "--no-validate", "--format", "json", "out"], "\"findings\":[]"),
    ] {
        let Ok(output) = Command::new(program).args(args).current_dir(tree.path()).output() else { continue };
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(clean), "{program}: {said}{}", stderr(&output));
    }
}

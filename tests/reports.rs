//! Reports as users meet them: several of one run, and the page of HTML in a browser.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the door is tightlip's, not the tests'")]
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A rule of the tests' own, with a title and help that would like to be markup.
const RULES: &str = r#"vendor = "Acme"
[[rule]]
id = "acme-api-key"
title = "Acme <b>key</b>"
help = "Ask <script>document.title='pwned'</script>."
confidence = "high"
anchors = ["acme_"]
pattern = 'acme_[0-9A-Za-z]{32}'
"#;

/// File names and the text before the secret, all of which want to run.
const HOSTILE: [(&[u8], &str); 4] = [
    (b"<img src=x onerror=document.title='pwned'>\xff", "</code></script><script>document.title='pwned'</script>"),
    (b"::error::pwned%0A", "##[error]::warning::"),
    (b"\"><svg onload=alert(1)>\n\x1b[2J", "<!-- ]]> -->"),
    (b"plain.env", "=HYPERLINK(1) needle "),
];

fn hostile_tree() -> TempDir {
    let tree = TempDir::new().unwrap();
    let secret: String = ('0'..='9').chain('a'..='z').cycle().step_by(7).take(32).collect();
    for (name, text) in HOSTILE {
        fs::write(tree.path().join(OsStr::from_bytes(name)), format!("{text}acme_{secret}\n")).unwrap();
    }
    fs::write(tree.path().join("rules.toml"), RULES).unwrap();
    tree
}

fn run(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tightlip"));
    command.current_dir(directory).env("XDG_CONFIG_HOME", "/nonexistent");
    command.args(["scan", "--rules", "rules.toml", "--only", "acme-*"]).args(args).output().unwrap()
}

#[test]
fn several_reports_of_one_run_find_the_same() {
    let tree = hostile_tree();
    let output = run(tree.path(), &["--format", "github", "--also", "jsonl=a", "--also", "junit=b", "-o", "c"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let lines = |name: &str, line: &str| fs::read_to_string(tree.path().join(name)).unwrap().matches(line).count();
    // Nothing of `a`, `b` and `c` is found in them, although they are in the tree.
    assert_eq!((lines("a", "{\"rule\""), lines("b", "<failure"), lines("c", "\n::error")), (4, 4, 4));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_the_scan() {
    let tree = hostile_tree();
    for (args, words) in [
        (&["--also", "sarif=x", "--also", "json=x"][..], "x: two reports cannot go to one file"),
        (&["-o", "x", "--also", "json=x"], "x: two reports cannot go to one file"),
        (&["--also", "sarif=none/x"], "none/x: No such file or directory"),
        (&["--also", "pdf=x"], "`pdf` is none of the formats: text, json"),
        (&["--also", "sarif"], "expected FORMAT=FILE"),
    ] {
        let output = run(tree.path(), args);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.to_lowercase().contains(&words.to_lowercase()), "{stderr}");
        assert!(output.stdout.is_empty() && !tree.path().join("x").exists());
    }
}

/// The page after its script has run, with a search behind `#`. Nothing where no Chromium is installed.
fn browse(page: &Path, search: &str) -> Option<String> {
    let profile = TempDir::new().unwrap();
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-dev-shm-usage",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("file://{}#{search}", page.display()))
        .output()
        .ok()?;
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_browser_shows_the_page_and_runs_nothing_of_the_findings() {
    let tree = hostile_tree();
    let page = tree.path().join("page.html");
    assert_eq!(run(tree.path(), &["--format", "html", "-o", "page.html"]).status.code(), Some(1));
    let Some(all) = browse(&page, "") else { return };
    assert!(all.contains("<title>tightlip: 4 open findings (4 high)"), "{all}");
    for tag in ["<img", "<svg", "<b>"] {
        assert!(!all.contains(tag), "{tag}");
    }
    assert_eq!(all.matches("<script").count(), 1);
    assert!(all.contains("4 of 4 shown") && !all.contains("<tr hidden"), "the script runs");
    let some = browse(&page, "NEEDLE%20acme").unwrap();
    assert!(some.contains("1 of 4 shown"));
    assert_eq!(some.matches("<tr hidden").count(), 3);
}

/// The last block of a YAML file that begins behind such a line's end, without its indentation.
fn block(yaml: &str, head: &str) -> String {
    let (_, rest) = yaml.rsplit_once(head).unwrap();
    let mut lines = rest.lines().skip(1).peekable();
    let indent = lines.peek().unwrap().len() - lines.peek().unwrap().trim_start().len();
    let lines = lines.take_while(|line| line.trim().is_empty() || line.starts_with(&" ".repeat(indent)));
    lines.map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect()
}

/// What the GitHub action and the GitLab job run, with the program under test where they would put theirs.
#[test]
fn what_build_servers_run_gates() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let action = block(&fs::read_to_string(root.join("action.yml")).unwrap(), "run: |");
    let job = block(&fs::read_to_string(root.join("templates/gitlab.yml")).unwrap(), "- >-");
    let args = "--rules rules.toml --only acme-* -g !.tightlip";
    let job = job.replace('\n', " ").replace("$[[ inputs.args ]]", &args.replace('*', "\\*"));
    for (secret, code) in [("", 0), ("plain.env", 1)] {
        let tree = hostile_tree();
        for (name, _) in HOSTILE.iter().filter(|(name, _)| *name != secret.as_bytes()) {
            fs::remove_file(tree.path().join(OsStr::from_bytes(name))).unwrap();
        }
        fs::create_dir_all(tree.path().join(".tightlip/bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tightlip"), tree.path().join(".tightlip/bin/tightlip")).unwrap();
        let shell = |script: &str| {
            let mut command = Command::new("bash");
            command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(tree.path());
            command.env("TIGHTLIP_ARGS", args.replace(' ', "\n")).env("TIGHTLIP_SARIF", "code.sarif");
            command.env("TIGHTLIP_ROOT", tree.path().join(".tightlip")).env("TIGHTLIP_SOURCE", "/nonexistent");
            command.env("GITHUB_STEP_SUMMARY", "summary.md").env("XDG_CONFIG_HOME", "/nonexistent").output().unwrap()
        };
        let holds = |file: &str, text: &str| fs::read_to_string(tree.path().join(file)).unwrap().contains(text);
        let output = shell(&action);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stdout).contains("\n::error file=plain.env"), code == 1);
        assert!(holds("summary.md", "### tightlip"));
        assert_eq!(
            [("summary.md", "plain.env"), ("code.sarif", "plain.env")].map(|(file, text)| holds(file, text)),
            [code == 1; 2]
        );
        let output = shell(&job);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        let reports = ["gl-secret-detection-report.json", "tightlip-junit.xml", "tightlip.html"];
        assert_eq!(reports.map(|file| holds(file, "plain.env")), [code == 1; 3]);
    }
}

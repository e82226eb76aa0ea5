//! A repository for a test, made by the real git, and what a scan of it says.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::acme::{RULES, secret};

/// A repository, and beside it the rules.
pub(crate) struct Repo {
    pub(crate) home: TempDir,
    /// Where commands are run.
    pub(crate) at: PathBuf,
}

impl Repo {
    pub(crate) fn empty() -> Self {
        let home = TempDir::new().unwrap();
        fs::write(home.path().join("rules.toml"), RULES).unwrap();
        let at = home.path().join("repo");
        fs::create_dir(&at).unwrap();
        Self { home, at }
    }

    pub(crate) fn new(args: &[&str]) -> Self {
        let repo = Self::empty();
        repo.git(&[&["init", "-q", "-b", "main"], args].concat());
        repo
    }

    /// A command in this repository, with nobody's configuration but its own.
    pub(crate) fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.at).args(args).stdin(Stdio::null());
        command.env("HOME", self.home.path()).env("XDG_CONFIG_HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_AUTHOR_NAME", "A").env("GIT_AUTHOR_EMAIL", "a@example.org");
        command.env("GIT_COMMITTER_NAME", "C").env("GIT_COMMITTER_EMAIL", "c@example.org");
        command.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE");
        command
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.command("git", args).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// Writes a file; `\u{1}1` stands for the first secret, and so on.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.at.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, planted(text)).unwrap();
    }

    pub(crate) fn stage(&self, path: &str, text: &str) {
        self.write(path, text);
        self.git(&["add", "-A"]);
    }

    pub(crate) fn commit(&self, path: &str, text: &str) -> String {
        self.stage(path, text);
        self.git(&["commit", "-q", "--allow-empty", "-m", path]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) fn scan_command(&self, args: &[&str]) -> Command {
        let rules = self.home.path().join("rules.toml");
        let mut all = vec!["scan", "--rules", rules.to_str().unwrap(), "--only", "acme-api-key"];
        all.extend(args);
        self.command(env!("CARGO_BIN_EXE_tightlip"), &all)
    }

    pub(crate) fn scan(&self, args: &[&str]) -> Run {
        Run::of(&self.scan_command(&[args, &["--format", "jsonl"]].concat()).output().unwrap())
    }
}

pub(crate) fn planted(text: &str) -> String {
    let mut pieces = text.split('\u{1}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + &secret(piece[..1].parse().unwrap()) + &piece[1..])
}

/// What a scan said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    /// `path:line`
    pub(crate) found: Vec<String>,
    pub(crate) findings: Vec<Value>,
    /// `path: reason`
    pub(crate) skipped: Vec<String>,
    pub(crate) words: String,
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let words = String::from_utf8(output.stderr.clone()).unwrap();
        assert!((0..9).all(|seed| !text.contains(&secret(seed)[5..]) && !words.contains(&secret(seed)[5..])), "a leak");
        let mut findings: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let summary = findings.pop().unwrap_or_default();
        let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let pair = |value: &Value, a: &str, b: &str| format!("{}:{}", word(&value[a]), word(&value[b]));
        let skipped = summary["summary"]["skipped"].as_array().cloned().unwrap_or_default();
        Self {
            code: output.status.code(),
            found: findings.iter().map(|finding| pair(finding, "path", "line")).collect(),
            findings,
            skipped: skipped.iter().map(|skipped| pair(skipped, "path", "reason")).collect(),
            words,
        }
    }

    pub(crate) fn is(&self, found: &[&str], skipped: &[&str], code: i32) {
        let expected = (
            found.iter().map(ToString::to_string).collect(),
            skipped.iter().map(ToString::to_string).collect(),
            Some(code),
        );
        assert_eq!((self.found.clone(), self.skipped.clone(), self.code), expected, "{}", self.words);
    }

    /// A run that could not be made: nothing on stdout, words on stderr.
    pub(crate) fn failed(&self, words: &str) {
        assert_eq!((self.code, self.findings.len()), (Some(2), 0), "{self:?}");
        assert!(self.words.starts_with("error: ") && self.words.contains(words), "{}", self.words);
    }
}

//! What other scanners' files say of a project (what it accepts, what it looks for), in tightlip's words. One file a scanner.

mod detect_secrets;
mod gitleaks;
mod glob;
mod pattern;

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::Path;

use toml::Value;

use crate::fence::{self, Fence};
use crate::model::{Error, Finding, Fingerprint, Result};
use crate::raw::{Key, Secret};
use crate::ruleset::RuleSet;

/// A history's baseline may be long.
const LARGEST_FILE: u64 = 256 << 20;

/// A finding that was accepted elsewhere.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Claim {
    /// The file that says so.
    pub file: String,
    /// Where the finding stands.
    pub path: String,
    /// On which lines, from 1.
    pub lines: RangeInclusive<u64>,
    /// The other scanner's name for what it found.
    pub rule: String,
    /// The value's fingerprint under the key of the import, where the file tells the value.
    value: Option<Fingerprint>,
}

impl Claim {
    /// Whether a finding in that file is the one: by its value, wherever that stands by now, else by its line.
    pub fn is(&self, finding: &Finding) -> bool {
        match self.value {
            Some(_) => self.value == finding.value_fingerprint(),
            None => self.lines.contains(&finding.start().line),
        }
    }
}

/// An entry of `[[allow]]` to be.
#[derive(Debug)]
struct Allowed {
    path: String,
    rule: Option<String>,
    reason: String,
}

/// What was read of other scanners' files.
#[derive(Debug)]
pub struct Import<'k> {
    key: &'k Key,
    claims: Vec<Claim>,
    allowed: Vec<Allowed>,
    rules: String,
    remarks: Vec<String>,
}

impl<'k> Import<'k> {
    /// An import that knows values by their fingerprints under `key`, as a scanner with that key does.
    pub fn new(key: &'k Key) -> Self {
        Self { key, claims: Vec::new(), allowed: Vec::new(), rules: String::new(), remarks: Vec::new() }
    }

    /// Reads a file: a gitleaks report (JSON), `.gitleaksignore`, a gitleaks configuration (`*.toml`), or a detect-secrets baseline.
    ///
    /// # Errors
    /// [`Error::Target`] where `fence` refuses it, [`Error::File`] where it cannot be read, [`Error::Config`] where it is none of these.
    pub fn read(&mut self, path: &Path, fence: &Fence) -> Result<()> {
        fence.refuse_named(path, "a file to import lies in it")?;
        let text = fence
            .admit_own(path)
            .and_then(|admitted| fence::read_small(admitted, LARGEST_FILE))
            .map_err(|source| Error::File { path: path.to_path_buf(), source })?;
        let file = path.to_string_lossy();
        if path.extension().is_some_and(|ending| ending == "toml") {
            return gitleaks::configuration(self, &file, &text);
        }
        match text.trim_start().as_bytes().first() {
            Some(b'{') => detect_secrets::baseline(self, &file, &text),
            Some(b'[') => gitleaks::report(self, &file, &text),
            _ => gitleaks::ignore(self, &file, &text),
        }
    }

    /// The findings that were accepted, in the order of the files.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// What could not be carried over, one line each, with file and place.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// The rules, as a rule file; empty where there are none.
    pub fn rules(&self) -> String {
        if self.rules.is_empty() { String::new() } else { format!("vendor = \"imported\"\n{}", self.rules) }
    }

    /// The `[[allow]]` entries, as they stand in `tightlip.toml`.
    pub fn allowed(&self) -> String {
        self.allowed.iter().fold(String::new(), |mut text, entry| {
            let _ = write!(text, "\n[[allow]]\npath = {}\n", Value::from(entry.path.as_str()));
            if let Some(rule) = &entry.rule {
                let _ = writeln!(text, "rule = {}", Value::from(rule.as_str()));
            }
            let _ = writeln!(text, "reason = {}", Value::from(entry.reason.as_str()));
            text
        })
    }

    fn remark(&mut self, place: &str, message: &str) {
        self.remarks.push(format!("{place}: {message}"));
    }

    fn value(&self, value: &str) -> Option<Fingerprint> {
        // A report may be redacted.
        let is_whole = !value.is_empty() && value != "REDACTED" && !value.ends_with("...");
        is_whole.then(|| Fingerprint::of_value(Secret::new(value.as_bytes()).name(self.key, "fingerprint")))
    }

    /// Accepts what stands at the paths that a regex names, if globs can say the same.
    fn allow_paths(&mut self, place: &str, regex: &str, rule: Option<&str>, reason: &str) {
        match glob::globs(regex) {
            Some(globs) => self.allowed.extend(globs.into_iter().map(|path| Allowed {
                path,
                rule: rule.map(str::to_owned),
                reason: reason.to_owned(),
            })),
            None => self.remark(place, "no glob says the same as this path regex: write `[[allow]]` by hand"),
        }
    }

    /// Adds a rule, if it is one by tightlip's measure.
    fn add_rule(&mut self, place: &str, rule: &str) -> bool {
        let mut probe = RuleSet::builtin();
        let known = self.rules();
        let text = if known.is_empty() { "vendor = \"imported\"\n".to_owned() } else { known };
        let added = probe.add("imported", &(text + rule)).and_then(|()| crate::checks::Checks::new(probe).map(drop));
        match added {
            Ok(()) => self.rules.push_str(rule),
            Err(Error::Rule { message, .. } | Error::Config { message, .. }) => {
                self.remark(place, &format!("the rule is left out: {message}"));
                return false;
            }
            Err(error) => {
                self.remark(place, &format!("the rule is left out: {error}"));
                return false;
            }
        }
        true
    }
}

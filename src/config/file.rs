//! What `tightlip.toml` may say. A setting is one field here: its key, its environment name and its line in `config show` follow from it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::fence::Wish;
use crate::model::{Confidence, Date, Fingerprint};

/// Every setting, with its default. Keys are the field names in kebab-case; `TIGHTLIP_` and the key in capitals is the environment name.
///
/// Of two layers that speak of the same setting the later one holds, except for `rules`, `targets`, `known`, `known-env` and `allow`: those
/// gather what all layers say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "switches of the user's, none of which depends on another")]
pub struct Settings {
    /// Findings of less confidence are not reported.
    pub min_confidence: Confidence,
    /// Rule files, in addition to the built-in rules. In a file, relative to it.
    pub rules: Vec<PathBuf>,
    /// If not empty: use only rules whose id matches one of these globs.
    pub only: Vec<String>,
    /// Leave out rules whose id matches one of these globs.
    pub skip: Vec<String>,
    /// Read hidden files and directories.
    pub hidden: bool,
    /// Obey `.gitignore` and its relatives.
    pub ignore_files: bool,
    /// Follow symbolic links.
    pub follow: bool,
    /// Read only files that match one of these globs; a leading `!` leaves files out.
    pub globs: Vec<String>,
    /// How deep archives inside of archives are unpacked; 0 unpacks none.
    pub max_depth_archive: usize,
    /// Threads to scan with; 0 takes one for each core.
    pub threads: usize,
    /// Findings listed for one file; more are counted only.
    pub max_findings: usize,
    /// Honour the inline comments of other scanners (`gitleaks:allow` and friends).
    pub honor_foreign: bool,
    /// Honour inline comments, `[[allow]]` and the baseline.
    pub suppressions: bool,
    /// The file of findings that were accepted before. In a file, relative to it.
    pub baseline: PathBuf,
    /// The file that holds the project's key, under which values get fingerprints. In a file, relative to it.
    pub key_file: PathBuf,
    /// The name of an environment variable that holds the key instead.
    pub key_env: String,
    /// Form of the report.
    pub format: String,
    /// When to colour.
    pub color: Color,
    /// Files that name Target Repositories. In a file, relative to it.
    pub targets: Vec<PathBuf>,
    /// Files of values that are known to be secret. In a file, relative to it.
    pub known: Vec<PathBuf>,
    /// Globs over the names of environment variables whose values are known to be secret.
    pub known_env: Vec<String>,
    /// Whether the kernel is to enforce what may be read and written.
    pub sandbox: Wish,
    /// Findings that are accepted.
    pub allow: Vec<Allow>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_confidence: Confidence::Medium,
            rules: Vec::new(),
            only: Vec::new(),
            skip: Vec::new(),
            hidden: true,
            ignore_files: false,
            follow: false,
            globs: Vec::new(),
            max_depth_archive: 4,
            threads: 0,
            max_findings: 10_000,
            honor_foreign: false,
            suppressions: true,
            baseline: PathBuf::new(),
            key_file: PathBuf::new(),
            key_env: String::new(),
            format: "text".into(),
            color: Color::Auto,
            targets: Vec::new(),
            known: Vec::new(),
            known_env: Vec::new(),
            sandbox: Wish::Auto,
            allow: Vec::new(),
        }
    }
}

/// What help and documents say of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Described {
    /// Its key in `tightlip.toml`.
    pub key: String,
    /// The environment variable that sets it.
    pub variable: Option<String>,
    /// The default of a setting that is neither a switch nor a list.
    pub default: Option<String>,
}

impl Settings {
    /// All settings.
    pub fn describe() -> Vec<Described> {
        let described = defaults().into_iter().map(|(key, default)| {
            let variable = environment_name(&key);
            let default = match default {
                Value::Boolean(_) | Value::Array(_) => None,
                Value::String(text) => Some(text).filter(|text| !text.is_empty()),
                other => Some(other.to_string()),
            };
            Described { key, variable, default }
        });
        described.collect()
    }
}

/// All keys, each with its default.
pub(super) fn defaults() -> Table {
    Table::try_from(Settings::default()).unwrap_or_default()
}

/// The environment variable that sets `key`. Tables do not fit into one.
pub(super) fn environment_name(key: &str) -> Option<String> {
    (key != "allow").then(|| format!("TIGHTLIP_{}", key.replace('-', "_").to_ascii_uppercase()))
}

/// More threads than any machine has cores; so many more that the system cannot start them would end the process.
pub(super) const MOST_THREADS: usize = 1024;

/// Nobody packs deeper, and each packing takes some of the stack.
pub(super) const MOST_DEPTH: usize = 32;

/// The settings that are paths: in a file, they are relative to it.
pub(super) const PATHS: [&str; 5] = ["rules", "targets", "known", "baseline", "key-file"];

/// The settings to which each layer adds, instead of replacing what the layers before it said.
pub(super) const ADDS: [&str; 5] = ["rules", "targets", "known", "known-env", "allow"];

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Color {
    /// On a terminal that can show it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// One accepted finding, or a whole class of them: all that is given must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Allow {
    /// Glob over the path from the root of the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Glob over the rule id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// A finding's fingerprint, as reports show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Allow {
    /// What is wrong with the entry, if anything.
    pub(super) fn fault(&self) -> Option<&'static str> {
        if self.path.is_none() && self.rule.is_none() && self.fingerprint.is_none() {
            Some("an allow entry names a `path`, a `rule` or a `fingerprint`")
        } else if self.reason.trim().is_empty() {
            Some("an allow entry says its `reason`")
        } else {
            None
        }
    }
}

//! The flags that are settings: each carries the setting's name and falls into the top layer.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueHint};
use serde::de::value::{self, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Serialize, Serializer};
use tightlip::report::REPORTERS;
use tightlip::{Color, Confidence, Wish};

use super::{ACCEPTED, KEY, REPORT, RULES, SELECTION, SPEED, TARGETS};

/// Rule files. Serialises, like all settings here, to what was said on the command line and nothing else.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = RULES)]
pub(crate) struct RuleFiles {
    /// Add the rules of a file to the built-in ones (repeatable)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<PathBuf>,
}

/// The settings that choose rules.
#[derive(Debug, Args, Serialize)]
#[command(next_help_heading = RULES)]
pub(crate) struct RuleSettings {
    #[command(flatten)]
    #[serde(flatten)]
    files: RuleFiles,

    /// Use only rules whose id matches, such as `github-*` (repeatable)
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    only: Vec<String>,

    /// Leave out rules whose id matches (repeatable)
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skip: Vec<String>,
}

/// The settings that say what is read, and for what.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "a flag is a bool")]
pub(crate) struct WalkSettings {
    #[command(flatten)]
    #[serde(flatten)]
    rules: RuleSettings,

    /// Read hidden files and directories; this is the default
    #[arg(long, overrides_with = "no_hidden", help_heading = SELECTION)]
    #[serde(skip_serializing_if = "is_false")]
    hidden: bool,

    /// Pass over hidden files and directories
    #[arg(long, overrides_with = "hidden", help_heading = SELECTION)]
    #[serde(rename = "hidden", serialize_with = "negated", skip_serializing_if = "is_false")]
    no_hidden: bool,

    /// Obey .gitignore, .ignore and their relatives
    ///
    /// They are not obeyed by default: secrets live in ignored files.
    #[arg(long, help_heading = SELECTION)]
    #[serde(skip_serializing_if = "is_false")]
    ignore_files: bool,

    /// Follow symbolic links
    #[arg(long, help_heading = SELECTION)]
    #[serde(skip_serializing_if = "is_false")]
    follow: bool,

    /// Read only files that match; `!GLOB` leaves out (repeatable)
    #[arg(short, long = "glob", value_name = "GLOB", help_heading = SELECTION)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    globs: Vec<String>,

    /// Keep away from the Target Repositories that FILE names, and find every mention of them (repeatable)
    ///
    /// Nothing of a target is opened, whatever leads to it; reports call it by its name only. FILE is TOML:
    /// `[[target]]` with a `name` and `paths`, `urls` or `words`.
    #[arg(long, value_name = "FILE", help_heading = TARGETS, value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    targets: Vec<PathBuf>,

    /// Whether the kernel is to enforce what may be read and written, as a second wall
    ///
    /// auto: where the kernel can (Landlock, on Linux); require: end with 2 where it cannot; off: never.
    #[arg(long, value_name = "WHEN", value_parser = named::<Wish>(["auto", "require", "off"]), help_heading = TARGETS)]
    #[serde(skip_serializing_if = "Option::is_none")]
    sandbox: Option<Wish>,

    /// Read the project's key from FILE: equal values get equal fingerprints and tags, in every run
    ///
    /// With it a changed value is never covered by the baseline; without it the tags of `redact` are of one run. 16 bytes or more.
    /// FILE may be a descriptor: `--key-file <(pass show acme/tightlip)`.
    #[arg(long, value_name = "FILE", conflicts_with = "key_env", help_heading = KEY, value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Option::is_none")]
    key_file: Option<PathBuf>,

    /// Read the project's key from the environment variable of that name
    #[arg(long, value_name = "NAME", help_heading = KEY)]
    #[serde(skip_serializing_if = "Option::is_none")]
    key_env: Option<String>,

    /// When to colour
    #[arg(long, value_name = "WHEN", value_parser = named::<Color>(["auto", "always", "never"]), help_heading = REPORT)]
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<Color>,

    /// Threads to scan with; 0 takes one for each core
    #[arg(long, value_name = "N", help_heading = SPEED)]
    #[serde(skip_serializing_if = "Option::is_none")]
    threads: Option<u32>,
}

/// All settings that have a flag.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ScanSettings {
    #[command(flatten)]
    #[serde(flatten)]
    walk: WalkSettings,

    /// Report findings of at least this confidence
    ///
    /// low: the right shape only, or a failed checksum; medium: shape and surroundings agree; high: a distinctive shape, or a
    /// passed checksum.
    #[arg(long, value_name = "LEVEL", value_parser = named::<Confidence>(["low", "medium", "high"]), help_heading = RULES)]
    #[serde(skip_serializing_if = "Option::is_none")]
    min_confidence: Option<Confidence>,

    /// Accept the findings of a baseline, as `tightlip baseline` writes it
    #[arg(long, value_name = "FILE", help_heading = ACCEPTED, value_hint = ValueHint::FilePath)]
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<PathBuf>,

    /// Count every finding, whatever comments, `[[allow]]` entries and the baseline say
    #[arg(long, help_heading = ACCEPTED)]
    #[serde(rename = "suppressions", serialize_with = "negated", skip_serializing_if = "is_false")]
    no_suppressions: bool,

    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = formats(), help_heading = REPORT)]
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,

    /// List at most N findings of one file; the rest are counted
    #[arg(long, value_name = "N", help_heading = REPORT)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_findings: Option<u32>,
}

/// Reads one of a few names as a value of the library's type.
fn named<T: DeserializeOwned + Clone + Send + Sync + 'static>(
    names: [&'static str; 3],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names)
        .try_map(|name| T::deserialize(name.as_str().into_deserializer() as StrDeserializer<'_, value::Error>))
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(REPORTERS.iter().map(|format| PossibleValue::new(format.name).help(format.about)))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
fn negated<S: Serializer>(flag: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bool(!flag)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use tightlip::Settings;

    use crate::args::{Cli, Command};

    #[test]
    fn flags_speak_of_settings_only() {
        for args in [
            "--rules a --only b --skip c --min-confidence high --hidden --ignore-files --follow -g d --threads 2",
            "--no-hidden --no-suppressions --format json --color never --max-findings 3 --targets a --sandbox require",
        ] {
            let args = ["tightlip", "scan"].into_iter().chain(args.split(' '));
            let cli = Cli::try_parse_from(args).unwrap();
            let Command::Scan(scan) = cli.command else { unreachable!() };
            let flags = toml::Table::try_from(&scan.settings).unwrap();
            assert!(flags.len() >= 5);
            toml::Value::Table(flags).try_into::<Settings>().unwrap();
        }
    }

    #[test]
    fn what_was_not_said_is_not_a_layer() {
        let Command::Scan(scan) = Cli::try_parse_from(["tightlip", "scan"]).unwrap().command else { unreachable!() };
        assert!(toml::Table::try_from(&scan.settings).unwrap().is_empty());
    }
}

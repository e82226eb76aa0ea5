//! Layers of settings: defaults < user < project < environment < flags. Every value remembers who gave it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::file::{ADDS, MOST_DEPTH, MOST_THREADS, PATHS, Settings, defaults, environment_name};
use crate::model::{Error, Result};
use crate::ruleset::plain;

/// Who gave a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Giver {
    /// tightlip itself.
    Default,
    /// A configuration file.
    File { kind: FileKind, name: String, line: usize },
    /// An environment variable.
    Environment(String),
    /// A flag of the command.
    Flag,
}

/// Which configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// The user's own.
    User,
    /// The one found upward from the current directory.
    Project,
    /// The one named by `--config`; it takes the project's place.
    Named,
}

impl fmt::Display for Giver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { kind, name, line } => {
                let kind = match kind {
                    FileKind::User => "user",
                    FileKind::Project => "project",
                    FileKind::Named => "--config",
                };
                write!(f, "{kind}: {name}:{line}")
            }
            Self::Environment(name) => write!(f, "environment: {name}"),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// A value, and who gave it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Claim {
    pub(super) value: Value,
    pub(super) giver: Giver,
}

/// What all layers said: one claim for a setting that is replaced, one for each entry of a setting that adds up.
#[derive(Clone, Debug)]
pub(super) struct Layers(BTreeMap<String, Vec<Claim>>);

impl Layers {
    /// The lowest layer: each setting with its default.
    pub(super) fn new() -> Self {
        let claims = defaults().into_iter().map(|(key, value)| {
            let claims =
                if ADDS.contains(&key.as_str()) { Vec::new() } else { vec![Claim { value, giver: Giver::Default }] };
            (key, claims)
        });
        Self(claims.collect())
    }

    /// Lays the text of a configuration file on top. `name` is the file as messages call it.
    pub(super) fn lay_file(&mut self, kind: FileKind, name: &str, text: &str) -> Result<()> {
        let line = |at: usize| memchr::memchr_iter(b'\n', &text.as_bytes()[..at.min(text.len())]).count() + 1;
        let place = |at: usize| Giver::File { kind, name: name.to_owned(), line: line(at) };
        let fault =
            |error: toml::de::Error| place(error.span().map_or(0, |span| span.start)).fault(&plain(error.message()));
        toml::from_str::<Settings>(text).map_err(fault)?;
        for (key, value) in DeTable::parse(text).map_err(fault)?.into_inner() {
            let start = key.span().start;
            let key = key.into_inner();
            match value.get_ref() {
                DeValue::Array(entries) if ADDS.contains(&key.as_ref()) => {
                    for entry in entries {
                        let mut value = owned(entry).map_err(fault)?;
                        relocate(&key, &mut value, name);
                        self.lay(&key, value, place(entry.span().start));
                    }
                }
                _ => {
                    let mut value = owned(&value).map_err(fault)?;
                    relocate(&key, &mut value, name);
                    self.lay(&key, value, place(start));
                }
            }
        }
        Ok(())
    }

    /// Lays the environment on top. Lists are written as in `PATH`; an empty variable counts as unset.
    pub(super) fn lay_environment(&mut self, get: &dyn Fn(&str) -> Option<OsString>) -> Result<()> {
        for (key, default) in defaults() {
            let Some(name) = environment_name(&key) else { continue };
            let Some(raw) = get(&name).filter(|raw| !raw.is_empty()) else { continue };
            let giver = Giver::Environment(name);
            let text = raw.to_str().ok_or_else(|| giver.fault("is not valid UTF-8"))?;
            let value = match default {
                Value::Boolean(_) => match text {
                    "true" | "1" => Value::Boolean(true),
                    "false" | "0" => Value::Boolean(false),
                    _ => return Err(giver.fault("expected `true` or `false`")),
                },
                Value::Integer(_) => Value::Integer(text.parse().map_err(|_| giver.fault("expected a whole number"))?),
                Value::Array(_) => {
                    let parts = std::env::split_paths(text);
                    Value::Array(parts.map(|part| Value::String(part.to_string_lossy().into_owned())).collect())
                }
                _ => Value::String(text.to_owned()),
            };
            Settings::deserialize(Table::from_iter([(key.clone(), value.clone())]))
                .map_err(|error| giver.fault(&plain(error.message())))?;
            self.lay_whole(&key, value, &giver);
        }
        Ok(())
    }

    /// Lays the flags on top.
    pub(super) fn lay_flags(&mut self, flags: Table) {
        for (key, value) in flags {
            self.lay_whole(&key, value, &Giver::Flag);
        }
    }

    fn lay_whole(&mut self, key: &str, value: Value, giver: &Giver) {
        match value {
            Value::Array(entries) if ADDS.contains(&key) => {
                for entry in entries {
                    self.lay(key, entry, giver.clone());
                }
            }
            value => self.lay(key, value, giver.clone()),
        }
    }

    fn lay(&mut self, key: &str, value: Value, giver: Giver) {
        let claims = self.0.entry(key.to_owned()).or_default();
        if !ADDS.contains(&key) {
            claims.clear();
        }
        claims.push(Claim { value, giver });
    }

    /// Who gave each entry of a setting.
    pub(super) fn givers(&self, key: &str) -> impl Iterator<Item = &Giver> {
        self.0.get(key).into_iter().flatten().map(|claim| &claim.giver)
    }

    /// What holds in the end.
    pub(super) fn settings(&self) -> Result<Settings> {
        let merged = self.0.iter().map(|(key, claims)| {
            let value = match claims.as_slice() {
                [claim] if !ADDS.contains(&key.as_str()) => claim.value.clone(),
                entries => Value::Array(entries.iter().map(|claim| claim.value.clone()).collect()),
            };
            (key.clone(), value)
        });
        let settings =
            Settings::deserialize(merged.collect::<Table>()).map_err(|error| Error::Setting(plain(error.message())))?;
        let numbers = [
            ("threads", settings.threads, MOST_THREADS),
            ("max-depth-archive", settings.max_depth_archive, MOST_DEPTH),
        ];
        if let Some((key, _, most)) = numbers.into_iter().find(|(_, number, most)| number > most) {
            let giver = self.givers(key).last().unwrap_or(&Giver::Flag);
            return Err(giver.fault(&format!("`{key}` is at most {most}")));
        }
        for (allow, giver) in settings.allow.iter().zip(self.givers("allow")) {
            allow.fault().map_or(Ok(()), |fault| Err(giver.fault(fault)))?;
        }
        Ok(settings)
    }
}

/// TOML: each setting, with its giver as a comment.
impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let write_rows = |f: &mut fmt::Formatter<'_>, rows: Vec<(String, String)>| {
            let width = rows.iter().map(|(code, _)| code.chars().count()).max().unwrap_or(0);
            rows.iter().try_for_each(|(code, giver)| writeln!(f, "{code:width$}  # {giver}"))
        };
        let giver =
            |giver: &Giver| giver.to_string().chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
        let (lists, scalars): (Vec<_>, Vec<_>) = self.0.iter().partition(|(key, _)| ADDS.contains(&key.as_str()));
        let row = |(key, claims): (&String, &Vec<Claim>)| {
            claims.last().map(|claim| (format!("{key} = {}", claim.value), giver(&claim.giver)))
        };
        write_rows(f, scalars.into_iter().filter_map(row).collect())?;
        for (key, claims) in lists {
            if claims.is_empty() {
                writeln!(f, "\n{key} = []  # {}", Giver::Default)?;
            } else {
                writeln!(f, "\n{key} = [")?;
                write_rows(
                    f,
                    claims.iter().map(|claim| (format!("    {},", claim.value), giver(&claim.giver))).collect(),
                )?;
                writeln!(f, "]")?;
            }
        }
        Ok(())
    }
}

impl Giver {
    /// An error about a value of this giver.
    pub(super) fn fault(&self, message: &str) -> Error {
        match self {
            Self::File { name, line, .. } => {
                Error::Config { file: name.clone(), line: *line, message: message.to_owned() }
            }
            Self::Environment(name) => Error::Setting(format!("{name}: {message}")),
            Self::Default | Self::Flag => Error::Setting(message.to_owned()),
        }
    }
}

fn owned(value: &Spanned<DeValue<'_>>) -> Result<Value, toml::de::Error> {
    Value::deserialize(value.clone().into_deserializer())
}

/// Makes a path that is relative to the configuration file relative to the current directory.
fn relocate(key: &str, path: &mut Value, file: &str) {
    if let (Value::String(path), Some(directory)) = (path, Path::new(file).parent())
        && PATHS.contains(&key)
        && !path.is_empty()
    {
        *path = directory.join(&*path).to_string_lossy().into_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(text: &str) -> Result<Layers> {
        let mut layers = Layers::new();
        layers.lay_file(FileKind::Project, "../tightlip.toml", text)?;
        layers.settings()?;
        Ok(layers)
    }

    fn environment(name: &str, value: &str) -> Result<Layers> {
        let mut layers = Layers::new();
        layers.lay_environment(&|asked| (asked == name).then(|| value.into()))?;
        Ok(layers)
    }

    #[test]
    fn defaults_are_the_lowest_layer() {
        assert_eq!(Layers::new().settings().unwrap(), Settings::default());
    }

    #[test]
    fn faults_name_file_line_and_mend() {
        for (text, fault) in [
            ("hidden = true\nmin-confidnce = 'high'", "2: unknown key `min-confidnce`; did you mean `min-confidence`?"),
            ("xyz = 1", "1: unknown key `xyz`"),
            ("min_confidence = 'high'", "1: unknown key `min_confidence`; did you mean `min-confidence`?"),
            ("\n\nmin-confidence = 'hihg'", "3: expected one of `low`, `medium`, `high`"),
            ("threads = 'four'", "1: expected a whole number"),
            ("threads = -1", "1: expected a whole number"),
            ("\nthreads = 2000", "2: `threads` is at most 1024"),
            ("max-depth-archive = 33", "1: `max-depth-archive` is at most 32"),
            ("hidden = 1", "1: expected a boolean"),
            ("skip = 'a'", "1: expected an array"),
            ("skip = [\n 1]", "2: expected a string"),
            ("hidden = true\nhidden = true", "2: duplicate key"),
            ("skip = [", "1: unclosed array, expected `]`"),
            ("[[allow]]\nrule = 'a'\nreasn = 'b'", "3: unknown key `reasn`; did you mean `reason`?"),
            ("\n[[allow]]\nrule = 'a'", "2: missing field `reason`"),
            ("\n[[allow]]\nreason = 'a'", "2: an allow entry names a `path`, a `rule` or a `fingerprint`"),
            ("[[allow]]\nrule = 'a'\nreason = ' '", "1: an allow entry says its `reason`"),
            (
                "[[allow]]\nfingerprint = 'a'\nreason = 'b'",
                "2: a fingerprint is 32 hex digits in lower case, as reports show it",
            ),
        ] {
            assert_eq!(laid(text).unwrap_err().to_string(), format!("../tightlip.toml:{fault}"), "{text}");
        }
    }

    #[test]
    fn values_stay_out_of_faults() {
        let value = "s3cr3t-v4lue";
        for text in [
            "hidden = 'V'",
            "min-confidence = 'V'",
            "threads = 'V'",
            "color = 'a`V`'",
            "skip = 'V, expected V'",
            "hidden = V",
        ] {
            let fault = laid(&text.replace('V', value)).unwrap_err().to_string();
            assert!(!fault.contains(value), "{fault}");
        }
        for name in ["TIGHTLIP_HIDDEN", "TIGHTLIP_THREADS", "TIGHTLIP_MIN_CONFIDENCE"] {
            let fault = environment(name, value).unwrap_err().to_string();
            assert!(fault.starts_with(name) && !fault.contains(value), "{fault}");
        }
    }

    #[test]
    fn the_environment_is_read_by_the_type_of_the_setting() {
        let list = std::env::join_paths(["a", "b"]).unwrap().into_string().unwrap();
        for (name, value, shown) in [
            ("TIGHTLIP_HIDDEN", "0", "hidden = false "),
            ("TIGHTLIP_IGNORE_FILES", "true", "ignore-files = true "),
            ("TIGHTLIP_THREADS", "4", "threads = 4 "),
            ("TIGHTLIP_MIN_CONFIDENCE", "low", "min-confidence = \"low\" "),
            ("TIGHTLIP_SKIP", &list, "skip = [\"a\", \"b\"] "),
            ("TIGHTLIP_RULES", &list, "    \"b\",  # environment: TIGHTLIP_RULES"),
            ("TIGHTLIP_FORMAT", "", "format = \"text\" "),
        ] {
            let text = environment(name, value).unwrap().to_string();
            assert!(text.lines().any(|line| line.starts_with(shown)), "{shown} not in:\n{text}");
        }
    }

    #[test]
    fn what_is_shown_parses_to_what_holds() {
        let text = "rules = ['a.toml', '/b.toml']\nskip = ['x-*']\nhidden = false\n[[allow]]\npath = \"a\\u001b\"\nreason = 'r'\n";
        let mut layers = laid(text).unwrap();
        layers.lay_file(FileKind::Named, "evil\n\u{1b}[2J.toml", "threads = 3\nrules = ['c.toml']").unwrap();
        layers.lay_flags("color = 'never'".parse().unwrap());
        let shown = layers.to_string();
        assert_eq!(toml::from_str::<Settings>(&shown).unwrap(), layers.settings().unwrap());
        for line in ["hidden = false ", "    \"../a.toml\", ", "threads = 3 ", "color = \"never\" "] {
            assert!(shown.lines().any(|shown| shown.starts_with(line)), "{line} not in:\n{shown}");
        }
    }
}

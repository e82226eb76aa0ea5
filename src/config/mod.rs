//! From configuration files, environment and flags to a scanner.

mod file;
mod layers;

use std::collections::HashSet;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use toml::Table;

pub use file::{Allow, Color, Described, Settings};
use layers::{FileKind, Giver, Layers};

use crate::fence::{self, Fence};
use crate::model::{Error, Result};
use crate::policy::{AllowEntry, Baseline};
use crate::raw::{Key, KnownValues};
use crate::ruleset::RuleSet;
use crate::scanner::{Scanner, ScannerBuilder};
use crate::sources::Source;

const FILE_NAME: &str = "tightlip.toml";

/// Where configuration files are looked for.
#[derive(Clone, Debug)]
pub struct Places {
    /// The directory from which a project's file is looked for upward: the current one, absolute.
    pub directory: PathBuf,
    /// A file that takes the place of the project's.
    pub config: Option<PathBuf>,
    /// Whether to look for the project's file at all.
    pub project: bool,
}

/// All settings, and who gave each: `Display` writes them as TOML with the givers as comments.
#[derive(Clone, Debug)]
pub struct Config {
    settings: Settings,
    layers: Layers,
    fence: Fence,
    /// Where the project begins and where the command was started, both absolute.
    root: PathBuf,
    start: PathBuf,
}

impl Config {
    /// Gathers defaults, configuration files, environment and `flags`, each over the ones before.
    ///
    /// `flags` serialises to a map that holds some of the fields of [`Settings`], under their names there in kebab-case.
    pub fn load(places: &Places, flags: &impl Serialize) -> Result<Self> {
        let flags = Table::try_from(flags).map_err(|error| Error::Setting(error.to_string()))?;
        let env = |name: &str| std::env::var_os(name);
        // Targets that flags and environment name are fenced off before the first configuration file is opened.
        let nowhere = Places { config: None, project: false, ..places.clone() };
        let early = Self::gather(&nowhere, flags.clone(), &env, &|_, path| Err(absent(path)))?;
        let fence = Fence::from_files(&early.settings.targets)?;
        let mut config = Self::gather(places, flags, &env, &|kind, path| read(kind, path, &fence))?;
        config.fence = if config.settings.targets == early.settings.targets {
            fence
        } else {
            Fence::from_files(&config.settings.targets)?
        };
        Ok(config)
    }

    fn gather(places: &Places, flags: Table, env: &dyn Fn(&str) -> Option<OsString>, read: &Read<'_>) -> Result<Self> {
        let mut layers = Layers::new();
        let mut lay = |kind, path: &Path, text: &str| layers.lay_file(kind, &path.to_string_lossy(), text);
        if let Some((path, text)) = find(FileKind::User, user_file(env), read)? {
            lay(FileKind::User, &path, &text)?;
        }
        let mut file = None;
        if let Some(path) = &places.config {
            lay(FileKind::Named, path, &read(FileKind::Named, path)?)?;
            file = Some(path.clone());
        } else if places.project
            && let Some((path, text)) = find(FileKind::Project, upward(&places.directory), read)?
        {
            lay(FileKind::Project, &path, &text)?;
            file = Some(path);
        }
        layers.lay_environment(env)?;
        layers.lay_flags(flags);
        let start = places.directory.clone();
        let root = file.and_then(|file| above(&start, &file)).unwrap_or_else(|| start.clone());
        Ok(Self { settings: layers.settings()?, layers, fence: Fence::default(), root, start })
    }

    /// The settings that hold in the end.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The fence around all targets that any layer names.
    pub fn fence(&self) -> &Fence {
        &self.fence
    }

    /// An error about the value of a setting, at the place of whoever gave it.
    pub fn fault(&self, key: &str, message: &str) -> Error {
        self.layers.givers(key).last().unwrap_or(&Giver::Flag).fault(message)
    }

    /// The built-in rules and those of `rules`.
    pub fn all_rules(&self) -> Result<RuleSet> {
        let mut rules = RuleSet::builtin();
        for path in self.rule_files() {
            let text = read(FileKind::Named, path, &self.fence)?;
            rules.add(&path.to_string_lossy(), &text)?;
        }
        Ok(rules)
    }

    /// The rule files; one that several layers name goes by the last of its names.
    fn rule_files(&self) -> Vec<&Path> {
        let mut seen = HashSet::new();
        let mut files: Vec<&Path> = self.settings.rules.iter().rev().map(PathBuf::as_path).collect();
        files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.to_path_buf())));
        files.reverse();
        files
    }

    /// All rules but those that `only` and `skip` leave out.
    pub fn ruleset(&self) -> Result<RuleSet> {
        let mut rules = self.all_rules()?;
        self.check_only(&rules)?;
        let only = self.globs("only", &self.settings.only)?;
        let skip = self.globs("skip", &self.settings.skip)?;
        rules.retain(|id| (only.is_empty() || only.is_match(id)) && !skip.is_match(id));
        Ok(rules)
    }

    /// A name in `only` that no rule has would leave nothing to look for, and every scan clean.
    fn check_only(&self, rules: &RuleSet) -> Result<()> {
        for name in &self.settings.only {
            let glob = self.globs("only", std::slice::from_ref(name))?;
            if !rules.infos().any(|rule| glob.is_match(rule.id.as_str())) {
                let mend = match rules.nearest(name) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => String::new(),
                };
                return Err(self.fault("only", &format!("no rule is called `{name}`{mend}")));
            }
        }
        Ok(())
    }

    fn globs(&self, key: &str, patterns: &[String]) -> Result<GlobSet> {
        let mut set = GlobSetBuilder::new();
        for pattern in patterns {
            set.add(Glob::new(pattern).map_err(|error| self.fault(key, &error.to_string()))?);
        }
        set.build().map_err(|error| self.fault(key, &error.to_string()))
    }

    /// A scanner as configured.
    pub fn scanner(&self) -> Result<ScannerBuilder> {
        self.scanner_for(self.baseline()?)
    }

    /// A scanner as configured, but with this baseline: the configured one may not be there yet.
    pub fn scanner_for(&self, baseline: Baseline) -> Result<ScannerBuilder> {
        let Settings { min_confidence, threads, max_findings, max_depth_archive, suppressions, honor_foreign, .. } =
            self.settings;
        let rules = self.ruleset()?;
        // A rule that does not find what it says it finds is none to rely on.
        crate::selftest::hold(&rules)?;
        let builder = match self.key()? {
            Some(key) => Scanner::builder().key(key),
            None => Scanner::builder(),
        };
        Ok(builder
            .rules(rules)
            .min_confidence(min_confidence)
            .threads(threads)
            .max_findings(max_findings)
            .max_depth_archive(max_depth_archive)
            .suppressions(suppressions)
            .honor_foreign(honor_foreign)
            .allow(self.allowed())
            .fence(self.fence.clone())
            .known(self.known()?)
            .baseline(baseline)
            .root(&self.root, &self.start)
            // With some of the rules left out, a comment for one of those accepts nothing for no fault of its own.
            .audit(self.settings.only.is_empty() && self.settings.skip.is_empty()))
    }

    /// The baseline; an empty one where none is named.
    pub fn baseline(&self) -> Result<Baseline> {
        let path = &self.settings.baseline;
        if path.as_os_str().is_empty() { Ok(Baseline::default()) } else { self.read_baseline(path) }
    }

    /// The baseline in a file.
    pub fn read_baseline(&self, path: &Path) -> Result<Baseline> {
        self.fence.refuse_named(path, "the baseline lies in it")?;
        let file = |source| Error::File { path: path.to_path_buf(), source };
        let text = fence::read_small(self.fence.admit_own(path).map_err(file)?, LARGEST_BASELINE).map_err(file)?;
        Baseline::from_reader(&path.to_string_lossy(), text.as_bytes())
    }

    /// The project's key, from its file or its environment variable.
    pub fn key(&self) -> Result<Option<Key>> {
        let Settings { key_file: path, key_env: name, .. } = &self.settings;
        let key = match (path.as_os_str().is_empty(), name.is_empty()) {
            (true, true) => return Ok(None),
            (false, false) => {
                return Err(self.fault("key-env", "give the key by `key-file` or by `key-env`, not by both"));
            }
            (false, true) => {
                self.fence.refuse_named(path, "the key lies in it")?;
                let error = |source| Error::File { path: path.clone(), source };
                Key::from_reader(fence::open_small(&self.fence.admit_own(path).map_err(error)?).map_err(error)?)
            }
            (true, false) => match std::env::var_os(name) {
                Some(key) => Key::from_reader(key.as_encoded_bytes()),
                None => return Err(self.fault("key-env", &format!("there is no environment variable `{name}`"))),
            },
        };
        let setting = if name.is_empty() { "key-file" } else { "key-env" };
        key.map(Some).map_err(|error| self.fault(setting, &error.to_string()))
    }

    /// The values that are known to be secret, from files and environment.
    fn known(&self) -> Result<KnownValues> {
        let mut known = KnownValues::default();
        for path in &self.settings.known {
            self.fence.refuse_named(path, "known values lie in it")?;
            let error = |source| Error::File { path: path.clone(), source };
            let file = fence::open_small(&self.fence.admit_own(path).map_err(error)?).map_err(error)?;
            let read = KnownValues::from_reader(&path.to_string_lossy(), file);
            known.merge(read.map_err(|fault| if let Error::Output(source) = fault { error(source) } else { fault })?);
        }
        for pattern in &self.settings.known_env {
            let read = KnownValues::from_env(pattern);
            known.merge(read.map_err(|error| self.fault("known-env", &error.to_string()))?);
        }
        Ok(known)
    }

    fn allowed(&self) -> Vec<AllowEntry> {
        let entries = self.settings.allow.iter().cloned().zip(self.layers.givers("allow"));
        entries
            .map(|(allow, giver)| {
                let (file, line) = match giver {
                    Giver::File { name, line, .. } => (name.clone(), *line),
                    _ => (giver.to_string(), 1),
                };
                let Allow { path, rule, fingerprint, reason, until } = allow;
                AllowEntry { path, rule, fingerprint, reason, until, file, line }
            })
            .collect()
    }

    /// A digest of all settings, whoever gave them.
    pub fn digest(&self) -> String {
        let settings = toml::to_string(&self.settings).unwrap_or_default();
        data_encoding::HEXLOWER.encode(&Sha256::digest(settings))
    }

    /// The files under `paths`, selected as configured.
    pub fn walk<P: Into<PathBuf>>(&self, paths: impl IntoIterator<Item = P>) -> Source {
        Source::walk(paths)
            .hidden(self.settings.hidden)
            .ignore_files(self.settings.ignore_files)
            .follow(self.settings.follow)
            .globs(self.settings.globs.clone())
    }
}

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.layers.fmt(f)
    }
}

/// How a configuration file is read: through the door, except in tests.
type Read<'a> = dyn Fn(FileKind, &Path) -> Result<String> + 'a;

/// An entry takes some 300 bytes.
const LARGEST_BASELINE: u64 = 64 << 20;

fn read(kind: FileKind, path: &Path, fence: &Fence) -> Result<String> {
    fence.refuse_named(path, "a file of the configuration lies in it")?;
    let file = |source| Error::File { path: path.to_path_buf(), source };
    // Who names `<(command)` waits for it; nobody waits for what only happens to stand in a directory above.
    if kind != FileKind::Named && !path.metadata().map_err(file)?.is_file() {
        return Err(file(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")));
    }
    fence::read_small(fence.admit_own(path).map_err(file)?, fence::LARGEST_SMALL).map_err(file)
}

fn absent(path: &Path) -> Error {
    Error::File { path: path.to_path_buf(), source: io::ErrorKind::NotFound.into() }
}

/// The first of `paths` that is there. One that is there and cannot be read is an error, not an absence.
fn find(
    kind: FileKind,
    paths: impl IntoIterator<Item = PathBuf>,
    read: &Read<'_>,
) -> Result<Option<(PathBuf, String)>> {
    for path in paths {
        match read(kind, &path) {
            Ok(text) => return Ok(Some((path, text))),
            Err(Error::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The directory of a configuration file, if that is `start` or one above it.
fn above(start: &Path, file: &Path) -> Option<PathBuf> {
    let mut directory = start.to_path_buf();
    for part in file.parent()?.components() {
        match part {
            Component::ParentDir if !directory.pop() => return None,
            Component::CurDir | Component::ParentDir => {}
            part => directory.push(part),
        }
    }
    start.starts_with(&directory).then_some(directory)
}

/// `$XDG_CONFIG_HOME/tightlip/tightlip.toml`, else the same under `~/.config`.
fn user_file(env: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let base = env("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base =
        base.or_else(|| env("HOME").filter(|home| !home.is_empty()).map(|home| Path::new(&home).join(".config")))?;
    Some(base.join("tightlip").join(FILE_NAME))
}

/// `tightlip.toml`, `../tightlip.toml` and so on to the root. Relative, so that reports which name it are the same on every machine.
fn upward(directory: &Path) -> impl Iterator<Item = PathBuf> {
    (0..directory.ancestors().count())
        .map(|steps| std::iter::repeat_n("..", steps).collect::<PathBuf>().join(FILE_NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files that are there, and what each says.
    type Files<'a> = &'a [(&'a str, &'a str)];

    fn gathered(places: &Places, flags: &str, env: &[(&str, &str)], files: Files<'_>) -> Result<Config> {
        let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        let read = |_: FileKind, path: &Path| match files.iter().find(|(name, _)| Path::new(name) == path) {
            Some((_, text)) => Ok((*text).to_owned()),
            None => Err(absent(path)),
        };
        Config::gather(places, flags.parse().unwrap(), &env, &read)
    }

    fn places(config: Option<&str>, project: bool) -> Places {
        Places { directory: "/work/tree".into(), config: config.map(Into::into), project }
    }

    #[test]
    fn the_later_layer_holds() {
        let files: Files<'_> = &[
            ("/home/u/.config/tightlip/tightlip.toml", "threads = 1"),
            ("../tightlip.toml", "\nthreads = 2"),
            ("../../tightlip.toml", "threads = 9"),
            ("named.toml", "threads = 3"),
        ];
        let home = ("HOME", "/home/u");
        let variable = ("TIGHTLIP_THREADS", "4");
        let project = places(None, true);
        for (places, flags, env, threads, giver) in [
            (&project, "", &[][..], 2, "project: ../tightlip.toml:2"),
            (&project, "", &[home], 2, "project: ../tightlip.toml:2"),
            (&places(None, false), "", &[home], 1, "user: /home/u/.config/tightlip/tightlip.toml:1"),
            (&places(None, false), "", &[home, ("XDG_CONFIG_HOME", "/elsewhere")], 0, "default"),
            (
                &places(None, false),
                "",
                &[home, ("XDG_CONFIG_HOME", "relative")],
                1,
                "user: /home/u/.config/tightlip/tightlip.toml:1",
            ),
            (&places(Some("named.toml"), true), "", &[home], 3, "--config: named.toml:1"),
            (&project, "", &[home, variable], 4, "environment: TIGHTLIP_THREADS"),
            (&project, "threads = 5", &[home, variable], 5, "command line"),
        ] {
            let config = gathered(places, flags, env, files).unwrap();
            assert_eq!(config.settings().threads, threads);
            let shown = config.to_string();
            let line = shown.lines().find(|line| line.starts_with("threads = ")).unwrap();
            assert!(line.ends_with(&format!("# {giver}")), "{line}");
        }
    }

    #[test]
    fn rules_and_allow_add_up_and_the_rest_is_replaced() {
        let files: Files<'_> = &[
            ("/u/tightlip/tightlip.toml", "rules = ['a.toml']\nskip = ['x']\n[[allow]]\nrule = 'r'\nreason = 'first'"),
            ("tightlip.toml", "rules = ['b.toml']\nskip = ['y']\n\n[[allow]]\nrule = 'r'\nreason = 'second'"),
        ];
        let config = gathered(&places(None, true), "rules = ['c.toml']", &[("XDG_CONFIG_HOME", "/u")], files).unwrap();
        let settings = config.settings();
        assert_eq!(settings.rules, ["/u/tightlip/a.toml", "b.toml", "c.toml"].map(PathBuf::from));
        assert_eq!(settings.skip, ["y"]);
        let givers: Vec<_> = config.allowed().into_iter().map(|entry| (entry.file, entry.line, entry.reason)).collect();
        let expected = [("/u/tightlip/tightlip.toml", 3, "first"), ("tightlip.toml", 4, "second")];
        assert_eq!(givers, expected.map(|(file, line, reason)| (file.to_owned(), line, reason.to_owned())));
    }

    #[test]
    fn a_missing_file_is_an_error_only_where_it_was_named() {
        gathered(&places(None, true), "", &[("HOME", "/home/u")], &[]).unwrap();
        let error = gathered(&places(Some("named.toml"), true), "", &[], &[]).unwrap_err();
        assert!(error.to_string().starts_with("named.toml: "), "{error}");
    }

    #[test]
    fn only_and_skip_choose_rules() {
        let rules = |flags: &str| gathered(&places(None, false), flags, &[], &[]).unwrap().ruleset();
        assert_eq!(rules("").unwrap().len(), RuleSet::builtin().len());
        let chosen = rules("only = ['github-*']\nskip = ['*-classic']").unwrap();
        assert!(
            chosen
                .infos()
                .all(|rule| rule.id.as_str().starts_with("github-") && !rule.id.as_str().ends_with("-classic"))
        );
        let error = rules("only = ['github-pat-clasic']").unwrap_err();
        assert_eq!(error.to_string(), "no rule is called `github-pat-clasic`; did you mean `github-pat-classic`?");
    }
}

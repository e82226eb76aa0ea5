//! `tightlip import`: takes over what other scanners accept and look for, and says what cannot be taken over.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use tightlip::report::{self, visible};
use tightlip::{Baseline, Claim, Config, Entry, Fence, Import, Key, OutputFile, Scanner, Watch};

use crate::args::ImportFiles;
use crate::baseline;
use crate::config;
use crate::exit::Exit;
use crate::terminal;

const RULES: &str = "tightlip-rules.toml";
const CONFIG: &str = "tightlip.toml";

/// Runs the command.
pub(crate) fn run(args: ImportFiles) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    let names = [CONFIG, RULES, baseline::NAME].map(|name| args.output.join(name));
    let names = names.map(|path| path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path));
    config.fence().admit_output(&args.output)?;
    if let Some(there) = names.iter().find(|path| path.exists()) {
        bail!("{}: is there already; `-o DIR` writes to another directory", there.display());
    }
    // Where the project has no key, values are only compared with each other, within this run.
    let project_key = config.key()?.map(Arc::new);
    let key = match &project_key {
        Some(key) => Arc::clone(key),
        None => Arc::new(Key::random()?),
    };
    let mut import = Import::new(&key);
    for file in &args.files {
        import.read(file, config.fence())?;
    }
    let mut missed = Vec::new();
    let mut entries = accepted(&config, &key, &import, &mut missed)?;
    if project_key.is_none() {
        for entry in &mut entries {
            entry.value = None;
        }
    }
    let written = write(&names, &import, &entries, config.fence())?;
    let remarks: Vec<&String> = import.remarks().iter().chain(&missed).collect();
    for remark in &remarks {
        terminal::say(format_args!("{}\n", visible(remark)));
    }
    for (name, what) in &written {
        terminal::say(format_args!("{}: {what}\n", visible(name.display())));
    }
    if remarks.is_empty() {
        return Ok(Exit::Clean);
    }
    let things = if remarks.len() == 1 { "1 thing was".into() } else { format!("{} things were", remarks.len()) };
    terminal::say(format_args!("{things} not carried over as it stood\n"));
    Ok(Exit::Incomplete)
}

/// Entries for the findings that tightlip has where others had theirs. Claims that nothing answers to are `missed`.
fn accepted(config: &Config, key: &Arc<Key>, import: &Import<'_>, missed: &mut Vec<String>) -> Result<Vec<Entry>> {
    let mut by_path: BTreeMap<&str, Vec<(usize, &Claim)>> = BTreeMap::new();
    for (number, claim) in import.claims().iter().enumerate() {
        by_path.entry(&claim.path).or_default().push((number, claim));
    }
    let mut answered = BTreeSet::new();
    let scanner = scanner(config, key, import)?;
    let mut entries = Vec::new();
    let is_there = |path: &&&str| Path::new(path).is_file();
    let source = config.walk(by_path.keys().filter(is_there));
    let scan = || {
        scanner.scan(&source, &Watch::default(), |finding| {
            let mut entry = scanner.entry(finding);
            let claims = by_path.get(finding.origin().path().to_string().as_str()).into_iter().flatten();
            for (number, claim) in claims.filter(|(_, claim)| claim.is(finding)) {
                answered.insert(*number);
                if entry.reason.is_none() {
                    entry.reason = Some(format!("imported from {}", claim.file));
                    entries.push(entry.clone());
                }
            }
            Ok(())
        })
    };
    source.sandbox().within(config.fence(), config.settings().sandbox, scan)?;
    let unanswered = import.claims().iter().enumerate().filter(|(number, _)| !answered.contains(number));
    for (_, claim) in unanswered {
        let Claim { file, path, lines, rule, .. } = claim;
        let why = if Path::new(path).is_file() { "tightlip finds nothing there" } else { "the file is not there" };
        missed.push(format!("{file}: {path}:{} ({rule}): {why}, so there is nothing to accept", lines.start()));
    }
    entries.sort();
    Ok(entries)
}

/// A scanner with the imported rules.
fn scanner(config: &Config, key: &Arc<Key>, import: &Import<'_>) -> Result<Scanner> {
    let mut rules = config.ruleset()?;
    let text = import.rules();
    if !text.is_empty() {
        rules.add(RULES, &text)?;
    }
    Ok(config.scanner_for(Baseline::default())?.rules(rules).key(Arc::clone(key)).build()?)
}

/// Writes what there is to write; says each file and what it holds.
fn write(
    names: &[PathBuf; 3],
    import: &Import<'_>,
    entries: &[Entry],
    fence: &Fence,
) -> Result<Vec<(PathBuf, String)>> {
    let [config, rules, baseline] = names;
    let (rule_text, allowed) = (import.rules(), import.allowed());
    let mut settings = String::new();
    let mut written = Vec::new();
    if !rule_text.is_empty() {
        writeln!(settings, "rules = [\"{RULES}\"]")?;
        put(rules, rule_text.as_bytes(), fence)?;
        written.push((rules.clone(), count(rule_text.matches("[[rule]]").count(), "rule")));
    }
    if !entries.is_empty() {
        writeln!(settings, "baseline = \"{}\"", baseline::NAME)?;
        let mut file = OutputFile::at(baseline, fence)?;
        report::write_baseline(&mut file, entries)?;
        file.commit()?;
        written.push((baseline.clone(), count(entries.len(), "accepted finding")));
    }
    settings += &allowed;
    if !settings.is_empty() {
        put(config, settings.as_bytes(), fence)?;
        written.push((config.clone(), count(allowed.matches("[[allow]]").count(), "allow entry")));
    }
    Ok(written)
}

fn put(path: &Path, text: &[u8], fence: &Fence) -> Result<()> {
    let mut file = OutputFile::at(path, fence)?;
    file.write_all(text)?;
    Ok(file.commit()?)
}

/// `1 rule`, `2 rules`, `2 allow entries`.
fn count(number: usize, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

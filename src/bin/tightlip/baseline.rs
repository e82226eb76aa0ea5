//! `tightlip baseline`: accepts today's findings, so that only what is new is open.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, bail};
use tightlip::report;
use tightlip::{Baseline, Config, Entry, Finding, LapseState, OutputFile, Summary, Watch};

use crate::args::Accept;
use crate::config;
use crate::exit::Exit;
use crate::scan;
use crate::terminal::{self, Progress};

/// What a baseline is called where nobody says otherwise.
pub(crate) const NAME: &str = "tightlip-baseline.jsonl";

/// Runs the command.
pub(crate) fn run(args: Accept) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    terminal::choose_color(config.settings().color);
    let configured = Some(&config.settings().baseline).filter(|path| !path.as_os_str().is_empty()).cloned();
    let is_configured = configured.is_some();
    let path = args.output.or(configured).unwrap_or_else(|| NAME.into());
    config.fence().admit_output(&path)?;
    let old = read_old(&config, &path, args.update)?;
    let scanner = config.scanner_for(old.clone())?.build()?;
    terminal::warn(scanner.warnings());
    let mut file = OutputFile::at(&path, config.fence())?;
    let temporary = file.temporary().map(Path::to_path_buf);
    let source = scan::source(&config, args.paths, &args.git, temporary.iter().chain([&path]))?;
    let watch = Arc::new(Watch::default());
    let place = Path::new(".").join(path.parent().unwrap_or(Path::new("")));
    source.sandbox().write(place).enter(config.fence(), config.settings().sandbox)?;
    terminal::on_interrupt(&watch, move || temporary.iter().for_each(|path| OutputFile::discard(path)))?;

    let mut found: Vec<(Finding, Entry)> = Vec::new();
    let progress = Progress::start(&watch, args.quiet);
    let summary = scanner.scan(&source, &watch, |finding| {
        let mut entry = scanner.entry(finding);
        (entry.reason, entry.owner, entry.until) = (args.reason.clone(), args.owner.clone(), args.until);
        found.push((finding.clone(), entry));
        Ok(())
    });
    progress.clear();
    let summary = summary?;
    let entries = old.update(found.iter().map(|(finding, entry)| (finding, entry.clone())), &summary.lapses);
    report::write_baseline(&mut file, &entries)?;
    file.commit()?;
    if !args.quiet {
        terminal::say(words(&path, &old, &entries, &summary));
        if old.entries().len() == 0 {
            terminal::say(hints(&path, is_configured, &config));
        }
    }
    Ok(if summary.is_complete() && summary.unlisted == 0 { Exit::Clean } else { Exit::Incomplete })
}

/// The baseline that is there, to be updated. One that nobody asked to update is not replaced.
fn read_old(config: &Config, path: &Path, update: bool) -> Result<Baseline> {
    match (path.is_file(), update) {
        (true, true) => Ok(config.read_baseline(path)?),
        (true, false) => bail!(
            "{}: there is a baseline already; `--update` keeps its reasons, `-o FILE` writes another",
            path.display()
        ),
        (false, _) => Ok(Baseline::default()),
    }
}

/// `tightlip-baseline.jsonl: 12 entries (3 new, 1 gone)`, and what was not accepted.
fn words(path: &Path, old: &Baseline, entries: &[Entry], summary: &Summary) -> String {
    let known: HashSet<_> = old.entries().map(|entry| entry.fingerprint).collect();
    let kept = entries.iter().filter(|entry| known.contains(&entry.fingerprint)).count();
    let mut text = String::new();
    if !summary.skipped.is_empty() {
        // What was open is accepted now.
        let summary = Summary { open: [0; 4], lapses: Vec::new(), ..summary.clone() };
        text += &report::closing(&summary, terminal::style(&io::stderr()));
    }
    let (entries, new, gone) = (entries.len(), entries.len() - kept, known.len() - kept);
    let noun = if entries == 1 { "entry" } else { "entries" };
    let _ = writeln!(text, "{}: {entries} {noun} ({new} new, {gone} gone)", report::visible(path.display()));
    let expired = summary.lapses.iter().filter(|lapse| matches!(lapse.state, LapseState::Expired { .. })).count();
    if expired > 0 {
        let _ = writeln!(text, "{expired} expired stay so: renew `until` by hand, or remove what they accept");
    }
    if summary.unlisted > 0 {
        let _ = writeln!(text, "{} findings are not accepted: a file has more than `--max-findings`", summary.unlisted);
    }
    text
}

/// What to do with a first baseline.
fn hints(path: &Path, is_configured: bool, config: &Config) -> String {
    let name = report::visible(path.display());
    let mut text = String::new();
    if !is_configured {
        let _ = writeln!(
            text,
            "hint: `baseline = \"{name}\"` in tightlip.toml, or `scan --baseline {name}`, puts it in force"
        );
    }
    if config.settings().key_file.as_os_str().is_empty() && config.settings().key_env.is_empty() {
        let _ = writeln!(text, "hint: with `--key-file`, a value that changes on an accepted line is open again");
    }
    let _ = writeln!(text, "hint: `{name} merge=union` in .gitattributes lets branches that both add entries merge");
    text
}

//! `tightlip rules`: list them, show one, test them.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Result, bail};
use serde::Serialize;
use tightlip::report::visible;
use tightlip::{RuleInfo, RuleSet};

use crate::args::{ListFormat, Rules};
use crate::config;
use crate::exit::Exit;
use crate::terminal;

/// Runs the command.
pub(crate) fn run(command: Rules) -> Result<Exit> {
    match command {
        Rules::List { settings, places, form } => {
            let rules: Vec<RuleInfo> = config::load(places, &settings)?.ruleset()?.infos().collect();
            match form {
                ListFormat::Text => list(rules),
                ListFormat::Json => list_json(&rules),
            }
        }
        Rules::Show { id, settings, places } => show(&config::load(places, &settings)?.all_rules()?, &id),
        Rules::Test { file, mut settings, places } => {
            settings.rules.extend(file.clone());
            test(&config::load(places, &settings)?.all_rules()?, file)
        }
    }
}

fn list(mut rules: Vec<RuleInfo>) -> Result<Exit> {
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let mut rows = vec![["ID", "SEVERITY", "CONFIDENCE", "VENDOR", "TITLE"].map(String::from)];
    rows.extend(rules.into_iter().map(|rule| {
        [rule.id.to_string(), name(rule.severity), name(rule.confidence), visible(rule.vendor), visible(rule.title)]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [0, 1, 2, 3].map(width);
    let mut out = io::stdout().lock();
    for [id, severity, confidence, vendor, title] in &rows {
        let [a, b, c, d] = widths;
        writeln!(out, "{id:a$}  {severity:b$}  {confidence:c$}  {vendor:d$}  {title}")?;
    }
    Ok(Exit::Clean)
}

fn list_json(rules: &[RuleInfo]) -> Result<Exit> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, rules).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(Exit::Clean)
}

/// A level as reports and rule files write it.
fn name(level: impl Serialize) -> String {
    serde_json::to_value(level).ok().and_then(|value| value.as_str().map(String::from)).unwrap_or_default()
}

fn show(rules: &RuleSet, id: &str) -> Result<Exit> {
    let Some(definition) = rules.definition(id) else {
        match rules.nearest(id) {
            Some(near) => bail!("no rule is called `{id}`; did you mean `{near}`?"),
            None => bail!("no rule is called `{id}`; `tightlip rules list` names all"),
        }
    };
    io::stdout().lock().write_all(definition.as_bytes())?;
    Ok(Exit::Clean)
}

/// Tests all rules, or, where `file` is given, those of that file.
fn test(rules: &RuleSet, file: Option<PathBuf>) -> Result<Exit> {
    let file = file.map(|file| file.to_string_lossy().into_owned());
    let tested = |id: &str| file.as_ref().is_none_or(|file| rules.place(id).is_some_and(|(of, _)| of == file));
    let failures = tightlip::selftest(rules, tested)?;
    let mut out = io::stdout().lock();
    for failure in &failures {
        writeln!(out, "{}", visible(failure))?;
    }
    if !failures.is_empty() {
        return Ok(Exit::Findings);
    }
    let count = rules.infos().filter(|rule| tested(rule.id.as_str())).count();
    terminal::say(format_args!(
        "{count} {} examples\n",
        if count == 1 { "rule keeps its" } else { "rules keep their" }
    ));
    Ok(Exit::Clean)
}

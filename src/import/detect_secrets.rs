//! What detect-secrets wrote: `.secrets.baseline`. Its hashes of values are not used: anybody could test guesses at them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{Claim, Import};
use crate::model::{Error, Result};

#[derive(Deserialize)]
struct Baseline {
    results: BTreeMap<String, Vec<Finding>>,
    #[serde(default)]
    exclude: Exclude,
    #[serde(default)]
    filters_used: Vec<Filter>,
    #[serde(default)]
    plugins_used: Vec<Filter>,
}

#[derive(Deserialize)]
struct Finding {
    #[serde(rename = "type")]
    kind: String,
    line_number: u64,
    /// What an audit said.
    is_secret: Option<bool>,
}

#[derive(Default, Deserialize)]
struct Exclude {
    files: Option<String>,
    lines: Option<String>,
}

/// A filter or a plugin; patterns are a text or a list of them.
#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    path: String,
    #[serde(default)]
    pattern: Value,
}

/// Filters that every baseline names, and that tightlip has its own way for.
const ORDINARY: [&str; 3] = [".heuristic.", ".allowlist.", ".common."];

/// Reads a baseline.
pub(super) fn baseline(import: &mut Import<'_>, file: &str, text: &str) -> Result<()> {
    let read: Baseline = serde_json::from_str(text).map_err(|error| {
        let message = "this is no baseline of detect-secrets (`detect-secrets scan`)".into();
        Error::Config { file: file.into(), line: error.line().max(1), message }
    })?;
    for (path, findings) in read.results {
        for found in findings {
            let line = found.line_number;
            if found.is_secret == Some(true) {
                let place = format!("{file}: {path}:{line}");
                import.remark(&place, "an audit called this a real secret, so it is not accepted");
                continue;
            }
            let (path, rule) = (path.clone(), found.kind);
            import.claims.push(Claim { file: file.into(), path, lines: line..=line, rule, value: None });
        }
    }
    let reason = format!("imported from {file}");
    if let Some(regex) = read.exclude.files {
        import.allow_paths(&format!("{file}: exclude.files"), &regex, None, &reason);
    }
    if read.exclude.lines.is_some() {
        import.remark(&format!("{file}: exclude.lines"), "lines are not accepted by regex");
    }
    for filter in read.filters_used {
        let patterns: Vec<&str> = match &filter.pattern {
            Value::String(one) => vec![one],
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let place = format!("{file}: {}", filter.path);
        if filter.path.ends_with(".should_exclude_file") {
            for regex in patterns {
                import.allow_paths(&place, regex, None, &reason);
            }
        } else if !ORDINARY.iter().any(|part| filter.path.contains(part)) {
            import.remark(&place, "this filter is not carried over");
        }
    }
    for plugin in read.plugins_used.iter().filter(|plugin| !plugin.path.is_empty()) {
        import.remark(&format!("{file}: {}", plugin.path), "a plugin of one's own is not carried over: write a rule");
    }
    Ok(())
}

//! What gitleaks wrote: its reports, which are its baselines; `.gitleaksignore`; its configuration.

use std::fmt::Write as _;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::{Claim, Import, pattern};
use crate::model::{Error, Result};
use crate::ruleset::{RuleSet, plain};

/// A finding of a report. The other fields say nothing that is needed; `Line` and `Match` hold the value too.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Finding {
    #[serde(rename = "RuleID")]
    rule: String,
    file: String,
    start_line: u64,
    #[serde(default)]
    end_line: u64,
    #[serde(default)]
    secret: String,
}

/// Reads a report of `gitleaks --report-format json`.
pub(super) fn report(import: &mut Import<'_>, file: &str, text: &str) -> Result<()> {
    let findings: Vec<Finding> = serde_json::from_str(text).map_err(|error| {
        let message = "this is no gitleaks report (`gitleaks --report-format json`)".into();
        Error::Config { file: file.into(), line: error.line().max(1), message }
    })?;
    for found in findings {
        let value = import.value(&found.secret);
        let lines = found.start_line..=found.end_line.max(found.start_line);
        import.claims.push(Claim { file: file.into(), path: found.file, lines, rule: found.rule, value });
    }
    Ok(())
}

/// Reads `.gitleaksignore`: `[COMMIT:]PATH:RULE:LINE` on each line, `#` begins a comment.
pub(super) fn ignore(import: &mut Import<'_>, file: &str, text: &str) -> Result<()> {
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let mut parts = line.rsplitn(3, ':');
        let (at, rule, place) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
        let (Ok(at), Some(rule), Some(place)) = (at.parse(), rule, place) else {
            let message = "expected `PATH:RULE:LINE` or `COMMIT:PATH:RULE:LINE`".into();
            return Err(Error::Config { file: file.into(), line: number, message });
        };
        let is_commit = |part: &str| part.len() >= 7 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let path = place.split_once(':').filter(|(commit, _)| is_commit(commit)).map_or(place, |(_, path)| path);
        let (path, rule) = (path.to_owned(), rule.to_owned());
        import.claims.push(Claim { file: format!("{file}:{number}"), path, lines: at..=at, rule, value: None });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Configuration {
    extend: Option<Extend>,
    allowlist: Option<Spanned<Allowlist>>,
    #[serde(default)]
    allowlists: Vec<Spanned<Allowlist>>,
    #[serde(default)]
    rules: Vec<Spanned<Rule>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extend {
    path: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    #[serde(default)]
    disabled_rules: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allowlist {
    description: Option<String>,
    #[serde(default)]
    condition: String,
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    regexes: Vec<Spanned<String>>,
    #[serde(default)]
    stopwords: Vec<Spanned<String>>,
    #[serde(default)]
    commits: Vec<Spanned<String>>,
    #[serde(default)]
    target_rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    description: Option<String>,
    regex: Option<String>,
    #[serde(default)]
    secret_group: u32,
    entropy: Option<f64>,
    path: Option<Spanned<String>>,
    allowlist: Option<Spanned<Allowlist>>,
    #[serde(default)]
    allowlists: Vec<Spanned<Allowlist>>,
}

/// A file, and where its lines are.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn line(&self, at: usize) -> usize {
        memchr::memchr_iter(b'\n', &self.text.as_bytes()[..at.min(self.text.len())]).count() + 1
    }

    fn place<T>(&self, of: &Spanned<T>) -> String {
        format!("{}:{}", self.file, self.line(of.span().start))
    }
}

/// Reads a configuration.
pub(super) fn configuration(import: &mut Import<'_>, file: &str, text: &str) -> Result<()> {
    let source = Source { file, text };
    let read: Configuration = toml::from_str(text).map_err(|error| Error::Config {
        file: file.into(),
        line: source.line(error.span().map_or(0, |span| span.start)),
        message: plain(error.message()),
    })?;
    if let Some(extend) = &read.extend {
        for other in extend.path.iter().chain(&extend.url) {
            import.remark(&source.place(other), "what this extends is not read: import that file too");
        }
        for id in &extend.disabled_rules {
            let message =
                format!("`{}` is off there; `skip` in tightlip.toml takes ids of `tightlip rules list`", id.get_ref());
            import.remark(&source.place(id), &message);
        }
    }
    for rule in &read.rules {
        add_rule(import, &source, rule);
    }
    for list in read.allowlist.iter().chain(&read.allowlists) {
        let own: Vec<String> = list.get_ref().target_rules.iter().map(|id| kebab(id)).collect();
        allow(import, &source, list, &own);
    }
    Ok(())
}

/// Carries over the paths of an allow-list; what judges values or commits has no like in tightlip.
fn allow(import: &mut Import<'_>, source: &Source<'_>, list: &Spanned<Allowlist>, rules: &[String]) {
    let place = source.place(list);
    let list = list.get_ref();
    let others = [("regexes", &list.regexes), ("stopwords", &list.stopwords), ("commits", &list.commits)];
    let is_narrowed = list.condition.eq_ignore_ascii_case("and") && others.iter().any(|(_, items)| !items.is_empty());
    for (key, items) in others {
        for item in items {
            let message =
                format!("`{key}` are not carried over: accept what they were for by baseline, comment or `[[allow]]`");
            import.remark(&source.place(item), &message);
        }
    }
    if is_narrowed && !list.paths.is_empty() {
        return import.remark(&place, "`paths` hold only together with what is not carried over, so they are left out");
    }
    let reason = list.description.clone().filter(|text| !text.trim().is_empty());
    let reason = reason.unwrap_or_else(|| format!("imported from {}", source.file));
    for path in &list.paths {
        let place = source.place(path);
        if rules.is_empty() {
            import.allow_paths(&place, path.get_ref(), None, &reason);
        }
        for rule in rules {
            import.allow_paths(&place, path.get_ref(), Some(rule), &reason);
        }
    }
}

fn add_rule(import: &mut Import<'_>, source: &Source<'_>, spanned: &Spanned<Rule>) {
    let place = source.place(spanned);
    let rule = spanned.get_ref();
    let id = kebab(&rule.id);
    for list in rule.allowlist.iter().chain(&rule.allowlists) {
        allow(import, source, list, std::slice::from_ref(&id));
    }
    let Some(regex) = &rule.regex else {
        // With nothing but an id it changes a built-in rule; with a path it reports files by name.
        return import.remark(&place, &format!("`{}` has no regex: there is nothing to look for in a text", rule.id));
    };
    if let Some(path) = &rule.path {
        import.remark(&source.place(path), "`path` is not carried over: the rule looks everywhere");
    }
    let pattern = match pattern::pattern(regex, rule.secret_group) {
        Ok(pattern) => pattern,
        Err(message) => return import.remark(&place, &format!("`{}` is left out: {message}", rule.id)),
    };
    let title = rule.description.clone().unwrap_or_else(|| rule.id.clone());
    let anchors = Value::Array(pattern.anchors.iter().map(|anchor| Value::from(anchor.as_str())).collect());
    let mut text = format!("\n[[rule]]  # {place}\nid = {}\ntitle = {}\n", Value::from(id), Value::from(title));
    let _ = writeln!(text, "anchors = {anchors}\npattern = {}", Value::from(pattern.text));
    if pattern.ignore_case {
        text.push_str("ignore-case = true\n");
    }
    if let Some(entropy) = rule.entropy.filter(|entropy| *entropy > 0.0) {
        let _ = writeln!(text, "entropy = {}", Value::from(entropy));
    }
    if import.add_rule(&place, &text) && pattern.is_cut {
        import.remark(&place, &format!("`{}` is bounded now: `+`, `*` and `{{n,}}` end 200 bytes on", rule.id));
    }
}

/// An id as tightlip writes them; one that a built-in rule has gets a word before it.
fn kebab(id: &str) -> String {
    let id: String = id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    if RuleSet::builtin().place(&id).is_some() { format!("imported-{id}") } else { id }
}

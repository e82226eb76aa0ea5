//! One page of HTML to read, search, sort and print. It loads nothing and runs nothing but its own script, by its hash.

use std::fmt::Display;
use std::io::{self, Write};

use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

use super::clean::{markup, visible};
use super::closing;
use super::reporter::Reporter;
use super::shortlist::Shortlist;
use super::tally::Tally;
use super::words::{self, count};
use crate::model::{Finding, PathText, RuleInfo, Severity, Skipped, Summary};

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

/// Rows of the table of findings, with which a browser still is quick.
const SHOWN: usize = 10_000;
/// Rows of the shorter tables.
const FOLDERS: usize = 25;
const SKIPPED: usize = 1_000;

/// The counts stand above the table, so nothing is written before the end.
pub(super) struct Html<W> {
    out: W,
    findings: Shortlist,
    tally: Tally,
}

impl<W: Write> Html<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, findings: Shortlist::new(SHOWN), tally: Tally::default() }
    }

    fn head(&mut self, summary: &Summary) -> io::Result<()> {
        let title = closing::in_a_line(summary);
        writeln!(
            self.out,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{}'; \
             script-src '{}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>tightlip: {title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <header>\n<h1>{title}</h1>",
            source(STYLE),
            source(SCRIPT),
        )?;
        writeln!(self.out, "<ul class=\"counts\">")?;
        for severity in [Severity::Critical, Severity::High, Severity::Medium, Severity::Low] {
            let (word, number) = (words::severity(severity), summary.open_of(severity));
            writeln!(self.out, "<li class=\"{word}\">{number} {}</li>", search(word))?;
        }
        writeln!(self.out, "</ul>\n</header>\n<main>")
    }

    /// What was not read comes first: it may hold anything.
    fn skipped(&mut self, skipped: &[Skipped]) -> io::Result<()> {
        let rows = skipped.iter().take(SKIPPED).map(|Skipped { path, reason }| {
            format!("<td class=\"place\">{}</td><td>{}</td>", markup(path), markup(reason.describe()))
        });
        let more = skipped.len().saturating_sub(SKIPPED) as u64;
        self.table("Not read", &["place", "why"], rows, (more, "file"))
    }

    fn rules(&mut self) -> io::Result<()> {
        let tally = std::mem::take(&mut self.tally);
        let rows = tally.rules().into_iter().map(|(rule, number)| rule_row(rule, number));
        self.table("By rule", &["findings", "severity", "rule", "how to fix it"], rows, (0, ""))?;
        let (folders, others) = tally.folders(FOLDERS);
        let rows = folders.into_iter().map(|(folder, number)| {
            // No text tells the rows of the topmost folder from others.
            let folder = if folder.is_empty() { "./".to_owned() } else { search(PathText::new(folder)) };
            format!("<td class=\"number\">{number}</td><td class=\"place\">{folder}</td>")
        });
        self.table("By folder", &["findings", "folder"], rows, (others, "finding"))
    }

    fn table(
        &mut self,
        title: &str,
        heads: &[&str],
        rows: impl Iterator<Item = String>,
        (more, noun): (u64, &str),
    ) -> io::Result<()> {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let heads = heads.join("</th><th scope=\"col\">");
        write!(
            self.out,
            "<section>\n<h2>{title}</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">{heads}</th></tr></thead>\n"
        )?;
        writeln!(self.out, "<tbody>")?;
        rows.try_for_each(|row| writeln!(self.out, "<tr>{row}</tr>"))?;
        writeln!(self.out, "</tbody>\n</table></div>")?;
        if more > 0 {
            writeln!(self.out, "<p>and {}</p>", count(more, &format!("more {noun}")))?;
        }
        writeln!(self.out, "</section>")
    }

    fn findings(&mut self, unlisted: u64) -> io::Result<()> {
        let findings = std::mem::replace(&mut self.findings, Shortlist::new(0));
        let rows = findings.in_order();
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(
            self.out,
            "<section>\n<h2 id=\"title\">Findings</h2>\n<div id=\"filter\" hidden>\
             <label for=\"search\">Search</label> <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"> \
             <span id=\"shown\" role=\"status\"></span></div>\n\
             <div class=\"scroll\"><table id=\"findings\" aria-labelledby=\"title\">\n<thead><tr>\
             <th scope=\"col\">severity</th><th scope=\"col\">rule</th><th scope=\"col\">place</th>\
             <th scope=\"col\">masked line</th></tr></thead>\n<tbody>"
        )?;
        for (number, finding) in rows.into_iter().enumerate() {
            self.finding_row(number, finding)?;
        }
        writeln!(self.out, "</tbody>\n</table></div>")?;
        if unlisted + findings.left_out() > 0 {
            writeln!(self.out, "<p>{}</p>", words::unlisted(unlisted + findings.left_out()))?;
        }
        writeln!(self.out, "</section>\n<script>{SCRIPT}</script>")
    }

    fn finding_row(&mut self, number: usize, finding: &Finding) -> io::Result<()> {
        let (rule, start) = (finding.rule(), finding.start());
        let severity = words::severity(rule.severity);
        let commit =
            finding.origin().of_commit().map(|commit| format!("<br><small>{}</small>", markup(words::commit(commit))));
        let (class, acceptance) = match words::acceptance(finding) {
            Some(acceptance) => (" class=\"accepted\"", format!("<br><small>{}</small>", markup(acceptance))),
            None => ("", String::new()),
        };
        writeln!(
            self.out,
            "<tr{class}><td class=\"{severity}\" data-key=\"{}\">{severity}</td><td>{}<br><small>{}</small></td>\
             <td data-key=\"{number}\"><span class=\"place\">{}:{}:{}</span>{}</td><td>{}{acceptance}</td></tr>",
            Severity::Critical as u8 - rule.severity as u8,
            markup(&rule.id),
            markup(words::evidence(finding)),
            markup(finding.origin().full_path()),
            start.line,
            start.column,
            commit.unwrap_or_default(),
            excerpt(finding),
        )
    }
}

impl<W: Write + Send> Reporter for Html<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.findings.add(finding);
        self.tally.add(finding);
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.head(summary)?;
        self.skipped(&summary.skipped)?;
        self.rules()?;
        self.findings(summary.unlisted)?;
        writeln!(
            self.out,
            "</main>\n<footer>\n<p class=\"faint\">tightlip {}, rules {}. No value stands on this page.</p>\n</footer>\n</body>\n</html>",
            env!("CARGO_PKG_VERSION"),
            markup(&summary.ruleset),
        )?;
        self.out.flush()
    }
}

/// How a policy names an inline style or script: by its digest.
fn source(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(&Sha256::digest(text)))
}

/// A link that searches the table for a text.
fn search(text: impl Display) -> String {
    let text = visible(text);
    format!("<a href=\"#{}\">{}</a>", PathText::new(text.as_bytes()).to_uri(), markup(&text))
}

fn rule_row(rule: &RuleInfo, number: u64) -> String {
    let severity = words::severity(rule.severity);
    format!(
        "<td class=\"number\">{number}</td><td class=\"{severity}\">{severity}</td><td>{}<br><small>{}</small></td><td>{}</td>",
        search(&rule.id),
        markup(&rule.title),
        markup(&rule.help),
    )
}

/// The masked line, its mark marked.
fn excerpt(finding: &Finding) -> String {
    let (text, mark) = (&finding.excerpt().text, finding.excerpt().mark.clone());
    match (text.get(..mark.start), text.get(mark.clone()), text.get(mark.end..)) {
        (Some(before), Some(mark), Some(after)) => {
            format!("<code>{}<mark>{}</mark>{}</code>", markup(before), markup(mark), markup(after))
        }
        _ => format!("<code>{}</code>", markup(text)),
    }
}

//! What holds for every format, over the table of formats.

mod oracles;

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use snapbox::IntoData as _;

use super::sample::{self, Run};
use super::*;

/// Bytes that can be looked at while they are written; no more than `room` of them.
#[derive(Clone)]
struct Sheet {
    bytes: Arc<Mutex<Vec<u8>>>,
    room: usize,
}

impl Sheet {
    fn of(room: usize) -> Self {
        Self { bytes: Arc::default(), room }
    }

    fn len(&self) -> usize {
        self.bytes.lock().unwrap().len()
    }
}

impl Write for Sheet {
    fn write(&mut self, new: &[u8]) -> io::Result<usize> {
        let mut bytes = self.bytes.lock().unwrap();
        if bytes.len() + new.len() > self.room {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        bytes.extend(new);
        Ok(new.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(format: &Format, run: &Run, style: Style, sheet: &Sheet) -> io::Result<()> {
    let mut report = format.open(Box::new(sheet.clone()), style);
    report.begin()?;
    run.findings.iter().try_for_each(|finding| report.finding(finding))?;
    report.end(&run.summary)
}

fn written(name: &str, run: &Run) -> String {
    let sheet = Sheet::of(usize::MAX);
    write(Format::named(name).unwrap(), run, Style::default(), &sheet).unwrap();
    let text = String::from_utf8(std::mem::take(&mut *sheet.bytes.lock().unwrap())).unwrap();
    // Only GitLab is told the time.
    regex::Regex::new(r#"_time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d""#)
        .unwrap()
        .replace_all(&text, r#"_time":"2026-01-02T03:04:05""#)
        .into()
}

fn parsed(name: &str, run: &Run) -> Value {
    serde_json::from_str(&written(name, run)).unwrap()
}

fn runs() -> [Run; 4] {
    let nothing = Run { findings: Vec::new(), summary: crate::model::Summary::default() };
    [sample::ordinary(), sample::hostile(), sample::of_a_commit(), nothing]
}

#[test]
fn every_format_writes_what_it_wrote_before() {
    for format in REPORTERS {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("report.{}", format.name));
        let golden = snapbox::Data::read_from(&golden, Some(snapbox::data::DataFormat::Text)).raw();
        snapbox::assert_data_eq!(written(format.name, &sample::ordinary()).into_data().raw(), golden);
    }
}

#[test]
fn nothing_written_acts_on_a_terminal() {
    for format in REPORTERS {
        for run in runs() {
            // Lines of CSV end in CR LF.
            let text = written(format.name, &run).replace("\r\n", "").replace('\n', "");
            assert_eq!(clean::visible(&text), text, "{}", format.name);
        }
    }
    let words = closing(&sample::hostile().summary, Style::default());
    assert_eq!(clean::visible(words.replace('\n', "")), words.replace('\n', ""));
}

/// These need their counts, or the gravest findings, first.
const WAIT: [&str; 4] = ["sarif", "junit", "html", "markdown"];
/// These are for people, who do not want to read again what they accepted.
const OPEN_ONLY: [&str; 3] = ["text", "github", "markdown"];

#[test]
fn every_finding_is_written_when_it_comes() {
    let run = sample::ordinary();
    for format in REPORTERS.iter().filter(|format| !WAIT.contains(&format.name)) {
        let sheet = Sheet::of(usize::MAX);
        let mut report = format.open(Box::new(sheet.clone()), Style::default());
        report.begin().unwrap();
        for finding in &run.findings {
            let before = sheet.len();
            report.finding(finding).unwrap();
            assert_eq!(sheet.len() > before, finding.is_open() || !OPEN_ONLY.contains(&format.name), "{}", format.name);
        }
    }
}

#[test]
fn a_closed_pipe_is_passed_up() {
    let run = sample::ordinary();
    for format in REPORTERS {
        for room in (0..written(format.name, &run).len()).step_by(37) {
            let error = write(format, &run, Style::default(), &Sheet::of(room)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{} after {room} bytes", format.name);
        }
    }
}

#[test]
fn json_and_jsonl_say_the_same() {
    for run in runs() {
        let whole = parsed("json", &run);
        let lines = written("jsonl", &run);
        let mut lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.pop().unwrap()["summary"], whole["summary"]);
        assert_eq!(Value::from(lines), whole["findings"]);
        for (finding, record) in run.findings.iter().zip(whole["findings"].as_array().unwrap()) {
            assert_eq!(record["excerpt"], finding.excerpt().text);
            assert_eq!(record["path"], finding.origin().path().to_string());
        }
    }
}

#[test]
fn sarif_is_valid() {
    let mut schema: Value = serde_json::from_str(include_str!("../../tests/data/sarif-2.1.0.json")).unwrap();
    // Two patterns for languages, which we do not write, have a bracket too many to be a regex of ECMA-262.
    for owner in ["run", "toolComponent"] {
        schema["definitions"][owner]["properties"]["language"].as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for run in runs() {
        let log = parsed("sarif", &run);
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(result["ruleId"], rules[index]["id"]);
        }
    }
}

#[test]
fn text_fits_its_terminal() {
    use unicode_width::UnicodeWidthStr as _;
    for (run, width) in runs().iter().flat_map(|run| [40, 60, 100, 200].map(|width| (run, width))) {
        let sheet = Sheet::of(usize::MAX);
        write(&REPORTERS[0], run, Style { color: false, width }, &sheet).unwrap();
        let text = String::from_utf8(sheet.bytes.lock().unwrap().clone()).unwrap();
        for line in text.lines().filter(|line| line.starts_with("    |")) {
            assert!(line.width() <= width, "{line}");
        }
    }
}

#[test]
fn text_says_once_what_is_the_same() {
    let text = written("text", &Run { findings: sample::twins(), summary: sample::ordinary().summary });
    assert_eq!(text.matches("[aws-access-key]").count(), 1);
    for twin in ["another value, the same masked line as 3:15", "the same value as 3:15"] {
        assert!(text.contains(&format!("\n  3:15     high      aws-access-key  {twin}\n")), "{text}");
    }
}

#[test]
fn colour_adds_nothing_but_colour() {
    let run = sample::ordinary();
    let sheet = Sheet::of(usize::MAX);
    write(&REPORTERS[0], &run, Style { color: true, ..Style::default() }, &sheet).unwrap();
    let colored = String::from_utf8(sheet.bytes.lock().unwrap().clone()).unwrap();
    assert!(colored.contains("\x1b[1;31mcritical\x1b[0m"));
    let plain = regex::Regex::new(r"\x1b\[[0-9;]*m").unwrap().replace_all(&colored, "");
    assert_eq!(plain, written("text", &run));
}

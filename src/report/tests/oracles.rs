//! The formats for other programs, read back as those programs read them.

use pulldown_cmark::{Event, Options, Parser, Tag};
use quick_xml::events::{BytesStart, Event as Xml};
use serde_json::Value;

use super::super::clean::visible;
use super::*;

#[test]
fn gitlab_is_valid() {
    let schema: Value = serde_json::from_str(include_str!("../../../tests/data/gitlab-secret-detection.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for run in runs() {
        let report = parsed("gitlab", &run);
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for (finding, entry) in run.findings.iter().zip(report["vulnerabilities"].as_array().unwrap()) {
            assert_eq!(entry["flags"].is_null(), finding.is_open());
            assert_eq!(entry["location"]["file"], finding.origin().path().to_string());
        }
        assert_eq!(report["scan"]["status"] == "success", run.summary.is_complete());
    }
}

#[test]
fn every_report_says_the_commit() {
    let run = sample::of_a_commit();
    let commit = run.findings[0].origin().of_commit().unwrap();
    for format in REPORTERS {
        let count = written(format.name, &run).matches(&commit.id[..12]).count();
        assert!(count >= run.findings.len(), "{}", format.name);
    }
    for entry in parsed("gitlab", &run)["vulnerabilities"].as_array().unwrap() {
        let told = &entry["location"]["commit"];
        assert_eq!((told["sha"].as_str(), told["date"].as_str()), (Some(&*commit.id), Some(&*commit.author_time)));
    }
}

/// A command in a line of a workflow's log.
#[derive(Debug)]
struct Command {
    name: String,
    properties: Vec<(String, String)>,
    message: String,
}

/// The command in a line, as GitHub's runner reads it.
fn command(line: &str) -> Option<Command> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let message = message.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let unescape = |text: &str| text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let properties = properties.split(',').filter_map(|property| property.split_once('='));
    let properties = properties.map(|(key, value)| (key.to_owned(), unescape(value))).collect();
    Some(Command { name: name.into(), properties, message })
}

#[test]
fn a_workflow_is_told_only_what_we_tell_it() {
    for format in REPORTERS {
        for run in runs() {
            let text = written(format.name, &run);
            assert!(!text.contains("##["), "{}", format.name);
            let commands: Vec<_> = text.lines().filter_map(command).collect();
            assert!(commands.is_empty() || format.name == "github", "{}: {commands:?}", format.name);
        }
    }
    assert!(command(&closing(&sample::hostile().summary, Style::default())).is_none());
}

#[test]
fn annotations_say_where_and_are_few() {
    for run in runs() {
        let text = written("github", &run);
        let commands: Vec<_> = text.lines().filter_map(command).collect();
        let of = |wanted: &str| commands.iter().filter(|command| command.name == wanted).collect::<Vec<_>>();
        assert_eq!(of("group").len(), of("endgroup").len());
        let notes = [of("error"), of("warning"), of("notice")].concat();
        assert_eq!(notes.len() + of("group").len() + of("endgroup").len(), commands.len());
        let paths = run.findings.iter().map(|finding| finding.origin().path());
        let paths: Vec<String> =
            paths.chain(run.summary.skipped.iter().map(|skipped| &skipped.path)).map(visible).collect();
        for Command { properties, message, .. } in notes {
            assert!(properties.iter().any(|(key, value)| key == "file" && paths.contains(value)), "{properties:?}");
            assert!(!message.contains(['\r', '\n']));
        }
    }
    let ordinary = sample::ordinary();
    let many: Vec<_> = ordinary.findings.iter().cycle().take(800).cloned().collect();
    let text = written("github", &Run { findings: many, summary: ordinary.summary });
    for (level, shown) in [("error", 10), ("warning", 10), ("notice", 0)] {
        assert_eq!(text.lines().filter_map(command).filter(|command| command.name == level).count(), shown);
    }
    assert!(text.contains("\n490 more errors listed above") && text.contains("\n90 more warnings listed above"));
}

/// The attributes of an element, by name.
type Attributes = Vec<(String, String)>;

/// Each element's name and attributes, in the order of the document.
fn elements(text: &str) -> Vec<(String, Attributes)> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut elements = Vec::new();
    let element = |start: &BytesStart<'_>| {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap();
            (String::from_utf8(attribute.key.as_ref().into()).unwrap(), value.into_owned())
        });
        (String::from_utf8(start.name().as_ref().into()).unwrap(), attributes.collect())
    };
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(start) | Xml::Empty(start) => elements.push(element(&start)),
            Xml::Eof => return elements,
            _ => {}
        }
    }
}

#[test]
fn junit_is_xml_and_counts_right() {
    for run in runs() {
        let elements = elements(&written("junit", &run));
        let count = |name: &str| elements.iter().filter(|(element, _)| element == name).count().to_string();
        let suite = &elements.iter().find(|(name, _)| name == "testsuite").unwrap().1;
        for (attribute, name) in
            [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
        {
            assert_eq!(suite.iter().find(|(key, _)| key == attribute).unwrap().1, count(name));
        }
        let files: Vec<_> = elements.iter().flat_map(|(_, all)| all).filter(|(key, _)| key == "file").collect();
        let paths = run.findings.iter().map(|finding| finding.origin().path());
        let paths = paths.chain(run.summary.skipped.iter().map(|skipped| &skipped.path));
        assert!(files.into_iter().map(|(_, value)| value.clone()).eq(paths.map(visible)));
    }
}

#[test]
fn csv_has_its_columns_and_no_formula() {
    let is_formula = |field: &str| field.trim_start_matches([' ', '"']).starts_with(['=', '+', '-', '@']);
    for run in runs() {
        let text = written("csv", &run);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let path = reader.headers().unwrap().iter().position(|name| name == "path").unwrap();
        let records: Vec<_> = reader.records().map(|record| record.unwrap()).collect();
        assert_eq!(
            records.len(),
            run.findings.len() + run.summary.skipped.len() + usize::from(run.summary.unlisted > 0)
        );
        for (finding, record) in run.findings.iter().zip(&records) {
            assert_eq!(record[path].replace(";'", ";"), visible(finding.origin().path()));
            assert!(!record.iter().any(is_formula), "{record:?}");
        }
        // As a spreadsheet reads it that takes `;` for a comma.
        let mut reader = ::csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(text.as_bytes());
        for record in reader.records().map(|record| record.unwrap()) {
            assert!(!record.iter().any(is_formula), "{record:?}");
        }
    }
}

#[test]
fn markdown_has_no_markup_but_its_own() {
    for run in runs() {
        let text = written("markdown", &run);
        let (mut tables, mut cells) = (0, 0);
        for event in
            Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_MATH)
        {
            match event {
                Event::InlineHtml(html) => assert!(["<br>", "<code>", "</code>"].contains(&&*html), "{html}"),
                Event::Start(Tag::Table(_)) => tables += 1,
                Event::Start(Tag::TableCell) => cells += 1,
                Event::Start(Tag::Heading { .. } | Tag::Paragraph | Tag::TableHead | Tag::TableRow)
                | Event::Text(_)
                | Event::End(_) => {}
                event => panic!("{event:?}"),
            }
        }
        let open = run.findings.iter().filter(|finding| finding.is_open()).count();
        let skipped = run.summary.skipped.len();
        assert_eq!(tables, usize::from(open > 0) + usize::from(skipped > 0));
        let of_table = |rows: usize, columns| (rows + usize::from(rows > 0)) * columns;
        assert_eq!(cells, of_table(open, 4) + of_table(skipped, 2));
    }
}

#[test]
fn sarif_holds_what_code_scanning_takes() {
    let ordinary = sample::ordinary();
    let many = ordinary.findings.iter().cycle().take(26_000).cloned().collect();
    let run = &parsed("sarif", &Run { findings: many, summary: ordinary.summary })["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    // What was left out is what was accepted.
    let open = |result: &&Value| result["suppressions"].as_array().unwrap().is_empty();
    assert_eq!(results.iter().filter(open).count(), 26_000 / 8 * 6);
    let notices = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notices.contains("1000 findings left out"), "{notices}");
    for run in runs() {
        for rule in parsed("sarif", &run)["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
            assert!(rule["help"]["text"].as_str().is_some_and(|text| !text.is_empty()));
            assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 10);
            assert!(rule["fullDescription"]["text"].as_str().unwrap().chars().count() <= 1_024);
        }
    }
}

#[test]
fn html_has_no_tag_but_its_own() {
    let tags = regex::Regex::new(r"<[^>]*>").unwrap();
    let own = "!doctype html head meta title style body header h1 ul li main section h2 div table thead tbody tr th td \
               a br small span code mark label input p script footer";
    for run in runs() {
        let text = written("html", &run);
        let (head, rest) = text.split_once("</style>").unwrap();
        let body = rest.split_once("<script>").map_or(rest, |(body, _)| body);
        for tag in tags.find_iter(body).map(|tag| tag.as_str()) {
            let name = tag.trim_start_matches(['<', '/']).split([' ', '>']).next().unwrap();
            assert!(own.split_whitespace().any(|own| own == name), "{tag}");
            assert!(!tag.contains("style=") && !tag.contains(" on"), "{tag}");
        }
        assert!(text.matches("<script").count() <= 1 && !head.contains("unsafe"));
        assert!(!text.contains("src=\"") && !text.contains("url(") && !text.contains("http-equiv=\"refresh"));
    }
}

//! `tightlip scan`: configuration, scanner, report, exit code.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anstream::AutoStream;
use anyhow::Result;
use tightlip::report::{self, Format, Reporter, Style};
use tightlip::{Config, Error, OutputFile, Scanner, Source, Summary, Watch};

use crate::args::Scan;
use crate::config;
use crate::exit::Exit;
use crate::terminal::{self, Progress};

/// Runs the command. All that can be wrong with the request is found before the first file is read.
pub(crate) fn run(args: Scan) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    let settings = config.settings();
    terminal::choose_color(settings.color);
    let format = format(&config)?;
    let scanner = config.scanner()?.mmap(args.mmap).build()?;
    config.fence().admit_stdout()?;
    let mut file = args.output.as_deref().map(|path| OutputFile::at(path, config.fence())).transpose()?;
    let temporary = file.as_ref().and_then(OutputFile::temporary).map(Path::to_path_buf);
    let source = source(&config, args.paths, temporary.iter().chain(&args.output));
    let output = args.output.as_deref().map(|path| path.parent().unwrap_or(path));
    let sandbox =
        output.into_iter().fold(source.sandbox(), |sandbox, directory| sandbox.write(Path::new(".").join(directory)));
    sandbox.enter(config.fence(), settings.sandbox)?;
    let watch = Arc::new(Watch::default());
    terminal::on_interrupt(&watch, move || temporary.iter().for_each(|path| OutputFile::discard(path)))?;

    let (out, style) = medium(file.as_mut());
    let progress = Progress::start(&watch, args.quiet);
    let Some(summary) = judge(&scanner, &source, &watch, format.open(out, style), progress)? else {
        return Ok(Exit::Findings);
    };
    file.map_or(Ok(()), OutputFile::commit)?;
    if !args.quiet {
        terminal::say(report::closing(&summary, terminal::style(&io::stderr())));
    }
    Ok(Exit::from(&summary))
}

/// Scans and reports. `None` where the reader of the report left, but had been told of an open finding.
fn judge(
    scanner: &Scanner,
    source: &Source,
    watch: &Watch,
    mut report: Box<dyn Reporter + '_>,
    progress: Progress,
) -> Result<Option<Summary>> {
    // Taken when the report begins: not before there is something to write, so that an interrupted run writes nothing.
    let mut waiting = Some(progress);
    let mut any_open = false;
    let outcome = scanner.scan(source, watch, |finding| {
        if let Some(progress) = waiting.take() {
            progress.clear();
            report.begin()?;
        }
        if watch.is_stopped() {
            return Err(Error::Interrupted);
        }
        any_open |= finding.is_open();
        Ok(report.finding(finding)?)
    });
    let begun = waiting.is_none();
    waiting.into_iter().for_each(Progress::clear);
    let ended = outcome.and_then(|summary| {
        if !begun {
            report.begin()?;
        }
        report.end(&summary)?;
        Ok(summary)
    });
    match ended {
        Err(error) if any_open && Exit::of(&error) == Exit::ClosedPipe => Ok(None),
        ended => Ok(Some(ended?)),
    }
}

fn format(config: &Config) -> Result<&'static Format> {
    let name = &config.settings().format;
    Format::named(name).ok_or_else(|| {
        let names: Vec<_> = report::REPORTERS.iter().map(|format| format!("`{}`", format.name)).collect();
        config.fault("format", &format!("expected one of {}", names.join(", "))).into()
    })
}

/// What was asked for, without the report that is about to be written.
fn source<'a>(config: &Config, mut paths: Vec<PathBuf>, own: impl Iterator<Item = &'a PathBuf>) -> Source {
    let named = paths.len();
    paths.retain(|path| path != Path::new("-"));
    let with_stdin = paths.len() < named;
    let source = own.fold(config.walk(paths), Source::except);
    if with_stdin { source.and_stdin() } else { source }
}

/// What the report is written to, and how it is to look there.
fn medium(file: Option<&mut OutputFile>) -> (Box<dyn Write + Send + '_>, Style) {
    if let Some(file) = file {
        return (Box::new(file), Style::default());
    }
    let stdout = io::stdout();
    let style = terminal::style(&stdout);
    // Coloured by the report or not at all; the stream only translates for consoles that know no escapes.
    (Box::new(BufWriter::new(AutoStream::always(stdout))), style)
}

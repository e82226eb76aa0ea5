//! `tightlip scan`: configuration, scanner, report, exit code.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use tightlip::report::{self, Format, Reporter};
use tightlip::{Config, Error, OutputFile, Sandbox, Scanner, Source, Summary, Watch};

use crate::args::Scan;
use crate::config;
use crate::exit::Exit;
use crate::git::GitArgs;
use crate::output::Outputs;
use crate::terminal::{self, Progress};

/// Runs the command. All that can be wrong with the request is found before the first file is read.
pub(crate) fn run(args: Scan) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    config.fence().admit_stdout()?;
    let mut outputs = Outputs::open(args.output.as_deref(), &args.also, config.fence())?;
    let source = source(&config, args.paths, &args.git, outputs.paths().iter())?;
    let summary = scan(&config, &source, args.mmap, args.quiet, &mut outputs)?;
    let Some(summary) = summary else { return Ok(Exit::Findings) };
    outputs.commit()?;
    if !args.quiet {
        terminal::say(report::closing(&summary, terminal::style(&io::stderr())));
    }
    Ok(Exit::from(&summary))
}

/// Scans a source and reports. `None` where the reader of the report left, but had been told of an
/// open finding.
pub(crate) fn scan(
    config: &Config,
    source: &Source,
    mmap: bool,
    quiet: bool,
    outputs: &mut Outputs,
) -> Result<Option<Summary>> {
    terminal::choose_color(config.settings().color);
    let format = format(config)?;
    let scanner = config.scanner()?.mmap(mmap).build()?;
    terminal::warn(scanner.warnings());
    let sandbox = outputs.directories().into_iter().fold(source.sandbox(), Sandbox::write);
    sandbox.enter(config.fence(), config.settings().sandbox)?;
    let temporaries = outputs.temporaries();
    let watch = Arc::new(Watch::default());
    terminal::on_interrupt(&watch, move || temporaries.iter().for_each(|path| OutputFile::discard(path)))?;
    let progress = Progress::start(&watch, quiet);
    judge(&scanner, source, &watch, outputs.report(format), progress)
}

/// Scans and reports.
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
pub(crate) fn source<'a>(
    config: &Config,
    mut paths: Vec<PathBuf>,
    git: &GitArgs,
    own: impl Iterator<Item = &'a PathBuf>,
) -> Result<Source> {
    if !git.is_empty() {
        paths.clear();
    }
    let named = paths.len();
    paths.retain(|path| path != Path::new("-"));
    let with_stdin = paths.len() < named;
    let mut source = own.fold(config.walk(paths), Source::except);
    if let Some(part) = git.part()? {
        source = source.and_git(part);
    }
    if let Some(file) = &git.message_file {
        source = source.and_message_file(file);
    }
    Ok(if with_stdin { source.and_stdin() } else { source })
}

//! `tightlip scan`: configuration, scanner, report, exit code.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anstream::AutoStream;
use anyhow::{Result, bail};
use tightlip::report::{self, Format, Style};
use tightlip::{Config, OutputFile, Source, Watch};

use crate::args::Scan;
use crate::exit::Exit;
use crate::terminal::{self, Progress};
use crate::{config, is_closed_pipe};

/// Runs the command. All that can be wrong with the request is found before the first file is read.
pub(crate) fn run(args: Scan) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    let settings = config.settings();
    terminal::choose_color(settings.color);
    let format = format(&config)?;
    let scanner = config.scanner()?.mmap(args.mmap).build()?;
    let source = source(&config, args.paths)?;
    let mut file = args.output.as_deref().map(OutputFile::create).transpose()?;
    let watch = Arc::new(Watch::default());
    let interrupted = terminal::on_interrupt(&watch)?;

    let (out, style) = medium(file.as_mut());
    let mut report = format.open(out, style);
    // Taken when the report begins: not before there is something to write, so that an interrupted run writes nothing.
    let mut progress = Some(Progress::start(&watch, args.quiet));
    let mut any_open = false;
    let outcome = scanner.scan(&source, &watch, |finding| {
        if let Some(progress) = progress.take() {
            progress.clear();
            report.begin()?;
        }
        any_open |= finding.is_open();
        Ok(report.finding(finding)?)
    });
    let begun = progress.is_none();
    progress.into_iter().for_each(Progress::clear);
    if interrupted.load(Ordering::Relaxed) {
        return Ok(Exit::Interrupted);
    }
    let ended = outcome.map_err(anyhow::Error::from).and_then(|summary| {
        if !begun {
            report.begin()?;
        }
        report.end(&summary)?;
        Ok(summary)
    });
    drop(report);
    let summary = match ended {
        // Who reads only the head of the report is still told what it began to say.
        Err(error) if is_closed_pipe(&error) && any_open => return Ok(Exit::Findings),
        ended => ended?,
    };
    file.map_or(Ok(()), OutputFile::commit)?;
    if !args.quiet {
        terminal::say(report::closing(&summary, terminal::style(&io::stderr())));
    }
    Ok(Exit::from(&summary))
}

fn format(config: &Config) -> Result<&'static Format> {
    let name = &config.settings().format;
    Format::named(name).ok_or_else(|| {
        let names: Vec<_> = report::REPORTERS.iter().map(|format| format!("`{}`", format.name)).collect();
        config.fault("format", &format!("expected one of {}", names.join(", "))).into()
    })
}

fn source(config: &Config, paths: Vec<PathBuf>) -> Result<Source> {
    let stdin = |path: &PathBuf| path == Path::new("-");
    match paths.as_slice() {
        [path] if stdin(path) => Ok(Source::stdin()),
        paths if paths.iter().any(stdin) => bail!("`-` (standard input) cannot be scanned together with paths; for a file of that name say `./-`"),
        _ => Ok(config.walk(paths)),
    }
}

/// What the report is written to, and how it is to look there.
fn medium(file: Option<&mut OutputFile>) -> (Box<dyn Write + Send + '_>, Style) {
    match file {
        Some(file) => (Box::new(file), Style::default()),
        None => {
            let stdout = io::stdout();
            let style = terminal::style(&stdout);
            // Coloured by the report or not at all; the stream only translates for consoles that know no escapes.
            (Box::new(BufWriter::new(AutoStream::always(stdout))), style)
        }
    }
}

//! `tightlip redact`: copies without secrets, or a stream.

use std::io::{self, Read as _, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tightlip::report::visible;
use tightlip::{Config, Manifest, Outcome, OutputFile, Redactor, RedactorBuilder, Sandbox, Scanner, Watch, Writer};

use crate::args::Redact;
use crate::config;
use crate::exit::Exit;
use crate::signature::Signer;
use crate::terminal::{self, Progress};

/// A stream that pauses so long has its text let through.
const PAUSE: Duration = Duration::from_millis(200);

/// Runs the command.
pub(crate) fn run(args: Redact) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    terminal::choose_color(config.settings().color);
    let scanner = config.scanner()?.build()?;
    let redactor = builder(&config, &scanner)?.configuration(config.digest()).build()?;
    let is_stream = args.paths.iter().any(|path| path == Path::new("-"));
    let into = match (args.into, is_stream) {
        (None, true) if args.paths.len() == 1 && args.sign_with.is_none() => {
            config.fence().admit_stdin()?;
            config.fence().admit_stdout()?;
            Sandbox::new().enter(config.fence(), config.settings().sandbox)?;
            return stream(redactor.writer(io::stdout()));
        }
        (Some(into), false) => into,
        (_, true) => bail!("`-` goes to standard output: it stands alone, without --into and --sign-with"),
        (None, false) => bail!("where to? `--into DIR` names a directory for the copies"),
    };
    let signer = args.sign_with.as_ref().map(|command| Signer::start(command, &into)).transpose()?;
    let source = config.walk(args.paths);
    redactor.sandbox(&source, &into)?.enter(config.fence(), config.settings().sandbox)?;
    let watch = Arc::new(Watch::default());
    // What is under way has a temporary name, which the next run removes.
    terminal::on_interrupt(&watch, || {})?;
    let progress = Progress::start(&watch, args.quiet);
    let made = redactor.copy(&source, &into, &watch);
    progress.clear();
    let manifest = made?;
    if let Some((signer, command)) = signer.zip(args.sign_with) {
        sign(&config, &into, &manifest, signer, &command)?;
    }
    if !args.quiet {
        terminal::say(summary(&manifest, &into));
    }
    Ok(Exit::with_code(manifest.exit_code()))
}

/// A redactor as configured.
pub(crate) fn builder<'s>(config: &Config, scanner: &'s Scanner) -> Result<RedactorBuilder<'s>> {
    let builder = Redactor::builder(scanner);
    Ok(match config.key()? {
        Some(key) => builder.key(key),
        None => builder,
    })
}

/// Standard input to standard output, as it comes.
fn stream(mut writer: Writer<'_, impl Write>) -> Result<Exit> {
    let (sender, chunks) = mpsc::sync_channel(4);
    let reader = thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            let mut chunk = vec![0; 256 << 10];
            match stdin.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(read) => chunk.truncate(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            if sender.send(chunk).is_err() {
                return Ok(());
            }
        }
    });
    let mut flushed = Instant::now();
    loop {
        match chunks.recv_timeout(PAUSE) {
            Ok(chunk) => writer.write_all(&chunk)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        // Also where it never pauses but is slow.
        if flushed.elapsed() >= PAUSE {
            writer.flush()?;
            flushed = Instant::now();
        }
    }
    let written = writer.finish()?;
    let read = reader.join().map_err(|_| io::Error::other("reading failed"))?;
    if let Err(error) = read {
        terminal::say(format_args!("standard input: {error}; what came before it is redacted\n"));
        return Ok(Exit::Incomplete);
    }
    if written.lost() > 0 {
        terminal::say(format_args!("{} records could not be redacted and are gone\n", written.lost()));
        return Ok(Exit::Unverified);
    }
    Ok(Exit::Clean)
}

fn sign(config: &Config, into: &Path, manifest: &Manifest, signer: Signer, command: &str) -> Result<()> {
    let signature = match signer.run(&manifest.to_json())? {
        None => bail!("the manifest is not signed: `{command}` has not read it"),
        Some(output) if !output.status.success() => {
            bail!("the manifest is not signed: `{command}` ended with {}", output.status)
        }
        Some(output) if output.stdout.is_empty() => bail!("the manifest is not signed: `{command}` wrote nothing"),
        Some(output) => output.stdout,
    };
    let mut file = OutputFile::at(&into.join(Manifest::SIGNATURE), config.fence())?;
    file.write_all(&signature)?;
    Ok(file.commit()?)
}

/// What the run amounts to, in words; what was not copied comes first.
fn summary(manifest: &Manifest, into: &Path) -> String {
    const LISTED: usize = 20;
    let outcome = |outcome| match outcome {
        Outcome::Refused => "refused",
        Outcome::Skipped => "skipped",
        Outcome::Copied | Outcome::Unchanged => "copied, but not whole",
    };
    let told: Vec<_> = manifest.inputs().iter().filter_map(|input| Some((input, input.reason.as_ref()?))).collect();
    let mut lines: Vec<_> = (told.iter().take(LISTED))
        .map(|(input, reason)| format!("{}: {}: {}\n", outcome(input.outcome), visible(&input.path), visible(reason)))
        .collect();
    if told.len() > LISTED {
        lines.push(format!("and {} more, see {}\n", told.len() - LISTED, Manifest::NAME));
    }
    if manifest.walls().targets > 0 {
        lines.push(format!("{}\n", manifest.walls()));
    }
    let counts = manifest.counts();
    let files = counts.copied + counts.unchanged;
    lines.push(format!(
        "{files} copied into {} ({} with redactions, {} in all), {} refused, {} skipped\n",
        visible(into.display().to_string()),
        counts.copied,
        counts.placeholders,
        counts.refused,
        counts.skipped,
    ));
    lines.concat()
}

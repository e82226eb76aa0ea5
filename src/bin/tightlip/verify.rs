//! `tightlip verify`: are copies what their manifest says, all of it, and clean?

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use tightlip::report::visible;
use tightlip::{Fault, FaultKind, Manifest, Watch};

use crate::args::Verify;
use crate::config;
use crate::exit::Exit;
use crate::redact::{builder, shell};
use crate::terminal::{self, Progress};

/// Runs the command.
pub(crate) fn run(args: Verify) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    terminal::choose_color(config.settings().color);
    if args.original.is_some() && config.key()?.is_none() {
        bail!("--original takes the key that the copies were made with: --key-file or --key-env");
    }
    let scanner = config.scanner()?.build()?;
    terminal::warn(scanner.warnings());
    let redactor = builder(&config, &scanner)?.build()?;
    let watch = Arc::new(Watch::default());
    terminal::on_interrupt(&watch, || {})?;
    let progress = Progress::start(&watch, args.quiet);
    let verdict = redactor.verify(&args.dir, args.original.as_deref(), &watch);
    progress.clear();
    let verdict = verdict?;
    for fault in &verdict.faults {
        terminal::say(format_args!("{}\n", describe(fault)));
    }
    let mut exit = Exit::with_code(verdict.exit_code());
    if let Some(command) = args.signature_check
        && !is_signed(&args.dir, &verdict.manifest, &command)?
    {
        terminal::say(format_args!("{}: the signature does not hold\n", Manifest::NAME));
        exit = Exit::Unverified;
    }
    if !args.quiet {
        let said = if exit == Exit::Clean { "all as the manifest says, and clean" } else { "not as it should be" };
        terminal::say(format_args!("{} copies read: {said}\n", verdict.files));
    }
    Ok(exit)
}

fn describe(fault: &Fault) -> String {
    let what = match &fault.kind {
        FaultKind::NotClean { rules } if rules.is_empty() => "not clean".into(),
        FaultKind::NotClean { rules } => format!("not clean: {}", rules.join(", ")),
        FaultKind::Changed => "not the file that the manifest speaks of".into(),
        FaultKind::Missing => "missing".into(),
        FaultKind::Unlisted => "not in the manifest".into(),
        FaultKind::Unread { reason } => format!("cannot be read: {reason}"),
        FaultKind::NotOfOriginal { reason } => format!("not what its original gives: {reason}"),
        _ => "wrong".into(),
    };
    format!("{}: {}", visible(&fault.path), visible(what))
}

/// Whether the command accepts the manifest.
fn is_signed(dir: &Path, manifest: &str, command: &str) -> Result<bool> {
    let mut child = shell(command)
        .env("TIGHTLIP_SIGNATURE", dir.join(Manifest::SIGNATURE))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    // One that does not read it cannot accept it.
    let is_read = stdin.write_all(manifest.as_bytes()).is_ok();
    drop(stdin);
    Ok(child.wait()?.success() && is_read)
}

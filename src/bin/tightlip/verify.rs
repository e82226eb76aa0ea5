//! `tightlip verify`: are copies what their manifest says, all of it, and clean?

use std::sync::Arc;

use anyhow::{Result, bail};
use tightlip::report::visible;
use tightlip::{Fault, FaultKind, Manifest, Sandbox, Watch};

use crate::args::Verify;
use crate::config;
use crate::exit::Exit;
use crate::redact::builder;
use crate::signature::Signer;
use crate::terminal::{self, Progress};

/// Runs the command.
pub(crate) fn run(args: Verify) -> Result<Exit> {
    let config = config::load(args.places, &args.settings)?;
    terminal::choose_color(config.settings().color);
    if args.original.is_some() && config.key()?.is_none() {
        bail!("--original takes the key that the copies were made with: --key-file or --key-env");
    }
    let scanner = config.scanner()?.build()?;
    let redactor = builder(&config, &scanner)?.build()?;
    let signer = args.signature_check.as_ref().map(|command| Signer::start(command, &args.dir)).transpose()?;
    let sandbox = args.original.iter().fold(Sandbox::new().read(&args.dir), Sandbox::read);
    sandbox.enter(config.fence(), config.settings().sandbox)?;
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
    // One that does not read it cannot accept it.
    if let Some(signer) = signer
        && !signer.run(&verdict.manifest)?.is_some_and(|output| output.status.success())
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

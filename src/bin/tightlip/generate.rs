//! `tightlip generate`: completions and man pages, made of the command line's own definition, and pages about the rules.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};
use clap_mangen::Man;

use tightlip::RuleSet;

use crate::args::{self, Generate};
use crate::exit::Exit;

/// Runs the command.
pub(crate) fn run(command: Generate) -> Result<Exit> {
    // Into memory first: the generators panic when their writer fails.
    let mut text = Vec::new();
    match command {
        Generate::Completions { shell } => clap_complete::generate(shell, &mut args::command(), "tightlip", &mut text),
        Generate::Man { command } => man(&command)?.render(&mut text)?,
        Generate::Docs { vendor } => text = handbook(vendor.as_deref())?.into_bytes(),
    }
    io::stdout().lock().write_all(&text)?;
    Ok(Exit::Clean)
}

/// The page of the command that `path` leads to.
fn man(path: &[String]) -> Result<Man> {
    let mut command = args::command();
    command.build();
    for name in path {
        command = command.find_subcommand(name).with_context(|| format!("there is no command `{name}`"))?.clone();
    }
    let title = command.get_display_name().unwrap_or("tightlip").to_owned();
    Ok(Man::new(command).title(title))
}

/// The page about the rules of `vendor`, or about all.
fn handbook(vendor: Option<&str>) -> Result<String> {
    let page = RuleSet::builtin().handbook(vendor);
    page.with_context(|| {
        format!("no rule is of `{}`; `tightlip rules list` names all vendors", vendor.unwrap_or_default())
    })
}

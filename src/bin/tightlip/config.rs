//! `tightlip config`: what holds, and who said so.

use std::io::{self, Write as _};

use anyhow::Result;
use serde::Serialize;
use tightlip::Config;

use crate::args::{ConfigCommand, Places};
use crate::exit::Exit;
use crate::terminal;

/// Runs the command.
pub(crate) fn run(command: ConfigCommand) -> Result<Exit> {
    let ConfigCommand::Show { settings, places } = command;
    let config = load(places, &settings)?;
    io::stdout().lock().write_all(terminal::discreet(config.to_string()).as_bytes())?;
    Ok(Exit::Clean)
}

/// The configuration, with `flags` as its top layer.
pub(crate) fn load(places: Places, flags: &impl Serialize) -> Result<Config> {
    let directory = std::env::current_dir()?;
    let places = tightlip::Places { directory, config: places.config, project: !places.no_project_config };
    let config = Config::load(&places, flags)?;
    terminal::keep_closed(config.fence());
    Ok(config)
}

//! The command `tightlip`: parse, run, exit.

mod args;
mod baseline;
mod config;
mod exit;
mod generate;
mod git;
mod hook;
mod import;
mod output;
mod redact;
mod rules;
mod scan;
mod signature;
mod terminal;
mod verify;

use std::process::ExitCode;

use args::Command;
use exit::Exit;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(terminal::report_bug));
    let cli = match args::parse() {
        Ok(cli) => cli,
        // Help goes to standard output and ends well; wrong usage goes to standard error and ends with 2.
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Clean };
            return error.print().map_or(Exit::Usage, |()| exit).into();
        }
    };
    let outcome = match cli.command {
        Command::Scan(args) => scan::run(*args),
        Command::Baseline(args) => baseline::run(*args),
        Command::Import(args) => import::run(*args),
        Command::Redact(args) => redact::run(*args),
        Command::Verify(args) => verify::run(*args),
        Command::Rules(command) => rules::run(command),
        Command::Config(command) => config::run(command),
        Command::Hook(command) => hook::run(command),
        Command::Generate(command) => generate::run(command),
    };
    outcome.unwrap_or_else(|error| explain(&error)).into()
}

/// Says what went wrong, unless the user did it on purpose.
fn explain(error: &anyhow::Error) -> Exit {
    let exit = Exit::of(error.as_ref());
    if exit == Exit::Usage {
        terminal::error(error);
    }
    exit
}

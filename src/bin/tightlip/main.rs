//! The command `tightlip`: parse, run, exit.

mod args;
mod config;
mod exit;
mod generate;
mod rules;
mod scan;
mod terminal;

use std::io;
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
        Command::Rules(command) => rules::run(command),
        Command::Config(command) => config::run(command),
        Command::Generate(command) => generate::run(command),
    };
    outcome.unwrap_or_else(|error| explain(&error)).into()
}

/// Says what went wrong, unless nobody listens any more.
fn explain(error: &anyhow::Error) -> Exit {
    if is_closed_pipe(error) {
        return Exit::ClosedPipe;
    }
    terminal::error(error);
    Exit::Usage
}

/// Whether the reader of our output left, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

//! Every exit code with its meaning.

use std::error::Error;
use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;

use tightlip::Summary;

/// How a run ended. 2 goes before 4, 4 before 1, and 1 before 3; the summary always says all that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was read, and nothing was found.
    Clean,
    /// There are open findings.
    Findings,
    /// The run could not be made as asked; nothing was judged.
    Usage,
    /// Something asked for could not be read.
    Incomplete,
    /// A redaction could not be proven.
    Unverified,
    /// Interrupted by the user.
    Interrupted,
    /// The reader of the report left before anything spoke against the input. Not `Clean`: the report is cut off.
    /// 128 + SIGPIPE, as a shell would say of a program that the signal ended.
    ClosedPipe,
}

/// What `--help` says of the codes that users act on.
const MEANINGS: [(Exit, &str); 7] = [
    (Exit::Clean, "everything was read, and nothing was found"),
    (Exit::Findings, "there are open findings"),
    (Exit::Usage, "wrong usage or configuration: unknown flag or key, bad rule, missing path"),
    (Exit::Incomplete, "nothing was found, but something could not be read"),
    (Exit::Unverified, "a copy could not be proven, and was not written; or copies are not what their manifest says"),
    (Exit::Interrupted, "interrupted"),
    (Exit::ClosedPipe, "the reader of the report left early, and nothing had been found so far"),
];

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
            Self::Unverified => 4,
            Self::Interrupted => 130,
            Self::ClosedPipe => 141,
        }
    }

    /// What the library says with a number.
    pub(crate) fn with_code(code: u8) -> Self {
        match code {
            0 => Self::Clean,
            1 => Self::Findings,
            4 => Self::Unverified,
            _ => Self::Incomplete,
        }
    }

    /// How a run ends that failed: interrupted, its output closed, or impossible as asked.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Self {
        if matches!(error.downcast_ref(), Some(tightlip::Error::Interrupted)) {
            return Self::Interrupted;
        }
        let mut causes = std::iter::successors(Some(error), |&error| error.source());
        match causes.find_map(|cause| cause.downcast_ref::<io::Error>()) {
            Some(io) if io.kind() == io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Usage,
        }
    }

    /// The list of codes for `--help`.
    pub(crate) fn help() -> String {
        MEANINGS.iter().fold(String::from("Exit codes:\n"), |mut text, (exit, meaning)| {
            let _ = writeln!(text, "  {:<4} {meaning}", exit.code());
            text
        })
    }
}

impl From<&Summary> for Exit {
    fn from(summary: &Summary) -> Self {
        Self::with_code(summary.exit_code())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

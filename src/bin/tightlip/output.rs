//! Where reports go: the one to standard output or a file, and the others of the same run to files.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;
use anyhow::{Result, bail};
use tightlip::report::{self, Format, Reporter, Style};
use tightlip::{Fence, OutputFile};

use crate::terminal;

/// Another report: `--also FORMAT=FILE`.
#[derive(Clone, Debug)]
pub(crate) struct Also {
    format: &'static Format,
    file: PathBuf,
}

impl Also {
    /// Reads `FORMAT=FILE`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (name, file) = text.split_once('=').ok_or("expected FORMAT=FILE")?;
        let names = || report::REPORTERS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
        let format = Format::named(name).ok_or_else(|| format!("`{name}` is none of the formats: {}", names()))?;
        if file.is_empty() { Err("there is no file behind `=`".into()) } else { Ok(Self { format, file: file.into() }) }
    }
}

/// All that a run writes its findings to. Files take their names when [`Outputs::commit`] is called, and not before.
pub(crate) struct Outputs {
    main: Option<OutputFile>,
    others: Vec<(&'static Format, OutputFile)>,
    paths: Vec<PathBuf>,
}

impl Outputs {
    /// Opens the files.
    pub(crate) fn open(main: Option<&Path>, others: &[Also], fence: &Fence) -> Result<Self> {
        let paths: Vec<PathBuf> =
            main.into_iter().chain(others.iter().map(|also| also.file.as_path())).map(Path::to_path_buf).collect();
        if let Some(twice) = paths.iter().enumerate().find_map(|(at, path)| paths[..at].contains(path).then_some(path))
        {
            bail!("{}: two reports cannot go to one file", twice.display());
        }
        let others = others.iter().map(|also| Ok((also.format, OutputFile::at(&also.file, fence)?)));
        Ok(Self {
            main: main.map(|path| OutputFile::at(path, fence)).transpose()?,
            others: others.collect::<Result<_>>()?,
            paths,
        })
    }

    /// Where bytes are until they are committed.
    pub(crate) fn temporaries(&self) -> Vec<PathBuf> {
        let files = self.main.iter().chain(self.others.iter().map(|(_, file)| file));
        files.filter_map(OutputFile::temporary).map(Path::to_path_buf).collect()
    }

    /// The directories they are written in.
    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        self.paths.iter().filter_map(|path| Some(Path::new(".").join(path.parent()?))).collect()
    }

    /// The files that are about to be written, under their own names and those they have meanwhile.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        [self.paths.clone(), self.temporaries()].concat()
    }

    /// One report that writes all of them, the main one in `format`.
    pub(crate) fn report(&mut self, format: &Format) -> Box<dyn Reporter + '_> {
        let (out, style) = medium(self.main.as_mut());
        let main = format.open(out, style);
        if self.others.is_empty() {
            return main;
        }
        let others = self.others.iter_mut().map(|(format, file)| format.open(Box::new(file), Style::default()));
        report::several([main].into_iter().chain(others).collect())
    }

    /// Gives the files their names.
    pub(crate) fn commit(self) -> tightlip::Result<()> {
        self.main.into_iter().chain(self.others.into_iter().map(|(_, file)| file)).try_for_each(OutputFile::commit)
    }
}

/// What the main report is written to, and how it is to look there.
fn medium(file: Option<&mut OutputFile>) -> (Box<dyn Write + Send + '_>, Style) {
    if let Some(file) = file {
        return (Box::new(file), Style::default());
    }
    let stdout = io::stdout();
    let style = terminal::style(&stdout);
    // Coloured by the report or not at all; the stream only translates for consoles that know no escapes.
    (Box::new(BufWriter::new(AutoStream::always(stdout))), style)
}

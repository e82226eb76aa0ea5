//! Several reports of one run.

use std::io;

use super::reporter::Reporter;
use crate::model::{Finding, Summary};

/// Tells each of some reports what it is told.
struct Several<'a>(Vec<Box<dyn Reporter + 'a>>);

/// One report that writes all of `reports`. The first error ends it.
pub fn several<'a>(reports: Vec<Box<dyn Reporter + 'a>>) -> Box<dyn Reporter + 'a> {
    Box::new(Several(reports))
}

impl Reporter for Several<'_> {
    fn begin(&mut self) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|report| report.begin())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|report| report.finding(finding))
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|report| report.end(summary))
    }
}

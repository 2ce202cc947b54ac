//! PDF to pages.
use super::{Document, Error, Limits};
use crate::diag::Outcome;
/// Reads a PDF.
pub fn read(_bytes: Vec<u8>, _limits: &Limits) -> Result<Outcome<Document>, Error> {
    Err(Error::Empty)
}

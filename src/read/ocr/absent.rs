//! This program was built without reading scans (feature `ocr`): there is no recogniser, and a page that is a picture stays one.

use super::{Limits, Page};
use std::sync::Arc;

/// A recogniser: none can be made.
#[derive(Debug)]
pub enum Engine {}

impl Engine {
    /// Reads pages.
    pub fn pages(&self, _: &Arc<Vec<u8>>, _: &mut [Page], _: &Limits) -> Vec<(u32, String)> {
        match *self {}
    }
}

//! Which pages of a document can be read. Comes in: the document. Goes out: what kind of text layer it has, and what could not
//! be read for want of characters.

use super::{Context, When, scans};
use crate::diag::{Code, Diagnostic, Refusal, Severity};
use crate::place::Place;
use crate::read::{self, Document};
use crate::record::{DocumentRow, Ending, Kind, Status, TextLayer};

/// Which of its pages can be read.
pub(super) struct Seen {
    markup: bool,
    with_text: usize,
    recognised: usize,
    scanned: Vec<u32>,
}

impl Seen {
    pub(super) fn of(document: &Document) -> Self {
        let scan = |p: &&read::Page| p.scan.is_none() && scans::is_scan(p);
        let pieces = document.markup.as_ref().map_or(0, |m| m.pieces.len());
        Self {
            markup: document.markup.is_some() && document.pages.is_empty(),
            recognised: document.pages.iter().filter(|p| p.recognised).count(),
            with_text: pieces + document.pages.iter().filter(|p| !p.glyphs.is_empty()).count(),
            scanned: document.pages.iter().filter(scan).map(|p| p.number).collect(),
        }
    }

    pub(super) fn text_layer(&self) -> Option<TextLayer> {
        match (self.with_text, self.scanned.len()) {
            _ if self.markup => None,
            (0, _) => Some(TextLayer::None),
            (all, 0) if all == self.recognised => Some(TextLayer::Ocr),
            _ if self.recognised > 0 => Some(TextLayer::Mixed),
            (_, 0) => Some(TextLayer::Native),
            _ => Some(TextLayer::Mixed),
        }
    }

    /// Says what could not be read for want of characters.
    pub(super) fn judge(
        &self,
        document: &Document,
        cx: &Context<'_>,
        d: &mut DocumentRow,
        report: &mut Vec<Diagnostic>,
    ) {
        if self.with_text == 0 {
            d.kind = Kind::Other;
            let message = if !self.scanned.is_empty() {
                format!(
                    "its pages are images without a text layer (a scan): nothing was read, and no table is said to be missing{}",
                    remedy(cx)
                )
            } else if document.markup.is_some() {
                "it holds no paragraph and no table; if it shows pictures of pages, fetch the files behind them".into()
            } else {
                "no page holds a single character".into()
            };
            d.ends(Ending::With(Status::NotReadable, Refusal::NoTextLayer, message));
        } else if !self.scanned.is_empty() && matches!(d.status, Status::Extracted) {
            d.ends(Ending::InPart);
            let pages: Vec<String> = self.scanned.iter().take(20).map(u32::to_string).collect();
            report.push(Diagnostic::new(
                Severity::Warning,
                Code::PagesWithoutText,
                format!(
                    "these pages are images without a text layer and were not read: {}{}",
                    pages.join(", "),
                    remedy(cx)
                ),
                Place::document(),
            ));
        }
        // Before its kind was seen the file ended: nobody knows that it is no final account.
        let cut = report.iter().find(|r| r.code == read::CUT_OFF);
        if let Some(cut) = cut.filter(|_| d.kind == Kind::Other && d.status == Status::Unknown) {
            let message = format!("{}; what is left does not say what it is", cut.message);
            d.ends(Ending::With(Status::Failed, Refusal::FileCutOff, message));
        }
    }
}

/// What lets scans be read.
fn remedy(cx: &Context<'_>) -> &'static str {
    match (cfg!(feature = "ocr"), &cx.scans.engine, cx.scans.when) {
        (false, ..) => "; this juesuan was built without reading scans (feature `ocr`)",
        (_, _, When::Never) => "; leave out --ocr never to read them",
        (_, None, _) => "; to read scans, run `juesuan ocr setup` once",
        _ => "",
    }
}

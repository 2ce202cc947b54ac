//! Pages that are only pictures. Comes in: the bytes of a document and the numbers of its pages without text. Goes out: these pages with
//! glyphs and rulings, as if they had text, each marked as read from a picture. Refuses to call what it read certain: arithmetic
//! decides later.

pub(super) mod decode;
mod ink;
mod lines;
mod page;
mod picture;
mod pieces;
mod reader;
mod straighten;
#[cfg(test)]
mod tests;

pub use picture::Rgb;

use super::pdf::raster;
use super::{Document, Error, Limits, Page, Scan};
use crate::diag::Outcome;
use crate::geom::Rect;
use reader::Recogniser;
use rten::ThreadPool;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Dots per inch at which a page is looked at: more does not help the recogniser.
const DPI: f32 = 200.0;

/// Where the bytes of the recogniser come from.
type Source = Box<dyn Fn() -> Result<Vec<u8>, String> + Send + Sync>;

/// The recogniser and the threads that it works on: loaded once for all documents, when the first scan comes.
pub struct Engine {
    source: Source,
    reader: OnceLock<Result<Recogniser, String>>,
    /// Each thread is one pool of rten: what it works on is done there from beginning to end, and counted by its clock.
    threads: Vec<Mutex<Arc<ThreadPool>>>,
    next: AtomicUsize,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({} threads)", self.threads.len())
    }
}

impl Engine {
    /// A recogniser whose bytes `source` gives; `threads` pages are read at the same time.
    pub fn new(source: impl Fn() -> Result<Vec<u8>, String> + Send + Sync + 'static, threads: usize) -> Self {
        Self {
            source: Box::new(source),
            reader: OnceLock::new(),
            threads: (0..threads.max(1))
                .map(|_| Mutex::new(Arc::new(ThreadPool::with_num_threads(1))))
                .collect(),
            next: AtomicUsize::new(0),
        }
    }

    fn reader(&self) -> Result<&Recogniser, String> {
        let loaded = self.reader.get_or_init(|| Recogniser::load((self.source)()?));
        loaded.as_ref().map_err(Clone::clone)
    }

    /// Reads pages of a PDF from their pictures; what could not be read is said by its number.
    pub fn pages(&self, bytes: &Arc<Vec<u8>>, pages: &mut [Page], limits: &Limits) -> Vec<(u32, String)> {
        let todo: Vec<u32> = pages.iter().map(|p| p.number).collect();
        let mut slots: Vec<Option<Result<page::Sheet, String>>> = Vec::new();
        slots.resize_with(todo.len(), || None);
        let slots = Mutex::new(slots);
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(number) = todo.get(n) else { return };
                let sheet = self.page(bytes, *number, limits);
                slots.lock().unwrap_or_else(PoisonError::into_inner)[n] = Some(sheet);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads.len().min(todo.len()) {
                scope.spawn(work);
            }
            work();
        });
        let slots = slots.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut lost = Vec::new();
        for (page, slot) in pages.iter_mut().zip(slots) {
            match slot {
                Some(Ok(sheet)) => put(page, sheet),
                Some(Err(why)) => lost.push((page.number, why)),
                None => lost.push((page.number, "it was not reached".into())),
            }
        }
        lost
    }

    /// One page, on a thread that is free.
    fn page(&self, bytes: &Arc<Vec<u8>>, number: u32, limits: &Limits) -> Result<page::Sheet, String> {
        let held = self.thread();
        let pool: &Arc<ThreadPool> = &held;
        pool.run(|| {
            crate::clock::begin(limits.scan_seconds);
            let work = || {
                let reader = self.reader()?;
                let picture = match bytes.starts_with(b"%PDF-") || !is_picture(bytes) {
                    true => raster::page(Arc::clone(bytes), number, DPI)?,
                    false => decode::page(bytes, number, DPI)?,
                };
                let tools = page::Tools {
                    reader,
                    pool,
                    late: &crate::clock::late,
                    scale: picture.1,
                };
                page::read(&picture.0, &tools)
            };
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
                .unwrap_or_else(|_| Err("its picture made the reader give up".into()))
        })
    }

    fn thread(&self) -> std::sync::MutexGuard<'_, Arc<ThreadPool>> {
        for t in &self.threads {
            match t.try_lock() {
                Ok(free) => return free,
                Err(std::sync::TryLockError::Poisoned(p)) => return p.into_inner(),
                Err(std::sync::TryLockError::WouldBlock) => {}
            }
        }
        let n = self.next.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        self.threads[n].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a file is a picture that is read.
pub(super) fn is_picture(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 4] = [b"\xFF\xD8\xFF", b"\x89PNG", b"II*\0", b"MM\0*"];
    MAGIC.iter().any(|m| bytes.starts_with(m))
}

/// A file that is a picture, as a document whose pages show pictures.
pub(super) fn document(bytes: &[u8]) -> Result<Outcome<Document>, Error> {
    let broken = |why: String| Error::Broken(format!("the image cannot be opened: {why}"));
    let sizes = std::panic::catch_unwind(|| decode::pages(bytes))
        .unwrap_or_else(|_| Err("its structure made the decoder give up".into()))
        .map_err(broken)?;
    let page = |(number, (width, height)): (u32, (f32, f32))| Page {
        number,
        width,
        height,
        images: vec![Rect::new(0.0, 0.0, width, height)],
        ..Page::default()
    };
    Ok(Outcome::new(
        Document {
            media_type: match bytes.first() {
                Some(0xFF) => "image/jpeg",
                Some(0x89) => "image/png",
                _ => "image/tiff",
            },
            pages: (1..).zip(sizes).map(page).collect(),
            ..Document::default()
        },
        Vec::new(),
    ))
}

/// Puts what was read on a page.
fn put(page: &mut Page, sheet: page::Sheet) {
    page.width = sheet.width;
    page.height = sheet.height;
    page.glyphs = sheet.glyphs;
    page.rulings = sheet.rulings;
    page.images.clear();
    page.drawings.clear();
    page.blanks.clear();
    page.unmapped = 0;
    page.recognised = true;
    page.scan = Some(Box::new(Scan {
        way: sheet.way,
        others: sheet.others,
        angle: sheet.angle,
        quarters: sheet.quarters,
        seals: sheet.seals,
    }));
}

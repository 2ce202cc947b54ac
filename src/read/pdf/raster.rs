//! The picture of a whole page. Comes in: the bytes of a PDF and a page. Goes out: its pixels, as a printer would show them. Refuses
//! pages and images with more pixels than any scan of a sheet has.

use super::{damage, settings};
use crate::read::ocr::Rgb;
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::watch;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use hayro_interpret::InterpreterWarning;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The longest side in pixels: A3 at 200 dpi is 3,300.
const LONGEST: f32 = 4_800.0;
/// Pixels of all images of a page: A4 at 600 dpi has 35 million.
const PIXELS: u64 = 48_000_000;

/// The page at so many dots per inch, fewer for a large sheet, and how many pixels a point has.
pub(crate) fn page(bytes: Arc<Vec<u8>>, number: u32, dpi: f32) -> Result<(Rgb, f32), String> {
    damage::watch_pictures(bytes.len());
    let pdf = Pdf::new(bytes).map_err(|_| "it cannot be opened again".to_string())?;
    let n = usize::try_from(number).unwrap_or(usize::MAX).wrapping_sub(1);
    let sheet = pdf.pages().get(n).ok_or("it is not there")?;
    let (width, height) = sheet.render_dimensions();
    if !(width.max(height) > 1.0) {
        return Err("it has no size".into());
    }
    let scale = (dpi / 72.0).min(LONGEST / width.max(height));
    let pixels = PixmapSettings {
        x_scale: scale,
        y_scale: scale,
        bg_color: WHITE,
    };
    watch::allow_pixels(PIXELS);
    let cache = RenderCache::new();
    let damaged = Arc::new(AtomicBool::new(false));
    let sink = Arc::clone(&damaged);
    let mut settings = settings();
    settings.warning_sink = Arc::new(move |w| {
        if matches!(w, InterpreterWarning::ImageDecodeFailure) {
            sink.store(true, Ordering::Relaxed);
        }
    });
    let drawn = render(sheet, &cache, &settings, &RenderSettings::default(), &pixels);
    if watch::refused_pixels() {
        return Err(format!(
            "its images have more than {} million pixels: no scan of a sheet needs so many",
            PIXELS / 1_000_000
        ));
    }
    if damage::passed().is_some() {
        return Err("its images take more memory or time than a page may".into());
    }
    if damaged.load(Ordering::Relaxed) {
        return Err("an image of it is damaged, or of a kind that is not read: fetch it again".into());
    }
    let mut data = Vec::with_capacity(drawn.data().len() * 3);
    // The background is white and whole: nothing of it shines through.
    for p in drawn.data() {
        data.extend_from_slice(&[p.r, p.g, p.b]);
    }
    let rgb = Rgb {
        width: usize::from(drawn.width()),
        height: usize::from(drawn.height()),
        data,
    };
    Ok((rgb, scale))
}

//! Files that are pictures: JPEG, PNG, TIFF with one page or many. Comes in: the bytes. Goes out: how many pages there are, and the pixels of
//! one. Nothing is unpacked before its size is known. Refuses what has more pixels than a scan of a sheet.

use super::picture::Rgb;
use image::imageops::{self, FilterType};
use image::{ImageReader, RgbImage};
use std::io::Cursor;
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

/// Pixels of one page.
const PIXELS: u64 = 48_000_000;
/// Bytes that a decoder may take.
const MEMORY: u64 = 256 << 20;
/// The shorter side of a sheet, in points (A4): a picture does not say how large the sheet was.
const SHEET: f32 = 595.0;
/// Most pages of a file.
const PAGES: usize = 2_000;

/// The size of each page in points; none where the file is no picture that is read.
pub(crate) fn pages(bytes: &[u8]) -> Result<Vec<(f32, f32)>, String> {
    let sizes = if is_tiff(bytes) {
        let mut d = tiff_of(bytes)?;
        let mut out = Vec::new();
        loop {
            out.push(d.dimensions().map_err(|e| e.to_string())?);
            if !d.more_images() || out.len() >= PAGES {
                break;
            }
            d.next_image().map_err(|e| e.to_string())?;
        }
        out
    } else {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
        let size = reader.map_err(|e| e.to_string())?.into_dimensions();
        vec![size.map_err(|e| e.to_string())?]
    };
    Ok(sizes
        .into_iter()
        .map(|(w, h)| {
            let scale = SHEET / w.min(h).max(1) as f32;
            (w as f32 * scale, h as f32 * scale)
        })
        .collect())
}

/// One page, 1-based, at so many dots per inch of an A4 sheet, and how many pixels a point has.
pub(super) fn page(bytes: &[u8], number: u32, dpi: f32) -> Result<(Rgb, f32), String> {
    let whole = match is_tiff(bytes) {
        true => frame(bytes, number)?,
        false => single(bytes)?,
    };
    let scale = dpi / 72.0;
    let now = whole.width().min(whole.height()).max(1) as f32 / SHEET;
    let side = |n: u32| ((n as f32 * scale / now).round() as u32).clamp(1, 8_000);
    let (w, h) = (side(whole.width()), side(whole.height()));
    let fit = match (scale / now - 1.0).abs() < 0.05 {
        true => whole,
        false => imageops::resize(&whole, w, h, FilterType::Triangle),
    };
    let scale = fit.width().min(fit.height()) as f32 / SHEET;
    let rgb = Rgb {
        width: fit.width() as usize,
        height: fit.height() as usize,
        data: fit.into_raw(),
    };
    Ok((rgb, scale))
}

fn is_tiff(bytes: &[u8]) -> bool {
    bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*")
}

fn small_enough((w, h): (u32, u32)) -> Result<(), String> {
    match u64::from(w) * u64::from(h) <= PIXELS {
        true => Ok(()),
        false => Err(format!(
            "it has {w} x {h} pixels: no scan of a sheet needs more than {} million",
            PIXELS / 1_000_000
        )),
    }
}

fn single(bytes: &[u8]) -> Result<RgbImage, String> {
    let damaged = |e: &dyn std::fmt::Display| format!("the image is damaged: {e}");
    let open = || {
        ImageReader::new(Cursor::new(bytes))
            .with_guessed_format()
            .map_err(|e| damaged(&e))
    };
    small_enough(open()?.into_dimensions().map_err(|e| damaged(&e))?)?;
    let mut reader = open()?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    Ok(reader.decode().map_err(|e| damaged(&e))?.into_rgb8())
}

fn tiff_of(bytes: &[u8]) -> Result<Decoder<Cursor<&[u8]>>, String> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MEMORY as usize;
    limits.intermediate_buffer_size = MEMORY as usize;
    Decoder::new(Cursor::new(bytes))
        .map(|d| d.with_limits(limits))
        .map_err(|e| format!("the image is damaged: {e}"))
}

fn frame(bytes: &[u8], number: u32) -> Result<RgbImage, String> {
    let damaged = |e: tiff::TiffError| format!("the image is damaged: {e}");
    let mut d = tiff_of(bytes)?;
    for _ in 1..number {
        d.next_image().map_err(damaged)?;
    }
    let (w, h) = d.dimensions().map_err(damaged)?;
    small_enough((w, h))?;
    let color = d.colortype().map_err(damaged)?;
    let DecodingResult::U8(data) = d.read_image().map_err(damaged)? else {
        return Err("its pixels have more than eight bits".into());
    };
    let (wide, high) = (w as usize, h as usize);
    let rgb: Vec<u8> = match color {
        ColorType::Gray(1) => {
            let line = wide.div_ceil(8);
            let bit = |x: usize, row: &[u8]| if row[x / 8] >> (7 - x % 8) & 1 == 1 { 255 } else { 0 };
            data.chunks_exact(line)
                .flat_map(|row| (0..wide).flat_map(move |x| [bit(x, row); 3]))
                .collect()
        }
        ColorType::Gray(8) => data.iter().flat_map(|v| [*v; 3]).collect(),
        ColorType::RGB(8) => data,
        ColorType::RGBA(8) => data.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect(),
        other => return Err(format!("its colours ({other:?}) are not read")),
    };
    let length = wide * high * 3;
    RgbImage::from_raw(w, h, rgb.into_iter().take(length).collect())
        .ok_or_else(|| "the image ends before its last line".to_string())
}

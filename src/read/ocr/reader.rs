//! Pieces of text to characters: the recogniser PP-OCRv6 (Apache-2.0), run by rten. Comes in: pieces of a gray picture. Goes out: their
//! characters, where each stands, and what else a digit could be. Refuses to judge: its certainty is no proof, arithmetic is.

use super::picture::Gray;
use rten::{Model, ModelOptions, OpRegistry, RunOptions, ThreadPool};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, NdTensorView};
use std::ops::Range;
use std::sync::Arc;

/// The height of a piece for the recogniser, and the pixels that one step of it covers.
const HEIGHT: usize = 48;
const STEP: usize = 8;
/// Widths are rounded up to this, so that pieces can be read together.
const ROUND: usize = 32;
/// The least and the largest width.
const LEAST: usize = 64;
const MOST: usize = 3_200;
/// Most pixels across of all pieces that are read together.
const TOGETHER: usize = 3_200;
/// Other readings of a digit that are kept, and the least that the recogniser must give one.
const OTHERS: usize = 3;
const SLIGHT: f32 = 1e-6;

/// A recogniser, loaded once for all documents.
pub(super) struct Recogniser {
    model: Model,
    /// The character of each class; class 0 is none.
    classes: Vec<char>,
    digits: Vec<usize>,
}

/// A piece to be read: pixels of the picture.
#[derive(Clone, Debug)]
pub(super) struct Crop {
    pub x: Range<f32>,
    pub y: Range<f32>,
}

/// A character that was read.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub c: char,
    /// The middle of it, in pixels of the picture.
    pub x: f32,
    /// How certain the recogniser says that it is.
    pub sure: f32,
    /// What else a digit could be, the likeliest first.
    pub others: Vec<(char, f32)>,
}

impl Recogniser {
    /// Loads the recogniser from the bytes of its ONNX file.
    pub(super) fn load(bytes: Vec<u8>) -> Result<Self, String> {
        let model = ModelOptions::with_ops(OpRegistry::with_all_ops())
            .prepack_weights(true)
            .load(bytes)
            .map_err(|e| format!("the recogniser cannot be loaded: {e}"))?;
        let list = model
            .metadata()
            .fields()
            .find(|(name, _)| *name == "character")
            .map(|(_, list)| list.to_string())
            .ok_or("the recogniser does not say which characters it knows")?;
        let mut classes = vec!['\0'];
        classes.extend(list.split('\n').map(|c| c.chars().next().unwrap_or('\u{FFFD}')));
        classes.push(' ');
        let digits = (0..classes.len()).filter(|n| classes[*n].is_ascii_digit()).collect();
        Ok(Self { model, classes, digits })
    }

    /// Reads pieces, in any order; the answer is in theirs. Runs on one thread of `pool`. Stops when `late` says so.
    pub(super) fn read(
        &self,
        gray: &Gray,
        crops: &[Crop],
        pool: &Arc<ThreadPool>,
        late: impl Fn() -> bool,
    ) -> Result<Vec<Vec<Seen>>, String> {
        let width = |c: &Crop| {
            let w = (c.x.end - c.x.start) / (c.y.end - c.y.start).max(1.0) * HEIGHT as f32;
            (w.ceil() as usize).clamp(1, MOST)
        };
        let mut order: Vec<(usize, usize)> = crops.iter().enumerate().map(|(n, c)| (width(c), n)).collect();
        order.sort_unstable();
        let mut out = vec![Vec::new(); crops.len()];
        let mut rest = order.as_slice();
        while let Some((narrow, _)) = rest.first() {
            let room = |w: usize| w.next_multiple_of(ROUND).max(LEAST);
            let mut n = 1;
            // Pieces of nearly one width: what is filled up costs as much as what is read.
            while n < rest.len() && room(rest[n].0) * (n + 1) <= TOGETHER && room(rest[n].0) <= room(*narrow) + ROUND {
                n += 1;
            }
            let (batch, later) = rest.split_at(n);
            rest = later;
            if late() {
                return Err("the time of the document is over".into());
            }
            let wide = room(batch[n - 1].0);
            self.batch(gray, crops, batch, wide, pool, &mut out)?;
        }
        Ok(out)
    }

    fn batch(
        &self,
        gray: &Gray,
        crops: &[Crop],
        batch: &[(usize, usize)],
        wide: usize,
        pool: &Arc<ThreadPool>,
        out: &mut [Vec<Seen>],
    ) -> Result<(), String> {
        let plane = HEIGHT * wide;
        // What is filled up is the middle between black and white, as in training.
        let mut data = vec![0.0_f32; batch.len() * 3 * plane];
        for (k, (w, n)) in batch.iter().enumerate() {
            let crop = &crops[*n];
            let pixels = gray.scaled(crop.x.clone(), crop.y.clone(), *w, HEIGHT);
            let image = &mut data[k * 3 * plane..(k + 1) * 3 * plane];
            for (y, row) in pixels.chunks_exact(*w).enumerate() {
                for (x, v) in row.iter().enumerate() {
                    image[y * wide + x] = f32::from(*v) / 127.5 - 1.0;
                }
            }
            let (first, others) = image.split_at_mut(plane);
            others.chunks_exact_mut(plane).for_each(|p| p.copy_from_slice(first));
        }
        let input = NdTensor::from_data([batch.len(), 3, HEIGHT, wide], data);
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let result = self
            .model
            .run_one(input.view().into(), Some(options))
            .map_err(|e| format!("the recogniser failed: {e}"))?;
        let result: NdTensor<f32, 3> = result
            .try_into()
            .map_err(|_| "the recogniser gave something else than classes".to_string())?;
        if result.size(2) != self.classes.len() {
            return Err("the recogniser and its list of characters do not fit".into());
        }
        for (k, (w, n)) in batch.iter().enumerate() {
            let crop = &crops[*n];
            let scale = (crop.x.end - crop.x.start) / *w as f32;
            out[*n] = self.decode(result.slice(k), crop.x.start, scale * STEP as f32);
        }
        Ok(())
    }

    /// Steps to characters: of equal neighbours one, none where there is none.
    fn decode(&self, steps: NdTensorView<'_, f32, 2>, left: f32, step: f32) -> Vec<Seen> {
        let mut out = Vec::new();
        let mut run: Option<(usize, Range<usize>)> = None;
        let count = steps.size(0);
        for t in 0..=count {
            let best = if t < count { best(steps.slice(t)) } else { 0 };
            match &mut run {
                Some((class, range)) if *class == best => range.end = t + 1,
                _ => {
                    if let Some((class, range)) = run.take() {
                        out.push(self.seen(steps, class, range, left, step));
                    }
                    run = (best != 0).then_some((best, t..t + 1));
                }
            }
        }
        out
    }

    fn seen(&self, steps: NdTensorView<'_, f32, 2>, class: usize, run: Range<usize>, left: f32, step: f32) -> Seen {
        let most = |class: usize| run.clone().map(|t| steps[[t, class]]).fold(0.0, f32::max);
        let c = self.classes[class];
        let mut others = Vec::new();
        if c.is_ascii_digit() {
            others.extend(
                self.digits
                    .iter()
                    .filter(|d| **d != class)
                    .map(|d| (self.classes[*d], most(*d))),
            );
            others.retain(|(_, p)| *p >= SLIGHT);
            others.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            others.truncate(OTHERS);
        }
        Seen {
            c,
            x: left + (run.start + run.end) as f32 / 2.0 * step,
            sure: most(class),
            others,
        }
    }
}

fn best(step: NdTensorView<'_, f32, 1>) -> usize {
    let mut best = (f32::NEG_INFINITY, 0);
    for (n, p) in step.iter().enumerate() {
        if *p > best.0 {
            best = (*p, n);
        }
    }
    best.1
}

//! What a PDF holds beside its pages. Comes in: the catalog and the annotations. Goes out: where a field stands that a viewer fills
//! in by itself, and the names of files inside the file. Refuses to read either: what they show is said to be missing.

use super::info::text_string;
use crate::geom::Rect;
use hayro_interpret::util::TransformExt;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, Name, Number, Object, Rect as PdfRect, String as PdfString};
use hayro_syntax::page::Page;

/// Most annotations of a page and most names of files that are looked at.
const MOST: usize = 2000;
/// The least that the text of a field takes, in points.
const TEXT: (f32, f32) = (9.0, 6.0);
/// How deep a tree of names is followed.
const DEEPEST: u8 = 8;

/// The boxes of fields and notes that have a text and no look of their own, and how many files hang on the page.
pub(super) fn annotations(page: &Page<'_>) -> (Vec<Rect>, Vec<String>) {
    let (mut bare, mut files) = (Vec::new(), Vec::new());
    let annotations = page.raw().get::<Array<'_>>("Annots");
    for a in annotations.iter().flat_map(Array::iter::<Dict<'_>>).take(MOST) {
        let kind = a.get::<Name<'_>>("Subtype");
        match kind.as_ref().map(|k| k.as_str().to_owned()).as_deref() {
            Some("FileAttachment") => files.push(file_name(&a).unwrap_or_default()),
            Some("Widget") if !a.contains_key("AP") && has_value(&a, 0) => bare.extend(place(page, &a)),
            Some("FreeText") if !a.contains_key("AP") && is_text(&a, "Contents") => bare.extend(place(page, &a)),
            _ => {}
        }
    }
    (bare, files)
}

fn is_text(dict: &Dict<'_>, key: &str) -> bool {
    dict.get::<PdfString<'_>>(key)
        .is_some_and(|s| !text_string(&s).is_empty())
}

/// A field may have its value from the field that it is a part of.
fn has_value(field: &Dict<'_>, depth: u8) -> bool {
    is_text(field, "V")
        || (depth < DEEPEST
            && field
                .get::<Dict<'_>>("Parent")
                .is_some_and(|p| has_value(&p, depth + 1)))
}

fn place(page: &Page<'_>, annotation: &Dict<'_>) -> Option<Rect> {
    let r = annotation.get::<PdfRect>("Rect")?;
    let corners = hayro_interpret::kurbo::Rect::new(r.x0, r.y0, r.x1, r.y1);
    let shown = page.initial_transform(true).to_kurbo().transform_rect_bbox(corners);
    let rect = Rect::new(shown.x0 as f32, shown.y0 as f32, shown.x1 as f32, shown.y1 as f32);
    // A field may be wider than the cell that it stands in: its text begins at one of its ends.
    let (w, h) = (rect.width().min(TEXT.0), rect.height().min(TEXT.1));
    let x = match annotation.get::<Number>("Q").map(|q| q.as_f64() as i32) {
        Some(1) => rect.mid_x() - w / 2.0,
        Some(2) => rect.x1 - w - 1.0,
        _ => rect.x0 + 1.0,
    };
    let text = Rect::new(x, rect.mid_y() - h / 2.0, x + w - 1.0, rect.mid_y() + h / 2.0);
    (rect.width() > 1.0 && rect.height() > 1.0).then_some(text)
}

/// The names of the files inside the file: attached to the document, or a portfolio of them.
pub(super) fn files(pdf: &Pdf) -> Vec<String> {
    let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    if let Some(tree) = catalog
        .get::<Dict<'_>>("Names")
        .and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles"))
    {
        names(&tree, 0, &mut out);
    }
    if out.is_empty() && catalog.contains_key("Collection") {
        out.push(String::new());
    }
    out
}

fn names(node: &Dict<'_>, depth: u8, out: &mut Vec<String>) {
    for pair in node
        .get::<Array<'_>>("Names")
        .iter()
        .flat_map(Array::iter::<Object<'_>>)
    {
        if out.len() >= MOST {
            return;
        }
        if let Object::Dict(spec) = pair {
            out.push(spec_name(&spec).unwrap_or_default());
        }
    }
    if depth < DEEPEST {
        for kid in node.get::<Array<'_>>("Kids").iter().flat_map(Array::iter::<Dict<'_>>) {
            names(&kid, depth + 1, out);
        }
    }
}

fn file_name(annotation: &Dict<'_>) -> Option<String> {
    spec_name(&annotation.get::<Dict<'_>>("FS")?)
}

fn spec_name(spec: &Dict<'_>) -> Option<String> {
    ["UF", "F"]
        .into_iter()
        .find_map(|key| spec.get::<PdfString<'_>>(key))
        .map(|s| text_string(&s))
}

//! A page drawn: glyph boxes, rulings, grids and cells over each other.

use crate::geom::{Axis, Rect};
use crate::layout::Block;
use crate::pipeline::Stages;
use std::fmt::Write;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn rect(out: &mut String, r: &Rect, class: &str, title: &str) {
    let _ = writeln!(
        out,
        "<rect class=\"{class}\" x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\"><title>{}</title></rect>",
        r.x0,
        r.y0,
        r.width(),
        r.height(),
        escape(title)
    );
}

/// The SVG of a page; `None` when there is no such page.
pub fn page(s: &Stages, number: u32) -> Option<String> {
    let page = s.document.pages.iter().find(|p| p.number == number)?;
    let (w, h) = (page.width, page.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w:.0}\" height=\"{h:.0}\" viewBox=\"0 0 {w:.2} {h:.2}\">\n\
         <style>text{{font-family:sans-serif;fill:#333}}.glyph{{fill:none;stroke:#bbb;stroke-width:.2}}\
         .cell{{fill:#2a7;fill-opacity:.06;stroke:#2a7;stroke-width:.5}}.claimed{{fill:#27a;fill-opacity:.15;stroke:#27a;stroke-width:.5}}\
         .grid{{fill:none;stroke:#e60;stroke-width:1.2}}.image{{fill:#ccc;fill-opacity:.5}}.lost{{fill:#d22;fill-opacity:.25;stroke:#d22}}\
         line{{stroke:#a3f;stroke-width:.6}}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for i in &page.images {
        rect(&mut out, i, "image", "image");
    }
    for b in &s.layout.blocks {
        let Block::Table(g) = b else { continue };
        for c in g.cells.iter().filter(|c| c.page == number) {
            rect(
                &mut out,
                &c.rect,
                "cell",
                &format!("row {} column {}: {}", c.row + 1, c.col + 1, c.text()),
            );
        }
        for p in g.parts.iter().filter(|p| p.page == number) {
            rect(
                &mut out,
                &p.rect,
                "grid",
                &format!("{} rows, {} columns", g.rows, g.cols),
            );
        }
    }
    for f in s.extract.facts.iter().filter(|f| f.place.page == number) {
        let amount = f.amount.map_or_else(|| f.cell_state.to_string(), |a| a.to_string());
        rect(
            &mut out,
            &f.place.rect,
            "claimed",
            &format!("{} {} × {} = {amount}", f.form, f.item, f.measure),
        );
    }
    for d in s
        .extract
        .diagnostics
        .iter()
        .filter(|d| d.place.page == number && d.place.rect.width() > 0.0)
    {
        rect(&mut out, &d.place.rect, "lost", &format!("{}: {}", d.code, d.message));
    }
    for r in s
        .layout
        .pages
        .iter()
        .filter(|p| p.number == number)
        .flat_map(|p| &p.rulings)
    {
        let (x1, y1, x2, y2) = match r.axis {
            Axis::Horizontal => (r.start, r.at, r.end, r.at),
            Axis::Vertical => (r.at, r.start, r.at, r.end),
        };
        let _ = writeln!(
            out,
            "<line x1=\"{x1:.2}\" y1=\"{y1:.2}\" x2=\"{x2:.2}\" y2=\"{y2:.2}\"/>"
        );
    }
    for g in &page.glyphs {
        rect(&mut out, &g.rect, "glyph", "");
        let mut t = String::new();
        g.text.push_to(&mut t);
        let _ = writeln!(
            out,
            "<text x=\"{:.2}\" y=\"{:.2}\" font-size=\"{:.2}\">{}</text>",
            g.rect.x0,
            g.baseline,
            g.size,
            escape(&t)
        );
    }
    out.push_str("</svg>\n");
    Some(out)
}

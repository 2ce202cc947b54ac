//! `juesuan inspect`: what was recognised, page by page, with reasons; `--svg` draws it.

use super::{Done, Failure, SOME_FAILED, load_grammar, svg};
use crate::diag::Diagnostic;
use crate::layout::Block;
use crate::pipeline::{self, Context, Filter, Stages};
use crate::place::Place;
use crate::recognise::Table;
use crate::record::{DocumentRow, Statement};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Show what was recognised in one file, page by page, with reasons
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  juesuan inspect account.pdf --cells\n  juesuan inspect account.pdf --svg 6 -o page6.svg"
)]
pub struct Args {
    /// The file
    file: PathBuf,
    /// Draw glyph boxes, rulings, grid and cells of this page as SVG
    #[arg(long, value_name = "PAGE")]
    svg: Option<u32>,
    /// Where the SVG goes; default: standard output
    #[arg(short, long, value_name = "FILE", requires = "svg")]
    output: Option<PathBuf>,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
    #[command(flatten)]
    ocr: super::ocr::Options,
    /// Print every amount cell with its meaning
    #[arg(long)]
    cells: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    let bytes =
        std::fs::read(&args.file).map_err(|e| Failure::Message(format!("cannot read {}: {e}", args.file.display())))?;
    let id = pipeline::id_of(&bytes);
    let name = args
        .file
        .file_name()
        .map(|n| n.to_string_lossy().to_string())
        .unwrap_or_default();
    let cx = Context {
        grammar: &grammar,
        limits: crate::read::Limits::default(),
        filter: Filter::default(),
        scans: args.ocr.scans(2)?,
    };
    let stages = match pipeline::stages(bytes, DocumentRow::new(id, name), &cx) {
        Ok(s) => s,
        Err(e) => return Err(Failure::Message(format!("{}: {e}", args.file.display()))),
    };
    let mut out = std::io::stdout().lock();
    if args.svg.is_some() && stages.document.markup.is_some() {
        return Err("this file has no pages; --svg draws pages of PDF".to_string().into());
    }
    if let Some(page) = args.svg {
        let Some(text) = svg::page(&stages, page) else {
            return Err(format!(
                "page {page} does not exist; the file has {} pages",
                stages.document.pages.len()
            )
            .into());
        };
        match &args.output {
            Some(p) => {
                std::fs::write(p, text).map_err(|e| Failure::Message(format!("cannot write {}: {e}", p.display())))?
            }
            None => out.write_all(text.as_bytes())?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    document(&mut out, &stages)?;
    for page in &stages.document.pages {
        one_page(&mut out, &stages, page.number, args.cells)?;
    }
    if stages.document.markup.is_some() {
        without_pages(&mut out, &stages, args.cells)?;
    }
    let rest: Vec<&Diagnostic> = stages
        .extract
        .diagnostics
        .iter()
        .filter(|d| d.place.page == 0)
        .collect();
    for d in rest {
        diagnostic(&mut out, d, &stages.extract.document.parts)?;
    }
    let failed = stages.extract.document.error_code.is_some();
    Ok(if failed {
        ExitCode::from(SOME_FAILED)
    } else {
        ExitCode::SUCCESS
    })
}

fn document(out: &mut dyn Write, s: &Stages) -> std::io::Result<()> {
    let d = &s.extract.document;
    let or = |t: Option<&str>| t.unwrap_or("—").to_string();
    writeln!(out, "{}", d.file_name)?;
    writeln!(
        out,
        "  kind      {} ({}), status {}",
        d.kind, s.recognised.cover.reason, d.status
    )?;
    if let Some(m) = &d.error_message {
        writeln!(out, "  why       {m}")?;
    }
    let at = s
        .recognised
        .cover
        .unit_name
        .as_ref()
        .filter(|_| d.pages > 0)
        .map(|(_, p)| format!(" (page {})", p.page))
        .unwrap_or_default();
    writeln!(out, "  unit      {}{at}", or(d.unit_name.as_deref()))?;
    writeln!(
        out,
        "  year      {}, level {}, caliber {}",
        d.fiscal_year.map_or("—".into(), |y| y.to_string()),
        or(d.level.map(|l| l.as_str())),
        or(d.caliber.map(|c| c.as_str()))
    )?;
    let pages = match d.pages {
        0 => d.media_type.clone(),
        n => format!("{n} pages"),
    };
    writeln!(out, "  producer  {}, {pages}", or(d.producer.as_deref()))?;
    writeln!(
        out,
        "  facts     {} in {} forms, {} unclaimed",
        s.extract.facts.len(),
        s.recognised.tables.len(),
        d.unclaimed_blocks
    )
}

fn one_page(out: &mut dyn Write, s: &Stages, page: u32, cells: bool) -> std::io::Result<()> {
    let p = &s.document.pages[page as usize - 1];
    let lines = s
        .layout
        .blocks
        .iter()
        .filter(|b| matches!(b, Block::Line(l) if l.page == page))
        .count();
    writeln!(
        out,
        "\npage {page}: {} glyphs, {} rulings, {} images; {lines} lines of text",
        p.glyphs.len(),
        p.rulings.len(),
        p.images.len()
    )?;
    for t in &s.recognised.tables {
        let Some(Block::Table(grid)) = s.layout.blocks.get(t.block) else {
            continue;
        };
        for part in &grid.parts {
            if part.page != page {
                continue;
            }
            if part.first_row == 0 {
                table(out, s, t, cells)?;
            } else {
                writeln!(
                    out,
                    "  table {} goes on ({}, from row {})",
                    t.ordinal,
                    t.form,
                    part.first_row + 1
                )?;
            }
        }
    }
    for d in s.extract.diagnostics.iter().filter(|d| d.place.page == page) {
        diagnostic(out, d, &s.extract.document.parts)?;
    }
    for st in s.extract.statements.iter().filter(|st| st.place.page == page) {
        statement(out, st)?;
    }
    Ok(())
}

fn statement(out: &mut dyn Write, st: &Statement) -> std::io::Result<()> {
    writeln!(
        out,
        "  [{} {}] {} {} = {}",
        st.section,
        st.sentence,
        st.subject.as_deref().unwrap_or(""),
        st.slot,
        st.printed
    )
}

/// A file without pages: its tables in their order. The diagnostics follow.
fn without_pages(out: &mut dyn Write, s: &Stages, cells: bool) -> std::io::Result<()> {
    let lines = s.layout.blocks.iter().filter(|b| matches!(b, Block::Line(_))).count();
    writeln!(out, "\n{lines} paragraphs, {} tables", s.layout.blocks.len() - lines)?;
    for t in &s.recognised.tables {
        table(out, s, t, cells)?;
    }
    for st in &s.extract.statements {
        statement(out, st)?;
    }
    Ok(())
}

/// The page, or the bytes or cells.
fn at(place: &Place, s: &Stages) -> String {
    match place.at {
        Some(at) => at.text(&s.extract.document.parts),
        None => format!("p{}", place.page),
    }
}

fn table(out: &mut dyn Write, s: &Stages, t: &Table, cells: bool) -> std::io::Result<()> {
    writeln!(out, "  table {}: {} ({})", t.ordinal, t.form, t.zh)?;
    let unit = t.unit.map_or("not printed".to_string(), |u| u.to_string());
    writeln!(
        out,
        "    unit {unit}, number {}, {} amount cells",
        t.form_label.as_deref().unwrap_or("—"),
        t.entries.len()
    )?;
    for r in &t.reasons {
        writeln!(out, "    {r}")?;
    }
    if cells {
        for f in s.extract.facts.iter().filter(|f| f.table == t.ordinal) {
            let side = f.side.map(|s| format!("{s}: ")).unwrap_or_default();
            let amount = f.amount.map_or(format!("({})", f.cell_state), |a| a.to_string());
            writeln!(
                out,
                "      {} {side}{} {} × {} = {amount} `{}`",
                at(&f.place, s),
                f.item,
                f.item_name.as_deref().unwrap_or(""),
                f.measure,
                f.printed
            )?;
        }
    }
    Ok(())
}

fn diagnostic(out: &mut dyn Write, d: &Diagnostic, parts: &[String]) -> std::io::Result<()> {
    let printed = d.printed.as_ref().map(|p| format!(" `{p}`")).unwrap_or_default();
    let at = d
        .place
        .at
        .map(|at| format!(" at {}", at.text(parts)))
        .unwrap_or_default();
    writeln!(out, "  {} {}{at}: {}{printed}", d.severity.as_str(), d.code, d.message)
}

//! `juesuan evidence`: a figure of the dataset with the page that it was read from: a picture with a frame, or a card that says
//! everything one needs to quote it.

use super::dataset::Documents;
use super::draft::Draft;
use super::original::Originals;
use super::{Done, Failure, load_grammar};
use crate::grammar::Grammar;
use crate::place::Place;
use crate::read::pdf::picture;
use crate::record::{DocumentRow, Extract, Fact, FindingOutcome, Statement};
use crate::report::base64;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;

/// Show the page behind a figure: a picture with a frame around it, or a card with all that one needs to quote it
///
/// The files are looked for below --files by name, and must have the hash that the dataset says. A PNG is the picture alone; a PDF
/// is the page itself, with the figure highlighted and a note; an HTML card (one file, no network) has the picture, what is
/// printed, unit, year, file, page, address and hash. Files without pages (text, HTML, Word, Excel) give the row as a table.
///
/// Examples:
///   juesuan evidence data 813e8c929858-f39 --files pdfs -o figure.png
///   juesuan evidence data 813e8c929858-f39 --files pdfs -o page.pdf
///   juesuan evidence data 813e8c929858-f39 813e8c929858-s4 --files pdfs -o cards.html
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The folder of a dataset with CSV files
    dataset: PathBuf,
    /// Ids of facts or statements, as they stand in the dataset (also in panel.sources and overspent.spent_sources)
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    /// The folder (or file) from which the dataset was read
    #[arg(long, value_name = "DIR")]
    files: PathBuf,
    /// Where it goes: .png or .pdf (one id), or .html
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// The same as --lang en
    #[arg(long, hide = true)]
    english: bool,
    /// No summary; errors are still said
    #[arg(short, long)]
    quiet: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

impl Args {
    /// Names and messages of the data in English: they are Chinese unless that is asked for.
    fn english(&self) -> bool {
        self.english || super::language::asked() == Some(super::language::Lang::En)
    }
}

/// A figure that was asked for.
struct Shown {
    id: String,
    what: String,
    printed: String,
    unit: String,
    place: Place,
    held: u32,
    failed: u32,
    /// Messages of the identities that fail through it.
    against: Vec<String>,
    document: DocumentRow,
    /// The row of a table, for files without pages: head and cell, and which one it is.
    row: Vec<(String, String, bool)>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let ends_in = |name: &str| args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case(name));
    let (picture_only, pdf, html) = (ends_in("png"), ends_in("pdf"), ends_in("html"));
    match (picture_only || pdf, html, args.ids.len()) {
        (true, _, 2..) => return Err(tr!("a PNG or PDF shows one figure; write several to one .html").into()),
        (false, false, _) => return Err(tr!("the name after -o ends in .png, .pdf or .html").into()),
        _ => {}
    }
    let grammar = load_grammar(args.grammars.as_deref())?;
    let found = find(args, &grammar)?;
    let mut cards = String::new();
    let mut drawn = Vec::new();
    let originals = Originals::below(&args.files);
    for shown in &found {
        let bytes = originals.bytes(&shown.document)?;
        let paged = shown.place.page > 0 && bytes.starts_with(b"%PDF");
        if pdf && paged {
            let name = &shown.document.file_name;
            drawn = super::annotate::page_of(name, &bytes, &shown.place, note(args, shown))?;
            continue;
        }
        let image = match paged {
            true => Some(
                picture::picture(bytes, shown.place.page, shown.place.rect)
                    .map_err(|e| Failure::Message(format!("{}: {e}", shown.document.file_name)))?,
            ),
            false => None,
        };
        let blank = image.as_ref().is_some_and(|p| p.blank) && !shown.printed.trim().is_empty();
        if blank {
            let (id, printed) = (&shown.id, &shown.printed);
            super::say!(
                "{}: the picture holds no ink where {} stands; most often its font is not in the file: compare with a PDF reader",
                id,
                printed
            );
            if picture_only {
                super::say!("a card (-o card.html) shows the row as a table too");
            }
        }
        match image {
            Some(p) if picture_only => drawn = p.png,
            None if picture_only || pdf => {
                return Err(tr!(
                    "{}: the file has no pages to draw; write a card: -o card.html",
                    shown.id
                )
                .into());
            }
            image => card(
                args,
                shown,
                image.as_ref().map(|p| (p.png.as_slice(), blank)),
                &mut cards,
            ),
        }
    }
    if html {
        drawn = page(args, &cards).into_bytes();
    }
    let cannot = |e: std::io::Error| Failure::Message(tr!("cannot write {}: {e}", args.out.display(), e));
    let mut draft = Draft::beside(&args.out).map_err(cannot)?;
    draft.file.write_all(&drawn).map_err(cannot)?;
    draft.commit(&args.out).map_err(cannot)?;
    super::sum_up!(args.quiet, "{} figures: {}", found.len(), args.out.display());
    Ok(ExitCode::SUCCESS)
}

/// What a page says of its figure: all that one needs to quote it.
fn note(args: &Args, s: &Shown) -> String {
    let say = |zh: &'static str, en: &'static str| if args.english() { en } else { zh };
    let d = &s.document;
    let who = d.unit_name.as_deref().unwrap_or(&d.file_name);
    let year = d.fiscal_year.map_or(String::new(), |y| y.to_string());
    let mut lines = vec![
        format!("{who} {year}"),
        format!("{}: {} {}", s.what, s.printed, s.unit),
        format!("{}, {} {}", d.file_name, say("页", "page"), s.place.page),
    ];
    lines.extend(d.source_url.clone());
    lines.push(format!("sha256 {}", d.document_id.0));
    lines.push(s.id.clone());
    lines.extend(s.against.iter().cloned());
    lines.join("\n")
}

/// The figures, in the order in which they were asked for.
fn find(args: &Args, g: &Grammar) -> Result<Vec<Shown>, Failure> {
    let mut found: Vec<Option<Shown>> = args.ids.iter().map(|_| None).collect();
    let mut documents = Documents::open(&args.dataset, false)?;
    while let Some(mut e) = documents.next()? {
        let short = e.document.document_id.short().to_string();
        let mine = |id: &String| id.rsplit_once('-').is_some_and(|(d, _)| d == short);
        if !args.ids.iter().any(mine) {
            continue;
        }
        crate::check::check(&mut e, g);
        for (slot, id) in found.iter_mut().zip(&args.ids).filter(|(_, id)| mine(id)) {
            *slot = shown(args, g, &e, id);
        }
    }
    let missing: Vec<&str> = found
        .iter()
        .zip(&args.ids)
        .filter(|(f, _)| f.is_none())
        .map(|(_, id)| id.as_str())
        .collect();
    if !missing.is_empty() {
        let message = tr!(
            "{} has no fact or statement {}",
            args.dataset.display(),
            missing.join(", ")
        );
        return Err(message.into());
    }
    Ok(found.into_iter().flatten().collect())
}

fn shown(args: &Args, g: &Grammar, e: &Extract, id: &str) -> Option<Shown> {
    let (_, end) = id.rsplit_once('-')?;
    let number = |kind: char| end.strip_prefix(kind).and_then(|n| n.parse::<u32>().ok());
    let fact = number('f').and_then(|n| e.facts.iter().find(|f| f.ordinal == n));
    let said = number('s').and_then(|n| e.statements.iter().find(|s| s.ordinal == n));
    let language = usize::from(args.english());
    let fails = || e.findings.iter().filter(|f| f.outcome == FindingOutcome::Fails);
    let message = |f: &crate::record::Finding| {
        if args.english() {
            f.message_en.clone()
        } else {
            f.message.clone()
        }
    };
    let mut out = Shown {
        id: id.to_string(),
        what: String::new(),
        printed: String::new(),
        unit: String::new(),
        place: Place::document(),
        held: 0,
        failed: 0,
        against: Vec::new(),
        document: e.document.clone(),
        row: Vec::new(),
    };
    if let Some(f) = fact {
        out.what = caption(g, f, language);
        (out.printed, out.unit) = (f.printed.clone(), f.printed_unit.clone());
        (out.place, out.held, out.failed) = (f.place, f.held, f.failed);
        out.against = fails().filter(|x| x.facts.contains(&f.ordinal)).map(message).collect();
        let row = |o: &&Fact| {
            (&o.form, o.table, o.side, &o.item, &o.item_name, &o.sub_unit)
                == (&f.form, f.table, f.side, &f.item, &f.item_name, &f.sub_unit)
        };
        let cell = |o: &Fact| {
            let head = g.identities.name(&o.form, &o.measure)[language];
            (head.to_string(), o.printed.clone(), o.ordinal == f.ordinal)
        };
        out.row = e.facts.iter().filter(row).map(cell).collect();
        return Some(out);
    }
    let s = said?;
    out.what = caption_of_statement(g, s, language);
    (out.printed, out.unit) = (s.printed.clone(), s.printed_unit.clone().unwrap_or_default());
    (out.place, out.held, out.failed) = (s.place, s.held, s.failed);
    out.against = fails()
        .filter(|x| x.statements.contains(&s.ordinal))
        .map(message)
        .collect();
    Some(out)
}

/// What a figure of a table means, in Chinese (0) or English (1).
pub(super) fn caption(g: &Grammar, f: &Fact, language: usize) -> String {
    let form = match (language, g.forms.iter().find(|k| k.id == f.form)) {
        (0, Some(k)) => k.zh.as_str(),
        _ => g.identities.name("form", &f.form)[language],
    };
    let item = f
        .item_name
        .as_deref()
        .unwrap_or(g.identities.name(&f.form, &f.item)[language]);
    let parts = [form, item, g.identities.name(&f.form, &f.measure)[language]];
    let said: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    said.join(" · ")
}

/// What a figure of a sentence means, in Chinese (0) or English (1).
pub(super) fn caption_of_statement(g: &Grammar, s: &Statement, language: usize) -> String {
    let subject = s.subject.as_deref().unwrap_or_default();
    let name = |id: &str| g.identities.name("", id)[language].to_string();
    format!("{} · {}", name(subject), name(&s.slot))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn card(args: &Args, s: &Shown, png: Option<(&[u8], bool)>, out: &mut String) {
    let d = &s.document;
    let say = |zh: &'static str, en: &'static str| if args.english() { en } else { zh };
    let who = d.unit_name.as_deref().unwrap_or(&d.file_name);
    let year = d.fiscal_year.map_or(String::new(), |y| y.to_string());
    let _ = write!(
        out,
        "<article id=\"{}\"><h2>{} {year}</h2><p class=\"what\">{}: <b>{}</b> {}</p>",
        escape(&s.id),
        escape(who),
        escape(&s.what),
        escape(&s.printed),
        escape(&s.unit)
    );
    if let Some((png, _)) = png {
        let alt = format!("{} {}: {}", say("页", "page"), s.place.page, s.printed);
        let _ = write!(
            out,
            "<img alt=\"{}\" src=\"data:image/png;base64,{}\">",
            escape(&alt),
            base64(png)
        );
    }
    if let Some((_, true)) = png {
        let why = say(
            "图中该处没有墨迹，多因字体未嵌入文件；原文以 PDF 阅读器所示为准。",
            "The picture holds no ink there; most often the font is not in the file: compare with a PDF reader.",
        );
        let _ = write!(out, "<p>{why}</p>");
    }
    if png.is_none_or(|(_, blank)| blank) && !s.row.is_empty() {
        let heads: String = s
            .row
            .iter()
            .map(|(h, _, _)| format!("<th>{}</th>", escape(h)))
            .collect();
        let cells: String = s
            .row
            .iter()
            .map(|(_, c, hit)| format!("<td{}>{}</td>", if *hit { " class=\"hit\"" } else { "" }, escape(c)))
            .collect();
        let _ = write!(out, "<table><tr>{heads}</tr><tr>{cells}</tr></table>");
    }
    let page = if s.place.page > 0 {
        s.place.page.to_string()
    } else {
        "—".into()
    };
    let address = d.source_url.as_deref().unwrap_or("—");
    out.push_str("<dl>");
    for (name, value) in [
        (say("文件", "file"), d.file_name.as_str()),
        (say("页", "page"), page.as_str()),
        (say("网址", "address"), address),
        ("sha256", d.document_id.0.as_str()),
        (say("数据编号", "figure"), s.id.as_str()),
        (say("印证", "identities that hold it"), s.held.to_string().as_str()),
        (
            say("不符", "identities that fail through it"),
            s.failed.to_string().as_str(),
        ),
    ] {
        let _ = write!(out, "<dt>{name}</dt><dd>{}</dd>", escape(value));
    }
    out.push_str("</dl>");
    for m in &s.against {
        let _ = write!(out, "<p class=\"against\">{}</p>", escape(m));
    }
    out.push_str("</article>\n");
}

fn page(args: &Args, cards: &str) -> String {
    let lang = if args.english() { "en" } else { "zh" };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>juesuan</title>\
         <style>body{{font:15px/1.5 system-ui,\"Noto Sans CJK SC\",sans-serif;margin:1em auto;max-width:60em;padding:0 1em;color-scheme:light dark}}img{{max-width:100%;border:1px solid #ccc}}\
         dl{{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2em 1em}}dd{{margin:0;overflow-wrap:anywhere}}article{{break-inside:avoid;border-bottom:1px solid #ccc;padding-bottom:1em}}\
         table{{border-collapse:collapse}}td,th{{border:1px solid #ccc;padding:.2em .5em}}.hit{{background:#ffe08a;color:#000}}.against{{border-left:4px solid #b3261e;padding-left:.6em}}</style></head>\n<body>\n{cards}</body></html>\n"
    )
}

//! `juesuan grammar explain SENTENCE`: the words of a sentence as the reader sees them, and what each figure is or why it is unclaimed.

use super::{Done, Failure};
use crate::recognise::narrative::subject::Subject;
use crate::recognise::narrative::token::{Gaps, Kind, Token};
use crate::recognise::narrative::{self, discourse::Reader};
use crate::text;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  juesuan grammar explain '2023年度收入总计781.65万元，比上年增长5.2%。' --section revenue --year 2023\n  juesuan grammar explain --header '三公经费/公务接待费/上年决算数'"
)]
pub struct Args {
    /// The paragraph; several lines are several paragraphs
    #[arg(required_unless_present = "header")]
    sentence: Option<String>,
    /// A column header instead, from the top, cells parted by `/`: '三公经费/公务接待费/上年决算数'
    #[arg(long, value_name = "PATH", conflicts_with = "sentence")]
    pub header: Option<String>,
    /// The header as this form has it, and no other
    #[arg(long, value_name = "FORM", requires = "header")]
    pub form: Option<String>,
    /// What its section is about: a subject or a fund id (three_public, general_budget …)
    #[arg(long, value_name = "ID")]
    section: Option<String>,
    /// The name of the unit, which may stand before any clause
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
    /// The year of the account
    #[arg(long, value_name = "YEAR")]
    year: Option<i16>,
    /// Your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    pub grammars: Option<PathBuf>,
}

fn label(t: &Token<'_>) -> String {
    match t.kind {
        Kind::Term(class) if t.id.is_empty() => format!("{class:?}"),
        Kind::Term(class) => format!("{class:?} {}", t.id),
        Kind::Phrase => {
            let p = t.phrase;
            let parts = [
                p.fund.map(str::to_string),
                p.side.map(|s| format!("{s:?}")),
                p.scope.map(str::to_string),
            ];
            format!("Phrase {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        kind => format!("{kind:?}"),
    }
}

/// Runs the command.
pub fn run(args: &Args, out: &mut impl Write) -> Done {
    let g = super::load_grammar(args.grammars.as_deref())?;
    let sentence = args.sentence.as_deref().unwrap_or("");
    if sentence.trim().is_empty() {
        return Err(Failure::Message(
            "an empty sentence says nothing; give its words in quotation marks".into(),
        ));
    }
    let bodies = args.unit.iter().map(|u| text::key(u)).collect();
    let mut reader = Reader::new(&g, bodies, args.year);
    if let Some(id) = &args.section {
        reader.begin_section(Some(Subject::of_section(id, &g)));
    }
    for line in sentence.lines().filter(|l| !l.trim().is_empty()) {
        let folded = text::fold(line);
        let gaps = Gaps::of(line, &folded);
        let t = reader.words(&folded.text, &gaps);
        for w in &t.list {
            let weak = if w.weak { " (weak)" } else { "" };
            writeln!(out, "  {:<28} {}{weak}", label(w), w.word)?;
        }
        drop(t);
        let told = reader.paragraph(&folded.text, &gaps);
        for c in &told.claims {
            let d = c.direction.as_ref().map_or(String::new(), |d| format!(", {}", d.id));
            writeln!(
                out,
                "= {}  {} of {} [{}]{d}, by {}",
                &folded.text[c.digits.start..c.unit.end.max(c.digits.end)],
                c.slot,
                c.subject.id,
                c.section,
                if c.ground == narrative::Ground::Words {
                    "words"
                } else {
                    "arithmetic"
                }
            )?;
        }
        for r in &told.remarks {
            let text = r.text.as_deref().unwrap_or(&folded.text[r.range.clone()]);
            writeln!(out, "~ {} of {} [{}]: {text}", r.slot, r.subject.id, r.section)?;
        }
        for r in &told.refusals {
            writeln!(out, "? {}  unclaimed: {}", &folded.text[r.digits.clone()], r.why)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

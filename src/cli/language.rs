//! The language of what the program says: English, or Chinese where `--lang zh` or the locale asks for it. The English text in the
//! source is the key (`tr!`), `zh.po` has the Chinese of each: a catalogue as gettext and its editors know it. What is written into a dataset
//! never changes with the language.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, builder::StyledStr};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::sync::OnceLock;
use tr::{Translator, tr};

/// The catalogue.
const ZH: &str = include_str!("zh.po");

/// The Chinese of each message; one form, for Chinese has no plural.
struct Catalogue(HashMap<String, String>);

impl Catalogue {
    /// The catalogue of the program. One that does not parse fails the tests, and leaves the user with English.
    fn read() -> Self {
        let entries = rspolib::pofile(ZH).map(|f| f.entries).unwrap_or_default();
        let said = entries.into_iter().filter_map(|e| {
            let text = e.msgstr.or_else(|| e.msgstr_plural.into_iter().next())?;
            Some((e.msgid, text))
        });
        Self(said.collect())
    }

    fn said<'a>(&'a self, message: &'a str) -> Cow<'a, str> {
        Cow::Borrowed(self.0.get(message).map_or(message, String::as_str))
    }
}

impl Translator for Catalogue {
    fn translate<'a>(&'a self, message: &'a str, _: Option<&'a str>) -> Cow<'a, str> {
        self.said(message)
    }

    fn ntranslate<'a>(&'a self, _: u64, one: &'a str, _: &'a str, _: Option<&'a str>) -> Cow<'a, str> {
        self.said(one)
    }
}

/// A language of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Lang {
    /// English
    En,
    /// 中文
    Zh,
}

/// What `--lang` says, and what the program speaks.
static CHOSEN: OnceLock<(Option<Lang>, Lang)> = OnceLock::new();

/// Looks for `--lang` before anything is parsed (the help speaks it too), then at the locale.
pub(super) fn begin(arguments: impl Iterator<Item = OsString>) {
    let asked = asked_in(arguments);
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    let now = asked.unwrap_or(match locale {
        Some(l) if l.starts_with("zh") => Lang::Zh,
        _ => Lang::En,
    });
    if now == Lang::Zh {
        tr::set_translator!(Catalogue::read());
    }
    let _ = CHOSEN.set((asked, now));
}

fn asked_in(arguments: impl Iterator<Item = OsString>) -> Option<Lang> {
    let mut asked = None;
    let mut value_follows = false;
    for a in arguments {
        let text = a.to_string_lossy();
        if text == "--" {
            break;
        }
        let value = match value_follows {
            true => Some(text.as_ref()),
            false => text.strip_prefix("--lang="),
        };
        asked = match value {
            Some("zh") => Some(Lang::Zh),
            Some("en") => Some(Lang::En),
            _ => asked,
        };
        value_follows = text == "--lang";
    }
    asked
}

/// What `--lang` says.
pub(super) fn asked() -> Option<Lang> {
    CHOSEN.get().and_then(|c| c.0)
}

/// What the program speaks.
pub(super) fn now() -> Lang {
    CHOSEN.get().map_or(Lang::En, |c| c.1)
}

/// A word of the dataset as people read it.
pub(super) fn word(id: &str) -> String {
    let said = tr!(id);
    if said == id { id.replace('_', " ") } else { said }
}

/// A text of the help as the catalogue knows it: one line, without the full stop at its end.
fn key(text: &str) -> String {
    let one_line: Vec<&str> = text.split_whitespace().collect();
    let one_line = one_line.join(" ");
    one_line.strip_suffix('.').map_or(one_line.clone(), str::to_string)
}

/// The pieces of a help text that are translated, each with what stands between it and the next.
fn pieces(text: &str) -> Vec<(String, bool)> {
    let mut out = Vec::new();
    for paragraph in text.split("\n\n") {
        if !out.is_empty() {
            out.push(("\n\n".to_string(), false));
        }
        if !paragraph.trim_start().starts_with("Examples:") {
            out.push((paragraph.to_string(), true));
            continue;
        }
        // Of an example only the words behind it.
        for (n, line) in paragraph.lines().enumerate() {
            if n > 0 {
                out.push(("\n".to_string(), false));
            }
            match line.trim_start().split_once("  ").filter(|_| n > 0) {
                Some((example, said)) => {
                    out.push((format!("  {example}  "), false));
                    out.push((said.trim().to_string(), true));
                }
                None => out.push((line.to_string(), n == 0)),
            }
        }
    }
    out
}

fn said(text: &StyledStr) -> String {
    let one = |(piece, translated): (String, bool)| match translated {
        true => {
            let key = key(&piece);
            let key = key.as_str();
            tr!(key)
        }
        false => piece,
    };
    pieces(&text.to_string()).into_iter().map(one).collect()
}

/// The commands with their help in Chinese.
pub(super) fn translated(command: Command) -> Command {
    if now() == Lang::En {
        return command;
    }
    in_words(command)
}

fn in_words(mut command: Command) -> Command {
    let texts = [command.get_about(), command.get_long_about(), command.get_after_help()].map(|t| t.map(said));
    let [about, long, after] = texts;
    if let Some(t) = about {
        command = command.about(t);
    }
    if let Some(t) = long {
        command = command.long_about(t);
    }
    if let Some(t) = after {
        command = command.after_help(t);
    }
    command = command.mut_args(|mut a| {
        let (short, long) = (a.get_help().map(said), a.get_long_help().map(said));
        if let Some(t) = short {
            a = a.help(t);
        }
        if let Some(t) = long {
            a = a.long_help(t);
        }
        a
    });
    command.mut_subcommands(in_words)
}

/// Words that the parser of the command line prints by itself.
const PARSER: [&str; 12] = [
    "Usage:",
    "Commands:",
    "Arguments:",
    "Options:",
    "Possible values:",
    "[default: ",
    "[possible values: ",
    // Of values of an option.
    "A workbook for each table, for people",
    "CSV packed with zstd, a tenth of the bytes",
    "One file with every table, for SQL and Datasette",
    "Print help (see more with '--help')",
    "Print help (see a summary with '-h')",
];
/// Shorter ones, which stand in others.
const PARSER_LAST: [&str; 3] = [
    "Print this message or the help of the given subcommand(s)",
    "Print version",
    "Print help",
];

/// Prints the help, or what is wrong with a command line.
pub(super) fn print(e: &clap::Error) {
    let shown = match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            None
        }
        _ => wrong_use(e),
    };
    if now() == Lang::En || (shown.is_none() && e.kind() == ErrorKind::DisplayVersion) {
        let _ = e.print();
        return;
    }
    let colour = match e.use_stderr() {
        true => std::io::stderr().is_terminal(),
        false => std::io::stdout().is_terminal(),
    };
    let mut text = match (&shown, colour) {
        (Some(message), _) => format!("{message}\n\n{}\n", tr!("For more information, try '--help'.")),
        (None, true) => e.render().ansi().to_string(),
        (None, false) => e.render().to_string(),
    };
    for word in PARSER.iter().chain(&PARSER_LAST) {
        text = text.replace(word, &tr!(word));
    }
    let _ = match e.use_stderr() {
        true => std::io::stderr().write_all(text.as_bytes()),
        false => std::io::stdout().write_all(text.as_bytes()),
    };
}

/// What is wrong with a command line, of the kinds that happen.
fn wrong_use(e: &clap::Error) -> Option<String> {
    let text = |kind| match e.get(kind) {
        Some(ContextValue::String(s)) => Some(s.clone()),
        Some(ContextValue::Strings(all)) => Some(all.join(", ")),
        Some(ContextValue::StyledStrs(all)) => {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            Some(all.join(", "))
        }
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    Some(match e.kind() {
        ErrorKind::UnknownArgument => tr!("error: unknown argument {}", argument),
        ErrorKind::InvalidSubcommand => {
            let name = text(ContextKind::InvalidSubcommand).unwrap_or_default();
            tr!("error: no command is named {}", name)
        }
        ErrorKind::InvalidValue if value.is_empty() => tr!("error: {} lacks its value", argument),
        ErrorKind::InvalidValue => {
            let valid = text(ContextKind::ValidValue).unwrap_or_default();
            tr!("error: {} of {} is none of: {}", value, argument, valid)
        }
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(e)
                .map(ToString::to_string)
                .unwrap_or_default();
            tr!("error: {} of {}: {}", value, argument, why)
        }
        ErrorKind::MissingRequiredArgument => tr!("error: missing: {}", argument),
        ErrorKind::ArgumentConflict => {
            let other = text(ContextKind::PriorArg).unwrap_or_default();
            tr!("error: {} cannot stand with {}", argument, other)
        }
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            tr!("error: wrong number of values: {}", argument)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Catalogue, Lang, PARSER, PARSER_LAST, ZH, asked_in, key, pieces};
    use crate::record::{NOT_JUDGED, Status};
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::{Path, PathBuf};
    use tr::Translator;

    /// Files whose output is for those who write rules: it is English.
    const ENGLISH: [&str; 5] = ["inspect.rs", "explain.rs", "sources.rs", "svg.rs", "language.rs"];

    fn sources() -> Vec<(PathBuf, String)> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli");
        let mut all: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        all.retain(|p| p.extension().is_some_and(|e| e == "rs"));
        // What goes wrong below the commands, and is said by them.
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        all.extend(["write/mod.rs", "acquire/mod.rs", "acquire/store/mod.rs"].map(|p| root.join(p)));
        all.sort();
        all.into_iter()
            .map(|p| {
                let text = std::fs::read_to_string(&p).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap().to_string();
                (p, code)
            })
            .collect()
    }

    /// The string literal at the beginning of a text, unescaped.
    fn literal(text: &str) -> Option<String> {
        let mut rest = text.trim_start().strip_prefix('"')?.chars().peekable();
        let mut out = String::new();
        loop {
            match rest.next()? {
                '"' => return Some(out),
                '\\' => match rest.next()? {
                    'n' => out.push('\n'),
                    't' => out.push('\t'),
                    '\n' => while rest.next_if(|c| c.is_whitespace()).is_some() {},
                    c => out.push(c),
                },
                c => out.push(c),
            }
        }
    }

    /// Every literal that a macro is given as its message.
    fn literals(code: &str, before: &str) -> Vec<String> {
        code.match_indices(before)
            .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            .filter_map(|(at, _)| {
                let inside = &code[at + before.len()..];
                let inside = match before == "sum_up!(" {
                    true => inside.split_once(',')?.1,
                    false => inside,
                };
                literal(inside)
            })
            .collect()
    }

    /// What is handed over with a message: the call to its closing bracket, without what stands in quotation marks.
    fn arguments(call: &str) -> String {
        let (mut depth, mut quoted, mut escaped) = (0, false, false);
        let mut out = String::new();
        for c in call.chars() {
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ if quoted => {}
                '(' => depth += 1,
                ')' if depth == 1 => break,
                ')' => depth -= 1,
                c => out.push(c),
            }
        }
        out
    }

    fn has_words(text: &str) -> bool {
        let mut depth = 0;
        text.chars().any(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth == 0 && c.is_ascii_alphabetic()
        })
    }

    fn help(command: &clap::Command, out: &mut BTreeSet<String>) {
        if command.get_name() == "help" {
            return;
        }
        let mut texts: Vec<String> = [command.get_about(), command.get_long_about(), command.get_after_help()]
            .into_iter()
            .flatten()
            .map(ToString::to_string)
            .collect();
        for a in command.get_arguments() {
            texts.extend(
                a.get_help()
                    .into_iter()
                    .chain(a.get_long_help())
                    .map(ToString::to_string),
            );
        }
        let found = texts.iter().flat_map(|t| pieces(t)).filter(|p| p.1);
        out.extend(found.map(|p| key(&p.0)).filter(|k| has_words(k)));
        command.get_subcommands().for_each(|c| help(c, out));
    }

    /// Messages and the words of help, as keys of the catalogue.
    fn wanted() -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        for (_, code) in sources() {
            for before in ["tr!(", "say!(", "sum_up!("] {
                out.extend(literals(&code, before).into_iter().filter(|m| has_words(m)));
            }
        }
        help(&<super::super::Cli as clap::CommandFactory>::command(), &mut out);
        out.extend(PARSER.iter().chain(&PARSER_LAST).map(ToString::to_string));
        out.extend(Status::WORDS.iter().chain(NOT_JUDGED).map(ToString::to_string));
        out
    }

    /// The catalogue, which holds no message twice.
    fn catalogue() -> BTreeMap<String, String> {
        let entries = rspolib::pofile(ZH).unwrap().entries;
        let mut out = BTreeMap::new();
        for e in entries {
            let text = e.msgstr.or(e.msgstr_plural.into_iter().next()).unwrap();
            assert_eq!(out.insert(e.msgid.clone(), text), None, "twice: {}", e.msgid);
        }
        out
    }

    fn places(text: &str) -> Vec<&str> {
        let mut all: Vec<&str> = text.split('{').skip(1).filter_map(|t| t.split('}').next()).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn every_message_has_its_chinese() {
        let known = catalogue();
        let wanted = wanted();
        assert!(wanted.len() > 300, "{}", wanted.len());
        let missing: Vec<&String> = wanted.iter().filter(|m| !known.contains_key(*m)).collect();
        assert!(missing.is_empty(), "without Chinese in src/cli/zh.po:\n{missing:#?}");
        let unused: Vec<&String> = known.keys().filter(|m| !wanted.contains(*m)).collect();
        assert!(unused.is_empty(), "said nowhere:\n{unused:#?}");
        for (id, text) in &known {
            let chinese = |c| ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '：';
            assert!(text.chars().any(chinese), "{id}: {text}");
            assert_eq!(places(id), places(text), "{id}: {text}");
        }
    }

    #[test]
    fn the_program_speaks_the_catalogue() {
        let said = Catalogue::read();
        assert_eq!(said.translate("page {}", None), "第 {} 页");
        assert_eq!(said.ntranslate(3, "{n} mistake", "{n} mistakes", None), "{n} 处错误");
        assert_eq!(said.translate("nobody says this", None), "nobody says this");
    }

    /// A message that is put together past the catalogue would stay English.
    #[test]
    fn no_message_goes_past_the_catalogue() {
        let english = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            let small = |w: &&str| w.len() > 1 && w.chars().all(|c| c.is_ascii_lowercase());
            words.windows(2).any(|w| w.iter().all(small))
        };
        for (path, code) in sources() {
            // Below the commands stand words of the dataset, which are English.
            let below = !path.parent().unwrap().ends_with("cli");
            if below || ENGLISH.iter().any(|f| path.ends_with(f)) {
                continue;
            }
            let mut found: Vec<String> = literals(&code, "format!(");
            found.extend(literals(&code, "Failure::Message("));
            found.extend(literals(&code, "Err("));
            found.extend(
                code.match_indices("writeln!(out,")
                    .filter_map(|(at, m)| literal(&code[at + m.len()..])),
            );
            found.retain(|m| english(m));
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
        }
    }

    /// `tr!` takes no names from around it: one that is not handed over would be printed in braces.
    #[test]
    fn every_name_in_a_message_is_handed_over() {
        for (path, code) in sources() {
            for before in ["tr!(", "say!(", "sum_up!("] {
                for (at, _) in code.match_indices(before) {
                    let call = &code[at..];
                    let Some((lead, message)) = call.split_once('"') else {
                        continue;
                    };
                    let Some(message) = literal(&format!("\"{message}")) else {
                        continue;
                    };
                    if lead.contains([';', '}']) {
                        continue;
                    }
                    let names = places(&message);
                    let names = names
                        .iter()
                        .filter(|n| n.starts_with(|c: char| c.is_alphabetic()) && **n != "n");
                    let after = arguments(call);
                    for n in names {
                        assert!(after.contains(n), "{}: {message}", path.display());
                    }
                }
            }
        }
    }

    #[test]
    fn the_language_is_asked_for_before_anything_is_parsed() {
        let asked = |line: &str| asked_in(line.split(' ').map(Into::into));
        assert_eq!(asked("juesuan --lang zh report x"), Some(Lang::Zh));
        assert_eq!(asked("juesuan report x --lang=en"), Some(Lang::En));
        assert_eq!(asked("juesuan report x -- --lang zh"), None);
        assert_eq!(asked("juesuan report x"), None);
    }
}

//! Files to grammar: the embedded set, layered with a user's own folder. A file with an error is an error: nothing is dropped
//! in silence. The only room of the grammar that touches the file system.

use super::codes::Codes;
use super::compile::{Form, Lexicon, form, lexicon};
use super::fragments::{self, Fragments, Text};
use super::identity::{self, Identities, IdentityFile};
use super::ids::{self, IdFile, Ids};
use super::laws;
use super::lazy;
use super::mistake::{Compiler, Mistake};
use super::narrative::{self, NarrativeFile};
use super::panel::{self, PanelFile};
use super::parts::Parts;
use super::portals::{Answers, Lint, Portal, Portals};
use super::projects::{self, ProjectsFile};
use super::regions::Divisions;
use super::schema::{FormFile, LexiconFile, RegionFile};
use super::sections::{self, SectionFile};
use super::units::{self, UnitsFile};
use super::{Grammar, Region};
use crate::memo::Shared;
use include_dir::{Dir, include_dir};
use std::fmt;
use std::path::Path;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/grammars");

/// A mistake in a grammar file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrammarError {
    /// The file, relative to the folder of the grammar.
    pub file: String,
    /// 1-based line; 0 when the file as a whole is meant.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for GrammarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            _ => write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message),
        }
    }
}

struct File {
    name: String,
    text: Text,
    /// Whether its identifiers are looked up: a file of the user.
    own: bool,
}

fn mistakes(file: &File, found: Vec<Mistake>, errors: &mut Vec<GrammarError>) {
    for (span, message) in found {
        let (line, column) = if span.is_empty() && span.start == 0 {
            (0, 0)
        } else {
            file.text.position(span.start)
        };
        errors.push(GrammarError {
            file: file.name.clone(),
            line,
            column,
            message,
        });
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &File, errors: &mut Vec<GrammarError>) -> Option<T> {
    match toml::from_str(&file.text.text) {
        Ok(v) => Some(v),
        Err(e) => {
            let (line, column) = e.span().map_or((0, 0), |s| file.text.position(s.start));
            errors.push(GrammarError {
                file: file.name.clone(),
                line,
                column,
                message: e.message().to_string(),
            });
            None
        }
    }
}

fn embedded(out: &mut Vec<File>, dir: &Dir<'_>) {
    for f in dir.files() {
        if let Some(text) = f.contents_utf8() {
            out.push(File {
                name: f.path().to_string_lossy().replace('\\', "/"),
                text: Text::new(text.to_string()),
                own: false,
            });
        }
    }
    for d in dir.dirs() {
        embedded(out, d);
    }
}

fn from_folder(root: &Path, errors: &mut Vec<GrammarError>) -> Vec<File> {
    let mut out = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = match entry {
            Ok(e) => e,
            Err(e) => {
                errors.push(GrammarError {
                    file: root.display().to_string(),
                    line: 0,
                    column: 0,
                    message: format!("cannot be read: {e}"),
                });
                continue;
            }
        };
        let ours = entry.path().extension().is_some_and(|e| e == "toml" || e == "csv");
        if !entry.file_type().is_file() || !ours {
            continue;
        }
        let name = entry
            .path()
            .strip_prefix(root)
            .unwrap_or(entry.path())
            .to_string_lossy()
            .replace('\\', "/");
        match std::fs::read_to_string(entry.path()) {
            Ok(text) => out.push(File {
                name,
                text: Text::new(text),
                own: true,
            }),
            Err(e) => errors.push(GrammarError {
                file: name,
                line: 0,
                column: 0,
                message: format!("cannot be read: {e}"),
            }),
        }
    }
    out
}

/// The embedded files in the order of their names, then those of `user`.
fn all_files(user: Option<&Path>, errors: &mut Vec<GrammarError>) -> Vec<File> {
    let mut files = Vec::new();
    embedded(&mut files, &EMBEDDED);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(root) = user {
        let own = from_folder(root, errors);
        if own.is_empty() && errors.is_empty() {
            errors.push(GrammarError {
                file: root.display().to_string(),
                line: 0,
                column: 0,
                message: "no grammar file (*.toml, *.csv) stands there".into(),
            });
        }
        files.extend(own);
    }
    put_fragments_in(&mut files, errors);
    files
}

/// Puts the named fragments into the files.
fn put_fragments_in(files: &mut [File], errors: &mut Vec<GrammarError>) {
    let mut fragments = Fragments::default();
    for file in files.iter().filter(|f| f.name.ends_with(".toml")) {
        let mut found = Vec::new();
        fragments.learn(&file.name, &file.text, &mut found);
        mistakes(file, found, errors);
    }
    for file in files.iter_mut().filter(|f| f.name.ends_with(".toml")) {
        let mut found = Vec::new();
        // Until the text is replaced, places are those of the file.
        fragments.expand(&file.name, &mut file.text, &mut found);
        for (span, message) in found {
            let (line, column) = file.text.written_position(span.start);
            errors.push(GrammarError {
                file: file.name.clone(),
                line,
                column,
                message,
            });
        }
    }
}

/// Loads the platforms alone, embedded and of `user`: what fetching needs. The other files are neither read nor checked.
pub fn load_portals(user: Option<&Path>) -> Result<Portals, Vec<GrammarError>> {
    let mut errors = Vec::new();
    let mut portals = Portals::default();
    for file in &all_files(user, &mut errors) {
        if let Some(leaf) = file.name.strip_prefix("portals/") {
            portal(file, leaf, &mut portals, &mut errors);
        }
    }
    if errors.is_empty() { Ok(portals) } else { Err(errors) }
}

/// A word for the files of a user's folder: another one for every change in them.
pub fn word_of(user: &Path) -> Result<String, String> {
    use sha2::{Digest, Sha256};
    let mut errors = Vec::new();
    let files = from_folder(user, &mut errors);
    if let Some(e) = errors.first() {
        return Err(e.to_string());
    }
    let mut hasher = Sha256::new();
    for f in &files {
        for text in [&f.name, &f.text.text] {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
    }
    Ok(format!("{:x}", hasher.finalize()).chars().take(16).collect())
}

/// Loads the embedded grammar and layers `user` over it. Returns every mistake of every file at once.
pub fn load(user: Option<&Path>) -> Result<Grammar, Vec<GrammarError>> {
    let mut errors = Vec::new();
    let files = all_files(user, &mut errors);
    finish(&files, errors)
}

/// The same, with the identifiers of the built-in files looked up too: what `grammar check` does.
pub fn load_and_check(user: Option<&Path>) -> Result<Grammar, Vec<GrammarError>> {
    let mut errors = Vec::new();
    let mut files = all_files(user, &mut errors);
    files.iter_mut().for_each(|f| f.own = true);
    for file in files.iter().filter(|f| f.name.ends_with(".toml")) {
        for (line, message) in fragments::long_lines(&file.text) {
            errors.push(GrammarError {
                file: file.name.clone(),
                line,
                column: 1,
                message,
            });
        }
    }
    finish(&files, errors)
}

fn finish(files: &[File], mut errors: Vec<GrammarError>) -> Result<Grammar, Vec<GrammarError>> {
    // What is built in was looked at by the test of the grammar.
    let own = files.iter().any(|f| f.own);
    let grammar = lazy::with(own, || assemble(files, own, &mut errors));
    match grammar {
        Some(g) if errors.is_empty() => Ok(g),
        _ => Err(errors),
    }
}

fn assemble(files: &[File], own_files: bool, errors: &mut Vec<GrammarError>) -> Option<Grammar> {
    let (lexica, parts) = words(files, own_files, errors);
    let mut ids = identifiers(files, errors);
    let mut bases: Vec<FormFile> = Vec::new();
    let mut regions: Vec<(&File, RegionFile)> = Vec::new();
    let mut identity_files: Vec<(&File, IdentityFile)> = Vec::new();
    let mut project_files: Vec<(&File, ProjectsFile)> = Vec::new();
    let mut section_files: Vec<(&File, SectionFile)> = Vec::new();
    let mut narrative_files: Vec<(&File, NarrativeFile)> = Vec::new();
    let mut panel_files: Vec<(&File, PanelFile)> = Vec::new();
    let mut unit_files: Vec<(&File, UnitsFile)> = Vec::new();
    let mut divisions = Divisions::default();
    let mut codes = Codes::default();
    let mut portals = Portals::default();
    for file in files {
        let (room, leaf) = file.name.split_once('/').unwrap_or(("", &file.name));
        match room {
            // Read before the rest.
            "lexicon" => {}
            "" if leaf == IDS || leaf == fragments::FILE => {}
            "forms" => {
                if let Some(f) = parse::<FormFile>(file, errors) {
                    if leaf.trim_end_matches(".toml") != f.id.get_ref() {
                        let (line, column) = file.text.position(f.id.span().start);
                        errors.push(GrammarError {
                            file: file.name.clone(),
                            line,
                            column,
                            message: format!("a form stands in the file of its id: `{}.toml`", f.id.get_ref()),
                        });
                    }
                    let base = bases.iter_mut().find(|b| b.id.get_ref() == f.id.get_ref());
                    if own_files {
                        // A layer alone may hold no title; it is checked on its own for its patterns.
                        let mut found = Vec::new();
                        form(&f, &parts, &mut Compiler { mistakes: &mut found });
                        if base.is_some() {
                            found.retain(|(_, m)| !m.contains("[[title]]") && !m.contains("after ="));
                        }
                        mistakes(file, found, errors);
                    }
                    match base {
                        Some(b) => extend(b, &f),
                        None => bases.push(f),
                    }
                }
            }
            "regions" => {
                if let Some(r) = parse::<RegionFile>(file, errors) {
                    regions.push((file, r));
                }
            }
            "codes" => {
                let read = match leaf {
                    "function_classes.csv" => codes.add_classes(&file.text.text),
                    "economic_items.csv" => codes.add_economic(&file.text.text),
                    "function_items.csv" => codes.add_functions(&file.text.text),
                    "regions.csv" => divisions.add(&file.text.text),
                    _ => Ok(()),
                };
                if let Err((line, message)) = read {
                    errors.push(GrammarError {
                        file: file.name.clone(),
                        line,
                        column: 1,
                        message,
                    });
                }
            }
            "identities" => {
                if let Some(i) = parse::<IdentityFile>(file, errors) {
                    identity_files.push((file, i));
                }
            }
            "projects" => {
                if let Some(p) = parse::<ProjectsFile>(file, errors) {
                    let mut found = Vec::new();
                    if own_files {
                        projects::lint(&p, &mut found);
                    }
                    mistakes(file, found, errors);
                    project_files.push((file, p));
                }
            }
            "panel" => {
                if let Some(p) = parse::<PanelFile>(file, errors) {
                    panel_files.push((file, p));
                }
            }
            "units" => {
                let mut found = Vec::new();
                let read = if leaf.ends_with(".csv") {
                    Some(units::from_csv(&file.text.text, &mut found))
                } else {
                    parse::<UnitsFile>(file, errors)
                };
                if let Some(u) = read {
                    units::lint(&u, &mut found);
                    unit_files.push((file, u));
                }
                mistakes(file, found, errors);
            }
            // Rooms of other stages are read by them.
            "sections" => {
                if let Some(s) = parse::<SectionFile>(file, errors) {
                    section_files.push((file, s));
                }
            }
            "narrative" => {
                if let Some(n) = parse::<NarrativeFile>(file, errors) {
                    narrative_files.push((file, n));
                }
            }
            "portals" => portal(file, leaf, &mut portals, errors),
            _ => errors.push(GrammarError {
                file: file.name.clone(),
                line: 0,
                column: 0,
                message: "unknown folder; use ids.toml, define.toml, forms, projects, panel, lexicon, narrative, codes, regions, sections, identities, portals or units"
                    .into(),
            }),
        }
    }
    for f in &bases {
        ids.define(ids::Kind::Form, f.id.get_ref(), &f.zh, "");
    }
    for (_, s) in &section_files {
        if let Some(id) = &s.id {
            ids.define(ids::Kind::Section, id.get_ref(), &s.zh, "");
        }
    }
    // The built-in files are the same in every run: the test of the grammar looks at them.
    for file in files.iter().filter(|f| f.own) {
        let mut found = Vec::new();
        ids::unknown(&file.name, &file.text.text, &ids, &mut found);
        mistakes(file, found, errors);
    }
    if !errors.is_empty() {
        return None;
    }
    let mut found = Vec::new();
    let mut c = Compiler { mistakes: &mut found };
    let mut lexicon = lexicon(&lexica, &mut c);
    bases.sort_by(|a, b| a.id.get_ref().cmp(b.id.get_ref()));
    let forms: Vec<Form> = bases.iter().map(|b| form(b, &parts, &mut c)).collect();
    let mut regional = Vec::new();
    for (file, r) in regions {
        let mut own = Vec::new();
        for addition in &r.form {
            match bases.iter().find(|b| b.id.get_ref() == addition.id.get_ref()) {
                Some(base) => {
                    let mut merged = base.clone();
                    extend(&mut merged, addition);
                    if own_files {
                        let mut m = Vec::new();
                        form(addition, &parts, &mut Compiler { mistakes: &mut m });
                        m.retain(|(_, t)| !t.contains("[[title]]") && !t.contains("after ="));
                        mistakes(file, m, errors);
                    }
                    own.push(form(
                        &merged,
                        &parts,
                        &mut Compiler {
                            mistakes: &mut Vec::new(),
                        },
                    ));
                }
                None => {
                    let (line, column) = file.text.position(addition.id.span().start);
                    errors.push(GrammarError {
                        file: file.name.clone(),
                        line,
                        column,
                        message: format!("no form has the id `{}`", addition.id.get_ref()),
                    });
                }
            }
        }
        regional.push(Region {
            prefix: r.region.get_ref().clone(),
            zh: r.zh.clone(),
            forms: own,
            titles: Shared::default(),
        });
    }
    lexicon.learn_titles(forms.iter().chain(regional.iter().flat_map(|r: &Region| &r.forms)));
    for (_, message) in found {
        errors.push(GrammarError {
            file: "(all files together)".into(),
            line: 0,
            column: 0,
            message,
        });
    }
    let mut identities = Identities::default();
    for (file, i) in &identity_files {
        let mut own = Vec::new();
        identity::compile(i, &forms, &ids, &mut identities, &mut own);
        mistakes(file, own, errors);
    }
    for (file, i) in &identity_files {
        mistakes(file, laws::unknown(i, &identities), errors);
    }
    // Each file was checked by itself: what is wrong in it was said with its place.
    let all: Vec<ProjectsFile> = project_files.iter().map(|(_, p)| p.clone()).collect();
    let projects = projects::compile(&all, &mut Vec::new());
    for (file, p) in project_files.iter().filter(|_| own_files) {
        let mut own = Vec::new();
        projects::check_examples(p, &projects, &mut own);
        mistakes(file, own, errors);
    }
    let sections = compile_sections(&section_files, errors)?;
    let words: Vec<NarrativeFile> = narrative_files.iter().map(|(_, n)| n.clone()).collect();
    let mut wrong = Vec::new();
    let narrative = narrative::compile(&words, &codes, &mut wrong);
    for (number, mistake) in wrong {
        mistakes(narrative_files[number].0, vec![mistake], errors);
    }
    let narrative = narrative?;
    divisions.index();
    let sources: Vec<units::Source> = unit_files
        .iter()
        .enumerate()
        .map(|(number, (_, u))| units::Source {
            file: u.clone(),
            number,
        })
        .collect();
    let mut wrong = Vec::new();
    let units = units::compile(&sources, divisions, &mut wrong);
    for (number, mistake) in wrong {
        mistakes(unit_files[number].0, vec![mistake], errors);
    }
    let mut indicators = Vec::new();
    for (file, p) in &panel_files {
        let mut own = Vec::new();
        panel::compile(p, &forms, &ids, &mut indicators, &mut own);
        mistakes(file, own, errors);
    }
    identities.learn_names(&ids);
    let (mut overspent, mut continuity) = (Vec::new(), Vec::new());
    for (file, p) in &panel_files {
        let mut own = Vec::new();
        panel::overspent(p, &indicators, &mut overspent, &mut own);
        continuity.extend(panel::continuity(p, &indicators, &mut own));
        mistakes(file, own, errors);
    }
    let grammar = Grammar {
        ids,
        panel: indicators,
        overspent,
        continuity,
        units,
        projects,
        lexicon,
        parts,
        codes,
        forms,
        titles: Shared::default(),
        regional,
        sections,
        narrative,
        identities,
        portals,
    };
    if own_files {
        check_examples(&grammar, &bases, files, errors);
    }
    Some(grammar)
}

/// The file of the identifiers: at the root of the folder.
const IDS: &str = "ids.toml";

/// The identifiers of all files.
fn identifiers(files: &[File], errors: &mut Vec<GrammarError>) -> Ids {
    let mut ids = Ids::default();
    for file in files.iter().filter(|f| f.name == IDS) {
        if let Some(own) = parse::<IdFile>(file, errors) {
            ids.add(own);
        }
    }
    ids
}

/// The files of the lexicon, and the parts of headers that they name.
fn words(files: &[File], checked: bool, errors: &mut Vec<GrammarError>) -> (Vec<LexiconFile>, Parts) {
    let mut lexica = Vec::new();
    let mut own_files = Vec::new();
    for file in files.iter().filter(|f| f.name.starts_with("lexicon/")) {
        if let Some(l) = parse::<LexiconFile>(file, errors) {
            if checked {
                let mut found = Vec::new();
                lexicon(std::slice::from_ref(&l), &mut Compiler { mistakes: &mut found });
                mistakes(file, found, errors);
            }
            lexica.push(l);
            own_files.push(file);
        }
    }
    let mut found = Vec::new();
    let parts = Parts::new(&lexica, &mut found);
    for (n, mistake) in found {
        mistakes(own_files[n], vec![mistake], errors);
    }
    (lexica, parts)
}

fn compile_sections(files: &[(&File, SectionFile)], errors: &mut Vec<GrammarError>) -> Option<sections::Sections> {
    let named: Vec<sections::Named<'_>> = files
        .iter()
        .map(|(f, s)| sections::Named { name: &f.name, file: s })
        .collect();
    let mut found = std::collections::BTreeMap::new();
    let out = sections::compile(&named, &mut found);
    for (name, own) in found {
        if let Some((file, _)) = files.iter().find(|(f, _)| f.name == name) {
            mistakes(file, own, errors);
        }
    }
    out
}

/// A file of `portals/`. A user's platform of the same id replaces the built-in one; a user's answers are added.
fn portal(file: &File, leaf: &str, portals: &mut Portals, errors: &mut Vec<GrammarError>) {
    let mut found = Vec::new();
    if leaf == "answers.toml" {
        if let Some(a) = parse::<Answers>(file, errors) {
            if file.own {
                Lint { mistakes: &mut found }.answers(&a);
            }
            let all = &mut portals.answers;
            all.challenge.extend(a.challenge);
            all.soft404.extend(a.soft404);
            all.render.extend(a.render);
            all.corrections.extend(a.corrections);
            all.no_names.extend(a.no_names);
            all.counters.extend(a.counters);
        }
    } else if let Some(p) = parse::<Portal>(file, errors) {
        if file.own {
            Lint { mistakes: &mut found }.portal(&p);
        }
        if leaf.trim_end_matches(".toml") != p.id.get_ref() {
            let message = format!("a platform stands in the file of its id: `{}.toml`", p.id.get_ref());
            found.push((p.id.span(), message));
        }
        portals.platforms.retain(|o| o.id.get_ref() != p.id.get_ref());
        portals.platforms.push(p);
        portals.platforms.sort_by(|a, b| a.id.get_ref().cmp(b.id.get_ref()));
    }
    mistakes(file, found, errors);
}

fn extend(base: &mut FormFile, layer: &FormFile) {
    base.title.extend(layer.title.iter().cloned());
    base.examples.extend(layer.examples.iter().cloned());
    base.counter_examples.extend(layer.counter_examples.iter().cloned());
    base.about.extend(layer.about.iter().cloned());
    base.groups.extend(layer.groups.iter().cloned());
    // What a layer says comes first: a region's or a user's own rule wins over the general one.
    base.column.splice(0..0, layer.column.iter().cloned());
    base.row.splice(0..0, layer.row.iter().cloned());
    if layer.fund.is_some() {
        base.fund = layer.fund.clone();
    }
}

/// The form whose title a line is: the longest title wins; a table that is none of the forms has titles too.
pub fn form_of_title<'g>(lexicon: &Lexicon, forms: &[&'g Form], line: &str) -> Option<(&'g Form, super::TitleMatch)> {
    let folded = super::compile::title_key(line);
    let bare = lexicon.without_ordinal(&folded);
    let best = lexicon
        .forms_titled(forms, bare)
        .into_iter()
        .max_by_key(|(_, m)| m.length)?;
    if nearly_another(forms, &best, bare) {
        return None;
    }
    match lexicon.other_title(bare) {
        Some(other) if other > best.1.length => None,
        _ => Some(best),
    }
}

/// How many characters of a title may be lost or misread before it is no longer nearly that title.
const SLIPS: usize = 2;

/// Whether a line that ends with the title of a form is nearly the longer title of another one: a character was lost or misread, and
/// what stands before the shorter title is no name of a unit but the rest of the longer one.
fn nearly_another(forms: &[&Form], best: &(&Form, super::TitleMatch), bare: &str) -> bool {
    if best.1.prefix.is_empty() {
        return false;
    }
    let line: Vec<char> = bare.chars().collect();
    let matched = bare[bare.len() - best.1.length..].chars().count();
    forms.iter().filter(|f| f.id != best.0.id).any(|f| {
        let title = super::compile::title_key(&f.zh);
        let length = title.chars().count();
        if length < matched + SLIPS + 1 {
            return false;
        }
        (length - SLIPS..=length + SLIPS).any(|n| {
            let tail: String = line[line.len().saturating_sub(n)..].iter().collect();
            strsim::osa_distance(&tail, &title) <= SLIPS
        })
    })
}

fn check_examples(g: &Grammar, bases: &[FormFile], files: &[File], errors: &mut Vec<GrammarError>) {
    let forms: Vec<&Form> = g.forms.iter().collect();
    for base in bases {
        let id = base.id.get_ref();
        let file = files.iter().find(|f| f.name == format!("forms/{id}.toml"));
        let mut fail = |span: std::ops::Range<usize>, message: String| {
            let (name, line, column) = match file {
                Some(f) => {
                    let (l, c) = f.text.position(span.start);
                    (f.name.clone(), l, c)
                }
                None => (id.clone(), 0, 0),
            };
            errors.push(GrammarError {
                file: name,
                line,
                column,
                message,
            });
        };
        for e in &base.examples {
            match form_of_title(&g.lexicon, &forms, e.get_ref()) {
                Some((f, _)) if f.id == *id => {}
                Some((f, _)) => fail(
                    e.span(),
                    format!("the example `{}` is taken for `{}`", e.get_ref(), f.id),
                ),
                None => fail(e.span(), format!("the example `{}` matches no title", e.get_ref())),
            }
        }
        for e in &base.counter_examples {
            if form_of_title(&g.lexicon, &forms, e.get_ref()).is_some_and(|(f, _)| f.id == *id) {
                fail(
                    e.span(),
                    format!("the counter-example `{}` is taken for `{id}`", e.get_ref()),
                );
            }
        }
    }
}

//! Files to grammar, folder by folder. Comes in: the files, built-in ones first. Goes out: the grammar, or every mistake of every file.
//! Each folder has a step of its own: read its files, then compile them all.

use super::super::codes::Codes;
use super::super::compile::{Extent, Form, form, lexicon};
use super::super::fragments;
use super::super::identity::{self, Identities, IdentityFile};
use super::super::ids::{self, IdFile, Ids};
use super::super::mistake::{Compiler, Mistake, no_form};
use super::super::narrative::{self, Narrative, NarrativeFile};
use super::super::panel::{self, Continuity, Indicator, Overspent, PanelFile};
use super::super::parts::Parts;
use super::super::portals::{Answers, Lint, Portal, Portals};
use super::super::projects::{self, Projects, ProjectsFile};
use super::super::regions::Divisions;
use super::super::schema::{FormFile, LexiconFile, RegionFile};
use super::super::sections::{self, SectionFile, Sections};
use super::super::units::{self, Units, UnitsFile};
use super::super::{Grammar, Region, laws};
use super::files::{File, GrammarError, mistakes, parse};
use super::titles::check_examples;
use crate::memo::Shared;
use std::collections::BTreeMap;

/// The file of the identifiers: at the root of the folder.
const IDS: &str = "ids.toml";

/// What stands in the files, by folder, each with the file that it stands in.
struct Rooms<'f> {
    files: &'f [File],
    /// A file of a user is among them: what is wrong in it is said with its place.
    checked: bool,
    parts: Parts,
    forms: Vec<FormFile>,
    regions: Vec<(&'f File, RegionFile)>,
    identities: Vec<(&'f File, IdentityFile)>,
    projects: Vec<(&'f File, ProjectsFile)>,
    sections: Vec<(&'f File, SectionFile)>,
    narrative: Vec<(&'f File, NarrativeFile)>,
    panel: Vec<(&'f File, PanelFile)>,
    units: Vec<(&'f File, UnitsFile)>,
    divisions: Divisions,
    codes: Codes,
    portals: Portals,
    errors: &'f mut Vec<GrammarError>,
}

/// The grammar of all files.
pub(super) fn assemble(files: &[File], checked: bool, errors: &mut Vec<GrammarError>) -> Option<Grammar> {
    let (lexica, parts) = words(files, checked, errors);
    let ids = identifiers(files, errors);
    let mut rooms = Rooms {
        files,
        checked,
        parts,
        forms: Vec::new(),
        regions: Vec::new(),
        identities: Vec::new(),
        projects: Vec::new(),
        sections: Vec::new(),
        narrative: Vec::new(),
        panel: Vec::new(),
        units: Vec::new(),
        divisions: Divisions::default(),
        codes: Codes::default(),
        portals: Portals::default(),
        errors,
    };
    for file in files {
        rooms.read(file);
    }
    let ids = rooms.ids(ids);
    if !rooms.errors.is_empty() {
        return None;
    }
    rooms.compile(&lexica, ids)
}

impl<'f> Rooms<'f> {
    /// Reads a file into its folder.
    fn read(&mut self, file: &'f File) {
        let (room, leaf) = file.room();
        match room {
            // Read before the rest.
            "lexicon" => {}
            "" if leaf == IDS || leaf == fragments::FILE => {}
            "forms" => self.read_form(file, leaf),
            "regions" => self.regions.extend(parse(file, self.errors).map(|r| (file, r))),
            "codes" => self.read_codes(file, leaf),
            "identities" => self.identities.extend(parse(file, self.errors).map(|i| (file, i))),
            "projects" => self.read_projects(file),
            "panel" => self.panel.extend(parse(file, self.errors).map(|p| (file, p))),
            "units" => self.read_units(file, leaf),
            "sections" => self.sections.extend(parse(file, self.errors).map(|s| (file, s))),
            "narrative" => self.narrative.extend(parse(file, self.errors).map(|n| (file, n))),
            "portals" => portal(file, leaf, &mut self.portals, self.errors),
            _ => self.errors.push(file.error(
                (0, 0),
                "unknown folder; use ids.toml, define.toml, forms, projects, panel, lexicon, narrative, codes, regions, sections, \
                 identities, portals or units",
            )),
        }
    }

    /// A form, or a layer over one.
    fn read_form(&mut self, file: &File, leaf: &str) {
        let Some(f) = parse::<FormFile>(file, self.errors) else {
            return;
        };
        let id = f.id.get_ref();
        if leaf.trim_end_matches(".toml") != id {
            let message = format!("a form stands in the file of its id: `{id}.toml`");
            self.errors
                .push(file.error(file.text.position(f.id.span().start), message));
        }
        let base = self.forms.iter_mut().find(|b| b.id.get_ref() == id);
        if self.checked {
            let extent = if base.is_some() { Extent::Layer } else { Extent::Whole };
            mistakes(file, form_mistakes(&f, extent, &self.parts), self.errors);
        }
        match base {
            Some(b) => extend(b, &f),
            None => self.forms.push(f),
        }
    }

    fn read_codes(&mut self, file: &File, leaf: &str) {
        let text = &file.text.text;
        let read = match leaf {
            "function_classes.csv" => self.codes.add_classes(text),
            "economic_items.csv" => self.codes.add_economic(text),
            "function_items.csv" => self.codes.add_functions(text),
            "regions.csv" => self.divisions.add(text),
            _ => Ok(()),
        };
        if let Err((line, message)) = read {
            self.errors.push(file.error((line, 1), message));
        }
    }

    fn read_projects(&mut self, file: &'f File) {
        let Some(p) = parse::<ProjectsFile>(file, self.errors) else {
            return;
        };
        let mut found = Vec::new();
        if self.checked {
            projects::lint(&p, &mut found);
        }
        mistakes(file, found, self.errors);
        self.projects.push((file, p));
    }

    fn read_units(&mut self, file: &'f File, leaf: &str) {
        let mut found = Vec::new();
        let read = if leaf.ends_with(".csv") {
            Some(units::from_csv(&file.text.text, &mut found))
        } else {
            parse::<UnitsFile>(file, self.errors)
        };
        if let Some(u) = read {
            units::lint(&u, &mut found);
            self.units.push((file, u));
        }
        mistakes(file, found, self.errors);
    }

    /// The ids of all files, and those that nobody knows. The built-in files are the same in every run: the test of the grammar looks
    /// at them.
    fn ids(&mut self, mut ids: Ids) -> Ids {
        for f in &self.forms {
            ids.define(ids::Kind::Form, f.id.get_ref(), &f.zh, "");
        }
        for (_, s) in &self.sections {
            if let Some(id) = &s.id {
                ids.define(ids::Kind::Section, id.get_ref(), &s.zh, "");
            }
        }
        for file in self.files.iter().filter(|f| f.own) {
            let mut found = Vec::new();
            ids::unknown(&file.name, &file.text.text, &ids, &mut found);
            mistakes(file, found, self.errors);
        }
        ids
    }

    /// Everything compiled; each step uses what stands above it.
    fn compile(mut self, lexica: &[LexiconFile], ids: Ids) -> Option<Grammar> {
        let mut found = Vec::new();
        let mut c = Compiler { mistakes: &mut found };
        let mut lexicon = lexicon(lexica, &mut c);
        self.forms.sort_by(|a, b| a.id.get_ref().cmp(b.id.get_ref()));
        let forms: Vec<Form> = self
            .forms
            .iter()
            .map(|b| form(b, Extent::Whole, &self.parts, &mut c))
            .collect();
        let regional = self.regional();
        lexicon.learn_titles(forms.iter().chain(regional.iter().flat_map(|r: &Region| &r.forms)));
        self.errors.extend(found.into_iter().map(|(_, message)| GrammarError {
            file: "(all files together)".into(),
            line: 0,
            column: 0,
            message,
        }));
        let mut identities = self.identities(&forms, &ids);
        let projects = self.projects();
        let sections = self.sections()?;
        let narrative = self.narrative()?;
        let units = self.units();
        let panel = self.panel(&forms, &ids);
        identities.learn_names(&ids);
        let (overspent, continuity) = self.pairs(&panel);
        let grammar = Grammar {
            ids,
            panel,
            overspent,
            continuity,
            units,
            projects,
            lexicon,
            parts: self.parts,
            codes: self.codes,
            forms,
            titles: Shared::default(),
            regional,
            sections,
            narrative,
            identities,
            portals: self.portals,
        };
        if self.checked {
            check_examples(&grammar, &self.forms, self.files, self.errors);
        }
        Some(grammar)
    }

    /// The overlays of regions over the forms.
    fn regional(&mut self) -> Vec<Region> {
        let mut out = Vec::new();
        for (file, r) in &self.regions {
            let mut own = Vec::new();
            for addition in &r.form {
                let id = addition.id.get_ref();
                let Some(base) = self.forms.iter().find(|b| b.id.get_ref() == id) else {
                    let at = file.text.position(addition.id.span().start);
                    let known = self.forms.iter().map(|f| f.id.get_ref().as_str());
                    self.errors.push(file.error(at, no_form(known, id)));
                    continue;
                };
                if self.checked {
                    mistakes(file, form_mistakes(addition, Extent::Layer, &self.parts), self.errors);
                }
                let mut merged = base.clone();
                extend(&mut merged, addition);
                // What is wrong in it was said where it stands.
                let mut said = Vec::new();
                own.push(form(
                    &merged,
                    Extent::Whole,
                    &self.parts,
                    &mut Compiler { mistakes: &mut said },
                ));
            }
            out.push(Region {
                prefix: r.region.get_ref().clone(),
                zh: r.zh.clone(),
                forms: own,
                titles: Shared::default(),
            });
        }
        out
    }

    fn identities(&mut self, forms: &[Form], ids: &Ids) -> Identities {
        let mut identities = Identities::default();
        for (file, i) in &self.identities {
            let mut own = Vec::new();
            identity::compile(i, forms, ids, &mut identities, &mut own);
            mistakes(file, own, self.errors);
        }
        for (file, i) in &self.identities {
            mistakes(file, laws::unknown(i, &identities), self.errors);
        }
        identities
    }

    fn projects(&mut self) -> Projects {
        // Each file was checked by itself: what is wrong in it was said with its place.
        let all: Vec<ProjectsFile> = self.projects.iter().map(|(_, p)| p.clone()).collect();
        let projects = projects::compile(&all, &mut Vec::new());
        for (file, p) in self.projects.iter().filter(|_| self.checked) {
            let mut own = Vec::new();
            projects::check_examples(p, &projects, &mut own);
            mistakes(file, own, self.errors);
        }
        projects
    }

    fn sections(&mut self) -> Option<Sections> {
        let named: Vec<sections::Named<'_>> = self
            .sections
            .iter()
            .map(|(f, s)| sections::Named { name: &f.name, file: s })
            .collect();
        let mut found = BTreeMap::new();
        let out = sections::compile(&named, &mut found);
        for (name, own) in found {
            if let Some((file, _)) = self.sections.iter().find(|(f, _)| f.name == name) {
                mistakes(file, own, self.errors);
            }
        }
        out
    }

    fn narrative(&mut self) -> Option<Narrative> {
        let words: Vec<NarrativeFile> = self.narrative.iter().map(|(_, n)| n.clone()).collect();
        let mut wrong = Vec::new();
        let narrative = narrative::compile(&words, &self.codes, &mut wrong);
        for (number, mistake) in wrong {
            mistakes(self.narrative[number].0, vec![mistake], self.errors);
        }
        narrative
    }

    fn units(&mut self) -> Units {
        let mut divisions = std::mem::take(&mut self.divisions);
        divisions.index();
        let sources: Vec<units::Source> = self
            .units
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
            mistakes(self.units[number].0, vec![mistake], self.errors);
        }
        units
    }

    fn panel(&mut self, forms: &[Form], ids: &Ids) -> Vec<Indicator> {
        let mut indicators = Vec::new();
        for (file, p) in &self.panel {
            let mut own = Vec::new();
            panel::compile(p, forms, ids, &mut indicators, &mut own);
            mistakes(file, own, self.errors);
        }
        indicators
    }

    /// What may be overspent, and what closes one year and opens the next.
    fn pairs(&mut self, indicators: &[Indicator]) -> (Vec<Overspent>, Vec<Continuity>) {
        let (mut overspent, mut continuity) = (Vec::new(), Vec::new());
        for (file, p) in &self.panel {
            let mut own = Vec::new();
            panel::overspent(p, indicators, &mut overspent, &mut own);
            continuity.extend(panel::continuity(p, indicators, &mut own));
            mistakes(file, own, self.errors);
        }
        (overspent, continuity)
    }
}

/// The mistakes of a form, or of a layer over one.
fn form_mistakes(f: &FormFile, extent: Extent, parts: &Parts) -> Vec<Mistake> {
    let mut found = Vec::new();
    form(f, extent, parts, &mut Compiler { mistakes: &mut found });
    found
}

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

/// A file of `portals/`. A user's platform of the same id replaces the built-in one; a user's answers are added.
pub(super) fn portal(file: &File, leaf: &str, portals: &mut Portals, errors: &mut Vec<GrammarError>) {
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

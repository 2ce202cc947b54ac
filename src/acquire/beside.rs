//! Files that were published side by side: in one folder, in one folder of an archive, linked by one page. An announcement may give
//! its text in one of them and its tables in another. Comes in: all inputs. Goes out: the same, each knowing the others where it
//! matters. Which of them are one document is decided later, by what they say.

use super::Input;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// More files than this side by side are no announcement but a collection: they stay apart.
const MOST: usize = 200;

/// So few files side by side may be one announcement although none of them is a workbook: its text and its tables as two PDFs
/// or two Word files. Of more, nobody has to read each twice to find that out.
const FEW: usize = 4;

/// How the names of workbooks end: the tables of an announcement in several files.
const WORKBOOKS: &[&str] = &["xlsx", "xls", "et"];

/// Files side by side, by name.
#[derive(Debug)]
pub struct Beside {
    /// All of them.
    pub files: Vec<Input>,
    /// Which of them are one document; found when the first of them is read.
    pub joins: OnceLock<Vec<Join>>,
}

/// Files that are one document: numbers in [`Beside::files`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The file with the text.
    pub main: usize,
    /// Those with its tables.
    pub tables: Vec<usize>,
}

/// The folder of a file, or of a member of an archive.
pub(super) fn folder(input: &Input) -> Option<String> {
    let around = match input.member.is_empty() {
        true => input.path.parent()?,
        false => input.path.as_path(),
    };
    let inside = input.name.rsplit_once('/').map_or("", |(folder, _)| folder);
    Some(format!("{}\n{inside}", around.display()))
}

impl Input {
    /// Whether its name is that of a workbook.
    pub fn is_workbook(&self) -> bool {
        Path::new(&self.name)
            .extension()
            .is_some_and(|e| WORKBOOKS.iter().any(|n| e.eq_ignore_ascii_case(n)))
    }
}

/// Tells files of one key of each other, where a workbook stands beside another kind of file, or where they are few.
pub(super) fn group(inputs: &mut [Input], key: impl Fn(&Input) -> Option<String>) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (n, i) in inputs.iter().enumerate() {
        if let Some(key) = key(i).filter(|_| i.error.is_none()) {
            groups.entry(key).or_default().push(n);
        }
    }
    for mut members in groups.into_values() {
        let workbooks = members.iter().filter(|n| inputs[**n].is_workbook()).count();
        let few = (2..=FEW).contains(&members.len());
        if (workbooks == 0 && !few) || workbooks == members.len() || members.len() > MOST {
            continue;
        }
        members.sort_by(|a, b| inputs[*a].name.cmp(&inputs[*b].name));
        let beside = Arc::new(Beside {
            files: members.iter().map(|n| inputs[*n].clone()).collect(),
            joins: OnceLock::new(),
        });
        for n in members {
            inputs[n].beside = Some(Arc::clone(&beside));
        }
    }
}

//! Code lists: 功能分类 classes by name, 经济分类 items by code, each with the years in which it was valid. A code table without
//! years is wrong: 30311 was 住房公积金 to 2017 and is 代缴社会保险费 since 2020.

use super::narrative::Class;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// A row of 经济分类.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EconomicItem {
    /// Three or five digits.
    pub code: String,
    /// Its official name.
    pub name: String,
    /// `personnel` or `public`, where the list says so.
    pub group: Option<String>,
    /// First year of validity.
    pub first_year: i16,
    /// Last year of validity, `None` while valid.
    pub last_year: Option<i16>,
}

/// The code lists of `grammars/codes/`.
#[derive(Clone, Debug, Default)]
pub struct Codes {
    classes: BTreeMap<String, String>,
    economic: Vec<EconomicItem>,
    /// 经济分类 by folded name: places in the list.
    by_name: BTreeMap<String, Vec<usize>>,
    /// 款 and 项 of 功能分类 by folded name.
    functions: BTreeMap<String, Vec<String>>,
    /// The folded names of each code of 功能分类 (款, 项) and 经济分类.
    names: FxHashMap<String, Vec<String>>,
    /// Every character of the names, once the lists are whole.
    signs: OnceLock<BTreeSet<char>>,
}

/// The word that older forms leave out at the end of a name.
const SPENDING: &str = "支出";
/// So many characters of a name that one code has are those of no other.
const LONG: usize = 6;
/// What may stand behind the name of a class.
const TAILS: [&str; 3] = ["", SPENDING, "事务"];

/// A name with the other words for "and".
fn spellings(name: &str) -> Vec<String> {
    let mut out = vec![name.to_string()];
    for (from, to) in [("和", "与"), ("和", "及"), ("与", "和"), ("和", "、"), ("的", "")] {
        let other = name.replace(from, to);
        if !out.contains(&other) {
            out.push(other);
        }
    }
    out
}

/// The word at the end of a class name that older forms leave out.
fn short(name: &str) -> &str {
    name.strip_suffix(SPENDING).unwrap_or(name)
}

impl Codes {
    /// The name of the lists that a name is meant to be, where one or two characters in it are others: a slip of the pen or of a
    /// program for character recognition. `None` for names that stand in the lists, and for those that are like none.
    pub fn nearly(&self, name: &str) -> Option<&str> {
        let key = crate::text::key(name);
        let bare = short(&key);
        let (full, len) = (format!("{bare}{SPENDING}"), bare.chars().count());
        let known =
            |n: &str| self.functions.contains_key(n) || self.classes.contains_key(n) || self.by_name.contains_key(n);
        if len < 4 || known(bare) || known(&full) || known(&key) {
            return None;
        }
        let names = || {
            let all = self
                .functions
                .keys()
                .chain(self.classes.keys())
                .chain(self.by_name.keys());
            all.map(String::as_str)
        };
        // The lists are not complete, and names are like each other: only a character that no name has tells a slip.
        let strange: Vec<usize> = (bare.chars().enumerate())
            .filter(|(_, c)| !self.has_sign(*c))
            .map(|(k, _)| k)
            .collect();
        let near = |n: &&str| {
            let n = short(n);
            let same = |(k, (a, b)): (usize, (char, char))| a == b || strange.contains(&k);
            n.chars().count() == len && bare.chars().zip(n.chars()).enumerate().all(same)
        };
        (!strange.is_empty() && strange.len() <= 2)
            .then(|| names().find(near))
            .flatten()
    }

    fn has_sign(&self, c: char) -> bool {
        let names = || {
            self.functions
                .keys()
                .chain(self.classes.keys())
                .chain(self.by_name.keys())
        };
        self.signs
            .get_or_init(|| names().flat_map(|n| n.chars()).collect())
            .contains(&c)
    }

    /// Whether a folded name stands in the list of 经济分类, or in that of 功能分类.
    pub fn is_name(&self, name: &str, economic: bool) -> bool {
        match economic {
            true => self.by_name.contains_key(name),
            false => self.functions.contains_key(name) || self.class_of(name).is_some(),
        }
    }

    /// The code that a name has, where the one beside it stands in no list and differs from it by one digit. The lists of functions are
    /// not complete: there only a long name that one code alone has tells.
    pub fn meant(&self, code: &str, name: &str) -> Option<&str> {
        if code.len() < 5 || self.names.contains_key(code) {
            return None;
        }
        let key = crate::text::key(name);
        let long = key.chars().count() >= LONG;
        let functions = self.functions.get(&key).filter(|c| c.len() == 1 && long);
        // A name that the years place differently stands in the list more than once.
        let economic = || {
            let all = self.by_name.get(&key).into_iter().flatten();
            all.map(|n| &self.economic[*n].code)
        };
        let economic = economic().next().filter(|first| economic().all(|c| c == *first));
        let near =
            |c: &&String| c.len() == code.len() && c.bytes().zip(code.bytes()).filter(|(a, b)| a != b).count() == 1;
        functions
            .into_iter()
            .flatten()
            .chain(economic)
            .find(near)
            .map(String::as_str)
    }

    /// The name that the lists give a code, where the one beside it differs from it by one character and stands in no list.
    pub fn slip(&self, code: &str, name: &str) -> Option<&str> {
        let key = crate::text::key(name);
        let known =
            self.functions.contains_key(&key) || self.by_name.contains_key(&key) || self.class_of(&key).is_some();
        let length = key.chars().count();
        if known || length < 3 {
            return None;
        }
        let mut own = self.names.get(code).into_iter().flatten();
        let slips = |n: &&String| {
            n.chars().count() == length && n.chars().zip(key.chars()).filter(|(a, b)| a != b).count() == 1
        };
        own.find(slips).map(String::as_str)
    }

    /// Whether a name has a character that no name of the lists has, two of them side by side, and stands in no list.
    pub fn is_strange(&self, name: &str) -> bool {
        let key = crate::text::key(name);
        let strange: Vec<bool> = key
            .chars()
            .map(|c| c.is_alphabetic() && !c.is_ascii() && !self.has_sign(c))
            .collect();
        strange.windows(2).any(|w| w[0] && w[1])
    }

    /// Reads the list of classes (`code,name,first_year,last_year`); the error is a line number and a message.
    pub fn add_classes(&mut self, csv: &str) -> Result<(), (usize, String)> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|e| (e.position().map_or(0, |p| p.line() as usize), e.to_string()))?;
            let line = record.position().map_or(0, |p| p.line() as usize);
            let (code, name) = (record.get(0).unwrap_or(""), record.get(1).unwrap_or(""));
            if code.len() != 3 || name.is_empty() {
                return Err((line, format!("`{code},{name}`: a class has three digits and a name")));
            }
            let name = crate::text::key(name);
            for key in [name.as_str(), short(&name)] {
                match self.classes.insert(key.to_string(), code.to_string()) {
                    Some(other) if other != code => {
                        return Err((line, format!("the name `{name}` stands for {other} and for {code}")));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Reads the list of 经济分类 items (`code,name,group,first_year,last_year`).
    pub fn add_economic(&mut self, csv: &str) -> Result<(), (usize, String)> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|e| (e.position().map_or(0, |p| p.line() as usize), e.to_string()))?;
            let line = record.position().map_or(0, |p| p.line() as usize);
            let field = |n: usize| record.get(n).unwrap_or("").to_string();
            let year = |n: usize| -> Result<Option<i16>, (usize, String)> {
                let f = field(n);
                if f.is_empty() {
                    return Ok(None);
                }
                f.parse().map(Some).map_err(|_| (line, format!("`{f}` is not a year")))
            };
            let name = crate::text::key(&field(1));
            self.names.entry(field(0)).or_default().push(name.clone());
            self.by_name.entry(name).or_default().push(self.economic.len());
            self.economic.push(EconomicItem {
                code: field(0),
                name: field(1),
                group: Some(field(2)).filter(|g| !g.is_empty()),
                first_year: year(3)?.unwrap_or(2007),
                last_year: year(4)?,
            });
        }
        Ok(())
    }

    /// Names of codes as a narrative writes them, each with its type and id: the code of a 类, the name itself of anything finer.
    pub(super) fn narrative_names(&self) -> Vec<(String, Class, String)> {
        let mut out = Vec::new();
        // A name of three characters stands in too many other words.
        let mut items: Vec<String> = self.functions.keys().cloned().collect();
        items.sort();
        let economic = self.economic.iter().filter(|e| e.code.len() > 3);
        for name in items.into_iter().chain(economic.map(|e| crate::text::key(&e.name))) {
            let brief = name.chars().count() < 4 && self.by_name.contains_key(&name);
            if brief || name.chars().count() > 3 {
                if !name.ends_with(SPENDING) {
                    out.push((format!("{name}{SPENDING}"), Class::Item, name.clone()));
                }
                out.push((name.clone(), Class::Item, name));
            }
        }
        for e in self.economic.iter().filter(|e| e.code.len() == 3) {
            for written in spellings(&crate::text::key(short(&e.name))) {
                for tail in ["", SPENDING] {
                    let text = format!("{written}{tail}");
                    if text.chars().count() > 3 {
                        out.push((text, Class::EconomicClass, e.code.clone()));
                    }
                }
            }
        }
        let mut classes: Vec<(&String, &String)> = self.classes.iter().collect();
        classes.sort();
        for (name, code) in classes {
            for written in spellings(short(name)) {
                for tail in TAILS {
                    let text = format!("{written}{tail}");
                    if text.chars().count() > 3 || tail == SPENDING {
                        out.push((text, Class::FunctionClass, code.clone()));
                    }
                }
            }
        }
        out
    }

    /// Whether a name is an item of 经济分类, and whether it is one of 功能分类 as well (住房公积金).
    pub fn is_economic(&self, name: &str) -> (bool, bool) {
        (self.by_name.contains_key(name), self.functions.contains_key(name))
    }

    /// The class whose name a folded text ends with, and where the name begins: `其中教育支出`.
    pub fn class_at_end<'t>(&self, text: &'t str) -> Option<(&str, &'t str)> {
        text.char_indices()
            .find_map(|(at, _)| self.class_of(&text[at..]).map(|c| (c, &text[at..])))
    }

    /// The class code of a folded label (一般公共服务支出 → `201`), whatever the year: templates lag behind the code list.
    pub fn class_of(&self, label: &str) -> Option<&str> {
        self.classes
            .get(label)
            .or_else(|| self.classes.get(short(label)))
            .map(String::as_str)
    }

    /// Whether a list of any year has the class (类) with which a code begins.
    pub fn has_class(&self, code: &str, economic: bool) -> bool {
        let Some(class) = code.get(..3) else { return false };
        match economic {
            true => self.economic.iter().any(|e| e.code == class),
            false => self.classes.values().any(|c| c == class),
        }
    }

    /// The 经济分类 item of a code in a year.
    pub fn economic(&self, code: &str, year: i16) -> Option<&EconomicItem> {
        self.economic
            .iter()
            .find(|e| e.code == code && e.first_year <= year && e.last_year.is_none_or(|l| year <= l))
    }

    /// Reads the list of 款 and 项 (`code,name`).
    pub fn add_functions(&mut self, csv: &str) -> Result<(), (usize, String)> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|e| (e.position().map_or(0, |p| p.line() as usize), e.to_string()))?;
            let line = record.position().map_or(0, |p| p.line() as usize);
            let (code, name) = (record.get(0).unwrap_or(""), record.get(1).unwrap_or(""));
            if !matches!(code.len(), 5 | 7) || name.is_empty() {
                return Err((
                    line,
                    format!("`{code},{name}`: a 款 has five digits, a 项 seven, and a name"),
                ));
            }
            let name = crate::text::key(name);
            let all = self.functions.entry(name.clone()).or_default();
            if !all.iter().any(|c| c == code) {
                all.push(code.to_string());
                self.names.entry(code.to_string()).or_default().push(name);
            }
        }
        Ok(())
    }

    /// Whether a list has a code with a folded name.
    pub fn is_listed(&self, code: &str, name: &str) -> bool {
        self.is_named(code, name) || self.names.get(code).is_some_and(|n| n.iter().any(|n| n == name))
    }

    /// Whether a code of the functional list has a folded name.
    pub fn is_named(&self, code: &str, name: &str) -> bool {
        match code.len() {
            3 => self.class_of(name) == Some(code),
            _ => self.names.get(code).is_some_and(|n| n.iter().any(|n| n == name)),
        }
    }

    /// The one code that has a folded name in a year, in a row below that of the code `above`. The class of a name is told without
    /// a row above; a name that several codes have is told only below the one that has it once.
    pub fn of_name(&self, name: &str, economic: bool, year: Option<i16>, above: Option<&str>) -> Option<&str> {
        let mut found: Vec<&str> = if economic {
            let valid = |e: &EconomicItem| year.is_none_or(|y| e.first_year <= y && e.last_year.is_none_or(|l| y <= l));
            let all = self.by_name.get(name).into_iter().flatten();
            all.map(|n| &self.economic[*n])
                .filter(|e| valid(e))
                .map(|e| e.code.as_str())
                .collect()
        } else {
            if let Some(class) = self.class_of(name) {
                return Some(class);
            }
            self.functions
                .get(name)
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect()
        };
        found.sort_unstable();
        found.dedup();
        // The list of 款 and 项 is not whole: a name counts only right below the class or the 款 of the row above.
        let class = above.and_then(|a| a.get(..3));
        let section = above.and_then(|a| a.get(..5));
        if class.is_some() || !economic {
            found.retain(|c| match (economic, c.len()) {
                (_, 3) => true,
                (false, 7) => section.is_some_and(|p| c.starts_with(p)),
                _ => class.is_some_and(|p| c.starts_with(p)),
            });
        }
        if found.len() > 1 {
            // 其他…支出 is the name of the 款 and, right below it, of its 项.
            let below = above.is_some_and(|a| a.len() == 5 && found.contains(&a));
            found.retain(|c| (c.len() == 7) == below);
        }
        match found.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

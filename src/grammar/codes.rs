//! Code lists: 功能分类 classes by name, 经济分类 items by code, each with the years in which it was valid. A code table without
//! years is wrong: 30311 was 住房公积金 to 2017 and is 代缴社会保险费 since 2020.

use std::collections::HashMap;

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
    classes: HashMap<String, String>,
    economic: Vec<EconomicItem>,
}

/// The word at the end of a class name that older forms leave out.
fn short(name: &str) -> &str {
    name.strip_suffix("支出").unwrap_or(name)
}

impl Codes {
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

    /// The class code of a folded label (一般公共服务支出 → `201`), whatever the year: templates lag behind the code list.
    pub fn class_of(&self, label: &str) -> Option<&str> {
        self.classes
            .get(label)
            .or_else(|| self.classes.get(short(label)))
            .map(String::as_str)
    }

    /// The 经济分类 item of a code in a year.
    pub fn economic(&self, code: &str, year: i16) -> Option<&EconomicItem> {
        self.economic
            .iter()
            .find(|e| e.code == code && e.first_year <= year && e.last_year.is_none_or(|l| year <= l))
    }
}

//! 行政区划: which region the beginning of a name is. Comes in: `codes/regions.csv` (code, name, years, successors; county level and
//! above). Goes out: every region that fits, the longest; two regions of one name are two answers, never one.

use std::collections::HashMap;

/// A region with one name over the years in which it had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// Six digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// First year of validity.
    pub first_year: i16,
    /// The year in which it changed, `None` while valid.
    pub last_year: Option<i16>,
    successors: Vec<String>,
}

impl Division {
    fn valid(&self, year: i16) -> bool {
        self.first_year <= year && self.last_year.is_none_or(|l| year <= l)
    }

    /// The digits that all regions inside it begin with; `None` for a county.
    fn inside(&self) -> Option<&str> {
        match (self.code.strip_suffix("0000"), self.code.strip_suffix("00")) {
            (Some(province), _) => Some(province),
            (None, Some(prefecture)) => Some(prefecture),
            (None, None) => None,
        }
    }
}

/// All regions.
#[derive(Clone, Debug, Default)]
pub struct Divisions {
    all: Vec<Division>,
    names: HashMap<String, Vec<usize>>,
    /// The longest name in characters.
    longest: usize,
    roots: Vec<usize>,
}

/// A region at the beginning of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    index: usize,
    /// How many bytes of the name it takes.
    pub length: usize,
}

impl Divisions {
    /// Adds rows (`code,name,first_year,last_year,successors`); the error is a line number and a message.
    pub fn add(&mut self, csv: &str) -> Result<(), (usize, String)> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|e| (e.position().map_or(0, |p| p.line() as usize), e.to_string()))?;
            let line = record.position().map_or(0, |p| p.line() as usize);
            let field = |n: usize| record.get(n).unwrap_or("");
            let code = field(0);
            if code.len() != 6 || !code.bytes().all(|b| b.is_ascii_digit()) || field(1).is_empty() {
                return Err((
                    line,
                    format!("`{code},{}`: a region has six digits and a name", field(1)),
                ));
            }
            let year = |n: usize| -> Result<Option<i16>, (usize, String)> {
                match field(n) {
                    "" => Ok(None),
                    f => f.parse().map(Some).map_err(|_| (line, format!("`{f}` is not a year"))),
                }
            };
            self.all.push(Division {
                code: code.to_string(),
                name: crate::text::key(field(1)),
                first_year: year(2)?.unwrap_or(0),
                last_year: year(3)?,
                successors: field(4)
                    .split(';')
                    .filter(|c| !c.is_empty())
                    .map(str::to_string)
                    .collect(),
            });
        }
        Ok(())
    }

    /// Builds what is looked up: call once after the last file.
    pub fn index(&mut self) {
        self.names.clear();
        for (n, d) in self.all.iter().enumerate() {
            self.longest = self.longest.max(d.name.chars().count());
            self.names.entry(d.name.clone()).or_default().push(n);
        }
        let mut by_code: HashMap<&str, Vec<usize>> = HashMap::new();
        for (n, d) in self.all.iter().enumerate() {
            by_code.entry(&d.code).or_default().push(n);
        }
        // A region goes on as another one when it became that one as a whole and nothing else did.
        let mut before: Vec<Vec<usize>> = vec![Vec::new(); self.all.len()];
        for (n, d) in self.all.iter().enumerate() {
            for code in d.successors.iter().filter(|c| **c != d.code) {
                for next in by_code.get(code.as_str()).into_iter().flatten() {
                    before[*next].push(n);
                }
            }
        }
        self.roots = (0..self.all.len())
            .map(|n| {
                let mut at = n;
                // As many steps as there are regions at most: a circle in the list ends.
                for _ in 0..32 {
                    let [one] = before[at].as_slice() else { break };
                    let (old, new) = (&self.all[*one], &self.all[at]);
                    let whole = old.successors.len() == 1 && old.last_year.is_some_and(|l| new.first_year >= l);
                    if !whole {
                        break;
                    }
                    at = *one;
                }
                at
            })
            .collect();
    }

    /// The regions with which a folded name begins: the longest ones, and of these those that are valid in the year, if any is.
    /// `needs_parent` names regions that count only behind the name of the region around them.
    pub fn at_start(&self, name: &str, year: Option<i16>, needs_parent: impl Fn(&str) -> bool) -> Vec<Found> {
        let mut out = Vec::new();
        self.walk(name, 0, None, &needs_parent, &mut out);
        let longest = out.iter().map(|f| f.length).max().unwrap_or(0);
        out.retain(|f| f.length == longest);
        // An old name is printed for some years more: it is not passed over for a shorter one that is valid.
        let valid = |f: &Found| year.is_none_or(|y| self.all[f.index].valid(y));
        if out.iter().any(valid) {
            out.retain(|f| valid(f));
        }
        out.sort_by_key(|f| (self.roots[f.index], f.index));
        // One region under one code in two spells of years is one region.
        out.dedup_by(|a, b| {
            self.all[a.index].code == self.all[b.index].code || self.roots[a.index] == self.roots[b.index]
        });
        out
    }

    fn walk(
        &self,
        name: &str,
        at: usize,
        around: Option<&str>,
        needs_parent: &impl Fn(&str) -> bool,
        out: &mut Vec<Found>,
    ) {
        let rest = &name[at..];
        let ends = rest.char_indices().map(|(i, c)| i + c.len_utf8());
        for end in ends.skip(1).take(self.longest) {
            let Some(indices) = self.names.get(&rest[..end]) else {
                continue;
            };
            for index in indices {
                let d = &self.all[*index];
                let inside = around.is_none_or(|a| d.code.starts_with(a) && d.inside() != Some(a));
                if !inside || (around.is_none() && needs_parent(&d.name)) {
                    continue;
                }
                out.push(Found {
                    index: *index,
                    length: at + end,
                });
                if let Some(within) = d.inside() {
                    self.walk(name, at + end, Some(within), needs_parent, out);
                }
            }
        }
    }

    /// The region itself.
    pub fn division(&self, f: &Found) -> &Division {
        &self.all[f.index]
    }

    /// The code under which the region stands in keys of units: that of the region that became it as a whole, if there is one.
    pub fn stable_code(&self, f: &Found) -> &str {
        &self.all[self.roots[f.index]].code
    }

    /// What the region is in a year, when one region is what it was or became as a whole.
    pub fn in_year(&self, f: &Found, year: Option<i16>) -> Found {
        let valid = |n: usize| year.is_none_or(|y| self.all[n].valid(y));
        let root = self.roots[f.index];
        let mut now = (0..self.all.len()).filter(|n| self.roots[*n] == root && valid(*n));
        match (valid(f.index), now.next(), now.next()) {
            (false, Some(index), None) => Found { index, ..f.clone() },
            _ => f.clone(),
        }
    }

    /// The region that has a code in a year; where none had it then, the one that had it last.
    pub fn by_code(&self, code: &str, year: Option<i16>) -> Option<Found> {
        let fits = |d: &Division| d.code == code && year.is_none_or(|y| d.valid(y));
        let index = self
            .all
            .iter()
            .position(fits)
            .or_else(|| self.all.iter().rposition(|d| d.code == code))?;
        Some(Found { index, length: 0 })
    }

    /// The names of the regions around one, in the year: prefecture and province.
    pub fn around(&self, f: &Found, year: Option<i16>) -> Vec<&str> {
        let code = &self.all[f.index].code;
        let mut out = Vec::new();
        for parent in [format!("{}00", &code[..4]), format!("{}0000", &code[..2])] {
            if parent != *code
                && let Some(p) = self.by_code(&parent, year)
            {
                out.push(self.all[p.index].name.as_str());
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Divisions {
        let mut d = Divisions::default();
        d.add(
            "code,name,first_year,last_year,successors\n310000,上海市,1981,,\n310107,普陀区,1981,,\n330000,浙江省,1981,,\n\
             330900,舟山市,1987,,\n330903,普陀区,1987,,\n510000,四川省,1981,,\n510402,东区,1981,,\n110000,北京市,1981,,\n\
             110118,密云区,2015,,\n110228,密云县,1981,2015,110118\n110103,崇文区,1981,2010,110101\n110101,东城区,1981,,\n",
        )
        .unwrap();
        d.index();
        d
    }

    fn codes(d: &Divisions, name: &str, year: i16) -> Vec<String> {
        let found = d.at_start(name, Some(year), |n| n == "东区");
        found.iter().map(|f| d.division(f).code.clone()).collect()
    }

    #[test]
    fn the_longest_name_wins_and_two_are_two() {
        let d = some();
        assert_eq!(codes(&d, "上海市普陀区财政局", 2020), ["310107"]);
        assert_eq!(codes(&d, "舟山市普陀区财政局", 2020), ["330903"]);
        assert_eq!(codes(&d, "浙江省普陀区财政局", 2020), ["330903"]);
        assert_eq!(codes(&d, "普陀区财政局", 2020), ["310107", "330903"]);
        assert_eq!(codes(&d, "上海市财政局", 2020), ["310000"]);
        assert_eq!(codes(&d, "东区街道办事处", 2020), [""; 0]);
        assert_eq!(codes(&d, "四川省东区财政局", 2020), ["510402"]);
    }

    #[test]
    fn a_region_that_became_another_as_a_whole_keeps_its_code_in_keys() {
        let d = some();
        let key = |name: &str, year| {
            let found = d.at_start(name, Some(year), |_| false);
            d.stable_code(&found[0]).to_string()
        };
        assert_eq!(codes(&d, "北京市密云县财政局", 2014), ["110228"]);
        assert_eq!(codes(&d, "北京市密云区财政局", 2018), ["110118"]);
        assert_eq!(key("密云县财政局", 2014), key("密云区财政局", 2018));
        // 崇文区 was merged into one that stood before: they stay two.
        assert_ne!(key("崇文区财政局", 2010), key("东城区财政局", 2012));
    }

    #[test]
    fn a_wrong_row_has_its_line() {
        let mut d = Divisions::default();
        let e = d
            .add("code,name,first_year,last_year,successors\n3101,上海,,,\n")
            .unwrap_err();
        assert_eq!(e.0, 2);
    }
}

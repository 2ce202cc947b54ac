//! What the name of a unit looks like. Comes in: `[names]` of `units/*.toml`. Goes out: `Names` and, with the regions,
//! [`Units::look`], which tells a name from the rest of a page. What does not fit is no name: a wrong one makes a unit that is none.

use super::lazy::Regex;
use super::mistake::Compiler;
use super::units::Units;
use serde::Deserialize;
use toml::Spanned;

/// Lists of patterns: field, what stands before and behind their regular expression, what they are.
macro_rules! names {
    ($($name:ident $before:literal $after:literal $doc:literal)+) => {
        /// `[names]`; lists of all files add up.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct NameFile {
            $(#[doc = $doc] #[serde(default)] pub $name: Vec<Spanned<String>>,)+
        }

        /// The same, compiled.
        #[derive(Clone, Debug)]
        pub(super) struct Names {
            $($name: Regex,)+
        }

        /// Compiles the words of all files.
        pub(super) fn compile<'f>(files: impl Iterator<Item = &'f NameFile> + Clone, c: &mut Compiler<'_>) -> Names {
            Names {
                $($name: {
                    let all: Vec<Spanned<String>> = files.clone().flat_map(|f| f.$name.iter().cloned()).collect();
                    c.regex(&all, $before, $after)
                },)+
            }
        }

        /// The mistakes of the words of one file.
        pub(super) fn lint(file: &NameFile, c: &mut Compiler<'_>) {
            $(for p in &file.$name { c.pattern(p); })+
        }
    };
}

names! {
    end "" "$" "How the name of a unit ends."
    end_or_region "" "$" "The same; a region may be named so as well."
    start_not "^" "" "How no name begins."
    inside_not "" "" "What stands in no name."
    inside_but "" "" "Of these it may be."
    region_end "" "$" "How the name of a region ends."
    town_end "" "$" "How the name of a town ends, which is a unit as well."
    region_start "^" "" "The beginning of a name that says where."
    region_start_not "^" "" "Words that look like that and say nothing."
    government "" "$" "How the name of a government ends that is more than a town's."
    party_start "^" "" "How the name of a body begins whose offices may stand in a line of their own."
    party_body "" "$" "How it ends."
    party_office "^" "$" "Its offices."
    joint "^" "$" "Two bodies with one account."
}

/// What a text may be the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A unit.
    Unit,
    /// A unit or a region: what is said of it decides.
    Either,
    /// A region.
    Region,
    /// Neither.
    Nothing,
}

/// The longest name of a unit, in characters.
const LONGEST: usize = 40;

impl Units {
    /// What a folded text looks like.
    pub fn look(&self, folded: &str) -> Look {
        let name = self.parse(folded, None);
        let (n, text) = (&self.shapes, name.primary.as_str());
        let count = folded.chars().count();
        if !self.could_be(folded) || count > LONGEST {
            return Look::Nothing;
        }
        if n.end_or_region.is_match(text) && count >= 3 {
            Look::Either
        } else if n.end.is_match(text) && count >= 3 {
            Look::Unit
        } else if n.region_end.is_match(text) && (count >= 2 || name.self_only) && count <= 20 {
            Look::Region
        } else {
            Look::Nothing
        }
    }

    /// Whether nothing speaks against a folded text as a name or as a part of one; how it ends does not matter.
    pub fn could_be(&self, folded: &str) -> bool {
        let allowed = |c: char| !c.is_ascii() && c.is_alphabetic() || c.is_ascii_digit() || "()、·".contains(c);
        let pairs = folded.matches('(').count() == folded.matches(')').count();
        let digits = folded.split(|c: char| !c.is_ascii_digit()).any(|d| d.len() >= 4);
        let real = || !self.divisions.at_start(folded, None, |_| false).is_empty();
        !folded.is_empty()
            && pairs
            && !digits
            && folded.chars().all(allowed)
            && !self
                .shapes
                .inside_not
                .is_match(&self.shapes.inside_but.replace_all(folded, ""))
            && (!self.shapes.start_not.is_match(folded) || real())
    }

    /// Whether a name says where: with a region, or like one; or as those do that need none.
    pub fn begins_with_place(&self, folded: &str) -> bool {
        if self.shapes.party_start.is_match(folded) || !self.parse(folded, None).regions.is_empty() {
            return true;
        }
        let place = self.shapes.region_start.find(folded);
        place.is_some_and(|m| folded[..m.end()].chars().count() <= 14 && m.end() < folded.len())
            && !self.shapes.region_start_not.is_match(folded)
    }

    /// Whether a text says where, or is the name of a region and no more.
    pub fn begins_with_place_or_is(&self, folded: &str) -> bool {
        self.begins_with_place(folded) || self.look(folded) == Look::Region
    }

    /// Whether a name is that of the government of a county or of more, whose name its site bears.
    pub fn is_government(&self, folded: &str) -> bool {
        self.shapes.government.is_match(folded)
    }

    /// Whether a name ends like that of a town.
    pub fn is_town(&self, folded: &str) -> bool {
        self.shapes.town_end.is_match(folded)
    }

    /// Whether a name in two lines is one name: the first is a body and the second its office, or both have one account.
    pub fn belong_together(&self, first: &str, second: &str) -> bool {
        let n = &self.shapes;
        n.party_start.is_match(first)
            && n.party_body.is_match(first)
            && !self.begins_with_place(second)
            && n.party_office.is_match(second)
            || n.joint.is_match(&format!("{first}{second}"))
    }
}

//! Words of covers: what a title, the furniture around it, a year and a label look like. Comes in: `[cover]` of the lexicon
//! files. Goes out: [`Covers`], compiled; all of it works on folded text.

use super::lazy::Regex;
use super::mistake::Compiler;
use serde::Deserialize;
use toml::Spanned;

/// Lists of patterns: field, what stands before and behind their regular expression, what they are.
macro_rules! covers {
    ($($name:ident $before:literal $after:literal $doc:literal)+) => {
        /// Words of the cover; lists of all files add up.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct CoverFile {
            $(#[doc = $doc] #[serde(default)] pub $name: Vec<Spanned<String>>,)+
            /// Kinds of documents that are no account of a unit.
            #[serde(default)]
            pub other: Vec<OtherFile>,
        }

        /// Words of the cover, compiled.
        #[derive(Clone, Debug)]
        pub struct Covers {
            $(#[doc = $doc] pub $name: Regex,)+
            /// Kinds of documents that are no account of a unit.
            pub other: Vec<Other>,
        }

        #[cfg(test)]
        impl Covers {
            fn all(&self) -> Vec<(&'static str, &Regex)> {
                vec![$((stringify!($name), &self.$name),)+]
            }
        }

        /// Compiles the words of all files.
        pub(super) fn compile(files: &[&CoverFile], c: &mut Compiler<'_>) -> Covers {
            Covers {
                $($name: {
                    let all: Vec<Spanned<String>> = files.iter().flat_map(|f| f.$name.iter().cloned()).collect();
                    c.regex(&all, $before, $after)
                },)+
                other: files.iter().flat_map(|f| &f.other).map(|o| other(o, c)).collect(),
            }
        }
    };
}

covers! {
    final_account "" "" "A line that says it is a final account."
    budget "" "" "A line that says it is a budget."
    fund "" "" "Words that hold one of these and say nothing of the kind."
    account "" "" "Where the name of the unit in a title ends at the latest."
    filler "" "$" "Between the name and that word."
    lead "^" "" "Before the name."
    title_label "^" "" "Labels of the title in the list of a page's data."
    text_begins "" "" "Where a title ends and the text begins."
    furniture "^" "" "What pages put around their text: how such a line begins."
    furniture_inside "" "" "The same anywhere in a line."
    template "" "" "A line that says it is a template."
    placeholder "" "" "What stands in a name that is still to be filled in."
    figure "" "" "A figure that a text states."
    department "" "" "部门."
    unit "" "" "单位."
    self_only "" "" "本级: the name is of one office of a department."
    self_only_line "" "" "A line in the body that says that the figures are of one office only."
    only_one "" "" "A line that says that the account is of one unit."
    consolidated "" "" "A line in the body that says whose figures are inside."
    name_label "^" "" "What stands before the name of the unit above a table."
    label_ends "" ".*$" "What stands behind a labelled name."
    name_heading "" "$" "What stands behind the name in a heading."
    not_a_name "^" "" "Lines of a cover that are no part of a name."
    heading "^" "" "How a heading of the text begins."
    year_word "" "" "What stands behind the four digits of a year."
    date_rest "^" "" "What stands behind the year of a day."
    compared "" "$" "What stands before a year with which the account's is compared."
    narrated "" "" "What stands behind the year of the account in a sentence."
    accounts "" "" "Words of the text of a final account."
    plans "" "" "Words of the text of a budget."
    table_word "" "$" "How the title of a table ends."
    summary_title "" "" "A title of 三公经费 of all units together."
    summary_text "" "" "A text about 三公经费 of all units together."
    three_public "" "" "三公经费."
}

/// `[[cover.other]]`: a kind of document that is no account of a department or unit.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherFile {
    /// Its id.
    pub id: String,
    /// Its Chinese name.
    pub zh: String,
    /// What it is, for messages.
    pub en: String,
    /// What its title says.
    pub title: Vec<Spanned<String>>,
    /// Unless the title says this.
    #[serde(default)]
    pub unless: Vec<Spanned<String>>,
    /// Only where the title names a region or nobody.
    #[serde(default)]
    pub without_unit: bool,
}

/// The same, compiled.
#[derive(Clone, Debug)]
pub struct Other {
    /// Its id.
    pub id: String,
    /// What it is, for messages.
    pub en: String,
    /// What its title says.
    pub title: Regex,
    /// Unless the title says this.
    pub unless: Regex,
    /// Only where the title names a region or nobody.
    pub without_unit: bool,
}

fn other(o: &OtherFile, c: &mut Compiler<'_>) -> Other {
    Other {
        id: o.id.clone(),
        en: format!("{} ({})", o.en, o.zh),
        title: c.regex(&o.title, "", ""),
        unless: c.regex(&o.unless, "", ""),
        without_unit: o.without_unit,
    }
}

#[cfg(test)]
mod tests {
    /// A pattern of which every part may be left out stands everywhere: a page in English spoke as a final account at each of its letters, and
    /// a budget without a title was one.
    #[test]
    fn no_word_of_a_cover_is_nothing() {
        let g = crate::grammar::load(None).unwrap();
        for (name, words) in g.lexicon.cover.all() {
            assert!(!words.is_match(""), "a pattern of `{name}` fits where nothing stands");
        }
        assert_eq!(g.lexicon.cover.accounts.find_iter("The quick brown fox").count(), 0);
    }
}

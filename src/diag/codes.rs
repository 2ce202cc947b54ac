//! What a code is, apart from the table of all of them ([`super::table`]).

use super::{Severity, Stage};

/// What a diagnostic says was not read. A sum over figures that were not read proves nothing about the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Nothing: something was doubted, repaired or left aside.
    Nothing,
    /// Rows or numbers of a table: a sum over its rows that fails says nothing about the document.
    Rows,
    /// Figures of a page, a file or a form, beyond single rows: what stands there nobody can say.
    Figures,
    /// A table may stand where nothing was read: any of the forms that were not found.
    AnyForm,
    /// A figure of a sentence; `printed` is the sentence.
    Sentence,
}

/// A language of the program's documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    En,
    /// Chinese.
    Zh,
}

/// What happened, and what to do about it.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// What happened.
    pub happened: &'static str,
    /// What a reader of the dataset does about it.
    pub what_to_do: &'static str,
}

/// One use of a code: how much it matters then, and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The severities with which it is said.
    pub severities: &'static [Severity],
    /// English, Chinese.
    pub(super) texts: [Explanation; 2],
}

impl Case {
    /// What it means, in a language.
    pub fn explanation(&self, language: Language) -> Explanation {
        self.texts[match language {
            Language::En => 0,
            Language::Zh => 1,
        }]
    }
}

/// Makes [`super::Code`] and its tables from the rows of [`super::table`].
macro_rules! codes {
    ($($variant:ident $word:literal $stage:ident $loss:ident {
        $($($severity:ident)+: $en:literal => $en_do:literal, $zh:literal => $zh_do:literal;)+
    })+) => {
        /// The stable word of a diagnostic (`diagnostics.code`), in the order of docs/diagnostics.md.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Code {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl Code {
            /// All of them, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant),+];

            /// The word that stands in the dataset.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$variant => $word,)+
                }
            }

            /// The stage that says it.
            pub fn stage(self) -> $crate::diag::Stage {
                match self {
                    $(Code::$variant => $crate::diag::Stage::$stage,)+
                }
            }

            /// What was not read.
            pub fn loss(self) -> $crate::diag::Loss {
                match self {
                    $(Code::$variant => $crate::diag::Loss::$loss,)+
                }
            }

            /// Its uses, the usual one first.
            pub fn cases(self) -> &'static [$crate::diag::Case] {
                match self {
                    $(Code::$variant => &[$($crate::diag::Case {
                        severities: &[$($crate::diag::Severity::$severity),+],
                        texts: [
                            $crate::diag::Explanation { happened: $en, what_to_do: $en_do },
                            $crate::diag::Explanation { happened: $zh, what_to_do: $zh_do },
                        ],
                    }),+],)+
                }
            }
        }
    };
}

/// Makes [`super::Refusal`] from the rows of [`super::table`].
macro_rules! refusals {
    ($($variant:ident $word:literal $status:literal: $en:literal => $en_do:literal, $zh:literal => $zh_do:literal;)+) => {
        /// Why a document was refused, failed or is of another kind: the stable word in `documents.error_code`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum Refusal {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl Refusal {
            /// All of them, in the order of the table.
            pub const ALL: &[Refusal] = &[$(Refusal::$variant),+];

            /// The word that stands in the dataset.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Refusal::$variant => $word,)+
                }
            }

            /// The `documents.status` that goes with it.
            pub fn status(self) -> &'static str {
                match self {
                    $(Refusal::$variant => $status,)+
                }
            }

            /// What it means, in a language.
            pub fn explanation(self, language: $crate::diag::Language) -> $crate::diag::Explanation {
                let texts = match self {
                    $(Refusal::$variant => [($en, $en_do), ($zh, $zh_do)],)+
                };
                let (happened, what_to_do) = texts[match language {
                    $crate::diag::Language::En => 0,
                    $crate::diag::Language::Zh => 1,
                }];
                $crate::diag::Explanation { happened, what_to_do }
            }
        }
    };
}

pub(super) use {codes, refusals};

impl super::Code {
    /// The code of a word of the dataset.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.as_str() == word)
    }

    /// Whether the table lists it with this severity.
    pub fn is_said_as(self, severity: Severity) -> bool {
        self.cases().iter().any(|c| c.severities.contains(&severity))
    }
}

impl super::Refusal {
    /// The refusal of a word of the dataset.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.as_str() == word)
    }
}

impl std::fmt::Display for super::Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::fmt::Display for super::Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// As the word that stands in the dataset.
impl PartialEq<&str> for super::Code {
    fn eq(&self, word: &&str) -> bool {
        self.as_str() == *word
    }
}

impl Stage {
    /// The word that stands in the dataset.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Acquire => "acquire",
            Stage::Read => "read",
            Stage::Layout => "layout",
            Stage::Recognise => "recognise",
            Stage::Normalise => "normalise",
            Stage::Check => "check",
        }
    }
}

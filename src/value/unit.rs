//! The unit of money in which a table or a sentence is printed.

use rust_decimal::Decimal;
use std::fmt;

/// 元, 万元 or 亿元.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Unit {
    /// 元.
    Yuan,
    /// 万元: 10,000 yuan.
    Wanyuan,
    /// 亿元: 100,000,000 yuan.
    Yiyuan,
}

impl Unit {
    /// How many yuan one unit is.
    pub fn yuan(self) -> Decimal {
        match self {
            Unit::Yuan => Decimal::ONE,
            Unit::Wanyuan => Decimal::from(10_000),
            Unit::Yiyuan => Decimal::from(100_000_000),
        }
    }

    /// The word that stands in the dataset and in the grammar files.
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::Yuan => "yuan",
            Unit::Wanyuan => "wanyuan",
            Unit::Yiyuan => "yiyuan",
        }
    }

    /// The unit of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "yuan" => Some(Unit::Yuan),
            "wanyuan" => Some(Unit::Wanyuan),
            "yiyuan" => Some(Unit::Yiyuan),
            _ => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

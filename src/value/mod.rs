//! Values as they are printed: amounts, units, years, codes. Knows how numbers are written, not what they mean.

pub mod amount;
pub mod code;
pub mod numeral;
pub mod unit;
pub mod uscc;
pub mod year;

pub use amount::{Amount, Notation};
pub use unit::Unit;

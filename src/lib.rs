//! juesuan turns published 决算 (final accounts) into exact, proven, quotable data.
//!
//! ```text
//! bytes → acquire → read → layout → recognise → normalise → check → write → dataset
//! ```
//!
//! Each arrow is one function; each stage is a module that knows the leaves, the grammar and the type that the stage
//! before it hands over, and never a later stage. The rules of the domain are data under `grammars/`. [`pipeline`] takes one
//! document through all stages and many documents in parallel.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod acquire;
pub mod check;
pub mod cli;
mod clock;
pub mod diag;
pub mod geom;
pub mod grammar;
pub mod ids;
pub mod layout;
mod memo;
pub mod normalise;
pub mod panel;
pub mod pipeline;
pub mod place;
pub mod read;
pub mod recognise;
pub mod record;
pub mod report;
mod spool;
pub mod text;
pub mod value;
pub mod write;

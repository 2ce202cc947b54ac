//! Fetching. Comes in: sources and a store. Goes out: a store that holds more. Everything asynchronous of the program lives here, on
//! one thread.
//!
//! ```text
//! crawl    what to ask for: lists, pages, attachments, and whether a list is complete
//! lists    pages of lists to rows; detail pages to attachments
//! fetch    one address through redirects, robots, gates, budgets, retries; what the answer is
//! client   one request on one connection to a checked address
//! ```

pub mod address;
pub mod client;
pub mod clock;
pub mod crawl;
pub mod fetch;
mod io;
pub mod lists;
pub mod polite;
pub mod robots;
pub mod run;

//! One test binary; one module for each thing that is guarded.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

/// Files that lie, are damaged or too large.
mod aligned;
/// Announcements in several files.
mod announcement;
mod bad_input;

/// Bombs, damage, and what changes under a run.
mod attack;
/// Inputs made at random from seeds.
mod blind;

/// Case files that anyone can add to: amounts, titles.
mod cases;
/// `check`, `report`, `annotate`.
mod check_commands;
/// Identities: what holds, what fails, who is to blame.
mod check_identities;
/// The program as a user runs it: messages, exit codes, files.
mod cli;
/// The dataset on a hostile disk.
mod cli_dataset;
/// The accounts of several units in one file.
mod compendium;
/// The real documents, where they are present.
mod corpus;
mod covers;
/// The same bytes for any number of threads and any order of the input.
mod determinism;
/// Narratives composed at random.
mod dialects;
/// Asking politely.
#[cfg(feature = "net")]
mod fetch_http;
/// Platforms, files, completeness.
#[cfg(feature = "net")]
mod fetch_platforms;
/// From sources to the panel: six units over four years.
#[cfg(feature = "net")]
mod fetch_portal;
/// The program: killed, stopped, from sources to a dataset.
#[cfg(feature = "net")]
mod fetch_program;
/// Every case of the plan has its test.
mod fetch_scenarios;
#[cfg(feature = "net")]
mod fetch_store;
/// The same account as PDF, text, HTML, Word and Excel.
mod five_types;
/// Excel and SQLite hold what the CSV holds.
mod formats;
/// Layouts of provinces and years.
mod forms;
/// Grammar files: mistakes are found with their place; every example finds its own form.
mod grammar;
/// Heads of columns of which nobody knows whose they are.
mod heads;
/// Who may know whom; generated files are current.
mod house;
/// The page of a report, and the picture behind a figure.
mod looking;
/// Sentences, sections, glossary.
mod narrative;
/// Narratives that nobody tuned to.
mod narratives;
/// Final over budget.
mod overspent;
/// Unit × year × indicator.
mod panel;
/// Planted errors: each is found, with its culprit; clean documents give no alarm.
mod planted;
/// 项目自评表: projects, fund lines, indicators.
mod projects;
mod provinces;
mod read_corpus;
mod read_pages;
/// Text and Markdown: the same tables as PDF, every value with its bytes.
mod read_text;
/// What contradicts itself in the real documents, and what proves the rest.
mod real_accounts;
/// Generated documents with exact truth.
mod samples;
/// What a person sees of a page.
/// Lists, runs that go on, shares.
mod scale;
/// Pages that are only pictures.
#[cfg(feature = "ocr")]
mod scans;
/// Sections, glossary, institutions.
mod sections;
mod seen;
/// What a reader sees of a cell.
mod seen_in_files;
/// Units across the years: keys, registry, versions.
mod units;
/// The same units as files, from the folder to the panel.
mod units_files;
/// The writer by itself: every value under its column, nothing rounded, nothing overwritten.
mod write;

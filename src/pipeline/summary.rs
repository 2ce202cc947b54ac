//! Counts for the end of a run. Comes in: one row of a document after another. Goes out: how many of each kind there were.

use crate::record::{DocumentRow, Status};

/// Counts for the end of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Documents in all.
    pub documents: usize,
    /// Of these, read by an earlier run.
    pub known: usize,
    /// Of these, in blocks in which nothing changed: their rows were copied.
    pub copied: usize,
    /// Final accounts that were read.
    pub extracted: usize,
    /// Final accounts of which something was lost.
    pub partial: usize,
    /// Files whose content stands in other rows: with the text of their announcement, or in one row for each account.
    pub joined: usize,
    /// Budgets, templates, others.
    pub other_kinds: usize,
    /// Scans.
    pub not_readable: usize,
    /// Refused or failed.
    pub failed: usize,
    /// Facts.
    pub facts: u64,
    /// Facts held by an identity.
    pub held: u64,
    /// Statements.
    pub statements: u64,
    /// Findings that fail.
    pub findings_failed: u64,
    /// Tables, rows and numbers that nobody claimed.
    pub unclaimed: u64,
    /// Errors and warnings among the diagnostics.
    pub in_doubt: u64,
}

impl Summary {
    pub(super) fn add(&mut self, d: &DocumentRow, in_doubt: u32) {
        self.documents += 1;
        match d.status {
            Status::Extracted => self.extracted += 1,
            Status::Partial => self.partial += 1,
            Status::Joined | Status::Split => self.joined += 1,
            Status::NotAFinalAccount | Status::Unknown => self.other_kinds += 1,
            Status::NotReadable => self.not_readable += 1,
            Status::Failed => self.failed += 1,
        }
        self.facts += u64::from(d.facts);
        self.held += u64::from(d.facts_held);
        self.statements += u64::from(d.statements);
        self.findings_failed += u64::from(d.findings_failed);
        self.unclaimed += u64::from(d.unclaimed_blocks);
        self.in_doubt += u64::from(in_doubt);
    }
}

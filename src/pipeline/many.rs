//! Many documents in parallel, written in order: read now, or read by an earlier run ([`Known`]); and several datasets as one. What is
//! known only when all were seen (versions, units, findings between years) is made here in the same way for all of them, so that
//! the bytes are those of one whole run.

use super::{Context, Progress, Summary, one};
use crate::acquire::Input;
use crate::check;
use crate::diag::{Code, Diagnostic, Refusal, Severity};
use crate::grammar::Grammar;
use crate::place::Place;
use crate::record::{Extract, FindingOutcome};
use crate::write::blocks::Old;
use crate::write::parts::{self, Brief, Head, Key, Known, Parts};
use crate::write::{self, DatasetWriter};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Documents that may be done and wait for an earlier one, for each thread: bounds the memory while one is slow.
const WINDOW: usize = 16;

/// What one run reads.
pub struct Run<'r> {
    /// The documents, in the order of their ids.
    pub inputs: &'r [Input],
    /// What all documents share.
    pub cx: &'r Context<'r>,
    /// What earlier runs have read.
    pub known: &'r Known,
    /// Told what happens.
    pub progress: &'r dyn Progress,
}

/// What a thread does next.
enum Task {
    /// A document.
    Document(usize),
    /// A block in which nothing has changed, and the inputs in it.
    Block(u32, std::ops::Range<usize>),
}

/// What comes of it.
enum Came {
    Document(Box<Done>),
    /// What is needed of the documents of a block that is taken as it is.
    Block(u32, Vec<Head>),
}

struct Done {
    extract: Extract,
    seconds: Vec<(&'static str, f64)>,
    /// Its record, where those are kept.
    part: Result<Vec<u8>, String>,
    known: bool,
}

/// Everything about an input that its extract depends on, apart from program and rules: its bytes, its names, where it was published,
/// and the files that may be one announcement with it.
fn key(input: &Input) -> Key {
    let mut hasher = Sha256::new();
    let mut add = |text: &str| {
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    };
    add(&input.id.0);
    add(&input.name);
    add(&input.duplicates.len().to_string());
    input.duplicates.iter().for_each(|d| add(d));
    if let Some(o) = &input.origin {
        let (publisher, code) = (o.publisher.as_deref(), o.publisher_code.as_deref());
        for text in [
            &o.source_url,
            &o.retrieved_at,
            publisher.unwrap_or(""),
            code.unwrap_or(""),
        ] {
            add(text);
        }
    }
    for f in input.beside.iter().flat_map(|b| &b.files) {
        add(&f.id.0);
        add(&f.name);
    }
    hasher.finalize().into()
}

/// Reads all inputs on the threads of `pool` and writes them in order on the calling thread, which must not belong to the pool.
pub fn run(run: &Run<'_>, writer: &mut DatasetWriter, pool: &rayon::ThreadPool) -> Result<Summary, write::Error> {
    run.progress.start(run.inputs.len());
    writer.expect(run.inputs.len());
    let old = writer.old();
    let tasks = tasks(run.inputs, writer, old.as_deref());
    let threads = pool.current_num_threads().max(1);
    let gate = Gate::new(tasks.len(), WINDOW * threads);
    let notes = check::Years::new(run.cx.grammar);
    let work = Work {
        run,
        tasks: &tasks,
        old: old.as_deref(),
        notes: writer.keeps_parts().then_some(&notes),
    };
    let (send, receive) = mpsc::channel();
    pool.in_place_scope(|scope| {
        for _ in 0..threads {
            let (send, gate, work) = (send.clone(), &gate, &work);
            scope.spawn(move |_| work.all(gate, &send));
        }
        drop(send);
        let result = in_order(&receive, &gate, &work, writer);
        // After a full disk nobody needs the rest.
        gate.stop();
        result
    })
}

/// The inputs one by one, and whole blocks where nothing has changed.
fn tasks(inputs: &[Input], writer: &DatasetWriter, old: Option<&Old>) -> Vec<Task> {
    let Some(old) = old else {
        return (0..inputs.len()).map(Task::Document).collect();
    };
    let mut out = Vec::new();
    let mut next = 0;
    while next < inputs.len() {
        let block = writer.block_of(&inputs[next].id.0);
        let more = inputs[next..].iter().take_while(|i| writer.block_of(&i.id.0) == block);
        let all = next..next + more.count();
        next = all.end;
        let of = &inputs[all.clone()];
        let keys: Vec<Key> = of.iter().map(key).collect();
        if of.iter().all(|i| i.error.is_none()) && old.same(block, &keys) {
            out.push(Task::Block(block, all));
        } else {
            out.extend(all.map(Task::Document));
        }
    }
    out
}

/// What the threads share.
struct Work<'r> {
    run: &'r Run<'r>,
    tasks: &'r [Task],
    old: Option<&'r Old>,
    /// Says what the checks between documents keep, where records are kept.
    notes: Option<&'r check::Years<'r>>,
}

impl Work<'_> {
    /// One thread: takes the next task as long as there is one.
    fn all(&self, gate: &Gate, send: &Sender<(usize, Result<Came, write::Error>)>) {
        let _stop = StopOnPanic(gate);
        while let Some(n) = gate.next() {
            let came = match (&self.tasks[n], self.old) {
                (Task::Block(block, all), Some(old)) => self.block(*block, all, old),
                (Task::Document(n), _) => Ok(self.document(&self.run.inputs[*n])),
                (Task::Block(..), None) => Ok(Came::Block(0, Vec::new())),
            };
            if send.send((n, came)).is_err() {
                return;
            }
        }
    }

    fn document(&self, input: &Input) -> Came {
        self.run.progress.begins(input);
        let done = known_or_read(input, self.run, self.notes);
        self.run.progress.done(&done.extract.document, done.known);
        Came::Document(Box::new(done))
    }

    fn block(&self, block: u32, all: &std::ops::Range<usize>, old: &Old) -> Result<Came, write::Error> {
        let heads = old.heads(block).ok().filter(|h| h.len() == all.len());
        let heads = heads.ok_or_else(|| write::Error::Changed(parts::NAME.into()))?;
        for (head, input) in heads.iter().zip(&self.run.inputs[all.clone()]) {
            self.run.progress.begins(input);
            if let Some(brief) = head.first() {
                self.run.progress.done(&brief.document, true);
            }
        }
        Ok(Came::Block(block, heads))
    }
}

fn known_or_read(input: &Input, run: &Run<'_>, notes: Option<&check::Years<'_>>) -> Done {
    // What could not be read may be there the next time.
    let mut key = if input.error.is_none() {
        key(input)
    } else {
        Key::default()
    };
    if let Some((extract, record)) = run.known.get(&key).filter(|_| input.error.is_none()) {
        return Done {
            extract,
            seconds: Vec::new(),
            part: Ok(record),
            known: true,
        };
    }
    let (extract, seconds) = one(input, run.cx);
    if extract.document.error_code == Some(Refusal::UnreadableFile) {
        key = Key::default();
    }
    let part = match notes {
        Some(notes) => parts::encode(&extract, &head(&extract, notes), &key),
        None => Ok(Vec::new()),
    };
    Done {
        extract,
        seconds,
        part,
        known: false,
    }
}

/// What is needed of a document when its rows are copied.
fn head(e: &Extract, notes: &check::Years<'_>) -> Head {
    let all = std::iter::once(e).chain(&e.accounts);
    all.map(|e| Brief::of(e, notes.note(e))).collect()
}

/// Writes what comes back in the order of the inputs.
fn in_order(
    receive: &Receiver<(usize, Result<Came, write::Error>)>,
    gate: &Gate,
    work: &Work<'_>,
    writer: &mut DatasetWriter,
) -> Result<Summary, write::Error> {
    let mut all = All::new(work.run.cx.grammar, writer)?;
    let mut early = BTreeMap::new();
    let mut next = 0;
    for (n, came) in receive {
        early.insert(n, came);
        while let Some(came) = early.remove(&next) {
            match (came?, work.old) {
                (Came::Document(done), _) => {
                    all.take(&done.extract, done.part)?;
                    all.writer.timing(&done.extract, &done.seconds)?;
                    all.summary.known += usize::from(done.known);
                }
                (Came::Block(block, heads), Some(old)) => all.copy(old, block, heads)?,
                (Came::Block(..), None) => {}
            }
            next += 1;
            gate.written();
        }
    }
    all.finish()
}

/// What is made of all documents together.
struct All<'g, 'w> {
    summary: Summary,
    years: check::Years<'g>,
    writer: &'w mut DatasetWriter,
}

impl<'g, 'w> All<'g, 'w> {
    fn new(grammar: &'g Grammar, writer: &'w mut DatasetWriter) -> Result<Self, write::Error> {
        let mut years = check::Years::new(grammar);
        let path = writer.waiting_file();
        years.wait_at(&path).map_err(|e| write::Error::Io(path, e))?;
        Ok(Self {
            summary: Summary::default(),
            years,
            writer,
        })
    }

    fn take(&mut self, extract: &Extract, part: Result<Vec<u8>, String>) -> Result<(), write::Error> {
        for e in std::iter::once(extract).chain(&extract.accounts) {
            self.summary.add(&e.document, e.in_doubt());
            self.years.add(e);
            self.writer.write(e)?;
        }
        if self.writer.keeps_parts() {
            self.writer.part(&part.map_err(unreadable)?)?;
        }
        Ok(())
    }

    /// A block of the dataset of before.
    fn copy(&mut self, old: &Old, block: u32, heads: Vec<Head>) -> Result<(), write::Error> {
        self.writer.copy(old, block, heads.len())?;
        self.summary.known += heads.len();
        self.summary.copied += heads.len();
        for brief in heads.into_iter().flatten() {
            self.summary.add(&brief.document, brief.in_doubt);
            self.years.take(&brief.note);
            self.writer.brief(brief);
        }
        Ok(())
    }

    /// When all are known, each account is held against the one of the year before.
    fn finish(self) -> Result<Summary, write::Error> {
        let Self {
            mut summary,
            years,
            writer,
        } = self;
        writer.end_of_documents()?;
        years.each(&mut |mut e: Extract| {
            write::fit::fit(&mut e);
            let fails = e.findings.iter().filter(|f| f.outcome == FindingOutcome::Fails);
            summary.findings_failed += fails.count() as u64;
            writer.findings(&e)
        })?;
        Ok(summary)
    }
}

fn unreadable(e: String) -> write::Error {
    write::Error::Io(parts::NAME.into(), std::io::Error::other(e))
}

/// Several datasets as one, from what each document gave in them: as one run over all their files would have made it. A document that
/// stands in two of them must be the same in both, or be there under different names only; else it is said which is not.
pub fn merge(sources: &[Parts], grammar: &Grammar, writer: &mut DatasetWriter) -> Result<(Summary, usize), MergeError> {
    let mut order: Vec<([u8; 32], usize, usize)> = Vec::new();
    for (s, parts) in sources.iter().enumerate() {
        order.extend(parts.ids().enumerate().map(|(n, id)| (*id, s, n)));
    }
    order.sort_unstable();
    writer.expect(order.chunk_by(|a, b| a.0 == b.0).count());
    let notes = check::Years::new(grammar);
    let mut all = All::new(grammar, writer).map_err(MergeError::Write)?;
    let mut twice = 0;
    for same in order.chunk_by(|a, b| a.0 == b.0) {
        let read = |(_, s, n): &([u8; 32], usize, usize)| sources[*s].read(*n).map_err(MergeError::Damaged);
        let (mut extract, mut record) = read(&same[0])?;
        for other in &same[1..] {
            let (e, r) = read(other)?;
            twice += 1;
            if r != record {
                let pair = [same[0].1, other.1].map(|s| sources[s].dir().display().to_string());
                extract = united(extract, e).map_err(|id| MergeError::Contradict(id, pair))?;
                record =
                    parts::encode(&extract, &head(&extract, &notes), &Key::default()).map_err(MergeError::Damaged)?;
            }
        }
        all.take(&extract, Ok(record)).map_err(MergeError::Write)?;
    }
    Ok((all.finish().map_err(MergeError::Write)?, twice))
}

/// Why datasets cannot be one.
#[derive(Debug)]
pub enum MergeError {
    /// The new dataset cannot be written.
    Write(write::Error),
    /// A record cannot be read.
    Damaged(String),
    /// A document (its id) that was read differently in two datasets.
    Contradict(String, [String; 2]),
}

impl std::fmt::Display for MergeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            MergeError::Write(e) => e.fmt(f),
            MergeError::Damaged(e) => write!(f, "{e}; make that dataset again"),
            MergeError::Contradict(id, [a, b]) => write!(
                f,
                "the document {id} stands in {a} and in {b} and was read differently there (together with other files, or with another origin): \
                 read its files in one run, or leave it out of one of them"
            ),
        }
    }
}

impl std::error::Error for MergeError {}

/// One document under two names: the first name stays and the other is noted, as in one run.
fn united(a: Extract, b: Extract) -> Result<Extract, String> {
    let (mut first, second) = if a.document.file_name <= b.document.file_name {
        (a, b)
    } else {
        (b, a)
    };
    let id = first.document.document_id.0.clone();
    let named = |e: &Extract| -> Vec<String> {
        let noted = e.diagnostics.iter().filter(|d| d.code == Code::DuplicateInput);
        noted.filter_map(|d| d.printed.clone()).collect()
    };
    let mut names = named(&first);
    names.extend(named(&second));
    names.push(second.document.file_name.clone());
    names.sort();
    names.dedup();
    names.retain(|n| *n != first.document.file_name);
    let plain = |mut e: Extract| {
        e.diagnostics.retain(|d| d.code != Code::DuplicateInput);
        e.document.file_name.clear();
        e
    };
    if plain(first.clone()) != plain(second) {
        return Err(id);
    }
    first.diagnostics.retain(|d| d.code != Code::DuplicateInput);
    // They stand before what no column can hold, which is seen last.
    let last = first.diagnostics.iter().rposition(|d| d.code != Code::ValueDoesNotFit);
    let at = last.map_or(0, |n| n + 1);
    first.diagnostics.splice(at..at, names.into_iter().map(duplicate));
    Ok(first)
}

/// The same bytes under another name.
pub(super) fn duplicate(name: String) -> Diagnostic {
    Diagnostic::new(
        Severity::Note,
        Code::DuplicateInput,
        "the same bytes were given under another name too; they are one document",
        Place::document(),
    )
    .printed(name)
}

/// Gives out the numbers of the documents, never more than `window` ahead of the one that is written next.
struct Gate {
    state: Mutex<Turn>,
    moved: Condvar,
    end: usize,
    window: usize,
}

#[derive(Default)]
struct Turn {
    next: usize,
    written: usize,
    stopped: bool,
}

impl Gate {
    fn new(end: usize, window: usize) -> Self {
        Self {
            state: Mutex::new(Turn::default()),
            moved: Condvar::new(),
            end,
            window,
        }
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<usize> {
        let mut turn = self.turn();
        loop {
            if turn.stopped || turn.next >= self.end {
                return None;
            }
            if turn.next < turn.written + self.window {
                turn.next += 1;
                return Some(turn.next - 1);
            }
            turn = self.moved.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn written(&self) {
        self.turn().written += 1;
        self.moved.notify_all();
    }

    fn stop(&self) {
        self.turn().stopped = true;
        self.moved.notify_all();
    }
}

/// A thread that panics outside of a document would leave the others waiting for its turn for ever.
struct StopOnPanic<'a>(&'a Gate);

impl Drop for StopOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

//! The last line: documents are read in a child process with a bound on its memory. Comes in: the command line as it is. Goes out: its
//! exit code. A child that dies names the documents it was at; it is started again, reads those one by one first, and the one at which
//! it dies again becomes a failed row. Everything else is the child's: what it costs is one start of the program and two short lines
//! for each document.

use super::{Failure, say};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use tr::tr;

/// Tells a child that it is one, and what it has to know: `suspects;poison`, ids with commas between.
const ROLE: &str = "JUESUAN_CHILD";
/// The id of the process that started the child.
const PARENT: &str = "JUESUAN_PARENT";
/// Bytes of address space of a child, and more for each thread.
#[cfg(unix)]
const MEMORY: u64 = 2 << 30;
#[cfg(unix)]
const MEMORY_OF_THREAD: u64 = 3 << 29;

/// Why a document is not read at which a process died.
pub(super) const DIED: &str = "the process that read it died (it asked for more memory than there may be, or worse); please report it with the file";

/// What a child knows.
#[derive(Debug, Default)]
pub(super) struct Child {
    /// Documents at which another child may have died: read one by one before all others.
    pub suspects: Vec<String>,
    /// Documents at which one did.
    pub poison: BTreeSet<String>,
}

/// Whether this process is a child, and what it knows.
pub(super) fn child() -> Option<Child> {
    let role = std::env::var(ROLE).ok()?;
    let (suspects, poison) = role.split_once(';')?;
    let ids = |list: &str| {
        list.split(',')
            .filter(|id| !id.is_empty())
            .map(str::to_string)
            .collect::<Vec<_>>()
    };
    Some(Child {
        suspects: ids(suspects),
        poison: ids(poison).into_iter().collect(),
    })
}

/// Bounds this process, a child, and ends it with its parent.
pub(super) fn bound(threads: usize) {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Signal, getppid, set_parent_process_death_signal};
        let _ = set_parent_process_death_signal(Some(Signal::KILL));
        // A parent that died before it was said sends no signal.
        let parent = std::env::var(PARENT).ok().and_then(|id| id.parse::<i32>().ok());
        if parent.is_some_and(|id| getppid().map(|p| p.as_raw_nonzero().get()) != Some(id)) {
            #[expect(clippy::disallowed_methods, reason = "an orphan that has written nothing yet")]
            std::process::exit(1);
        }
    }
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let most = MEMORY + MEMORY_OF_THREAD * threads as u64;
        let mut limit = getrlimit(Resource::As);
        if limit.current.is_none_or(|c| c > most) {
            limit.current = Some(most.min(limit.maximum.unwrap_or(u64::MAX)));
            // Without a bound the system's own has to do.
            let _ = setrlimit(Resource::As, limit);
        }
    }
    #[cfg(not(unix))]
    let _ = threads;
}

/// A child tells its parent on its standard output what it is at.
pub(super) struct Lines(Mutex<std::io::Stdout>);

impl Lines {
    pub(super) fn new() -> Self {
        Self(Mutex::new(std::io::stdout()))
    }

    /// `+` begins, `-` is done.
    pub(super) fn say(&self, what: char, id: &str) {
        if let Ok(mut out) = self.0.lock() {
            // A parent that is gone ends this process; where it cannot, nobody reads the lines.
            let _ = writeln!(out, "{what} {id}").and_then(|()| out.flush());
        }
    }
}

/// How a child ended.
enum End {
    Code(u8),
    /// It was asked to end.
    Asked(u8),
    /// It died at these documents.
    Died(Vec<String>),
}

/// Runs this command line in children until one ends by itself. `None`: no child can be started.
/// Each gets `input` on its standard input, where this process had something there: it can be read only once.
pub(super) fn run(input: Option<&Arc<Vec<u8>>>) -> Option<Result<ExitCode, Failure>> {
    let program = std::env::current_exe().ok()?;
    let mut known = Child::default();
    // Each death takes one document out of the way, or none.
    let mut idle = 0;
    for _ in 0..MOST_DEATHS {
        let alone = !known.suspects.is_empty();
        match start(&program, &known, input)? {
            End::Code(code) => return Some(Ok(ExitCode::from(code))),
            End::Asked(code) => return Some(Ok(ExitCode::from(code))),
            // Between two documents, or before the first: somebody ended it, or it cannot work at all.
            End::Died(at) if at.is_empty() && idle < MOST_IDLE => {
                idle += 1;
                say!("juesuan: note: the process that reads the documents died; the run begins again");
            }
            End::Died(at) if at.is_empty() => {
                return Some(Err(Failure::Message(tr!(
                    "the process that reads the documents died; no dataset was written"
                ))));
            }
            End::Died(at) => {
                if let ([one], true) | ([one], false) = (at.as_slice(), alone) {
                    say!(
                        "juesuan: note: reading the document {one} ended the process; it becomes a failed row, and the run begins again",
                        one
                    );
                    known.suspects.retain(|s| s != one);
                    known.poison.insert(one.clone());
                } else {
                    say!("juesuan: note: the process that reads the documents died; the run begins again");
                    known.suspects = at;
                }
            }
        }
    }
    let message = tr!(
        "the process that reads the documents died {} times; no dataset was written",
        MOST_DEATHS
    );
    Some(Err(Failure::Message(message)))
}

/// Children that may die at no document: above it there is nothing to be learnt from another.
const MOST_IDLE: u32 = 3;

/// Children that are tried: above it the fault is none of a few documents.
const MOST_DEATHS: usize = 200;

fn start(program: &std::path::Path, known: &Child, input: Option<&Arc<Vec<u8>>>) -> Option<End> {
    let poison: Vec<&str> = known.poison.iter().map(String::as_str).collect();
    let mut command = Command::new(program);
    if input.is_some() {
        command.stdin(Stdio::piped());
    }
    let mut child = command
        .args(std::env::args_os().skip(1))
        .env(ROLE, format!("{};{}", known.suspects.join(","), poison.join(",")))
        .env(PARENT, std::process::id().to_string())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
        let input = Arc::clone(input);
        // A child that died before it had read all is seen below.
        #[expect(clippy::disallowed_methods, reason = "it writes and ends, and does nothing else")]
        std::thread::spawn(move || pipe.write_all(&input));
    }
    let mut at: BTreeSet<String> = BTreeSet::new();
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            match line.split_once(' ') {
                Some(("+", id)) => at.insert(id.to_string()),
                Some(("-", id)) => at.remove(id),
                _ => false,
            };
        }
    }
    let status = child.wait().ok()?;
    Some(match status.code() {
        Some(code) => End::Code(u8::try_from(code).unwrap_or(super::USAGE)),
        None => ended(&status, at),
    })
}

#[cfg(unix)]
fn ended(status: &std::process::ExitStatus, at: BTreeSet<String>) -> End {
    use std::os::unix::process::ExitStatusExt;
    // Hang-up, interrupt, termination: somebody wants it.
    match status.signal() {
        Some(signal @ (1 | 2 | 15)) => End::Asked(128 + signal as u8),
        _ => End::Died(at.into_iter().collect()),
    }
}

#[cfg(not(unix))]
fn ended(_: &std::process::ExitStatus, at: BTreeSet<String>) -> End {
    End::Died(at.into_iter().collect())
}

/// Lets this process open as many files as it may: a dataset alone is 30.
pub(super) fn open_many() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        const ENOUGH: u64 = 4096;
        let mut limit = getrlimit(Resource::Nofile);
        let want = limit.maximum.map_or(ENOUGH, |m| m.min(ENOUGH));
        if limit.current.is_some_and(|c| c < want) {
            limit.current = Some(want);
            // What may not be raised is met when a file is opened.
            let _ = setrlimit(Resource::Nofile, limit);
        }
    }
}

/// Whether `more` files can still be opened; else what to do.
pub(super) fn can_open(more: usize) -> Result<(), Failure> {
    let program = std::env::current_exe().unwrap_or_default();
    let mut held = Vec::with_capacity(more);
    for _ in 0..more {
        match std::fs::File::open(&program) {
            Ok(f) => held.push(f),
            // EMFILE, ENFILE; anything else says nothing about their number.
            Err(e) if matches!(e.raw_os_error(), Some(23 | 24)) => {
                let message =
                    "too few files may be open at once: the dataset alone needs 40; raise the limit (`ulimit -n 256`)";
                return Err(Failure::Message(message.into()));
            }
            Err(_) => break,
        }
    }
    Ok(())
}

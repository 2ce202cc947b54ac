//! A file that appears when it is whole: written beside its place and renamed. What a run that died left is taken away by the next.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// A file beside its place; gone again unless it is committed.
pub(super) struct Draft {
    path: PathBuf,
    /// Held locked while the run lives, so that another can tell.
    pub file: File,
    done: bool,
}

impl Draft {
    /// Begins a file that will stand at `target`.
    pub(super) fn beside(target: &Path) -> io::Result<Self> {
        let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let folder = match target.parent() {
            Some(p) if !p.as_os_str().is_empty() => p,
            _ => Path::new("."),
        };
        let begin = format!(".{name}.partial-");
        for e in fs::read_dir(folder)?
            .flatten()
            .filter(|e| e.file_name().to_string_lossy().starts_with(&begin))
        {
            // Nobody holds it: who began it is dead.
            if File::open(e.path()).is_ok_and(|f| f.try_lock().is_ok()) {
                let _ = fs::remove_file(e.path());
            }
        }
        for n in 0..100 {
            let path = folder.join(format!("{begin}{}-{n}", std::process::id()));
            match File::create_new(&path) {
                Ok(file) => {
                    // Where the system has no locks, a left-over file stays.
                    let _ = file.try_lock();
                    return Ok(Self {
                        path,
                        file,
                        done: false,
                    });
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Err(io::Error::other("too many drafts stand there"))
    }

    /// The file takes its place, whatever name stood there before; another name of the same bytes is not touched.
    pub(super) fn commit(mut self, target: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, target)?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.path);
        }
    }
}

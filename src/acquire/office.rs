//! Old Word documents through LibreOffice, where it is installed. Comes in: the bytes of a doc. Goes out: the bytes of a docx,
//! or why there are none. A fresh profile for each document, a time limit, nothing left behind.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Seconds that a conversion may take: the first start of a machine under load takes ten.
const SECONDS: u64 = 60;

/// Converts a document.
///
/// # Errors
/// LibreOffice is not installed, does not end in time, or does not read the file.
pub fn to_docx(doc: &[u8]) -> Result<Vec<u8>, String> {
    let room = Room::new().map_err(|e| format!("no folder for temporary files can be made ({e})"))?;
    let source = room.path.join("document.doc");
    std::fs::write(&source, doc).map_err(|e| format!("no temporary file can be written ({e})"))?;
    let mut child = start(&room.path, &source).ok_or("LibreOffice is not installed")?;
    if !ends_in_time(&mut child) {
        end(&mut child);
        return Err(format!("LibreOffice did not finish within {SECONDS} seconds"));
    }
    let made = room.path.join("out").join("document.docx");
    match std::fs::metadata(&made) {
        Ok(m) if m.len() <= super::MAX_BYTES => std::fs::read(&made).map_err(|e| e.to_string()),
        Ok(_) => Err("what LibreOffice made of it is too large".into()),
        Err(_) => Err("LibreOffice cannot read it".into()),
    }
}

/// A folder that is gone when this is.
struct Room {
    path: PathBuf,
}

impl Room {
    fn new() -> std::io::Result<Self> {
        let base = std::env::temp_dir();
        for n in 0..10_000u32 {
            let path = base.join(format!("juesuan-{}-{n}", std::process::id()));
            let mut builder = std::fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
        Err(std::io::Error::other("too many are there"))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // What cannot be removed is in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Starts the first LibreOffice that is found.
fn start(room: &Path, source: &Path) -> Option<Child> {
    let names = [
        "soffice",
        "libreoffice",
        "/Applications/LibreOffice.app/Contents/MacOS/soffice",
        "C:\\Program Files\\LibreOffice\\program\\soffice.exe",
    ];
    let profile = room
        .join("profile")
        .to_string_lossy()
        .replace('\\', "/")
        .replace(' ', "%20");
    let slash = if profile.starts_with('/') { "" } else { "/" };
    let mut argument = OsString::from("-env:UserInstallation=file://");
    argument.push(format!("{slash}{profile}"));
    names.iter().find_map(|name| {
        let mut command = Command::new(name);
        command
            .arg(&argument)
            .args([
                "--headless",
                "--norestore",
                "--nologo",
                "--convert-to",
                "docx",
                "--outdir",
            ])
            .arg(room.join("out"))
            .arg(source)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Its own group: the program is a script that starts others, and all of them must end together.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn().ok()
    })
}

fn ends_in_time(child: &mut Child) -> bool {
    let end = Instant::now() + Duration::from_secs(SECONDS);
    // A channel on which nothing ever comes: waiting without a thread.
    let (_keep, never) = mpsc::channel::<()>();
    while Instant::now() < end {
        if !matches!(child.try_wait(), Ok(None)) {
            return true;
        }
        let _ = never.recv_timeout(Duration::from_millis(40));
    }
    false
}

fn end(child: &mut Child) {
    #[cfg(unix)]
    {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

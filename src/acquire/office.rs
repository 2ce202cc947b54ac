//! Old Word documents through LibreOffice, where it is installed. Comes in: the bytes of a doc. Goes out: the bytes of a docx,
//! or why there are none. A fresh profile for each document in which macros and links are off, a time limit, no network (a document
//! may ask LibreOffice to fetch any address, also those inside of a house: where it cannot be kept from that, it is not started), and
//! nothing left behind, also by a run that was killed.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::{Duration, Instant};

/// Seconds that a conversion may take: the first start of a machine under load takes ten.
const SECONDS: u64 = 60;

/// Converts a document.
///
/// # Errors
/// LibreOffice is not installed, does not end in time, or does not read the file.
pub fn to_docx(doc: &[u8]) -> Result<Vec<u8>, String> {
    let program = program().ok_or("LibreOffice is not installed")?;
    let cage = cage().ok_or(
        "LibreOffice cannot be kept from the network here (`unshare --net` does not work), so it is not started",
    )?;
    let room = Room::new().map_err(|e| format!("no folder for temporary files can be made ({e})"))?;
    let source = room.path.join("document.doc");
    std::fs::write(&source, doc).map_err(|e| format!("no temporary file can be written ({e})"))?;
    let mut child =
        start(cage, &program, &room.path, &source).map_err(|e| format!("LibreOffice cannot be started ({e})"))?;
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

/// The first LibreOffice that is found.
fn program() -> Option<PathBuf> {
    const FIXED: [&str; 2] = [
        "/Applications/LibreOffice.app/Contents/MacOS/soffice",
        "C:\\Program Files\\LibreOffice\\program\\soffice.exe",
    ];
    let folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|p| std::env::split_paths(&p).collect())
        .unwrap_or_default();
    let named = ["soffice", "libreoffice"]
        .into_iter()
        .flat_map(|n| folders.iter().map(move |f| f.join(n)));
    named.chain(FIXED.iter().map(PathBuf::from)).find(|p| p.is_file())
}

/// What a program is started through, so that it has no network and ends when this one does; `None` where nothing of the kind works.
fn cage() -> Option<&'static [&'static str]> {
    static FOUND: OnceLock<Option<&'static [&'static str]>> = OnceLock::new();
    const WAYS: &[&[&str]] = &[
        &[
            "setpriv",
            "--pdeathsig",
            "KILL",
            "unshare",
            "--user",
            "--map-root-user",
            "--net",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ],
        &[
            "setpriv",
            "--pdeathsig",
            "KILL",
            "unshare",
            "--user",
            "--map-root-user",
            "--net",
        ],
        &["unshare", "--user", "--map-root-user", "--net"],
        &["setpriv", "--pdeathsig", "KILL", "unshare", "--net"],
        &["unshare", "--net"],
        &[
            "/usr/bin/sandbox-exec",
            "-p",
            "(version 1)(allow default)(deny network*)",
        ],
    ];
    let works = |way: &&&[&str]| {
        let mut command = Command::new(way[0]);
        command
            .args(&way[1..])
            .arg("true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|s| s.success())
    };
    *FOUND.get_or_init(|| WAYS.iter().find(works).copied())
}

/// How the folders for temporary files begin, and the file in them that a living run holds.
const ROOM: &str = "juesuan-office-";
const LOCK: &str = ".lock";

/// A folder that is gone when this is.
struct Room {
    path: PathBuf,
    _lock: Option<File>,
}

/// Takes away what runs left that were killed: nobody holds their lock.
fn sweep(base: &Path) {
    for e in std::fs::read_dir(base).into_iter().flatten().flatten() {
        let ours = e.file_name().to_string_lossy().starts_with(ROOM);
        if ours && File::open(e.path().join(LOCK)).is_ok_and(|f| f.try_lock().is_ok()) {
            let _ = std::fs::remove_dir_all(e.path());
        }
    }
}

impl Room {
    fn new() -> std::io::Result<Self> {
        let base = std::env::temp_dir();
        sweep(&base);
        for n in 0..10_000u32 {
            let path = base.join(format!("{ROOM}{}-{n}", std::process::id()));
            let mut builder = std::fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            match builder.create(&path) {
                Ok(()) => {
                    let lock = File::create(path.join(LOCK)).ok().filter(|f| f.try_lock().is_ok());
                    return Ok(Self { path, _lock: lock });
                }
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

/// Settings of the profile: no macro runs, nothing that a document links is fetched.
const SETTINGS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"#;

fn start(cage: &[&str], program: &Path, room: &Path, source: &Path) -> std::io::Result<Child> {
    let user = room.join("profile").join("user");
    std::fs::create_dir_all(&user)?;
    std::fs::write(user.join("registrymodifications.xcu"), SETTINGS)?;
    let profile = room
        .join("profile")
        .to_string_lossy()
        .replace('\\', "/")
        .replace(' ', "%20");
    let slash = if profile.starts_with('/') { "" } else { "/" };
    let mut argument = OsString::from("-env:UserInstallation=file://");
    argument.push(format!("{slash}{profile}"));
    let mut command = Command::new(cage[0]);
    command
        .args(&cage[1..])
        .arg(program)
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
    // What it leaves in the folder for temporary files when it is killed goes with the room.
    let own = room.join("tmp");
    std::fs::create_dir(&own)?;
    for name in ["TMPDIR", "TMP", "TEMP"] {
        command.env(name, &own);
    }
    // Its own group: the program is a script that starts others, and all of them must end together.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
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

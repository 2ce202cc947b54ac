//! The models of the recogniser on this machine: found, taken out of the wheel that has them, kept with their licence. Comes in: a wheel
//! or a folder. Goes out: the folder of the user's data in which they stand. Refuses files that are not those that were measured.

use sha2::{Digest, Sha256};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How a dataset names them.
pub const WORD: &str = "PP-OCRv6-small";
/// The wheel of the Python Package Index that has them.
pub const WHEEL: &str = "rapidocr==3.10.0";
/// The recogniser.
pub const RECOGNISER: &str = "PP-OCRv6_rec_small.onnx";
/// Its SHA-256: what was measured is what reads.
const HASH: &str = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884";
/// The folder of the models in the wheel.
const FOLDER: &str = "rapidocr/models/";
/// Their licences in the wheel.
const LICENCES: &[&str] = &[
    "rapidocr-3.10.0.dist-info/licenses/LICENSE",
    "rapidocr-3.10.0.dist-info/licenses/MODEL_LICENSES.md",
];
/// The environment variable that names their folder.
pub const VARIABLE: &str = "JUESUAN_OCR_MODELS";
/// The largest file that is taken for a model.
const LARGEST: u64 = 64 << 20;

/// The folder in which `setup` puts them: the user's data.
pub fn home() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let base = if cfg!(windows) {
        var("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        var("HOME").map(|h| h.join("Library/Application Support"))
    } else {
        var("XDG_DATA_HOME").or_else(|| var("HOME").map(|h| h.join(".local/share")))
    };
    base.map(|b| b.join("juesuan").join("ocr"))
}

/// The folder that holds the recogniser: the one that is given, else that of the environment, else the user's.
pub fn find(given: Option<&Path>) -> Result<Option<PathBuf>, String> {
    let named = given
        .map(Path::to_path_buf)
        .or_else(|| std::env::var_os(VARIABLE).filter(|v| !v.is_empty()).map(PathBuf::from));
    match named {
        Some(dir) if dir.join(RECOGNISER).is_file() => Ok(Some(dir)),
        Some(dir) => Err(format!(
            "{} has no {RECOGNISER}; `juesuan ocr setup --ocr-models {}` puts it there",
            dir.display(),
            dir.display()
        )),
        None => Ok(home().filter(|d| d.join(RECOGNISER).is_file())),
    }
}

/// The bytes of the recogniser in a folder, if they are the right ones.
pub fn recogniser(dir: &Path) -> Result<Vec<u8>, String> {
    let path = dir.join(RECOGNISER);
    let bytes = bounded(&path)?;
    match is_right(&bytes) {
        true => Ok(bytes),
        false => Err(format!(
            "{} is another file than the one that was measured; run `juesuan ocr setup` again",
            path.display()
        )),
    }
}

fn is_right(bytes: &[u8]) -> bool {
    format!("{:x}", Sha256::digest(bytes)) == HASH
}

fn bounded(path: &Path) -> Result<Vec<u8>, String> {
    let said = |e: std::io::Error| format!("cannot read {}: {e}", path.display());
    let file = fs::File::open(path).map_err(said)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(said)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(format!("{} is too large", path.display())),
        false => Ok(bytes),
    }
}

/// Takes the models out of the wheel, or of a folder (one that holds the wheel, the wheel unpacked, or the models), into `to`.
pub fn setup(from: &Path, to: &Path) -> Result<(), String> {
    let files = match from.is_dir() {
        true => of_folder(from)?,
        false => of_wheel(from)?,
    };
    let said = |e: std::io::Error| format!("cannot write into {}: {e}", to.display());
    fs::create_dir_all(to).map_err(said)?;
    for (name, bytes) in files {
        // Never half a model under its name.
        let part = to.join(format!("{name}.part"));
        fs::write(&part, bytes).map_err(said)?;
        fs::rename(&part, to.join(name)).map_err(said)?;
    }
    Ok(())
}

/// Names and bytes; the model is the last one: where it stands, its licence does.
type Files = Vec<(String, Vec<u8>)>;

fn checked(name: &str, bytes: Vec<u8>) -> Result<(String, Vec<u8>), String> {
    match is_right(&bytes) {
        true => Ok((RECOGNISER.to_string(), bytes)),
        false => Err(format!(
            "{name} is another file than the one that was measured (it is that of {WHEEL})"
        )),
    }
}

fn of_folder(dir: &Path) -> Result<Files, String> {
    let mut wheels: Vec<PathBuf> = fs::read_dir(dir)
        .map_err(|e| format!("cannot read {}: {e}", dir.display()))?
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| {
            let name = p.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("rapidocr-") && name.ends_with(".whl")
        })
        .collect();
    wheels.sort();
    if let Some(wheel) = wheels.last() {
        return of_wheel(wheel);
    }
    let model = [dir.join(RECOGNISER), dir.join(FOLDER).join(RECOGNISER)]
        .into_iter()
        .find(|p| p.is_file())
        .ok_or_else(|| format!("{} holds neither the wheel {WHEEL} nor {RECOGNISER}", dir.display()))?;
    let mut out = Vec::new();
    for licence in LICENCES {
        let name = last(licence);
        let at = [dir.join(name), dir.join(licence)].into_iter().find(|p| p.is_file());
        if let Some(at) = at {
            out.push((name.to_string(), bounded(&at)?));
        }
    }
    out.push(checked(&model.display().to_string(), bounded(&model)?)?);
    Ok(out)
}

fn of_wheel(path: &Path) -> Result<Files, String> {
    let said = |e: &dyn std::fmt::Display| format!("cannot read the wheel {}: {e}", path.display());
    let file = fs::File::open(path).map_err(|e| said(&e))?;
    let mut wheel = zip::ZipArchive::new(file).map_err(|e| said(&e))?;
    let mut member = |name: &str| {
        let entry = wheel.by_name(name).map_err(|e| said(&format_args!("{name}: {e}")))?;
        let mut bytes = Vec::new();
        entry.take(LARGEST).read_to_end(&mut bytes).map_err(|e| said(&e))?;
        Ok::<_, String>(bytes)
    };
    let mut out = Vec::new();
    for licence in LICENCES {
        out.push((last(licence).to_string(), member(licence)?));
    }
    let name = format!("{FOLDER}{RECOGNISER}");
    out.push(checked(&name, member(&name)?)?);
    Ok(out)
}

fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

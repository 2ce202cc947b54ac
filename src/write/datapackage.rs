//! datapackage.json: Data Package v2 with the schema of every table, sizes and hashes.

use super::measured::Written;
use super::parts::Made;
use super::schema::{Column, DATASET_VERSION, INPUTS, TIMINGS, Table, Type, WARNINGS};
use super::{Error, Options};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::path::Path;

fn field(c: &Column) -> Value {
    let mut f = Map::new();
    f.insert("name".into(), c.name.into());
    let ty = match c.ty {
        Type::String | Type::Word(_) => "string",
        Type::Int | Type::Level => "integer",
        Type::Year => "integer",
        Type::Bool => "boolean",
        Type::Amount | Type::Decimal | Type::Point | Type::Seconds => "number",
    };
    f.insert("type".into(), ty.into());
    f.insert("title".into(), c.zh.into());
    f.insert("description".into(), c.doc.into());
    match c.ty {
        Type::Amount => drop(f.insert("unit".into(), "CNY".into())),
        Type::Point => drop(f.insert("unit".into(), "pt".into())),
        Type::Seconds => drop(f.insert("unit".into(), "s".into())),
        _ => {}
    }
    let mut constraints = Map::new();
    if c.required {
        constraints.insert("required".into(), true.into());
    }
    if let Type::Word(words) = c.ty {
        constraints.insert("enum".into(), json!(words));
    }
    if !constraints.is_empty() {
        f.insert("constraints".into(), constraints.into());
    }
    f.into()
}

/// `present` are the tables that a foreign key may point to.
fn schema(table: &Table, present: &[&str]) -> Value {
    let mut s = Map::new();
    s.insert("fields".into(), table.columns.iter().map(field).collect());
    s.insert("missingValues".into(), json!([""]));
    if !table.key.is_empty() {
        s.insert("primaryKey".into(), json!(table.key));
    }
    let keys: Vec<Value> = table
        .refers
        .iter()
        .filter(|(_, t, _)| present.contains(t))
        .map(|(c, t, k)| json!({"fields": [c], "reference": {"resource": t, "fields": [k]}}))
        .collect();
    if !keys.is_empty() {
        s.insert("foreignKeys".into(), keys.into());
    }
    s.into()
}

fn size_and_hash(path: &Path) -> Result<(u64, String), Error> {
    let mut file = std::fs::File::open(path).map_err(|e| Error::io(path, e))?;
    let mut hasher = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = file.read(&mut buffer).map_err(|e| Error::io(path, e))?;
        if n == 0 {
            break;
        }
        size += n as u64;
        hasher.update(&buffer[..n]);
    }
    Ok((size, format!("sha256:{:x}", hasher.finalize())))
}

fn resource(table: &Table, file: &Written, csv: &[&str], bom: bool) -> Result<Value, Error> {
    let path = file.path.as_path();
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().to_string())
        .unwrap_or_default();
    let is_csv = name.ends_with(".csv");
    let ending = name.rsplit('.').next().unwrap_or_default().to_string();
    let resource_name = if is_csv {
        table.name.to_string()
    } else {
        format!("{}-{ending}", table.name)
    };
    let mut r = Map::new();
    r.insert("name".into(), resource_name.into());
    r.insert("path".into(), name.into());
    r.insert("description".into(), table.doc.into());
    // The bytes of these differ from run to run, and when files are copied; a size or a hash would make this file differ too.
    if ![TIMINGS.name, INPUTS.name].contains(&table.name) {
        let measured = file.measured.clone();
        let (bytes, hash) = measured.map_or_else(|| size_and_hash(path), Ok)?;
        r.insert("bytes".into(), bytes.into());
        r.insert("hash".into(), hash.into());
    }
    if is_csv {
        r.insert("format".into(), "csv".into());
        r.insert("mediatype".into(), "text/csv".into());
        r.insert("type".into(), "table".into());
        r.insert("encoding".into(), if bom { "utf-8-sig" } else { "utf-8" }.into());
        r.insert(
            "dialect".into(),
            json!({"delimiter": ",", "lineTerminator": "\n", "quoteChar": "\"", "doubleQuote": true, "header": true}),
        );
        r.insert("schema".into(), schema(table, csv));
    } else {
        let media = match ending.as_str() {
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "zst" => "application/zstd",
            _ => "application/vnd.apache.parquet",
        };
        let format = if ending == "zst" { "csv.zst".to_string() } else { ending };
        r.insert("format".into(), format.into());
        r.insert("mediatype".into(), media.into());
        // `file`: validators check size and hash. As `table`, frictionless 5 reads Parquet through pandas, where an empty
        // integer becomes NaN and a printed `-` a wrong number.
        r.insert("type".into(), "file".into());
        r.insert("schema".into(), schema(table, &[]));
    }
    Ok(r.into())
}

/// The documents that a dataset was read from, for its citation.
#[derive(Default)]
pub struct Cited {
    documents: u64,
    ids: Sha256,
}

impl Cited {
    /// One more, in the order of the table `documents`.
    pub fn document(&mut self, id: &str) {
        self.documents += 1;
        self.ids.update(id);
        self.ids.update("\n");
    }

    /// What has to be said so that somebody else gets the same bytes: program, rules, inputs.
    fn words(self, made: &Made) -> (Value, String) {
        let rules = match made.rules.as_str() {
            "" => "built-in".to_string(),
            own => format!("built-in and own {own}"),
        };
        let inputs = format!("sha256:{:x}", self.ids.finalize());
        let words = format!(
            "juesuan {} (build {}), Chinese departmental final accounts (部门决算), dataset {DATASET_VERSION} of {} documents, rules {rules}, inputs {inputs}",
            made.version, made.build, self.documents
        );
        let parts = json!({
            "program": format!("juesuan {}", made.version),
            "build": made.build,
            "rules": rules,
            "documents": self.documents,
            "inputs_hash": inputs,
        });
        (parts, words)
    }
}

/// Writes datapackage.json for the files that were written, in the order of the tables; CSV files are the resources with the
/// plain names, Parquet files have `-parquet` behind them.
///
/// `made_from` and `citation` say what it takes to get the same bytes again; `inputs_hash` is over the column `document_id` of the
/// table `documents`, each with a line break.
pub fn write(dir: &Path, files: &[(&'static Table, Written)], options: &Options, cited: Cited) -> Result<(), Error> {
    let bom = options.bom;
    let (mut made_from, citation) = cited.words(&options.made);
    if !options.findings.is_empty() {
        // Who counts findings has to know which are there.
        let outcomes: Vec<&str> = options.findings.iter().map(|o| o.as_str()).collect();
        made_from["findings"] = json!(outcomes);
    }
    let csv: Vec<&str> = files
        .iter()
        .filter(|(_, f)| f.path.extension().is_some_and(|e| e == "csv"))
        .map(|(t, _)| t.name)
        .collect();
    let mut resources = Vec::new();
    for (table, file) in files {
        resources.push(resource(table, file, &csv, bom)?);
    }
    // One file holds every table.
    let database = dir.join("juesuan.sqlite");
    if database.exists() {
        let (bytes, hash) = size_and_hash(&database)?;
        resources.push(json!({
            "name": "sqlite",
            "path": "juesuan.sqlite",
            "description": "Every table in one SQLite file, with the view facts_analysis; amounts in fen and in yuan.",
            "bytes": bytes,
            "hash": hash,
            "format": "sqlite",
            "mediatype": "application/vnd.sqlite3",
            "type": "file",
        }));
        let (bytes, hash) = size_and_hash(&dir.join("metadata.json"))?;
        resources.push(json!({
            "name": "sqlite-metadata",
            "path": "metadata.json",
            "description": "Titles and descriptions for Datasette: datasette juesuan.sqlite --metadata metadata.json",
            "bytes": bytes,
            "hash": hash,
            "format": "json",
            "mediatype": "application/json",
            "type": "file",
        }));
    }
    let script = dir.join(super::duckdb::FILE);
    if script.exists() {
        let (bytes, hash) = size_and_hash(&script)?;
        resources.push(json!({
            "name": "duckdb-sql",
            "path": super::duckdb::FILE,
            "description": "Every table as a typed DuckDB view, and the view facts_analysis: cd here && duckdb -init duckdb.sql",
            "bytes": bytes,
            "hash": hash,
            "format": "sql",
            "mediatype": "application/sql",
            "type": "file",
        }));
    }
    let warnings: Map<String, Value> = WARNINGS.iter().map(|(k, v)| ((*k).to_string(), (*v).into())).collect();
    let package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "juesuan",
        "title": "Chinese departmental final accounts (部门决算)",
        "version": DATASET_VERSION,
        "dataset_version": DATASET_VERSION,
        "created_by": format!("juesuan {}", env!("CARGO_PKG_VERSION")),
        "made_from": made_from,
        "citation": citation,
        "warnings": warnings,
        "resources": resources,
    });
    let path = dir.join("datapackage.json");
    let mut text = serde_json::to_string_pretty(&package).map_err(|e| Error::io(&path, e.into()))?;
    text.push('\n');
    let save = || {
        let mut file = std::fs::File::create(&path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    save().map_err(|e| Error::io(&path, e))
}

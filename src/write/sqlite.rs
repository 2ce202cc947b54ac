//! SQLite: every table in one file, typed and with keys, and beside it metadata.json for Datasette. Amounts are whole 分 (exact) and,
//! beside them, a computed column in yuan. The view `facts_analysis` is what may be summed.

use super::duckdb::ANALYSIS;
use super::measured::Written;
use super::schema::{Cell, DATASET_VERSION, TABLES, Table, Type, WARNINGS, text};
use super::{Error, Sink};
use rusqlite::{Connection, params_from_iter, types::Value};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The name of the file, and of what Datasette reads beside it.
pub const FILE: &str = "juesuan.sqlite";
/// Titles and descriptions for Datasette.
pub const METADATA: &str = "metadata.json";

/// One database.
pub struct Database {
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
}

/// A table of it.
pub struct SqliteSink {
    table: &'static Table,
    path: PathBuf,
    connection: Arc<Mutex<Connection>>,
    insert: String,
}

fn fail(path: &Path, e: rusqlite::Error) -> Error {
    match e {
        rusqlite::Error::SqliteFailure(code, _) if code.code == rusqlite::ErrorCode::DiskFull => {
            Error::io(path, std::io::ErrorKind::StorageFull.into())
        }
        other => Error::Value(path.to_path_buf(), "(database)".into(), other.to_string()),
    }
}

/// The columns of one column of the schema: an amount is stored in 分 and shown in yuan.
fn columns(table: &Table) -> Vec<String> {
    let mut out = Vec::new();
    for c in table.columns {
        let must = if c.required { " NOT NULL" } else { "" };
        let ty = match c.ty {
            Type::String | Type::Word(_) => "TEXT",
            Type::Int | Type::Year | Type::Level | Type::Bool => "INTEGER",
            Type::Decimal | Type::Point | Type::Seconds => "REAL",
            Type::Amount => {
                out.push(format!("\"{}_fen\" INTEGER{must}", c.name));
                let (name, fen) = (c.name, format!("\"{}_fen\"", c.name));
                out.push(format!("\"{name}\" REAL GENERATED ALWAYS AS ({fen} / 100.0) VIRTUAL"));
                continue;
            }
        };
        out.push(format!("\"{}\" {ty}{must}", c.name));
    }
    if !table.key.is_empty() {
        out.push(format!("PRIMARY KEY (\"{}\")", table.key.join("\", \"")));
    }
    for (column, to, key) in table.refers {
        out.push(format!("FOREIGN KEY (\"{column}\") REFERENCES \"{to}\" (\"{key}\")"));
    }
    out
}

impl Database {
    /// Begins a database in the folder.
    pub fn create(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        let connection = Connection::open(&path).map_err(|e| fail(&path, e))?;
        // The folder takes its place when it is whole: nothing here has to survive a crash.
        connection
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; BEGIN")
            .map_err(|e| fail(&path, e))?;
        Ok(Self {
            path,
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// A table of it.
    pub fn sink(&self, table: &'static Table) -> Result<SqliteSink, Error> {
        let create = format!("CREATE TABLE \"{}\" ({}) STRICT", table.name, columns(table).join(", "));
        let named = |c: &super::schema::Column| match c.ty {
            Type::Amount => format!("\"{}_fen\"", c.name),
            _ => format!("\"{}\"", c.name),
        };
        let names: Vec<String> = table.columns.iter().map(named).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.execute_batch(&create).map_err(|e| fail(&self.path, e))?;
        Ok(SqliteSink {
            table,
            path: self.path.clone(),
            connection: self.connection.clone(),
            insert: format!("INSERT INTO \"{}\" ({}) VALUES ({marks})", table.name, names.join(", ")),
        })
    }

    /// Completes the database when every table is whole: indexes, the view, and what Datasette shows.
    pub fn finish(self, dir: &Path) -> Result<(), Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut script = String::new();
        for t in TABLES
            .iter()
            .filter(|t| t.columns.iter().any(|c| c.name == "document_id"))
        {
            if t.key != ["document_id"] {
                script += &format!("CREATE INDEX \"{0}_document\" ON \"{0}\" (document_id);\n", t.name);
            }
        }
        script += "CREATE INDEX facts_meaning ON facts (form, item, measure, fiscal_year);\n";
        script += ANALYSIS;
        script += "COMMIT; PRAGMA optimize;";
        connection.execute_batch(&script).map_err(|e| fail(&self.path, e))?;
        let path = dir.join(METADATA);
        let text = serde_json::to_string_pretty(&metadata()).map_err(|e| Error::io(&path, e.into()))?;
        std::fs::write(&path, text + "\n").map_err(|e| Error::io(&path, e))
    }
}

/// metadata.json of Datasette: titles, descriptions of tables and columns, units.
fn metadata() -> serde_json::Value {
    let mut tables = serde_json::Map::new();
    for t in TABLES {
        let described = t
            .columns
            .iter()
            .map(|c| (c.name.to_string(), json!(format!("{}: {}", c.zh, c.doc))));
        let columns: serde_json::Map<String, serde_json::Value> = described.collect();
        tables.insert(t.name.into(), json!({"description": t.doc, "columns": columns}));
    }
    let analysis = "What may be summed: one version and one format of each account, no sub-units, numbers only. Still choose form and measure, and NOT is_total with one item_level.";
    tables.insert("facts_analysis".into(), json!({"description": analysis}));
    let warnings: Vec<String> = WARNINGS.iter().map(|(_, said)| (*said).to_string()).collect();
    json!({
        "title": "Chinese departmental final accounts (部门决算)",
        "description": format!("Dataset {DATASET_VERSION}, juesuan {}. {}", env!("CARGO_PKG_VERSION"), warnings.join(" ")),
        "databases": {"juesuan": {"tables": tables}},
    })
}

fn value(cell: &Cell<'_>, ty: Type) -> Result<Value, String> {
    // What does not fit its column is refused as in every other format.
    let shown = text(cell, ty)?;
    Ok(match cell {
        Cell::Null => Value::Null,
        Cell::Str(s) => Value::Text(s.to_string()),
        Cell::Int(i) => Value::Integer(*i),
        Cell::Bool(b) => Value::Integer((*b).into()),
        Cell::Dec(_) if ty == Type::Amount => {
            let fen: String = shown.chars().filter(|c| *c != '.').collect();
            Value::Integer(
                fen.parse()
                    .map_err(|_| format!("{shown} has more digits than the column holds"))?,
            )
        }
        Cell::Dec(_) | Cell::Float(_) => Value::Real(shown.parse().map_err(|_| format!("{shown} is no number"))?),
    })
}

impl Sink for SqliteSink {
    fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> Result<(), Error> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let mut insert = connection
            .prepare_cached(&self.insert)
            .map_err(|e| fail(&self.path, e))?;
        for row in rows {
            let mut values = Vec::with_capacity(row.len());
            for (cell, c) in row.iter().zip(self.table.columns) {
                values.push(value(cell, c.ty).map_err(|m| Error::value(&self.path, c.name, m))?);
            }
            insert
                .execute(params_from_iter(values))
                .map_err(|e| fail(&self.path, e))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Written, Error> {
        Ok(Written::at(self.path))
    }
}

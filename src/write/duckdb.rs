//! `duckdb.sql`: the tables of a dataset as DuckDB views with the types of the schema (what DuckDB guesses from CSV makes amounts
//! floating point and eats the zeros of codes), and the view `facts_analysis` over them.

use super::Error;
use super::measured::Written;
use super::schema::{TABLES, Table, Type};
use std::path::Path;

/// The name of the file.
pub const FILE: &str = "duckdb.sql";

const HEAD: &str = "-- This dataset in DuckDB: every table as a view with its types, and facts_analysis, which may be summed.\n\
    --     cd DATASET && duckdb -init duckdb.sql\n\
    -- From elsewhere: SET file_search_path = 'DATASET'; .read DATASET/duckdb.sql\n\n";

fn sql_type(ty: Type) -> &'static str {
    match ty {
        Type::String | Type::Word(_) => "VARCHAR",
        Type::Int => "INTEGER",
        Type::Year => "SMALLINT",
        Type::Level => "TINYINT",
        Type::Bool => "BOOLEAN",
        Type::Amount => "DECIMAL(20,2)",
        Type::Decimal => "DECIMAL(28,8)",
        Type::Point | Type::Seconds => "DOUBLE",
    }
}

/// A view of the CSV file: nothing is guessed, an empty cell is NULL.
fn over_csv(table: &Table, ending: &str) -> String {
    let columns = table
        .columns
        .iter()
        .map(|c| format!("'{}': '{}'", c.name, sql_type(c.ty)));
    let columns: Vec<String> = columns.collect();
    format!(
        "CREATE VIEW {0} AS FROM read_csv('{0}.{2}', auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', \
         max_line_size = 100000000, columns = {{{1}}});\n",
        table.name,
        columns.join(", "),
        ending
    )
}

/// Writes it for the files that were written, which name their tables; nothing where there is neither Parquet nor CSV.
pub fn write(dir: &Path, files: &[(&'static Table, Written)]) -> Result<(), Error> {
    let has = |t: &Table, ending: &str| {
        let of_table = |(own, file): &(&'static Table, Written)| {
            own.name == t.name && file.path.extension().is_some_and(|e| e == ending)
        };
        files.iter().any(of_table)
    };
    let mut script = String::from(HEAD);
    for t in TABLES {
        if has(t, "parquet") {
            script += &format!("CREATE VIEW {0} AS FROM '{0}.parquet';\n", t.name);
        } else if has(t, "csv") {
            script += &over_csv(t, "csv");
        } else if has(t, "zst") {
            script += &over_csv(t, super::csv_zst::ENDING);
        } else {
            return Ok(());
        }
    }
    script += "\n";
    script += ANALYSIS;
    let path = dir.join(FILE);
    std::fs::write(&path, script).map_err(|e| Error::io(&path, e))
}

/// What may be summed: the same text serves SQLite.
pub const ANALYSIS: &str = include_str!("facts_analysis.sql");

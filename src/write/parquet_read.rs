//! A Parquet file of the dataset back to rows of text, exactly as the CSV of the same table has them: whatever reads a dataset needs
//! to know one form only.

use super::schema::{Cell, Type, text};
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use csv::StringRecord;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use rust_decimal::Decimal;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Rows that are read at once.
const BATCH: usize = 1_024;

/// The rows of a file, one after the other.
pub struct ParquetRows {
    path: PathBuf,
    columns: Vec<String>,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    row: usize,
    rows: u64,
}

impl ParquetRows {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, String> {
        let said = |e: String| format!("cannot read {}: {e}", path.display());
        let file = File::open(path).map_err(|e| said(e.to_string()))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| said(e.to_string()))?;
        let columns = builder.schema().fields().iter().map(|f| f.name().clone()).collect();
        let batches = builder
            .with_batch_size(BATCH)
            .build()
            .map_err(|e| said(e.to_string()))?;
        Ok(Self {
            path: path.to_path_buf(),
            columns,
            batches,
            batch: None,
            row: 0,
            rows: 0,
        })
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next row; its position counts rows as a CSV file counts lines.
    pub fn next_row(&mut self) -> Result<Option<StringRecord>, String> {
        while self.batch.as_ref().is_none_or(|b| self.row >= b.num_rows()) {
            match self.batches.next() {
                None => return Ok(None),
                Some(b) => self.batch = Some(b.map_err(|e| format!("{}: {e}", self.path.display()))?),
            }
            self.row = 0;
        }
        let mut record = StringRecord::new();
        if let Some(batch) = &self.batch {
            for (column, name) in batch.columns().iter().zip(&self.columns) {
                let field = cell(column.as_ref(), self.row)
                    .map_err(|e| format!("{}, column {name}: {e}", self.path.display()))?;
                record.push_field(&field);
            }
        }
        self.row += 1;
        self.rows += 1;
        let mut position = csv::Position::new();
        position.set_line(self.rows + 1);
        record.set_position(Some(position));
        Ok(Some(record))
    }
}

fn cell(column: &dyn Array, row: usize) -> Result<String, String> {
    if column.is_null(row) {
        return Ok(String::new());
    }
    let int = |n: i64| Ok(n.to_string());
    match column.data_type() {
        DataType::Utf8 => Ok(column.as_string::<i32>().value(row).to_string()),
        DataType::Int8 => int(column.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => int(column.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => int(column.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => int(column.as_primitive::<Int64Type>().value(row)),
        DataType::Boolean => Ok(column.as_boolean().value(row).to_string()),
        DataType::Float64 => {
            let value = column.as_primitive::<Float64Type>().value(row);
            text(&Cell::Float(value), Type::Point).map(|t| t.into_owned())
        }
        DataType::Decimal128(_, scale) => {
            let units = column.as_primitive::<Decimal128Type>().value(row);
            let value = u32::try_from(*scale)
                .ok()
                .and_then(|s| Decimal::try_from_i128_with_scale(units, s).ok());
            let value = value.ok_or_else(|| format!("{units} at scale {scale} is no number of this program"))?;
            let ty = if *scale == 2 { Type::Amount } else { Type::Decimal };
            text(&Cell::Dec(value), ty).map(|t| t.into_owned())
        }
        other => Err(format!("no column of a dataset has the type {other}")),
    }
}

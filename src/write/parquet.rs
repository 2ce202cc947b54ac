//! Parquet: amounts Decimal128(20,2), years int16, strings dictionary-encoded, zstd. The bytes depend on the rows only.

use super::schema::{Cell, Table, Type};
use super::{Error, Sink};
use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, Float64Builder, Int8Builder, Int16Builder, Int32Builder, StringBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that are kept before they are encoded.
const BATCH: usize = 8_192;
/// Rows of a row group: bounds the memory of the writer.
const ROW_GROUP: usize = 65_536;

/// One Parquet file.
pub struct ParquetSink {
    table: &'static Table,
    path: PathBuf,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
    waiting: Vec<Vec<Cell>>,
}

fn data_type(ty: Type) -> DataType {
    match ty {
        Type::String | Type::Word(_) => DataType::Utf8,
        Type::Int => DataType::Int32,
        Type::Year => DataType::Int16,
        Type::Level => DataType::Int8,
        Type::Bool => DataType::Boolean,
        Type::Amount => DataType::Decimal128(20, 2),
        Type::Decimal => DataType::Decimal128(28, 8),
        Type::Point | Type::Seconds => DataType::Float64,
    }
}

impl ParquetSink {
    /// Creates the file.
    pub fn create(dir: &Path, table: &'static Table) -> Result<Self, Error> {
        let path = dir.join(format!("{}.parquet", table.name));
        let fields: Vec<Field> = table
            .columns
            .iter()
            .map(|c| Field::new(c.name, data_type(c.ty), !c.required))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let level = ZstdLevel::try_new(3).map_err(|e| Error::parquet(&path, e))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(format!("juesuan {}", env!("CARGO_PKG_VERSION")))
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        let writer =
            ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(|e| Error::parquet(&path, e))?;
        Ok(Self {
            table,
            path,
            schema,
            writer,
            waiting: Vec::new(),
        })
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.table.columns.len());
        for (i, c) in self.table.columns.iter().enumerate() {
            columns.push(column(&self.waiting, i, c.ty).map_err(|m| Error::value(&self.path, c.name, m))?);
        }
        self.waiting.clear();
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(|e| Error::value(&self.path, "(all columns)", e.to_string()))?;
        self.writer.write(&batch).map_err(|e| Error::parquet(&self.path, e))
    }
}

impl Sink for ParquetSink {
    fn write(&mut self, rows: &[Vec<Cell>]) -> Result<(), Error> {
        for row in rows {
            self.waiting.push(row.clone());
            if self.waiting.len() >= BATCH {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<PathBuf, Error> {
        self.flush()?;
        let path = self.path;
        let file = self.writer.into_inner().map_err(|e| Error::parquet(&path, e))?;
        file.sync_all().map_err(|e| Error::io(&path, e))?;
        Ok(path)
    }
}

/// An exact number as an integer of the given scale; never rounded, never wrapped.
fn scaled(d: Decimal, scale: u32, digits: u32) -> Result<i128, String> {
    let mut n = d.normalize();
    if n.scale() > scale {
        return Err(format!("{d} has more than {scale} decimals"));
    }
    n.rescale(scale);
    if n.scale() != scale {
        return Err(format!("{d} is too large"));
    }
    let v = n.mantissa();
    if v.abs() >= 10i128.pow(digits) {
        return Err(format!("{d} is too large"));
    }
    Ok(v)
}

fn column(rows: &[Vec<Cell>], i: usize, ty: Type) -> Result<ArrayRef, String> {
    macro_rules! build {
        ($builder:expr, $row:ident => $value:expr) => {{
            let mut b = $builder;
            for row in rows {
                match &row[i] {
                    Cell::Null => b.append_null(),
                    $row => b.append_value($value),
                }
            }
            Ok(Arc::new(b.finish()) as ArrayRef)
        }};
    }
    let int = |c: &Cell| match c {
        Cell::Int(n) => *n,
        _ => 0,
    };
    match ty {
        Type::String | Type::Word(_) => {
            build!(StringBuilder::new(), c => match c { Cell::Str(s) => s.as_str(), _ => "" })
        }
        Type::Int => build!(Int32Builder::new(), c => int(c).to_i32().ok_or("a whole number is too large")?),
        Type::Year => build!(Int16Builder::new(), c => int(c).to_i16().ok_or("a year is too large")?),
        Type::Level => build!(Int8Builder::new(), c => int(c).to_i8().ok_or("a level is too large")?),
        Type::Bool => build!(BooleanBuilder::new(), c => matches!(c, Cell::Bool(true))),
        Type::Point | Type::Seconds => build!(Float64Builder::new(), c => match c { Cell::Float(f) => *f, _ => 0.0 }),
        Type::Amount | Type::Decimal => {
            let (digits, scale) = if ty == Type::Amount { (20, 2) } else { (28, 8) };
            let builder = Decimal128Builder::new()
                .with_precision_and_scale(digits, scale)
                .map_err(|e| e.to_string())?;
            build!(builder, c => match c {
                Cell::Dec(d) => scaled(*d, scale as u32, u32::from(digits))?,
                _ => 0,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn amounts_are_exact_or_refused() {
        let d = |s| Decimal::from_str(s).unwrap();
        assert_eq!(scaled(d("6412100.00"), 2, 20), Ok(641_210_000));
        assert_eq!(scaled(d("-0.01"), 2, 20), Ok(-1));
        assert!(scaled(d("0.001"), 2, 20).is_err());
        assert!(scaled(d("1000000000000000000"), 2, 20).is_err());
    }
}

//! Parquet: amounts Decimal128(20,2), years int16, strings dictionary-encoded, zstd. The bytes depend on the rows only. What
//! waits in memory is bounded by rows and by bytes: ten thousand documents need no more than a hundred.

use super::schema::{Cell, Table, Type, digits, scaled};
use super::{Error, Sink};
use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, Float64Builder, Int8Builder, Int16Builder, Int32Builder, StringBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that wait before they are encoded.
const BATCH_ROWS: usize = 2_048;
/// Bytes of text that wait before they are encoded: sections hold pages of text in one cell.
const BATCH_BYTES: usize = 1 << 20;
/// Rows of a row group.
const GROUP_ROWS: usize = 65_536;
/// Encoded bytes of a row group.
const GROUP_BYTES: usize = 8 << 20;

/// One Parquet file.
pub struct ParquetSink {
    table: &'static Table,
    path: PathBuf,
    schema: Arc<Schema>,
    writer: ArrowWriter<File>,
    waiting: Vec<Waiting>,
    rows: usize,
    bytes: usize,
}

/// The values of one column that wait.
enum Waiting {
    Str(StringBuilder),
    Int(Int32Builder),
    Year(Int16Builder),
    Level(Int8Builder),
    Bool(BooleanBuilder),
    Decimal(Decimal128Builder, u8, u8),
    Float(Float64Builder),
}

fn data_type(ty: Type) -> DataType {
    match ty {
        Type::String | Type::Word(_) => DataType::Utf8,
        Type::Int => DataType::Int32,
        Type::Year => DataType::Int16,
        Type::Level => DataType::Int8,
        Type::Bool => DataType::Boolean,
        Type::Amount | Type::Decimal => {
            let (precision, scale) = digits(ty).unwrap_or((28, 8));
            // Scales are single digits: the cast loses nothing.
            DataType::Decimal128(precision, scale as i8)
        }
        Type::Point | Type::Seconds => DataType::Float64,
    }
}

impl Waiting {
    fn new(ty: Type) -> Self {
        match ty {
            Type::String | Type::Word(_) => Waiting::Str(StringBuilder::new()),
            Type::Int => Waiting::Int(Int32Builder::new()),
            Type::Year => Waiting::Year(Int16Builder::new()),
            Type::Level => Waiting::Level(Int8Builder::new()),
            Type::Bool => Waiting::Bool(BooleanBuilder::new()),
            Type::Amount | Type::Decimal => {
                let (precision, scale) = digits(ty).unwrap_or((28, 8));
                Waiting::Decimal(Decimal128Builder::new().with_data_type(data_type(ty)), precision, scale)
            }
            Type::Point | Type::Seconds => Waiting::Float(Float64Builder::new()),
        }
    }

    /// Takes a value; says how many bytes of text it holds, or why it does not fit.
    fn push(&mut self, cell: &Cell<'_>) -> Result<usize, String> {
        fn int<T: TryFrom<i64>>(n: i64) -> Result<T, String> {
            T::try_from(n).map_err(|_| format!("{n} is larger than the column holds"))
        }
        match (self, cell) {
            (Waiting::Str(b), Cell::Str(s)) => {
                b.append_value(s);
                return Ok(s.len());
            }
            (Waiting::Int(b), Cell::Int(n)) => b.append_value(int(*n)?),
            (Waiting::Year(b), Cell::Int(n)) => b.append_value(int(*n)?),
            (Waiting::Level(b), Cell::Int(n)) => b.append_value(int(*n)?),
            (Waiting::Bool(b), Cell::Bool(v)) => b.append_value(*v),
            (Waiting::Decimal(b, precision, scale), Cell::Dec(d)) => match scaled(*d, *precision, *scale) {
                Some(units) => b.append_value(units),
                None => return Err(format!("{d} has more digits than the column holds")),
            },
            (Waiting::Float(b), Cell::Float(v)) => b.append_value(*v),
            (Waiting::Str(b), Cell::Null) => b.append_null(),
            (Waiting::Int(b), Cell::Null) => b.append_null(),
            (Waiting::Year(b), Cell::Null) => b.append_null(),
            (Waiting::Level(b), Cell::Null) => b.append_null(),
            (Waiting::Bool(b), Cell::Null) => b.append_null(),
            (Waiting::Decimal(b, ..), Cell::Null) => b.append_null(),
            (Waiting::Float(b), Cell::Null) => b.append_null(),
            (_, other) => return Err(format!("{other:?} has another type than the column")),
        }
        Ok(0)
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Waiting::Str(b) => Arc::new(b.finish()),
            Waiting::Int(b) => Arc::new(b.finish()),
            Waiting::Year(b) => Arc::new(b.finish()),
            Waiting::Level(b) => Arc::new(b.finish()),
            Waiting::Bool(b) => Arc::new(b.finish()),
            Waiting::Decimal(b, ..) => Arc::new(b.finish()),
            Waiting::Float(b) => Arc::new(b.finish()),
        }
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
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        let writer =
            ArrowWriter::try_new(file, schema.clone(), Some(properties)).map_err(|e| Error::parquet(&path, e))?;
        Ok(Self {
            table,
            path,
            schema,
            writer,
            waiting: table.columns.iter().map(|c| Waiting::new(c.ty)).collect(),
            rows: 0,
            bytes: 0,
        })
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        (self.rows, self.bytes) = (0, 0);
        let columns = self.waiting.iter_mut().map(Waiting::finish).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(|e| Error::value(&self.path, "(all columns)", e.to_string()))?;
        self.writer.write(&batch).map_err(|e| Error::parquet(&self.path, e))?;
        if self.writer.in_progress_size() >= GROUP_BYTES {
            self.writer.flush().map_err(|e| Error::parquet(&self.path, e))?;
        }
        Ok(())
    }
}

impl Sink for ParquetSink {
    fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> Result<(), Error> {
        for row in rows {
            for ((cell, waiting), column) in row.iter().zip(&mut self.waiting).zip(self.table.columns) {
                self.bytes += waiting
                    .push(cell)
                    .map_err(|m| Error::value(&self.path, column.name, m))?;
            }
            self.rows += 1;
            if self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES {
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

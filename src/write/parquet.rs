//! Parquet: amounts Decimal128(20,2), years int16, strings dictionary-encoded, zstd. The bytes depend on the rows only. What
//! waits in memory is bounded by rows and by bytes: ten thousand documents need no more than a hundred. Row groups follow the
//! [blocks](super::blocks): a large block has row groups of its own, small ones share one, and one of which nothing changed is copied.

use super::blocks::{Group, Grouping, Layout, Measure, Old, Segment, TAIL};
use super::csv::copy_bytes;
use super::measured::{Measured, Written};
use super::schema::{Cell, Table, Type, digits, scaled};
use super::{Error, Sink};
use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, Float64Builder, Int8Builder, Int16Builder, Int32Builder, StringBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;
use std::fs::File;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows that wait before they are encoded; blocks with fewer are small.
const BATCH_ROWS: usize = 4_096;
/// Bytes of text that wait before they are encoded: sections hold pages of text in one cell. Less than a page of Parquet, so that where
/// the rows of a small group come from makes no difference.
const BATCH_BYTES: usize = 1 << 19;
/// Rows of a row group.
const GROUP_ROWS: usize = 65_536;
/// Encoded bytes of a row group.
const GROUP_BYTES: usize = 8 << 20;

/// One Parquet file.
pub struct ParquetSink {
    table: &'static Table,
    path: PathBuf,
    schema: Arc<Schema>,
    writer: SerializedFileWriter<Measured>,
    factory: ArrowRowGroupWriterFactory,
    out: Measured,
    waiting: Vec<Waiting>,
    rows: usize,
    bytes: usize,
    /// The block whose rows come.
    block: u32,
    /// Whether it is too large to share a row group.
    large: bool,
    encoding: Option<Encoding>,
    /// Small blocks that may come to stand in one row group.
    small: Grouping<Small>,
    groups: Vec<Group>,
    /// The groups that the large block has so far, and where they begin.
    begun: Option<(u32, u64)>,
    row_groups: u32,
    old: Option<OldFile>,
}

/// A row group while it is encoded.
struct Encoding {
    columns: Vec<ArrowColumnWriter>,
    rows: usize,
}

/// The rows of a small block.
struct Small {
    block: u32,
    rows: usize,
    bytes: usize,
    from: Source,
}

enum Source {
    Documents(RecordBatch),
    /// The row group of this number of the file that stands there, from this row on.
    Old(usize, usize),
}

impl Measure for Small {
    fn small<'t>(all: impl Iterator<Item = &'t Self>) -> bool {
        let (rows, bytes) = all.fold((0, 0), |(r, b), s| (r + s.rows, b + s.bytes));
        rows < BATCH_ROWS && bytes < BATCH_BYTES
    }
}

/// The file of the dataset that stands there.
struct OldFile {
    path: PathBuf,
    file: File,
    meta: ParquetMetaData,
    groups: Vec<Group>,
    /// The group that was read last, by its number.
    read: Option<(usize, RecordBatch)>,
}

impl OldFile {
    fn open(old: &Old, name: &str) -> Option<Self> {
        let (path, layout) = old.file(name)?;
        let Layout::Groups(groups) = layout else { return None };
        let file = File::open(&path).ok()?;
        // Everything that stands in the footer is kept, so that it is the same when it is written again.
        let options = ParquetMetaDataOptions::default().with_encoding_stats_as_mask(false);
        let mut reader = ParquetMetaDataReader::new().with_metadata_options(Some(options));
        reader.try_parse(&file).ok()?;
        Some(Self {
            meta: reader.finish().ok()?,
            groups: groups.clone(),
            path,
            file,
            read: None,
        })
    }

    /// Rows of a small group.
    fn rows(&mut self, n: usize, from: usize, rows: usize) -> Option<RecordBatch> {
        if self.read.as_ref().is_none_or(|(read, _)| *read != n) {
            let group = self.groups.get(n)?;
            // What is decoded is what was written.
            copy_bytes(&self.path, &group.bytes, std::io::sink()).ok()?;
            let file = self.file.try_clone().ok()?;
            let reader = ParquetRecordBatchReaderBuilder::try_new(file).ok()?;
            let reader = reader
                .with_row_groups(vec![group.first as usize])
                .with_batch_size(BATCH_ROWS);
            self.read = Some((n, reader.build().ok()?.next()?.ok()?));
        }
        let (_, batch) = self.read.as_ref()?;
        (from + rows <= batch.num_rows()).then(|| batch.slice(from, rows))
    }

    /// The row groups of a group with what the footer says of them.
    fn part(&self, group: &Group) -> Result<Part, Error> {
        let mut bytes = Vec::with_capacity(group.bytes.length as usize);
        copy_bytes(&self.path, &group.bytes, &mut bytes)?;
        Ok(Part {
            start: group.bytes.start,
            bytes: bytes.into(),
        })
    }
}

/// Statistics without the fields of before 2018, which do not come back when they are read.
fn today(statistics: Option<Statistics>) -> Option<Statistics> {
    Some(match statistics? {
        Statistics::Boolean(s) => Statistics::Boolean(s.with_backwards_compatible_min_max(false)),
        Statistics::Int32(s) => Statistics::Int32(s.with_backwards_compatible_min_max(false)),
        Statistics::Int64(s) => Statistics::Int64(s.with_backwards_compatible_min_max(false)),
        Statistics::Double(s) => Statistics::Double(s.with_backwards_compatible_min_max(false)),
        Statistics::Int96(s) => Statistics::Int96(s.with_backwards_compatible_min_max(false)),
        Statistics::Float(s) => Statistics::Float(s.with_backwards_compatible_min_max(false)),
        Statistics::ByteArray(s) => Statistics::ByteArray(s.with_backwards_compatible_min_max(false)),
        Statistics::FixedLenByteArray(s) => Statistics::FixedLenByteArray(s.with_backwards_compatible_min_max(false)),
    })
}

fn file_name(table: &Table) -> String {
    format!("{}.parquet", table.name)
}

/// A part of a file that lies in memory.
struct Part {
    start: u64,
    bytes: Bytes,
}

impl Length for Part {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Part {
    type T = Cursor<Bytes>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        let from = start.saturating_sub(self.start).min(self.bytes.len() as u64);
        Ok(Cursor::new(self.bytes.slice(from as usize..)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let from = start.saturating_sub(self.start) as usize;
        let fits = from.checked_add(length).filter(|end| *end <= self.bytes.len());
        let end = fits.ok_or_else(|| parquet::errors::ParquetError::EOF("the row group is shorter".into()))?;
        Ok(self.bytes.slice(from..end))
    }
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
        let path = dir.join(file_name(table));
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
            // Row groups are small enough to be chosen as wholes.
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .build();
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        let out = Measured::new(file);
        let (writer, factory) = ArrowWriter::try_new(out.clone(), schema.clone(), Some(properties))
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(|e| Error::parquet(&path, e))?;
        Ok(Self {
            table,
            path,
            schema,
            writer,
            factory,
            out,
            waiting: table.columns.iter().map(|c| Waiting::new(c.ty)).collect(),
            rows: 0,
            bytes: 0,
            block: TAIL,
            large: true,
            encoding: None,
            small: Grouping::new(),
            groups: Vec::new(),
            begun: None,
            row_groups: 0,
            old: None,
        })
    }

    /// What waits, as a batch.
    fn batch(&mut self) -> Result<RecordBatch, Error> {
        (self.rows, self.bytes) = (0, 0);
        let columns = self.waiting.iter_mut().map(Waiting::finish).collect();
        RecordBatch::try_new(self.schema.clone(), columns)
            .map_err(|e| Error::value(&self.path, "(all columns)", e.to_string()))
    }

    fn encode(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        let said = |e| Error::parquet(&self.path, e);
        if self.encoding.is_none() {
            let columns = self.factory.create_column_writers(self.row_groups as usize);
            let columns = columns.map_err(said)?;
            self.encoding = Some(Encoding { columns, rows: 0 });
        }
        let Some(encoding) = &mut self.encoding else {
            return Ok(());
        };
        encoding.rows += batch.num_rows();
        let fields = self.schema.fields().iter().zip(batch.columns());
        for ((field, array), column) in fields.zip(&mut encoding.columns) {
            for leaf in compute_leaves(field, array).map_err(said)? {
                column.write(&leaf).map_err(said)?;
            }
        }
        let bytes: usize = encoding
            .columns
            .iter()
            .map(ArrowColumnWriter::get_estimated_total_bytes)
            .sum();
        if encoding.rows >= GROUP_ROWS || bytes >= GROUP_BYTES {
            self.close_group()?;
        }
        Ok(())
    }

    /// Writes the row group that is encoded.
    fn close_group(&mut self) -> Result<(), Error> {
        let Some(encoding) = self.encoding.take() else {
            return Ok(());
        };
        let said = |e| Error::parquet(&self.path, e);
        let mut group = self.writer.next_row_group().map_err(said)?;
        for column in encoding.columns {
            let mut chunk = column.close().map_err(said)?;
            let close = chunk.close_mut();
            if let Some(statistics) = today(close.metadata.statistics().cloned()) {
                let metadata = close.metadata.clone().into_builder().set_statistics(statistics);
                close.metadata = metadata.build().map_err(said)?;
            }
            chunk.append_to_row_group(&mut group).map_err(said)?;
        }
        group.close().map_err(said)?;
        self.writer.flush().map_err(|e| Error::io(&self.path, e))?;
        self.row_groups += 1;
        Ok(())
    }

    /// Writes down which blocks the row groups since `begun` are of.
    fn note(&mut self, members: Vec<(u32, u32, u32)>, (first, start): (u32, u64)) {
        let (end, crc) = (self.out.bytes(), self.out.part());
        let bytes = Segment {
            block: members.first().map_or(TAIL, |m| m.0),
            start,
            length: end - start,
            crc,
        };
        self.groups.push(Group {
            members,
            first,
            count: self.row_groups - first,
            bytes,
        });
    }

    /// Where the next row groups begin.
    fn here(&mut self) -> Result<(u32, u64), Error> {
        // The magic number waits in a buffer.
        self.writer.flush().map_err(|e| Error::io(&self.path, e))?;
        self.out.part();
        Ok((self.row_groups, self.out.bytes()))
    }

    /// The block turns out to be large: what came before it stands apart.
    fn grows_large(&mut self) -> Result<(), Error> {
        self.large = true;
        for group in self.small.add(self.block, None) {
            self.write_small(group)?;
        }
        self.begun = Some(self.here()?);
        Ok(())
    }

    /// Writes small blocks as one row group, or copies it where it stands already.
    fn write_small(&mut self, group: Vec<Small>) -> Result<(), Error> {
        let Some(first) = group.first() else { return Ok(()) };
        let members: Vec<(u32, u32, u32)> = group.iter().map(|s| (s.block, s.rows as u32, s.bytes as u32)).collect();
        if let Source::Old(n, _) = first.from {
            let taken = group.iter().all(|s| matches!(s.from, Source::Old(m, _) if m == n));
            let stands = self.old.as_ref().and_then(|o| o.groups.get(n));
            if let Some(stands) = stands.filter(|g| taken && g.members == members).cloned() {
                return self.copy_groups(&stands);
            }
        }
        let begun = self.here()?;
        for s in group {
            let batch = match s.from {
                Source::Documents(batch) => batch,
                Source::Old(n, row) => self.old_rows(n, row, s.rows)?,
            };
            self.encode(&batch)?;
        }
        self.close_group()?;
        self.note(members, begun);
        Ok(())
    }

    fn old_rows(&mut self, group: usize, from: usize, rows: usize) -> Result<RecordBatch, Error> {
        let found = self.old.as_mut().and_then(|o| o.rows(group, from, rows));
        let batch = found.ok_or_else(|| Error::Changed(self.path.clone()))?;
        // The schema of a file that was read is equal and another.
        RecordBatch::try_new(self.schema.clone(), batch.columns().to_vec())
            .map_err(|_| Error::Changed(self.path.clone()))
    }

    /// Copies row groups as they stand.
    fn copy_groups(&mut self, group: &Group) -> Result<(), Error> {
        let begun = self.here()?;
        let Some(old) = &self.old else { return Ok(()) };
        let part = old.part(group)?;
        for n in group.first..group.first + group.count {
            let said = |e| Error::parquet(&self.path, e);
            let stands = old.meta.row_groups().get(n as usize);
            let stands = stands.ok_or_else(|| Error::Changed(old.path.clone()))?;
            let mut new = self.writer.next_row_group().map_err(said)?;
            for column in stands.columns() {
                let close = ColumnCloseResult {
                    bytes_written: column.compressed_size() as u64,
                    rows_written: stands.num_rows() as u64,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                new.append_column(&part, close).map_err(said)?;
            }
            new.close().map_err(said)?;
            self.row_groups += 1;
        }
        self.writer.flush().map_err(|e| Error::io(&self.path, e))?;
        self.note(group.members.clone(), begun);
        Ok(())
    }

    /// What the block has is complete.
    fn end_block(&mut self) -> Result<(), Error> {
        if self.large {
            let rows = self.rows;
            if rows > 0 {
                let batch = self.batch()?;
                self.encode(&batch)?;
            }
            self.close_group()?;
            if let (Some(begun), true) = (self.begun.take(), self.block != TAIL) {
                self.note(vec![(self.block, 0, 0)], begun);
            }
            return Ok(());
        }
        if self.rows == 0 {
            return Ok(());
        }
        let (rows, bytes) = (self.rows, self.bytes);
        let own = Small {
            block: self.block,
            rows,
            bytes,
            from: Source::Documents(self.batch()?),
        };
        self.add_small(own)
    }

    fn add_small(&mut self, own: Small) -> Result<(), Error> {
        for group in self.small.add(own.block, Some(own)) {
            self.write_small(group)?;
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
                if !self.large {
                    self.grows_large()?;
                }
                let batch = self.batch()?;
                self.encode(&batch)?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, block: u32) -> Result<(), Error> {
        self.end_block()?;
        self.block = block;
        // What belongs to no block shares no row group.
        self.large = block == TAIL;
        if self.large {
            let group = self.small.end();
            self.write_small(group)?;
        }
        Ok(())
    }

    fn copy(&mut self, old: &Old) -> Result<(), Error> {
        let name = file_name(self.table);
        let changed = || Error::Changed(self.path.clone());
        let (_, layout) = old.file(&name).ok_or_else(changed)?;
        let Some((n, group, row)) = layout.group(self.block) else {
            return Ok(());
        };
        if self.old.is_none() {
            self.old = Some(OldFile::open(old, &name).ok_or_else(changed)?);
        }
        let member = group.members.iter().find(|m| m.0 == self.block);
        match member {
            Some((block, rows, bytes)) if *rows > 0 => self.add_small(Small {
                block: *block,
                rows: *rows as usize,
                bytes: *bytes as usize,
                from: Source::Old(n, row),
            }),
            _ => {
                self.grows_large()?;
                self.begun = None;
                self.copy_groups(group)
            }
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Written, Error> {
        self.begin(TAIL)?;
        self.writer.finish().map_err(|e| Error::parquet(&self.path, e))?;
        Ok(Written {
            measured: Some(self.out.finish(&self.path)?),
            layout: Some(Layout::Groups(self.groups)),
            path: self.path,
        })
    }
}

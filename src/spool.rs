//! What has to wait until all documents were seen: values one behind the other in a file, of which the program holds nothing but where
//! each begins. Memory stays the same for any number of documents; without a file (tests, small work) they wait in memory.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Bytes that wait before they go to the file.
const BUFFER: usize = 1 << 18;

/// Values that wait.
#[derive(Debug, Default)]
pub(crate) struct Spool {
    file: Option<Mutex<File>>,
    /// Bytes in the file.
    written: u64,
    /// What is not yet there.
    tail: Vec<u8>,
    /// Where each value begins.
    starts: Vec<u64>,
    error: Option<String>,
}

impl Spool {
    /// Values wait in this file, which must not exist and is taken away at once where the system can do that.
    pub fn at(path: &Path) -> std::io::Result<Self> {
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        if cfg!(unix) {
            std::fs::remove_file(path)?;
        }
        Ok(Self {
            file: Some(Mutex::new(file)),
            ..Self::default()
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Appends a value. What goes wrong is said when values are asked for: nothing is lost in silence.
    pub fn push<T: Serialize>(&mut self, value: &T) {
        self.starts.push(self.written + self.tail.len() as u64);
        match postcard::to_allocvec(value) {
            Ok(bytes) => self.tail.extend(bytes),
            Err(e) => self.error = Some(e.to_string()),
        }
        if self.tail.len() >= BUFFER {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let Some(file) = &self.file else { return };
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let done = file
            .seek(SeekFrom::Start(self.written))
            .and_then(|_| file.write_all(&self.tail));
        match done {
            Ok(()) => {
                self.written += self.tail.len() as u64;
                self.tail.clear();
            }
            Err(e) => self.error = Some(e.to_string()),
        }
    }

    /// The value of a number.
    pub fn get<T: DeserializeOwned>(&self, n: usize) -> Result<T, String> {
        if let Some(e) = &self.error {
            return Err(e.clone());
        }
        let all = self.written + self.tail.len() as u64;
        let start = *self.starts.get(n).ok_or("no such value")?;
        let end = self.starts.get(n + 1).copied().unwrap_or(all);
        if start >= self.written {
            let (from, to) = ((start - self.written) as usize, (end - self.written) as usize);
            return postcard::from_bytes(&self.tail[from..to]).map_err(|e| e.to_string());
        }
        let file = self.file.as_ref().ok_or("no file")?;
        let mut bytes = vec![0; (end - start) as usize];
        {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            file.seek(SeekFrom::Start(start)).map_err(|e| e.to_string())?;
            file.read_exact(&mut bytes).map_err(|e| e.to_string())?;
        }
        postcard::from_bytes(&bytes).map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_from_the_file_and_from_memory() {
        let dir = tempfile::tempdir().unwrap();
        let mut filed = Spool::at(&dir.path().join("spool")).unwrap();
        let mut held = Spool::default();
        let value = |n: usize| (n, "字".repeat(n % 50));
        for n in 0..20_000 {
            filed.push(&value(n));
            held.push(&value(n));
        }
        assert!(filed.written > 0 && filed.tail.len() < BUFFER && held.written == 0);
        for n in [0, 1, 777, 12_345, 19_999] {
            assert_eq!(filed.get::<(usize, String)>(n).unwrap(), value(n));
            assert_eq!(held.get::<(usize, String)>(n).unwrap(), value(n));
        }
        assert!(filed.get::<(usize, String)>(20_000).is_err());
    }

    #[test]
    fn exact_numbers_come_back_with_every_digit_and_sign() {
        let mut spool = Spool::default();
        let numbers = ["1.00", "-0.00", "0", "-12345678901234567890.12", "0.0000000001", "1.50"];
        for n in numbers {
            spool.push(&n.parse::<rust_decimal::Decimal>().unwrap());
        }
        for (k, n) in numbers.iter().enumerate() {
            let back = spool.get::<rust_decimal::Decimal>(k).unwrap();
            let before = n.parse::<rust_decimal::Decimal>().unwrap();
            assert_eq!(back.serialize(), before.serialize(), "{n}");
        }
        // The sign that arithmetic may leave on a zero is lost: no table prints it.
        spool.push(&-rust_decimal::Decimal::new(0, 2));
        let zero = spool.get::<rust_decimal::Decimal>(numbers.len()).unwrap();
        assert_eq!(zero.to_string(), "0.00");
    }
}

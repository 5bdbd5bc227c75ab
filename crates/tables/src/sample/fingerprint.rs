//! The fingerprint of the used columns: SHA-256 over their rows, sorted, as RFC 4180.
//!
//! Who may call this: `sample` alone. What must stay true: anybody can check it with `sort` and
//! `sha256sum`: a line of the used headings in byte order, then one line for each row that was kept,
//! its trimmed cells in that order, lines sorted byte by byte (as `LC_ALL=C sort` does), each ended by
//! CR LF. Beyond [`IN_MEMORY`] the sorted stretches of a file that is on disk anyway wait in an
//! unnamed temporary file; what came as bytes is never written.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};

use sha2::{Digest, Sha256};

use super::batch::{Batch, Row, needs_quotes};
use crate::error::{Kind, TableError};
use crate::read::layout::hex;

/// How many bytes of lines are held at once.
const IN_MEMORY: usize = 64 << 20;

/// So few bytes are summed before a thread would have begun.
const FEW: usize = 1 << 19;

/// Lines that wait to be sorted and summed.
pub(crate) struct Fingerprint {
    header: Vec<u8>,
    stretches: Vec<Stretch>,
    held: usize,
    may_spill: bool,
    spilled: Option<Spilled>,
    limit: usize,
}

/// Lines in order, one behind the other.
#[derive(Default)]
struct Stretch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

struct Spilled {
    file: BufWriter<File>,
    /// Where each sorted stretch starts.
    starts: Vec<u64>,
    end: u64,
}

impl Fingerprint {
    pub(crate) fn new<'a>(headings: impl Iterator<Item = &'a str>, may_spill: bool) -> Self {
        let mut header = Vec::new();
        for (i, heading) in headings.enumerate() {
            write_cell(&mut header, i, heading);
        }
        header.extend_from_slice(b"\r\n");
        Self {
            header,
            stretches: Vec::new(),
            held: 0,
            may_spill,
            spilled: None,
            limit: IN_MEMORY,
        }
    }

    /// Adds rows: their used cells, trimmed, in the headings' order.
    pub(crate) fn add(&mut self, batch: &Batch) -> Result<(), TableError> {
        let stretch = match batch.lines() {
            Some(lines) => Stretch::of(lines),
            None => {
                let lines: Vec<Vec<u8>> = batch.rows().map(line).collect();
                Stretch::of(lines.iter().map(Vec::as_slice))
            }
        };
        self.held += stretch.bytes.len();
        self.stretches.push(stretch);
        if self.may_spill && self.held >= self.limit {
            self.spill().map_err(|e| no_room(&e))?;
        }
        Ok(())
    }

    /// The sum, which may be worked out beside what comes next.
    pub(crate) fn finish(mut self) -> Result<Sum, TableError> {
        if self.spilled.is_none() {
            return Ok(Sum::begin(self));
        }
        let mut sum = Sha256::new();
        sum.update(&self.header);
        self.spill().map_err(|e| no_room(&e))?;
        if let Some(spilled) = self.spilled.take() {
            spilled.merge(&mut sum).map_err(|e| no_room(&e))?;
        }
        Ok(Sum::of(hex(&sum.finalize())))
    }

    /// The sum of lines that are all in memory, in hexadecimal.
    fn sorted(self) -> String {
        let mut sum = Sha256::new();
        sum.update(&self.header);
        in_order(&self.stretches, |line| sum.update(line));
        hex(&sum.finalize())
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut spilled = match self.spilled.take() {
            Some(spilled) => spilled,
            None => Spilled {
                file: BufWriter::with_capacity(1 << 20, tempfile::tempfile()?),
                starts: Vec::new(),
                end: 0,
            },
        };
        spilled.starts.push(spilled.end);
        let mut written = Ok(());
        in_order(&self.stretches, |line| {
            if written.is_ok() {
                written = spilled.write(line);
            }
        });
        written?;
        self.stretches.clear();
        self.held = 0;
        self.spilled = Some(spilled);
        Ok(())
    }
}

/// A row as RFC 4180 writes it.
fn line(row: Row<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    for (i, cell) in row.cells().enumerate() {
        write_cell(&mut line, i, cell);
    }
    line.extend_from_slice(b"\r\n");
    line
}

/// A line's first bytes as a number, which settles most comparisons.
fn key(line: &[u8]) -> u128 {
    let mut first = [0_u8; 16];
    for (slot, byte) in first.iter_mut().zip(line) {
        *slot = *byte;
    }
    u128::from_be_bytes(first)
}

impl Stretch {
    fn of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut lines: Vec<(u128, &[u8])> = lines.map(|line| (key(line), line)).collect();
        lines.sort_unstable();
        let mut stretch = Self::default();
        stretch
            .bytes
            .reserve_exact(lines.iter().map(|(_, line)| line.len()).sum());
        stretch.ends.reserve_exact(lines.len());
        for (_, line) in lines {
            stretch.bytes.extend_from_slice(line);
            stretch.ends.push(stretch.bytes.len());
        }
        stretch
    }

    fn line(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before));
        self.bytes.get(start.copied().unwrap_or(0)..end)
    }
}

/// Gives the lines of all stretches in order.
fn in_order(stretches: &[Stretch], mut each: impl FnMut(&[u8])) {
    let next = |stretch: usize, at: usize| {
        let line = stretches.get(stretch)?.line(at)?;
        Some(Reverse((key(line), line, stretch, at)))
    };
    let mut heads: BinaryHeap<_> = (0..stretches.len())
        .filter_map(|one| next(one, 0))
        .collect();
    while let Some(mut head) = heads.peek_mut() {
        let Reverse((_, line, stretch, at)) = *head;
        each(line);
        match next(stretch, at + 1) {
            Some(after) => *head = after,
            None => {
                PeekMut::pop(head);
            }
        }
    }
}

/// A sum that is there, or being worked out.
#[derive(Clone)]
pub(crate) struct Sum(Arc<Working>);

struct Working {
    done: OnceLock<Option<String>>,
    /// What no thread has taken up.
    lines: Arc<Mutex<Option<Fingerprint>>>,
    thread: Mutex<Option<JoinHandle<Option<String>>>>,
}

impl Sum {
    fn of(sum: String) -> Self {
        Self(Arc::new(Working {
            done: OnceLock::from(Some(sum)),
            lines: Arc::default(),
            thread: Mutex::default(),
        }))
    }

    fn begin(lines: Fingerprint) -> Self {
        if lines.held < FEW || cfg!(target_family = "wasm") {
            return Self::of(lines.sorted());
        }
        let lines = Arc::new(Mutex::new(Some(lines)));
        let waiting = Arc::clone(&lines);
        let thread = thread::Builder::new().spawn(move || sorted(&waiting)).ok();
        Self(Arc::new(Working {
            done: OnceLock::new(),
            lines,
            thread: Mutex::new(thread),
        }))
    }

    /// The sum, in hexadecimal, once it is there; None where working it out broke off.
    pub(crate) fn get(&self) -> Option<String> {
        let working = &self.0;
        let done = working.done.get_or_init(|| {
            let thread = working
                .thread
                .lock()
                .ok()
                .and_then(|mut thread| thread.take());
            match thread {
                Some(thread) => thread.join().ok().flatten(),
                None => sorted(&working.lines),
            }
        });
        done.clone()
    }
}

fn sorted(waiting: &Mutex<Option<Fingerprint>>) -> Option<String> {
    let lines = waiting.lock().ok().and_then(|mut lines| lines.take());
    lines.map(Fingerprint::sorted)
}

impl std::fmt::Debug for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Sum").field(&self.0.done.get()).finish()
    }
}

impl Spilled {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        let length = u32::try_from(line.len()).unwrap_or(u32::MAX);
        self.file.write_all(&length.to_le_bytes())?;
        self.file.write_all(line)?;
        self.end += 4 + u64::from(length);
        Ok(())
    }

    /// Sums all lines in order, a block of each sorted stretch in memory at a time.
    fn merge(self, sum: &mut Sha256) -> io::Result<()> {
        let file = self
            .file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        let ends = self.starts.iter().skip(1).copied().chain([self.end]);
        let mut stretches = Vec::new();
        let mut next = BinaryHeap::new();
        for (i, (start, end)) in self.starts.iter().copied().zip(ends).enumerate() {
            let place = At {
                file: file.try_clone()?,
                at: start,
                end,
            };
            let mut stretch = BufReader::with_capacity(1 << 18, place);
            if let Some(line) = read_line(&mut stretch)? {
                next.push(Reverse((line, i)));
            }
            stretches.push(stretch);
        }
        while let Some(Reverse((line, i))) = next.pop() {
            sum.update(&line);
            if let Some(stretch) = stretches.get_mut(i)
                && let Some(line) = read_line(stretch)?
            {
                next.push(Reverse((line, i)));
            }
        }
        Ok(())
    }
}

/// A stretch of a file whose handle others move too.
struct At {
    file: File,
    at: u64,
    end: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        self.file.seek(SeekFrom::Start(self.at))?;
        let n = match buffer.get_mut(..most) {
            Some(part) => self.file.read(part)?,
            None => 0,
        };
        self.at += u64::try_from(n).unwrap_or(0);
        Ok(n)
    }
}

fn read_line(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0_u8; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    }
    let mut line = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap_or(0)];
    from.read_exact(&mut line)?;
    Ok(Some(line))
}

/// One cell as RFC 4180 writes it.
fn write_cell(into: &mut Vec<u8>, place: usize, cell: &str) {
    if place > 0 {
        into.push(b',');
    }
    if needs_quotes(cell) {
        into.push(b'"');
        into.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
        into.push(b'"');
    } else {
        into.extend_from_slice(cell.as_bytes());
    }
}

fn no_room(error: &io::Error) -> TableError {
    TableError::new(
        Kind::Unreadable,
        format!("There is no room to sort the file in ({error})."),
        "Make room on the disk that holds temporary files, or set TMPDIR to a roomier one.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(limit: usize, may_spill: bool, rows: &[[&'static str; 2]]) -> String {
        let mut print = Fingerprint::new(["a", "b"].into_iter(), may_spill);
        print.limit = limit;
        for row in rows {
            let mut batch = Batch::new(2);
            batch.add(1, &csv::ByteRecord::from(row.to_vec()), &[0, 1]);
            print.add(&batch).unwrap();
        }
        print.finish().unwrap().get().unwrap()
    }

    #[test]
    fn rows_in_any_order_and_any_number_of_stretches_give_the_same_sum() {
        let rows = [["2", "x"], ["1", "y, z"], ["3", "say \"so\""], ["1", "y"]];
        let mut turned = rows;
        turned.reverse();
        let expected = hex(&Sha256::digest(
            b"a,b\r\n1,\"y, z\"\r\n1,y\r\n2,x\r\n3,\"say \"\"so\"\"\"\r\n",
        ));
        assert_eq!(sum(usize::MAX, true, &rows), expected);
        assert_eq!(sum(1, true, &turned), expected);
        assert_eq!(sum(12, true, &rows), expected);
        assert_eq!(sum(1, false, &turned), expected);
    }
}

//! Bytes to UTF-8 text: which encoding, and a reader that can't be made to swallow a whole file.
//!
//! Who may call this: `read` alone. What must stay true: text is decoded in blocks, never whole;
//! no record grows beyond [`LONGEST_RECORD`], so an open quote ends in an error, not in memory.

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::DecodeReaderBytesBuilder;
use sha2::{Digest, Sha256};

use crate::error::TableError;
use crate::source::Source;

/// How much of a file is looked at to find out how it is written.
pub(crate) const HEAD: usize = 1 << 20;
/// The longest record that is taken: far beyond any row of a school's table.
pub(crate) const LONGEST_RECORD: usize = 4 << 20;
/// How much is read at once.
const BLOCK: usize = 1 << 17;

/// How a text file's bytes stand for letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// What older versions of Excel write in western Europe.
    Windows1252,
}

impl Encoding {
    /// The name that people know.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// None for UTF-8: its bytes pass through as they are, so that a wrong one can be named.
    fn decoder(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Self::Utf8 => None,
            Self::Utf16Le => Some(UTF_16LE),
            Self::Utf16Be => Some(UTF_16BE),
            Self::Windows1252 => Some(WINDOWS_1252),
        }
    }

    /// Judged by the first bytes.
    pub(crate) fn of(head: &[u8]) -> Self {
        if head.starts_with(&[0xEF, 0xBB, 0xBF]) {
            return Self::Utf8;
        }
        if head.starts_with(&[0xFF, 0xFE]) {
            return Self::Utf16Le;
        }
        if head.starts_with(&[0xFE, 0xFF]) {
            return Self::Utf16Be;
        }
        if let Some(utf16) = Self::utf16_without_mark(head) {
            return utf16;
        }
        match std::str::from_utf8(head) {
            Ok(_) => Self::Utf8,
            // Cut in the middle of a letter: the head's end, not a wrong byte.
            Err(e) if e.error_len().is_none() => Self::Utf8,
            Err(_) => Self::Windows1252,
        }
    }

    /// Western text in UTF-16 has a NUL in every other byte.
    fn utf16_without_mark(head: &[u8]) -> Option<Self> {
        let pairs = head.chunks_exact(2).take(512);
        let (mut all, mut low, mut high) = (0_u32, 0_u32, 0_u32);
        for pair in pairs {
            all += 1;
            match pair {
                [a, 0] if *a != 0 => low += 1,
                [0, b] if *b != 0 => high += 1,
                _ => {}
            }
        }
        let most = all - all / 10;
        (all >= 4).then_some(())?;
        if low >= most {
            Some(Self::Utf16Le)
        } else if high >= most {
            Some(Self::Utf16Be)
        } else {
            None
        }
    }
}

/// Decodes one cell; a byte that is no UTF-8 is read as Windows-1252, which is what it then is.
pub(crate) fn decode(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}

/// A sum over bytes that a reader adds to while it is read.
pub(crate) type Running = Rc<RefCell<Sha256>>;

/// Adds everything that is read through it to a sum.
struct Summed<R> {
    inner: R,
    sum: Running,
}

impl<R: Read> Read for Summed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if let Some(read) = buffer.get(..n) {
            self.sum.borrow_mut().update(read);
        }
        Ok(n)
    }
}

/// Ends every line in a line feed, the last one too, so that lines can be counted.
struct EvenLines<R> {
    inner: R,
    /// The byte before was a carriage return: a line feed now belongs to it.
    after_return: bool,
    ends_in_feed: bool,
    done: bool,
}

impl<R: Read> Read for EvenLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.done {
            return Ok(0);
        }
        loop {
            let n = self.inner.read(buffer)?;
            if n == 0 {
                self.done = true;
                return Ok(match buffer.first_mut() {
                    Some(first) if !self.ends_in_feed => {
                        *first = b'\n';
                        1
                    }
                    _ => 0,
                });
            }
            let Some(read) = buffer.get_mut(..n) else {
                return Ok(0);
            };
            let kept = if self.after_return || read.contains(&b'\r') {
                self.even(read)
            } else {
                n
            };
            if let Some(last) = kept.checked_sub(1).and_then(|i| buffer.get(i)) {
                self.ends_in_feed = *last == b'\n';
                return Ok(kept);
            }
        }
    }
}

impl<R> EvenLines<R> {
    /// Turns each return, with or without its feed, into one feed; gives how many bytes are left.
    fn even(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            let Some(byte) = bytes.get(at).copied() else {
                break;
            };
            let belongs = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            if belongs {
                continue;
            }
            if let Some(slot) = bytes.get_mut(kept) {
                *slot = if byte == b'\r' { b'\n' } else { byte };
            }
            kept += 1;
        }
        kept
    }
}

/// Ends in an error when a single record asks for more than [`LONGEST_RECORD`].
pub(crate) struct Bounded {
    inner: Box<dyn Read>,
    since_record: usize,
}

impl Bounded {
    /// A record was finished: start counting anew.
    pub(crate) fn record_done(&mut self) {
        self.since_record = 0;
    }
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_record > LONGEST_RECORD {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "endless record",
            ));
        }
        let n = self.inner.read(buffer)?;
        self.since_record = self.since_record.saturating_add(n);
        Ok(n)
    }
}

/// UTF-8 text from the start of a source.
pub(crate) fn reader(
    source: &Source,
    encoding: Encoding,
    sum: Option<Running>,
) -> Result<Bounded, TableError> {
    let bytes: Box<dyn Read> = source.read()?;
    let bytes: Box<dyn Read> = match sum {
        Some(sum) => Box::new(Summed { inner: bytes, sum }),
        None => bytes,
    };
    let decoded: Box<dyn Read> = Box::new(
        DecodeReaderBytesBuilder::new()
            .encoding(encoding.decoder())
            .strip_bom(true)
            .bom_sniffing(false)
            .build_with_buffer(bytes, vec![0; BLOCK])
            .map_err(|e| broken(source, &e))?,
    );
    let even = EvenLines {
        inner: decoded,
        after_return: false,
        ends_in_feed: true,
        done: false,
    };
    Ok(Bounded {
        inner: Box::new(even),
        since_record: 0,
    })
}

/// A CSV reader over the text of a source.
pub(crate) fn csv(text: Bounded, delimiter: u8) -> csv::Reader<Bounded> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .terminator(csv::Terminator::Any(b'\n'))
        .buffer_capacity(BLOCK)
        .from_reader(text)
}

/// The disk or the network behind a file let go.
pub(crate) fn broken(source: &Source, error: &io::Error) -> TableError {
    TableError::new(
        crate::error::Kind::Unreadable,
        format!("Reading “{}” stopped: {error}.", source.name()),
        "Copy the file to another disk and try again.",
    )
}

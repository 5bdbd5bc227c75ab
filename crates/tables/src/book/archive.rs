//! What a zip archive holds, and whether it is safe to unpack.
//!
//! Who may call this: `book` alone. What must stay true: sizes are added up as the archive states
//! them, and counted again while unpacking, because an archive can lie.

use std::io::Read;

use zip::ZipArchive;

use super::{UNPACKED, damaged, too_large};
use crate::error::TableError;
use crate::read::kind::password;
use crate::source::{ReadSeek, Source};

/// A spreadsheet has a few dozen parts.
const PARTS: usize = 10_000;

/// What a zip archive holds.
pub(crate) enum Contents {
    Excel,
    OpenDocument,
    /// Something else: what, and the cure.
    Other(&'static str, &'static str),
}

pub(crate) type Archive = ZipArchive<Box<dyn ReadSeek>>;

pub(crate) fn open(source: &Source) -> Result<Archive, TableError> {
    ZipArchive::new(source.read()?).map_err(|_| damaged("its archive is broken or cut short"))
}

/// Finds out what an archive holds, and refuses one that would unpack beyond the limit.
pub(crate) fn look(source: &Source) -> Result<Contents, TableError> {
    let mut archive = open(source)?;
    if archive.len() > PARTS {
        return Err(too_large());
    }
    let mut names = Vec::new();
    let (mut stated, mut locked) = (0_u64, false);
    for i in 0..archive.len() {
        let part = archive
            .by_index_raw(i)
            .map_err(|_| damaged("its archive is broken"))?;
        stated = stated.saturating_add(part.size());
        locked |= part.encrypted();
        names.push(
            part.name()
                .map(|n| n.replace('\\', "/"))
                .unwrap_or_default(),
        );
    }
    let contents = what(&names, &mut archive);
    if matches!(contents, Contents::Other(..)) {
        return Ok(contents);
    }
    if locked {
        return Err(password());
    }
    if stated > UNPACKED {
        return Err(too_large());
    }
    count(&mut archive, &names)?;
    Ok(contents)
}

fn what(names: &[String], archive: &mut Archive) -> Contents {
    let has = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    let under = |folder: &str| names.iter().any(|n| n.starts_with(folder));
    const ORIGINAL: &str = "Choose the spreadsheet it was made from, or type the table into one.";
    const SAVE_AS: &str = "Open it and save it as an Excel workbook (.xlsx) or as CSV.";
    if has("xl/workbook.xml") || has("[Content_Types].xml") && under("xl/worksheets/") {
        return Contents::Excel;
    }
    if has("xl/workbook.bin") {
        return Contents::Other("a binary Excel workbook (.xlsb)", SAVE_AS);
    }
    if has("word/document.xml") {
        return Contents::Other("a Word document", ORIGINAL);
    }
    if under("ppt/") {
        return Contents::Other("a presentation", ORIGINAL);
    }
    if under("Index/") || has("Index.zip") {
        return Contents::Other(
            "a Numbers, Pages or Keynote file",
            "Open it and export it as Excel or CSV.",
        );
    }
    if has("content.xml") && has("mimetype") {
        let mut mime = String::new();
        let read = archive
            .by_name("mimetype")
            .is_ok_and(|f| f.take(200).read_to_string(&mut mime).is_ok());
        if read
            && mime
                .trim_end()
                .starts_with("application/vnd.oasis.opendocument.spreadsheet")
        {
            return Contents::OpenDocument;
        }
        return Contents::Other("an OpenDocument text or drawing", ORIGINAL);
    }
    Contents::Other("a packed file", "Unpack it and choose the table inside.")
}

/// A list of shared words says how many it holds, and the reader makes room for as many: a lie here
/// would end the whole program, so it is refused before.
const MOST_WORDS: u64 = 8_000_000;

/// Counts bytes as they pass, and looks for a count of shared words that can't be.
#[derive(Default)]
struct Inspector {
    bytes: u64,
    looks: bool,
    /// The end of the last stretch, in case the words stand across two.
    tail: Vec<u8>,
    lies: bool,
}

impl std::io::Write for Inspector {
    fn write(&mut self, stretch: &[u8]) -> std::io::Result<usize> {
        self.bytes += u64::try_from(stretch.len()).unwrap_or(0);
        if self.looks {
            // In UTF-16 every other byte is a nought.
            self.tail.extend(stretch.iter().filter(|b| **b != 0));
            self.lies |= stated_words(&self.tail).is_some_and(|n| n > MOST_WORDS);
            let keep = self.tail.len().saturating_sub(200);
            self.tail.drain(..keep);
        }
        Ok(stretch.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The largest number after "uniqueCount".
fn stated_words(text: &[u8]) -> Option<u64> {
    const KEY: &[u8] = b"uniqueCount";
    text.windows(KEY.len())
        .enumerate()
        .filter(|(_, w)| *w == KEY)
        .filter_map(|(at, _)| text.get(at + KEY.len()..))
        .map(|rest| {
            rest.iter()
                .skip_while(|b| !b.is_ascii_digit())
                .take_while(|b| b.is_ascii_digit())
                .fold(0_u64, |n, b| {
                    n.saturating_mul(10).saturating_add(u64::from(b - b'0'))
                })
        })
        .max()
}

/// Unpacks what will be read, only to count it.
fn count(archive: &mut Archive, names: &[String]) -> Result<(), TableError> {
    let mut left = UNPACKED;
    for (i, name) in names.iter().enumerate() {
        let lower = name.to_ascii_lowercase();
        if ![".xml", ".rels"].iter().any(|end| lower.ends_with(end)) {
            continue;
        }
        let part = archive
            .by_index(i)
            .map_err(|_| damaged("a part of it is broken"))?;
        let mut inspector = Inspector {
            looks: lower.ends_with("sharedstrings.xml"),
            ..Inspector::default()
        };
        std::io::copy(&mut part.take(left.saturating_add(1)), &mut inspector)
            .map_err(|_| damaged("a part of it is broken or cut short"))?;
        if inspector.lies {
            return Err(damaged(
                "it says that it holds more words than any spreadsheet does",
            ));
        }
        left = left.checked_sub(inspector.bytes).ok_or_else(too_large)?;
    }
    Ok(())
}

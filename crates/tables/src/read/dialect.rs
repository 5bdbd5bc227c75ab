//! How a text file separates its cells and writes its decimals.
//!
//! Who may call this: `read` alone. What must stay true: judged by content, never by the file's
//! name; where a number can be read in two ways the mark stays [`Decimal::Unseen`], and the cell
//! is asked about, not guessed.

/// What stands before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimal {
    /// 12.5, with thousands as 1,234.
    Point,
    /// 12,5, with thousands as 1.234.
    Comma,
    /// The file shows neither.
    Unseen,
}

/// The characters that may separate cells, the likelier first when all else is equal.
const DELIMITERS: [u8; 4] = [b'\t', b';', b'|', b','];

/// How many records of the head are weighed.
const RECORDS: usize = 200;

/// Excel's own hint, `sep=;` on a line of its own.
pub(crate) fn hint(head: &[u8]) -> Option<u8> {
    let rest = head
        .strip_prefix(b"sep=")
        .or_else(|| head.strip_prefix(b"\"sep="))?;
    match rest {
        [mark, b'\r' | b'\n' | b'"', ..] => Some(*mark),
        _ => None,
    }
}

/// The delimiter under which most records have the same number of cells.
pub(crate) fn delimiter(head: &[u8]) -> u8 {
    if let Some(mark) = hint(head) {
        return mark;
    }
    let mut best: Option<(Fit, u8)> = None;
    for mark in DELIMITERS {
        if let Some(fit) = fit(head, mark)
            && best.as_ref().is_none_or(|(b, _)| fit > *b)
        {
            best = Some((fit, mark));
        }
    }
    best.map_or(b',', |(_, mark)| mark)
}

/// How well a delimiter fits: records that agree first, then the cells that they have.
type Fit = (u64, usize);

fn fit(head: &[u8], mark: u8) -> Option<Fit> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mark)
        .has_headers(false)
        .flexible(true)
        .from_reader(head);
    let mut counts = std::collections::BTreeMap::<usize, u64>::new();
    let mut record = csv::ByteRecord::new();
    for _ in 0..RECORDS {
        match reader.read_byte_record(&mut record) {
            Ok(true) => *counts.entry(record.len()).or_default() += 1,
            _ => break,
        }
    }
    counts
        .into_iter()
        .filter(|(cells, _)| *cells > 1)
        .max_by_key(|(cells, records)| (*records, *cells))
        .map(|(cells, records)| (records, cells))
}

/// The decimal mark that the cells show.
pub(crate) fn decimal<'a>(cells: impl Iterator<Item = &'a str>, delimiter: u8) -> Decimal {
    let (mut points, mut commas) = (0_u64, 0_u64);
    for cell in cells {
        match shown(cell) {
            Some(Decimal::Point) => points += 1,
            Some(Decimal::Comma) => commas += 1,
            _ => {}
        }
    }
    if points > commas {
        Decimal::Point
    } else if commas > 0 {
        Decimal::Comma
    } else if delimiter == b';' {
        // Programs separate with semicolons where commas stand before decimals, and people do so
        // anyway: both readings are open.
        Decimal::Unseen
    } else {
        Decimal::Point
    }
}

/// The mark that one cell can only have.
fn shown(cell: &str) -> Option<Decimal> {
    let digits = cell.trim().trim_start_matches(['-', '+', '−']);
    let digits = digits.strip_suffix('%').unwrap_or(digits).trim_end();
    if !digits.starts_with(|c: char| c.is_ascii_digit())
        || !digits
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
    {
        return None;
    }
    let (points, commas) = (digits.matches('.').count(), digits.matches(',').count());
    match (points, commas) {
        (1, 0) if !grouped(digits, '.') => Some(Decimal::Point),
        (0, 1) if !grouped(digits, ',') => Some(Decimal::Comma),
        (1, 1..) if digits.rfind('.') > digits.rfind(',') => Some(Decimal::Point),
        (1.., 1) if digits.rfind(',') > digits.rfind('.') => Some(Decimal::Comma),
        _ => None,
    }
}

/// Whether digits stand in groups of three behind the mark, as in 1,234 or 12,345,678.
pub(crate) fn grouped(digits: &str, mark: char) -> bool {
    let mut groups = digits.split(mark);
    groups
        .next()
        .is_some_and(|first| (1..=3).contains(&first.len()) && first != "0")
        && groups.all(|group| group.len() == 3)
}

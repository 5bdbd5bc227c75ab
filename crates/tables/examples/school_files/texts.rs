//! Text files that somebody made in a spreadsheet and saved.

use crate::pupils::{Pupil, drawn_by_class, drawn_within};
use crate::{HEADINGS, Means, NOTE, SchoolFile, TOTALS};

/// A line of cells, quoted where needed.
pub fn line(cells: &[String], mark: char) -> String {
    let quoted: Vec<String> = cells
        .iter()
        .map(|c| {
            if c.contains([mark, '"', '\n']) {
                format!("\"{}\"", c.replace('"', "\"\""))
            } else {
                c.clone()
            }
        })
        .collect();
    quoted.join(&mark.to_string())
}

/// Headings and rows, separated by `mark`, each line ended by `end`.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>, mark: char, end: &str) -> String {
    let headings: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
    let mut text = line(&headings, mark) + end;
    for row in rows {
        text.push_str(&line(&row, mark));
        text.push_str(end);
    }
    text
}

pub fn csv(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    table(headings, rows, ',', "\r\n")
}

pub fn rows(pupils: &[Pupil], row: impl Fn(usize, &Pupil) -> Vec<String>) -> Vec<Vec<String>> {
    pupils.iter().enumerate().map(|(i, p)| row(i, p)).collect()
}

/// Every `nth` pupil was away.
pub fn unless(away: bool, word: &str, score: i32) -> String {
    if away {
        word.to_owned()
    } else {
        score.to_string()
    }
}

/// Windows-1252, as older programs save it.
pub fn cp1252(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| match c {
            '’' => 0x92,
            '–' => 0x96,
            c => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        })
        .collect()
}

pub fn files() -> Vec<SchoolFile> {
    let mut files = plain();
    files.extend(written());
    files.extend(shaped());
    files
}

fn plain() -> Vec<SchoolFile> {
    let year4 = drawn_within(1, 56, &["4TB", "4KH"]);
    let headings = ["upn", "class", "group", "sept_score", "july_score", "pp"];
    let by = |p: &Pupil| {
        vec![
            p.upn.clone(),
            p.class.to_owned(),
            p.group("reading", "usual"),
            p.before.to_string(),
        ]
    };
    let thornbeck = rows(&year4, |i, p| {
        let mut row = by(p);
        row.push(unless(i % 14 == 3, "abs", p.after));
        row.push(Pupil::yes_no(p.pp).to_lowercase());
        row
    });
    let dashes = rows(&year4, |i, p| {
        let mut row = by(p);
        row.push(match i % 9 {
            2 => ["-", "X", "N/A", ".", "absent", "–"]
                .get(i / 9)
                .unwrap_or(&"")
                .to_string(),
            _ => p.after.to_string(),
        });
        row.push(Pupil::yes_no(p.pp));
        row
    });
    let ill = rows(&year4, |i, p| {
        let mut row = by(p);
        row.push(match i {
            7 => "ill".to_owned(),
            22 | 40 => "left".to_owned(),
            _ => p.after.to_string(),
        });
        row.push(Pupil::yes_no(p.pp));
        row
    });
    let trial = |about| {
        Means::trial(about, 56, "group", "usual", "july_score")
            .before("sept_score")
            .block("class")
            .subgroups(&["pp"])
    };
    vec![
        trial("Nothing but a few pupils away at the end, marked abs")
            .missing("july_score", 4)
            .file("thornbeck-year4-reading.csv", csv(&headings, thornbeck)),
        trial("Six ways to say that there is no score")
            .missing("july_score", 6)
            .file("thornbeck-dashes.csv", csv(&headings, dashes)),
        trial("Words for no score that are not the usual ones: ill, left")
            .asks(&["missing"])
            .file("thornbeck-ill-and-left.csv", csv(&headings, ill)),
    ]
}

/// Encodings, separators, decimals.
fn written() -> Vec<SchoolFile> {
    let pupils = drawn_within(2, 40, &["5M", "5W"]);
    let plain = |p: &Pupil| {
        vec![
            p.name(),
            p.class.to_owned(),
            p.group("Intervention", "Control"),
        ]
    };
    let headings = ["Name", "Class", "Group", "Pre-test", "Post-test"];
    let half = |n: i32, i: usize, mark: char| format!("{n}{mark}{}", i % 10);
    let decimals = rows(&pupils, |i, p| {
        let mut row = plain(p);
        row.extend([half(p.before, i, ','), half(p.after, i + 3, ',')]);
        row
    });
    let points = rows(&pupils, |i, p| {
        let mut row = plain(p);
        row.extend([half(p.before, i, '.'), half(p.after, i + 3, '.')]);
        row
    });
    let words = rows(&pupils, |_, p| {
        let mut row = plain(p);
        row.extend([(p.before * 37).to_string(), p.after.to_string()]);
        row
    });
    let thousands = rows(&pupils, |_, p| {
        let grouped = |n: i32| format!("{},{:03}", n / 1_000, n % 1_000);
        let mut row = plain(p);
        row.extend([grouped(p.before * 37), grouped(p.after * 41)]);
        row
    });
    let percent = rows(&pupils, |_, p| {
        let mut row = plain(p);
        row.extend([format!("{}%", p.before - 40), format!("{}%", p.after - 40)]);
        row
    });
    let trial = |about| {
        Means::trial(about, 40, "Group", "Control", "Post-test")
            .before("Pre-test")
            .block("Class")
    };
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            table(&headings, points.clone(), '\t', "\r\n")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    vec![
        trial("Semicolons, decimal commas and Windows-1252").file(
            "oakshaw-semicolons.csv",
            cp1252(&table(&headings, decimals.clone(), ';', "\r\n")),
        ),
        trial("Excel’s hint “sep=;” in the first line").file(
            "oakshaw-sep-line.csv",
            format!("sep=;\r\n{}", table(&headings, decimals, ';', "\r\n")),
        ),
        trial("Excel’s “Unicode text”: UTF-16 with tabs").file("oakshaw-unicode.txt", utf16),
        trial("UTF-8 with a byte-order mark").file(
            "oakshaw-bom.csv",
            format!("\u{feff}{}", csv(&headings, points.clone())),
        ),
        trial("Bars between the cells").file(
            "oakshaw-bars.txt",
            table(&headings, points.clone(), '|', "\n"),
        ),
        trial("Tabs between the cells")
            .file("oakshaw-tabs.tsv", table(&headings, words, '\t', "\n")),
        trial("Lines ended by a return alone, as an old Mac does")
            .file("oakshaw-old-mac.csv", table(&headings, points, ',', "\r")),
        trial("Thousands with commas, in quotation marks")
            .file("oakshaw-thousands.csv", csv(&headings, thousands)),
        trial("Numbers with a per-cent sign").file("oakshaw-percent.csv", csv(&headings, percent)),
    ]
}

/// Rows that are no pupil's, headings that are no single row, cells that hold more than a word.
fn shaped() -> Vec<SchoolFile> {
    let pupils = drawn_within(3, 30, &["3P", "3S"]);
    let headings = ["Surname", "Forename", "Form", "Arm", "Autumn", "Summer"];
    let plain = |p: &Pupil| {
        vec![
            p.surname.to_owned(),
            p.forename.to_owned(),
            p.class.to_owned(),
            p.group("Intervention", "Control"),
            p.before.to_string(),
            p.after.to_string(),
        ]
    };
    let all = rows(&pupils, |_, p| plain(p));
    let trial = |about| {
        Means::trial(about, 30, "Arm", "Control", "Summer")
            .before("Autumn")
            .block("Form")
    };
    let titles = format!(
        "Kirkfold Primary,,,,,\r\nYear 3 maths trial 2025/26,,,,,\r\nPrinted 14/07/2026 by R. Adeyemi,,,,,\r\n,,,,,\r\n{}",
        csv(&headings, all.clone())
    );
    let totals = format!(
        "{}Average,,,,99.6,103.1\r\nNumber,,,,30,30\r\n",
        csv(&headings, all.clone())
    );
    let notes = format!(
        "{}\r\nKey: Autumn = standardised score in September,,,,,\r\nSource: Kirkfold marksheet,,,,,\r\n",
        csv(&headings, all.clone())
    );
    let page = headings.map(str::to_owned).to_vec();
    let mut pages = all.clone();
    pages.insert(20, page.clone());
    pages.insert(10, page);
    let mut gaps = all.clone();
    for row in &mut gaps {
        row.insert(3, String::new());
        row.push(String::new());
    }
    for at in [20, 10] {
        gaps.insert(at, vec![String::new(); 8]);
    }
    let gap_headings = [
        "Surname", "Forename", "Form", "", "Arm", "Autumn", "Summer", "",
    ];
    let quoted = rows(&pupils, |i, p| {
        let comment = if i % 5 == 0 {
            "Said \"better, much better\"\nand meant it".to_owned()
        } else {
            String::new()
        };
        vec![
            format!("{}, {}", p.surname, p.forename),
            p.class.to_owned(),
            p.group("Intervention", "Control"),
            p.before.to_string(),
            p.after.to_string(),
            comment,
        ]
    });
    let short = rows(&pupils, |i, p| {
        let mut row = plain(p);
        if i % 10 == 4 {
            row.truncate(5);
        }
        row
    });
    let two_rows = format!(
        "Name,Form,Arm,Autumn,,Summer,\r\n,,,Reading,Maths,Reading,Maths\r\n{}",
        rows(&pupils, |_, p| {
            vec![
                p.name(),
                p.class.to_owned(),
                p.group("Intervention", "Control"),
                p.before.to_string(),
                (p.before + 2).to_string(),
                p.after.to_string(),
                (p.after - 1).to_string(),
            ]
        })
        .iter()
        .map(|r| line(r, ',') + "\r\n")
        .collect::<String>()
    );
    let by_class = drawn_within(3, 30, &["3P", "3S", "3T"]);
    let filled = rows(&by_class, |i, p| {
        let mut row = plain(p);
        if i % 10 != 0
            && let Some(form) = row.get_mut(2)
        {
            form.clear();
        }
        row
    });
    vec![
        trial("Three rows of titles and an empty one above the headings")
            .file("kirkfold-titles.csv", titles),
        trial("An average and a number under the table")
            .aside(TOTALS, 2)
            .file("kirkfold-totals.csv", totals),
        trial("A key and a source under the table")
            .aside(NOTE, 2)
            .file("kirkfold-notes.csv", notes),
        trial("The headings again on each printed page")
            .aside(HEADINGS, 2)
            .file("kirkfold-pages.csv", csv(&headings, pages)),
        trial("Empty rows and columns").file("kirkfold-gaps.csv", csv(&gap_headings, gaps)),
        Means::trial(
            "Surname, comma, forename; quotation marks and line breaks in remarks",
            30,
            "Arm",
            "Control",
            "Summer",
        )
        .before("Autumn")
        .block("Form")
        .file(
            "kirkfold-quotes.csv",
            csv(
                &["Pupil", "Form", "Arm", "Autumn", "Summer", "Comments"],
                quoted,
            ),
        ),
        trial("Rows that end before their last cell")
            .missing("Summer", 3)
            .file("kirkfold-short-rows.csv", csv(&headings, short)),
        Means::trial(
            "Headings over two rows, the upper one merged; two subjects",
            30,
            "Arm",
            "Control",
            "Summer Reading",
        )
        .before("Autumn Reading")
        .block("Form")
        .asks(&["outcome"])
        .file("kirkfold-two-headings.csv", two_rows),
        Means::trial(
            "The form only in its first row, as merged cells come out",
            30,
            "Arm",
            "Control",
            "Summer",
        )
        .before("Autumn")
        .block("Form")
        .asks(&["filled-down"])
        .file("kirkfold-merged-form.csv", csv(&headings, filled)),
    ]
}

/// Pupils whose whole classes got the same, for others to write down.
pub fn classes(seed: u64) -> Vec<Pupil> {
    drawn_by_class(seed, 96, &["1A", "1B", "1C", "1D", "2A", "2B", "2C", "2D"])
}

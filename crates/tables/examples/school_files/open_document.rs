//! OpenDocument spreadsheets, with the parts that LibreOffice writes and a reader needs.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::pupils::{Pupil, drawn_within};
use crate::{Means, SchoolFile, TOTALS};

type Made<T> = Result<T, Box<dyn std::error::Error>>;

/// A cell as `content.xml` has it.
enum Cell {
    Text(String),
    Number(i32),
    Day(u16, u8, u8),
    /// A formula and the value it had.
    Formula(&'static str, &'static str),
    Empty,
}

fn xml(cell: &Cell) -> String {
    match cell {
        Cell::Text(t) => {
            let t = t
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('’', "&#8217;");
            format!(
                r#"<table:table-cell office:value-type="string" calcext:value-type="string"><text:p>{t}</text:p></table:table-cell>"#
            )
        }
        Cell::Number(n) => format!(
            r#"<table:table-cell office:value-type="float" office:value="{n}" calcext:value-type="float"><text:p>{n}</text:p></table:table-cell>"#
        ),
        Cell::Day(y, m, d) => format!(
            r#"<table:table-cell office:value-type="date" office:date-value="{y:04}-{m:02}-{d:02}"><text:p>{d:02}/{m:02}/{y}</text:p></table:table-cell>"#
        ),
        Cell::Formula(formula, value) => format!(
            r#"<table:table-cell table:formula="of:{formula}" office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>"#
        ),
        Cell::Empty => "<table:table-cell/>".to_owned(),
    }
}

fn row(cells: &[Cell]) -> String {
    let cells: String = cells.iter().map(xml).collect();
    format!(
        r#"<table:table-row>{cells}<table:table-cell table:number-columns-repeated="16376"/></table:table-row>"#
    )
}

fn texts(words: &[&str]) -> String {
    let cells: Vec<Cell> = words
        .iter()
        .map(|w| {
            if w.is_empty() {
                Cell::Empty
            } else {
                Cell::Text((*w).to_owned())
            }
        })
        .collect();
    row(&cells)
}

fn sheet(name: &str, hidden: bool, rows: &str) -> String {
    let style = if hidden { "ta2" } else { "ta1" };
    format!(
        r#"<table:table table:name="{name}" table:style-name="{style}"><table:table-column table:number-columns-repeated="16384"/>{rows}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>"#
    )
}

fn document(sheets: &str) -> Made<Vec<u8>> {
    let names = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0""#;
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.3"><office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>"#
    );
    let mime = "application/vnd.oasis.opendocument.spreadsheet";
    let manifest = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {names} manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#
    );
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    let packed = plain.compression_method(CompressionMethod::Deflated);
    for (name, options, text) in [
        ("mimetype", plain, mime),
        ("content.xml", packed, content.as_str()),
        ("META-INF/manifest.xml", packed, manifest.as_str()),
    ] {
        zip.start_file(name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

pub fn files() -> Made<Vec<SchoolFile>> {
    Ok(vec![plain()?, merged()?])
}

fn plain() -> Made<SchoolFile> {
    let drawn = drawn_within(30, 40, &["5E", "5F"]);
    let mut rows = texts(&["Canal Row Primary: Year 5"])
        + &texts(&[""])
        + &texts(&[
            "Name",
            "Class",
            "Group",
            "Tested on",
            "Spring",
            "Summer",
            "PP",
        ]);
    for (i, p) in drawn.iter().enumerate() {
        let summer = if i % 13 == 2 {
            Cell::Text("absent".to_owned())
        } else {
            Cell::Number(p.after)
        };
        rows += &row(&[
            Cell::Text(p.name()),
            Cell::Text(p.class.to_owned()),
            Cell::Text(p.group("Intervention", "Control")),
            Cell::Day(2026, 7, u8::try_from(1 + i % 9)?),
            Cell::Number(p.before),
            summer,
            Cell::Text(Pupil::yes_no(p.pp)),
        ]);
    }
    rows += &row(&[
        Cell::Text("Average".to_owned()),
        Cell::Empty,
        Cell::Empty,
        Cell::Empty,
        Cell::Formula("=AVERAGE([.E4:.E43])", "99.9"),
        Cell::Formula("=AVERAGE([.F4:.F43])", "103.2"),
    ]);
    let old = sheet("Old", true, &texts(&["Name", "Score"]));
    Ok(Means::trial(
        "A title, dates, a hidden sheet, an average, cells repeated to the sheet’s end",
        40,
        "Group",
        "Control",
        "Summer",
    )
    .before("Spring")
    .block("Class")
    .subgroups(&["PP"])
    .missing("Summer", 3)
    .aside(TOTALS, 1)
    .sheet("Scores")
    .file(
        "canal-row-libreoffice.ods",
        document(&(old + &sheet("Scores", false, &rows)))?,
    ))
}

fn merged() -> Made<SchoolFile> {
    let drawn = drawn_within(31, 36, &["2A", "2B", "2C"]);
    let mut rows = texts(&["Class", "Pupil", "Arm", "Pre", "Post"]);
    for (i, p) in drawn.iter().enumerate() {
        let class = if i % 12 == 0 {
            format!(
                r#"<table:table-cell table:number-rows-spanned="12" office:value-type="string"><text:p>{}</text:p><office:annotation><text:p>a remark pinned to the cell</text:p></office:annotation></table:table-cell>"#,
                p.class
            )
        } else {
            "<table:covered-table-cell/>".to_owned()
        };
        let rest: String = [
            Cell::Text(p.name()),
            Cell::Text(p.group("Yes", "No")),
            Cell::Number(p.before),
            Cell::Number(p.after),
        ]
        .iter()
        .map(xml)
        .collect();
        rows += &format!("<table:table-row>{class}{rest}</table:table-row>");
    }
    Ok(Means::trial(
        "The class merged down over its pupils, with a remark pinned to it",
        36,
        "Arm",
        "No",
        "Post",
    )
    .before("Pre")
    .block("Class")
    .sheet("Sheet1")
    .file(
        "canal-row-merged.ods",
        document(&sheet("Sheet1", false, &rows))?,
    ))
}

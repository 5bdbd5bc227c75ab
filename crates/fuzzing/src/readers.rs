//! People's files: opened, described, guessed at, and read as the guess says.

use std::io::{Cursor, Write};

use engine::question::{Allocation, Question};
use engine::sample::Sample;
use tables::{FileSample, Options, Source, guess, open, people};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::finite;

/// A text.
pub fn csv(input: &[u8]) {
    table(input);
}

/// A workbook: any bytes, or any bytes as the sheet of a sound one.
pub fn xlsx(input: &[u8]) {
    if input.starts_with(b"PK") {
        return table(input);
    }
    let parts: [(&str, &[u8]); 4] = [
        (
            "[Content_Types].xml",
            br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#,
        ),
        (
            "xl/workbook.xml",
            br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Scores" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", input),
    ];
    table(&packed(&parts));
}

/// An OpenDocument sheet: any bytes, or any bytes as the content of a sound one.
pub fn ods(input: &[u8]) {
    if input.starts_with(b"PK") {
        return table(input);
    }
    let kind: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";
    table(&packed(&[("mimetype", kind), ("content.xml", input)]));
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        if zip.start_file(*name, stored).is_err() || zip.write_all(bytes).is_err() {
            return Vec::new();
        }
    }
    zip.finish().map(Cursor::into_inner).unwrap_or_default()
}

fn table(bytes: &[u8]) {
    let Ok(table) = open(Source::bytes("input", bytes), &Options::default()) else {
        return;
    };
    let _ = people(Source::bytes("input", bytes), &Options::default());
    let Ok(profile) = table.profile() else {
        return;
    };
    finite(&profile);
    let Ok(asked) = guess(&table, &profile).map(|guessed| guessed.asked()) else {
        return;
    };
    if let Ok(sample) = FileSample::read(&table, &asked) {
        let passed = sample.pass(&mut |_| {});
        assert!(passed.is_ok(), "read once, and not again");
        let question = Question {
            allocation: Allocation::Lot,
            draws: 19,
            ..Question::default()
        };
        if let Ok(answer) = engine::evaluate(&sample, &question) {
            finite(&answer.estimates);
        }
    }
}

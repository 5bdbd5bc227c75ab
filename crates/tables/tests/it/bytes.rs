//! Any bytes at all: no parser panics, and content alone decides.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use difference_tables::{FileSample, Options, Source, guess, open, people, scores};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::ask;

/// How many cases: few in the tests, as many as `PROPTEST_CASES` says in a long run.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100)
}

/// Does everything that can be done with some bytes; says how it ended.
fn end(name: &str, bytes: &[u8]) -> String {
    let source = || Source::bytes(name, bytes);
    let _ = people(source(), &Options::default());
    let _ = scores(source(), None, &Options::default());
    let table = match open(source(), &Options::default()) {
        Ok(table) => table,
        Err(error) => return format!("{:?} {:?} {:?}", error.kind, error.row, error.column),
    };
    let _ = table.profile().and_then(|p| guess(&table, &p));
    let sample = FileSample::read(&table, &ask("score", "group"));
    format!(
        "{:?} {:?}",
        table.format(),
        sample.map(|s| s.rows()).map_err(|e| e.kind)
    )
}

fn reference(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../reference")
        .join(name);
    std::fs::read(path).unwrap()
}

/// A spreadsheet with wrong bytes inside one of its parts, packed as if nothing had happened.
fn repacked(book: &str, part: &str, wrong: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(reference(book))).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..from.len() {
        let mut file = from.by_index(i).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == part {
            for (at, byte) in wrong {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
        }
        to.start_file(name, SimpleFileOptions::default()).unwrap();
        to.write_all(&bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        end("upload", &bytes);
    }

    #[test]
    fn text_of_a_tables_letters_never_makes_it_panic(text in "[a-b0-9,;\t\"'\n\r .%=€-]{0,300}") {
        end("upload.csv", text.as_bytes());
    }

    #[test]
    fn a_table_is_read_the_same_whatever_it_is_called(text in "[ab0-9,;\n]{0,120}", name in "[a-z]{1,8}\\.(csv|xlsx|pdf|ods|)") {
        let text = format!("group,score\na,1\nb,2\n{text}");
        prop_assert_eq!(end(&name, text.as_bytes()), end("upload", text.as_bytes()));
    }

    #[test]
    fn a_spreadsheet_with_wrong_bytes_never_makes_it_panic(
        book in prop_oneof![Just("hostile/xlsx-called.csv"), Just("hostile/plain.ods"), Just("hostile/password.xlsx")],
        wrong in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = reference(book);
        for (at, byte) in wrong {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        end("upload", &bytes);
    }

    #[test]
    fn a_spreadsheet_with_wrong_xml_never_makes_it_panic(
        (book, part) in prop_oneof![
            Just(("files/weavers-green-headings.xlsx", "xl/worksheets/sheet1.xml")),
            Just(("files/weavers-green-headings.xlsx", "xl/sharedStrings.xml")),
            Just(("files/roundwood-marksheet.xlsx", "xl/styles.xml")),
            Just(("files/roundwood-marksheet.xlsx", "xl/workbook.xml")),
            Just(("files/canal-row-merged.ods", "content.xml")),
        ],
        wrong in proptest::collection::vec((any::<prop::sample::Index>(), prop_oneof![any::<u8>(), Just(b'<'), Just(b'"'), Just(b'9')]), 1..8),
    ) {
        end("upload", &repacked(book, part, &wrong));
    }
}

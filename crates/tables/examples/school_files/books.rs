//! Excel workbooks.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError,
};

use crate::pupils::{Pupil, drawn_by_class, drawn_within};
use crate::{Means, SchoolFile, TOTALS};

type Made<T> = Result<T, XlsxError>;

fn book() -> Made<Workbook> {
    let mut book = Workbook::new();
    // The day it was made would make the same file another one each time.
    book.set_properties(
        &DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2026, 7, 14)?),
    );
    Ok(book)
}

fn headings(sheet: &mut Worksheet, row: u32, names: &[&str]) -> Made<()> {
    for (column, name) in (0_u16..).zip(names) {
        sheet.write(row, column, *name)?;
    }
    Ok(())
}

/// Name, class, group, before, after from a row on.
fn pupils(sheet: &mut Worksheet, from: u32, pupils: &[Pupil]) -> Made<()> {
    for (row, p) in (from..).zip(pupils) {
        sheet.write(row, 0, p.name())?;
        sheet.write(row, 1, p.class)?;
        sheet.write(row, 2, p.group("Intervention", "Control"))?;
        sheet.write(row, 3, p.before)?;
        sheet.write(row, 4, p.after)?;
    }
    Ok(())
}

const HEADINGS: [&str; 5] = ["Name", "Class", "Group", "September", "July"];

fn trial(about: &'static str, rows: usize) -> Means {
    Means::trial(about, rows, "Group", "Control", "July")
        .before("September")
        .block("Class")
}

pub fn files() -> Made<Vec<SchoolFile>> {
    Ok(vec![
        plain()?,
        titled()?,
        several_sheets()?,
        two_terms()?,
        hidden_sheet()?,
        merged_class()?,
        merged_headings()?,
        formulas()?,
        texts_and_truths()?,
        far_corner()?,
    ])
}

fn plain() -> Made<SchoolFile> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    headings(sheet, 0, &HEADINGS)?;
    pupils(sheet, 1, &drawn_within(10, 48, &["4A", "4B"]))?;
    Ok(trial("Nothing troublesome", 48)
        .sheet("Sheet1")
        .file("roundwood-plain.xlsx", book.save_to_buffer()?))
}

fn titled() -> Made<SchoolFile> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    sheet.set_name("Marksheet")?;
    let bold = Format::new().set_bold();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    sheet.merge_range(
        0,
        0,
        0,
        5,
        "Roundwood Academy: Year 7 spelling trial",
        &bold,
    )?;
    sheet.write(1, 0, "Printed")?;
    sheet.write_with_format(1, 1, &ExcelDateTime::from_ymd(2026, 7, 14)?, &day)?;
    headings(
        sheet,
        3,
        &[
            "UPN",
            "Tutor Group",
            "Group",
            "Date of birth",
            "Baseline",
            "Final score",
        ],
    )?;
    let drawn = drawn_within(11, 44, &["7X", "7Y"]);
    for (row, (i, p)) in (4_u32..).zip(drawn.iter().enumerate()) {
        sheet.write(row, 0, &p.upn)?;
        sheet.write(row, 1, p.class)?;
        sheet.write(row, 2, p.group("Spelling", "Usual lessons"))?;
        let (year, month, dom) = p.born;
        sheet.write_with_format(row, 3, &ExcelDateTime::from_ymd(year, month, dom)?, &day)?;
        sheet.write(row, 4, p.before)?;
        if i % 11 == 6 {
            sheet.write(row, 5, "Abs")?;
        } else {
            sheet.write(row, 5, p.after)?;
        }
    }
    sheet.write(48, 0, "Average")?;
    sheet.write_formula(48, 4, Formula::new("=AVERAGE(E5:E48)").set_result("99.7"))?;
    sheet.write_formula(48, 5, Formula::new("=AVERAGE(F5:F48)").set_result("102.9"))?;
    Ok(Means::trial(
        "A merged title, a printing day, dates of birth, an average by formula",
        44,
        "Group",
        "Usual lessons",
        "Final score",
    )
    .before("Baseline")
    .block("Tutor Group")
    .missing("Final score", 4)
    .aside(TOTALS, 1)
    .sheet("Marksheet")
    .file("roundwood-marksheet.xlsx", book.save_to_buffer()?))
}

fn several_sheets() -> Made<SchoolFile> {
    let mut book = book()?;
    let cover = book.add_worksheet();
    cover.set_name("Read me")?;
    cover.write(0, 0, "Highmoor Primary")?;
    cover.write(2, 0, "The scores are on the next sheet.")?;
    let data = book.add_worksheet();
    data.set_name("Data")?;
    headings(data, 0, &HEADINGS)?;
    pupils(data, 1, &drawn_within(12, 52, &["5P", "5Q"]))?;
    let key = book.add_worksheet();
    key.set_name("Key")?;
    for (row, (code, meaning)) in (0_u32..).zip([
        ("Code", "Meaning"),
        ("Control", "Usual lessons"),
        ("Intervention", "Reading aloud"),
    ]) {
        key.write(row, 0, code)?;
        key.write(row, 1, meaning)?;
    }
    Ok(trial("A cover sheet before and a key after the table", 52)
        .sheet("Data")
        .file("highmoor-sheets.xlsx", book.save_to_buffer()?))
}

fn two_terms() -> Made<SchoolFile> {
    let mut book = book()?;
    for (name, seed) in [("Year 5", 13), ("Year 6", 14)] {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        headings(sheet, 0, &HEADINGS)?;
        pupils(sheet, 1, &drawn_within(seed, 40, &["A", "B"]))?;
    }
    Ok(trial("Two sheets that both hold a table", 40)
        .asks(&["sheet"])
        .sheet("Year 5")
        .file("highmoor-two-tables.xlsx", book.save_to_buffer()?))
}

fn hidden_sheet() -> Made<SchoolFile> {
    let mut book = book()?;
    let old = book.add_worksheet();
    old.set_name("Old")?;
    old.set_hidden(true);
    headings(old, 0, &HEADINGS)?;
    pupils(old, 1, &drawn_within(15, 60, &["6A", "6B"]))?;
    let sheet = book.add_worksheet();
    sheet.set_name("This year")?;
    sheet.set_active(true);
    headings(sheet, 0, &HEADINGS)?;
    pupils(sheet, 1, &drawn_within(16, 34, &["6A", "6B"]))?;
    Ok(trial("A hidden sheet with last year’s table", 34)
        .sheet("This year")
        .file("highmoor-hidden.xlsx", book.save_to_buffer()?))
}

fn merged_class() -> Made<SchoolFile> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    headings(sheet, 0, &["Class", "Pupil", "Arm", "Before", "After"])?;
    let drawn = drawn_by_class(17, 60, &["1A", "1B", "2A", "2B", "3A", "3B"]);
    for (row, p) in (1_u32..).zip(&drawn) {
        sheet.write(row, 1, p.name())?;
        sheet.write(row, 2, p.group("Outdoor", "Control"))?;
        sheet.write(row, 3, p.before)?;
        sheet.write(row, 4, p.after)?;
    }
    for (i, class) in (0_u32..).zip(["1A", "1B", "2A", "2B", "3A", "3B"]) {
        sheet.merge_range(1 + i * 10, 0, 10 + i * 10, 0, class, &Format::new())?;
    }
    Ok(Means::trial(
        "The class merged down over its pupils",
        60,
        "Arm",
        "Control",
        "After",
    )
    .before("Before")
    .cluster("Class")
    .sheet("Sheet1")
    .file("weavers-green-merged.xlsx", book.save_to_buffer()?))
}

fn merged_headings() -> Made<SchoolFile> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    let middle = Format::new();
    for (column, name) in (0_u16..).zip(["Name", "Form", "Group"]) {
        sheet.merge_range(0, column, 1, column, name, &middle)?;
    }
    sheet.merge_range(0, 3, 0, 4, "Autumn", &middle)?;
    sheet.merge_range(0, 5, 0, 6, "Summer", &middle)?;
    for (column, name) in (3_u16..).zip(["Reading", "Attendance %", "Reading", "Attendance %"]) {
        sheet.write(1, column, name)?;
    }
    for (row, p) in (2_u32..).zip(&drawn_within(18, 42, &["8R", "8S"])) {
        sheet.write(row, 0, p.name())?;
        sheet.write(row, 1, p.class)?;
        sheet.write(row, 2, p.group("Mentors", "Control"))?;
        sheet.write(row, 3, p.before)?;
        sheet.write(row, 4, 90)?;
        sheet.write(row, 5, p.after)?;
        sheet.write(row, 6, 91 + p.after % 7)?;
    }
    Ok(Means::trial(
        "Headings merged over two rows and over columns",
        42,
        "Group",
        "Control",
        "Summer Reading",
    )
    .before("Autumn Reading")
    .block("Form")
    .asks(&["outcome"])
    .sheet("Sheet1")
    .file("weavers-green-headings.xlsx", book.save_to_buffer()?))
}

fn formulas() -> Made<SchoolFile> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    headings(
        sheet,
        0,
        &["Name", "Group", "Pre", "Paper 1", "Paper 2", "Post total"],
    )?;
    for (row, (i, p)) in (1_u32..).zip(drawn_within(19, 40, &["9"]).iter().enumerate()) {
        sheet.write(row, 0, p.name())?;
        sheet.write(row, 1, p.group("Tutoring", "Control"))?;
        sheet.write(row, 2, p.before)?;
        sheet.write(row, 3, p.after / 2)?;
        sheet.write(row, 4, p.after - p.after / 2)?;
        let result = if i % 13 == 4 {
            "#N/A".to_owned()
        } else {
            p.after.to_string()
        };
        let formula = format!("=D{0}+E{0}", row + 1);
        sheet.write_formula(row, 5, Formula::new(formula).set_result(result))?;
    }
    Ok(Means::trial(
        "The score is a formula, and sometimes #N/A",
        40,
        "Group",
        "Control",
        "Post total",
    )
    .before("Pre")
    .missing("Post total", 3)
    .sheet("Sheet1")
    .file("eastgate-formulas.xlsx", book.save_to_buffer()?))
}

fn texts_and_truths() -> Made<SchoolFile> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    headings(
        sheet,
        0,
        &[
            "Pupil",
            "Intervention",
            "FSM",
            "Attendance before",
            "Attendance after",
        ],
    )?;
    let percent = Format::new().set_num_format("0%");
    for (row, p) in (1_u32..).zip(&drawn_within(20, 38, &["9"])) {
        sheet.write(row, 0, p.name())?;
        sheet.write(row, 1, p.treated)?;
        sheet.write(row, 2, p.pp)?;
        sheet.write_with_format(row, 3, f64::from(p.before - 20) / 100.0, &percent)?;
        sheet.write(row, 4, (f64::from(p.after - 20) / 100.0).to_string())?;
    }
    Ok(Means::trial(
        "True and false, per cent, numbers written as text",
        38,
        "Intervention",
        "FALSE",
        "Attendance after",
    )
    .before("Attendance before")
    .subgroups(&["FSM"])
    .sheet("Sheet1")
    .file("eastgate-truths.xlsx", book.save_to_buffer()?))
}

fn far_corner() -> Made<SchoolFile> {
    let mut book = book()?;
    let sheet = book.add_worksheet();
    headings(sheet, 4, &HEADINGS)?;
    pupils(sheet, 5, &drawn_within(21, 36, &["4A", "4B"]))?;
    // Somebody's stray note far out.
    sheet.write(2_000, 60, "checked")?;
    Ok(trial(
        "Starts in row 5; a stray word far below and to the right",
        36,
    )
    .aside(crate::NOTE, 1)
    .sheet("Sheet1")
    .file("eastgate-stray.xlsx", book.save_to_buffer()?))
}

use std::io::Write as _;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use zip::write::SimpleFileOptions;

use std::io::Cursor;

use super::super::sheet::{Origin, Sheet};
use super::{Ask, Kind, kind, quietly, read};
use crate::base::problem::{Place, What};

fn ask<'a>(sheet: Option<&'a str>, known: &'a dyn Fn(&str) -> bool) -> Ask<'a> {
    Ask { sheet, skip: None, known }
}

fn known(header: &str) -> bool {
    ["客户编号", "姓名", "电话", "建档日期"].contains(&header)
}

fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().unwrap()
}

fn read_as(bytes: &[u8], sheet: Option<&str>) -> Result<Sheet, What> {
    let kind = kind(bytes)?.unwrap();
    read(bytes, kind, "f.xlsx", &ask(sheet, &known)).map_err(|mut problems| problems.remove(0).what)
}

fn cells(sheet: &Sheet) -> Vec<Vec<&str>> {
    sheet.rows.iter().map(|row| row.cells.iter().map(String::as_str).collect()).collect()
}

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn ods(table: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\">\
         <office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = "<manifest:manifest xmlns:manifest=\"m\"><manifest:file-entry manifest:full-path=\"/\"/></manifest:manifest>";
    zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn a_title_above_the_header_and_the_sheet_that_fits() {
    let bytes = book(|workbook| {
        workbook.add_worksheet().set_name("说明").unwrap().write(0, 0, "请填写").unwrap();
        let sheet = workbook.add_worksheet().set_name("客户").unwrap();
        sheet.write(0, 0, "客户信息表").unwrap();
        for (column, header) in ["客户编号", "姓名", "电话", "建档日期", "消费"].iter().enumerate() {
            sheet.write(2, u16::try_from(column).unwrap(), *header).unwrap();
        }
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write(3, 0, "007").unwrap().write(3, 2, 13_800_138_000_f64).unwrap().write(3, 4, 12.5).unwrap();
        sheet.write_with_format(3, 3, ExcelDateTime::from_ymd(2026, 7, 1).unwrap(), &date).unwrap();
        sheet.write(5, 1, " 王芳 ").unwrap().write_formula(5, 4, Formula::new("=1+1").set_result("2")).unwrap();
    });
    let sheet = read_as(&bytes, None).unwrap();
    assert_eq!(sheet.origin, Origin::Workbook { kind: "xlsx", sheet: "客户".into(), sheets: 2 });
    assert_eq!((sheet.header_line, sheet.headers.len()), (3, 5));
    assert_eq!(cells(&sheet), [["007", "", "13800138000", "2026-07-01", "12.5"], ["", " 王芳 ", "", "", "2"]]);
    // as the spreadsheet counts rows, blank ones too
    assert_eq!(sheet.rows[1].place(&sheet.file, Some(3)), Place { file: "f.xlsx[客户]".into(), line: 6, column: 4 });
    for named in ["客户", "2"] {
        assert_eq!(read_as(&bytes, Some(named)).unwrap().rows.len(), 2);
    }
    assert!(matches!(read_as(&bytes, Some("3")), Err(What::UnknownName { .. })));
    let skipped = read(&bytes, Kind::Xlsx, "f", &Ask { sheet: Some("客户"), skip: Some(3), known: &known }).unwrap();
    assert_eq!(skipped.headers[0], "007");
}

#[test]
fn a_formula_that_nobody_worked_out_is_no_blank_cell() {
    let sheet = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>客户编号</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>电话</t></is></c></row>\
        <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>C1</t></is></c><c r=\"B2\"><f>\"138\"&amp;A2</f><v></v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>C2</t></is></c><c r=\"B3\" t=\"str\"><f>T(A9)</f><v></v></c></row></sheetData></worksheet>";
    let mut bytes = std::io::Cursor::new(book(|workbook| {
        workbook.add_worksheet().write(0, 0, "x").unwrap();
    }));
    let mut old = zip::ZipArchive::new(&mut bytes).unwrap();
    let mut parts = Vec::new();
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut text).unwrap();
        parts.push((name.clone(), if name.ends_with("sheet1.xml") { sheet.as_bytes().to_vec() } else { text }));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (name.as_str(), text.as_slice())).collect();
    assert_eq!(cells(&read_as(&zip(&parts), None).unwrap()), [["C1", "#CALC!"], ["C2", ""]]);
}

#[test]
fn a_cell_beyond_the_header_is_kept_for_refusal() {
    let bytes = book(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, "客户编号").unwrap().write(0, 1, "姓名").unwrap();
        sheet.write(1, 0, "C1").unwrap().write(1, 4, "stray").unwrap();
    });
    assert_eq!(cells(&read_as(&bytes, None).unwrap()), [["C1", "", "", "", "stray"]]);
}

#[test]
fn an_ods_with_repeated_cells() {
    let row = |times: &str, cells: &str| format!("<table:table-row table:number-rows-repeated=\"{times}\">{cells}</table:table-row>");
    let cell = |text: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
    let blank = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
    let table = |rows: &str| ods(&format!("<table:table table:name=\"S\">{rows}</table:table>"));
    let rows = row("1", &(cell("客户编号") + &cell("姓名"))) + &row("2", &(cell("C1") + &cell("王"))) + &row("1048000", blank);
    assert_eq!(cells(&read_as(&table(&rows), None).unwrap()), [["C1", "王"], ["C1", "王"]]);
    let bomb = row("1", &(cell("a") + &cell("b"))) + &row("1048575", &(cell("x") + &cell("y") + &cell("z") + &cell("z")));
    assert!(matches!(read_as(&table(&bomb), None), Err(What::TooLarge { .. })));
    let wide =
        "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    assert!(matches!(read_as(&table(&row("1000", wide)), None), Err(What::TooLarge { .. })));
}

#[test]
fn what_is_too_large_is_refused_before_it_is_laid_out() {
    // two cells, a million rows and sixteen thousand columns apart
    let far = book(|workbook| {
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, "客户编号").unwrap().write(1_048_575, 16_383, "x").unwrap();
    });
    assert!(matches!(read_as(&far, None), Err(What::TooLarge { limit }) if limit.contains("columns")));
    // a row number at the very end is no row count
    let deep = book(|workbook| {
        workbook.add_worksheet().write(0, 0, "客户编号").unwrap().write(1_048_575, 0, "C1").unwrap();
    });
    assert_eq!(read_as(&deep, None).unwrap().rows[0].line, 1_048_576);
    let zeros = vec![b' '; 70 << 20];
    let bomb = zip(&[("[Content_Types].xml", b"<a/>"), ("xl/workbook.xml", b"<a/>"), ("xl/sharedStrings.xml", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read_as(&bomb, None), Err(What::TooLarge { limit: "64 MB inflated".into() }));
}

#[test]
fn what_is_no_workbook_is_said_so() {
    assert_eq!(kind(b"a,b\n1,2\n"), Ok(None));
    assert!(matches!(kind(&zip(&[("word/document.xml", b"<a/>")])), Err(What::UnknownFileType { .. })));
    assert!(matches!(kind(b"PK\x03\x04broken"), Err(What::BrokenWorkbook { .. })));
    assert!(matches!(kind(&[0xD0, 0xCF, 0x11, 0xE0, 1, 2]), Err(What::BrokenWorkbook { .. })));
    let hollow = zip(&[("[Content_Types].xml", b"<a/>"), ("xl/workbook.xml", b"<workbook")]);
    assert!(matches!(read_as(&hollow, None), Err(What::BrokenWorkbook { .. } | What::EmptyFile)));
    let empty = book(|workbook| {
        workbook.add_worksheet();
    });
    assert_eq!(read_as(&empty, None), Err(What::EmptyFile));
}

#[test]
fn a_reader_that_panics_is_a_broken_file() {
    assert_eq!(quietly(|| 1), Some(1));
    assert_eq!(quietly(|| -> u8 { panic!("foreign bytes") }), None);
}

/// Bytes of a workbook changed at random: an answer or a problem, never a panic.
#[test]
fn spoilt_workbooks() {
    let whole = book(|workbook| {
        let sheet = workbook.add_worksheet();
        for row in 0..20_u32 {
            sheet.write(row, 0, format!("C{row}")).unwrap().write(row, 1, row).unwrap();
        }
    });
    let mut seed = 7_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap_or(0) % below
    };
    for _ in 0..200 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            let at = next(bytes.len());
            bytes[at] = u8::try_from(next(256)).unwrap_or(0);
        }
        if let Ok(Some(kind)) = kind(&bytes) {
            let _ = read(&bytes, kind, "f", &ask(None, &known));
        }
    }
}

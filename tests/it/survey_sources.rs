//! Exports of every platform, as they come: by text and by number, in every encoding. The files are made up.

use serde_json::{Value, json};

use crate::harness::Bench;

const WJX_TEXT: &[u8] = include_bytes!("surveys/wjx-text.csv");
const WJX_CODE: &[u8] = include_bytes!("surveys/wjx-code.csv");

/// In GB18030, as spreadsheets in China save what is called CSV.
fn gb18030(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{FEFF}');
    let (encoded, _, wrong) = encoding_rs::GB18030.encode(text);
    assert!(!wrong);
    encoded.into_owned()
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{FEFF}');
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// The same rows in a workbook, every cell a text.
fn xlsx(bytes: &[u8]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{FEFF}');
    let delimiter = if text.lines().next().unwrap().contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    for (row, record) in (0..).zip(reader.records()) {
        for (column, cell) in (0..).zip(record.unwrap().iter()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// How often each option of each choice was taken, and each grade given; ranks as mean and times first.
fn counts(book: &Bench, name: &str) -> Vec<String> {
    let rows = book.run(&["survey", "show", name, "--choices", "--json"]).json();
    let line = |row: &Value| {
        let text = |field: &str| row[field].as_str().map_or_else(|| row[field].to_string(), str::to_owned);
        let rank = row["mean_rank"].as_f64().map(|mean| format!(" {mean} {}", row["first"])).unwrap_or_default();
        format!("{} {} {}={}/{}{rank}", text("code"), text("sub"), text("option"), row["n"], row["answered"])
    };
    let taken = rows["rows"].as_array().unwrap().iter().filter(|row| row["n"] != 0);
    let mut lines: Vec<String> = taken.map(line).collect();
    lines.sort();
    lines
}

fn import(book: &Bench, file: &str, bytes: &[u8], name: &str) -> Value {
    book.write(file, bytes);
    book.run(&["survey", "import", file, "--survey", name, "--yes", "--json"]).json()
}

const WJX: &[&str] = &[
    "q1  女=2/4",
    "q1  男=2/4",
    "q2  乌龙茶(浓香、清香)=2/3",
    "q2  其他【请注明】=1/3",
    "q2  绿茶=3/3",
    "q3  价格=2/2 1.5 1",
    "q3  物流=2/2 3 0",
    "q3  质量=2/2 1.5 1",
    "q4 物流 2=1/3",
    "q4 物流 3=1/3",
    "q4 物流 4=1/3",
    "q4 质量 3=1/4",
    "q4 质量 4=2/4",
    "q4 质量 5=1/4",
    "q5  10=1/4",
    "q5  3=1/4",
    "q5  7=1/4",
    "q5  9=1/4",
];

#[test]
fn wjx_by_text_is_one_survey_in_every_dress() {
    let (book, mut said) = (Bench::zh(), Vec::new());
    let dresses: [(&str, Vec<u8>); 4] =
        [("a.csv", WJX_TEXT.to_vec()), ("b.csv", gb18030(WJX_TEXT)), ("c.csv", utf16(WJX_TEXT)), ("d.xlsx", xlsx(WJX_TEXT))];
    for (file, bytes) in dresses {
        let receipt = import(&book, file, &bytes, &file[..1]);
        assert_eq!((&receipt["source"], &receipt["new"], &receipt["rejected"]), (&json!("wjx"), &json!(4), &json!(0)), "{file}");
        said.push(counts(&book, &file[..1]));
    }
    for counts in said {
        assert_eq!(counts, WJX);
    }
    assert!(book.read("surveys/a/answers.csv").contains("其他【请注明】〖菊花、枸杞┋蜂蜜〗"));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn wjx_by_number_is_understood_by_the_same_responses_by_text() {
    let book = Bench::zh();
    let _ = import(&book, "t.csv", WJX_TEXT, "s");
    let before = (book.read("surveys/s/responses.csv"), book.read("surveys/s/answers.csv"));
    for (file, bytes) in [("n.csv", WJX_CODE.to_vec()), ("g.csv", gb18030(WJX_CODE)), ("x.xlsx", xlsx(WJX_CODE))] {
        let receipt = import(&book, file, &bytes, "s");
        let learned = if file == "n.csv" { json!(["q1", "q4"]) } else { json!([]) };
        assert_eq!((&receipt["unchanged"], &receipt["learned_options"]), (&json!(4), &learned), "{file}");
        assert_eq!((book.read("surveys/s/responses.csv"), book.read("surveys/s/answers.csv")), before, "{file}");
    }
    let yaml = book.read("surveys/s/survey.yaml");
    assert!(
        yaml.contains(r#"options: {"1": "男", "2": "女"}"#)
            && yaml.contains(r#"options: {"2": "不满意", "3": "一般", "4": "满意", "5": "非常满意"}"#),
        "{yaml}"
    );
    // more responses by number alone are understood from now on
    let more = String::from_utf8(WJX_CODE.to_vec()).unwrap().replace("\n4,2026", "\n5,2026");
    let receipt = import(&book, "m.csv", more.as_bytes(), "s");
    assert_eq!((&receipt["new"], &receipt["unchanged"]), (&json!(1), &json!(3)));
    assert!(counts(&book, "s").contains(&"q1  男=3/5".to_owned()));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn wjx_by_number_alone_waits_for_its_options() {
    let book = Bench::zh();
    book.write("n.csv", WJX_CODE);
    let said = book.run(&["survey", "import", "n.csv", "--survey", "s", "--yes"]).err;
    assert!(said.contains("q1") && said.contains("perhaps positions of options"), "{said}");
    // text afterwards tells the numbers that are there already
    let receipt = import(&book, "t.csv", WJX_TEXT, "s");
    assert_eq!(receipt["learned_options"], json!(["q1", "q4"]));
    let kept: Vec<String> = counts(&book, "s").into_iter().filter(|line| !line.starts_with("q4")).collect();
    let wanted: Vec<&&str> = WJX.iter().filter(|line| !line.starts_with("q4")).collect();
    assert!(kept.iter().eq(wanted), "{kept:?}");
    // another survey's numbers do not agree, and nothing is taken over
    let before = book.files();
    let other = Bench::zh();
    let _ = import(&other, "t.csv", WJX_TEXT, "s");
    let wrong = String::from_utf8(WJX_CODE.to_vec()).unwrap().replacen("(上海),1,", "(上海),2,", 1);
    other.write("w.csv", wrong);
    let said = other.run(&["survey", "import", "w.csv", "--survey", "s"]).fails(2);
    assert!(said.contains("q1") && said.contains("is it the same survey"), "{said}");
    assert_eq!(book.files(), before);
}

/// File, platform, what the questions say; every one also as a workbook.
const OTHERS: &[(&str, &[u8], &str, &[&str])] = &[
    (
        "tencent",
        include_bytes!("surveys/tencent.csv"),
        "tencent",
        &["q1  2=1/3", "q1  3=1/3", "q1  5=1/3", "q2  一丹图书馆=2/2", "q2  其他=1/2", "q2  湖畔、东门=1/2"],
    ),
    (
        "google",
        include_bytes!("surveys/google-forms.csv"),
        "google-forms",
        &["q1  2=1/3", "q1  4=1/3", "q1  5=1/3", "q2  Cake=3/4", "q2  Tea, hot=3/4"],
    ),
    (
        "sheets",
        include_bytes!("surveys/google-sheets.csv"),
        "google-sheets",
        &["q1  1=1/5", "q1  2=1/5", "q1  3=1/5", "q1  4=1/5", "q1  5=1/5", "q2  Cake=4/5", "q2  Tea, hot=3/5", "q2  other=1/5"],
    ),
    (
        "monkey",
        include_bytes!("surveys/surveymonkey.csv"),
        "surveymonkey",
        &[
            "q1  2=1/3",
            "q1  4=1/3",
            "q1  5=1/3",
            "q2  Cake=1/2",
            "q2  Other (please specify)=1/2",
            "q2  Tea=2/2",
            "q5 Speed 2=1/3",
            "q5 Speed 3=1/3",
            "q5 Speed 4=1/3",
            "q5 Taste 4=2/3",
            "q5 Taste 5=1/3",
        ],
    ),
    (
        "typeform",
        include_bytes!("surveys/typeform.csv"),
        "typeform",
        &["q1  10=1/3", "q1  6=1/3", "q1  8=1/3", "q2  Cake=1/3", "q2  Other=1/3", "q2  Tea=2/3"],
    ),
    (
        "lime",
        include_bytes!("surveys/limesurvey.csv"),
        "limesurvey",
        &["drinks  SQ001=2/2", "drinks  SQ002=1/2", "drinks  other=1/2", "satisfaction  1=1/2", "satisfaction  4=1/2"],
    ),
    ("other", include_bytes!("surveys/other.csv"), "other", &["q3  2=1/2", "q3  5=1/2"]),
];

#[test]
fn every_platform_is_known_and_kept_in_long_form() {
    let book = Bench::en();
    for (name, bytes, source, wanted) in OTHERS {
        let map = if *name == "other" { vec!["--map", "csat=Zufriedenheit insgesamt", "--map", "comment=Wünsche"] } else { Vec::new() };
        for (dress, bytes) in [("csv", bytes.to_vec()), ("xlsx", xlsx(bytes))] {
            let (file, survey) = (format!("{name}.{dress}"), format!("{name}-{dress}"));
            book.write(&file, &bytes);
            let args: Vec<&str> =
                ["survey", "import", &file, "--survey", &survey, "--yes", "--json"].into_iter().chain(map.clone()).collect();
            let receipt = book.run(&args).json();
            assert_eq!((&receipt["source"], &receipt["rejected"]), (&json!(source), &json!(0)), "{file}: {receipt}");
            assert_eq!(counts(&book, &survey), *wanted, "{file}");
            let again = book.run(&args).json();
            assert_eq!((&again["unchanged"], &again["new"]), (&receipt["new"], &json!(0)), "{file}");
        }
    }
    // times in their own zones, comments, and words of one's own are kept
    assert!(book.read("surveys/typeform-csv/responses.csv").contains("2026-06-22 19:07:29"));
    assert!(book.read("surveys/google-csv/responses.csv").contains("2026-06-22 13:07:29"));
    assert!(book.read("surveys/sheets-csv/responses.csv").contains("2026-03-18 18:42"));
    assert!(
        book.read("surveys/tencent-csv/responses.csv").contains("灯光太暗")
            && book.read("surveys/tencent-csv/answers.csv").contains("地铁站")
    );
    assert!(book.read("surveys/monkey-csv/responses.csv").contains("2026-08-28 09:06:00"));
    assert!(book.read("surveys/sheets-csv/answers.csv").contains("\"something of my own, with milk\""));
    assert_eq!(book.run(&["check"]).ok(), "");
}

#[test]
fn what_is_doubtful_is_asked() {
    let book = Bench::en();
    book.write("s.csv", include_bytes!("surveys/google-sheets.csv"));
    let said = book.run(&["survey", "import", "s.csv"]).fails(4);
    assert!(said.contains("platform: Google Forms via Sheets"), "{said}");
    assert!(said.contains("dates are read month first (a number above 12 tells it)"), "{said}");
    assert!(said.contains("options of q2 stand between commas") && said.contains("Cake | Tea, hot"), "{said}");
    let zh = book.run(&["survey", "import", "s.csv", "--survey", "z", "--lang", "zh"]).fails(4);
    assert!(zh.contains("问卷平台: 谷歌表格") && zh.contains("请核对: q2"), "{zh}");
}

#[test]
fn options_that_cannot_be_told_apart_are_refused_with_their_place() {
    let book = Bench::en();
    let yaml = "questions:\n  - code: q1\n    column: a\n    kind: multi\n    separator: \", \"\n    options: [\"Tea, hot\", Tea, hot]\n";
    book.write("surveys/x/survey.yaml", yaml);
    book.write("x.csv", "a\n\"Tea, hot\"\n");
    assert!(book.run(&["survey", "import", "x.csv"]).fails(6).contains("surveys/x/survey.yaml:6:5"));
    for (line, place) in [("kind: several", ":4:5"), ("options: [a, A]", ":4:5"), ("kind: multi\n    metric: csat\n    scale: 1-5", ":4:5")]
    {
        book.write("surveys/x/survey.yaml", format!("questions:\n  - code: q1\n    column: a\n    {line}\n"));
        let said = book.run(&["survey", "import", "x.csv"]).fails(6);
        assert!(said.contains(&format!("survey.yaml{place}")), "{said}");
    }
    book.write("surveys/x/survey.yaml", "source: nowhere\n");
    assert!(book.run(&["survey", "import", "x.csv"]).fails(6).contains("survey.yaml:1:1"));
}

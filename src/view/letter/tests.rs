use chrono::NaiveDate;

use super::{Form, Origin, Told, file_name, fill, names, origin, sample, sources, words, written};
use crate::base::id::Id;
use crate::base::lang::Lang;
use crate::base::problem::What;
use crate::engine::letter::{LETTERS, Recipient};
use crate::model::customer::{Customer, CustomerKind};
use crate::model::settings::Sender;
use crate::view::template::Source;
use crate::view::template::check::check;

fn built_in() -> Vec<Source> {
    sources(&[])
}

/// Every letter in both languages and forms, tried with all and with the least it can tell.
#[test]
fn every_letter_compiles_and_fills() {
    let sources = built_in();
    for name in names(&sources) {
        for lang in [Lang::Zh, Lang::En] {
            for form in Form::ALL {
                let samples = sample::values(&name, lang);
                assert_eq!(check(&file_name(&name, lang, form), &sources, form.kind(), &samples, &[]), [], "{name} {lang:?} {form:?}");
                for values in samples {
                    let text = fill(&name, lang, form, &values, &sources).unwrap();
                    let salutation = values["to"]["salutation"].as_str().unwrap();
                    assert!(text.contains(salutation) && text.contains(values["sender"]["name"].as_str().unwrap()), "{text}");
                    for wrong in ["null", "None", "\n\n\n", " \n", "::"] {
                        assert!(form == Form::Html || !text.contains(wrong), "{name} {lang:?} {wrong:?}: {text}");
                    }
                    assert!(form == Form::Text || (text.contains("default-src 'none'") && text.contains("@page { size: A4")), "{text}");
                }
            }
        }
    }
}

#[test]
fn a_letter_reads_well() {
    let status = fill("status", Lang::En, Form::Text, &sample::values("status", Lang::En)[0], &built_in()).unwrap();
    insta::assert_snapshot!(status, @r"
    Dear Li Lei,

    This is where your request R20261005-001 of 5 October 2026 stands.

    Your request: A tin of tea was missing from the gift box.

    What has happened:
    - 5 October 2026: we received it
    - 5 October 2026: we looked at it and took it on
    - 6 October 2026: a colleague took it in hand
    - 7 October 2026: the work was done

    Now: done, waiting for you to confirm
    What comes next: please tell us whether it is settled for you
    Please tell us: What is the number of the order?
    By when: 10 October 2026 at the latest

    If you have a question, please mention the number R20261005-001.

    Kind regards,

    Cloud Mist Tea
    Phone 0571 8888 6666
    Email hello@example.com
    8 Chengxi Road, Hangzhou
    8 October 2026
    ");
}

#[test]
fn hostile_text_is_text() {
    let evil = "<script>alert(1)</script> {{ to.id }}\u{1b}[31m\u{202e}\nSubject: x";
    let mut customer = Customer::new(Id::parse("C0001").unwrap(), evil.into());
    customer.kind = Some(CustomerKind::Company);
    let to = Recipient::of(&customer, evil);
    let sender = Sender { name: evil.into(), ..Sender::default() };
    let told = Told { name: "welcome", on: NaiveDate::default(), sender: &sender, to: &to, request: None, revisit: None, survey: None };
    for lang in [Lang::Zh, Lang::En] {
        for form in Form::ALL {
            let text = fill("welcome", lang, form, &told.values(lang), &built_in()).unwrap();
            assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.contains("{{ to.id }}"), "{text}");
            assert!(form == Form::Text || !text.contains("<script"), "{text}");
            let salutation = text.lines().find(|line| line.contains("alert") && line.contains("{{ to.id }}")).unwrap();
            assert!(!salutation.starts_with("Subject"), "{salutation}");
        }
    }
}

#[test]
fn whom_a_letter_speaks_to() {
    let of = |name: &str, is_company: bool, contact: &str| {
        let to = Recipient { name: name.into(), is_company, contact: contact.into(), ..Recipient::default() };
        [words::salutation(&to, Lang::Zh), words::salutation(&to, Lang::En)]
    };
    assert_eq!(of("王芳", false, ""), ["尊敬的王芳：", "Dear 王芳,"]);
    assert_eq!(of("王芳", false, "李雷"), ["尊敬的王芳：", "Dear 王芳,"]);
    assert_eq!(of("云栖酒店", true, ""), ["尊敬的云栖酒店：", "Dear 云栖酒店 team,"]);
    assert_eq!(of("Bay Ltd", true, "Ann Lee"), ["尊敬的Bay Ltd Ann Lee：", "Dear Ann Lee,"]);
    assert_eq!(of("", false, ""), ["尊敬的客户：", "Dear customer,"]);
    let day = "2026-10-08".parse().unwrap();
    assert_eq!([written(day, Lang::Zh), written(day, Lang::En)], ["2026年10月8日", "8 October 2026"]);
    for (text, zh, en) in [
        ("电话", "电话", "by phone"),
        ("phone", "电话", "by phone"),
        ("微信", "微信", "by WeChat"),
        ("WhatsApp", "WhatsApp", "by WhatsApp"),
        ("", "", ""),
    ] {
        assert_eq!((words::channel(text, Lang::Zh).as_str(), words::channel(text, Lang::En).as_str()), (zh, en), "{text}");
    }
}

#[test]
fn the_owners_words_come_first() {
    let own = vec![
        ("letters/welcome.en.txt".to_owned(), "Hello {{ to.name }} <3\n\nTwo\nlines\n".to_owned()),
        ("letters/生日.zh.txt".to_owned(), "{% include \"letters/_foot.txt\" %}".to_owned()),
        ("letters/_foot.txt".to_owned(), "祝好".to_owned()),
        ("report/report.html".to_owned(), "x".to_owned()),
        ("letters/readme.txt".to_owned(), "x".to_owned()),
    ];
    let sources = sources(&own);
    assert_eq!(names(&sources).last().map(String::as_str), Some("生日"));
    assert_eq!(names(&sources).len(), LETTERS.len() + 1);
    let values = &sample::values("welcome", Lang::En)[0];
    assert_eq!(fill("welcome", Lang::En, Form::Text, values, &sources).unwrap(), "Hello Emma Wilson <3\n\nTwo\nlines\n");
    let page = fill("welcome", Lang::En, Form::Html, values, &sources).unwrap();
    assert!(page.contains("<p>Hello Emma Wilson &lt;3</p>\n<p>Two<br>\nlines</p>"), "{page}");
    assert_eq!(origin(&sources, "welcome", Lang::En, Form::Html), Some(Origin::OwnText));
    assert_eq!(origin(&sources, "welcome", Lang::Zh, Form::Html), Some(Origin::BuiltIn));
    assert_eq!(fill("生日", Lang::Zh, Form::Text, values, &sources).unwrap(), "祝好\n");
    let lacking = fill("生日", Lang::En, Form::Text, values, &sources).unwrap_err();
    assert!(matches!(&lacking[0].what, What::Usage { message } if message[1].contains("templates/letters/生日.en.txt")));
}

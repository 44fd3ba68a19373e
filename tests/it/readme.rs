//! The READMEs: every console block is run as it stands, in both languages, and the two are in step.

use std::path::Path;
use std::process::Command;

fn readme(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

fn blocks<'a>(text: &'a str, kind: &str) -> Vec<&'a str> {
    let fence = format!("```{kind}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// Runs the commands of every block, one shell after another, and puts their output where the README has it.
fn replay(text: &str, lang: &str) -> Vec<(String, String)> {
    let work = tempfile::tempdir().unwrap();
    let binary = assert_cmd::cargo::cargo_bin("carebook");
    let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
    let mut pairs = Vec::new();
    for block in blocks(text, "console") {
        let mut folder = work.path().to_path_buf();
        let mut played = String::new();
        for line in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            played.extend(["$ ", line, "\n"]);
            if let Some(to) = line.strip_prefix("cd ") {
                folder = work.path().join(to);
                continue;
            }
            let mut shell = Command::new("sh");
            shell.env_clear().env("PATH", &path).env("LANG", lang).env("CAREBOOK_ACTOR", "me").current_dir(&folder);
            let output = shell.arg("-c").arg(format!("{line} 2>&1")).output().unwrap();
            for printed in String::from_utf8(output.stdout).unwrap().trim_end_matches('\n').lines() {
                played += printed.trim_end();
                played.push('\n');
            }
        }
        pairs.push((block.to_owned(), played));
    }
    pairs
}

#[test]
fn the_english_tour_is_true() {
    let pairs = replay(&readme("README.md"), "en_US.UTF-8");
    assert!(pairs.len() >= 6);
    for (written, played) in pairs {
        assert_eq!(written, played);
    }
}

#[test]
fn the_chinese_tour_is_true() {
    let pairs = replay(&readme("README.zh.md"), "zh_CN.UTF-8");
    assert!(pairs.len() >= 6);
    for (written, played) in pairs {
        assert_eq!(written, played);
    }
}

#[test]
fn the_two_are_in_step_and_ci_runs_the_test_command() {
    let (en, zh) = (readme("README.md"), readme("README.zh.md"));
    let headings = |text: &str| text.lines().filter(|line| line.starts_with("## ")).count();
    assert_eq!(headings(&en), headings(&zh));
    assert_eq!(blocks(&en, "console").len(), blocks(&zh, "console").len());
    let test_command = blocks(&en, "sh")[1].trim();
    assert_eq!(test_command, blocks(&zh, "sh")[1].trim());
    assert!(readme(".ci/run").lines().any(|line| line == test_command), "{test_command}");
}

/// The script that mails the report, with a `sendmail` that keeps what it gets.
#[test]
fn the_mail_is_whole() {
    for (name, subject) in [("README.md", "Customer service report 2026Q3"), ("README.zh.md", "客户服务报告 2026Q3")] {
        let text = readme(name);
        let script = blocks(&text, "sh").into_iter().find(|block| block.starts_with("#!/bin/sh")).unwrap();
        let work = tempfile::tempdir().unwrap();
        let place = |what: &str| format!("{}/{what}", work.path().display());
        let binary = assert_cmd::cargo::cargo_bin("carebook");
        let shell = |script: &str| {
            let mut shell = Command::new("sh");
            shell.env_clear().env("PATH", format!("{}:{}:/usr/bin:/bin", place("bin"), binary.parent().unwrap().display()));
            shell.env("MAIL", place("mail")).current_dir(work.path()).args(["-e", "-c", script]);
            let output = shell.output().unwrap();
            assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let kept = "printf '#!/bin/sh\\ncat > \"$MAIL\"\\n' > bin/sendmail; chmod +x bin/sendmail";
        let _ = shell(&format!("mkdir bin reports; {kept}; carebook demo book -q"));
        let _ = shell(&script.replace("/srv/book", &place("book")).replace("/srv/reports", &place("reports")));
        let mail = std::fs::read_to_string(work.path().join("mail")).unwrap();
        let (head, _) = mail.split_once("\n\n").unwrap();
        assert!(mail.is_ascii() && mail.lines().all(|line| line.len() <= 76 || line.starts_with("Subject: ")), "{head}");
        for line in ["To: owner@example.com", "MIME-Version: 1.0", "Content-Type: text/html; charset=UTF-8"] {
            assert!(head.lines().any(|told| told == line), "{head}");
        }
        let encoded = head.lines().find_map(|line| line.strip_prefix("Subject: =?UTF-8?B?")?.strip_suffix("?=")).unwrap();
        assert!(encoded.len() <= 63, "an encoded word has 75 characters at most: {encoded}");
        assert_eq!(shell(&format!("printf %s {encoded} | base64 -d")), subject);
        assert_eq!(shell("sed '1,/^$/d' mail | base64 -d"), std::fs::read_to_string(work.path().join("reports/2026Q3.html")).unwrap());
    }
}

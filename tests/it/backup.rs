//! Backups: what comes back is what was there, and no damage goes unseen.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::harness::{Bench, Ran};

/// A book in `shop/` of a bench's folder, with rows, a survey, rules, files of the owner's and an undo history.
fn shop() -> Bench {
    let bench = Bench::empty("en");
    let _ = bench.run(&["init", "shop", "--name", "Tea", "--language", "zh"]).ok();
    for args in [&["customer", "add", "王芳"][..], &["intake", "茶叶受潮", "-c", "王芳"], &["config", "write", "tiers"]] {
        let _ = on(&bench, args).ok();
    }
    bench.write("shop/合同/王 芳.txt", "签了\n");
    bench.write("shop/templates/report/mine.md", "# mine\n");
    // longer than the name field of an archive's header
    bench.write(&format!("shop/合同/{}.txt", "长".repeat(70)), "x");
    bench.write("shop/notes", [0_u8, 255, 10, 13]);
    std::fs::set_permissions(bench.path("shop/customers.csv"), std::fs::Permissions::from_mode(0o600)).unwrap();
    bench
}

fn on(bench: &Bench, args: &[&str]) -> Ran {
    bench.run(&[&["--data", "shop"], args].concat())
}

/// Every file below a folder with its mode; of the hidden one what a backup keeps.
fn all(folder: &Path) -> Vec<(String, u32, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if !matches!(name.as_str(), ".carebook/lock" | ".carebook/holder") {
                let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
                found.push((name, mode, std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

/// Nothing is left of a temporary folder or file.
fn leftovers(bench: &Bench) -> Vec<String> {
    let names = std::fs::read_dir(bench.root()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with('.') || name.starts_with("carebook-")).collect()
}

#[test]
fn what_comes_back_is_what_was_there() {
    let bench = shop();
    let before = all(&bench.path("shop"));
    let made = on(&bench, &["backup", "b.tgz"]);
    assert!(made.err.contains("Made the backup b.tgz") && made.err.contains("same disk"), "{made:?}");
    assert_eq!(std::fs::metadata(bench.path("b.tgz")).unwrap().permissions().mode() & 0o777, 0o600);
    let verified = bench.command().env("TMPDIR", bench.root()).args(["backup", "verify", "b.tgz"]).output().unwrap();
    let verified = crate::harness::ran(&verified);
    assert!(verified.code == 0 && verified.err.contains("is whole"), "{verified:?}");
    let restored = bench.run(&["restore", "b.tgz", "new/place"]);
    assert!(restored.code == 0 && restored.err.contains("Next: carebook --data new/place check"), "{restored:?}");
    assert_eq!(all(&bench.path("new/place")), before);
    assert_eq!(all(&bench.path("shop")), before);
    assert_eq!(bench.run(&["--data", "new/place", "check"]).ok(), "");
    let _ = bench.run(&["--data", "new/place", "intake", "y"]).ok();
    assert_eq!(leftovers(&bench), [""; 0]);
}

#[test]
fn a_restore_that_was_cut_off_is_done_again() {
    let bench = shop();
    let before = all(&bench.path("shop"));
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    // as a power cut leaves it: half a table, no settings yet
    bench.write("new/customers.csv", "编号,客");
    bench.write("new/.carebook/unfinished", "");
    bench.write("new/mine.txt", "put there since");
    assert_eq!(bench.run(&["--data", "new", "status"]).code, 3);
    let _ = bench.run(&["restore", "b.tgz", "new"]).ok();
    let (mine, after): (Vec<_>, Vec<_>) = all(&bench.path("new")).into_iter().partition(|(path, ..)| path == "mine.txt");
    assert_eq!((mine.len(), &mine[0].2[..]), (1, &b"put there since"[..]));
    assert_eq!(after, before);
    // a book is never restored over
    assert!(bench.run(&["restore", "b.tgz", "new"]).fails(1).contains("not an empty folder"));
}

#[test]
fn a_system_without_carebook_opens_it_too() {
    let bench = shop();
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    let listed = std::process::Command::new("tar").arg("tzf").arg(bench.path("b.tgz")).output().unwrap();
    let names = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.status.success() && listed.stderr.is_empty(), "{}", String::from_utf8_lossy(&listed.stderr));
    assert!(names.starts_with("MANIFEST.json\n") && names.contains("book/customers.csv\n"), "{names}");
}

#[test]
fn the_manifest_names_the_format_and_the_last_change() {
    let bench = shop();
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    let printed = std::process::Command::new("tar").arg("xzOf").arg(bench.path("b.tgz")).arg("MANIFEST.json").output().unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    let last = &on(&bench, &["log", "--last", "1", "--json"]).json()["rows"][0];
    assert_eq!((&manifest["book"], &manifest["log"]["seq"]), (&1.into(), &last["seq"]));
    let quarter = std::fs::read_dir(bench.path("shop/log")).unwrap().next().unwrap().unwrap().path();
    let log = std::fs::read_to_string(quarter).unwrap();
    assert_eq!(manifest["log"]["chain"].as_str(), log.trim_end().rsplit(',').next());
}

#[test]
fn links_are_named_and_not_followed() {
    let bench = shop();
    std::os::unix::fs::symlink("/etc/passwd", bench.path("shop/passwd")).unwrap();
    let made = on(&bench, &["backup", "b.tgz"]);
    assert!(made.code == 0 && made.err.contains("passwd is a link or a special file"), "{made:?}");
    let _ = bench.run(&["restore", "b.tgz", "new"]).ok();
    assert!(!bench.path("new/passwd").exists());
}

#[test]
fn nothing_is_written_over_or_into_the_book() {
    let bench = shop();
    bench.write("there", "mine");
    assert!(on(&bench, &["backup", "there"]).fails(4).contains("--force"));
    assert_eq!(bench.read("there"), "mine");
    let _ = on(&bench, &["backup", "there", "--force"]).ok();
    let _ = bench.run(&["backup", "verify", "there"]).ok();
    for target in ["shop/b.tgz", "shop/customers.csv", "shop/.carebook/lock", "shop/合同/b"] {
        assert!(on(&bench, &["backup", target, "--force"]).fails(1).contains("own folder"), "{target}");
    }
    assert!(bench.run(&["restore", "there", "shop"]).fails(1).contains("not an empty folder"));
    assert!(bench.run(&["restore", "there", "there"]).fails(1).contains("not an empty folder"));
    assert!(bench.run(&["restore", "nowhere", "new"]).fails(3).contains("no file"));
    assert!(bench.run(&["backup", "verify", "shop/customers.csv"]).fails(6).contains("no backup"));
    assert_eq!(bench.run(&["backup"]).code, 2);
    assert_eq!(bench.run(&["--data", "nowhere", "backup", "x"]).code, 3);
}

#[test]
fn a_dry_run_makes_nothing() {
    let bench = shop();
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    let before = all(bench.root());
    assert!(on(&bench, &["-n", "backup", "c.tgz"]).err.starts_with("Dry run"));
    assert!(on(&bench, &["-n", "restore", "b.tgz", "new"]).err.starts_with("Dry run"));
    assert_eq!(all(bench.root()), before);
    assert!(!bench.path("new").exists());
}

/// Numbers that look random and are the same every time.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// Flips one bit at each of `times` places and asks `backup verify`, which must find every one.
fn every_flip_is_found(bench: &Bench, file: &str, times: usize, secret: &[&str]) {
    let whole = std::fs::read(bench.path(file)).unwrap();
    let mut seeded = Seeded(0x2545_F491_4F6C_DD1D);
    let mut missed = Vec::new();
    for _ in 0..times {
        let (at, bit) = (seeded.below(whole.len()), seeded.below(8));
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << bit;
        bench.write("flipped", &flipped);
        let ran = bench.run(&[&["backup", "verify", "flipped"], secret].concat());
        if !matches!(ran.code, 4 | 6) || ran.err.is_empty() {
            missed.push((at, bit, ran));
        }
    }
    assert!(missed.is_empty(), "{} of {times} missed: {:?}", missed.len(), missed.first());
    let _ = bench.run(&[&["backup", "verify", file], secret].concat()).ok();
}

#[test]
fn two_hundred_flipped_bits_are_found() {
    let bench = shop();
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    every_flip_is_found(&bench, "b.tgz", 200, &[]);
}

#[test]
#[ignore = "a thousand runs of the program"]
fn a_thousand_flipped_bits_are_found() {
    let bench = Bench::empty("en");
    let _ = bench.run(&["demo", "shop"]).ok();
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    every_flip_is_found(&bench, "b.tgz", 1000, &[]);
}

#[test]
fn a_cut_or_lengthened_backup_is_found() {
    let bench = shop();
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    let whole = std::fs::read(bench.path("b.tgz")).unwrap();
    let end = whole.len();
    for length in [0, 1, 2, 9, 100, end / 3, end / 2, end - 200, end - 111, end - 110, end - 109, end - 1] {
        bench.write("cut", &whole[..length]);
        assert_eq!(bench.run(&["backup", "verify", "cut"]).code, 6, "{length}");
        assert_eq!(bench.run(&["restore", "cut", "new"]).code, 6, "{length}");
        assert!(!bench.path("new").exists(), "{length}");
    }
    bench.write("longer", [&whole[..], b"x"].concat());
    assert_eq!(bench.run(&["backup", "verify", "longer"]).code, 6);
    // an empty folder that was there stays, and stays empty
    std::fs::create_dir(bench.path("here")).unwrap();
    assert_eq!(bench.run(&["restore", "cut", "here"]).code, 6);
    assert_eq!(std::fs::read_dir(bench.path("here")).unwrap().count(), 0);
}

/// An archive made by hand, with a manifest to match and a right digest.
fn forged(entries: &[(&str, tar::EntryType, &[u8])], announced: &[(&str, u64)]) -> Vec<u8> {
    let content =
        |path: &str| entries.iter().find(|(name, ..)| name.strip_prefix("book/") == Some(path)).map_or(&b""[..], |(_, _, text)| text);
    let entry = |(path, bytes): &(&str, u64)| serde_json::json!({ "path": path, "bytes": bytes, "sha256": hex(content(path)), "mode": 420, "modified": 0 });
    let files: Vec<serde_json::Value> = announced.iter().map(entry).collect();
    let manifest =
        serde_json::json!({ "backup": 1, "book": null, "carebook": "0", "created_at": "", "log": null, "files": files }).to_string();
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (name, kind, text) in [("MANIFEST.json", tar::EntryType::Regular, manifest.as_bytes())].iter().chain(entries) {
        let mut header = tar::Header::new_gnu();
        // not set_path: it refuses what is to be tried here
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        if *kind == tar::EntryType::Symlink {
            header.set_link_name("/etc").unwrap();
        }
        header.set_cksum();
        archive.append(&header, *text).unwrap();
    }
    sealed(archive.into_inner().unwrap().finish().unwrap())
}

/// With the digest of all its bytes at the end.
fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    let digest = hex(&file);
    file.extend_from_slice(b"\x1f\x8b\x08\x10\0\0\0\0\0\xffcarebook backup sha256 ");
    file.extend_from_slice(digest.as_bytes());
    file.extend_from_slice(b"\0\x03\0\0\0\0\0\0\0\0\0");
    file
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[test]
fn a_forged_backup_gets_nowhere() {
    let bench = Bench::empty("en");
    let file = tar::EntryType::Regular;
    let settings = ("book/carebook.yaml", file, &b"format: 1\n"[..]);
    let told = ("carebook.yaml", 10);
    let zeros = vec![0; 3 << 20];
    let tries: Vec<(&str, Vec<u8>)> = vec![
        ("up", forged(&[settings, ("book/../../evil", file, b"x")], &[told, ("../../evil", 1)])),
        ("up, unannounced", forged(&[settings, ("../evil", file, b"x")], &[told])),
        ("absolute", forged(&[settings, ("/tmp/evil", file, b"x")], &[told, ("/tmp/evil", 1)])),
        ("another name", forged(&[settings, ("book/../evil", file, b"x")], &[told, ("evil", 1)])),
        ("another name, the same content", forged(&[settings, ("book/other", file, b"")], &[told, ("evil", 0)])),
        ("link", forged(&[settings, ("book/evil", tar::EntryType::Symlink, b"")], &[told, ("evil", 0), ("evil/passwd", 0)])),
        ("hard link", forged(&[settings, ("book/evil", tar::EntryType::Link, b"")], &[told, ("evil", 0)])),
        ("folder", forged(&[settings, ("book/evil", tar::EntryType::Directory, b"")], &[told, ("evil", 0)])),
        ("journal", forged(&[settings, ("book/.carebook/txn/manifest", file, b"x")], &[told, (".carebook/txn/manifest", 1)])),
        ("twice", forged(&[settings, settings], &[told, told])),
        ("more than announced", forged(&[settings, ("book/big", file, &zeros)], &[told, ("big", 10)])),
        ("more entries", forged(&[settings, ("book/big", file, &zeros)], &[told])),
        ("fewer entries", forged(&[settings], &[told, ("big", 10)])),
        ("no settings", forged(&[("book/x", file, b"x")], &[("x", 1)])),
        ("a long name", forged(&[settings, ("././@LongLink", tar::EntryType::GNULongName, &zeros)], &[told, ("x", 1)])),
        ("a bomb", forged(&[settings], &[told, ("big", u64::MAX)])),
    ];
    for (name, bytes) in tries {
        bench.write("in/forged", bytes);
        let ran = bench.run(&["restore", "in/forged", "in/new"]);
        let expected = if name == "a bomb" { 1 } else { 6 };
        assert_eq!(ran.code, expected, "{name}: {ran:?}");
        assert!(!bench.path("in/new").exists() && !bench.path("evil").exists() && !bench.path("in/evil").exists(), "{name}");
    }
    // the helper makes good ones too
    bench.write("in/forged", forged(&[settings], &[told]));
    let _ = bench.run(&["restore", "in/forged", "in/new"]).ok();
    assert_eq!(bench.read("in/new/carebook.yaml"), "format: 1\n");
    // and what restores but is no whole book is no whole backup
    assert!(bench.run(&["backup", "verify", "in/forged"]).fails(6).contains("customers.csv"));
}

#[test]
fn a_newer_backup_is_told_from_a_damaged_one() {
    let bench = Bench::empty("en");
    let manifest = br#"{"backup": 2, "parts": []}"#;
    let mut archive = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(manifest.len() as u64);
    archive.append_data(&mut header, "MANIFEST.json", &manifest[..]).unwrap();
    let newer = archive.into_inner().unwrap().finish().unwrap();
    bench.write("cut", &newer);
    assert!(bench.run(&["backup", "verify", "cut"]).fails(6).contains("damaged"));
    bench.write("newer", sealed(newer));
    assert!(bench.run(&["backup", "verify", "newer"]).fails(1).contains("format 2"));
}

#[test]
fn a_backup_beside_writers_is_before_or_after() {
    let bench = shop();
    let before = on(&bench, &["list", "--format", "id"]).ok().lines().count();
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let bench = &bench;
            scope.spawn(move || {
                for i in 0..8 {
                    let _ = on(bench, &["intake", &format!("{writer}-{i}"), "-q"]).ok();
                }
            });
        }
        for i in 0..6 {
            let _ = on(&bench, &["backup", &format!("b{i}")]).ok();
        }
    });
    for i in 0..6 {
        let (file, folder) = (format!("b{i}"), format!("new{i}"));
        let _ = bench.run(&["backup", "verify", &file]).ok();
        let _ = bench.run(&["restore", &file, &folder]).ok();
        let rows = bench.run(&["--data", &folder, "list", "--format", "id"]).ok().lines().count();
        let intakes = bench.run(&["--data", &folder, "log", "--format", "json"]).json();
        let intakes = intakes["rows"].as_array().unwrap().iter().filter(|row| row["action"] == "intake").count();
        assert!(rows == intakes && (before..=before + 16).contains(&rows), "{rows} {intakes}");
    }
}

#[test]
fn a_backup_of_a_broken_book_is_made_and_says_so_when_verified() {
    let bench = shop();
    bench.write("shop/customers.csv", "id,name\nC0001,\"open\n");
    let _ = on(&bench, &["backup", "b.tgz"]).ok();
    let err = bench.run(&["backup", "verify", "b.tgz"]).fails(6);
    assert!(err.contains("customers.csv:2:7") && err.contains("never closed"), "{err}");
    let _ = bench.run(&["restore", "b.tgz", "new"]).ok();
    std::fs::remove_file(bench.path("shop/customers.csv")).unwrap();
    let _ = on(&bench, &["backup", "c.tgz"]).ok();
}

#[cfg(feature = "encrypt")]
mod encrypted {
    use super::{every_flip_is_found, on, shop};
    use crate::harness::ran;

    const KEY: &str = "# a key for tests\nAGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n";
    const PUBLIC: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

    #[test]
    fn with_a_passphrase() {
        let bench = shop();
        bench.write("secret", "correct horse\n");
        bench.write("wrong", "battery staple\n");
        let made = on(&bench, &["backup", "b.age", "--passphrase-file", "secret"]);
        assert!(made.code == 0 && made.err.contains("encrypted"), "{made:?}");
        assert!(std::fs::read(bench.path("b.age")).unwrap().starts_with(b"age-encryption.org/v1\n-> scrypt "));
        assert!(bench.run(&["backup", "verify", "b.age"]).fails(4).contains("--passphrase-file"));
        assert!(bench.run(&["restore", "b.age", "new", "--passphrase-file", "wrong"]).fails(4).contains("passphrase"));
        assert!(!bench.path("new").exists());
        let verified = bench.command().env("CAREBOOK_PASSPHRASE", "correct horse").args(["backup", "verify", "b.age"]).output().unwrap();
        let _ = ran(&verified).ok();
        let _ = bench.run(&["restore", "b.age", "new", "--passphrase-file", "secret"]).ok();
        assert_eq!(bench.read("new/customers.csv"), bench.read("shop/customers.csv"));
        assert!(on(&bench, &["backup", "c.age", "--encrypt"]).fails(4).contains("CAREBOOK_PASSPHRASE"));
    }

    #[test]
    fn with_a_key_and_a_hundred_flipped_bits_are_found() {
        let bench = shop();
        bench.write("key", KEY);
        bench.write("other", "AGE-SECRET-KEY-1");
        let _ = on(&bench, &["backup", "b.age", "--recipient", PUBLIC]).ok();
        assert!(bench.run(&["backup", "verify", "b.age"]).fails(4).contains("--identity"));
        assert!(bench.run(&["backup", "verify", "b.age", "--identity", "other"]).fails(2).contains("--identity"));
        assert!(on(&bench, &["backup", "c.age", "--recipient", "age1nobody"]).fails(2).contains("--recipient"));
        every_flip_is_found(&bench, "b.age", 100, &["--identity", "key"]);
    }
}

//! The house: which layer may use which, no forgotten files, no global shortcuts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Layer → layers it may use. `cli` may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("model", &["base"]),
    ("engine", &["base", "model"]),
    ("ops", &["base", "model", "engine"]),
    ("store", &["base", "model"]),
    ("exchange", &["base", "model"]),
    ("view", &["base", "model", "engine"]),
    ("host", &["base"]),
    ("cli", &["base", "model", "engine", "ops", "store", "exchange", "view", "host"]),
];

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string()
}

/// The layer a file is in: `src/view/grid.rs` → view, `src/host.rs` → host.
fn layer(path: &Path) -> String {
    let relative = relative(path);
    relative.trim_start_matches("src/").split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

/// The code of a file without comments and tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let body = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    body.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Every layer named after `crate::`, braces over several lines included.
fn used(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut item)),
                    _ => item.push(c),
                }
            }
            found.push(item);
        } else {
            found.push(rest.to_owned());
        }
    }
    let head = |text: &String| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    found.iter().map(head).filter(|name| !name.is_empty()).collect()
}

#[test]
fn each_layer_uses_only_what_it_may() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in sources("src") {
        let layer = layer(&path);
        // the laws for fuzzing look into every layer and are in no release
        if matches!(layer.as_str(), "main" | "lib" | "fuzz") {
            continue;
        }
        let allowed = table.get(layer.as_str()).unwrap_or_else(|| panic!("{layer} is not in the table"));
        for used in used(&code(&path)) {
            if table.contains_key(used.as_str()) && used != layer && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", relative(&path)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    let mut done: Vec<&str> = Vec::new();
    while done.len() < MAY_USE.len() {
        let next = MAY_USE.iter().find(|(layer, uses)| !done.contains(layer) && uses.iter().all(|used| done.contains(used)));
        done.push(next.expect("a circle").0);
    }
}

#[test]
fn no_source_file_is_forgotten() {
    for root in ["src", "tests/it"] {
        for path in sources(root) {
            let stem = path.file_stem().unwrap().to_str().unwrap();
            if matches!(stem, "main" | "lib" | "mod") {
                continue;
            }
            let folder = path.parent().unwrap();
            let parents = [folder.join("mod.rs"), folder.join("main.rs"), folder.join("lib.rs"), folder.with_extension("rs")];
            let declared = parents.iter().filter_map(|parent| std::fs::read_to_string(parent).ok()).any(|text| {
                text.lines().any(|line| {
                    let words: Vec<&str> = line.trim().trim_end_matches(';').split_whitespace().collect();
                    words.ends_with(&["mod", stem])
                })
            });
            assert!(declared, "{} is declared by no module", relative(&path));
        }
    }
}

#[test]
fn only_the_edge_uses_anyhow_and_nobody_prints() {
    for path in sources("src") {
        let (layer, code) = (layer(&path), code(&path));
        assert!(layer == "cli" || !code.contains("anyhow"), "{} uses anyhow", relative(&path));
        assert!(!code.contains("tera::") || relative(&path).contains("view/template"), "{} uses tera", relative(&path));
        for banned in ["println!", "eprintln!", "unsafe ", "use super::*"] {
            assert!(!code.contains(banned), "{} has {banned}", relative(&path));
        }
    }
}

#[test]
fn what_people_write_is_read_strictly() {
    for path in sources("src") {
        let code = code(&path);
        let lines: Vec<&str> = code.lines().collect();
        for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.contains("#[derive(") && line.contains("Deserialize")) {
            let strict = lines.get(i + 1).is_some_and(|next| next.contains("deny_unknown_fields"));
            // the one key that every format has in common: a newer one has keys that are not known here
            let of_any_format =
                relative(&path).ends_with("settings_file.rs") && lines.get(i + 1).is_some_and(|next| next.contains("struct Head"));
            assert!(strict || of_any_format, "{}: {line} lets unknown keys pass", relative(&path));
        }
    }
}

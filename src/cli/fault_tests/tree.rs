//! A book's folder as a value: what is in it, put back, and what people see of it.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A folder by path: `None` for a folder, a file's bytes, and which path they are shared with.
pub type Tree = BTreeMap<String, Option<(Vec<u8>, Option<String>)>>;

pub fn capture(root: &Path) -> Tree {
    let (mut tree, mut names) = (Tree::new(), HashMap::new());
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let meta = std::fs::symlink_metadata(&path).unwrap();
            if meta.is_dir() {
                tree.insert(name, None);
                folders.push(path);
            } else {
                let shared = names.insert(meta.ino(), name.clone()).filter(|_| meta.nlink() > 1);
                tree.insert(name, Some((std::fs::read(&path).unwrap(), shared)));
            }
        }
    }
    tree
}

/// Makes `wanted` of what is there now; what is the same stays as it is.
pub fn restore(root: &Path, now: &Tree, wanted: &Tree) {
    let differs = |name: &String, one: &Tree, other: &Tree| one.get(name) != other.get(name);
    for (name, node) in now.iter().rev().filter(|(name, _)| differs(name, now, wanted)) {
        match node {
            None => std::fs::remove_dir(root.join(name)).unwrap(),
            Some(_) => std::fs::remove_file(root.join(name)).unwrap(),
        }
    }
    let mut shared = Vec::new();
    for (name, node) in wanted.iter().filter(|(name, _)| differs(name, now, wanted)) {
        match node {
            None => std::fs::create_dir(root.join(name)).unwrap(),
            Some((bytes, None)) => std::fs::write(root.join(name), bytes).unwrap(),
            Some((_, Some(with))) => shared.push((name, with)),
        }
    }
    // the first name of a group is there by now; a chain of names is followed to it
    while !shared.is_empty() {
        shared.retain(|(name, with)| std::fs::hard_link(root.join(with), root.join(name)).is_err());
    }
}

/// What people see of a book: everything but the hidden folder, and no empty folders.
pub fn visible(tree: &Tree) -> BTreeMap<&str, &[u8]> {
    let files = tree.iter().filter(|(name, _)| !name.starts_with(".carebook"));
    files.filter_map(|(name, node)| Some((name.as_str(), node.as_ref()?.0.as_slice()))).collect()
}

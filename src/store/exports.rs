//! The bases of exports, in `.carebook/exports/`: what went out, kept until it comes back. Safe to delete at any time.
//!
//! A base is named by the day and by the digest of its own bytes: one that is half written, damaged or another's is none.
//! The oldest go when there are too many. They hold personal data: an erasure lets those go
//! that tell of the customer; what comes back after that is imported as any other file.

use chrono::NaiveDate;

use super::book::Book;
use super::disk::hash;
use super::layout;
use crate::base::problem::Problem;
use crate::model::exported::{Exported, is_number};

/// The most that is kept.
const MAX_FILES: usize = 200;
const MAX_BYTES: u64 = 64 << 20;
/// A larger export leaves no base.
const MAX_BASE: usize = 32 << 20;

impl Book {
    /// Keeps what went out and gives it a number, the same for the same rows of the same day; none where it is too much to keep.
    ///
    /// # Errors
    /// What the disk says.
    pub fn keep_export(&self, day: NaiveDate, exported: &Exported) -> Result<Option<String>, Problem> {
        let text = exported.write();
        if text.len() > MAX_BASE {
            return Ok(None);
        }
        let number = number(day, &text);
        self.disk.make_folder(layout::EXPORTS)?;
        self.disk.keep(&path(&number), text.as_bytes())?;
        self.prune_exports(&number)?;
        Ok(Some(number))
    }

    /// What went out under a number; none where it is no longer known, or damaged.
    ///
    /// # Errors
    /// A file that cannot be read now: that it is unknown would be a guess, and cells would go over newer ones.
    pub fn export(&self, number: &str) -> Result<Option<Exported>, Problem> {
        if !is_number(number) {
            return Ok(None);
        }
        let bytes = self.disk.read(&path(number))?.unwrap_or_default();
        let same = number.ends_with(&hash(&bytes)[..8]);
        let text = String::from_utf8(bytes).ok().filter(|_| same);
        Ok(text.and_then(|text| Exported::parse(&text)))
    }

    /// Lets the oldest go.
    fn prune_exports(&self, newest: &str) -> Result<(), Problem> {
        let mut kept = Vec::new();
        for name in self.disk.list(layout::EXPORTS)? {
            let path = format!("{}/{name}", layout::EXPORTS);
            if let Some(left) = self.disk.left(&path)? {
                kept.push((name != format!("{newest}.csv"), std::cmp::Reverse(left.stat.mtime), left.stat.size, path));
            }
        }
        kept.sort();
        let mut bytes = 0;
        for (n, (_, _, size, path)) in kept.iter().enumerate() {
            bytes += size;
            if n >= MAX_FILES || bytes > MAX_BYTES {
                self.disk.remove(path)?;
            }
        }
        Ok(())
    }
}

fn number(day: NaiveDate, text: &str) -> String {
    format!("E{}-{}", day.format("%Y%m%d"), &hash(text.as_bytes())[..8])
}

fn path(number: &str) -> String {
    format!("{}/{number}.csv", layout::EXPORTS)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "what the store writes is damaged here")]

    use super::*;
    use crate::base::lang::Lang;
    use crate::store::disk::Disk;
    use crate::store::new_book;

    #[test]
    fn a_base_is_itself_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_path_buf();
        std::fs::create_dir_all(root.join(".carebook")).unwrap();
        let text = "format: 1\nname: x\nlanguage: en\ntime_zone: Asia/Shanghai\ncurrency: CNY\n";
        std::fs::write(root.join("carebook.yaml"), text).unwrap();
        new_book::make_tables(&Disk::new(root.clone()), Lang::En).unwrap();
        let book = Book::open(root.clone()).unwrap();
        let day = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        let exported = |name: &str| Exported { table: "customers".into(), columns: vec!["id".into()], rows: vec![vec![name.to_owned()]] };
        let number = book.keep_export(day, &exported("C1")).unwrap().unwrap();
        assert!(number.starts_with("E20261128-") && is_number(&number), "{number}");
        assert_eq!(book.keep_export(day, &exported("C1")).unwrap().unwrap(), number, "the same rows, the same number");
        assert_ne!(book.keep_export(day, &exported("C2")).unwrap().unwrap(), number);
        assert_eq!(book.export(&number).unwrap(), Some(exported("C1")));
        for other in ["E20261128-00000000", "../../customers", "示例"] {
            assert_eq!(book.export(other).unwrap(), None);
        }
        std::fs::write(root.join(path(&number)), exported("C3").write()).unwrap();
        assert_eq!(book.export(&number).unwrap(), None, "of other rows");
        for n in 0..MAX_FILES + 5 {
            assert!(book.keep_export(day, &exported(&format!("D{n}"))).unwrap().is_some());
        }
        assert_eq!(book.disk.list(layout::EXPORTS).unwrap().len(), MAX_FILES);
    }
}

//! Rules that name tiers or members of staff, and whether the book has them.

use crate::base::problem::Problems;
use crate::model::draft::Document;
use crate::model::staff::Staff;
use crate::store::book::Book;

/// The checklists, and whether those they name are there; a broken staff table is told by its own check.
pub fn practices(book: &Book) -> Problems {
    let document = Document::Rules("practices".to_owned());
    match (book.practice_rules(), book.document(&document), book.all::<Staff>()) {
        (Err(problems), ..) => problems,
        (Ok(ruled), Ok(Some(text)), Ok(staff)) => Book::place_in(&document, &text, ruled.rules.strangers(&staff)),
        _ => Problems::new(),
    }
}

/// The revisit rules, and whether the tiers and people they name are there. The built-in ones name tiers that a book need not have.
pub fn revisits(book: &Book) -> Problems {
    let ruled = match book.revisit_rules() {
        Ok(ruled) if ruled.is_built_in() => return Problems::new(),
        Ok(ruled) => ruled,
        Err(problems) => return problems,
    };
    let document = Document::Rules("revisits".to_owned());
    match (book.document(&document), book.tier_rules(), book.all::<Staff>()) {
        (Ok(Some(text)), Ok(tiers), Ok(staff)) => Book::place_in(&document, &text, ruled.rules.strangers(&tiers.rules, &staff)),
        _ => Problems::new(),
    }
}

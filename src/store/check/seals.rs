//! Sealed reports: whether their files are as they were sealed. Whether they can be computed again is for `report verify`.

use crate::base::problem::{Place, Problem, Problems, What};
use crate::store::book::Book;
use crate::store::layout;

/// One problem for each file that is not what the seal, or the log, tells.
pub fn seals(book: &Book) -> Problems {
    let folders = match book.seals() {
        Ok(folders) => folders,
        Err(problem) => return vec![problem],
    };
    let altered = |folder: &String| match book.seal(folder) {
        Ok(sealed) => {
            let at = |file: &String| Problem::error(What::SealAltered).at(Place::file(layout::report(folder, file)));
            sealed.altered.iter().map(at).collect()
        }
        Err(problems) => problems,
    };
    let mut found: Problems = folders.iter().flat_map(altered).collect();
    // what is wrong in the log itself is for its own check
    let told = book.told_seals().unwrap_or_default();
    let gone = told.iter().filter(|folder| !folders.contains(folder));
    found.extend(gone.map(|folder| Problem::error(What::SealAltered).at(Place::file(layout::report(folder, layout::SEAL)))));
    found
}

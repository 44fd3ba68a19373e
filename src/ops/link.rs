//! Linking requests that belong together (关联): both name each other, none gives up its own life.

use super::step::not_found;
use crate::base::id::Id;
use crate::base::problem::{Problems, What};
use crate::model::draft::Draft;

/// Links two requests, or takes the link away. Doing it twice changes nothing.
pub fn link(draft: &mut Draft, id: &str, other: &str, linked: bool) -> Result<(), Problems> {
    if id == other {
        let message = ["诉求不能与自己关联".to_owned(), "a request cannot be linked with itself".to_owned()];
        return Err(vec![What::Usage { message }.into()]);
    }
    for (one, another) in [(id, other), (other, id)] {
        let request = draft.requests.edit(one).ok_or_else(|| not_found(one))?;
        request.set_link(&Id::made(another.to_owned()), linked);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::fixtures::{draft, request};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn links_are_the_same_from_both_sides(steps in prop::collection::vec((0..4_usize, 0..4_usize, any::<bool>()), 0..30)) {
            let ids = ["R1", "R2", "R3", "R4"];
            let mut draft = draft();
            for id in ids {
                draft.requests.insert(request(id, "C1"));
            }
            for (a, b, linked) in steps {
                let done = link(&mut draft, ids[a], ids[b], linked);
                prop_assert_eq!(done.is_err(), a == b);
                let once = draft.clone();
                let _ = link(&mut draft, ids[b], ids[a], linked);
                prop_assert!(once.requests.iter().eq(draft.requests.iter()));
            }
            for one in draft.requests.iter() {
                prop_assert!(one.links().is_sorted() && one.related == one.links().join(";"));
                for other in one.links() {
                    prop_assert!(draft.requests.get(&other).unwrap().links().contains(&one.id.to_string()));
                }
            }
        }
    }

    #[test]
    fn what_a_person_wrote_stays_as_it_is() {
        let mut draft = draft();
        draft.requests.insert(request("R1", "C1"));
        draft.requests.insert(request("R2", "C1"));
        draft.requests.edit("R1").unwrap().related = "R9、 R2".into();
        link(&mut draft, "R1", "R2", true).unwrap();
        assert_eq!(draft.requests.get("R1").unwrap().related, "R9、 R2");
        link(&mut draft, "R1", "R2", false).unwrap();
        assert_eq!(draft.requests.get("R1").unwrap().related, "R9");
    }
}

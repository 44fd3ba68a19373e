//! Work on all cores: files are read side by side, their results stay in order.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does the same with each item, on as many threads as there are cores; the results in the order of the items.
pub fn map<T: Sync, O: Send>(items: &[T], work: &(dyn Fn(&T) -> O + Sync)) -> Vec<O> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, O)>> = Mutex::new(Vec::with_capacity(items.len()));
    let go_on = || {
        while let Some((at, item)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, items.get(at)?))) {
            let result = work(item);
            // a poisoned lock means that a thread panicked, which the scope passes on
            if let Ok(mut done) = done.lock() {
                done.push((at, result));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(go_on);
        }
        go_on();
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stay_in_order() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(map(&items, &|n| n * 2), items.iter().map(|n| n * 2).collect::<Vec<u32>>());
        assert_eq!(map(&[] as &[u32], &|n| *n), Vec::<u32>::new());
    }
}

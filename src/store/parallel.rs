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

/// Takes the items up into accumulators, one for each thread; the accumulators.
pub fn fold<T: Sync, A: Send>(items: &[T], new: &(dyn Fn() -> A + Sync), take: &(dyn Fn(&mut A, &T) + Sync)) -> Vec<A> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(items.len()).clamp(1, MOST_ACCUMULATORS);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut accumulator = new();
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            take(&mut accumulator, item);
        }
        accumulator
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = vec![work()];
        for other in others {
            match other.join() {
                Ok(accumulator) => all.push(accumulator),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

/// Does two things side by side.
pub fn both<A: Send, B>(one: impl FnOnce() -> A + Send, other: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        match one.join() {
            Ok(one) => (one, other),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Does the same to each item, each on a thread of its own.
pub fn each_mut<T: Send>(items: &mut [T], work: &(dyn Fn(&mut T) + Sync)) {
    thread::scope(|scope| {
        for item in items {
            scope.spawn(|| work(item));
        }
    });
}

/// Each accumulator of a large archive takes memory: more threads than that are not worth it.
const MOST_ACCUMULATORS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stay_in_order() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(map(&items, &|n| n * 2), items.iter().map(|n| n * 2).collect::<Vec<u32>>());
        assert_eq!(map(&[] as &[u32], &|n| *n), Vec::<u32>::new());
        let sums = fold(&items, &|| 0, &|sum, n| *sum += n);
        assert_eq!(sums.iter().sum::<u32>(), 4950);
        assert_eq!(fold(&[] as &[u32], &|| 7, &|_, _| {}), [7]);
    }
}

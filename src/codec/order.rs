//! Sorting without std's, which costs 3 KB for each type that is sorted.

use std::cmp::Ordering;

/// The places `0..count` sorted by what `compare` says of two of them; equal ones stay in order. A heap sort.
#[inline(never)]
pub(crate) fn sorted(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let less = |a: &usize, b: &usize| compare(*a, *b).then(a.cmp(b)) == Ordering::Less;
    let mut heap: Vec<usize> = (0..count).collect();
    for root in (0..count / 2).rev() {
        sink(&mut heap, root, &less);
    }
    for end in (1..count).rev() {
        heap.swap(0, end);
        if let Some(rest) = heap.get_mut(..end) {
            sink(rest, 0, &less);
        }
    }
    heap
}

/// Moves the element at `at` down until none below it is greater.
#[inline(never)]
fn sink(heap: &mut [usize], mut at: usize, less: &dyn Fn(&usize, &usize) -> bool) {
    loop {
        let left = 2 * at + 1;
        let (Some(own), Some(first)) = (heap.get(at), heap.get(left)) else { return };
        let (child, value) = match heap.get(left + 1) {
            Some(second) if less(first, second) => (left + 1, second),
            _ => (left, first),
        };
        if !less(own, value) {
            return;
        }
        heap.swap(at, child);
        at = child;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_std_does(values in proptest::collection::vec(0u8..9, 0..60)) {
            let mut expected: Vec<usize> = (0..values.len()).collect();
            expected.sort_by_key(|place| values[*place]);
            prop_assert_eq!(sorted(values.len(), &|a, b| values[a].cmp(&values[b])), expected);
        }
    }
}

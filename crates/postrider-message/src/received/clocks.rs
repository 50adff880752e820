//! Which clocks of a journey agree.

use alloc::{vec, vec::Vec};

/// The largest number of hops whose times do not go backward, oldest first; of several, those that
/// span the least time, so that a delay is blamed on a hop only where no clock explains it.
///
/// Takes `n log n` steps: the best run that ends at each time so far is kept in a Fenwick tree over
/// the times in order.
pub(super) fn agreeing(times: &[Option<i64>]) -> Vec<bool> {
    let mut order: Vec<i64> = times.iter().copied().flatten().collect();
    order.sort_unstable();
    order.dedup();
    let mut tree = vec![None; order.len().saturating_add(1)];
    let mut before: Vec<Option<usize>> = vec![None; times.len()];
    let mut best: Option<(Run, i64)> = None;
    for (hop, time) in times.iter().enumerate() {
        let Some(time) = *time else { continue };
        let rank = order.partition_point(|&other| other < time).saturating_add(1);
        let previous = longest(&tree, rank);
        let run = Run {
            length: previous.map_or(0, |run| run.length).saturating_add(1),
            start: previous.map_or(time, |run| run.start),
            end: hop,
        };
        if let Some(slot) = before.get_mut(hop) {
            *slot = previous.map(|run| run.end);
        }
        enter(&mut tree, rank, run);
        let shortness = run.start.saturating_sub(time);
        let key = |(run, shortness): &(Run, i64)| (run.length, *shortness);
        if best.as_ref().is_none_or(|best| key(best) <= (run.length, shortness)) {
            best = Some((run, shortness));
        }
    }
    let mut agree = vec![false; times.len()];
    let mut at = best.map(|(run, _)| run.end);
    while let Some(hop) = at {
        if let Some(agrees) = agree.get_mut(hop) {
            *agrees = true;
        }
        at = before.get(hop).copied().flatten();
    }
    agree
}

/// Hops whose times do not go backward. Ordered: longer is better, then a later start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    length: usize,
    start: i64,
    /// The last of the hops.
    end: usize,
}

/// The best run that ends at this rank or before.
fn longest(tree: &[Option<Run>], mut rank: usize) -> Option<Run> {
    let mut best = None;
    while rank > 0 {
        best = best.max(tree.get(rank).copied().flatten());
        rank &= rank.saturating_sub(1);
    }
    best
}

fn enter(tree: &mut [Option<Run>], mut rank: usize, run: Run) {
    while let Some(slot) = tree.get_mut(rank) {
        *slot = (*slot).max(Some(run));
        rank = rank.saturating_add(rank & rank.wrapping_neg());
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::agreeing;

    /// Tries every choice of hops.
    fn by_trial(times: &[i64]) -> (usize, i64) {
        let choices = 1_u32..1 << times.len();
        let runs = choices.filter_map(|choice| {
            let chosen = times.iter().enumerate().filter(|(hop, _)| choice >> hop & 1 == 1);
            let run: Vec<i64> = chosen.map(|(_, time)| *time).collect();
            run.is_sorted().then(|| (run.len(), run[0] - run[run.len() - 1]))
        });
        runs.max().unwrap_or_default()
    }

    proptest! {
        #[test]
        fn the_clocks_that_agree_are_the_most_and_span_the_least(
            times in proptest::collection::vec(0_i64..12, 0..9)
        ) {
            let dated: Vec<_> = times.iter().copied().map(Some).collect();
            let agree = agreeing(&dated);
            let run: Vec<i64> =
                times.iter().zip(&agree).filter(|(_, agrees)| **agrees).map(|(time, _)| *time).collect();
            prop_assert!(run.is_sorted());
            let span = run.first().zip(run.last()).map_or(0, |(first, last)| first - last);
            prop_assert_eq!((run.len(), span), by_trial(&times));
        }
    }
}

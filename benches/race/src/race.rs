//! The timing: all libraries in turn on one batch of mails, round after round.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// One library at one workload: reads a mail and returns a sum of what it read, or builds a letter and
/// returns how long it is.
pub struct Racer<T> {
    pub library: &'static str,
    pub run: fn(&T) -> usize,
}

/// Mails that are read in turn: few enough for the cache, so that no library pays for the memory
/// of another, and many enough that none learns one mail by heart.
const BATCH: usize = 64;

/// Octets of a batch, a single larger mail aside.
const BATCH_OCTETS: usize = 1 << 20;

/// The time that each racer takes for the whole corpus: of each batch its best round. The racers
/// take turns within a round and change places between rounds, so that a busy machine and a cold
/// cache meet all of them alike.
pub fn race<T>(
    mails: &[T],
    octets: fn(&T) -> usize,
    racers: &[Racer<T>],
    rounds: usize,
) -> Vec<Duration> {
    let mut total = vec![Duration::ZERO; racers.len()];
    for batch in batches(mails, octets) {
        let mut best = vec![Duration::MAX; racers.len()];
        for round in 0..rounds {
            for place in 0..racers.len() {
                let number = (place + round) % racers.len();
                let began = Instant::now();
                for mail in batch {
                    black_box((racers[number].run)(black_box(mail)));
                }
                best[number] = best[number].min(began.elapsed());
            }
        }
        for (total, best) in total.iter_mut().zip(best) {
            *total += best;
        }
    }
    total
}

fn batches<T>(mut mails: &[T], octets: fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    core::iter::from_fn(move || {
        let mut sum = 0;
        let fits = |mail: &&T| {
            sum += octets(mail);
            sum <= BATCH_OCTETS
        };
        let count = mails.iter().take(BATCH).take_while(fits).count().max(1);
        let (batch, rest) = mails.split_at_checked(count)?;
        mails = rest;
        Some(batch)
    })
}

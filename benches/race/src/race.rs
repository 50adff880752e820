//! The timing: all libraries in turn on one batch of mails, round after round.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use crate::corpus::Corpus;

/// One library at one workload: reads a mail and returns a sum of what it read.
pub struct Racer {
    pub library: &'static str,
    pub run: fn(&[u8]) -> usize,
}

/// Mails that are read in turn: few enough for the cache, so that no library pays for the memory
/// of another, and many enough that none learns one mail by heart.
const BATCH: usize = 64;

/// Octets of a batch, a single larger mail aside.
const BATCH_OCTETS: usize = 1 << 20;

/// The time that each racer takes for the whole corpus: of each batch its best round. The racers
/// take turns within a round and change places between rounds, so that a busy machine and a cold
/// cache meet all of them alike.
pub fn race(corpus: &Corpus, racers: &[Racer], rounds: usize) -> Vec<Duration> {
    let mut total = vec![Duration::ZERO; racers.len()];
    for batch in batches(&corpus.mails) {
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

fn batches(mut mails: &[Vec<u8>]) -> impl Iterator<Item = &[Vec<u8>]> {
    core::iter::from_fn(move || {
        let mut octets = 0;
        let fits = |mail: &&Vec<u8>| {
            octets += mail.len();
            octets <= BATCH_OCTETS
        };
        let count = mails.iter().take(BATCH).take_while(fits).count().max(1);
        let (batch, rest) = mails.split_at_checked(count)?;
        mails = rest;
        Some(batch)
    })
}

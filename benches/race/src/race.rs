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

/// The time that each racer takes for the whole corpus: of each batch its best round. The racers
/// take turns within a round and change places between rounds, so that a busy machine and a cold
/// cache meet all of them alike.
pub fn race(corpus: &Corpus, racers: &[Racer], rounds: usize) -> Vec<Duration> {
    let mut total = vec![Duration::ZERO; racers.len()];
    for batch in corpus.mails.chunks(BATCH) {
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

//! One library at one workload, for a profiler: `alone WORKLOAD LIBRARY [CORPUS [ROUNDS]]`, such as
//! `valgrind --tool=callgrind target/release/alone everything postrider spamassassin/easy-ham-2`.

use std::{env, error::Error, hint::black_box};

use postrider_race::{
    corpus::corpora,
    letters::letters,
    race::Racer,
    workloads::{workloads, writing},
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let workload = arguments.next().ok_or("which workload?")?;
    let library = arguments.next().ok_or("which library?")?;
    let corpus = arguments.next().unwrap_or_else(|| "spamassassin".into());
    let rounds = arguments.next().map_or(Ok(1), |rounds| rounds.parse())?;
    let corpus = corpora()?.into_iter().find(|one| one.name == corpus).ok_or("no such corpus")?;
    if let Some((_, racers)) = workloads().into_iter().find(|(name, _)| *name == workload) {
        return run(&racers, &library, &corpus.mails, rounds);
    }
    let racers = writing().into_iter().find(|(name, ..)| *name == workload);
    let (_, attachments, racers) = racers.ok_or("no such workload")?;
    run(&racers, &library, &letters(&corpus, attachments), rounds)
}

fn run<T>(
    racers: &[Racer<T>],
    library: &str,
    mails: &[T],
    rounds: usize,
) -> Result<(), Box<dyn Error>> {
    let racer = racers.iter().find(|racer| racer.library == library).ok_or("no such library")?;
    let mut sum = 0_usize;
    for _ in 0..rounds {
        for mail in mails {
            sum = sum.wrapping_add((racer.run)(black_box(mail)));
        }
    }
    println!("{sum}");
    Ok(())
}

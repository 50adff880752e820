//! One library at one workload, for a profiler: `alone WORKLOAD LIBRARY [CORPUS [ROUNDS]]`, such as
//! `valgrind --tool=callgrind target/release/alone everything postrider spamassassin/easy-ham-2`.

use std::{env, error::Error, hint::black_box};

use postrider_race::{corpus::corpora, workloads::workloads};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let workload = arguments.next().ok_or("which workload?")?;
    let library = arguments.next().ok_or("which library?")?;
    let corpus = arguments.next().unwrap_or_else(|| "spamassassin".into());
    let rounds = arguments.next().map_or(Ok(1), |rounds| rounds.parse())?;
    let racers = workloads().into_iter().find(|(name, _)| *name == workload);
    let (_, racers) = racers.ok_or("no such workload")?;
    let racer = racers.iter().find(|racer| racer.library == library).ok_or("no such library")?;
    let corpus = corpora()?.into_iter().find(|one| one.name == corpus).ok_or("no such corpus")?;
    let mut sum = 0_usize;
    for _ in 0..rounds {
        for mail in &corpus.mails {
            sum = sum.wrapping_add((racer.run)(black_box(mail)));
        }
    }
    println!("{sum}");
    Ok(())
}

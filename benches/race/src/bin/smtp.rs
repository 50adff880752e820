//! Runs the race of SMTP, prints tables, writes `smtp.json`; fails where a goal is missed.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use postrider_race::{
    race::race,
    smtp::{
        envelopes::{self, Envelope},
        grammar, receive,
    },
};
use serde::Serialize;

/// How many times as fast as smtp-proto the grammar is to be over the mixed envelopes.
const GRAMMAR: f64 = 2.0;

#[derive(Default, Serialize)]
struct Results {
    grammar: Vec<Grammar>,
    receive: Vec<Receive>,
}

/// The envelopes of one sender.
#[derive(Serialize)]
struct Grammar {
    envelopes: &'static str,
    lines: usize,
    postrider_ns_per_line: f64,
    smtp_proto_ns_per_line: f64,
    /// How many times as fast we are.
    times: f64,
    /// How many times it is to be.
    goal: Option<f64>,
}

/// One text.
#[derive(Serialize)]
struct Receive {
    text: &'static str,
    server_mib_per_s: f64,
    line_count_mib_per_s: f64,
    /// How many times as long the server takes.
    times_as_long: f64,
    /// How many times it may take.
    goal: Option<f64>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let rounds = env::var("RACE_ROUNDS").map_or(Ok(25), |rounds| rounds.parse())?;
    let mut results = Results::default();
    println!("MAIL and RCPT, ns a line        ours   smtp-proto   times as fast");
    results.grammar.push(grammar("mixed", &envelopes::mixed(), rounds, Some(GRAMMAR)));
    for (name, sender) in envelopes::SENDERS {
        results.grammar.push(grammar(name, &envelopes::of(sender), rounds, None));
    }
    println!("\nDATA, MiB/s                   server   line count   times as long");
    for (name, mail, goal) in receive::mails() {
        results.receive.push(receive(name, &mail, rounds, goal));
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::write(here.join("smtp.json"), serde_json::to_string_pretty(&results)? + "\n")?;
    let slow = results.grammar.iter().any(|row| row.goal.is_some_and(|goal| row.times < goal));
    let late = |row: &Receive| row.goal.is_some_and(|goal| row.times_as_long > goal);
    if slow || results.receive.iter().any(late) {
        println!("\na goal is missed");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn grammar(
    name: &'static str,
    envelopes: &[Envelope],
    rounds: usize,
    goal: Option<f64>,
) -> Grammar {
    grammar::check(envelopes);
    let lines = envelopes.iter().map(Envelope::lines).sum();
    let times = race(envelopes, Envelope::octets, &grammar::racers(), rounds);
    let ns = |number: usize| times[number].as_nanos() as f64 / lines as f64;
    let (ours, theirs) = (ns(0), ns(1));
    let times = theirs / ours;
    println!("{name:<26} {ours:>9.1} {theirs:>12.1} {times:>15.2}{}", told(goal));
    Grammar {
        envelopes: name,
        lines,
        postrider_ns_per_line: round(ours),
        smtp_proto_ns_per_line: round(theirs),
        times: round(times),
        goal,
    }
}

fn receive(name: &'static str, mail: &receive::Mail, rounds: usize, goal: Option<f64>) -> Receive {
    let mails = std::slice::from_ref(mail);
    let times = race(mails, receive::Mail::octets, &receive::racers(), rounds);
    let speed =
        |number: usize| mail.octets() as f64 / times[number].as_secs_f64() / (1 << 20) as f64;
    let (server, count) = (speed(0), speed(1));
    let times = count / server;
    println!("{name:<26} {server:>9.0} {count:>12.0} {times:>15.1}{}", told(goal));
    Receive {
        text: name,
        server_mib_per_s: server.round(),
        line_count_mib_per_s: count.round(),
        times_as_long: round(times),
        goal,
    }
}

fn told(goal: Option<f64>) -> String {
    goal.map(|goal| format!("  (goal {goal})")).unwrap_or_default()
}

fn round(figure: f64) -> f64 {
    (figure * 100.0).round() / 100.0
}

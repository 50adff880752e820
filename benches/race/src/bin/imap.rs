//! Runs the race of IMAP.

use postrider_race::imap::{
    Unit, commands, envelopes, flags, lists,
    peers::{codec, proto},
    searches, structures,
};
use postrider_race::race::{Racer, race};

fn main() {
    let rounds = std::env::var("RACE_ROUNDS").map_or(25, |rounds| rounds.parse().unwrap());
    for (name, units) in [
        ("imap/envelope", envelopes::units()),
        ("imap/bodystructure", structures::units()),
        ("imap/flags", flags::units()),
        ("imap/list", lists::units()),
        ("imap/search", searches::units()),
    ] {
        for unit in &units {
            assert_eq!(proto::value(&unit.wire), unit.value, "{}", unit.wire.escape_ascii());
            assert_eq!(codec::value(&unit.wire), unit.value, "{}", unit.wire.escape_ascii());
        }
        run(name, &units, Unit::octets, &[
            Racer { library: codec::NAME, run: codec::response },
            Racer { library: proto::NAME, run: proto::response },
        ], rounds);
        let values: Vec<_> = units.iter().map(|unit| codec::read(&unit.wire)).collect();
        for (unit, value) in units.iter().zip(&values) {
            assert_eq!(codec::value(&codec::written(value)), unit.value);
        }
        run(&format!("write {name}"), &values, |_| 600, &[
            Racer { library: codec::NAME, run: codec::write },
        ], rounds);
    }
    let units = commands::units();
    for unit in &units {
        assert_eq!(codec::command_value(&unit.wire), unit.value, "{}", unit.wire.escape_ascii());
    }
    run("imap/command", &units, Unit::octets, &[Racer { library: codec::NAME, run: codec::command }], rounds);
}

fn run<T>(name: &str, units: &[T], octets: fn(&T) -> usize, racers: &[Racer<T>], rounds: usize) {
    let times = race(units, octets, racers, rounds);
    let sum: usize = units.iter().map(octets).sum();
    print!("{name:<26} {:>5} units {:>6} octets each", units.len(), sum / units.len());
    for (racer, time) in racers.iter().zip(times) {
        print!("  {} {:.1} ns", racer.library, time.as_nanos() as f64 / units.len() as f64);
    }
    println!();
}

//! 500 messages of every kind that the builder makes, and what each must say.
//!
//! Our reader reads them here. Where `READBACK_DIR` names a folder, they are written there with what
//! they must say, for `tests/interop/readback.sh`, by which other programs read them.

#[path = "readback/kinds.rs"]
mod kinds;
#[path = "readback/random.rs"]
mod random;
#[path = "readback/said.rs"]
mod said;

use std::{env, fs, path::Path};

use kinds::KINDS;
use random::Random;
use said::{Letter, read};

/// Messages of each kind.
const EACH: usize = 20;

fn letters() -> impl Iterator<Item = (String, Letter)> {
    let mut random = Random::new(2045);
    let numbers = (0..EACH).flat_map(|round| KINDS.iter().map(move |kind| (round, kind)));
    numbers.map(move |(round, (name, make))| {
        let letter = make(&mut random);
        (format!("{name}-{round:02}"), letter)
    })
}

#[test]
fn five_hundred_messages_are_read_back_as_they_were_meant() {
    let mut count = 0;
    for (name, letter) in letters() {
        let read = read(&letter.octets);
        assert_eq!(read["fields"], letter.says["fields"], "{name}");
        let (parts, wanted) = (read["parts"].as_array(), letter.says["parts"].as_array());
        let (parts, wanted) = (parts.unwrap(), wanted.unwrap());
        for (number, (part, wanted)) in parts.iter().zip(wanted).enumerate() {
            assert_eq!(part, wanted, "{name}, part {number}");
        }
        assert_eq!(parts.len(), wanted.len(), "{name}");
        count += 1;
    }
    assert_eq!(count, 500);
}

#[test]
fn the_same_seed_writes_the_same_messages() {
    assert!(letters().map(|(_, letter)| letter.octets).eq(letters().map(|(_, one)| one.octets)));
}

#[test]
fn messages_are_written_for_others_to_read() {
    let Some(folder) = env::var_os("READBACK_DIR") else { return };
    for (name, letter) in letters() {
        let path = Path::new(&folder).join(name);
        fs::write(path.with_extension("eml"), &letter.octets).unwrap();
        let says = serde_json::to_string_pretty(&letter.says).unwrap();
        fs::write(path.with_extension("json"), says).unwrap();
    }
}

//! What real servers and the RFCs say in answer to the commands of this crate. What is not
//! understood, and why, stands in `decisions.md`.

use std::path::Path;

use postrider_imap::client::{Client, Config, Event};
use postrider_imap::{Error, FetchItem};
use postrider_testkit::{Outcome, Run, Scenario, embedder, shared};
use postrider_wire::{Security, TlsInfo};

/// Items that are read; all others are told as they came.
const KNOWN: [&str; 7] =
    ["ENVELOPE", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "UID", "BODY", "BODYSTRUCTURE"];

/// Hears `responses` while a NOOP with the tag `a001` is in flight.
fn hear(name: &str, responses: &str) -> Run<Client> {
    let make = || {
        let config = Config::new(Security::Implicit(TlsInfo::new()));
        let on_event = |client: &mut Client, event: &Event| {
            if matches!(event, Event::Ready) {
                client.noop().expect("ready");
            }
        };
        (Client::new(config), embedder(on_event, |_| false))
    };
    Scenario::new(name, make).turn("* PREAUTH hi\r\n").turn(responses).run()
}

/// Names of known items that were not understood.
fn misunderstood(run: &Run<Client>) -> Vec<String> {
    let items = run.events().filter_map(|event| match event {
        Event::FetchItems { items, .. } => Some(items),
        _ => None,
    });
    let raw = items.flatten().filter_map(|item| match item {
        FetchItem::Unparsed(octets) => {
            Some(String::from_utf8_lossy(octets.as_bytes()).into_owned())
        }
        _ => None,
    });
    raw.filter(|octets| {
        let name = octets.split([' ', '[', '<', '(']).next().unwrap_or_default();
        KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))
    })
    .collect()
}

fn fetches(text: &str) -> usize {
    let begins = |line: &&str| {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        matches!(words[..], ["*", seq, "FETCH", rest] if seq.parse::<u32>().is_ok() && rest.starts_with('('))
    };
    text.lines().filter(begins).count()
}

/// The files of a folder and its folders whose names hold one of these words.
fn files(folder: &Path, words: &[&str], found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, words, found);
        } else if name.ends_with(".txt") && words.iter().any(|word| name.contains(word)) {
            found.push(path);
        }
    }
    found.sort();
}

#[test]
fn what_real_servers_answer_is_understood() {
    let Some(folder) = shared("vectors/imap/mailkit") else {
        eprintln!("skipped: the vectors are not here");
        return;
    };
    let mut found = Vec::new();
    files(&folder, &["fetch", "select", "examine", "capability", "noop"], &mut found);
    let mut wrong = Vec::new();
    for path in &found {
        let octets = std::fs::read(path).expect("readable");
        let text = String::from_utf8_lossy(&octets).into_owned();
        let wire = text.replace("\r\n", "\n").replace('\n', "\r\n").replace("A########", "a001");
        let name = path.strip_prefix(&folder).unwrap_or(path).display().to_string();
        if name.contains("greeting") {
            continue;
        }
        let run = hear(&name, &wire);
        let ends = run.events().filter(|event| matches!(event, Event::FetchEnd { .. })).count();
        let good = misunderstood(&run).is_empty()
            && ends == fetches(&text)
            && ends_as_it_should(&run, &wire);
        if !good {
            wrong.push(format!(
                "{name}: {:?} {ends}/{} {:?}",
                run.outcome(),
                fetches(&text),
                misunderstood(&run).first()
            ));
        }
    }
    assert!(found.len() > 60, "{}", found.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// In order where the file holds the tagged answer; where it does not, with that as the one fault.
fn ends_as_it_should(run: &Run<Client>, wire: &str) -> bool {
    match run.outcome() {
        Outcome::Closed => true,
        Outcome::Failed(Error::Eof { offset }) => {
            !wire.contains("\r\na001 ") && *offset == ("* PREAUTH hi\r\n".len() + wire.len()) as u64
        }
        _ => false,
    }
}

#[test]
fn the_greetings_of_real_servers_are_understood() {
    let Some(folder) = shared("vectors/imap/mailkit") else {
        eprintln!("skipped: the vectors are not here");
        return;
    };
    let mut found = Vec::new();
    files(&folder, &["greeting"], &mut found);
    for path in &found {
        let text = std::fs::read_to_string(path).expect("text");
        let make = || {
            let config = Config::new(Security::Implicit(TlsInfo::new()));
            (Client::new(config), embedder(|_, _| {}, |_| false))
        };
        let greeting = text.replace('\n', "\r\n");
        let run = Scenario::new("greeting", make).turn(greeting).run();
        assert_eq!(run.events().last(), Some(&Event::Ready), "{}", path.display());
    }
    assert!(found.len() > 10, "{}", found.len());
}

#[test]
fn what_the_rfcs_print_as_answers_is_understood() {
    let Some(folder) = shared("vectors/imap/rfc") else {
        eprintln!("skipped: the vectors are not here");
        return;
    };
    let mut found = Vec::new();
    files(&folder, &["rfc"], &mut found);
    let mut heard = 0;
    let mut wrong = Vec::new();
    for path in &found {
        let text = std::fs::read_to_string(path).expect("text");
        for response in printed_fetches(&text) {
            let run = hear("rfc", &format!("{response}\r\na001 OK done\r\n"));
            heard += 1;
            if !misunderstood(&run).is_empty() || run.outcome() != &Outcome::Closed {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                wrong.push(format!("{name}: {response}"));
            }
        }
    }
    assert!(heard > 100, "{heard}");
    assert!(wrong.is_empty(), "{heard} {wrong:#?}");
}

/// Quirks after which the session cannot go on, each explained in `decisions.md`.
const FATAL: [&str; 1] = ["bye-repeat"];

#[test]
fn no_quirk_of_a_real_server_breaks_the_session() {
    let Some(path) = shared("vectors/imap/real-server-quirks.tsv") else {
        eprintln!("skipped: the vectors are not here");
        return;
    };
    let table = String::from_utf8_lossy(&std::fs::read(path).expect("readable")).into_owned();
    let mut wrong = Vec::new();
    for row in table.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [id, _, _, wire, _] = cells[..] else { continue };
        let wire = wire.replace("\\r", "\r").replace("\\n", "\n").replace("\\x00", "\0");
        let tagged = !wire.starts_with(['*', '\0']);
        let answer = if tagged { "" } else { "a001 OK done\r\n" };
        let wire = if tagged {
            wire.split_once(' ').map_or_else(|| wire.clone(), |(_, rest)| format!("a001 {rest}"))
        } else {
            wire
        };
        let run = hear(id, &format!("{wire}{answer}"));
        let good = run.outcome() == &Outcome::Closed;
        if good == FATAL.contains(&id) {
            wrong.push(format!("{id}: {:?} {wire:?}", run.outcome()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The FETCH responses of printed dialogues, unfolded. Those with literals, with dots for what is left
/// out, or of which the folded rest is lost are no wire data.
fn printed_fetches(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let unfinished = all.last().is_some_and(|last| open && !is_balanced(last));
        if let Some(said) = line.strip_prefix("S: ").filter(|_| !unfinished) {
            open = said.starts_with("* ") && said.contains(" FETCH (");
            if open {
                all.push(said.trim_end().to_owned());
            }
        } else if line.starts_with("C: ") || line.trim().is_empty() {
            open = false;
        } else if open && let Some(last) = all.last_mut() {
            last.push(' ');
            last.push_str(line.strip_prefix("S: ").unwrap_or(line).trim());
        }
    }
    all.retain(|one| !one.contains("...") && !one.contains('{') && is_balanced(one));
    all
}

/// Whether every parenthesis outside of quotes is closed.
fn is_balanced(response: &str) -> bool {
    let outside = response.split('"').step_by(2).flat_map(str::chars);
    let depth = outside.fold(0_i32, |depth, c| match c {
        '(' => depth + 1,
        ')' => depth - 1,
        _ => depth,
    });
    depth == 0
}

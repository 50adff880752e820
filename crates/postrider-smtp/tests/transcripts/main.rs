//! Sessions that others printed or recorded, through both machines.
//!
//! Where ours say something else, `tests/decisions.md` has a row that says what, and why.

mod client;
mod prints;
mod server;
mod session;

use std::path::PathBuf;

use postrider_smtp::SizeOffer;
use postrider_testkit::{Ledger, shared_files_with};

use crate::prints::{ELSEWHERE, LIVE, RFC};
use crate::session::Session;

const DECISIONS: &str = include_str!("../decisions.md");

/// Every file is in exactly one session, or speaks something else.
#[test]
fn no_printed_session_is_left_out() {
    let files = shared_files_with("vectors/rfc-sessions", &["txt"]);
    if files.is_empty() {
        return;
    }
    assert_eq!(files.len(), 142);
    for file in &files {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let here = RFC.iter().filter(|pieces| pieces.contains(&name)).count();
        let elsewhere = ELSEWHERE.iter().filter(|(rfc, _)| name.starts_with(rfc)).count();
        assert_eq!(here + elsewhere, 1, "{name}");
    }
}

#[test]
fn no_recorded_session_is_left_out() {
    let live = shared_files_with("vectors/live", &["txt"]);
    let mailkit = shared_files_with("vectors/smtp/mailkit", &["txt"]);
    let stem = |file: &PathBuf| file.file_stem().unwrap().to_str().unwrap().to_owned();
    let name = |file: &PathBuf| file.file_name().unwrap().to_str().unwrap().to_owned();
    for file in live.iter().map(name) {
        let played = LIVE.contains(&file.strip_suffix(".txt").unwrap());
        assert!(played != file.contains("-pop3"), "{file}");
    }
    for file in mailkit.iter().map(stem) {
        assert!(prints::is_of_mailkit(&file), "{file}");
    }
    if prints::is_here() {
        assert_eq!((live.len(), mailkit.len(), prints::greetings().len()), (13, 36, 17));
        assert_eq!(sessions().count(), 124);
    }
}

fn sessions() -> impl Iterator<Item = Session> {
    let rfc = RFC.iter().map(|pieces| prints::rfc(pieces));
    let live = LIVE.iter().map(|name| prints::live(name));
    rfc.chain(prints::with_mail())
        .chain(prints::rfc4954())
        .chain(live)
        .chain(prints::mailkit())
        .chain(prints::greetings())
}

#[test]
fn the_server_takes_every_session() {
    if prints::is_here() {
        for in_groups in [true, false] {
            let mut ledger = Ledger::new(DECISIONS);
            sessions().for_each(|session| server::play(&session, in_groups, &mut ledger));
            ledger.settle_exactly(1000, "our server");
        }
    }
}

#[test]
fn the_client_leads_every_session() {
    if prints::is_here() {
        for whole in [true, false] {
            let mut ledger = Ledger::new(DECISIONS);
            sessions().for_each(|session| client::play(&session, whole, &mut ledger));
            ledger.settle_exactly(930, "our client");
        }
    }
}

/// What the client makes of the keywords that real servers offer.
#[test]
fn the_offers_of_real_servers_are_understood() {
    if !prints::is_here() {
        return;
    }
    let (mut servers, mut sizes, mut logins) = (0, 0, 0);
    for session in prints::greetings() {
        let Some(capabilities) = client::capabilities(&session) else { continue };
        let (name, lines) = (&session.name, session.keywords());
        servers += 1;
        assert_eq!(capabilities.lines().collect::<Vec<_>>(), lines, "{name}");
        for line in &lines {
            let (word, rest) = line.split_once([' ', '=']).unwrap_or((line, ""));
            assert!(capabilities.offers(word) || line.starts_with("AUTH="), "{name}: {word}");
            match word {
                "SIZE" => {
                    let most = rest.parse().map_or(SizeOffer::NoMaximum, SizeOffer::AtMost);
                    assert_eq!(capabilities.size(), Some(most), "{name}");
                    sizes += 1;
                }
                "AUTH" => {
                    let offered: Vec<&str> = capabilities.auth().collect();
                    assert!(
                        rest.split(' ').all(|one| offered.contains(&one)),
                        "{name}: {offered:?}"
                    );
                    logins += 1;
                }
                _ => {}
            }
        }
        let limits = capabilities.limits();
        let limits = [limits.mail_max, limits.rcpt_max, limits.rcpt_domain_max];
        let expected =
            if name.starts_with("limits") { [Some(5), Some(20), Some(1)] } else { [None; 3] };
        assert_eq!(limits, expected, "{name}");
    }
    assert_eq!((servers, sizes, logins), (15, 10, 10));
}

//! Sessions that others printed or recorded, through both machines.
//!
//! Where ours say something else, `tests/decisions.md` has a row that says what, and why.

mod client;
mod prints;
mod server;
mod session;

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

fn sessions() -> impl Iterator<Item = Session> {
    let rfc = RFC.iter().map(|pieces| prints::rfc(pieces));
    rfc.chain(LIVE.iter().map(|name| prints::live(name)))
}

#[test]
fn the_server_takes_every_session() {
    if prints::is_here() {
        let mut ledger = Ledger::new(DECISIONS);
        sessions().for_each(|session| _ = server::play(&session, &mut ledger));
        ledger.settle_exactly(1, "our server");
    }
}

#[test]
fn the_client_leads_every_session() {
    if prints::is_here() {
        let mut ledger = Ledger::new(DECISIONS);
        sessions().for_each(|session| client::play(&session, &mut ledger));
        ledger.settle_exactly(1, "our client");
    }
}

//! Two IMAP sessions of one account in memory, whatever their clients do: what holds of them is told
//! where it is checked.
#![no_main]

#[path = "../../crates/postrider-mailbox/tests/checks/sessions.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));

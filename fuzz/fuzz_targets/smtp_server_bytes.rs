//! An SMTP server against any client: what holds of it is told where it is checked.
#![no_main]

#[path = "../../crates/postrider-smtp/tests/checks/server_bytes.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| check::check(data));

//! Bodies and charsets: decoded to the same whole and in pieces.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-mime/tests/checks/decode.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));

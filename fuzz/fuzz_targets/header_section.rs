//! Header sections: no input panics, spans tile the input, and every value can be read.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-message/tests/checks/header_section.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));

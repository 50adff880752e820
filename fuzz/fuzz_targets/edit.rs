//! Edits of parts: what is written is the tree that was asked for, and nothing else changes.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-mime/tests/checks/edit.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));

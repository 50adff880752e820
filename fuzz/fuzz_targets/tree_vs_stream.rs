//! Structure: the stream tells what the tree tells, however the input is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/postrider-mime/tests/checks/tree_vs_stream.rs"]
mod check;

fuzz_target!(|data: &[u8]| check::check(data));

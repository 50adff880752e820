//! The machines without the standard library.
//!
//! This crate is a final artifact with a panic handler of its own. If any crate below it brought in
//! `std`, there would be two, and it would not build. (`cargo check --no-default-features` proves
//! nothing: it accepts a dependency that uses `std`.)
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use core::panic::PanicInfo;

use linked_list_allocator::LockedHeap;

mod machines;
mod sasl;
mod wire;

pub use machines::{imap, pop3, smtp};
pub use sasl::sasl;
pub use wire::wire;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

/// Without memory; the artifact is built, never run.
#[global_allocator]
static HEAP: LockedHeap = LockedHeap::empty();

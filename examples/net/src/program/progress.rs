//! The bar of a big mail.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Octets from which on somebody may wait.
const BIG: u64 = 4 * 1024 * 1024;

/// A bar on the standard error, where somebody looks at it and nothing else is shown; else one that is
/// not seen.
#[must_use]
pub fn bar(octets: u64, alone: bool) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(octets), ProgressDrawTarget::hidden());
    if octets >= BIG && is_watched(alone) {
        let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    bar
}

/// Whether somebody would see a bar. `alone`: nothing else is shown.
#[must_use]
pub fn is_watched(alone: bool) -> bool {
    alone && io::stderr().is_terminal()
}

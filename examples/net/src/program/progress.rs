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
    if alone && octets >= BIG && io::stderr().is_terminal() {
        let template = "{wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    bar
}

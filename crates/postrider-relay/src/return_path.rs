//! The line of final delivery (RFC 5321 §4.4).

use alloc::format;
use alloc::string::String;

use postrider_smtp::ReversePath;

/// ```text
/// Return-path-line = "Return-Path:" FWS Reverse-path <CRLF>
/// ```
///
/// To be put above all `Received` fields where a message leaves the world of SMTP; `<>` for a bounce.
///
/// ```
/// use postrider_relay::return_path;
/// use postrider_smtp::ReversePath;
///
/// let alice = ReversePath::parse("alice@example.com")?;
/// assert_eq!(return_path(&alice), "Return-Path: <alice@example.com>\r\n");
/// assert_eq!(return_path(&ReversePath::null()), "Return-Path: <>\r\n");
/// # Ok::<(), postrider_smtp::ValueError>(())
/// ```
#[must_use]
pub fn return_path(path: &ReversePath) -> String {
    // A path holds no CR, LF or NUL, and is never folded.
    format!("Return-Path: {path}\r\n")
}

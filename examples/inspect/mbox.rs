//! Mailboxes in one file (RFC 4155): mails behind `From ` lines.

use postrider::mime::mbox::{Format, is_mbox, split};

/// The mails of a file: those of a mailbox, or the whole file where it begins with no `From ` line.
///
/// Quoting (`>From `) is left as it stands: not all writers do it, and undoing what was not done would
/// change the mail.
pub(crate) fn mails(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mailbox = is_mbox(file);
    let mails = split(if mailbox { file } else { b"" }, Format::Default);
    (!mailbox).then_some(file).into_iter().chain(mails.map(|mail| mail.raw))
}

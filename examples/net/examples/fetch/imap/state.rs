//! What is kept of a mailbox from one run to the next, beside the note of what was fetched.

use postrider::imap::{Date, client::SyncState};

/// The state in the text, if it was made for mail since the same day. With another one it would call mails
/// known that were not wanted then. A text that cannot be read is none: then everything is asked for again,
/// and nothing is fetched again.
pub(super) fn read(text: &str, since: Option<Date>) -> Option<SyncState> {
    let (state, day) = text.split_once('\n')?;
    (day == line(since)).then(|| state.parse().ok())?
}

/// The text of a state.
pub(super) fn text(state: &SyncState, since: Option<Date>) -> String {
    format!("{state}\n{}", line(since))
}

fn line(since: Option<Date>) -> String {
    since.map_or_else(|| "all\n".to_owned(), |day| format!("since {day}\n"))
}

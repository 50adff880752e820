//! Addresses that no human sends from.

/// Local parts of programs.
const NAMES: [&str; 14] = [
    "mailer-daemon",
    "mailerdaemon",
    "mailer",
    "daemon",
    "postmaster",
    "majordomo",
    "listserv",
    "mailman",
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "bounces",
];
/// What those of lists and of bulk mail begin with.
const STARTS: [&str; 5] = ["owner-", "bounce-", "bounce+", "bounces-", "bounces+"];
/// What they end with.
const ENDS: [&str; 4] = ["-request", "-owner", "-bounces", "-bounce"];
/// What stands in those that are made for one recipient.
const INSIDE: [&str; 3] = ["-bounces+", "-bounce+", "-owner+"];

/// Whether a local part is one of "addresses commonly used as return addresses by responders - e.g.,
/// those with local-parts matching "owner-*", "*-request", "MAILER-DAEMON"" (RFC 3834 §2).
pub(super) fn is_machine(local: &str) -> bool {
    let local = local.to_ascii_lowercase();
    NAMES.contains(&local.as_str())
        || STARTS.iter().any(|start| local.starts_with(start))
        || ENDS.iter().any(|end| local.ends_with(end))
        || INSIDE.iter().any(|inside| local.contains(inside))
}

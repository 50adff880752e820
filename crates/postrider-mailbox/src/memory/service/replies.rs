//! Statuses.

use postrider_imap::server::{Feature, Server};
use postrider_imap::{Code, FlagSet, ModSeq, Status};

/// It was done, with a code if there is one.
pub(super) fn done_with(server: &Server, code: Option<Code>) -> Status {
    match code {
        Some(code) => server.completed().with_code(code),
        None => server.completed(),
    }
}

/// It was done, at this MODSEQ, which is told to those who enabled CONDSTORE (RFC 7162 §3.2.7).
pub(super) fn done_at(server: &Server, highest: Option<ModSeq>) -> Status {
    let told = server.enabled_features().contains(Feature::CondStore);
    done_with(server, highest.filter(|_| told).map(Code::HighestModSeq))
}

/// PERMANENTFLAGS, behind the FLAGS of a mailbox to which others have given keywords.
pub(super) fn permanent_flags(flags: FlagSet) -> Status {
    Status::ok("Flags permitted.").with_code(Code::PermanentFlags(flags))
}

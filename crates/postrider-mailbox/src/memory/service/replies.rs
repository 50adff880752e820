//! Statuses that end a command.

use postrider_imap::server::{Feature, Server};
use postrider_imap::{Code, ModSeq, Status};

/// It was done.
pub(super) fn done(server: &Server) -> Status {
    server.completed()
}

/// It was done, with a code if there is one.
pub(super) fn done_with(server: &Server, code: Option<Code>) -> Status {
    match code {
        Some(code) => done(server).with_code(code),
        None => done(server),
    }
}

/// It was done, at this MODSEQ, which is told to those who enabled CONDSTORE (RFC 7162 §3.2.7).
pub(super) fn done_at(server: &Server, highest: Option<ModSeq>) -> Status {
    let told = server.enabled_features().contains(Feature::CondStore);
    done_with(server, highest.filter(|_| told).map(Code::HighestModSeq))
}

//! What is said of each mail, and the exit code that follows.

use std::path::Path;

use postrider::smtp::{
    Error, Reply, Unsendable,
    client::{self, Delivery, FailureKind, LoginFault, Phase, RecipientOutcome, Report},
};

use postrider_net::program::failure::{Code, Failure};

/// One line on the standard error.
pub(crate) fn failure(failure: &Failure) -> Code {
    eprintln!("send: {failure}");
    failure.code
}

/// Tells what became of a mail. The code is that of the first recipient who did not get it.
pub(crate) fn report(file: &Path, report: &Report) -> Result<(), Code> {
    let file = file.display();
    let replies = report.recipients.iter().filter_map(|one| match &one.outcome {
        RecipientOutcome::Accepted(reply) => Some(reply),
        _ => None,
    });
    let replies: Vec<_> = replies.collect();
    let (some, all) = (replies.len(), report.recipients.len());
    if let Some(reply) = replies.last() {
        let line = format!("{file}: taken for {some} of {all}: {}", words(reply));
        println!("{}", Failure::new(Code::Data, line));
    }
    if report.left_out.dsn {
        eprintln!("send: {file}: the server does not report on delivery, which was asked for");
    }
    let failures: Vec<_> = report.failures().collect();
    if let [(_, first), others @ ..] = failures.as_slice()
        && failures.len() == all
        && all > 1
        && others.iter().all(|(_, other)| other == first)
    {
        // It concerns the mail, not those who should get it.
        return Err(failure(&Failure::new(code(first), format!("{file}: {}", why(first)))));
    }
    let mut first = Ok(());
    for (path, failed) in failures {
        let told = Failure::new(code(failed), format!("{file}: {path}: {}", why(failed)));
        let code = failure(&told);
        // Whoever shares the lot of others is not the reason.
        let shares = |code: &Result<(), Code>| matches!(code, Ok(()) | Err(Code::Shared));
        if shares(&first) {
            first = Err(code);
        }
    }
    first
}

/// Why a mail was not begun.
pub(crate) fn unsendable(file: &Path, error: &Error) -> Failure {
    let code = match error {
        // In another session there is room.
        Error::Unsendable(Unsendable::Mails { .. } | Unsendable::Domains { .. }) => Code::TempFail,
        _ => Code::Data,
    };
    Failure::new(code, format!("{}: {error}", file.display()))
}

/// The server wants no session.
pub(crate) fn refusal(reply: &Reply) -> Failure {
    Failure::new(code_of_reply(reply), format!("the server refuses: {}", words(reply)))
}

/// The login failed: the server's words, or why it did not come to any.
pub(crate) fn no_login(failed: &client::Failure, fault: &LoginFault) -> Failure {
    let text = match &failed.reply {
        Some(reply) => words(reply),
        None => fault.to_string(),
    };
    let code = if failed.kind == FailureKind::Auth { Code::NoPermission } else { code(failed) };
    Failure::new(code, format!("the login failed: {text}"))
}

/// The server's words where there are any, else what happened.
fn why(failed: &client::Failure) -> String {
    let unknown = if failed.delivery == Delivery::Unknown {
        "; perhaps it arrived: to send it again may double it"
    } else {
        ""
    };
    match &failed.reply {
        Some(reply) => format!("{}{unknown}", words(reply)),
        None => format!("{failed}{unknown}"),
    }
}

/// A reply in one line.
pub(crate) fn words(reply: &Reply) -> String {
    let mut text = reply.code().to_string();
    let status = reply.enhanced().map(|status| status.to_string());
    for piece in status.iter().map(String::as_str).chain(reply.lines()) {
        text.push(' ');
        text.push_str(piece);
    }
    text
}

fn code(failed: &client::Failure) -> Code {
    if failed.delivery == Delivery::Unknown {
        return Code::Io;
    }
    match (failed.kind, &failed.reply) {
        (FailureKind::Auth, _) => Code::NoPermission,
        (FailureKind::Permanent, Some(reply)) => {
            let in_recipients = failed.phase == Phase::Recipients;
            // RFC 3463 §3.2: the address; §3.4: too long; §3.7: the content.
            match (reply.enhanced().map(|status| (status.subject(), status.detail())), reply.code())
            {
                (Some((1, _)), _) if in_recipients => Code::NoUser,
                (None, 550 | 551 | 553) if in_recipients => Code::NoUser,
                (Some((3, 4) | (2, 3) | (6, _)), _) | (None, 552) => Code::Data,
                _ => code_of_reply(reply),
            }
        }
        (FailureKind::Permanent, None) => Code::Unavailable,
        (FailureKind::Transient | FailureKind::Timeout | FailureKind::Eof, _) => Code::TempFail,
        (FailureKind::Aborted, _) => Code::Shared,
        _ => Code::Protocol,
    }
}

fn code_of_reply(reply: &Reply) -> Code {
    match reply.code() {
        // RFC 4954 §6.
        530 | 534 | 535 | 538 => Code::NoPermission,
        _ if reply.is_permanent() => Code::Unavailable,
        _ => Code::TempFail,
    }
}

//! The text for people.

use alloc::format;
use alloc::string::String;

use postrider_message::{DateTime, Zone};
use postrider_smtp::EnhancedStatusCode;

use super::content::Extent;
use super::wrap::{DIAGNOSTIC, wrap};
use super::{Notice, NoticeKind, NoticeRecipient};
use crate::line::line;

const INDENT: &str = "    ";

pub(super) const fn subject(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Failed => "Delivery Status Notification (Failure)",
        NoticeKind::Delayed { .. } => "Delivery Status Notification (Delay)",
        NoticeKind::Relayed => "Delivery Status Notification (Relayed)",
        NoticeKind::Delivered => "Delivery Status Notification (Success)",
        NoticeKind::Expanded => "Delivery Status Notification (Expanded)",
    }
}

/// Who was meant, what became of the mail, and why, in plain words and short lines.
pub(super) fn text(
    notice: &Notice,
    host: &str,
    zone: Zone,
    named: usize,
    back: Option<Extent>,
) -> String {
    let mut out = format!("This is the mail system at {host}.\n\n");
    wrap(&mut out, &opening(notice.kind, zone), "");
    for one in notice.recipients.iter().take(named) {
        out.push('\n');
        recipient(&mut out, notice.kind, one);
    }
    let others = notice.recipients.len().saturating_sub(named);
    if others > 0 {
        out.push_str(&format!("\nThe report names {others} more.\n"));
    }
    match back {
        Some(Extent::Full) => out.push_str("\nYour message comes back with this report.\n"),
        Some(Extent::Header) => {
            out.push_str("\nThe header of your message is behind this report.\n")
        }
        None => {}
    }
    out
}

fn opening(kind: NoticeKind, zone: Zone) -> String {
    let told = match kind {
        NoticeKind::Failed => {
            "Your message could not be delivered to the following recipients. It is not tried again."
        }
        NoticeKind::Delayed { until } => {
            let until = DateTime::from_unix(until, zone);
            let until = until.map_or_else(|_| String::new(), |date| format!(" until {date}"));
            return format!(
                "Your message has not been delivered to the following recipients yet. It is tried \
                 again{until}. You need not send it again."
            );
        }
        NoticeKind::Relayed => {
            "Your message was handed to the mail systems of the following recipients, which do not \
             report when they deliver it. Unless that fails, nothing more will be told."
        }
        NoticeKind::Delivered => "Your message was delivered to the following recipients.",
        NoticeKind::Expanded => {
            "Your message was delivered to the following addresses, and sent on from there to several \
             others. You will hear of these where that fails."
        }
    };
    told.into()
}

fn recipient(out: &mut String, kind: NoticeKind, one: &NoticeRecipient) {
    let mut words = format!("{}", one.path);
    let original = one.original.as_ref().and_then(|original| {
        let address = line(&original.decoded(), DIAGNOSTIC, true)?;
        let same =
            one.path.mailbox().is_some_and(|path| path.as_str().eq_ignore_ascii_case(&address));
        (!same).then_some(address)
    });
    if let Some(original) = original {
        words.push_str(" (which you wrote to as ");
        words.push_str(&original);
        words.push(')');
    }
    if matches!(kind, NoticeKind::Failed | NoticeKind::Delayed { .. }) {
        words.push_str(": ");
        words.push_str(reason(one.status));
        words.push_str(&format!(" ({})", one.status));
    }
    wrap(out, &words, INDENT);
    let said = one.diagnostic.as_deref();
    let Some(said) = said.and_then(|said| line(said, DIAGNOSTIC, true)) else { return };
    let mta = one.remote_mta.as_deref().and_then(|name| line(name, 255, true));
    out.push_str(INDENT);
    match mta {
        Some(mta) => wrap(out, &format!("{mta} said: {said}"), INDENT),
        None => wrap(out, &said, INDENT),
    }
}

/// What a status means, in words.
fn reason(status: EnhancedStatusCode) -> &'static str {
    let generic = (status.subject(), status.detail()) == (0, 0);
    status.meaning().filter(|_| !generic).unwrap_or_else(|| match status.class() {
        2 => "done",
        4 => "a problem that may pass",
        _ => "a problem that does not pass",
    })
}

//! What the command line asks for, checked before anything is connected.

use core::time::Duration;

use postrider::imap::{MailboxEncoding, MailboxName};
use postrider_net::Handshake;

use super::arguments::Arguments;
use postrider_net::program::{
    failure::{Failure, usage},
    login::Account,
    road,
    target::Protocol,
};

/// All that is asked for.
pub(crate) struct Plan {
    pub(crate) account: Account,
    pub(crate) handshake: Option<Handshake>,
    pub(crate) every: Duration,
    pub(crate) first_wait: Duration,
    /// The conversation is shown.
    pub(crate) verbose: bool,
}

impl Plan {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let account = Account::new(&arguments.url, &arguments.access)?;
        let target = &account.target;
        if target.protocol != Protocol::Imap {
            return Err(usage("the URL: its scheme is neither imap nor imaps"));
        }
        MailboxName::encode(target.mailbox(), MailboxEncoding::ModifiedUtf7)
            .map_err(|error| usage(format!("the mailbox: {error}")))?;
        let (every, first_wait) =
            (seconds("--every", arguments.every)?, seconds("--first-wait", arguments.first_wait)?);
        let handshake = match account.may_use_tls() {
            true => Some(road::handshake(&target.host, arguments.access.ca.as_deref())?),
            false => None,
        };
        Ok(Self { account, handshake, every, first_wait, verbose: arguments.verbose })
    }
}

/// Some time, and not none.
fn seconds(flag: &str, seconds: f64) -> Result<Duration, Failure> {
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(usage(format!("{flag} {seconds}: it is no time to wait"))),
    }
}

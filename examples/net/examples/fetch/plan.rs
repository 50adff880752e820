//! What the command line asks for, checked before anything is connected.

use std::path::PathBuf;

use postrider::imap::{Date, MailboxEncoding, MailboxName};

use super::arguments::Arguments;
use postrider_net::program::{
    failure::{Failure, usage},
    flags::Switch,
    login::Account,
    target::Protocol,
};

/// Where the mail is put.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A file for each, in this folder.
    Folder(PathBuf),
    /// Behind the others in this file.
    Mbox(PathBuf),
}

/// All that is asked for.
pub(crate) struct Plan {
    pub(crate) account: Account,
    pub(crate) place: Place,
    pub(crate) delete: bool,
    /// The first day of which mail is wanted.
    pub(crate) since: Option<Date>,
    pub(crate) pipelining: Switch,
    /// The conversation is shown.
    pub(crate) verbose: bool,
}

impl Plan {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let account = Account::new(&arguments.url, &arguments.access)?;
        let place = match (&arguments.out, &arguments.mbox) {
            (Some(folder), _) => Place::Folder(folder.clone()),
            (None, Some(file)) => Place::Mbox(file.clone()),
            (None, None) => return Err(usage("neither --out nor --mbox")),
        };
        match account.target.protocol {
            Protocol::Imap if arguments.delete => {
                return Err(usage("--delete is for pop3; over imap nothing is deleted"));
            }
            Protocol::Imap => {
                // Which encoding the server wants is not known; what cannot be named fails in both.
                MailboxName::encode(account.target.mailbox(), MailboxEncoding::ModifiedUtf7)
                    .map_err(|error| usage(format!("the mailbox: {error}")))?;
            }
            _ if arguments.since.is_some() => {
                return Err(usage("--since is for imap; pop3 tells no dates"));
            }
            _ => {}
        }
        let since = arguments.since.as_deref().map(|text| {
            day(text).ok_or_else(|| usage(format!("--since {text}: it is no day as 2026-11-30")))
        });
        Ok(Self {
            account,
            place,
            delete: arguments.delete,
            since: since.transpose()?,
            pipelining: arguments.pipelining,
            verbose: arguments.verbose,
        })
    }
}

/// `YYYY-MM-DD`
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut part = |digits| {
        let part = parts.next().filter(|part: &&str| part.len() == digits)?;
        part.bytes().all(|octet| octet.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let (year, month, day) = (part(4)?, part(2)?, part(2)?);
    parts.next().is_none().then(|| Date::new(year, month, day).ok())?
}

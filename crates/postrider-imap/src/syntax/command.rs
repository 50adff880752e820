//! Commands: which one, and its arguments.

use alloc::boxed::Box;

use super::base::{astring, atom, failure, mailbox, message_set, name, sp, while_octets};
use super::{Grammar, Parsed};
use crate::command::{Command, Tag, TaggedCommand, is_tag_octet};
use crate::value::{Atom, Raw};

impl Grammar<'_> {
    /// A command without its line end.
    ///
    /// ```text
    /// command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
    /// ```
    pub(crate) fn tagged_command<'a>(&self, input: &'a [u8]) -> Parsed<'a, TaggedCommand> {
        let (tag, rest) = while_octets(input, is_tag_octet);
        let Some(tag) = Tag::read(tag) else { return failure(input) };
        let (rest, ()) = sp(rest)?;
        let (rest, command) = self.command(rest)?;
        let rest = match rest {
            [b' ', ..] => self.blanks(rest),
            _ => rest,
        };
        Ok((rest, TaggedCommand { tag, command }))
    }

    /// The command that comes by thousands, UID FETCH. `None` for others, for broken ones, and where
    /// something was forgiven. It is made where it is to stay, by `done`: each hand that it passed
    /// through would copy it.
    #[inline(always)]
    pub(crate) fn frequent_command<T>(
        &self,
        unit: &[u8],
        done: impl FnOnce(TaggedCommand) -> T,
    ) -> Option<T> {
        let (tag, rest) = while_octets(unit, is_tag_octet);
        let (verb, rest) = rest.strip_prefix(b" UID ")?.split_first_chunk::<6>()?;
        if !verb.eq_ignore_ascii_case(b"FETCH ") {
            return None;
        }
        let (rest, (set, attributes, modifiers)) = self.fetch_arguments(rest).ok()?;
        if !rest.is_empty() || !self.met().is_empty() {
            return None;
        }
        let tag = Tag::read(tag)?;
        let command = Command::Fetch { set, uid: true, attributes, modifiers };
        Some(done(TaggedCommand { tag, command }))
    }

    fn command<'a>(&self, input: &'a [u8]) -> Parsed<'a, Command> {
        let (rest, first) = atom(input)?;
        let uid = first.eq_ignore_ascii_case(b"UID");
        let (rest, verb) = if uid { atom(sp(rest)?.0)? } else { (rest, first) };
        let mut folded = [0_u8; LONGEST];
        let Some(folded) = folded.get_mut(..verb.len()) else { return other(uid, verb, rest) };
        folded.copy_from_slice(verb);
        folded.make_ascii_uppercase();
        if let Some(command) = without_arguments(folded).filter(|_| !uid && rest.is_empty()) {
            return Ok((rest, command));
        }
        let arguments = || sp(rest).map(|(rest, ())| rest);
        match (&*folded, uid) {
            (b"FETCH", _) => self.fetch_command(uid, arguments()?),
            (b"STORE", _) => self.store_command(uid, arguments()?),
            (b"SEARCH", _) => {
                let (rest, search) = self.search_command(uid, arguments()?)?;
                Ok((rest, Command::Search(Box::new(search))))
            }
            (b"SORT", _) => {
                let (rest, sort) = self.sort_command(uid, arguments()?)?;
                Ok((rest, Command::Sort(Box::new(sort))))
            }
            (b"THREAD", _) => {
                let (rest, thread) = self.thread_command(uid, arguments()?)?;
                Ok((rest, Command::Thread(Box::new(thread))))
            }
            (b"COPY" | b"MOVE", _) => {
                let (rest, set) = message_set(arguments()?)?;
                let (rest, mailbox) = mailbox(sp(rest)?.0)?;
                Ok((
                    rest,
                    if *folded == *b"COPY" {
                        Command::Copy { set, uid, mailbox }
                    } else {
                        Command::Move { set, uid, mailbox }
                    },
                ))
            }
            (b"EXPUNGE", true) => {
                let (rest, set) = message_set(arguments()?)?;
                Ok((rest, Command::UidExpunge(set)))
            }
            (b"LOGIN", false) => self.login(arguments()?),
            (b"AUTHENTICATE", false) => self.authenticate(arguments()?),
            (b"ENABLE", false) => {
                let (rest, all) = self.spaced(arguments()?, name)?;
                Ok((rest, Command::Enable(all)))
            }
            (b"ID", false) => {
                let (rest, parameters) = self.id_parameters(arguments()?)?;
                Ok((rest, Command::Id(parameters)))
            }
            (b"SELECT", false) => {
                let (rest, mailbox) = mailbox(arguments()?)?;
                let (rest, parameters) = self.select_parameters(rest)?;
                Ok((rest, Command::Select { mailbox, parameters }))
            }
            (b"EXAMINE", false) => {
                let (rest, mailbox) = mailbox(arguments()?)?;
                let (rest, parameters) = self.select_parameters(rest)?;
                Ok((rest, Command::Examine { mailbox, parameters }))
            }
            (b"CREATE", false) => {
                let (rest, create) = self.create(arguments()?)?;
                Ok((rest, Command::Create(create)))
            }
            (b"DELETE", false) => one_mailbox(arguments()?, Command::Delete),
            (b"RENAME", false) => {
                let (rest, from) = mailbox(arguments()?)?;
                let (rest, to) = mailbox(sp(rest)?.0)?;
                Ok((rest, Command::Rename { from, to }))
            }
            (b"SUBSCRIBE", false) => one_mailbox(arguments()?, Command::Subscribe),
            (b"UNSUBSCRIBE", false) => one_mailbox(arguments()?, Command::Unsubscribe),
            (b"LIST", false) => {
                let (rest, list) = self.list_command(arguments()?)?;
                Ok((rest, Command::List(list)))
            }
            (b"LSUB", false) => {
                let (rest, (reference, pattern)) = self.reference_and_pattern(arguments()?)?;
                Ok((rest, Command::Lsub { reference, pattern }))
            }
            (b"XLIST", false) => {
                let (rest, (reference, pattern)) = self.reference_and_pattern(arguments()?)?;
                Ok((rest, Command::Xlist { reference, pattern }))
            }
            (b"STATUS", false) => {
                let (rest, mailbox) = mailbox(arguments()?)?;
                let (rest, items) = self.status_items(sp(rest)?.0)?;
                Ok((rest, Command::Status { mailbox, items }))
            }
            (b"NOTIFY", false) => {
                let (rest, notify) = self.notify(arguments()?)?;
                Ok((rest, Command::Notify(notify)))
            }
            (b"COMPRESS", false) => {
                let (rest, mechanism) = name(arguments()?)?;
                Ok((rest, Command::Compress(mechanism)))
            }
            (b"ESEARCH", false) => {
                let (rest, search) = self.esearch_command(arguments()?)?;
                Ok((rest, Command::Esearch(Box::new(search))))
            }
            (b"CANCELUPDATE", false) => {
                let (rest, tags) = self.spaced(arguments()?, |i| {
                    super::base::quoted(i).map(|(rest, tag)| (rest, tag.to_bytes()))
                })?;
                Ok((rest, Command::CancelUpdate(tags)))
            }
            (b"UIDBATCHES", false) => {
                let (rest, batches) = self.uid_batches(arguments()?)?;
                Ok((rest, Command::UidBatches(batches)))
            }
            (b"GETQUOTA", false) => {
                let (rest, root) = astring(arguments()?)?;
                Ok((rest, Command::GetQuota(root.to_bytes())))
            }
            (b"GETQUOTAROOT", false) => one_mailbox(arguments()?, Command::GetQuotaRoot),
            (b"SETQUOTA", false) => self.set_quota(arguments()?),
            (b"SETACL", false) => self.set_acl(arguments()?),
            (b"DELETEACL", false) => {
                let (rest, mailbox) = mailbox(arguments()?)?;
                let (rest, identifier) = astring(sp(rest)?.0)?;
                Ok((rest, Command::DeleteAcl { mailbox, identifier: identifier.to_bytes() }))
            }
            (b"GETACL", false) => one_mailbox(arguments()?, Command::GetAcl),
            (b"LISTRIGHTS", false) => {
                let (rest, mailbox) = mailbox(arguments()?)?;
                let (rest, identifier) = astring(sp(rest)?.0)?;
                Ok((rest, Command::ListRights { mailbox, identifier: identifier.to_bytes() }))
            }
            (b"MYRIGHTS", false) => one_mailbox(arguments()?, Command::MyRights),
            (b"GETMETADATA", false) => {
                let (rest, get) = self.get_metadata(arguments()?)?;
                Ok((rest, Command::GetMetadata(get)))
            }
            (b"SETMETADATA", false) => self.set_metadata(arguments()?),
            // What is known and has its arguments wrong is no command of another kind. The octets
            // of a message are no part of a unit.
            (known, _) if without_arguments(known).is_some() => failure(rest),
            (b"APPEND", false) | (b"REPLACE", _) => failure(rest),
            // What may be a password is not kept as what it is not.
            (b"LOGIN" | b"AUTHENTICATE", true) => failure(rest),
            _ => other(uid, verb, rest),
        }
    }
}

/// The longest name of a command here.
const LONGEST: usize = 16;

/// The command of this name that has no arguments.
fn without_arguments(name: &[u8]) -> Option<Command> {
    Some(match name {
        b"CAPABILITY" => Command::Capability,
        b"NOOP" => Command::Noop,
        b"LOGOUT" => Command::Logout,
        b"STARTTLS" => Command::StartTls,
        b"NAMESPACE" => Command::Namespace,
        b"IDLE" => Command::Idle,
        b"UNAUTHENTICATE" => Command::Unauthenticate,
        b"GETJMAPACCESS" => Command::GetJmapAccess,
        b"CHECK" => Command::Check,
        b"CLOSE" => Command::Close,
        b"UNSELECT" => Command::Unselect,
        b"EXPUNGE" => Command::Expunge,
        _ => return None,
    })
}

fn one_mailbox(
    input: &[u8],
    command: impl FnOnce(crate::MailboxName) -> Command,
) -> Parsed<'_, Command> {
    mailbox(input).map(|(rest, mailbox)| (rest, command(mailbox)))
}

/// A command that this crate does not know.
fn other<'a>(uid: bool, name: &[u8], rest: &'a [u8]) -> Parsed<'a, Command> {
    let arguments = match rest.split_first() {
        None => Raw::default(),
        Some((b' ', [_, ..])) => Raw::read(rest.get(1..).unwrap_or_default()),
        Some(_) => return failure(rest),
    };
    Ok((&[], Command::Other { uid, name: Atom::read(name), arguments }))
}

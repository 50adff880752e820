//! Commands.

use alloc::vec::Vec;

use postrider_wire::Secret;

use super::{EncodedCommand, Out, WriteOptions};
use crate::command::{Command, TaggedCommand};
use crate::value::{MailboxName, MessageSet};

impl TaggedCommand {
    /// Writes it with its line end, as a client sends it.
    #[must_use]
    pub fn encode(&self, options: WriteOptions) -> EncodedCommand {
        // Escaped, in quotes and with the line end: a credential must not move while it is written,
        // or a copy of it is left behind.
        let mut octets = Vec::with_capacity(secret_room(&self.command));
        let mut out = Out::for_command(&mut octets, options);
        out.put(self.tag.as_bytes());
        out.sp();
        out.command_body(&self.command);
        out.put(b"\r\n");
        let (stops, secrets) = out.marks();
        EncodedCommand { octets: Secret::new(octets), stops, secrets }
    }
}

/// Octets that a command with a credential takes at most, tag aside.
fn secret_room(command: &Command) -> usize {
    const FRAME: usize = 512;
    match command {
        Command::Login { user, password } => user
            .len()
            .saturating_add(password.expose().len())
            .saturating_mul(2)
            .saturating_add(FRAME),
        Command::Authenticate { initial: Some(initial), .. } => {
            initial.expose().len().saturating_add(FRAME)
        }
        _ => 64,
    }
}

impl Out<'_> {
    fn mailbox_command(&mut self, name: &[u8], mailbox: &MailboxName) {
        self.put(name);
        self.astring(mailbox.as_bytes());
    }

    fn set_command(&mut self, uid: bool, name: &[u8], set: &MessageSet) {
        self.uid(uid);
        self.put(name);
        self.message_set(set);
        self.sp();
    }

    /// `UID `, if so.
    pub(crate) fn uid(&mut self, uid: bool) {
        if uid {
            self.put(b"UID ");
        }
    }

    fn command_body(&mut self, command: &Command) {
        match command {
            Command::Capability => self.put(b"CAPABILITY"),
            Command::Noop => self.put(b"NOOP"),
            Command::Logout => self.put(b"LOGOUT"),
            Command::Id(parameters) => {
                self.put(b"ID ");
                self.id_parameters(parameters);
            }
            Command::StartTls => self.put(b"STARTTLS"),
            Command::Authenticate { mechanism, initial } => {
                self.put(b"AUTHENTICATE ");
                self.put(mechanism.as_bytes());
                if let Some(initial) = initial {
                    self.sp();
                    self.secret(|out| out.put(initial.expose()));
                }
            }
            Command::Login { user, password } => {
                self.put(b"LOGIN ");
                self.astring(user);
                self.sp();
                self.secret_astring(password.expose());
            }
            Command::Enable(all) => {
                self.put(b"ENABLE");
                self.enabled(all);
            }
            Command::Select { mailbox, parameters } => {
                self.mailbox_command(b"SELECT ", mailbox);
                self.select_parameters(parameters);
            }
            Command::Examine { mailbox, parameters } => {
                self.mailbox_command(b"EXAMINE ", mailbox);
                self.select_parameters(parameters);
            }
            Command::Create(create) => {
                self.put(b"CREATE ");
                self.create(create);
            }
            Command::Delete(mailbox) => self.mailbox_command(b"DELETE ", mailbox),
            Command::Rename { from, to } => {
                self.mailbox_command(b"RENAME ", from);
                self.mailbox_command(b" ", to);
            }
            Command::Subscribe(mailbox) => self.mailbox_command(b"SUBSCRIBE ", mailbox),
            Command::Unsubscribe(mailbox) => self.mailbox_command(b"UNSUBSCRIBE ", mailbox),
            Command::List(list) => {
                self.put(b"LIST ");
                self.list_command(list);
            }
            Command::Lsub { reference, pattern } => {
                self.mailbox_command(b"LSUB ", reference);
                self.sp();
                self.pattern(pattern);
            }
            Command::Xlist { reference, pattern } => {
                self.mailbox_command(b"XLIST ", reference);
                self.sp();
                self.pattern(pattern);
            }
            Command::Namespace => self.put(b"NAMESPACE"),
            Command::Status { mailbox, items } => {
                self.mailbox_command(b"STATUS ", mailbox);
                self.sp();
                self.status_items(items);
            }
            Command::Idle => self.put(b"IDLE"),
            Command::Notify(notify) => {
                self.put(b"NOTIFY ");
                self.notify(notify);
            }
            Command::Compress(mechanism) => {
                self.put(b"COMPRESS ");
                self.put(mechanism.as_bytes());
            }
            Command::Unauthenticate => self.put(b"UNAUTHENTICATE"),
            Command::GetJmapAccess => self.put(b"GETJMAPACCESS"),
            Command::Check => self.put(b"CHECK"),
            Command::Close => self.put(b"CLOSE"),
            Command::Unselect => self.put(b"UNSELECT"),
            Command::Expunge => self.put(b"EXPUNGE"),
            Command::UidExpunge(set) => {
                self.put(b"UID EXPUNGE ");
                self.message_set(set);
            }
            Command::Search(search) => self.search_command(search),
            Command::Sort(sort) => self.sort_command(sort),
            Command::Thread(thread) => self.thread_command(thread),
            Command::Esearch(search) => {
                self.put(b"ESEARCH");
                self.esearch_command(search);
            }
            Command::CancelUpdate(tags) => {
                self.put(b"CANCELUPDATE ");
                self.spaced(tags, |out, tag| out.string(tag));
            }
            Command::Fetch { set, uid, attributes, modifiers } => {
                self.set_command(*uid, b"FETCH ", set);
                self.fetch_attributes(attributes);
                self.fetch_modifiers(modifiers);
            }
            Command::Store(store) => self.store(store),
            Command::Copy { set, uid, mailbox } => {
                self.set_command(*uid, b"COPY ", set);
                self.astring(mailbox.as_bytes());
            }
            Command::Move { set, uid, mailbox } => {
                self.set_command(*uid, b"MOVE ", set);
                self.astring(mailbox.as_bytes());
            }
            Command::UidBatches(batches) => {
                self.put(b"UIDBATCHES ");
                self.uid_batches(batches);
            }
            Command::GetQuota(root) => {
                self.put(b"GETQUOTA ");
                self.astring(root);
            }
            Command::GetQuotaRoot(mailbox) => self.mailbox_command(b"GETQUOTAROOT ", mailbox),
            Command::SetQuota { root, limits } => self.set_quota(root, limits),
            Command::SetAcl { mailbox, identifier, rights } => {
                self.mailbox_command(b"SETACL ", mailbox);
                self.sp();
                self.astring(identifier);
                self.sp();
                self.rights_change(*rights);
            }
            Command::DeleteAcl { mailbox, identifier } => {
                self.mailbox_command(b"DELETEACL ", mailbox);
                self.sp();
                self.astring(identifier);
            }
            Command::GetAcl(mailbox) => self.mailbox_command(b"GETACL ", mailbox),
            Command::ListRights { mailbox, identifier } => {
                self.mailbox_command(b"LISTRIGHTS ", mailbox);
                self.sp();
                self.astring(identifier);
            }
            Command::MyRights(mailbox) => self.mailbox_command(b"MYRIGHTS ", mailbox),
            Command::GetMetadata(get) => {
                self.put(b"GETMETADATA ");
                self.get_metadata(get);
            }
            Command::SetMetadata { mailbox, entries } => {
                self.mailbox_command(b"SETMETADATA ", mailbox);
                self.sp();
                self.metadata_entries(entries);
            }
            Command::Other { uid, name, arguments } => {
                self.uid(*uid);
                self.put(name.as_bytes());
                if !arguments.is_empty() {
                    self.sp();
                    self.last_raw(arguments);
                }
            }
        }
    }

    /// An `astring` that is a credential: all but the announcement of a literal.
    fn secret_astring(&mut self, octets: &[u8]) {
        self.secret(|out| out.astring(octets));
    }
}

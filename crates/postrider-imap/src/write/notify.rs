//! NOTIFY.

use super::Out;
use crate::value::{EventGroup, MailboxName, NotifyCommand, NotifyEvent, NotifyMailboxes};

impl Out<'_> {
    pub(crate) fn notify(&mut self, notify: &NotifyCommand) {
        match notify {
            NotifyCommand::None => self.put(b"NONE"),
            NotifyCommand::Set { status, groups } => {
                self.put(if *status { b"SET STATUS " } else { b"SET " });
                self.spaced(groups, Self::event_group);
            }
        }
    }

    fn event_group(&mut self, group: &EventGroup) {
        self.byte(b'(');
        self.notify_mailboxes(&group.mailboxes);
        self.sp();
        match &group.events {
            Some(events) => self.list(events, Self::notify_event),
            None => self.put(b"NONE"),
        }
        self.byte(b')');
    }

    pub(crate) fn notify_mailboxes(&mut self, mailboxes: &NotifyMailboxes) {
        match mailboxes {
            NotifyMailboxes::Selected => self.put(b"SELECTED"),
            NotifyMailboxes::SelectedDelayed => self.put(b"SELECTED-DELAYED"),
            NotifyMailboxes::Inboxes => self.put(b"INBOXES"),
            NotifyMailboxes::Personal => self.put(b"PERSONAL"),
            NotifyMailboxes::Subscribed => self.put(b"SUBSCRIBED"),
            NotifyMailboxes::Subtree(all) => self.mailboxes(b"SUBTREE ", all),
            NotifyMailboxes::SubtreeOne(all) => self.mailboxes(b"SUBTREE-ONE ", all),
            NotifyMailboxes::Mailboxes(all) => self.mailboxes(b"MAILBOXES ", all),
            NotifyMailboxes::Other(name) => self.put(name.as_bytes()),
        }
    }

    /// `one-or-more-mailbox`
    fn mailboxes(&mut self, name: &[u8], all: &[MailboxName]) {
        self.put(name);
        match all {
            [one] => self.astring(one.as_bytes()),
            all => self.list(all, |out, one| out.astring(one.as_bytes())),
        }
    }

    fn notify_event(&mut self, event: &NotifyEvent) {
        self.put(event.name());
        if let NotifyEvent::MessageNew(attributes) = event
            && !attributes.is_empty()
        {
            self.sp();
            self.list(attributes, Self::fetch_attribute);
        }
    }
}

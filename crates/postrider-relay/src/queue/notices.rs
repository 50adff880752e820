//! What the sender of a mail is told, and when.

use alloc::format;
use alloc::vec::Vec;

use postrider_smtp::EnhancedStatusCode;

use super::{Bounce, Delivery, NotNow, NoticeOf, RecipientState};
use crate::dsn::{Notice, NoticeKind, NoticeRecipient};

/// A notice that is due.
#[derive(Clone, Debug)]
pub(super) struct Telling {
    about: Vec<usize>,
    pub(super) bounce: Bounce,
}

impl Delivery {
    /// Answers [`Step::Bounce`](super::Step::Bounce): the notice is in the store.
    ///
    /// # Errors
    ///
    /// [`NotNow`].
    pub fn bounced(&mut self) -> Result<(), NotNow> {
        self.nothing_to_save()?;
        let telling = self.notice.take().ok_or(NotNow)?;
        for one in telling.about {
            let Some(recipient) = self.item.recipients.get_mut(one) else { continue };
            match &mut recipient.state {
                RecipientState::Waiting { late_told, .. } => *late_told = true,
                RecipientState::Delivered { to_tell, .. }
                | RecipientState::Failed { to_tell, .. } => *to_tell = false,
            }
        }
        self.item.notices = self.item.notices.saturating_add(1);
        self.unsaved = true;
        Ok(())
    }

    /// What the sender is to be told next, if anything.
    pub(super) fn owed(&self, now: i64) -> Option<Telling> {
        let until = self.schedule().give_up_at(self.item.arrived);
        let kinds = [NoticeKind::Failed, NoticeKind::Relayed, NoticeKind::Delayed { until }];
        kinds.into_iter().find_map(|kind| {
            let all = self.item.recipients.iter().enumerate();
            let told = all.filter_map(|(n, _)| Some((n, self.notice_about(n, kind, now)?)));
            let (about, recipients): (Vec<_>, Vec<_>) = told.unzip();
            let number = self.item.notices;
            (!about.is_empty()).then(|| Telling {
                about,
                bounce: Bounce {
                    id: format!("{}-n{number}", self.item.id),
                    notice_of: NoticeOf { id: self.item.id.clone(), number },
                    notice: Notice::new(kind, recipients),
                },
            })
        })
    }

    fn notice_about(&self, one: usize, kind: NoticeKind, now: i64) -> Option<NoticeRecipient> {
        let recipient = self.item.recipients.get(one)?;
        let notice = |status| NoticeRecipient {
            original: recipient.parameters.orcpt.clone(),
            ..NoticeRecipient::new(recipient.path.clone(), status)
        };
        let trouble = match (&recipient.state, kind) {
            // RFC 3464 §2.3.3: handed to a host that may not say what becomes of it.
            (RecipientState::Delivered { host, at, to_tell: true }, NoticeKind::Relayed) => {
                return Some(NoticeRecipient {
                    remote_mta: Some(host.clone()),
                    last_attempt: Some(*at),
                    ..notice(EnhancedStatusCode::OK)
                });
            }
            (RecipientState::Failed { trouble, to_tell: true }, NoticeKind::Failed) => trouble,
            (
                RecipientState::Waiting { last: Some(trouble), late_told: false, .. },
                NoticeKind::Delayed { .. },
            ) if self.late_at(one).is_some_and(|at| at <= now) => trouble,
            _ => return None,
        };
        Some(NoticeRecipient {
            remote_mta: trouble.host.clone().filter(|_| trouble.is_reply),
            diagnostic: Some(trouble.words.clone()),
            last_attempt: Some(trouble.at),
            ..notice(trouble.status)
        })
    }

    /// When the sender is to hear that the mail is late for this recipient, if ever.
    pub(super) fn late_at(&self, one: usize) -> Option<i64> {
        let recipient = self.item.recipients.get(one)?;
        let asked = recipient.parameters.notify.is_none_or(|notify| notify.delay());
        match &recipient.state {
            RecipientState::Waiting { last: Some(_), late_told: false, .. }
                if asked && !self.item.sender.is_null() =>
            {
                self.schedule().warn_at(self.item.arrived)
            }
            _ => None,
        }
    }
}

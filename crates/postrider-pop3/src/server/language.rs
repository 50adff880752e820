//! `UTF8` and `LANG` (RFC 6856).

use alloc::format;

use postrider_wire::Progress;

use super::{Encoding, Event, List, Server, Speech};
use crate::state::Row;
use crate::{Language, LanguageRange, LanguageTag, Status};

impl Server {
    /// Whether the client said `UTF8`: messages may have UTF-8 in their headers. Without it, a message that
    /// has is to be given in a form that has not, or refused with [`crate::ResponseCode::Utf8`]
    /// (RFC 6856 §2.1).
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.encoding == Encoding::Utf8
    }

    /// The language that the client chose.
    #[must_use]
    pub fn language(&self) -> Option<&LanguageTag> {
        match self.speech {
            Speech::Own => None,
            Speech::Chosen(n) => self.config.languages().get(usize::from(n)).map(Language::tag),
        }
    }

    pub(super) fn utf8(&mut self, row: &Row) {
        if self.config.utf8.is_some() {
            self.state = row.accepted;
            self.encoding = Encoding::Utf8;
            self.say_ok("UTF-8 mode");
        } else {
            self.state = row.refused;
            self.bad("UTF8 not available");
        }
    }

    pub(super) fn lang(
        &mut self,
        range: Option<&LanguageRange>,
        row: &Row,
    ) -> Option<Progress<Event>> {
        self.state = row.refused;
        if self.config.languages().is_empty() {
            self.bad("LANG not available");
            return None;
        }
        let Some(range) = range else {
            self.say_ok("language listing follows");
            self.phase = super::Phase::Listing { list: List::Languages, next: 1 };
            return None;
        };
        let mut numbered = (0_u16..).zip(self.config.languages());
        let Some((n, language)) = numbered.find(|(_, one)| range.matches(one.tag())) else {
            self.say_err("no such language");
            return None;
        };
        let (tag, confirmation) = (language.tag().clone(), language.confirmation());
        // The tag, and another space even if nothing follows, is what RFC 6856 §3.2 asks for; a space at the
        // end of a line is nothing that a reply could have.
        let text = if confirmation.is_empty() {
            format!("{tag}")
        } else {
            format!("{tag} {confirmation}")
        };
        self.speech = Speech::Chosen(n);
        self.state = row.accepted;
        self.say(&crate::Reply::own(Status::Ok, text));
        Some(Progress::Event(Event::Language(tag)))
    }

    /// Whether the words of this machine, which are English, are those that the client wants. Else it says
    /// nothing but what programs read.
    pub(super) fn speaks_english(&self) -> bool {
        self.language().is_none_or(|tag| {
            let first = tag.as_str().split('-').next().unwrap_or_default();
            first.eq_ignore_ascii_case("en") || tag.as_str().eq_ignore_ascii_case("i-default")
        })
    }
}

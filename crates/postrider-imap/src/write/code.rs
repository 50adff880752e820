//! Response codes. Literals do not stand in them: a status response is one line.

use super::Out;
use crate::command::Tag;
use crate::value::{Annotations, Code, InProgress};

impl Out<'_> {
    /// What stands between the brackets.
    pub(super) fn code(&mut self, code: &Code) {
        match code {
            Code::Plain(code) => self.put(code.name().as_bytes()),
            Code::BadCharset(charsets) => {
                self.put(b"BADCHARSET");
                if !charsets.is_empty() {
                    self.sp();
                    self.list(charsets, Self::charset);
                }
            }
            Code::Capability(all) => {
                self.put(b"CAPABILITY");
                self.capabilities(all);
            }
            Code::PermanentFlags(flags) => {
                self.put(b"PERMANENTFLAGS ");
                self.flags(flags);
            }
            Code::UidNext(uid) => self.code_number(b"UIDNEXT ", uid.get()),
            Code::UidValidity(validity) => self.code_number(b"UIDVALIDITY ", validity.get()),
            Code::Unseen(number) => self.code_number(b"UNSEEN ", *number),
            Code::AppendUid { validity, uids } => {
                self.code_number(b"APPENDUID ", validity.get());
                self.sp();
                self.number_set(uids.as_list());
            }
            Code::CopyUid { validity, from, to } => {
                self.code_number(b"COPYUID ", validity.get());
                self.sp();
                self.number_set(from.as_list());
                self.sp();
                self.number_set(to.as_list());
            }
            Code::HighestModSeq(value) => self.code_number(b"HIGHESTMODSEQ ", value.get()),
            Code::Modified(set) => {
                self.put(b"MODIFIED ");
                self.set(set);
            }
            Code::MailboxId(id) => {
                self.put(b"MAILBOXID (");
                self.put(id.as_bytes());
                self.byte(b')');
            }
            Code::MetadataLongEntries(octets) => {
                self.code_number(b"METADATA LONGENTRIES ", *octets);
            }
            Code::MetadataMaxSize(octets) => self.code_number(b"METADATA MAXSIZE ", *octets),
            Code::MetadataTooMany => self.put(b"METADATA TOOMANY"),
            Code::MetadataNoPrivate => self.put(b"METADATA NOPRIVATE"),
            Code::BadEvent(names) => {
                self.put(b"BADEVENT ");
                self.list(names, |out, name| out.put(name.as_bytes()));
            }
            Code::NoUpdate(tag) => {
                self.put(b"NOUPDATE ");
                self.quoted_tag(tag);
            }
            Code::UndefinedFilter(name) => {
                self.put(b"UNDEFINED-FILTER ");
                self.put(name.as_bytes());
            }
            Code::MaxConvertMessages(most) => {
                self.code_number(b"MAXCONVERTMESSAGES ", most.get());
            }
            Code::MaxConvertParts(most) => self.code_number(b"MAXCONVERTPARTS ", most.get()),
            Code::BadUrl(url) => {
                self.put(b"BADURL ");
                self.put(url.as_bytes());
            }
            Code::Referral(urls) => {
                self.put(b"REFERRAL ");
                self.spaced(urls, |out, url| out.put(url.as_bytes()));
            }
            Code::UrlMech(all) => {
                self.put(b"URLMECH ");
                self.spaced(all, |out, mechanism| {
                    out.put(mechanism.name().as_bytes());
                    if let Some(data) = mechanism.data() {
                        out.byte(b'=');
                        out.put(data);
                    }
                });
            }
            Code::InProgress { tag, progress } => self.in_progress(tag.as_ref(), *progress),
            Code::MessageLimit { limit, uid } => {
                self.code_number(b"MESSAGELIMIT ", limit.get());
                if let Some(uid) = uid {
                    self.code_number(b" ", uid.get());
                }
            }
            Code::AnnotateTooBig => self.put(b"ANNOTATE TOOBIG"),
            Code::AnnotateTooMany => self.put(b"ANNOTATE TOOMANY"),
            Code::Annotations(annotations) => self.annotations(*annotations),
            Code::Other(raw) => self.put(raw.as_bytes()),
        }
    }

    fn code_number(&mut self, name: &[u8], number: impl Into<u64>) {
        self.put(name);
        self.number(number.into());
    }

    /// A tag in quotes. No tag holds an octet that needs a backslash.
    fn quoted_tag(&mut self, tag: &Tag) {
        self.byte(b'"');
        self.put(tag.as_bytes());
        self.byte(b'"');
    }

    /// `"INPROGRESS" [ SP "(" inprogress-tag SP inprogress-state ")" ]` (RFC 9585 §5)
    fn in_progress(&mut self, tag: Option<&Tag>, progress: Option<InProgress>) {
        self.put(b"INPROGRESS");
        if tag.is_none() && progress.is_none() {
            return;
        }
        self.put(b" (");
        match tag {
            Some(tag) => self.quoted_tag(tag),
            None => self.nil(),
        }
        self.sp();
        match progress {
            Some(InProgress { done, goal }) => {
                self.number(done.into());
                self.sp();
                match goal {
                    Some(goal) => self.number(goal.get().into()),
                    None => self.nil(),
                }
            }
            None => self.put(b"NIL NIL"),
        }
        self.byte(b')');
    }

    /// `"ANNOTATIONS" SP ann-size` (RFC 5257 §5)
    fn annotations(&mut self, annotations: Annotations) {
        self.put(b"ANNOTATIONS ");
        let no_private = match annotations {
            Annotations::None => {
                self.put(b"NONE");
                false
            }
            Annotations::ReadOnly { no_private } => {
                self.put(b"READ-ONLY");
                no_private
            }
            Annotations::Size { octets, no_private } => {
                self.number(octets.get().into());
                no_private
            }
        };
        if no_private {
            self.put(b" NOPRIVATE");
        }
    }
}

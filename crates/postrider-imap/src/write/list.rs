//! LIST.

use super::Out;
use crate::syntax::is_list_octet;
use crate::value::{
    Atom, Delimiter, ListCommand, ListExtended, ListKind, ListResponse, ListReturn, ListSelection,
    Raw,
};

impl Out<'_> {
    /// The whole response but its line end.
    pub(crate) fn list_response(&mut self, list: &ListResponse) {
        self.put(match list.kind {
            ListKind::List => b"LIST (",
            ListKind::Lsub => b"LSUB (",
            ListKind::Xlist => b"XLIST (",
        });
        self.spaced(list.attributes.names(), |out, name| {
            out.byte(b'\\');
            out.put(name);
        });
        self.put(b") ");
        self.delimiter(list.delimiter);
        self.sp();
        self.astring(list.mailbox.as_bytes());
        if !list.extended.is_empty() {
            self.sp();
            self.list(&list.extended, Self::extended_item);
        }
    }

    /// `DQUOTE QUOTED-CHAR DQUOTE / nil`
    pub(crate) fn delimiter(&mut self, delimiter: Option<Delimiter>) {
        match delimiter.map(Delimiter::get) {
            Some(octet @ (b'"' | b'\\')) => self.put(&[b'"', b'\\', octet, b'"']),
            Some(octet) => self.put(&[b'"', octet, b'"']),
            None => self.nil(),
        }
    }

    fn extended_item(&mut self, item: &ListExtended) {
        match item {
            ListExtended::ChildInfo(options) => {
                // RFC 5258 §3.5: the options are always quoted here.
                self.put(b"\"CHILDINFO\" ");
                self.list(options, |out, option| {
                    out.byte(b'"');
                    out.put(option.as_bytes());
                    out.byte(b'"');
                });
            }
            ListExtended::OldName(old) => {
                self.put(b"\"OLDNAME\" (");
                self.astring(old.as_bytes());
                self.byte(b')');
            }
            ListExtended::Other(tag, value) => {
                self.astring(tag);
                self.sp();
                self.raw(value);
            }
            ListExtended::Unparsed(raw) => self.raw(raw),
        }
    }

    pub(crate) fn list_command(&mut self, list: &ListCommand) {
        if let Some(selection) = &list.selection {
            self.list(selection, |out, option| match option {
                ListSelection::Subscribed => out.put(b"SUBSCRIBED"),
                ListSelection::Remote => out.put(b"REMOTE"),
                ListSelection::RecursiveMatch => out.put(b"RECURSIVEMATCH"),
                ListSelection::SpecialUse => out.put(b"SPECIAL-USE"),
                ListSelection::Other(name, value) => out.option(name, value.as_ref()),
            });
            self.sp();
        }
        self.astring(list.reference.as_bytes());
        self.sp();
        match list.patterns.as_slice() {
            [one] if !list.parenthesised => self.pattern(one),
            all => self.list(all, |out, pattern| out.pattern(pattern)),
        }
        if let Some(returns) = &list.returns {
            self.put(b" RETURN ");
            self.list(returns, Self::return_option);
        }
    }

    fn return_option(&mut self, option: &ListReturn) {
        match option {
            ListReturn::Subscribed => self.put(b"SUBSCRIBED"),
            ListReturn::Children => self.put(b"CHILDREN"),
            ListReturn::SpecialUse => self.put(b"SPECIAL-USE"),
            ListReturn::Status(items) => {
                self.put(b"STATUS ");
                self.status_items(items);
            }
            ListReturn::MyRights => self.put(b"MYRIGHTS"),
            ListReturn::Metadata(entries) => {
                self.put(b"METADATA ");
                self.list(entries, |out, entry| out.astring(entry));
            }
            ListReturn::Other(name, value) => self.option(name, value.as_ref()),
        }
    }

    /// A name, and a value if there is one.
    pub(crate) fn option(&mut self, name: &Atom, value: Option<&Raw>) {
        self.put(name.as_bytes());
        if let Some(value) = value {
            self.sp();
            self.raw(value);
        }
    }

    /// `list-mailbox`
    pub(crate) fn pattern(&mut self, pattern: &[u8]) {
        let bare = !pattern.is_empty()
            && pattern.iter().all(|&octet| is_list_octet(octet))
            && !pattern.eq_ignore_ascii_case(b"NIL");
        if bare { self.put(pattern) } else { self.string(pattern) }
    }
}

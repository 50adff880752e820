//! NAMESPACE.

use super::Out;
use crate::value::{Namespace, Namespaces};

impl Out<'_> {
    pub(crate) fn namespaces(&mut self, namespaces: &Namespaces) {
        let kinds = [&namespaces.personal, &namespaces.other_users, &namespaces.shared];
        self.spaced(kinds, |out, all| out.namespace_kind(all));
    }

    /// `namespace = nil / "(" 1*namespace-descr ")"`: nothing parts them.
    fn namespace_kind(&mut self, all: &[Namespace]) {
        if all.is_empty() {
            return self.nil();
        }
        self.byte(b'(');
        for one in all {
            self.byte(b'(');
            self.string(&one.prefix);
            self.sp();
            self.delimiter(one.delimiter);
            for (name, values) in &one.extensions {
                self.sp();
                self.string(name);
                self.sp();
                self.list(values, |out, value| out.string(value));
            }
            self.byte(b')');
        }
        self.byte(b')');
    }
}

//! ID.

use super::Out;
use crate::value::IdParameters;

impl Out<'_> {
    pub(crate) fn id_parameters(&mut self, parameters: &IdParameters) {
        match parameters {
            Some(fields) => self.list(fields, |out, (name, value)| {
                out.string(name);
                out.sp();
                out.nstring(value.as_deref());
            }),
            None => self.nil(),
        }
    }
}

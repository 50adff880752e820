//! Fields as a disposition notification.

use postrider_message::{Defects, FieldValue, MessageIdList, Parsed, RawValue};

use super::{DispositionNotification, MessageDisposition, ReportingUa};
use crate::{
    code,
    report::{
        MtaName, RecipientAddress, extension,
        group::{GroupField, all_fields},
        text::{once, text},
    },
};

impl<'a> DispositionNotification<'a> {
    /// Reads the content of a disposition notification; spans count as those of the value do. Empty
    /// lines between the fields do not count, and of a field that is given twice the first does.
    pub fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut defects = Defects::with_limit(raw.limits().defects);
        let mut value = Self::default();
        all_fields(raw, &mut defects, |field, defects| value.take(field, defects));
        if value.final_recipient.is_none() || value.disposition.is_none() {
            defects.push(&code::MISSING_DISPOSITION_FIELD, raw.span());
        }
        Parsed::new(value, defects, raw.bytes())
    }

    /// Tells whether the field is not one that was there before.
    fn take(&mut self, field: &GroupField<'a>, defects: &mut Defects) -> bool {
        let raw = field.raw;
        if field.is("Reporting-UA") {
            once(&mut self.reporting_ua, || Some(ReportingUa::read(raw)))
        } else if field.is("MDN-Gateway") {
            once(&mut self.mdn_gateway, || Some(MtaName::read(raw, defects)))
        } else if field.is("Original-Recipient") {
            once(&mut self.original_recipient, || Some(RecipientAddress::read(raw, defects)))
        } else if field.is("Final-Recipient") {
            once(&mut self.final_recipient, || Some(RecipientAddress::read(raw, defects)))
        } else if field.is("Original-Message-ID") {
            once(&mut self.original_message_id, || {
                let ids = MessageIdList::read(raw);
                defects.append(&ids.defects);
                ids.value.ids().first().cloned()
            })
        } else if field.is("Disposition") {
            once(&mut self.disposition, || {
                let read = MessageDisposition::read(raw);
                defects.append(&read.defects);
                Some(read.value)
            })
        } else if field.is("Error") {
            self.errors.push(text(raw));
            true
        } else {
            extension::keep(&mut self.extensions, *field);
            true
        }
    }
}

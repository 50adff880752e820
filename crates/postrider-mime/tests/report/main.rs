//! Reports: read as RFCs and other programs have them, written, and read again.

mod attacks;
mod delivery;
mod disposition;
mod feedback;
mod found;
mod properties;
#[cfg(feature = "tls-report")]
mod tls;
mod written;

use postrider_message::{Defects, RawValue};
use postrider_mime::report::{DeliveryStatus, DispositionNotification, FeedbackReport};

/// Names of defects, in order.
fn names(defects: &Defects) -> Vec<&'static str> {
    defects.iter().map(|defect| defect.code().name()).collect()
}

/// Reads, and checks that what is written of it reads as the same.
fn delivery_status(content: &str) -> (DeliveryStatus<'_>, Vec<&'static str>) {
    let read = DeliveryStatus::read(RawValue::new(content.as_bytes()));
    if let Ok(written) = read.value.to_vec(true) {
        let again = DeliveryStatus::read(RawValue::new(&written));
        assert_eq!(again.value, read.value);
        assert_eq!(names(&again.defects), [""; 0]);
    }
    (read.value, names(&read.defects))
}

/// Reads, and checks that what is written of it reads as the same.
fn disposition_notification(content: &str) -> (DispositionNotification<'_>, Vec<&'static str>) {
    let read = DispositionNotification::read(RawValue::new(content.as_bytes()));
    if let Ok(written) = read.value.to_vec(true) {
        let again = DispositionNotification::read(RawValue::new(&written));
        assert_eq!(again.value, read.value);
        assert_eq!(names(&again.defects), [""; 0]);
    }
    (read.value, names(&read.defects))
}

/// Reads, and checks that what is written of it reads as the same.
fn feedback_report(content: &str) -> (FeedbackReport<'_>, Vec<&'static str>) {
    let read = FeedbackReport::read(RawValue::new(content.as_bytes()));
    if let Ok(written) = read.value.to_vec() {
        let again = FeedbackReport::read(RawValue::new(&written));
        assert_eq!(again.value, read.value);
    }
    (read.value, names(&read.defects))
}

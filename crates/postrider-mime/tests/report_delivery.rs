//! Delivery status notifications (RFC 3464).

use postrider_message::RawValue;
use postrider_mime::report::{Action, DeliveryStatus};

#[test]
fn it_reads() {
    let read = DeliveryStatus::read(RawValue::new(
        b"Reporting-MTA: dns; cs.utk.edu\r\n\r\nOriginal-Recipient: rfc822;louisl@larry.slip.umd.edu\r\nFinal-Recipient: rfc822;louisl@larry.slip.umd.edu\r\nAction: failed\r\nStatus: 4.0.0\r\nDiagnostic-Code: smtp; 426 connection timed out\r\nLast-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400\r\n",
    ));
    assert!(read.defects.is_empty(), "{:?}", read.defects);
    assert_eq!(read.value.recipients()[0].action(), Some(Action::Failed));
    let again = read.value.to_vec(false).unwrap();
    assert_eq!(DeliveryStatus::read(RawValue::new(&again)).value, read.value);
}

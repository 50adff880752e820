//! Notifications to senders, and those that come back.

mod bounces;
mod examples;
mod hostile;
mod matching;
mod returned;
mod rules;
mod sources;
mod utf8;

use postrider_message::{DateTime, Zone};
use postrider_mime::Message;
use postrider_mime::report::{DeliveryStatus, Report};
use postrider_relay::dsn::{Dsn, DsnWriter, Notice, NoticeKind, NoticeRecipient, Original};
use postrider_smtp::{
    EhloName, EnhancedStatusCode, ForwardPath, MailParameters, OriginalRecipient, ReversePath,
};

const SEED: [u8; 32] = [7; 32];
const ARRIVED: i64 = 880_127_706;
const MAIL: &[u8] = b"Message-ID: <1@example.org>\r\nSubject: Lunch\r\n\r\nAt one?\r\n";

fn writer(host: &str) -> DsnWriter {
    let date = DateTime::from_unix(ARRIVED + 60, Zone::UTC).unwrap();
    DsnWriter::new(EhloName::parse(host).unwrap(), date)
}

fn path(text: &str) -> ForwardPath {
    ForwardPath::parse(text).unwrap()
}

fn code(text: &str) -> EnhancedStatusCode {
    EnhancedStatusCode::parse(text).unwrap()
}

fn recipient(address: &str, orcpt: &str, status: &str) -> NoticeRecipient {
    let mut recipient = NoticeRecipient::new(path(address), code(status));
    recipient.original = (!orcpt.is_empty())
        .then(|| OriginalRecipient::parse(orcpt).unwrap_or_else(|why| panic!("{orcpt}: {why}")));
    recipient
}

fn failed(address: &str) -> Notice {
    Notice::new(NoticeKind::Failed, vec![recipient(address, "", "5.1.1")])
}

fn original(sender: &str, parameters: MailParameters) -> Original<'static> {
    Original::new(ReversePath::parse(sender).unwrap(), parameters, ARRIVED)
}

fn parsed(dsn: &Dsn<'_>) -> Message<Vec<u8>> {
    Message::parse(dsn.to_vec().unwrap()).unwrap()
}

/// Hands out what a report says, once nothing is found wrong with it.
fn with_status<T>(message: &Message<Vec<u8>>, look: impl FnOnce(&DeliveryStatus<'_>) -> T) -> T {
    let report = Report::of(message.root()).expect("a report");
    assert!(report.defects().is_empty(), "{:?}", report.defects());
    let status = report.delivery_status().expect("a delivery status");
    assert!(status.defects.is_empty(), "{:?}", status.defects);
    look(&status.value)
}

/// The type of the third part.
fn returned_type(message: &Message<Vec<u8>>) -> Option<String> {
    let report = Report::of(message.root()).expect("a report");
    report.original().map(|part| {
        let ty = part.content_type().value;
        format!("{}/{}", ty.ty(), ty.subtype())
    })
}

//! The upgrade: only between two quiet sides, once, and with nothing carried over.

use bytes::{Buf, Bytes};
use postrider_wire::{
    Inbox, OutboxWriter, Policy, Security, TlsInfo, TlsState, TlsUpgrade, UpgradeFault,
};

fn clear() -> (TlsState, Inbox, OutboxWriter) {
    let state = TlsState::new(&Security::StartTls(Policy::Required));
    (state, Inbox::new(64), OutboxWriter::new(64))
}

fn upgrading() -> (TlsState, TlsUpgrade, Inbox) {
    let (mut state, inbox, out) = clear();
    state.agree(&inbox).unwrap();
    let token = state.poll(&inbox, &out).unwrap().unwrap();
    (state, token, inbox)
}

#[test]
fn a_token_is_made_only_when_both_sides_are_quiet() {
    let (_, mut inbox, mut out) = clear();
    assert!(TlsUpgrade::when_quiet(&inbox, &out).is_some());
    out.queue(b"220 ready\r\n").unwrap();
    assert!(TlsUpgrade::when_quiet(&inbox, &out).is_none());
    out.clear();
    inbox.extend(b"E");
    assert!(TlsUpgrade::when_quiet(&inbox, &out).is_none());
}

#[test]
fn the_token_waits_for_the_flush_and_is_given_once() {
    let (mut state, inbox, mut out) = clear();
    assert_eq!(state.poll(&inbox, &out), Ok(None));
    state.agree(&inbox).unwrap();
    out.queue(b"220 ready\r\n").unwrap();
    assert_eq!(state.poll(&inbox, &out), Ok(None));
    out.reader().advance(11);
    let token = state.poll(&inbox, &out).unwrap().unwrap();
    assert_eq!(state.poll(&inbox, &out), Err(UpgradeFault::NotDue));
    assert!(!state.is_established());
    state.establish(token, TlsInfo::new().with_suite("TLS1.3", "X"), &inbox).unwrap();
    assert_eq!(state.info().unwrap().version.as_deref(), Some("TLS1.3"));
    assert_eq!(state.poll(&inbox, &out), Ok(None));
}

#[test]
fn plaintext_behind_the_upgrade_is_fatal_at_every_step() {
    let (mut state, mut inbox, out) = clear();
    inbox.extend(b"E");
    assert_eq!(state.agree(&inbox), Err(UpgradeFault::PlaintextBehind));

    let (mut state, mut inbox, out_full) = (clear().0, clear().1, out);
    state.agree(&inbox).unwrap();
    inbox.extend(b"E");
    assert_eq!(state.poll(&inbox, &out_full), Err(UpgradeFault::PlaintextBehind));

    let (mut state, token, mut inbox) = upgrading();
    inbox.extend(b"E");
    let fault = state.establish(token, TlsInfo::new(), &inbox);
    assert_eq!(fault, Err(UpgradeFault::PlaintextBehind));
    assert!(!state.is_established());
}

#[test]
fn a_token_from_elsewhere_establishes_nothing() {
    let (_, token, inbox) = upgrading();
    let (mut state, ..) = clear();
    assert_eq!(state.establish(token, TlsInfo::new(), &inbox), Err(UpgradeFault::NotDue));
    assert!(!state.is_established());
}

#[test]
fn implicit_tls_stands_from_the_start() {
    let info = TlsInfo::new().with_server_name("mx.example").with_peer("CN=alice");
    let state = TlsState::new(&Security::Implicit(info.clone()));
    assert_eq!(state.info(), Some(&info));
}

#[test]
fn keying_material_is_not_shown() {
    let info = TlsInfo::new().with_exporter([0x5a; 32]);
    let info = info.with_server_end_point(Bytes::from_static(b"hash"));
    let shown = format!("{info:?}");
    assert!(!shown.contains("90") && !shown.contains("5a") && shown.contains("hash"));
    assert_eq!(info.exporter.as_ref().unwrap().expose(), &[0x5a; 32]);
}

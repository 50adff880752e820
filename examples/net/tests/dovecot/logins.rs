//! Every mechanism that both ends have, over STARTTLS and over TLS from the first octet.

use postrider::{
    imap::{
        StatusKind,
        client::{Client, Event, LoginFault},
    },
    sasl::{
        Mechanism,
        client::{Credentials, NoMechanism},
    },
    wire::Secret,
};

use crate::{
    rig::Rig,
    session::{Imap, Tls},
};

const BOTH: [Tls; 2] = [Tls::StartTls, Tls::Implicit];

#[test]
fn every_mechanism_that_both_have() {
    let Some(rig) = Rig::get() else { return };
    let mut offered = Vec::new();
    for tls in BOTH {
        let mut imap = Imap::connect(&rig, tls, |config| config);
        if imap.client().capabilities().is_none() {
            imap.run(Client::capability);
        }
        let all = imap.client().capabilities().unwrap().to_vec();
        let names = all.iter().filter_map(|one| one.value_of("AUTH"));
        offered = names.map(|name| String::from_utf8(name.to_vec()).unwrap()).collect();
    }
    offered.sort();
    let known: Vec<Mechanism> =
        offered.iter().filter_map(|name| Mechanism::from_name(name)).collect();
    assert_eq!(known.len(), 6, "{offered:?}");
    for tls in BOTH {
        for mechanism in &known {
            let mut imap = Imap::connect(&rig, tls, |config| config);
            if *mechanism == Mechanism::Anonymous {
                let anonymous = Credentials::anonymous("sirhc").unwrap();
                imap.log_in_as(anonymous, &[*mechanism]);
            } else {
                imap.log_in("login", &[*mechanism]);
            }
            assert_eq!(imap.client().mechanism(), Some(*mechanism));
            imap.log_out();
        }
        // The strongest, where nothing is said; and LOGIN.
        let mut imap = Imap::connect(&rig, tls, |config| config);
        imap.log_in("login", &[]);
        assert_eq!(imap.client().mechanism(), Some(Mechanism::ScramSha256));
        let mut imap = Imap::connect(&rig, tls, |config| config);
        imap.ok(|client| client.login("login", Secret::new("tanstaaf".into())));
        // Words of Unicode.
        let user = Credentials::password("üser", Secret::new("pässwörd".into())).unwrap();
        let mut imap = Imap::connect(&rig, tls, |config| config);
        imap.log_in_as(user, &[Mechanism::Plain]);
    }
    eprintln!("dovecot: logins by {known:?} over STARTTLS and TLS");
}

#[test]
fn a_wrong_password_is_refused_and_another_try_is_possible() {
    let Some(rig) = Rig::get() else { return };
    for mechanism in [Mechanism::Plain, Mechanism::CramMd5, Mechanism::ScramSha256] {
        let mut imap = Imap::connect(&rig, Tls::StartTls, |config| config);
        let wrong = Credentials::password("login", Secret::new("wrong".into())).unwrap();
        let login = postrider::imap::client::Login::new(wrong, [1; 32]);
        let choice = postrider::sasl::client::Choice::default().with_mechanisms([mechanism]);
        let outcome = imap.run(|client| client.login_with(login.with_choice(choice)));
        assert_eq!(outcome.status.kind, StatusKind::No, "{mechanism:?}");
        let code = format!("{:?}", outcome.status.code);
        assert!(code.contains("AuthenticationFailed"), "{code}");
        imap.log_in("login", &[mechanism]);
    }
    // Nothing is said where there is nothing to say it by.
    let mut imap = Imap::connect(&rig, Tls::StartTls, |config| config);
    let token = Credentials::token("login", Secret::new("tanstaaf".into())).unwrap();
    let login = postrider::imap::client::Login::new(token, [1; 32]);
    let handle = imap.client().login_with(login).unwrap();
    let fault = loop {
        if let Event::LoginFailed { handle: of, fault, .. } = imap.event() {
            assert_eq!(of, handle);
            break fault;
        }
    };
    assert_eq!(fault, LoginFault::NoMechanism(NoMechanism::NoneShared));
    imap.log_in("login", &[]);
}

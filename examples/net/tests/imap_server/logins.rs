//! Every mechanism, over STARTTLS and over TLS from the first octet.

use postrider::{
    imap::{
        StatusKind,
        client::{Client, Login},
    },
    sasl::{Mechanism, client::Credentials},
    wire::Secret,
};

use crate::{
    rig::{PASSWORD, Rig},
    session::{Imap, Tls},
};

#[test]
fn every_mechanism_over_both_kinds_of_tls() {
    let rig = Rig::get().unwrap();
    for tls in [Tls::StartTls, Tls::Implicit] {
        let mut imap = Imap::connect(&rig, tls, |config| config);
        if imap.client().capabilities().is_none() {
            imap.run(Client::capability);
        }
        let offered = imap.client().capabilities().unwrap().iter();
        let offered: Vec<Mechanism> = offered
            .filter_map(|one| Mechanism::from_name(str::from_utf8(one.value_of("AUTH")?).ok()?))
            .collect();
        assert_eq!(offered.len(), 9, "{offered:?}");
        for mechanism in offered {
            let mut imap = Imap::connect(&rig, tls, |config| config);
            imap.log_in("alice", &[mechanism]);
            assert_eq!(imap.client().mechanism(), Some(mechanism));
            imap.log_out();
        }
        // The strongest, where nothing is said; LOGIN; and words of Unicode.
        let mut imap = Imap::connect(&rig, tls, |config| config);
        imap.log_in("alice", &[]);
        assert_eq!(imap.client().mechanism(), Some(Mechanism::ScramSha512Plus));
        let mut imap = Imap::connect(&rig, tls, |config| config);
        imap.ok(|client| client.login("alice", Secret::new(PASSWORD.into())));
        let mut imap = Imap::connect(&rig, tls, |config| config);
        imap.log_in("üser", &[]);
    }
}

#[test]
fn a_wrong_password_is_refused_and_another_try_is_possible() {
    let rig = Rig::get().unwrap();
    let mut imap = Imap::connect(&rig, Tls::StartTls, |config| config);
    for user in ["alice", "nobody"] {
        let wrong = Credentials::password(user, Secret::new("wrong".into())).unwrap();
        let outcome = imap.run(|client| client.login_with(Login::new(wrong, [1; 32])));
        assert_eq!(outcome.status.kind, StatusKind::No, "{user}");
        let code = format!("{:?}", outcome.status.code);
        assert!(code.contains("AuthenticationFailed"), "{code}");
    }
    imap.log_in("alice", &[]);
    imap.log_out();
}

//! Sessions as RFCs print them: what stands behind `C:` is what our client says, and our server answers
//! with what stands behind `S:`.

use postrider_sasl::client::{self, Credentials};
use postrider_sasl::server::{self, Credential, Failure, Step};
use postrider_sasl::{Mechanism, line};
use postrider_wire::Secret;

use crate::common::*;

/// The lines of a session, continued ones joined.
fn session(name: &str) -> Option<Vec<(char, String)>> {
    let file = postrider_testkit::read_shared(&format!("vectors/rfc-sessions/{name}.txt"));
    let Some(file) = file else {
        println!("skipped: no shared vectors");
        return None;
    };
    let mut lines: Vec<(char, String)> = Vec::new();
    for text in String::from_utf8(file).unwrap().lines().filter(|text| !text.starts_with('#')) {
        match text.split_at_checked(2) {
            Some(("C:", rest)) => lines.push(('C', rest.trim().into())),
            Some(("S:", rest)) => lines.push(('S', rest.trim().into())),
            _ => lines.last_mut().unwrap().1.push_str(text.trim()),
        }
    }
    Some(lines)
}

/// The message in the last word of the lines of one side that begin so.
fn messages(lines: &[(char, String)], side: char, start: &str) -> Vec<Secret<Vec<u8>>> {
    let of_side = lines.iter().filter(|(who, text)| *who == side && text.starts_with(start));
    of_side
        .map(|(_, text)| {
            let word = text.rsplit(' ').next().unwrap();
            line::decode(word.as_bytes(), 9999).unwrap()
        })
        .collect()
}

fn said(step: Result<client::Step, postrider_sasl::Error>) -> Secret<Vec<u8>> {
    match step {
        Ok(client::Step::Respond(message)) => message,
        step => panic!("{step:?}"),
    }
}

#[test]
fn rfc_2195_section_2_is_what_our_client_says() {
    let Some(lines) = session("rfc2195-01") else { return };
    let challenge = &messages(&lines, 'S', "+ ")[0];
    let mut one = new_client(Mechanism::CramMd5, &tim(Mechanism::CramMd5));
    let response = said(one.step(client::Input::Challenge(challenge.expose())));
    assert_eq!(response, messages(&lines, 'C', "dGlt")[0]);
    assert_eq!(one.step(client::Input::Done), Ok(client::Step::Complete));
}

#[test]
fn rfc_2554_section_4_is_read_by_our_server_though_its_password_is_not_told() {
    let Some(lines) = session("rfc2554-02") else { return };
    let mut other = new_server(Mechanism::CramMd5);
    other.step(server::Input::None).unwrap();
    let response = &messages(&lines, 'C', "ZnJl")[0];
    let step = other.step(server::Input::Response(response.expose())).unwrap();
    let Step::NeedCredential(request) = step else { panic!("{step:?}") };
    assert_eq!(request.user.as_deref(), Some("fred"));
}

#[test]
fn rfc_2245_and_rfc_4505_are_played_by_both_ends() {
    for name in ["rfc2245-01", "rfc4505-01"] {
        let Some(lines) = session(name) else { return };
        let trace = &messages(&lines, 'C', "c2ly")[0];
        let mut one = new_client(Mechanism::Anonymous, &tim(Mechanism::Anonymous));
        assert_eq!(said(one.step(client::Input::Challenge(b""))), *trace);
        let mut other = new_server(Mechanism::Anonymous);
        let asked = other.step(server::Input::None).unwrap();
        assert_eq!(asked, Step::Challenge(Secret::new(Vec::new())));
        let step = other.step(server::Input::Response(trace.expose())).unwrap();
        assert!(matches!(step, Step::NeedCredential(_)));
        let step = other.step(server::Input::Credential(Credential::Verified)).unwrap();
        assert!(matches!(step, Step::Success { .. }));
    }
}

#[test]
fn rfc_4616_section_4_is_played_by_both_ends() {
    let ursel = with_password(Mechanism::Plain, "Kurt", "xipj3plmq");
    let sessions = [
        ("rfc4616-02", tim(Mechanism::Plain), None),
        ("rfc4616-04", ursel.with_authzid("Ursel").unwrap(), Some("Ursel")),
    ];
    for (name, credentials, authzid) in sessions {
        let Some(lines) = session(name) else { return };
        let message = lines.iter().rfind(|(who, _)| *who == 'C').unwrap();
        let message = message.1.replace("<NUL>", "\0").into_bytes();
        let mut one = new_client(Mechanism::Plain, &credentials);
        assert_eq!(said(one.step(client::Input::Challenge(b""))).expose(), &message);
        let step = new_server(Mechanism::Plain).step(server::Input::Response(&message)).unwrap();
        let Step::NeedCredential(request) = step else { panic!("{step:?}") };
        assert_eq!(request.authzid.as_deref(), authzid);
    }
}

#[test]
fn rfc_7628_section_4_1_is_played_by_both_ends() {
    for (name, port) in [("rfc7628-01", 143), ("rfc7628-03", 587)] {
        let Some(lines) = session(name) else { return };
        let printed = &messages(&lines, 'C', "t1 AUTH")[0];
        let user = Credentials::token("user@example.com", secret(TOKEN)).unwrap();
        let user = user.with_host("server.example.com").unwrap().with_port(port);
        let mut one = new_client(Mechanism::OAuthBearer, &user);
        assert_eq!(said(one.step(client::Input::None)), *printed);
        let mut other = new_server(Mechanism::OAuthBearer);
        let step = other.step(server::Input::Response(printed.expose())).unwrap();
        let Step::NeedCredential(request) = step else { panic!("{step:?}") };
        assert_eq!(
            (request.host.as_deref(), request.port),
            (Some("server.example.com"), Some(port))
        );
        let step = other.step(server::Input::Credential(knows(&request))).unwrap();
        let Step::Success { identity, .. } = step else { panic!("{step:?}") };
        assert_eq!((identity.authcid.as_str(), identity.authzid), ("user@example.com", None));
    }
}

#[test]
fn rfc_7628_section_4_3_asks_for_the_reasons_of_a_refusal_with_no_token() {
    let Some(lines) = session("rfc7628-05") else { return };
    let config = config()
        .with_scope("example_scope")
        .with_openid_configuration("https://example.com/.well-known/openid-configuration");
    let new = || server::Exchange::new(Mechanism::OAuthBearer, &config, Some(&tls()), [4; 32]);
    let mut other = new().unwrap();
    let printed = &messages(&lines, 'C', "t1 AUTH")[0];
    let step = other.step(server::Input::Response(printed.expose())).unwrap();
    let Step::Challenge(reasons) = step else { panic!("{step:?}") };
    let printed = &messages(&lines, 'S', "+ ")[0];
    let json = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).unwrap();
    assert_eq!(json(reasons.expose()), json(printed.expose()));
    let dummy = &messages(&lines, 'C', "AQ==")[0];
    let step = other.step(server::Input::Response(dummy.expose())).unwrap();
    assert_eq!(step, Step::Failure(Failure::BadCredentials));

    // Our client, which has a token that the server takes no more.
    let mut one = new_client(Mechanism::OAuthBearer, &tim(Mechanism::OAuthBearer));
    one.step(client::Input::None).unwrap();
    assert_eq!(said(one.step(client::Input::Challenge(printed.expose()))), *dummy);
    let step = one.step(client::Input::Failed).unwrap();
    let client::Step::NeedToken(Some(why)) = step else { panic!("{step:?}") };
    assert_eq!(why.status.as_deref(), Some("invalid_token"));
    assert_eq!(why.scope.as_deref(), Some("example_scope"));
    let url = "https://example.com/.well-known/openid-configuration";
    assert_eq!(why.openid_configuration.as_deref(), Some(url));
}

/// Its message has `user=` where RFC 5801 §4 has `a=`, so that our server takes it for malformed; its
/// answers are what our client understands.
#[test]
fn rfc_7628_section_4_4_is_answered_as_printed_but_for_its_faulty_header() {
    let Some(lines) = session("rfc7628-08") else { return };
    let printed = &messages(&lines, 'C', "AUTH")[0];
    assert!(printed.expose().starts_with(b"n,user="));
    let step = new_server(Mechanism::OAuthBearer).step(server::Input::Response(printed.expose()));
    assert_eq!(step, Ok(Step::Failure(Failure::Malformed)));
    let mut one = new_client(Mechanism::OAuthBearer, &tim(Mechanism::OAuthBearer));
    one.step(client::Input::None).unwrap();
    let reasons = &messages(&lines, 'S', "334 ")[0];
    let dummy = said(one.step(client::Input::Challenge(reasons.expose())));
    assert_eq!(dummy, messages(&lines, 'C', "AQ==")[0]);
}

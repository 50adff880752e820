//! RFC 5802 §7, rule by rule.

use super::super::message::{Flag, client_final, client_first, server_final, server_first};
use super::*;

#[test]
fn the_parts_of_a_client_first_message_are_found() {
    let first = client_first(b"p=tls-exporter,a=admin,n=user,r=abc,x=y,z==,").map(|_| ());
    assert_eq!(first, Err(Fault::Malformed), "a comma with nothing behind it");
    let first = client_first(b"p=tls-exporter,a=admin,n=user,r=abc,x=y,z==").unwrap();
    assert_eq!(first.flag, Flag::Bound("tls-exporter"));
    assert_eq!(first.gs2_header, "p=tls-exporter,a=admin,");
    assert_eq!(first.bare, "n=user,r=abc,x=y,z==");
    assert_eq!(first.authzid.as_deref(), Some("admin"));
    assert_eq!((first.user.as_str(), first.nonce), ("user", "abc"));
}

#[test]
fn a_client_first_message_out_of_the_grammar_is_malformed() {
    for message in [
        "",
        "n",
        "n,",
        "n,,",
        "n=user,r=abc",
        "x,,n=user,r=abc",
        "N,,n=user,r=abc",
        "p,,n=user,r=abc",
        "p=,,n=user,r=abc",
        "p=tls_exporter,,n=user,r=abc",
        "n,admin,n=user,r=abc",
        "n,a=,n=user,r=abc",
        "n,,n=,r=abc",
        "n,,r=abc,n=user",
        "n,,n=user",
        "n,,n=user,r=",
        "n,,n=user,r=a b",
        "n,,n=user,r=é",
        "n,,n=user,r=abc,",
        "n,,n=user,r=abc,x",
        "n,,n=user,r=abc,x=",
        "n,,n=user,r=abc,1=y",
        "n,,n=us\0er,r=abc",
        " n,,n=user,r=abc",
        "F,n,,n=user,r=abc",
    ] {
        assert_eq!(client_first(message.as_bytes()), Err(Fault::Malformed), "{message:?}");
    }
}

#[test]
fn a_server_first_message_out_of_the_grammar_is_malformed() {
    for message in [
        "",
        "r=abc",
        "r=abc,s=QSXC",
        "r=abc,i=4096,s=QSXC",
        "s=QSXC,r=abc,i=4096",
        "r=abc,s=QSXC,i=4096 ",
        "r=abc,s=QSXC,i=4096,",
        "r=abc,s=QSXC,i=4096\r\n",
        "R=abc,s=QSXC,i=4096",
        "e=",
    ] {
        assert_eq!(server_first(message), Err(Fault::Malformed), "{message:?}");
    }
}

#[test]
fn the_proof_is_the_last_attribute() {
    let last = client_final(b"c=biws,r=abc,x=p=y,p=AAAA").unwrap();
    assert_eq!((last.without_proof, last.nonce), ("c=biws,r=abc,x=p=y", "abc"));
    assert_eq!((last.binding.as_slice(), last.proof.as_slice()), (&b"n,,"[..], &[0, 0, 0][..]));
    for message in [
        "",
        "c=biws,r=abc",
        "c=biws,p=AAAA,r=abc",
        "c=biws,r=abc,p=AAAA,x=y",
        "c=biws,r=abc,p=AAAA,p=AAAA",
        "r=abc,c=biws,p=AAAA",
        "c=b iws,r=abc,p=AAAA",
    ] {
        assert_eq!(client_final(message.as_bytes()), Err(Fault::Malformed), "{message:?}");
    }
    for message in ["c=biw,r=abc,p=AAAA", "c=biws,r=abc,p=AAA", "c=biws,r=abc,p=A==="] {
        assert_eq!(client_final(message.as_bytes()), Err(Fault::Encoding), "{message:?}");
    }
}

#[test]
fn a_server_final_message_is_a_verifier_or_an_error() {
    assert_eq!(server_final(b"v=AAAA,x=y"), Ok(Vec::from([0, 0, 0])));
    assert_eq!(server_final(b"e=no-resources"), Err(Fault::Refused(ServerError::NoResources)));
    for message in ["", "v", "AAAA", "v=AAAA,", "v=AAAA ", "x=y,v=AAAA", "e=", "e=a\0"] {
        assert_eq!(server_final(message.as_bytes()), Err(Fault::Malformed), "{message:?}");
    }
    assert_eq!(server_final(b"v=AAA"), Err(Fault::Encoding));
}

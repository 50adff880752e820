//! What holds for all names, passwords and messages.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::prep::{Use, saslprep};

fn any_hash() -> impl Strategy<Value = Hash> {
    prop::sample::select(Hash::ALL.to_vec())
}

/// Text with all that is special in the grammar, and what is not ASCII.
fn any_text() -> impl Strategy<Value = String> {
    "[a-z,=éß\u{4e00}\u{2168} 23CD]{1,12}"
}

fn quick(client: Client) -> Client {
    client.with_bounds(Bounds::new(1, 10))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn who_knows_the_password_logs_in_and_the_server_reads_the_same_name(
        hash in any_hash(), user in any_text(), password in any_text(), authzid in prop::option::of(any_text()),
        salt in prop::collection::vec(any::<u8>(), 1..40), iterations in 1_u32..=10, plus: bool, seed: [u8; 32],
    ) {
        let keys = ScramKeys::derive(&secret(&password), &salt, iterations, hash).unwrap();
        let channel = ChannelBinding::from(&tls13().with_exporter(seed));
        let mut client = quick(Client::new(hash, &user, &secret(&password), &seed).unwrap());
        if plus {
            client = client.bound_to(&channel).unwrap();
        }
        if let Some(authzid) = &authzid {
            client = client.acting_as(authzid).unwrap();
        }
        let server = Server::new(hash, plus, &policy(), &channel, &seed);
        let outcome = run(client, server, &Lookup::Keys(keys), |_, _| {});
        prop_assert_eq!(outcome.client, Ok(ClientStep::Complete));
        let prepared = saslprep(&user, Use::Query).unwrap().expose().clone();
        let ServerStep::Success { user, authzid: told, .. } = outcome.server else { panic!() };
        prop_assert_eq!(&user, &prepared);
        prop_assert_eq!(outcome.asked, Some(prepared));
        prop_assert_eq!(told, authzid);
    }

    #[test]
    fn who_knows_another_password_does_not(
        hash in any_hash(), one in any_text(), other in any_text(), seed: [u8; 32],
    ) {
        let same = saslprep(&one, Use::Stored) == saslprep(&other, Use::Stored);
        let keys = ScramKeys::derive(&secret(&one), b"salt", 1, hash).unwrap();
        let client = quick(Client::new(hash, "user", &secret(&other), &seed).unwrap());
        let server = Server::new(hash, false, &policy(), &ChannelBinding::none(), &seed);
        let outcome = run(client, server, &Lookup::Keys(keys), |_, _| {});
        prop_assert_eq!(outcome.client == Ok(ClientStep::Complete), same);
        prop_assert_eq!(matches!(outcome.server, ServerStep::Success { .. }), same);
    }

    #[test]
    fn no_exchange_completes_with_a_message_changed_on_the_way(
        number in 0_usize..4, place: Index, octet: u8, how in 0_u8..3, seed: [u8; 32],
    ) {
        let keys = ScramKeys::derive(&secret("pencil"), b"salt", 1, Hash::Sha256).unwrap();
        let client = quick(Client::new(Hash::Sha256, "user", &secret("pencil"), &seed).unwrap());
        let server = Server::new(Hash::Sha256, false, &policy(), &ChannelBinding::none(), &seed);
        let mut changed = false;
        let outcome = run(client, server, &Lookup::Keys(keys), |at, message| {
            if at != number {
                return;
            }
            let before = message.clone();
            let place = place.index(message.len());
            match how {
                0 => message[place] = octet,
                1 => message.insert(place, octet),
                _ => drop(message.remove(place)),
            }
            changed = *message != before;
        });
        prop_assert_eq!(outcome.client == Ok(ClientStep::Complete), !changed, "{:?}", outcome.server);
        // The last message comes too late to keep the server from success.
        let success = matches!(outcome.server, ServerStep::Success { .. });
        prop_assert_eq!(success, !changed || number == 3);
    }

    #[test]
    fn keys_that_can_be_made_can_be_written_and_read(
        hash in any_hash(), salt in prop::collection::vec(any::<u8>(), 1..=256), iterations in 1_u32..,
        octets: [u8; 32],
    ) {
        let octets = [octets; 4].concat();
        let (stored, server) = (&octets[..hash.octets()], &octets[1..=hash.octets()]);
        let keys = ScramKeys::new(hash, &salt, iterations, stored, server).unwrap();
        prop_assert_eq!(keys.to_text().expose().parse(), Ok(keys));
    }
}

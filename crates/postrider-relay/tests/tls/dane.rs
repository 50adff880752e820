//! TLSA records and certificates (RFC 7672, RFC 7671, RFC 6698).

use std::time::{Duration, Instant};

use postrider_relay::tls::dane::{
    DaneVerdict, InvalidTlsa, MOST, Presented, TlsaRecord, usable, verdict,
};
use proptest::prelude::*;

// A certificate of "mx.example.com" that a self-signed one of "Test CA" signed, their keys, and the
// digests of all, made by OpenSSL 3.0 (`req -x509`, `x509 -req`, `pkey -pubin -outform DER`, `dgst`).
/// The certificate of the authority.
const CA_CERT: &str = "\
    308201783082011fa003020102021444d479313a5fc372d496941cf9118e1d0f0a7513300a06082a8648ce3d\
    04030230123110300e06035504030c0754657374204341301e170d3236313230313033333330315a170d3336\
    313132383033333330315a30123110300e06035504030c07546573742043413059301306072a8648ce3d0201\
    06082a8648ce3d030107034200047d71bdf92611fe2e1686fe6a85304ed455a76abff82070388ac9fcc4ccca\
    d9ed5cb635ae5f4b25c3d3b6c18bb0d4848391ff8bdc6473772b18be3ef8690a2d44a3533051301d0603551d\
    0e0416041441d27b371b81b6e9ad0ee869642a21b7877f06f6301f0603551d2304183016801441d27b371b81\
    b6e9ad0ee869642a21b7877f06f6300f0603551d130101ff040530030101ff300a06082a8648ce3d04030203\
    4700304402203ed893773064bc75b8efc1cfd08608fc16b0872986f6741b4fc100d411d2c73f022032ddd525\
    36cb2c5aefe1757e1f8122627c8d13635c949f58f8fc021bc490ac5b\
    ";
/// Its SubjectPublicKeyInfo.
const CA_KEY: &str = "\
    3059301306072a8648ce3d020106082a8648ce3d030107034200047d71bdf92611fe2e1686fe6a85304ed455\
    a76abff82070388ac9fcc4cccad9ed5cb635ae5f4b25c3d3b6c18bb0d4848391ff8bdc6473772b18be3ef869\
    0a2d44\
    ";
/// SHA-256 of the certificate.
const CA_CERT_256: &str = "fa068cc2f16638db3f292581b84fc96c884a51f66b7cad3ddc61ea6f7825075a";
/// SHA-512 of the certificate.
const CA_CERT_512: &str = "\
    5b087fc85d0910d9a25e493bbea4a6dcaecfbfc2dc8c0f711e60e657d45ca353af54060805b414db0047193a\
    90388258d83c4cff61f1e86e7d2f975855493a60\
    ";
/// SHA-256 of the key.
const CA_KEY_256: &str = "c233688ba2daa6175fa27132775e72bcd74514fc9c779d17ee3bc333e36f5225";
/// SHA-512 of the key.
const CA_KEY_512: &str = "\
    2b3f06e5f6982f96011b6e1cfd45eb0c15d0c0e5c419d4442eaa416f24727cb446f884fa6f28699c0a728e7b\
    19180fef655be8b3d2f0371068f7d8f8de8dde25\
    ";
/// The certificate of the server.
const EE_CERT: &str = "\
    308201133081b9020102300a06082a8648ce3d04030230123110300e06035504030c0754657374204341301e\
    170d3236313230313033333330315a170d3336313132383033333330315a30193117301506035504030c0e6d\
    782e6578616d706c652e636f6d3059301306072a8648ce3d020106082a8648ce3d03010703420004a7e65014\
    1eadef43f82f10d88e09b3bbf69f3270cc7336a7570a367cc26539ed5b77d74a0f78fcab72d47a691dd688ad\
    10942c0ef21333d8cc310a86a5c67688300a06082a8648ce3d0403020349003046022100ed71992b682587ce\
    33f0af44ec5cf3899ca60956e1f53f9593fbe96f31d9dc29022100c2c0f3958d714fc56607f04741273e2c2a\
    82071c06f7a954358818385d9f0880\
    ";
/// Its SubjectPublicKeyInfo.
const EE_KEY: &str = "\
    3059301306072a8648ce3d020106082a8648ce3d03010703420004a7e650141eadef43f82f10d88e09b3bbf6\
    9f3270cc7336a7570a367cc26539ed5b77d74a0f78fcab72d47a691dd688ad10942c0ef21333d8cc310a86a5\
    c67688\
    ";
/// SHA-256 of the certificate.
const EE_CERT_256: &str = "ded45f48735fe613705a9dd94c90e034f8ee92fff6f0ff3d9fc8f0f3945c73a2";
/// SHA-512 of the certificate.
const EE_CERT_512: &str = "\
    5f5fad2f1399337f85a09f2b190b6f610cbad817e49eb8145d1fc217e04e94a5a825ae56da52bee960b2d0d9\
    750d104ca0788b261276b2eaa2bfc55fce59e56c\
    ";
/// SHA-256 of the key.
const EE_KEY_256: &str = "e767496c385429a8d085e5419e81e4d07f2c6910192c0ed189259cd1056f9626";
/// SHA-512 of the key.
const EE_KEY_512: &str = "\
    66ea6d948c831c82c45e5e0b98a7fface2a944a3895f457e1d39ffd84d0fdae13dc8e5d784fed30a94a33c05\
    d48a2b84da3ef8e10e49a8e4d1fe4b9c6550d4dd\
    ";

fn octets(hex: &str) -> Vec<u8> {
    format!("3 0 0 {hex}").parse::<TlsaRecord>().unwrap().data
}

fn record(usage: u8, selector: u8, matching: u8, hex: &str) -> TlsaRecord {
    format!("{usage} {selector} {matching} {hex}").parse().unwrap()
}

/// What the test above it is about: octets that live as long as it does.
struct Chain {
    server: [Vec<u8>; 2],
    authority: [Vec<u8>; 2],
}

impl Chain {
    fn new() -> Self {
        Self { server: [EE_CERT, EE_KEY].map(octets), authority: [CA_CERT, CA_KEY].map(octets) }
    }

    fn server(&self) -> Presented<'_> {
        Presented::new(&self.server[0], &self.server[1])
    }

    fn authority(&self) -> Presented<'_> {
        Presented::new(&self.authority[0], &self.authority[1])
    }

    fn all(&self) -> [Presented<'_>; 2] {
        [self.server(), self.authority()]
    }
}

/// Selector, matching type and data of a certificate, in all six ways.
fn ways(
    [cert, cert_256, cert_512, key, key_256, key_512]: [&'static str; 6],
) -> [(u8, u8, &'static str); 6] {
    [
        (0, 0, cert),
        (0, 1, cert_256),
        (0, 2, cert_512),
        (1, 0, key),
        (1, 1, key_256),
        (1, 2, key_512),
    ]
}

const SERVER: [&str; 6] = [EE_CERT, EE_CERT_256, EE_CERT_512, EE_KEY, EE_KEY_256, EE_KEY_512];
const AUTHORITY: [&str; 6] = [CA_CERT, CA_CERT_256, CA_CERT_512, CA_KEY, CA_KEY_256, CA_KEY_512];

/// RFC 7672 §3.1.1: "simply checking that the server's leaf certificate matches the TLSA record".
#[test]
fn a_dane_ee_record_of_any_selector_and_matching_type_has_the_certificate_of_the_server() {
    let chain = Chain::new();
    for (selector, matching, hex) in ways(SERVER) {
        let record = record(3, selector, matching, hex);
        assert!(record.matches(&chain.server()) && !record.matches(&chain.authority()));
        let records = [record];
        assert_eq!(usable(&records), records);
        assert_eq!(verdict(&records, &chain.all()), DaneVerdict::EndEntity, "{records:?}");
        assert_eq!(verdict(&records, &[chain.server()]), DaneVerdict::EndEntity);
        assert_eq!(verdict(&records, &[chain.authority()]), DaneVerdict::NoMatch);
        // Only the certificate of the server counts, wherever else it may stand.
        let turned = [chain.authority(), chain.server()];
        assert_eq!(verdict(&records, &turned), DaneVerdict::NoMatch);
    }
}

/// RFC 7672 §3.1.2.
#[test]
fn a_dane_ta_record_of_any_selector_and_matching_type_has_an_authority_of_the_chain() {
    let chain = Chain::new();
    for (selector, matching, hex) in ways(AUTHORITY) {
        let records = [record(2, selector, matching, hex)];
        let told = verdict(&records, &chain.all());
        assert!(matches!(told, DaneVerdict::TrustAnchor { index: 1, .. }), "{records:?} {told:?}");
        // "MUST include the TA certificate as part of the certificate chain presented in the TLS
        // handshake".
        assert_eq!(verdict(&records, &[chain.server()]), DaneVerdict::NoMatch);
        assert_eq!(verdict(&records, &[]), DaneVerdict::NoMatch);
        let far = [chain.server(), chain.server(), chain.authority(), chain.authority()];
        let told = verdict(&records, &far);
        assert!(matches!(told, DaneVerdict::TrustAnchor { index: 2, .. }), "{told:?}");
    }
    // The server itself is no anchor of its own chain.
    let records = [record(2, 0, 1, EE_CERT_256)];
    assert_eq!(verdict(&records, &chain.all()), DaneVerdict::NoMatch);
}

#[test]
fn a_match_of_the_server_is_told_before_one_of_an_anchor() {
    let chain = Chain::new();
    let both = [record(2, 0, 1, CA_CERT_256), record(3, 1, 1, EE_KEY_256)];
    assert_eq!(verdict(&both, &chain.all()), DaneVerdict::EndEntity);
    // A certificate that is replaced: either of the two records is enough.
    let rolled = [record(3, 1, 1, CA_KEY_256), record(3, 1, 1, EE_KEY_256)];
    assert_eq!(verdict(&rolled, &chain.all()), DaneVerdict::EndEntity);
}

#[test]
fn what_smtp_cannot_use_is_dropped_and_says_nothing() {
    let chain = Chain::new();
    let long = format!("{EE_KEY_256}00");
    let der = format!("{EE_KEY}00");
    for useless in [
        // RFC 7672 §3.1.3.
        record(0, 0, 1, CA_CERT_256),
        record(1, 1, 1, EE_KEY_256),
        // Not assigned (RFC 6698 §7).
        record(4, 1, 1, EE_KEY_256),
        record(255, 1, 1, EE_KEY_256),
        record(3, 2, 1, EE_KEY_256),
        record(3, 255, 1, EE_KEY_256),
        record(3, 1, 3, EE_KEY_256),
        record(3, 1, 255, EE_KEY_256),
        // Digests of another length.
        record(3, 1, 1, &EE_KEY_256[2..]),
        record(3, 1, 1, &long),
        record(3, 1, 2, EE_KEY_256),
        record(3, 1, 1, EE_KEY_512),
        TlsaRecord::new(3, 1, 1, []),
        // No DER.
        TlsaRecord::new(3, 1, 0, []),
        TlsaRecord::new(3, 1, 0, [0x30]),
        TlsaRecord::new(3, 1, 0, [0x30, 0x80]),
        TlsaRecord::new(3, 1, 0, [0x30, 0x85, 0, 0, 0, 0, 0]),
        record(3, 1, 0, &der),
        record(3, 1, 0, &EE_KEY[..90]),
        record(3, 1, 0, EE_KEY_256),
    ] {
        assert_eq!(usable(std::slice::from_ref(&useless)), [], "{useless}");
        assert_eq!(verdict(&[useless], &chain.all()), DaneVerdict::NoMatch);
    }
}

/// RFC 7671 §9: of each usage and selector the strongest digest alone, and what is in full.
#[test]
fn a_weaker_digest_does_not_count_beside_a_stronger_one() {
    let weak = record(3, 1, 1, EE_KEY_256);
    let strong = record(3, 1, 2, CA_KEY_512);
    let full = record(3, 1, 0, EE_KEY);
    let other_selector = record(3, 0, 1, EE_CERT_256);
    let other_usage = record(2, 1, 1, CA_KEY_256);
    let broken = record(3, 1, 2, EE_KEY_256);
    let table: [(&[&TlsaRecord], &[&TlsaRecord]); 6] = [
        (&[&weak, &strong], &[&strong]),
        (&[&strong, &weak], &[&strong]),
        (&[&full, &weak], &[&full, &weak]),
        (&[&full, &weak, &strong], &[&full, &strong]),
        (
            &[&weak, &strong, &other_selector, &other_usage],
            &[&strong, &other_selector, &other_usage],
        ),
        // One that cannot be used is none.
        (&[&weak, &broken], &[&weak]),
    ];
    for (records, kept) in table {
        let records: Vec<_> = records.iter().copied().cloned().collect();
        assert_eq!(usable(&records).iter().collect::<Vec<_>>(), kept);
    }
    // The weak one has the certificate, the strong one has not.
    let chain = Chain::new();
    assert_eq!(verdict(std::slice::from_ref(&weak), &chain.all()), DaneVerdict::EndEntity);
    assert_eq!(verdict(&[weak, strong], &chain.all()), DaneVerdict::NoMatch);
}

/// The examples of RFC 6698 §2.3.
#[test]
fn the_examples_of_the_rfc_are_read() {
    let digest = "0 0 1 d2abde240d7cd3ee6b4b28c54df034b9\n      7983a1d16e8a410e4561cb106618e971";
    let record: TlsaRecord = digest.parse().unwrap();
    assert_eq!((record.usage, record.selector, record.matching), (0, 0, 1));
    assert_eq!((record.data.len(), record.data[0], record.data[31]), (32, 0xd2, 0x71));
    let digest = "1 1 2 92003ba34942dc74152e2f2c408d29ec
        a5a520e7f2e06bb944f4dca346baf63c
        1b177615d466f6c4b71c216a50292bd5
        8c9ebdd2f74e38fe51ffd48c43326cbc";
    let record: TlsaRecord = digest.parse().unwrap();
    assert_eq!((record.usage, record.selector, record.matching, record.data.len()), (1, 1, 2, 64));
    assert_eq!(record.to_string().split_ascii_whitespace().count(), 4);
    assert_eq!(record.to_string().parse(), Ok(record));
}

#[test]
fn what_is_no_record_is_refused() {
    for text in ["", "3", "3 1", "256 1 1 ab", "-1 1 1 ab", "+3 1 1 ab", "3 1 x ab", "EE 1 1 ab"] {
        assert_eq!(text.parse::<TlsaRecord>(), Err(InvalidTlsa::Number), "{text}");
    }
    for text in
        ["3 1 1", "3 1 1 ", "3 1 1 a", "3 1 1 abc", "3 1 1 ag", "3 1 1 ( ab )", "3 1 1 \u{e9}"]
    {
        assert_eq!(text.parse::<TlsaRecord>(), Err(InvalidTlsa::Data), "{text}");
    }
}

#[test]
fn no_more_records_than_the_limit_are_kept() {
    let records: Vec<_> = (0..=u16::MAX)
        .map(|number| {
            let mut data = [0; 32];
            data[..2].copy_from_slice(&number.to_be_bytes());
            TlsaRecord::new(3, 1, 1, data)
        })
        .collect();
    assert_eq!(usable(&records), records[..MOST]);
    // What cannot be used takes no place of what can.
    let mut useless = vec![TlsaRecord::new(1, 1, 1, [0; 32]); 1000];
    useless.push(records[0].clone());
    assert_eq!(usable(&useless), records[..1]);
}

#[test]
fn a_long_chain_costs_a_digest_of_each_certificate_and_no_more() {
    let certificate = vec![0x30; 1 << 20];
    let chain = [Presented::new(&certificate, &certificate); 8];
    let records = [const { [7; 32] }; MOST].map(|digest| TlsaRecord::new(2, 0, 1, digest));
    let time = |records: &[TlsaRecord]| {
        let began = Instant::now();
        assert_eq!(verdict(records, &chain), DaneVerdict::NoMatch);
        began.elapsed()
    };
    let one = time(&records[..1]).max(Duration::from_millis(1));
    let all = time(&records);
    assert!(all < one * 10, "{one:?} {all:?}");
}

proptest! {
    #[test]
    fn a_record_is_read_as_it_was_written(
        usage: u8, selector: u8, matching: u8, data in prop::collection::vec(any::<u8>(), 1..80),
    ) {
        let record = TlsaRecord::new(usage, selector, matching, data);
        prop_assert_eq!(record.to_string().parse(), Ok(record));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = text.parse::<TlsaRecord>();
    }

    #[test]
    fn what_is_usable_is_usable_again_and_only_less_than_there_was(
        records in prop::collection::vec(
            (0u8..5, 0u8..3, 0u8..4, prop::sample::select(vec![0usize, 2, 31, 32, 64])),
            0..60,
        ),
    ) {
        let records: Vec<_> = records
            .into_iter()
            .map(|(usage, selector, matching, length)| {
                let mut data = vec![0; length];
                data.splice(..length.min(2), [0x30, u8::try_from(length.saturating_sub(2)).unwrap()]
                    .into_iter().take(length.min(2)));
                TlsaRecord::new(usage, selector, matching, data)
            })
            .collect();
        let kept = usable(&records);
        prop_assert_eq!(&usable(&kept), &kept);
        prop_assert!(kept.iter().all(|record| records.contains(record)));
        prop_assert!(kept.iter().all(|record| matches!(record.usage, 2 | 3)));
    }
}

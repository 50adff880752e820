//! The header of the PROXY protocol, by `doc/proxy-protocol.txt` of HAProxy, whose sections are cited.

use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};

use postrider_smtp::ValueError;
use postrider_smtp::proxy::{
    Endpoints, Fault, Header, LARGEST, LIMIT, Parsed, Transport, UnixAddress, Version,
};
use proptest::prelude::*;

/// §2.2: "The binary header format starts with a constant 12 bytes block".
const SIGNATURE: &[u8] = b"\x0D\x0A\x0D\x0A\x00\x0D\x0A\x51\x55\x49\x54\x0A";

fn tcp(source: &str, destination: &str) -> Endpoints {
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    Endpoints::tcp(address(source), address(destination)).unwrap()
}

/// The header that `octets` are, to the last.
fn whole(octets: &[u8]) -> Header {
    match Header::parse_within(octets, LARGEST) {
        Parsed::Complete { header, octets: taken } if taken == octets.len() => header,
        other => panic!("{}: {other:?}", octets.escape_ascii()),
    }
}

fn v2(command: u8, family: u8, block: &[u8]) -> Vec<u8> {
    let length = u16::try_from(block.len()).unwrap().to_be_bytes();
    [SIGNATURE, &[command, family], &length, block].concat()
}

#[test]
fn the_lines_of_the_specification_are_read() {
    // §2.1: the example, and the longest line of each family.
    let table = [
        (
            "PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n",
            47,
            tcp("192.168.0.1:56324", "192.168.0.11:443"),
        ),
        (
            "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
            56,
            tcp("255.255.255.255:65535", "255.255.255.255:65535"),
        ),
        (
            "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
             ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
            104,
            tcp(
                "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
                "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
            ),
        ),
        ("PROXY UNKNOWN\r\n", 15, Endpoints::Unknown),
        (
            "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
             ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
            107,
            Endpoints::Unknown,
        ),
        // "upper or lower case", and "one double colon sequence".
        ("PROXY TCP6 2001:DB8::1 ::1 0 25\r\n", 33, tcp("[2001:db8::1]:0", "[::1]:25")),
    ];
    for (line, octets, endpoints) in table {
        assert_eq!(line.len(), octets, "{line}");
        let header = whole(line.as_bytes());
        assert_eq!((header.version(), header.endpoints()), (Version::One, &endpoints), "{line}");
        assert_eq!(header.tlvs().count(), 0);
    }
}

#[test]
fn a_header_that_haproxy_wrote_is_read_and_written_alike() {
    // Captured between HAProxy and a listener; the request of the client follows.
    let wire = b"\x0d\x0a\x0d\x0a\x00\x0d\x0a\x51\x55\x49\x54\x0a\x21\x11\x00\x0c\
        \xac\x13\x00\x01\xac\x13\x00\x03\xa6\x52\x00\x50GET / HTTP/1.1\r\n";
    let Parsed::Complete { header, octets } = Header::parse(wire) else { panic!() };
    assert_eq!((octets, header.version()), (28, Version::Two));
    assert_eq!(header.source(), Some("172.19.0.1:42578".parse().unwrap()));
    assert_eq!(header.destination(), Some("172.19.0.3:80".parse().unwrap()));
    assert_eq!(header.write(), wire[..28]);
}

#[test]
fn lines_that_do_not_exactly_match_are_refused() {
    let lines: &[&[u8]] = &[
        // "exactly one space"
        b"PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
        b"PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1  2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n",
        b"PROXY TCP4 1.2.3.4\t5.6.7.8 1 2\r\n",
        // "Heading zeroes are not permitted"
        b"PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 00\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 -2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n",
        b"PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n",
        b"PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n",
        // "The advertised protocol family dictates what format to use."
        b"PROXY TCP4 ::1 ::1 1 2\r\n",
        b"PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
        b"PROXY TCP6 [::1] [::1] 1 2\r\n",
        b"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
        b"PROXY TCP6 1::2::3 ::1 1 2\r\n",
        b"PROXY TCP6 1:2:3:4:5:6:7 ::1 1 2\r\n",
        // Only these words.
        b"PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
        b"PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n",
        b"PROXY TCP5",
        b"PROXY UNKNOWNX\r\n",
        b"PROXY \r\n",
        // "must not tolerate a single CR or LF character to end the line"
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rEHLO x",
        b"PROXY UNKNOWN\n",
        b"PROXY UNKNOWN a\nb\r\n",
        b"PROXY UNKNOWN a\rb\r\n",
        b"PROXY UNKNOWN \0\r\n",
        b"PROXY UNKNOWN \xff\r\n",
    ];
    for line in lines {
        let told = Header::parse(line);
        assert_eq!(told, Parsed::Invalid(Fault::Line), "{}", line.escape_ascii());
    }
    for other in
        ["proxy TCP4 ", "PROXYTCP4", "GET / HTTP/1.1\r\n", "EHLO bar.com\r\n", "\n", " PROXY"]
    {
        assert_eq!(Header::parse(other.as_bytes()), Parsed::Invalid(Fault::Signature), "{other}");
    }
}

#[test]
fn a_line_without_an_end_is_refused_at_107_octets() {
    let line = format!("PROXY UNKNOWN {}", "x".repeat(200));
    assert_eq!(Header::parse(&line.as_bytes()[..106]), Parsed::Partial);
    assert_eq!(Header::parse(&line.as_bytes()[..107]), Parsed::Invalid(Fault::TooLong));
    // An end behind that does not help.
    let late = format!("PROXY UNKNOWN {}\r\n", "x".repeat(92));
    assert_eq!(Header::parse(late.as_bytes()), Parsed::Invalid(Fault::TooLong));
    assert_eq!(Header::parse(&late.as_bytes()[..107]), Parsed::Invalid(Fault::TooLong));
    assert_eq!(whole(format!("PROXY UNKNOWN {}\r\n", "x".repeat(91)).as_bytes()).source(), None);
}

#[test]
fn local_is_accepted_whatever_its_block_holds() {
    // §2.2: the receiver must "discard the protocol block including the family which is ignored",
    // and "must not assume zero is presented for LOCAL connections".
    for (family, block) in [(0, &b""[..]), (0x11, &[7; 12]), (0xff, b"no addresses, no tlvs")] {
        let wire = v2(0x20, family, block);
        let header = whole(&wire);
        assert_eq!(header.endpoints(), &Endpoints::Local);
        assert!(header.source().is_none() && header.tlvs().next().is_none());
    }
    assert_eq!(Header::v2(Endpoints::Local).write(), v2(0x20, 0, b""));
}

#[test]
fn an_unspecified_family_or_transport_hides_the_block() {
    for family in [0x00, 0x01, 0x02, 0x10, 0x20, 0x30] {
        for block in [&b""[..], b"whatever it is"] {
            let header = whole(&v2(0x21, family, block));
            assert_eq!(header.endpoints(), &Endpoints::Unknown, "{family:x}");
            assert_eq!(header.source(), None);
        }
    }
}

#[test]
fn every_family_and_transport_is_read() {
    let ports = [0x01, 0x02, 0x03, 0x04];
    let v4 = [&[192, 0, 2, 1, 192, 0, 2, 2][..], &ports].concat();
    let (source, destination) =
        ("192.0.2.1:258".parse().unwrap(), "192.0.2.2:772".parse().unwrap());
    for (family, transport) in [(0x11, Transport::Stream), (0x12, Transport::Datagram)] {
        let header = whole(&v2(0x21, family, &v4));
        assert_eq!(header.endpoints(), &Endpoints::Ipv4 { transport, source, destination });
    }
    let v6 = [&[0; 15][..], &[1], &[0x20, 1, 0xd, 0xb8], &[0; 12], &ports].concat();
    let (source, destination) = ("[::1]:258".parse().unwrap(), "[2001:db8::]:772".parse().unwrap());
    for (family, transport) in [(0x21, Transport::Stream), (0x22, Transport::Datagram)] {
        let header = whole(&v2(0x21, family, &v6));
        assert_eq!(header.endpoints(), &Endpoints::Ipv6 { transport, source, destination });
    }
    let mut unix = [0; 216];
    unix[..9].copy_from_slice(b"/run/mail");
    unix[108..113].copy_from_slice(b"\0name");
    for (family, transport) in [(0x31, Transport::Stream), (0x32, Transport::Datagram)] {
        let header = whole(&v2(0x21, family, &unix));
        let Endpoints::Unix { transport: told, source, destination } = header.endpoints() else {
            panic!("{header:?}")
        };
        assert_eq!(*told, transport);
        assert_eq!((source.path(), destination.path()), (&b"/run/mail"[..], &b"\0name"[..]));
        assert_eq!((source.octets(), destination.octets()), (&unix[..108], &unix[108..]));
        assert_eq!(header.source(), None);
    }
}

#[test]
fn hostile_binary_headers_are_refused_as_soon_as_they_show() {
    let table: &[(&[u8], Fault)] = &[
        (b"\x11", Fault::Command),
        (b"\x22", Fault::Command),
        (b"\x2f", Fault::Command),
        (b"\x01", Fault::Command),
        (b"\x21\x41", Fault::Family),
        (b"\x21\x13", Fault::Family),
        (b"\x21\xff", Fault::Family),
        // As long as the length field can tell, which is more than is taken.
        (b"\x21\x11\xff\xff", Fault::TooLong),
        (b"\x20\x00\xff\xff", Fault::TooLong),
        (b"\x21\x11\x0f\xf1", Fault::TooLong),
        // Addresses that are not there.
        (b"\x21\x11\x00\x00", Fault::Addresses),
        (b"\x21\x11\x00\x0baaaabbbb112", Fault::Addresses),
        (b"\x21\x21\x00\x0caaaabbbb1122", Fault::Addresses),
        (b"\x21\x31\x00\x0caaaabbbb1122", Fault::Addresses),
        // TLVs that go past the end.
        (b"\x21\x11\x00\x0daaaabbbb1122\x04", Fault::Tlv),
        (b"\x21\x11\x00\x0faaaabbbb1122\x04\x00\x01", Fault::Tlv),
        (b"\x21\x11\x00\x10aaaabbbb1122\x04\xff\xff.", Fault::Tlv),
        (b"\x21\x11\x00\x12aaaabbbb1122\x04\x00\x00\x04\x00\x01", Fault::Tlv),
    ];
    for (behind, fault) in table {
        let wire = [SIGNATURE, behind].concat();
        let told = Header::parse(&wire);
        assert_eq!(told, Parsed::Invalid(*fault), "{}", behind.escape_ascii());
        // One octet before, nothing was wrong yet.
        let before = Header::parse(&wire[..wire.len() - 1]);
        assert_eq!(before, Parsed::Partial, "{}", behind.escape_ascii());
    }
}

#[test]
fn the_limit_of_the_caller_bounds_a_header() {
    let large = Header::v2(tcp("192.0.2.1:1", "192.0.2.2:2"));
    let large = large.with_tlv(0xe0, &[0; 65520]).unwrap();
    let wire = large.write();
    assert_eq!(wire.len(), LARGEST);
    assert_eq!(Header::parse(&wire[..16]), Parsed::Invalid(Fault::TooLong));
    assert_eq!(whole(&wire), large);
    // One octet more cannot be told.
    let more = Header::v2(tcp("192.0.2.1:1", "192.0.2.2:2")).with_tlv(0xe0, &[0; 65521]);
    assert!(matches!(more, Err(ValueError::TooLong { most: LARGEST, .. })));
    assert!(matches!(large.with_tlv(4, b""), Err(ValueError::TooLong { most: LARGEST, .. })));
    let most = Header::v2(tcp("192.0.2.1:1", "192.0.2.2:2")).with_tlv(4, &[0; LIMIT - 31]).unwrap();
    assert_eq!(most.write().len(), LIMIT);
    assert!(matches!(Header::parse(&most.write()), Parsed::Complete { octets: LIMIT, .. }));
    let line = b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n";
    assert_eq!(Header::parse_within(line, line.len() - 1), Parsed::Invalid(Fault::TooLong));
    assert!(matches!(Header::parse_within(line, line.len()), Parsed::Complete { .. }));
}

#[test]
fn only_what_a_version_can_tell_is_made() {
    let name = || UnixAddress::new(b"/run/mail").unwrap();
    let unix =
        Endpoints::Unix { transport: Transport::Stream, source: name(), destination: name() };
    let (source, destination) = ("192.0.2.1:1".parse().unwrap(), "192.0.2.2:2".parse().unwrap());
    let udp = Endpoints::Ipv4 { transport: Transport::Datagram, source, destination };
    for endpoints in [unix, udp, Endpoints::Local] {
        assert_eq!(Header::v1(endpoints.clone()), Err(ValueError::Range));
        assert_eq!(whole(&Header::v2(endpoints.clone()).write()).endpoints(), &endpoints);
    }
    let line = Header::v1(tcp("192.0.2.1:1", "192.0.2.2:2")).unwrap();
    assert_eq!(line.with_tlv(4, b""), Err(ValueError::Range));
    for nobody in [Endpoints::Local, Endpoints::Unknown] {
        assert_eq!(Header::v2(nobody).with_tlv(4, b""), Err(ValueError::Range));
    }
    let mixed = ["192.0.2.1:1".parse().unwrap(), "[::1]:1".parse().unwrap()];
    assert_eq!(Endpoints::tcp(mixed[0], mixed[1]), Err(ValueError::Range));
    assert!(UnixAddress::new(&[b'x'; 108]).is_ok());
    let longer = UnixAddress::new(&[b'x'; 109]);
    assert!(matches!(longer, Err(ValueError::TooLong { most: 108, .. })));
}

#[test]
fn an_address_of_version_6_has_no_dots_in_a_line() {
    // §2.1: "series of sets of 4 hexadecimal digits"; others write them, as inet_ntop does.
    let mapped = tcp("[::ffff:192.0.2.1]:1", "[::1]:2");
    let line = Header::v1(mapped.clone()).unwrap().write();
    assert_eq!(line, b"PROXY TCP6 ::ffff:c000:201 ::1 1 2\r\n");
    assert_eq!(whole(&line).endpoints(), &mapped);
    assert_eq!(whole(b"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n").endpoints(), &mapped);
}

/// Everything that a header can tell.
fn headers() -> impl Strategy<Value = Header> {
    let unix = || {
        prop::collection::vec(any::<u8>(), 0..=108)
            .prop_map(|name| UnixAddress::new(&name).unwrap())
    };
    let transport = prop_oneof![Just(Transport::Stream), Just(Transport::Datagram)];
    let ipv4 = (any::<[[u8; 4]; 2]>(), any::<[u16; 2]>(), transport.clone()).prop_map(
        |([from, to], [from_port, to_port], transport)| Endpoints::Ipv4 {
            transport,
            source: SocketAddrV4::new(from.into(), from_port),
            destination: SocketAddrV4::new(to.into(), to_port),
        },
    );
    let ipv6 = (any::<[[u8; 16]; 2]>(), any::<[u16; 2]>(), any::<u32>(), transport.clone())
        .prop_map(|([from, to], [from_port, to_port], unsaid, transport)| Endpoints::Ipv6 {
            transport,
            source: SocketAddrV6::new(from.into(), from_port, unsaid, unsaid),
            destination: SocketAddrV6::new(to.into(), to_port, unsaid, 0),
        });
    let unix = (unix(), unix(), transport).prop_map(|(source, destination, transport)| {
        Endpoints::Unix { transport, source, destination }
    });
    let endpoints = prop_oneof![Just(Endpoints::Local), Just(Endpoints::Unknown), ipv4, ipv6, unix];
    let tlvs =
        prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..4);
    (endpoints, tlvs, any::<bool>()).prop_map(|(endpoints, tlvs, text)| {
        if let (true, Ok(header)) = (text, Header::v1(endpoints.clone())) {
            return header;
        }
        tlvs.iter().fold(Header::v2(endpoints), |header, (kind, value)| {
            header.clone().with_tlv(*kind, value).unwrap_or(header)
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_however_it_is_cut(header in headers(), behind: Vec<u8>) {
        let wire = header.write();
        let complete = Parsed::Complete { header, octets: wire.len() };
        for cut in 0..wire.len() {
            prop_assert_eq!(Header::parse(&wire[..cut]), Parsed::Partial);
        }
        prop_assert_eq!(Header::parse(&[wire, behind].concat()), complete);
    }

    #[test]
    fn what_is_told_of_octets_stays_when_more_come(
        start in prop::sample::select(vec![
            &b""[..], SIGNATURE, b"PROXY ", b"PROXY TCP4 ", b"PROXY UNKNOWN",
            b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0f",
        ]),
        octets in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            "[0-9a-f.: \r\n]{0,120}".prop_map(String::into_bytes),
        ],
    ) {
        let wire = [start, &octets].concat();
        let mut told = Parsed::Partial;
        for cut in 0..=wire.len() {
            let now = Header::parse(&wire[..cut]);
            prop_assert!(told == Parsed::Partial || now == told, "{:?}, then {:?}", told, now);
            told = now;
        }
        if let Parsed::Complete { header, octets } = told {
            prop_assert!(octets <= wire.len());
            let rewritten = header.write();
            prop_assert_eq!(Header::parse(&rewritten), Parsed::Complete { header, octets: rewritten.len() });
        }
    }
}

//! Which addresses are tried, and in which order.

use postrider_relay::route::{AddressOrder, Reach, Route, Router};

use crate::world::{World, at};

#[test]
fn addresses_that_are_not_public_are_known_in_every_disguise() {
    // RFC 6890 and those that it was built from; wrapped as RFC 4291, 6052 and 3056 have it.
    let near = [
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.1.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "::ffff:0:127.0.0.1",
        "2001:db8::5efe:10.0.0.1",
        "2001:0:7f00:1::1",
        "100::1",
        "192.0.0.1",
        "198.18.0.1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];
    for address in near {
        assert!(!Reach::Public.allows(address.parse().unwrap()), "{address}");
        assert!(Reach::Any.allows(address.parse().unwrap()), "{address}");
    }
    let far = [
        "1.1.1.1",
        "9.9.9.9",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "126.0.0.1",
        "128.0.0.1",
        "169.253.1.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.2.1",
        "192.167.1.1",
        "223.255.255.255",
        "2001:db8::1",
        "2606:4700::1111",
        "64:ff9b::101:101",
        "2002:101:101::1",
        "::ffff:1.1.1.1",
    ];
    for address in far {
        assert!(Reach::Public.allows(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn the_order_of_addresses_is_as_told_unless_set() {
    let told =
        ["192.0.2.1", "192.0.2.2", "2001:db8::1", "192.0.2.3", "2001:db8::2", "::ffff:192.0.2.1"];
    let world = World::default().with_host("h.example", at(&told));
    let with = |order: AddressOrder| {
        let router = Router::new().with_order(order);
        let route = Route::to_host(&router, "h.example", [0; 32]).unwrap();
        let plan = route.resolve(|need| world.ask(need));
        plan.map(|plan| plan.hosts[0].addresses.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let (a, b, c, x, y) = ("192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2");
    assert_eq!(with(AddressOrder::AsTold).unwrap(), [a, b, x, c, y]);
    assert_eq!(with(AddressOrder::Alternate).unwrap(), [x, a, y, b, c]);
    assert_eq!(with(AddressOrder::Ipv6First).unwrap(), [x, y, a, b, c]);
    assert_eq!(with(AddressOrder::Ipv4First).unwrap(), [a, b, c, x, y]);
    assert_eq!(with(AddressOrder::Ipv6Only).unwrap(), [x, y]);
    assert_eq!(with(AddressOrder::Ipv4Only).unwrap(), [a, b, c]);
}

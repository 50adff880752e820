//! What a tree may cost, counted by an allocator.

use allocation_counter::measure;
use postrider_mime::Message;

#[test]
fn a_leaf_costs_nothing_until_it_is_asked_for() {
    let mut text = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\n".to_vec();
    text.resize(64 << 20, b'x');
    let cost = measure(|| drop(Message::parse(&text[..])));
    assert!(cost.bytes_max < 8192, "{cost:?}");
    let message = Message::parse(&text[..]).unwrap();
    let cost =
        measure(|| assert_eq!(message.part(&[1]).unwrap().decoded().value.len(), (64 << 20) - 48));
    assert!(cost.bytes_max < 1024, "{cost:?}");
}

#[test]
fn many_tiny_parts_cost_what_the_limits_allow() {
    for family in [
        "--a\n",
        "--a\n\n",
        "--a\nA:b\n\n",
        "--a\nContent-Type: multipart/x; boundary=b\n\n--b\n\n",
    ] {
        let text = "Content-Type: multipart/mixed; boundary=a\n\n".to_owned()
            + &family.repeat((4 << 20) / family.len());
        let cost = measure(|| drop(Message::parse(text.as_bytes())));
        assert!(cost.bytes_max < 16 << 20, "{family:?}: {cost:?}");
    }
}

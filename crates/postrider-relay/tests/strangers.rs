//! Texts of strangers, and resolvers that answer anything: as the fuzzers try them.

#[path = "checks/reads.rs"]
mod reads;

use proptest::prelude::*;

/// Seeds of the fuzzer, cut and joined.
fn near_the_seeds() -> impl Strategy<Value = Vec<u8>> {
    let seeds: Vec<Vec<u8>> = vec![
        b"version: STSv1\r\nmode: enforce\r\nmx: *.example.net\r\nmax_age: 604800\r\n".to_vec(),
        b"v=STSv1; id=1;".to_vec(),
        b"3 1 1 2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683".to_vec(),
        b"Return-Path: <a@a.example>\r\nTo: us@us.example\r\nSubject: x\r\n\r\nx\r\n".to_vec(),
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: \
          message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\nFinal-Recipient: rfc822; a@b\r\n\
          Action: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
            .to_vec(),
    ];
    let piece =
        (prop::sample::select(seeds), any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let piece = piece.prop_map(|(seed, from, to)| {
        let (from, to) = (from.index(seed.len()), to.index(seed.len() + 1));
        seed[from.min(to)..from.max(to)].to_vec()
    });
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_is_read_of_strangers_is_written_and_read_as_the_same(data in near_the_seeds()) {
        reads::check(&data);
    }

    #[test]
    fn no_octets_of_strangers_do_harm(data: Vec<u8>) {
        reads::check(&data);
    }
}

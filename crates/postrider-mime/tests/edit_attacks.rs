//! Edits of messages that were made to confuse: what is written is the tree that was asked for, or
//! the edit is refused.

#[path = "checks/edit.rs"]
mod edit;

/// What messages are put together from.
const PIECES: [&[u8]; 30] = [
    b"\n",
    b"\n",
    b"\r\n",
    b"\r",
    b"--a\n",
    b"--a\n",
    b"--a\r\n",
    b"--b\n",
    b"--b\n",
    b"--a--\n",
    b"--a--",
    b"--b--\n",
    b"--b--",
    b"--a----\n",
    b"Content-Type: multipart/mixed; boundary=a\n\n",
    b"Content-Type: multipart/mixed; boundary=b\n\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n",
    b"Content-Type: multipart/digest; boundary=a\n\n",
    b"Content-Type: multipart/x; boundary=\"a--\"\n\n",
    b"Content-Type: multipart/x\n\n",
    b"Content-Type: message/rfc822\n\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Subject: one\n",
    b"text",
    b"text\n",
    b"X: y",
    b"\xef\xbb\xbf",
    b"From a@b\n",
    b" \tb\n",
];

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn input(&mut self) -> Vec<u8> {
        let count = self.below(5);
        let mut input = vec![u8::try_from(count).unwrap()];
        input.extend((0..count * 3).map(|_| u8::try_from(self.below(256)).unwrap()));
        if self.below(4) > 0 {
            let roots: [&[u8]; 3] = [PIECES[14], PIECES[16], PIECES[17]];
            input.extend_from_slice(roots[self.below(3)]);
        }
        for _ in 0..self.below(24) {
            input.extend_from_slice(PIECES[self.below(PIECES.len())]);
        }
        input
    }
}

#[test]
fn whatever_is_edited_is_read_as_it_was_asked_for() {
    let seed = std::env::var("EDIT_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let rounds = std::env::var("EDIT_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(40_000);
    let mut random = Random(seed);
    for round in 0..rounds {
        let input = random.input();
        let failed = std::panic::catch_unwind(|| edit::check(&input)).is_err();
        assert!(!failed, "round {round}: b\"{}\"", input.escape_ascii());
    }
}

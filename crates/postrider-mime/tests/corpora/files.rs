//! Files that MimeKit and MIME-tools keep encoded and decoded.

use postrider_mime::Message;
use postrider_testkit::read_shared;

#[test]
fn an_encoded_file_is_the_file_beside_it() {
    for (encoding, encoded, decoded) in [
        ("base64", "mimekit/encoders/photo.b64", "mimekit/encoders/photo.jpg"),
        ("x-uuencode", "mimekit/encoders/photo.uu", "mimekit/encoders/photo.jpg"),
        ("quoted-printable", "mimekit/encoders/wikipedia.qp", "mimekit/encoders/wikipedia.txt"),
        // The first is broken into short lines, with padding in its midst and data behind it.
        ("base64", "perl-mime-tools/testin/phil.b64", "perl-mime-tools/testin/phil.bin"),
        ("base64", "perl-mime-tools/testin/phil2.b64", "perl-mime-tools/testin/phil.bin"),
    ] {
        let Some(octets) = read_shared(&format!("corpora/{encoded}")) else { return };
        let file = read_shared(&format!("corpora/{decoded}")).unwrap();
        let head = format!(
            "Content-Type: application/octet-stream\nContent-Transfer-Encoding: {encoding}\n\n"
        );
        let message = Message::parse([head.as_bytes(), &octets].concat()).unwrap();
        let ours = message.root().decoded().value;
        assert!(ours == file, "{encoded}: {} octets of {}", ours.len(), file.len());
    }
}

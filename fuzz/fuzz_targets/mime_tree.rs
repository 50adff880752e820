//! The multipart tree: no input panics, parts lie inside their parents, every leaf decodes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postrider::mime::Message;

fuzz_target!(|data: &[u8]| {
    let message = Message::parse(data).expect("far below 4 GiB");
    for part in message.parts() {
        let (span, body) = (part.span(), part.body_span());
        assert!(span.start() <= body.start() && body.end() <= span.end());
        if let Some(parent) = part.parent() {
            let outer = parent.body_span();
            assert!(outer.start() <= span.start() && span.end() <= outer.end());
        }
        let _ =
            (part.content_type(), part.disposition(), part.decoded(), part.text(), part.lines());
    }
});

//! Whatever the octets and however they are cut: the stream tells each octet once, in order, and the
//! structure that it tells is that of the tree.

use core::ops::Range;

use postrider_message::Defects;
use postrider_mime::{
    Limits, Message, Part, TransferEncoding,
    stream::{Content, Decode, Event, Octets, Parser},
};

/// What both readers tell of a part.
#[derive(Debug, PartialEq, Eq)]
struct Outline {
    depth: usize,
    /// `leaf`, `multipart` or `message`.
    kind: &'static str,
    /// The type as it is shown, with parameters and without.
    ty: String,
    media_type: String,
    encoding: TransferEncoding,
    header: Range<usize>,
    fields: Vec<Range<usize>>,
    /// Name and value of each that is not too long.
    values: Vec<(Vec<u8>, Vec<u8>)>,
    mbox_from: Vec<u8>,
    body: Range<usize>,
    preamble: Vec<u8>,
    epilogue: Option<Vec<u8>>,
    /// Of a leaf, as far as it was asked for.
    content: Vec<u8>,
    is_text: bool,
}

/// What the stream tells of a whole message.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    /// The name of each event and where its octets lie, pieces of one thing joined.
    transcript: Vec<(&'static str, Range<usize>)>,
    parts: Vec<Outline>,
    defects: Vec<(&'static str, Range<usize>)>,
    /// The open parts.
    open: Vec<usize>,
    /// Up to here the octets were told.
    end: usize,
}

fn at(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

impl Told {
    fn by_cuts(
        data: &[u8],
        limits: &Limits,
        decode: Decode,
        mut cut: impl FnMut() -> usize,
    ) -> Self {
        let mut told = Self::default();
        let mut parser = Parser::with_limits(decode, limits);
        let mut rest = data;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(cut().clamp(1, rest.len()));
            parser.push(chunk, &mut |event| told.event(data, event));
            rest = after;
        }
        parser.finish(&mut |event| told.event(data, event));
        assert_eq!(told.end, data.len(), "octets that were not told");
        assert!(told.open.is_empty(), "parts that did not end");
        told
    }

    fn innermost(&mut self) -> &mut Outline {
        let open = *self.open.last().unwrap();
        &mut self.parts[open]
    }

    fn octets(&mut self, data: &[u8], name: &'static str, octets: Octets<'_>) -> Range<usize> {
        let range = at(octets.offset)..at(octets.end());
        assert_eq!(range.start, self.end, "{name}: an octet is told twice or not at all");
        assert_eq!(octets.raw, &data[range.clone()], "{name}: other octets");
        self.end = range.end;
        match self.transcript.last_mut() {
            Some((last, before)) if is_piece(name) && *last == name => before.end = range.end,
            _ => self.transcript.push((name, range.clone())),
        }
        range
    }

    fn event(&mut self, data: &[u8], event: Event<'_>) {
        let name = name(&event);
        let range = match event.octets() {
            Some(octets) => self.octets(data, name, octets),
            None => 0..0,
        };
        match event {
            Event::Begin(begin) => {
                assert_eq!((at(begin.offset), begin.depth), (self.end, self.open.len()));
                self.transcript.push((name, self.end..self.end));
                self.open.push(self.parts.len());
                self.parts.push(Outline {
                    depth: begin.depth,
                    kind: "",
                    ty: String::new(),
                    media_type: String::new(),
                    encoding: TransferEncoding::SevenBit,
                    header: self.end..self.end,
                    fields: Vec::new(),
                    values: Vec::new(),
                    mbox_from: Vec::new(),
                    body: 0..0,
                    preamble: Vec::new(),
                    epilogue: None,
                    content: Vec::new(),
                    is_text: false,
                });
            }
            Event::ByteOrderMark(_) => self.innermost().header = range.end..range.end,
            Event::MboxFrom(octets) => {
                let part = self.innermost();
                part.mbox_from.extend_from_slice(octets.raw);
                part.header = range.end..range.end;
            }
            Event::Field(field) => {
                let part = self.innermost();
                part.fields.push(range);
                part.values.push((field.name().to_vec(), field.value().to_vec()));
            }
            Event::FieldPiece(piece) if piece.is_first => self.innermost().fields.push(range),
            Event::FieldPiece(_) => self.innermost().fields.last_mut().unwrap().end = range.end,
            Event::HeaderEnd(end) => {
                let part = self.innermost();
                part.header.end = range.end;
                part.body = range.end..range.end;
                part.ty = end.content_type().value.to_string();
                part.media_type = end.media_type().to_string();
                assert!(part.ty.starts_with(&part.media_type));
                part.encoding = end.transfer_encoding();
                part.kind = match (end.is_leaf(), end.is_multipart(), end.is_message()) {
                    (true, false, false) => "leaf",
                    (false, true, false) => "multipart",
                    (false, false, true) => "message",
                    _ => panic!("a part has one kind"),
                };
            }
            Event::Preamble(octets) => self.innermost().preamble.extend_from_slice(octets.raw),
            Event::Body(body) => {
                let part = self.innermost();
                assert_eq!(part.kind, "leaf");
                match body.content {
                    Content::Raw => {}
                    Content::Octets(octets) => part.content.extend_from_slice(octets),
                    Content::Text(text) => {
                        part.is_text |= !text.is_empty();
                        part.content.extend_from_slice(text.as_bytes());
                    }
                    _ => panic!("a content without a check"),
                }
            }
            Event::Epilogue(octets) => {
                let epilogue = self.innermost().epilogue.as_mut();
                epilogue.unwrap().extend_from_slice(octets.raw);
            }
            Event::Delimiter(delimiter) => {
                if delimiter.is_closing {
                    self.innermost().epilogue = Some(Vec::new());
                }
            }
            Event::Remainder(_) => {}
            Event::End(end) => {
                assert_eq!((at(end.offset), end.depth), (self.end, self.open.len() - 1));
                self.transcript.push((name, self.end..self.end));
                let open = self.open.pop().unwrap();
                self.parts[open].body.end = self.end;
            }
            Event::Defect(defect) => {
                self.defects.push((defect.code.name(), at(defect.start)..at(defect.end)));
            }
            _ => panic!("an event without a check"),
        }
    }
}

fn name(event: &Event<'_>) -> &'static str {
    match event {
        Event::Begin(_) => "begin",
        Event::ByteOrderMark(_) => "byte order mark",
        Event::MboxFrom(_) => "mbox from",
        Event::Field(_) => "field",
        Event::FieldPiece(piece) if piece.is_first => "first piece of a field",
        Event::FieldPiece(_) => "piece of a field",
        Event::HeaderEnd(_) => "header end",
        Event::Preamble(_) => "preamble",
        Event::Body(_) => "body",
        Event::Epilogue(_) => "epilogue",
        Event::Delimiter(_) => "delimiter",
        Event::Remainder(_) => "remainder",
        Event::End(_) => "end",
        Event::Defect(_) => "defect",
        _ => "unknown",
    }
}

/// Whether two such events in a row are as good as one.
fn is_piece(name: &str) -> bool {
    ["mbox from", "piece of a field", "preamble", "body", "epilogue", "remainder"].contains(&name)
}

fn outline(part: Part<'_>, decode: Decode, limits: &Limits) -> Outline {
    let kind = match (part.is_multipart(), part.message()) {
        (true, None) => "multipart",
        (false, Some(_)) => "message",
        _ => "leaf",
    };
    let text = if decode == Decode::Text { part.text() } else { None };
    let content = match &text {
        Some(text) => text.value.as_bytes().to_vec(),
        None if kind == "leaf" && decode != Decode::Raw => part.decoded().value.into_owned(),
        None => Vec::new(),
    };
    Outline {
        depth: core::iter::successors(part.parent(), |part| part.parent()).count(),
        kind,
        ty: part.content_type().value.to_string(),
        media_type: part.media_type().to_string(),
        encoding: part.transfer_encoding(),
        header: part.header_span().range(),
        fields: part.headers().fields().map(|field| field.span().range()).collect(),
        values: {
            let told = part.headers().fields().filter(|field| field.span().len() <= limits.field);
            told.map(|field| (field.name().to_vec(), field.value().to_vec())).collect()
        },
        mbox_from: part.headers().mbox_from().unwrap_or_default().to_vec(),
        body: part.body_span().range(),
        preamble: part.preamble().to_vec(),
        epilogue: part.epilogue().map(<[u8]>::to_vec),
        is_text: text.is_some() && !content.is_empty(),
        content,
    }
}

/// Checks one input with one set of limits, as a whole and by the cuts that `cut` tells.
pub(crate) fn check_with(data: &[u8], limits: &Limits, mut cut: impl FnMut() -> usize) {
    let message = Message::parse_with(data, limits).unwrap();
    for decode in [Decode::Raw, Decode::Octets, Decode::Text] {
        let whole = Told::by_cuts(data, limits, decode, || data.len());
        let pieces = Told::by_cuts(data, limits, decode, &mut cut);
        assert_eq!(pieces, whole, "cutting the input changes what is told");
        assert_eq!(message.parts().len(), whole.parts.len(), "the number of parts");
        for (part, mut told) in message.parts().zip(whole.parts) {
            let kept = part.headers().fields().len();
            assert!(kept <= told.fields.len());
            told.fields.truncate(kept);
            let outline = outline(part, decode, limits);
            assert!(outline.values.len() <= told.values.len());
            told.values.truncate(outline.values.len());
            assert_eq!(told, outline);
        }
        let of_bodies = message.parts().map(|part| match decode {
            Decode::Text if let Some(text) = part.text() => text.defects,
            Decode::Raw => Defects::default(),
            _ => part.decoded().defects,
        });
        let defects = message.defects().into_iter().copied().chain(of_bodies.flatten());
        let defects = defects.map(|one| (one.code().name(), one.span().range()));
        let mut defects: Vec<_> = defects.collect();
        let mut told = whole.defects;
        assert!(told.len() <= limits.defects);
        if decode == Decode::Raw {
            assert_eq!(told, defects);
        } else if defects.len() <= limits.defects {
            // Those of a body are told where it ends.
            defects.sort_by(|one, other| (one.1.start, one.0).cmp(&(other.1.start, other.0)));
            told.sort_by(|one, other| (one.1.start, one.0).cmp(&(other.1.start, other.0)));
            assert_eq!(told, defects);
        }
    }
}

/// Checks one input: the first octets choose the cuts, and what is left is read with the default
/// limits and with limits that are soon reached.
pub(crate) fn check(data: &[u8]) {
    let Some((&[most, mut seed], data)) = data.split_first_chunk() else { return };
    let mut cut = || {
        seed = seed.wrapping_mul(141).wrapping_add(79);
        usize::from(seed) % (usize::from(most) + 1)
    };
    check_with(data, &Limits::DEFAULT, &mut cut);
    let headers = postrider_message::Limits::DEFAULT.with_fields(3).with_parameters(2);
    let limits = Limits::DEFAULT.with_headers(headers).with_depth(3).with_parts(6);
    check_with(data, &limits.with_fields(9).with_field(60).with_defects(4), &mut cut);
}

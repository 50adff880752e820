//! An edited message is read as the tree that was asked for, and parts that were not edited have
//! the octets that they had.
//!
//! The first octet of an input says how many edits there are, up to eight; three octets each say
//! which; the rest is the message. Every edit that is not refused is made in an outline of the
//! message too, and what is written is parsed and compared with it.

use postrider_message::Text;
use postrider_mime::{Edit, Limits, Message, Part, Place, build::Entity, code};

/// Parts that are put in as they are, and others that must be refused where they would do harm.
const OCTETS: [&[u8]; 9] = [
    b"Content-Type: text/html\n\n<p>New",
    b"Content-Type: text/plain\r\n\r\nNew\r\n",
    b"Content-Type: image/png\n\n\n--\n",
    b"Content-Type: multipart/mixed; boundary=new\n\n--new\nX: y\n\none\n--new\n\ntwo\n--new--\n",
    b"Content-Type: message/rfc822\n\nSubject: New\n\nNew",
    b"Content-Type: text/plain\n\n--a\n\nNew",
    b"Content-Type: multipart/mixed; boundary=a\n\n--b\n\nNew",
    b"Content-Type: multipart/mixed; boundary=\"a--\"\n\n--a--\n\nNew",
    b"Content-Type: text/plain\n\nNew\r",
];

/// What the outline has of a part of the message.
#[derive(Debug, Clone, Default)]
struct Outline {
    children: Vec<usize>,
    removed: bool,
    replaced: Option<Vec<u8>>,
    text: Option<&'static str>,
    before: Vec<Vec<u8>>,
    after: Vec<Vec<u8>>,
    first: Vec<Vec<u8>>,
    last: Vec<Vec<u8>>,
    /// Parts behind it in the multipart that is around it now.
    wrap: Option<Vec<Vec<u8>>>,
    unwrapped: bool,
    /// Fields that are not of the message as it was.
    added: usize,
}

/// What a part is to be when it is read again.
#[derive(Debug)]
enum Expected {
    /// A part of the message.
    Part(usize),
    /// The message that keeps its fields around a new multipart, and the part that its body is now.
    Around(usize),
    Body(usize),
    /// The message that has the body of another part.
    Merged(usize, usize),
    New(Vec<u8>),
    Wrap,
    Empty,
}

struct Model<'m> {
    message: &'m Message<&'m [u8]>,
    parts: Vec<Part<'m>>,
    outline: Vec<Outline>,
}

/// Checks one input.
pub(crate) fn check(data: &[u8]) {
    let (count, rest) = data.split_first().unwrap_or((&0, &[]));
    let count = usize::from(count % 9).min(rest.len() / 3);
    let (edits, octets) = rest.split_at(count * 3);
    let message = Message::parse(octets).unwrap();
    let mut edit = Edit::of(&message);
    assert_eq!(edit.to_vec(), octets);
    assert!(edit.slices().len() <= 1, "what is not touched is one slice");
    let limited = [&code::TOO_DEEP, &code::TOO_MANY_PARTS];
    let limited = limited.into_iter().any(|code| message.defects().has(code));
    if limited || message.parts().any(|part| part.headers().edit().is_cut()) {
        return;
    }
    let mut model = Model::of(&message);
    let mut written = octets.len() + 200;
    for code in edits.chunks_exact(3) {
        model.apply(code, &mut edit);
        written += 600;
        if code[0] % 10 == 8 {
            // A new text has its type written anew, with nine characters for each octet of a
            // parameter that is no UTF-8.
            written += 9 * octets.len();
        }
    }
    let edited = edit.to_vec();
    assert_eq!(edit.slices().concat(), edited);
    assert!(edited.len() <= written, "more than was put in");
    model.compare(&edited);
}

impl<'m> Model<'m> {
    fn of(message: &'m Message<&'m [u8]>) -> Self {
        let parts: Vec<_> = message.parts().collect();
        let place = |wanted: Part<'_>| parts.iter().position(|part| *part == wanted).unwrap();
        let children =
            |part: &Part<'_>| part.children().chain(part.message()).map(place).collect::<Vec<_>>();
        let outline =
            parts.iter().map(|part| Outline { children: children(part), ..Outline::default() });
        let outline = outline.collect();
        Self { message, parts, outline }
    }

    fn is_message(&self, id: usize) -> bool {
        self.parts[id].parent().is_none_or(|around| !around.is_multipart())
    }

    /// Makes one edit, and the same in the outline where it is not refused.
    fn apply(&mut self, code: &[u8], edit: &mut Edit<'m>) {
        let id = usize::from(code[1]) % self.parts.len();
        let part = self.parts[id];
        let octets = OCTETS[usize::from(code[2]) % OCTETS.len()];
        let seed = [code[2]; 32];
        let lf = self.message.as_bytes().split(|&octet| octet == b'\n').next().unwrap();
        let lf = lf.len() < self.message.as_bytes().len() && !lf.ends_with(b"\r");
        let end = if lf { "\n" } else { "\r\n" };
        let entity = Entity::text("Built");
        let built =
            format!("Content-Type: text/plain; charset=us-ascii{end}{end}Built").into_bytes();
        match code[0] % 10 {
            0 if edit.remove(part).is_ok() => self.outline[id].removed = true,
            1 if edit.replace_raw(part, octets).is_ok() => {
                self.outline[id].replaced = Some(octets.to_vec());
            }
            2 | 3 => {
                let (place, built_too) = (code[2] / 16 % 4, code[0] % 10 == 3);
                let to = [
                    Place::Before(part),
                    Place::After(part),
                    Place::FirstIn(part),
                    Place::LastIn(part),
                ][usize::from(place)];
                let done = match built_too {
                    true => edit.insert(to, &entity, &seed),
                    false => edit.insert_raw(to, octets),
                };
                if done.is_ok() {
                    let one = &mut self.outline[id];
                    let list = match place {
                        0 => &mut one.before,
                        1 => &mut one.after,
                        2 => &mut one.first,
                        _ => &mut one.last,
                    };
                    list.push(if built_too { built } else { octets.to_vec() });
                }
            }
            4 => {
                if let Ok(headers) = edit.headers(part)
                    && headers.append("X-Added", &Text::new("Words").unwrap()).is_ok()
                {
                    self.outline[id].added += 1;
                }
            }
            5 if edit.wrap(part, "mixed", &seed).is_ok() => {
                self.outline[id].wrap = Some(Vec::new())
            }
            6 if edit.unwrap(part).is_ok() => self.outline[id].unwrapped = true,
            7 if !part.media_type().is("multipart", "mixed")
                && edit.attach(part, &entity, &seed).is_ok() =>
            {
                self.outline[id].wrap.get_or_insert_default().push(built);
            }
            8 if edit.set_text(part, "Text").is_ok() => self.outline[id].text = Some("Text"),
            9 if !self.is_message(id) && edit.replace(part, &entity, &seed).is_ok() => {
                self.outline[id].replaced = Some(built);
            }
            _ => {}
        }
    }

    /// The parts in the order of what is written, each with its depth.
    fn expected(&self, id: usize, depth: usize, out: &mut Vec<(usize, Expected)>) {
        let one = &self.outline[id];
        let is_message = self.is_message(id);
        let new = |parts: &[Vec<u8>], depth: usize, out: &mut Vec<(usize, Expected)>| {
            out.extend(parts.iter().map(|part| (depth, Expected::New(part.clone()))));
        };
        let mut inner = depth;
        match &one.wrap {
            Some(_) if is_message => {
                out.push((depth, Expected::Around(id)));
                inner += 1;
            }
            Some(_) => {
                out.push((depth, Expected::Wrap));
                inner += 1;
            }
            None => {}
        }
        match &one.replaced {
            Some(octets) => out.push((inner, Expected::New(octets.clone()))),
            None if one.unwrapped => {
                let left =
                    one.children.iter().find(|child| !self.outline[**child].removed).unwrap();
                let at = out.len();
                self.expected(*left, inner, out);
                if is_message {
                    out[at].1 = Expected::Merged(id, *left);
                }
            }
            None => {
                let body = one.wrap.is_some() && is_message;
                out.push((inner, if body { Expected::Body(id) } else { Expected::Part(id) }));
                let before = out.len();
                new(&one.first, inner + 1, out);
                for &child in one.children.iter().filter(|_| one.text.is_none()) {
                    let of = &self.outline[child];
                    new(&of.before, inner + 1, out);
                    if !of.removed {
                        self.expected(child, inner + 1, out);
                    }
                    new(&of.after, inner + 1, out);
                }
                new(&one.last, inner + 1, out);
                if out.len() == before && self.parts[id].is_multipart() && !one.children.is_empty()
                {
                    out.push((inner + 1, Expected::Empty));
                }
            }
        }
        if let Some(last) = &one.wrap {
            new(last, depth + 1, out);
        }
    }

    /// Whether what was written is read as what was asked for.
    fn compare(&self, written: &[u8]) {
        let limits = Limits::DEFAULT.with_depth(1_000);
        let edited = Message::parse_with(written, &limits).unwrap();
        let mut expected = Vec::new();
        self.expected(0, 0, &mut expected);
        let mut parts = edited.parts();
        let shown = written.escape_ascii();
        for (depth, one) in &expected {
            let part = parts.next().unwrap_or_else(|| panic!("no {one:?} in {shown}"));
            assert_eq!(part.depth(), *depth, "{one:?} in {shown}");
            match one {
                Expected::Part(id) => self.compare_part(*id, part, |_| true, &shown),
                Expected::Around(id) => {
                    let kept = fields(self.parts[*id], |field| !is_content(field));
                    let kept = with_added(kept, self.outline[*id].added);
                    let has_version = kept.iter().any(|field| is_named(field, b"mime-version"));
                    let told = fields(part, |field| {
                        !is_content(field) && (has_version || !is_named(field, b"mime-version"))
                    });
                    assert_eq!(told, kept, "{shown}");
                    assert!(part.media_type().is("multipart", "mixed"), "{shown}");
                }
                Expected::Body(id) => self.compare_part(*id, part, is_content, &shown),
                Expected::Merged(id, inner) => {
                    let mut kept = fields(self.parts[*id], |field| !is_content(field));
                    kept.extend(fields(self.parts[*inner], is_content));
                    let kept = with_added(kept, self.outline[*id].added);
                    let told = fields(part, |_| true);
                    let told = without_type(told, &kept);
                    assert_eq!(told, kept, "{shown}");
                    self.compare_body(*inner, part, &shown);
                }
                Expected::New(octets) => {
                    assert_eq!(part.span().of(written), octets, "{shown}");
                    let within = Message::parse(&octets[..]).unwrap().parts().len();
                    assert_eq!(parts.by_ref().take(within - 1).count(), within - 1);
                }
                Expected::Wrap => {
                    assert!(part.media_type().is("multipart", "mixed"), "{shown}");
                    assert_eq!(
                        (part.preamble(), part.epilogue()),
                        (&b""[..], Some(&b""[..])),
                        "{shown}"
                    );
                }
                Expected::Empty => {
                    assert_eq!(part.text().unwrap().value, "", "{shown}");
                }
            }
        }
        assert!(parts.next().is_none(), "more than {expected:?} in {shown}");
    }

    fn compare_part(
        &self,
        id: usize,
        part: Part<'_>,
        wanted: impl Fn(&[u8]) -> bool,
        shown: &dyn core::fmt::Display,
    ) {
        let one = &self.outline[id];
        let texts: &[&[u8]] = match one.text {
            Some(_) => &[b"content-type", b"content-transfer-encoding"],
            None => &[],
        };
        let kept = |field: &[u8]| wanted(field) && !texts.iter().any(|name| is_named(field, name));
        let mut expected = fields(self.parts[id], kept);
        if wanted(b"X-Added: Words") {
            expected = with_added(expected, one.added);
        }
        let told = fields(part, |field| !texts.iter().any(|name| is_named(field, name)));
        assert_eq!(without_type(told, &expected), expected, "{shown}");
        self.compare_body(id, part, shown);
    }

    fn compare_body(&self, id: usize, part: Part<'_>, shown: &dyn core::fmt::Display) {
        let (one, was) = (&self.outline[id], self.parts[id]);
        assert_eq!(part.is_multipart(), was.is_multipart(), "{shown}");
        assert_eq!(part.message().is_some(), was.message().is_some(), "{shown}");
        match one.text {
            Some(text) => assert_eq!(part.text().unwrap().value, text, "{shown}"),
            None if was.is_multipart() && one.children.is_empty() => {
                assert!(part.preamble() == was.preamble(), "{shown}");
            }
            None if was.is_multipart() => {
                assert_eq!(part.preamble(), was.preamble(), "{shown}");
                assert_eq!(part.epilogue(), was.epilogue(), "{shown}");
            }
            None if was.message().is_none() => {
                assert_eq!(part.raw_body(), was.raw_body(), "{shown}")
            }
            None => {}
        }
    }
}

/// The name of a field; a line without a colon has none, whatever continues it.
fn name(field: &[u8]) -> &[u8] {
    let line = field.split(|&octet| octet == b'\n').next().unwrap();
    let colon = line.iter().position(|&octet| octet == b':').unwrap_or(0);
    line[..colon].trim_ascii_end()
}

fn is_named(field: &[u8], wanted: &[u8]) -> bool {
    name(field).eq_ignore_ascii_case(wanted)
}

fn is_content(field: &[u8]) -> bool {
    name(field).get(..8).is_some_and(|start| start.eq_ignore_ascii_case(b"content-"))
}

/// Those fields of a part that are wanted, sorted, without the last line end.
fn fields(part: Part<'_>, wanted: impl Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
    let raw = part.headers().fields().filter(|field| wanted(field.raw()));
    let line = |raw: &[u8]| {
        let line = raw.strip_suffix(b"\n");
        line.map_or(raw, |line| line.strip_suffix(b"\r").unwrap_or(line)).to_vec()
    };
    let mut lines: Vec<_> = raw.map(|field| line(field.raw())).collect();
    // Of what is documented with the edits of header sections: a byte order mark that comes first is
    // no part of a field, one that nothing follows is a line, and a line that begins with `From `
    // and comes first is mbox's.
    for line in &mut lines {
        let mark = if line.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        line.drain(..mark);
    }
    lines.retain(|line| !line.is_empty() && !line.starts_with(b"From "));
    lines.sort();
    lines
}

fn with_added(mut fields: Vec<Vec<u8>>, added: usize) -> Vec<Vec<u8>> {
    fields.extend((0..added).map(|_| b"X-Added: Words".to_vec()));
    fields.sort();
    fields
}

/// Without a type that had to be said, for the part came from a digest or went to one.
fn without_type(mut told: Vec<Vec<u8>>, expected: &[Vec<u8>]) -> Vec<Vec<u8>> {
    for said in [&b"Content-Type: message/rfc822"[..], b"Content-Type: text/plain"] {
        if told.len() > expected.len()
            && let Some(at) = told.iter().position(|field| field == said)
        {
            told.remove(at);
        }
    }
    told
}

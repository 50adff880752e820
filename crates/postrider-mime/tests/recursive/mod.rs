//! `parseStructure` of RFC 8621 §4.1.4, line by line as it is printed, recursion included. Parts are
//! named by where they start.

use postrider_mime::Part;

#[derive(Default)]
pub(crate) struct Lists {
    pub(crate) text: Vec<usize>,
    pub(crate) html: Vec<usize>,
    pub(crate) attachments: Vec<usize>,
    /// What the code puts in no list, and what it would push to `null`.
    pub(crate) forgotten: Vec<usize>,
}

pub(crate) fn select(root: Part<'_>) -> Lists {
    let mut lists = Lists::default();
    parse_structure(&[root], "mixed", false, true, true, &mut lists);
    lists
}

/// `has_html` and `has_text` say that `htmlBody` and `textBody` are not `null`.
fn parse_structure(
    parts: &[Part<'_>],
    multipart_type: &str,
    in_alternative: bool,
    mut has_html: bool,
    mut has_text: bool,
    lists: &mut Lists,
) {
    let text_length = if has_text { lists.text.len() as isize } else { -1 };
    let html_length = if has_html { lists.html.len() as isize } else { -1 };

    for (i, part) in parts.iter().enumerate() {
        let at = part.header_span().start();
        let content_type = part.content_type().value;
        let (ty, subtype) =
            (content_type.ty().to_lowercase(), content_type.subtype().to_lowercase());
        let whole = format!("{ty}/{subtype}");
        let disposition = part.disposition().map(|one| one.value.ty().to_lowercase());
        // "If not present" is told from an empty name by neither: both are false in JavaScript.
        let name = disposition_name(part)
            .or_else(|| content_type.parameters().text("name").map(|text| text.into_owned()));
        let has_name = name.is_some_and(|name| !name.is_empty());
        let is_multipart = ty == "multipart";
        let is_inline_media_type = ["image", "audio", "video"].contains(&ty.as_str());
        let is_inline = disposition.as_deref() != Some("attachment")
            && (whole == "text/plain" || whole == "text/html" || is_inline_media_type)
            && (i == 0 || (multipart_type != "related" && (is_inline_media_type || !has_name)));

        if is_multipart {
            let children: Vec<_> = part.children().collect();
            let inner = in_alternative || subtype == "alternative";
            parse_structure(&children, &subtype, inner, has_html, has_text, lists);
        } else if is_inline {
            if multipart_type == "alternative" {
                match whole.as_str() {
                    "text/plain" if has_text => lists.text.push(at),
                    "text/html" if has_html => lists.html.push(at),
                    "text/plain" | "text/html" => lists.forgotten.push(at),
                    _ => lists.attachments.push(at),
                }
                continue;
            } else if in_alternative {
                if whole == "text/plain" {
                    has_html = false;
                }
                if whole == "text/html" {
                    has_text = false;
                }
            }
            if has_text {
                lists.text.push(at);
            }
            if has_html {
                lists.html.push(at);
            }
            if (!has_text || !has_html) && is_inline_media_type {
                lists.attachments.push(at);
            } else if !has_text && !has_html {
                lists.forgotten.push(at);
            }
        } else {
            lists.attachments.push(at);
        }
    }

    if multipart_type == "alternative" && has_text && has_html {
        let (text_length, html_length) = (text_length as usize, html_length as usize);
        if text_length == lists.text.len() && html_length != lists.html.len() {
            lists.text.extend_from_slice(&lists.html[html_length..]);
        }
        if html_length == lists.html.len() && text_length != lists.text.len() {
            lists.html.extend_from_slice(&lists.text[text_length..]);
        }
    }
}

fn disposition_name(part: &Part<'_>) -> Option<String> {
    let disposition = part.disposition()?.value;
    let name = disposition.parameters().text("filename")?.into_owned();
    Some(name).filter(|name| !name.is_empty())
}

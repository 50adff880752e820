//! What mail-parser's JSON tells, as it tells it.

use serde::Deserialize;
use serde_json::Value;

/// A mail as it was parsed.
#[derive(Debug, Deserialize)]
pub struct Mail {
    pub messages: Vec<Message>,
    pub parts: Vec<Part>,
}

/// The mail itself, or a message in it.
#[derive(Debug, Deserialize)]
pub struct Message {
    /// The part that it is.
    pub root: usize,
    pub text_body: Vec<usize>,
    pub html_body: Vec<usize>,
    pub attachments: Vec<usize>,
    pub has_attachments: bool,
}

#[derive(Debug, Deserialize)]
pub struct Part {
    pub kind: String,
    #[serde(default)]
    pub children: Vec<usize>,
    /// The message in a `message/rfc822`.
    pub nested: Option<usize>,
    pub offset_header: usize,
    pub offset_body: usize,
    pub offset_end: usize,
    pub headers: Vec<Header>,
    pub text: Option<String>,
    /// In base64.
    pub binary: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Header {
    pub name: String,
    pub value: Value,
    pub offset_field: usize,
    pub offset_end: usize,
}

impl Mail {
    /// The numbers of a part and of those in it, each with its path from the root of its message.
    pub fn paths(&self, root: usize) -> Vec<(usize, String)> {
        let mut paths = vec![(root, "root".to_owned())];
        let mut next = 0;
        while let Some((part, path)) = paths.get(next).cloned() {
            let children = self.parts[part].children.iter().enumerate();
            paths.extend(children.map(|(index, &one)| (one, super::below(&path, index))));
            next += 1;
        }
        paths
    }

    /// A part with those in it, such as `multipart(text message(html))`.
    pub fn shape(&self, part: usize) -> String {
        let part = &self.parts[part];
        if let Some(nested) = part.nested {
            return format!("message({})", self.shape(self.messages[nested].root));
        }
        match part.kind.as_str() {
            "multipart" => {
                let parts: Vec<_> = part.children.iter().map(|&one| self.shape(one)).collect();
                format!("multipart({})", parts.join(" "))
            }
            "inline_binary" => "binary".into(),
            kind => kind.into(),
        }
    }
}

impl Header {
    /// Which reader the value is of: `address`, `text` and so on; `none` where it has none.
    pub fn kind(&self) -> &str {
        self.value.as_object().and_then(|one| one.keys().next()).map_or("none", String::as_str)
    }

    /// The value as text.
    pub fn shown(&self) -> String {
        let kind = self.kind();
        let value = &self.value[kind];
        match kind {
            "none" => String::new(),
            "text" => text(value).trim().into(),
            "text_list" => join(value, ", ", text),
            "address" => join(value, ", ", address),
            "date_time" => date(value),
            "content_type" => content_type(value),
            "received" => received(value),
            _ => value.to_string(),
        }
    }
}

fn join(list: &Value, between: &str, show: impl Fn(&Value) -> String) -> String {
    let items: Vec<String> = list.as_array().into_iter().flatten().map(show).collect();
    items.join(between)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().into()
}

fn address(value: &Value) -> String {
    match value.get("group") {
        Some(group) => {
            let members = join(&group["mailboxes"], ", ", mailbox);
            format!("{}: {members};", text(&group["name"]))
        }
        None => mailbox(&value["mailbox"]),
    }
}

fn mailbox(value: &Value) -> String {
    super::mailbox(&text(&value["name"]), &text(&value["address"]))
}

fn date(value: &Value) -> String {
    let number = |key: &str| value[key].as_u64().unwrap_or_default();
    let sign = if value["tz_before_gmt"] == true { '-' } else { '+' };
    format!(
        "{}-{:02}-{:02} {:02}:{:02}:{:02} {sign}{:02}{:02}",
        number("year"),
        number("month"),
        number("day"),
        number("hour"),
        number("minute"),
        number("second"),
        number("tz_hour"),
        number("tz_minute"),
    )
}

fn content_type(value: &Value) -> String {
    let mut shown = text(&value["type"]);
    if let Some(subtype) = value["subtype"].as_str() {
        shown = format!("{shown}/{subtype}");
    }
    let pairs = value["attributes"].as_array().into_iter().flatten();
    let mut pairs: Vec<String> =
        pairs.map(|pair| super::parameter(&text(&pair[0]), &text(&pair[1]))).collect();
    pairs.sort();
    shown.to_lowercase() + &pairs.concat()
}

fn received(value: &Value) -> String {
    let host = |key: &str| match (value[key].get("name"), value[key].get("ip")) {
        (Some(name), _) => text(name),
        (None, Some(ip)) => format!("[{}]", text(ip)),
        (None, None) => String::new(),
    };
    let clause = |key: &str| text(&value[key]);
    super::received([
        host("from"),
        host("by"),
        clause("via"),
        clause("with"),
        clause("id"),
        clause("for"),
        value.get("date").filter(|date| !date.is_null()).map(date).unwrap_or_default(),
    ])
}

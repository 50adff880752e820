//! Previews, and the text of HTML in them: for the default features, of which `html` is one.
#![cfg(feature = "html")]

use postrider_mime::Message;
use proptest::prelude::*;

fn preview(mail: &str) -> String {
    Message::parse(mail).unwrap().preview(256)
}

#[test]
fn a_preview_is_the_first_words_of_the_text() {
    for (mail, words) in [
        ("\nHello,\r\n\r\n  world\t!\r\n", "Hello, world !"),
        ("\n\n\n", ""),
        ("Content-Type: application/pdf\n\nHello", ""),
        ("Content-Type: text/plain\nContent-Disposition: attachment\n\nHello", ""),
        (
            "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\nGr=C3=BC=C3=9F=\ne",
            "Grüße",
        ),
        ("Content-Type: text/html\n\n<p>Hi <b>you</b>", "Hi you"),
        // What shows nothing, and what turns the direction of what stands beside the preview.
        (
            "Content-Type: text/plain; charset=utf-8\n\n\u{200b}a\u{feff}\u{34f}\u{a0}\u{2007} \u{202e}b\u{ad}c\u{1b}[1m\0",
            "a bc[1m",
        ),
        (
            "Content-Type: text/plain; charset=utf-8\n\nمی\u{200c}خواهم \u{200d}👩\u{200d}🚀\u{200c} x",
            "می\u{200c}خواهم 👩\u{200d}🚀 x",
        ),
    ] {
        assert_eq!(preview(mail), words, "{mail:?}");
    }
}

/// RFC 8621 §4.1.4: "skipping quoted sections and salutations and collapsing white space can result
/// in a more useful preview."
#[test]
fn quotations_and_signatures_are_left_out_of_plain_text() {
    for (text, words) in [
        ("> a\n>> b\nc\n", "c"),
        ("On 1 Jan 2020 x@y wrote:\n\n> a\n\nb\n", "b"),
        ("Jo <x@y> schrieb:\n>a\nb", "b"),
        ("The list:\n> a\nb", "The list: b"),
        ("At 9:30:\nb", "At 9:30: b"),
        ("a\n-- \nb", "a"),
        ("a\n-- \r\nb", "a"),
        ("a\n--\nb", "a -- b"),
        // All of it is quoted.
        ("> a\n> > b\n", "a > b"),
        ("On 1 Jan 2020 x@y wrote:\n> a\n-- \nme", "On 1 Jan 2020 x@y wrote: a"),
    ] {
        assert_eq!(preview(&format!("\n{text}")), words, "{text:?}");
    }
}

#[test]
fn a_preview_goes_on_in_the_next_part_and_falls_back_to_html() {
    let mixed = "Content-Type: multipart/mixed; boundary=m\n\n--m\n\na\n--m\nContent-Type: image/png\n\nb\n\
                 --m\nContent-Type: text/html\n\n<p>c</p>\n--m--\n";
    assert_eq!(preview(mixed), "a c");
    let empty = "Content-Type: multipart/alternative; boundary=m\n\n--m\n\n \n\
                 --m\nContent-Type: text/html\n\n<p>c</p>\n--m--\n";
    assert_eq!(preview(empty), "c");
}

#[test]
fn a_preview_has_at_most_so_many_characters_and_no_blank_at_its_end() {
    let mail = Message::parse("\nab cdé\n").unwrap();
    for (limit, words) in [(0, ""), (1, "a"), (2, "ab"), (3, "ab"), (4, "ab c"), (6, "ab cd\u{e9}")]
    {
        assert_eq!(mail.preview(limit), words, "{limit}");
    }
}

/// The words may stand behind more than is looked at first.
#[test]
fn a_preview_goes_as_far_as_the_words_are() {
    let quoted = "> old words\n".repeat(10_000);
    assert_eq!(preview(&format!("\n{quoted}new words\n")), "new words");
    assert_eq!(
        preview(&format!("\n1 Jan x@y:\n{}{quoted}new words\n", "\n".repeat(9_000))),
        "new words"
    );
    let style = "p { color: red }\n".repeat(10_000);
    let html = format!("Content-Type: text/html\n\n<style>{style}</style><p>new &amp; words\n");
    assert_eq!(preview(&html), "new & words");
    let blank = " ".repeat(100_000);
    assert_eq!(preview(&format!("\na{blank}b")), "a b");
    let joined = "&nbsp;".repeat(10_000);
    assert_eq!(preview(&format!("Content-Type: text/html\n\n{joined}a&amp;b")), "a&b");
}

#[test]
fn a_preview_of_a_long_text_costs_little() {
    let line = format!("{}\n", "SGVsbG8g".repeat(9));
    for ty in ["plain", "html"] {
        let mut mail = format!("Content-Type: text/{ty}\nContent-Transfer-Encoding: base64\n\n");
        mail.push_str(&line.repeat((32 << 20) / line.len()));
        let message = Message::parse(mail).unwrap();
        let cost = allocation_counter::measure(|| {
            assert!(message.preview(256).starts_with("Hello Hello"))
        });
        assert!(cost.bytes_total < 128 << 10, "{ty}: {cost:?}");
    }
}

/// What is long and shows nothing does not make a list of messages slow.
#[test]
fn a_preview_of_a_long_text_without_words_costs_little() {
    let quoted = "> old words\n".repeat((32 << 20) / 12);
    let parts = "--b\n\n> old\n".repeat(9_000);
    for mail in [
        format!("\n{quoted}new words\n"),
        format!("Content-Type: text/html\n\n<style>{quoted}</style>new words\n"),
        format!("Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n"),
    ] {
        let message = Message::parse(mail).unwrap();
        let selection = message.selection();
        let cost = allocation_counter::measure(|| assert!(!selection.preview(256).contains("new")));
        assert!(cost.bytes_max < 4 << 20 && cost.bytes_total < 16 << 20, "{cost:?}");
    }
}

mod html {
    use std::time::{Duration, Instant};

    use postrider_mime::html_to_text;

    #[test]
    fn html_is_told_as_a_reader_shows_it() {
        for (html, text) in [
            ("<p>a</p><p>b</p>", "a\nb"),
            ("a<br>b<BR/>c<hr>d", "a\nb\nc\nd"),
            ("<ul><li>a<li>b</ul>c", "a\nb\nc"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><th>c</table>d", "a b\nc\nd"),
            ("a<b>b</b>c <i> d</i>\n\n e", "abc d e"),
            ("<a href='https://x.example/'>link</a><img alt='x' src='y'>", "link"),
            (
                "&lt;p&gt; &amp;amp; &eacute;&#8364;&#x1F600; &nosuch; &copy",
                "<p> &amp; é€😀 &nosuch; ©",
            ),
            ("&#847;&zwnj;&nbsp;&#8199;&shy;&#847;&zwnj;&nbsp;a", "a"),
            // Not shown.
            (
                "<!doctype html><html><head><title>a</title><style>b { c: d }</style></head><body>e",
                "e",
            ),
            ("<title>a", ""),
            ("a<script>if (a < b) { '</p>' }</script>b", "ab"),
            ("a<STYLE>x</STYLE>b<!-- c -- > d -->e<![CDATA[f]]>g", "abeg"),
            ("a<iframe>x</iframe><noembed>y</noembed><noframes>z</noframes>b", "ab"),
            // Conditional comments of Outlook.
            ("<!--[if mso]><p>a</p><![endif]--><![if !mso]>b<![endif]>", "b"),
            // No script runs in a mail, and text that a reader may type in is text.
            ("<noscript>a</noscript><textarea>b<p>c</textarea>", "ab<p>c"),
            ("<head><p>a", "a"),
            // Broken.
            ("a < b é <é <3 <", "a < b é <é <3 <"),
            ("a</>b</ c>d<e", "abd"),
            ("<p title='a>b'>c", "c"),
            ("<script>a", ""),
            ("</script>a", "a"),
            ("<plaintext>a<p>b", "a<p>b"),
            ("<averyveryverylongname>a</averyveryverylongname>", "a"),
            ("a\0b\r\nc", "ab c"),
        ] {
            assert_eq!(html_to_text(html, 1000), text, "{html:?}");
        }
    }

    #[test]
    fn nothing_is_read_behind_what_is_wanted() {
        let html = "<p>abc ".repeat(4 << 20);
        let start = Instant::now();
        for _ in 0..1000 {
            assert_eq!(html_to_text(&html, 9), "abc\nabc\na");
        }
        assert!(start.elapsed() < Duration::from_secs(20));
    }

    /// A reader that were not linear would take hours.
    #[test]
    fn hostile_html_takes_linear_time() {
        let start = Instant::now();
        for piece in [
            "<",
            "<a",
            "<a ",
            "<a b='",
            "</",
            "<!--",
            "<!-",
            "-->",
            "&",
            "&#",
            "&#x1",
            "&nosuch",
            "<b>",
            "<a/",
            "<p></p>",
            "<script>",
            "</scrip",
            "<style><",
            "<![CDATA[",
            "\0",
            "&nbsp;",
            "<table>",
            "<a b b b=c ",
            "<!doctype ",
            "é",
            "<title></titl",
            "<script><!--<script>",
        ] {
            let html = piece.repeat((1 << 20) / piece.len());
            assert!(html_to_text(&html, usize::MAX).len() <= html.len());
        }
        assert!(start.elapsed() < Duration::from_secs(120));
    }
}

proptest! {
    /// The longer one looks at the whole text at once.
    #[test]
    fn how_much_is_looked_at_first_does_not_show(
        text in "([a-z <&;]{1,20}|> q|-- |1 x@y:|<p>|<script|</script>|&nbsp;|&amp;|é|\u{200d}|\r?\n){0,30}",
        again in 50_usize..400,
        ty in prop::sample::select(vec!["plain", "html"]),
        limit in 0_usize..60,
    ) {
        let mail = format!("Content-Type: text/{ty}; charset=utf-8\n\n{}", text.repeat(again));
        let message = Message::parse(&mail).unwrap();
        let (short, long) = (message.preview(limit), message.preview(1 << 20));
        let expected: String = long.chars().take(limit).collect();
        // What would join or part two characters is not told at the end.
        prop_assert_eq!(short, expected.trim_end_matches([' ', '\u{200d}']));
    }

    #[test]
    fn a_shorter_preview_is_the_beginning_of_a_longer_one(
        text in "(\\PC|[ \t\r\n>]|-- \n|<p>|<script>|&nbsp;|&#8364;|\u{200d}|\u{202e}){0,40}",
        ty in prop::sample::select(vec!["plain", "html"]),
        limit in 0_usize..60,
    ) {
        let mail = format!("Content-Type: text/{ty}; charset=utf-8\n\n{text}");
        let message = Message::parse(&mail).unwrap();
        let (short, long) = (message.preview(limit), message.preview(1000));
        prop_assert!(long.starts_with(&short), "{:?} {:?}", short, long);
        prop_assert!(short.chars().count() <= limit);
        prop_assert!(!short.starts_with(' ') && !short.ends_with(' ') && !short.contains("  "));
        prop_assert!(!long.chars().any(char::is_control));
        // Only a blank that would end it is missing.
        prop_assert!(short.chars().count() + 1 >= limit.min(long.chars().count()));
    }
}

/// RFC 3676 §4.3: a signature is below `-- `. A message that is nothing else has words all the same.
#[test]
fn a_message_that_is_all_signature_is_told() {
    for (body, told) in [
        ("-- \nJoe\nSales\n", "Joe Sales"),
        ("\n> Lunch?\n-- \nJoe\n", "Lunch?"),
        ("Yes\n-- \nJoe\n", "Yes"),
    ] {
        let mail = format!("Subject: x\n\n{body}");
        assert_eq!(Message::parse(mail).unwrap().preview(100), told);
    }
}

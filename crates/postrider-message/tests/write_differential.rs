//! What is written says the same to a program that we did not write: Python's `email`.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use postrider_message::{AddrSpec, Address, AddressList, HeaderBuilder, Mailbox, Text};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

/// Reads messages that are each as long as the line before says, and tells the decoded subject,
/// name and address of each in hexadecimal.
const SCRIPT: &str = r"
import sys
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
data = sys.stdin.buffer
while length := data.readline():
    message = message_from_bytes(data.read(int(length)))
    assert message.keys() == ['Subject', 'To'], message.keys()
    subject = str(make_header(decode_header(message['Subject'])))
    name, address = parseaddr(message['To'].replace('\r\n', ''))
    name = str(make_header(decode_header(name)))
    print(*(text.encode('utf-8', 'surrogateescape').hex() for text in (subject, name, address)), sep=',')
";

/// The decoded texts of each section, or `None` where there is no Python.
fn python(sections: &[String]) -> Option<Vec<[String; 3]>> {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let input: String =
        sections.iter().map(|section| format!("{}\n{section}", section.len())).collect();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let unhex = |hex: &str| {
        let octets = (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16));
        String::from_utf8(octets.collect::<Result<_, _>>().unwrap()).unwrap()
    };
    let three = |line: &str| {
        let texts: Vec<_> = line.split(',').map(unhex).collect();
        texts.try_into().unwrap()
    };
    Some(text.lines().map(three).collect())
}

#[test]
fn text_and_names_that_are_written_are_decoded_by_python() {
    // Words of one kind and of several, blanks among them, long enough to be folded.
    let text = "[ ]{0,2}([a-zA-Z0-9]{1,9}|[éüßя日\u{1f600}]{1,30}|[_=?.,;]{1,3}|[ ]){0,20}";
    let mut runner = TestRunner::deterministic();
    let mut next = |pattern: &'static str| {
        let pattern = pattern.new_tree(&mut runner).unwrap();
        pattern.current()
    };
    let cases: Vec<_> =
        (0..500).map(|_| (next(text), next("[ ]?[a-zA-Zéя\u{1f600}., ]{1,60}x"))).collect();
    let sections: Vec<_> = cases
        .iter()
        .map(|(subject, name)| {
            let addr = AddrSpec::new("a", "b.example").unwrap();
            let to = Mailbox::with_name(addr, name.as_str()).unwrap();
            HeaderBuilder::new()
                .named("Subject", &Text::new(subject.as_str()).unwrap())
                .and_then(|it| it.to(&AddressList::new(vec![Address::Mailbox(to)])))
                .unwrap()
                .finish()
        })
        .collect();
    let Some(read) = python(&sections) else {
        println!("skipped: no python3");
        return;
    };
    assert_eq!(read.len(), cases.len());
    for (((subject, name), section), [their_subject, their_name, address]) in
        cases.iter().zip(&sections).zip(read)
    {
        assert_eq!(*subject, their_subject, "{section}");
        assert_eq!(*name, their_name, "{section}");
        assert_eq!(address, "a@b.example", "{section}");
    }
}

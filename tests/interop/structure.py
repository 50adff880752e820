#!/usr/bin/env python3
"""ENVELOPE and BODYSTRUCTURE of mails, as Dovecot tells them and as we do.

usage: structure.py RIG PORT FOLDER SERVER

RIG is a rig that runs, PORT its IMAP port, FOLDER one whose files are the mails, and SERVER a program
that serves a folder of messages as IMAP on standard input and output. The mails are put into a Maildir
of Dovecot, lines ended in CRLF; both servers are asked FETCH 1:* (ENVELOPE BODYSTRUCTURE), and their
answers are cut into lists of strings here, by neither of them. Exit 1 when a mail differs outside the
classes of structure_classes.py, when a class has no mail, or when more than 2 % of the mails differ.
"""
import imaplib
import os
import re
import ssl
import sys
from pathlib import Path

import structure_classes

MOST = 0.02


class Server:
    """An IMAP client that keeps whole answers, literals included."""

    def __init__(self, stream):
        self.stream = stream
        self.tag = 0

    @classmethod
    def dovecot(cls, rig, port):
        imap = imaplib.IMAP4("127.0.0.1", port)
        imap.starttls(ssl.create_default_context(cafile=f"{rig}/tls/cert.pem"))
        imap.login("alice", "wonderland")
        return imap

    @classmethod
    def ours(cls, server, folder):
        imap = imaplib.IMAP4_stream(f"'{server}' '{folder}'")
        imap.login("alice", "wonderland")
        return imap


def fetched(imap, items):
    """The answer to FETCH 1:* of each message, as one octet string with its literals in place."""
    imap.select("INBOX", readonly=True)
    status, answers = imap.fetch("1:*", items)
    if status != "OK":
        raise SystemExit(f"FETCH: {status} {answers}")
    whole, open_ = [], b""
    for answer in answers:
        if isinstance(answer, tuple):
            open_ += answer[0] + b"\r\n" + answer[1]
        else:
            whole.append(open_ + answer)
            open_ = b""
    return whole


TOKEN = re.compile(rb'[ \r\n]*(?:([()])|"((?:[^"\\]|\\.)*)"|\{(\d+)\}\r\n|([^ ()"{\r\n]+))', re.S)


def lists(text):
    """Nested lists of an answer: NIL is None, numbers are int, strings bytes, atoms str."""
    stack, at = [[]], 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            if not text[at:].strip():
                break
            raise SystemExit(f"no token at {at} of {text!r}")
        at = found.end()
        mark, quoted, literal, atom = found.groups()
        if mark == b"(":
            stack.append([])
        elif mark == b")":
            done = stack.pop()
            stack[-1].append(done)
        elif quoted is not None:
            stack[-1].append(re.sub(rb"\\(.)", rb"\1", quoted, flags=re.S))
        elif literal is not None:
            stack[-1].append(text[at : at + int(literal)])
            at += int(literal)
        elif atom == b"NIL":
            stack[-1].append(None)
        elif atom.isdigit():
            stack[-1].append(int(atom))
        else:
            stack[-1].append(atom.decode())
    if len(stack) != 1:
        raise SystemExit(f"parentheses: {text!r}")
    return stack[0]


def crlf(octets):
    return re.sub(rb"(?<!\r)\n", rb"\r\n", octets)


def put(rig, folder, paths):
    """The mails in the order of their names, in Dovecot's Maildir and in a folder for ours."""
    maildir = Path(rig, "dovecot/mail/alice")
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True, exist_ok=True)
    ours = Path(rig, "mails")
    ours.mkdir(exist_ok=True)
    for number, path in enumerate(paths, 1):
        octets = crlf(path.read_bytes())
        time = 1_000_000_000 + number
        mail = maildir / "cur" / f"{time}.M{number}P1.rig,S={len(octets)},W={len(octets)}:2,S"
        mail.write_bytes(octets)
        os.utime(mail, (time, time))
        (ours / f"{number:06}").write_bytes(octets)
    for root, folders, files in os.walk(maildir):
        for name in [".", *folders, *files]:
            os.chown(os.path.join(root, name), *owner())
    return ours


def owner():
    import grp
    import pwd

    return pwd.getpwnam("nobody").pw_uid, grp.getgrnam("nogroup").gr_gid


def answers(imap):
    whole = fetched(imap, "(RFC822.SIZE ENVELOPE BODYSTRUCTURE)")
    found = []
    for number, text in enumerate(whole, 1):
        told, items = lists(text)
        assert told == number, (told, number)
        found.append(dict(zip(items[::2], items[1::2])))
    imap.logout()
    return found


def main(rig, port, folder, server):
    paths = sorted(p for p in Path(folder).rglob("*.txt") if p.name != "README.txt")
    ours = put(rig, folder, paths)
    theirs = answers(Server.dovecot(rig, int(port)))
    ours = answers(Server.ours(server, ours))
    if not len(paths) == len(theirs) == len(ours):
        raise SystemExit(f"{len(paths)} mails, {len(theirs)} and {len(ours)} answers")
    return structure_classes.report(paths, theirs, ours, MOST)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

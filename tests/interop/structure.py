#!/usr/bin/env python3
"""ENVELOPE and BODYSTRUCTURE of mails, as Dovecot tells them and as we do.

usage: structure.py RIG PORT CORPORA SERVER

RIG is a rig that runs, PORT its IMAP port, CORPORA a folder of corpora, and SERVER a program that
serves a folder of messages over IMAP on standard input and output. The mails are put into a Maildir of
Dovecot, lines ended in CRLF; both servers are asked FETCH 1:* (RFC822.SIZE ENVELOPE BODYSTRUCTURE),
and the answers are cut into lists of strings here, by neither of them.

Exit 1 when a mail differs outside the classes, when more than 2 % of the 3,046 mails of SpamAssassin
differ, or when the classes are not those, with those counts, of the table in
crates/postrider-mailbox/tests/decisions.md.
"""
import imaplib
import os
import re
import shutil
import ssl
import sys
from pathlib import Path

from structure_classes import CLASSES, Differences

MOST = 0.02
REAL = "spamassassin"
SUFFIXES = {
    REAL: ".txt",
    "enmime": ".raw",
    "flufl-bounce": ".txt",
    "mime4j-mimetools": ".msg",
    "mime4j-testmsgs": ".msg",
    "mimekit/messages": (".txt", ".eml"),
    "perl-mime-tools": ".msg",
    "python-test-email": ".txt",
}
NO_MAILS = {"README.txt"}
TABLE = Path(__file__).parents[2] / "crates/postrider-mailbox/tests/decisions.md"
ITEMS = "(RFC822.SIZE ENVELOPE BODYSTRUCTURE)"


def mails(corpora):
    found = []
    for folder, suffix in SUFFIXES.items():
        files = sorted(p for p in Path(corpora, folder).rglob("*") if p.is_file())
        found += [p for p in files if p.name.endswith(suffix) and p.name not in NO_MAILS]
    return found


def put(rig, paths):
    """The mails, numbered, in Dovecot's Maildir and in a folder for ours."""
    maildir, ours = Path(rig, "dovecot/mail/alice"), Path(rig, "mails")
    for folder in (maildir / "cur", maildir / "new", maildir / "tmp", ours):
        folder.mkdir(parents=True)
    for number, path in enumerate(paths, 1):
        octets = re.sub(rb"(?<!\r)\n", rb"\r\n", path.read_bytes())
        (ours / f"{number:06}").write_bytes(octets)
        mail = maildir / "cur" / f"{1_000_000_000 + number}.M{number}P1.rig:2,S"
        mail.write_bytes(octets)
    for root, _, files in os.walk(maildir):
        for name in [".", *files]:
            shutil.chown(os.path.join(root, name), "nobody", "nogroup")
    return ours


def dovecot(rig, port):
    imap = imaplib.IMAP4("127.0.0.1", port, timeout=60)
    imap.starttls(ssl.create_default_context(cafile=f"{rig}/tls/cert.pem"))
    return imap


def answers(imap):
    """The items of each message, as nested lists."""
    imap.login("alice", "wonderland")
    imap.select("INBOX", readonly=True)
    status, lines = imap.fetch("1:*", ITEMS)
    if status != "OK":
        raise SystemExit(f"FETCH: {status} {lines}")
    imap.logout()
    found, text = [], b""
    for line in lines:
        if isinstance(line, tuple):
            # A literal: the answer goes on behind it.
            text += line[0] + b"\r\n" + line[1]
            continue
        number, items = lists(text + line)
        found.append(dict(zip(items[::2], items[1::2])))
        if number != len(found):
            raise SystemExit(f"message {number} where {len(found)} was expected")
        text = b""
    return found


TOKEN = re.compile(rb'[ \r\n]*(?:([()])|"((?:[^"\\]|\\.)*)"|\{(\d+)\}\r\n|([^ ()"{\r\n]+))', re.S)


def lists(text):
    """Nested lists: NIL is None, a number int, a quoted string or a literal bytes, an atom str."""
    stack, at = [[]], 0
    while text[at:].strip():
        found = TOKEN.match(text, at)
        if not found:
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
        else:
            stack[-1].append(int(atom) if atom.isdigit() else atom.decode())
    if len(stack) != 1:
        raise SystemExit(f"parentheses of {text!r}")
    return stack[0]


ENVELOPE = "date subject from sender reply-to to cc bcc in-reply-to message-id".split()


def lower(text):
    return text.lower() if isinstance(text, bytes) else text


def parameters(found):
    """Names, and the names of charsets, have no case (RFC 2045 §5.1, RFC 2046 §4.1.2)."""
    if found is None:
        return None
    pairs = zip(map(lower, found[::2]), found[1::2])
    return [(name, lower(value) if name == b"charset" else value) for name, value in pairs]


def disposition(found):
    return None if found is None else (lower(found[0]), parameters(found[1]))


def extension(names, values, at):
    read = {"params": parameters, "disposition": disposition}
    return {f"{at}.{name}": read.get(name, lambda x: x)(v) for name, v in zip(names, values)}


def structure(body, at):
    """The values of a structure by the place where they stand (RFC 3501 §9 `body`)."""
    if isinstance(body[0], list):
        parts = [part for part in body if isinstance(part, list)]
        # A list that is no part stands behind the subtype.
        count = next(i for i, part in enumerate(body) if not isinstance(part, list))
        found = {f"{at}.parts": count, f"{at}.type": b"multipart/" + lower(body[count])}
        for number, part in enumerate(parts[:count], 1):
            found |= structure(part, f"{at}.{number}")
        names = ("params", "disposition", "language", "location")
        return found | extension(names, body[count + 1 :], at)
    kind = lower(body[0]) + b"/" + lower(body[1])
    names = ("params", "id", "description")
    found = {f"{at}.type": kind, **extension(names, body[2:5], at)}
    found |= {f"{at}.encoding": lower(body[5]), f"{at}.octets": body[6]}
    rest = body[7:]
    if kind == b"message/rfc822":
        found |= envelope(rest[0], f"{at}.envelope") | structure(rest[1], f"{at}.message")
        rest = rest[2:]
    if kind == b"message/rfc822" or kind.startswith(b"text/"):
        found[f"{at}.lines"] = rest[0]
        rest = rest[1:]
    return found | extension(("md5", "disposition", "language", "location"), rest, at)


def envelope(found, at):
    if len(found) != len(ENVELOPE):
        raise SystemExit(f"no envelope: {found}")
    return {f"{at}.{name}": value for name, value in zip(ENVELOPE, found)}


def flat(answer):
    return {
        "size": answer["RFC822.SIZE"],
        **envelope(answer["ENVELOPE"], "envelope"),
        **structure(answer["BODYSTRUCTURE"], "body"),
    }


def classify(path, mail, theirs, ours):
    """The classes of a mail that differs, and whether each difference is in one."""
    theirs, ours = flat(theirs), flat(ours)
    differences = Differences(mail.read_bytes(), theirs, ours)
    names = set()
    for at in differences.places:
        found = [name for name, holds in CLASSES.items() if holds(differences, at)]
        if len(found) != 1:
            told = [side.get(at, "(not there)") for side in (theirs, ours)]
            print(f"{path}: {at}: Dovecot {told[0]!r}, we {told[1]!r}: classes {found}")
            names.add(None)
        names.update(found)
    return names


def table():
    """The counts of SpamAssassin and of the other corpora, by class, as they are written down."""
    row = re.compile(r"^\| `([a-z0-9-]+)` \| (\d+) \| (\d+) \|", re.M)
    text = TABLE.read_text(encoding="utf-8")
    return {name: (int(real), int(other)) for name, real, other in row.findall(text)}


def main(rig, port, corpora, server):
    paths = mails(corpora)
    folder = put(rig, paths)
    theirs = answers(dovecot(rig, int(port)))
    ours = answers(imaplib.IMAP4_stream(f"'{server}' '{folder}'"))
    if not len(paths) == len(theirs) == len(ours):
        raise SystemExit(f"{len(paths)} mails, {len(theirs)} and {len(ours)} answers")
    counts = {name: [0, 0] for name in CLASSES}
    total, differ, unknown = [0, 0], [0, 0], 0
    for number, path in enumerate(paths):
        place = path.relative_to(corpora)
        kind = int(place.parts[0] != REAL)
        mail = folder / f"{number + 1:06}"
        names = classify(place, mail, theirs[number], ours[number])
        total[kind] += 1
        differ[kind] += bool(names)
        unknown += None in names
        for name in names - {None}:
            counts[name][kind] += 1
    for name, (real, other) in counts.items():
        print(f"{real:5} {other:5}  {name}")
    print(f"{differ[0]:5} {differ[1]:5}  mails differ, of {total[0]} and {total[1]}")
    written = table()
    failed = unknown > 0 or differ[0] > MOST * total[0]
    for name in sorted(counts.keys() | written.keys()):
        found, told = tuple(counts.get(name, (0, 0))), written.get(name, (0, 0))
        if found != told or found == (0, 0):
            print(f"{name}: {found[0]} and {found[1]} mails, {told[0]} and {told[1]} in {TABLE.name}")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
"""Reads the messages that readback.rs wrote with CPython's email package, and compares what it reads
with what they must say. `readback.py DIR` prints how many are the same, and fails on a difference that
crates/postrider-mime/tests/decisions.md does not have."""

import email
import email.policy
import json
import pathlib
import sys
from collections import Counter
from email.utils import parsedate_to_datetime


def is_text(kind):
    return kind.startswith(("text/", "message/", "application/pgp-"))


def content(kind, octets):
    return (octets.replace(b"\r\n", b"\n") if is_text(kind) else octets).hex()


def utf8(text):
    """UTF-8 in a header section (RFC 6532) is handed out by this package as escaped octets."""
    return text and text.encode("utf-8", "surrogateescape").decode("utf-8")


def people(message, name):
    field = message[name]
    # `addr_spec` would have the quotation marks of the local part again.
    shown = lambda one: [utf8(one.display_name), utf8(f"{one.username}@{one.domain}")]
    return [shown(one) for one in field.addresses] if field else []


def fields(message):
    return {
        "subject": utf8(message["Subject"]),
        "from": people(message, "From"),
        "to": people(message, "To"),
        "cc": people(message, "Cc"),
        "date": int(parsedate_to_datetime(message["Date"]).timestamp()),
        "id": (message["Message-ID"] or "").strip("<>"),
    }


def part(one):
    kind = one.get_content_type()
    said = {"type": kind}
    for key, value in (
        ("name", one.get_filename()),
        ("disposition", one.get_content_disposition()),
        ("id", one["Content-ID"] and one["Content-ID"].strip("<>")),
        ("description", one["Content-Description"]),
    ):
        if value is not None:
            said[key] = utf8(str(value))
    if kind in ("message/delivery-status", "message/disposition-notification"):
        # The blocks of fields of a report are messages to this package, which writes them here
        # with an empty line behind the last one too.
        blocks = [str(block).strip("\n") for block in one.get_payload()]
        said["content"] = content(kind, ("\n\n".join(filter(None, blocks)) + "\n\n").encode())
    elif not one.is_multipart():
        said["content"] = content(kind, one.get_payload(decode=True))
    return said


def walk(message):
    """The parts in order; a nested message is the part that holds it and then its root."""
    yield message
    if message.is_multipart() and message.get_content_type() not in (
        "message/delivery-status",
        "message/disposition-notification",
    ):
        for one in message.get_payload():
            yield from walk(one)


def differences(path):
    said = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    read = {"fields": fields(message), "parts": [part(one) for one in walk(message)]}
    for key, value in said["fields"].items():
        if read["fields"][key] != value:
            yield f"field {key}", value, read["fields"][key]
    if len(read["parts"]) != len(said["parts"]):
        yield "parts", len(said["parts"]), len(read["parts"])
    for one, other in zip(said["parts"], read["parts"]):
        for key in sorted(one.keys() | other.keys()):
            if one.get(key) != other.get(key):
                yield f"part {key}", one.get(key), other.get(key)
    for one in message.walk():
        for defect in one.defects:
            yield "defect", None, type(defect).__name__


def known(what, meant, _read):
    """The class of decisions.md that a difference is of, if there is one."""
    if what == "part name" and meant and "'" in meant:
        return "an apostrophe in a file name"
    return None


def main(folder):
    paths = sorted(pathlib.Path(folder).glob("*.eml"))
    same, classes, wrong = 0, Counter(), 0
    for path in paths:
        found = list(differences(path))
        same += not found
        for what, meant, read in found:
            name = known(what, meant, read)
            if name:
                classes[name] += 1
            else:
                wrong += 1
                print(f"{path.stem}: {what}: meant {meant!r:.300}, read {read!r:.300}")
    told = ", ".join(f"{count} of {name}" for name, count in classes.items()) or "none"
    print(
        f"CPython {sys.version.split()[0]}: {len(paths)} messages, {same} read as they were meant; "
        f"known differences: {told}; others: {wrong}"
    )
    return 1 if wrong or not paths else 0


sys.exit(main(sys.argv[1]))

#!/usr/bin/env python3
"""Reads the notifications that tests/dsn/bounces.rs of the relay crate wrote with CPython's email package
and flufl.bounce, and compares with what they must say. `bounces_check.py DIR` fails on a difference."""

import email
import email.policy
import json
import pathlib
import sys

import flufl.bounce


def blocks(part):
    """The blocks of fields of a delivery status, which are messages to the email package."""
    return [block for block in part.get_payload() if block.keys()]


def value(field):
    """What stands behind the type of a field such as `rfc822; joe@example.com`."""
    return str(field).split(";", 1)[1].strip()


def address(block):
    return value(block["Original-Recipient"] or block["Final-Recipient"])


def envelope(message, says):
    yield "To", says["to"], str(message["To"])
    yield "From", "Mail Delivery System", message["From"].addresses[0].display_name
    yield "Message-ID", f"<{says['id']}>", str(message["Message-ID"])
    yield "In-Reply-To", f"<{says['about']}>", str(message["In-Reply-To"])
    yield "References", f"<{says['about']}>", str(message["References"])
    yield "Auto-Submitted", "auto-replied", str(message["Auto-Submitted"])
    yield "type", "multipart/report", message.get_content_type()
    yield "report-type", "delivery-status", message.get_param("report-type")


def returned(part, says):
    kinds = {
        (True, False): "message/rfc822",
        (True, True): "message/global",
        (False, False): "text/rfc822-headers",
        (False, True): "message/global-headers",
    }
    yield "what comes back", kinds[says["full"], says["global"]], part.get_content_type()
    if part.get_content_type() in ("message/rfc822", "message/global"):
        inner = part.get_payload(0)
    else:
        if part.is_multipart():
            inner = part.get_payload(0)
        else:
            inner = email.message_from_bytes(part.get_payload(decode=True))
    yield "Message-ID of what comes back", f"<{says['about']}>", str(inner["Message-ID"])


def parts(message, says):
    text, status, original = message.get_payload()
    yield "text", "text/plain", text.get_content_type()
    words = " ".join(text.get_content().split())
    for one in says["recipients"]:
        yield f"{one} in the text", True, one in words
    yield "status", "message/delivery-status", status.get_content_type()
    first, *others = blocks(status)
    yield "Reporting-MTA", "dns; mx.example.net", str(first["Reporting-MTA"])
    yield "Original-Envelope-Id", says["envid"], str(first["Original-Envelope-Id"])
    yield "recipients", says["recipients"], [address(block) for block in others]
    for block in others:
        yield "Action", says["action"], str(block["Action"])
        klass = {"failed": "5", "delayed": "4"}.get(says["action"], "2")
        yield "Status", f"{klass}.1.1", str(block["Status"])
        yield "Remote-MTA", "mx.example.com", value(block["Remote-MTA"])
        yield "Diagnostic-Code", True, "\n" not in str(block["Diagnostic-Code"])
        yield "Will-Retry-Until", says["action"] == "delayed", "Will-Retry-Until" in block
    yield from returned(original, says)


def failures(octets, says):
    temporary, permanent = found(octets)
    meant = sorted(says["recipients"])
    yield "permanent failures", meant if says["action"] == "failed" else [], permanent
    yield "temporary failures", meant if says["action"] == "delayed" else [], temporary


def found(octets):
    """Older versions tell addresses as octets."""
    kinds = flufl.bounce.all_failures(email.message_from_bytes(octets))
    return [sorted(one.decode() if isinstance(one, bytes) else one for one in kind) for kind in kinds]


def differences(path):
    says = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    octets = path.read_bytes()
    message = email.message_from_bytes(octets, policy=email.policy.default)
    for part in message.walk():
        for defect in part.defects:
            yield "defect", None, type(defect).__name__
    for checks in (envelope(message, says), parts(message, says), failures(octets, says)):
        for what, meant, read in checks:
            if meant != read:
                yield what, meant, read


def main(folder):
    paths = sorted(pathlib.Path(folder).glob("*.eml"))
    wrong = 0
    for path in paths:
        for what, meant, read in differences(path):
            wrong += 1
            print(f"{path.stem}: {what}: meant {meant!r:.300}, read {read!r:.300}")
    print(
        f"CPython {sys.version.split()[0]} and flufl.bounce {flufl.bounce.__version__}: "
        f"{len(paths)} notifications, {wrong} differences"
    )
    return 1 if wrong or len(paths) != 60 else 0


sys.exit(main(sys.argv[1]))

"""What Python's `email` package reads in header sections, one record a line.

    python3 python_values.py [KIND...] < NAMES_OF_FILES

    part   FILE NUMBER SECTION     a header section; that of the file itself is number 0 and empty here
    field  NAME VALUE              one of its fields: the name, and the value without line ends
    value  READER KIND VALUE       what a reader makes of that field

Values are of all kinds, or of those that are named: addresses, date, message-id, received, text.
Columns are separated by one blank; NAME, VALUE and SECTION are hexadecimal octets, `-` for none.
Readers: `policy` is `email.policy.default`, `utils` is `email.utils` and `email.header`.
"""

import datetime
import email
import email.header
import email.policy
import email.utils
import re
import sys
import warnings

ADDRESSES = {
    *("from", "sender", "reply-to", "to", "cc", "bcc"),
    *("resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc"),
}
DATES = {"date", "resent-date", "orig-date"}
# Fields with a grammar of their own, which neither reader nor this comparison reads as text.
STRUCTURED = {"received", "return-path", "references", "in-reply-to", "message-id", "mime-version"}
KINDS = sys.argv[1:]


def octets(text):
    return text.encode("utf-8", "surrogateescape")


def column(value):
    return (value if isinstance(value, bytes) else octets(value)).hex() or "-"


def unfolded(value):
    return re.sub("\r?\n", "", value).strip(" \t\r\n")


def mailbox(name, addr):
    return f"{name} <{addr}>" if name else addr


def addresses_by_policy(header):
    lines = []
    for group in header.groups:
        members = [mailbox(a.display_name, unquoted(a)) for a in group.addresses]
        named = group.display_name is not None
        lines += [f"{group.display_name}:"] + members + [";"] if named else members
    return "\n".join(lines)


def unquoted(address):
    return f"{address.username}@{address.domain}" if address.domain else address.username


def addresses_by_utils(value):
    # The function promises pairs only, and says so of what is no address by an empty pair.
    pairs = [pair for pair in email.utils.getaddresses([value]) if any(pair)]
    return "\n".join(mailbox(decoded(name), addr) for name, addr in pairs)


def decoded(text):
    return str(email.header.make_header(email.header.decode_header(text)))


def moment(when):
    """Seconds since 1970 and the zone; a datetime without one stands for -0000."""
    if when is None:
        return "none"
    zone = when.strftime("%z") or "-0000"
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.timezone.utc)
    return f"{int(when.timestamp())} {zone}"


def date_by_utils(value):
    try:
        return moment(email.utils.parsedate_to_datetime(value))
    except (TypeError, ValueError):
        return "none"


def kind_of(name):
    if name in ADDRESSES:
        return "addresses"
    if name in DATES:
        return "date"
    if name in ("content-type", "content-disposition"):
        return "parameters"
    if name in STRUCTURED or name.startswith("content-"):
        return name if name in ("message-id", "received") else None
    return "text"


def parameters(header):
    return "\n".join(sorted(f"{name.lower()}={value}" for name, value in header.params.items()))


def by_policy(kind, name, value):
    if kind == "received":
        return None
    header = email.policy.default.header_factory(name, value)
    if kind == "addresses":
        return addresses_by_policy(header)
    if kind == "parameters":
        return parameters(header)
    if kind == "date":
        return moment(header.datetime)
    return str(header)


def by_utils(kind, _name, value):
    if kind == "addresses":
        return addresses_by_utils(value)
    if kind == "date":
        return date_by_utils(value)
    if kind == "received":
        return date_by_utils(value.rsplit(";", 1)[1]) if ";" in value else "none"
    return decoded(value) if kind == "text" else None


def values(name, value):
    # Octets that are not ASCII are taken as UTF-8, as RFC 6532 says and `policy` does not.
    value = octets(value).decode("utf-8", "replace")
    kind = kind_of(name.lower())
    if kind is None or (KINDS and kind not in KINDS):
        return
    for reader, read in (("policy", by_policy), ("utils", by_utils)):
        try:
            told = read(kind, name, value)
        except Exception:  # An error of the reader, not of the field: there is no answer.
            continue
        if told is not None:
            print("value", reader, kind, column(told.encode("utf-8", "replace")))


def main(files):
    warnings.simplefilter("ignore")
    for file in files:
        with open(file, "rb") as stream:
            message = email.message_from_binary_file(stream)
        for number, part in enumerate(message.walk()):
            items = list(part.raw_items())
            section = "".join(f"{name}:{value}\n" for name, value in items) if number else ""
            print("part", file, number, column(section))
            for name, value in items:
                value = unfolded(str(value))
                print("field", column(name), column(value))
                values(name, value)


main(sys.stdin.read().splitlines())

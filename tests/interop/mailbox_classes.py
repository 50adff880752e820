"""The classes of difference between Dovecot 2.3 and us, each as a predicate over one answer.

The reasons stand in crates/postrider-mailbox/tests/decisions.md, in the row of the same name.
"""
import functools
import re


class Place:
    """A question about a mail, or about all, and both answers."""

    def __init__(self, kind, mail, question, theirs, ours, reasons=None, size=1):
        self.kind = kind
        # How many mails the answer is about.
        self.size = size
        self.mail, self.question, self.theirs, self.ours = mail, question, theirs, ours
        # What is classified in its stead: the mails in which the answers differ.
        self.reasons = [self] if reasons is None else reasons

    def __str__(self):
        name = self.mail.path.name if self.mail else "all mails"
        one, other = (shown(side, self.differs_at()) for side in (self.theirs, self.ours))
        return f"{name}: {self.question}: Dovecot {one}, we {other}"

    def differs_at(self):
        """Where octets begin to differ."""
        if not isinstance(self.theirs, bytes) or not isinstance(self.ours, bytes):
            return 0
        pairs = enumerate(zip(self.theirs, self.ours))
        shorter = min(len(self.theirs), len(self.ours))
        return next((at for at, (one, other) in pairs if one != other), shorter)


def shown(side, at):
    if not isinstance(side, bytes):
        return repr(side)[:300]
    before = max(at - 40, 0)
    return f"{len(side)} octets, at {before} {side[before:at + 60]!r}"


def headers(mail, name):
    """The values of the fields of this name in the header of the mail."""
    if mail.fields is None:
        mail.fields = fields(mail.octets.partition(b"\r\n\r\n")[0])
    return mail.fields.get(name, [])


def fields(header):
    """The values of the fields by their names in small letters."""
    found = {}
    for name, value in re.findall(rb"(?m)^([!-9;-~]+)[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)", header):
        found.setdefault(name.decode().lower(), []).append(value.strip())
    return found


DATE = re.compile(
    rb"(?:[a-z]{3}, ?)?\s*\d{1,2} [a-z]{3} (\d{2,4}) \d{1,2}:\d\d(?::\d\d)?"
    rb"\s+(?:[+-]\d{4}|(?![ap]m)[a-z]{1,5})(?:\s*\(.*)?",
    re.I | re.S,
)


def has_odd_time(mail):
    """The day of its Date can be read, and its time or zone cannot."""
    return any(not DATE.fullmatch(value) for value in headers(mail, "date")[:1])


def name_of(mail, key):
    """What is written of a name before the first address, without quotation marks."""
    values = headers(mail, key.removeprefix("DISPLAY").lower())
    return values[0].partition(b"<")[0].replace(b'"', b"") if values else b""


def has_odd_blanks(mail, key):
    """The name has white space at an end, several blanks in a row, or nothing else."""
    values = headers(mail, key.removeprefix("DISPLAY").lower())
    if not values or not key.startswith("DISPLAY"):
        return False
    quoted = re.match(rb'"([^"]*)"', values[0])
    name = name_of(mail, key)
    return bool(quoted) and (quoted[1] != quoted[1].strip() or b"  " in name)


def is_no_utf8(mail, key):
    """What is sorted by has octets that are not UTF-8."""
    try:
        b"".join(headers(mail, key.removeprefix("DISPLAY").lower())).decode()
    except UnicodeDecodeError:
        return True
    return False


def has_no_address(mail, key):
    values = headers(mail, key.removeprefix("DISPLAY").lower())
    return bool(values) and bool(re.match(rb"@|[^<]*<[^>@]*[:;]", values[0]))


def keys(way):
    """The keys of a SORT, or those that a THREAD sorts by."""
    by = {"ORDEREDSUBJECT": "SUBJECT DATE", "REFERENCES": "DATE"}
    return by.get(way, way).replace("REVERSE ", "").split()


ODD = {
    "odd-time": lambda mail, key: key == "DATE" and has_odd_time(mail),
    "odd-blanks": has_odd_blanks,
    "not-utf-8": lambda mail, key: key not in ORDERED and is_no_utf8(mail, key),
    "no-address": lambda mail, key: key not in ORDERED and has_no_address(mail, key),
}
ORDERED = {"ARRIVAL", "DATE", "SIZE"}


@functools.cache
def is_odd(mail, way):
    return any(holds(mail, key) for holds in ODD.values() for key in keys(way))


def odd(name):
    """Whether an order differs in a mail that is odd in this way."""

    def holds(place):
        if place.kind not in {"orders", "threads"}:
            return False
        return any(ODD[name](place.mail, key) for key in keys(place.question))

    return holds


def is_octets(place):
    return isinstance(place.theirs, bytes) and isinstance(place.ours, bytes)


def no_such_section(place):
    """They say that it is empty, we that it is not there."""
    return place.kind == "sections" and place.theirs == b"" and place.ours is None


def mbox_line(place):
    """The line of an mbox before the first field is told among the fields by them."""
    if place.kind != "sections" or not is_octets(place) or not place.mail.octets.startswith(b"From "):
        return False
    line = place.mail.octets.partition(b"\n")[0] + b"\n"
    return place.theirs == line + place.ours


def line_end_of_nested(place):
    """They count the line end between the closing delimiter of a nested multipart and the next
    delimiter as of the multipart."""
    if place.kind != "sections" or not is_octets(place) or not place.ours.endswith(b"--"):
        return False
    return place.theirs == place.ours + b"\r\n"


def invalid_encoding(place):
    """They refuse to decode a body that holds what its encoding has no place for."""
    is_binary = place.kind == "sections" and place.question.startswith("BINARY")
    return is_binary and place.theirs == "NO [PARSE]" and isinstance(place.ours, (bytes, int))


def odd_time_sent(place):
    """They do not see when it was sent, and we read the day."""
    is_sent = place.kind == "searches" and place.question.startswith(b"SENT")
    return is_sent and has_odd_time(place.mail)


def text_without_semicolon(place):
    """A text whose type cannot be read is not searched by them."""
    is_text = place.kind == "searches" and re.match(rb"(BODY|TEXT) ", place.question)
    [*kinds] = headers(place.mail, "content-type")
    return bool(is_text) and not place.theirs and bool(re.match(rb"text/\w+ \w", b"".join(kinds), re.I))


def text_of_no_address(place):
    """What is no address in an address field is not searched by them."""
    key = place.question.split()[0] if place.kind == "searches" else b""
    if key not in {b"FROM", b"TO", b"CC", b"BCC"} or place.theirs:
        return False
    return has_no_address(place.mail, key.decode())


CLASSES = {
    "no-such-section": no_such_section,
    "mbox-line": mbox_line,
    "line-end-of-nested": line_end_of_nested,
    "invalid-encoding": invalid_encoding,
    "odd-time-sent": odd_time_sent,
    "text-without-semicolon": text_without_semicolon,
    "text-of-no-address": text_of_no_address,
    **{name: odd(name) for name in ODD},
}

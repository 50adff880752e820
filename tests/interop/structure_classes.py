"""The classes of difference between Dovecot 2.3 and us, each as a predicate over one difference.

The reasons stand in crates/postrider-mailbox/tests/decisions.md, in the row of the same name.
"""
import re

NOT_THERE = object()


class Differences:
    """A mail, and where what is told of it differs."""

    def __init__(self, octets, theirs, ours):
        self.octets, self.theirs, self.ours = octets, theirs, ours
        places = theirs.keys() | ours.keys()
        self.places = sorted(p for p in places if self.at(p)[0] != self.at(p)[1])

    def at(self, place):
        return self.theirs.get(place, NOT_THERE), self.ours.get(place, NOT_THERE)

    def values(self, place, item):
        """The difference in an item of the body whose item is at this place."""
        return self.at(place.rsplit(".", 1)[0] + "." + item)

    def boundaries(self):
        """Every boundary that we tell."""
        lists = [v for p, v in self.ours.items() if p.endswith(".params") and v]
        return [value for pairs in lists for name, value in pairs if name == b"boundary"]


def item(place):
    return place.rsplit(".", 1)[1]


def is_list(*values):
    return all(isinstance(value, list) for value in values)


def is_octets(*values):
    return all(isinstance(value, bytes) for value in values)


ADDRESSES = {"from", "sender", "reply-to", "to", "cc", "bcc"}
STRUCTURE = re.compile(r"body(\.\d+)+\.[a-z0-9]+|body\.(parts|params)")


def domain_of_no_address(found, place):
    """They tell a domain where the text has no address; all else is the same."""
    theirs, ours = found.at(place)
    if item(place) not in ADDRESSES or not is_list(theirs, ours) or len(theirs) != len(ours):
        return False
    pairs = [(a, b) for a, b in zip(theirs, ours) if a != b]
    return all(a[:3] == b[:3] and a[3] and b[3] == b"MISSING_DOMAIN" for a, b in pairs)


def list_goes_on(found, place):
    """They stop at text that is no address, or that stands behind one."""
    theirs, ours = found.at(place)
    if item(place) not in ADDRESSES or not is_list(theirs, ours):
        return False
    return len(theirs) < len(ours) and ours[: len(theirs)] == theirs


def at_sign_in_name(found, place):
    """The name without quotation marks looks like an address."""
    theirs, ours = found.at(place)
    if item(place) not in ADDRESSES or not is_list(theirs, ours) or len(ours) != 1:
        return False
    name = ours[0][0]
    return bool(name) and name.startswith(theirs[0][2] + b"@") and theirs[0][0] is None


def at_sign_in_group(found, place):
    """A group has a name with an at sign."""
    theirs, ours = found.at(place)
    if item(place) not in ADDRESSES or not is_list(theirs, ours):
        return False
    return any(a[3] is None and a[2] and b"@" in a[2] for a in ours)


def colon_in_encoded_word(found, place):
    """What looks like an encoded word has a colon, which begins a group for them."""
    theirs, ours = found.at(place)
    if item(place) not in ADDRESSES or not is_list(theirs, ours):
        return False
    return any(a[3] is None and a[2] and a[2].startswith(b"=?") for a in theirs)


def white_space_at_ends(found, place):
    theirs, ours = found.at(place)
    strings = {"date", "in-reply-to", "message-id"}
    return item(place) in strings and is_octets(theirs, ours) and theirs.strip() == ours


def byte_order_mark(found, place):
    return item(place) in ADDRESSES and found.octets.startswith(b"\xef\xbb\xbf")


def no_mime_version(found, place):
    header = re.split(rb"\r\n\r\n", found.octets, maxsplit=1)[0]
    has_version = re.search(rb"(?im)^mime-version[ \t]*:", header)
    return place == "body.encoding" and found.at(place)[0] == b"7bit" and not has_version


def invalid_type(found, place):
    theirs, ours = found.values(place, "type")
    same_body = item(place) in {"type", "params", "lines"}
    return same_body and theirs in {b"/", b"text/"} and theirs != ours


def encoded_message(found, place):
    """The body that the place is in, or one around it, is an encoded message."""
    while "." in place:
        place = place.rsplit(".", 1)[0]
        kinds = found.at(place + ".type")
        if kinds == (b"message/rfc822", b"application/octet-stream"):
            return found.theirs[place + ".encoding"] in {b"base64", b"quoted-printable"}
    return False


def one_language(found, place):
    theirs, ours = found.at(place)
    return item(place) == "language" and is_octets(ours) and theirs == [ours]


def values_of(pairs):
    """Pairs of parameters, of a Content-Type or of a Content-Disposition."""
    return pairs[1] if isinstance(pairs, tuple) else pairs


def unquoted_value(found, place):
    """They end a value without quotation marks at the first octet that is not of a token."""
    if item(place) not in {"params", "disposition"}:
        return False
    theirs, ours = map(values_of, found.at(place))
    if not is_list(theirs, ours) or [n for n, _ in theirs] != [n for n, _ in ours]:
        return False
    pairs = [(a, b) for (_, a), (_, b) in zip(theirs, ours) if a != b]
    return bool(pairs) and all(b.startswith(a) and b[len(a)] in b" ()/" for a, b in pairs)


def unclosed_quotation(found, place):
    """A value has an opening quotation mark alone: they leave the parameter out."""
    theirs, ours = found.at(place)
    if item(place) != "params" or not is_list(theirs, ours) or len(theirs) != len(ours):
        return False
    unclosed = re.search(rb'(?im)^content-type:[^\r\n]*="[^"\r\n]*\r?$', found.octets)
    return theirs == [(b"charset", b"us-ascii")] and bool(unclosed)


def two_dispositions(found, place):
    count = len(re.findall(rb"(?im)^content-disposition[ \t]*:", found.octets))
    theirs, ours = found.at(place)
    both = isinstance(theirs, tuple) and ours == (b"inline", None)
    return item(place) == "disposition" and count > 1 and both


def extended_parameters(found, place):
    """Sections of RFC 2231, or a charset that is told by it."""
    theirs, ours = found.at(place)
    if item(place) != "params" or not is_list(theirs, ours):
        return False
    added = theirs == ours + [(b"charset", b"us-ascii")] and ours[0][0] == b"charset*"
    sections = any(re.fullmatch(rb"[a-z]+\*\d+\*?", name) for name, _ in ours)
    return added or sections


def odd_boundary_parameter(found, place):
    """The boundary stands behind two semicolons, or is told by RFC 2231."""
    odd = re.search(rb"(?i);\s*;\s*boundary=|boundary\*(0\*?)?=", found.octets)
    return bool(odd) and bool(STRUCTURE.match(place))


def long_boundary(found, place):
    """A boundary has more octets than RFC 2046 allows, or ends in a blank."""
    odd = any(len(b) > 70 or b != b.rstrip() for b in found.boundaries())
    return odd and bool(STRUCTURE.match(place))


def text_behind_delimiter(found, place):
    """A line begins with the delimiter and goes on."""
    for boundary in found.boundaries():
        ends = re.findall(rb"(?m)^--" + re.escape(boundary) + rb"([^\r\n]*)", found.octets)
        if any(end.strip() not in {b"", b"--"} for end in ends):
            return not long_boundary(found, place) and bool(STRUCTURE.match(place))
    return False


def line_end_of_nested(found, place):
    """A nested message ends in a closing delimiter, and one line end is counted by them."""
    theirs, ours = found.at(place)
    if found.values(place, "type")[0] != b"message/rfc822":
        return False
    more = {"octets": 2, "lines": 1}.get(item(place))
    is_number = isinstance(theirs, int) and isinstance(ours, int)
    return is_number and theirs - ours == more


CLASSES = {
    "domain-of-no-address": domain_of_no_address,
    "list-goes-on": list_goes_on,
    "at-sign-in-name": at_sign_in_name,
    "at-sign-in-group": at_sign_in_group,
    "colon-in-encoded-word": colon_in_encoded_word,
    "white-space-at-ends": white_space_at_ends,
    "byte-order-mark": byte_order_mark,
    "no-mime-version": no_mime_version,
    "invalid-type": invalid_type,
    "encoded-message": encoded_message,
    "one-language": one_language,
    "unquoted-value": unquoted_value,
    "unclosed-quotation": unclosed_quotation,
    "two-dispositions": two_dispositions,
    "extended-parameters": extended_parameters,
    "odd-boundary-parameter": odd_boundary_parameter,
    "long-boundary": long_boundary,
    "text-behind-delimiter": text_behind_delimiter,
    "line-end-of-nested": line_end_of_nested,
}

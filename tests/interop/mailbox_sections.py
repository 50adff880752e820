"""Every section of every mail: which there are by Dovecot's BODYSTRUCTURE, and what both answer."""
import re

from mailbox_classes import Place
from mailbox_talk import both, items

FIELDS = ["HEADER.FIELDS (FROM TO SUBJECT)", "HEADER.FIELDS.NOT (RECEIVED FROM)"]
OF_MESSAGE = ["HEADER", "TEXT", *FIELDS]
# Where parts of a section begin, and how long they are: within, at and behind most ends.
PARTIALS = ["<0.100>", "<1000.64>", "<70000.10>"]
# Of each so many mails what is not there is asked for.
EACH = 100


class Part:
    """A part by its number, and whether it is a leaf, a multipart or a message."""

    def __init__(self, number, kind):
        self.number, self.kind = number, kind


def parts(body, above=""):
    """The parts below a body structure, in order (RFC 9051 §6.4.5.1)."""
    if isinstance(body[0], list):
        children = []
        for one in body:
            if not isinstance(one, list):
                break
            children.append(one)
        for at, child in enumerate(children, 1):
            yield from part(child, f"{above}{at}")
    else:
        yield from part(body, f"{above}1")


def part(body, number):
    if isinstance(body[0], list):
        yield Part(number, "multipart")
        yield from parts(body, f"{number}.")
    elif (body[0].lower(), body[1].lower()) == (b"message", b"rfc822"):
        yield Part(number, "message")
        yield from parts(body[8], f"{number}.")
    else:
        yield Part(number, "leaf")


def sections(number, structure):
    """What BODY.PEEK is asked for of a mail of this structure."""
    wanted = ["", *OF_MESSAGE]
    wanted += [f"{section}{partial}" for section in ["", "TEXT", FIELDS[0]] for partial in PARTIALS]
    found = list(parts(structure))
    for one in found:
        wanted += [one.number, f"{one.number}.MIME", f"{one.number}<3.50>"]
        if one.kind == "message":
            wanted += [f"{one.number}.{text}" for text in OF_MESSAGE]
    if number % EACH == 0:
        # What is not there: the part behind the last, and a header of a part that is no message.
        last = sum(1 for one in found if "." not in one.number)
        wanted.append(f"{last + 1}")
        wanted += [f"{one.number}.HEADER" for one in found[:1] if one.kind != "message"]
    return [attribute("BODY.PEEK", section) for section in wanted]


def attribute(name, section):
    section, at, partial = section.partition("<")
    return f"{name}[{section}]{at}{partial}"


def binaries(_, structure):
    """What BINARY is asked for: of leaves alone (RFC 9051 §6.4.5)."""
    wanted = []
    for one in parts(structure):
        if one.kind == "leaf":
            wanted += [f"BINARY.PEEK[{one.number}]", f"BINARY.PEEK[{one.number}]<3.50>"]
            wanted.append(f"BINARY.SIZE[{one.number}]")
    return wanted


def structures(server):
    """BODYSTRUCTURE of every mail."""
    [(answers, said)] = server.ask([b"FETCH 1:* (BODYSTRUCTURE)"])
    if not said.startswith(b"OK"):
        raise SystemExit(f"BODYSTRUCTURE: {said}")
    return [items(answer)[1]["BODYSTRUCTURE"] for answer in answers]


def told(server, asked):
    """The answers by mail and name, and what was refused. Dovecot works at several FETCHes at once,
    so an answer is known by its number alone (RFC 3501 §5.5)."""
    lines = [f"FETCH {number} ({' '.join(wanted)})".encode() for number, wanted in asked]
    found, refused = {}, []
    for one, (answers, said) in zip(asked, server.ask(lines)):
        for answer in answers:
            number, values = items(answer)
            # Dovecot tells the UID where it refuses.
            values.pop("UID", None)
            found.setdefault(number, {}).update(values)
        if not said.startswith(b"OK"):
            refused.append((*one, said.split(b"]")[0].decode() + "]"))
    return found, refused


def fetched(server, wanted):
    """For each mail the answers by their names. What is refused is asked for one by one, and the
    code of the refusal is the answer then."""
    found, refused = told(server, list(enumerate(wanted, 1)))
    again = [(number, [one]) for number, several, _ in refused for one in several]
    more, refused = told(server, again)
    for number, values in more.items():
        found.setdefault(number, {}).update(values)
    for number, [one], code in refused:
        key = re.sub(r"<(\d+)\.\d+>", r"<\1>", one.replace(".PEEK", ""))
        found.setdefault(number, {})[key] = code
    return found


def compare(theirs, ours, mails):
    """Each item of each mail."""
    asked = structures(theirs)
    for which in (sections, binaries):
        wanted = [which(number, one) for number, one in enumerate(asked, 1)]
        one_side, other_side = both(lambda server: fetched(server, wanted), theirs, ours)
        for number in range(1, len(asked) + 1):
            one, other = one_side.get(number, {}), other_side.get(number, {})
            for key in sorted(one.keys() | other.keys()):
                sides = (side.get(key, "(not told)") for side in (one, other))
                yield Place("sections", mails[number - 1], key, *sides)

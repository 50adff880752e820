"""Orders and threads of what the searches find: the mails that stand elsewhere."""
import bisect
import functools
import re

from mailbox_classes import Place, is_odd
from mailbox_queries import all_found
from mailbox_talk import both

KEYS = "ARRIVAL CC DATE FROM SIZE SUBJECT TO DISPLAYFROM DISPLAYTO".split()


def criteria():
    """Each key alone, reversed, and before and behind each other one."""
    several = [[key] for key in KEYS] + [[f"REVERSE {key}"] for key in KEYS]
    several += [[one, f"REVERSE {other}"] for one in KEYS for other in KEYS if one != other]
    several += [["SUBJECT", "REVERSE DATE", "FROM"], ["REVERSE DISPLAYTO", "TO", "CC", "SIZE"]]
    return [" ".join(one) for one in several]


def as_set(uids):
    """A sequence set."""
    ranges = []
    for uid in uids:
        if ranges and ranges[-1][1] == uid - 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(f"{a}:{b}" if a < b else f"{a}" for a, b in ranges)


def told(server, commands, name):
    """The answers of this name, asked one by one."""
    lines = []
    for command in commands:
        [(answers, said)] = server.ask([command.encode()])
        if not said.startswith(b"OK"):
            raise SystemExit(f"{command[:99]}: {said}")
        line = b"".join(a[0] for a in answers if a[0].startswith(b"* " + name))
        lines.append(line[2 + len(name) :].strip())
    return lines


@functools.cache
def sets(theirs, mails):
    """What Dovecot finds, so that what searches differ in is not told again here."""
    return [as_set(uids) for uids in all_found(theirs, mails) if len(uids) > 1]


def moved(one, other):
    """As few mails as can be, without which both orders are the same."""
    place = {uid: at for at, uid in enumerate(other)}
    # The longest ascending run of places: the ends of the shortest such runs, and what precedes each.
    ends, at_end, before = [], [], {}
    for uid in one:
        at = bisect.bisect_left(ends, place[uid])
        before[uid] = at_end[at - 1] if at else None
        ends[at : at + 1] = [place[uid]]
        at_end[at : at + 1] = [uid]
    kept, uid = set(), at_end[-1] if at_end else None
    while uid is not None:
        kept.add(uid)
        uid = before[uid]
    return [uid for uid in one if uid not in kept]


def displaced(one, other, is_odd):
    """What stands elsewhere. Of two that have changed places it is the odd one."""
    others = [x for x in one if not is_odd(x)], [x for x in other if not is_odd(x)]
    found = moved(*others)
    ranks = []
    for side in (one, other):
        rank, count = {}, 0
        for x in side:
            rank[x] = count
            count += not is_odd(x)
        ranks.append(rank)
    odd = [x for x in one if is_odd(x)]
    found += [x for x in odd if ranks[0][x] != ranks[1][x]]
    same = {x for x in odd if ranks[0][x] == ranks[1][x]}
    return found + moved([x for x in one if x in same], [x for x in other if x in same])


def orders(theirs, ours, mails):
    ways = criteria()
    several = sets(theirs, mails)
    # Every key is asked of all the mails, and first: Dovecot keeps the orders that it has found, and
    # where it knows those of some mails alone, it has put a new one elsewhere in the next answer.
    asked = [(way, f"1:{len(mails)}") for way in ways[: 2 * len(KEYS)]]
    asked += [(ways[at % len(ways)], one) for at, one in enumerate(several)]
    commands = [f"UID SORT ({way}) UTF-8 UID {uids}" for way, uids in asked]
    sides = both(lambda server: told(server, commands, b"SORT"), theirs, ours)
    for (way, _), one, other in zip(asked, *sides):
        one, other = ([int(uid) for uid in side.split()] for side in (one, other))
        if sorted(one) != sorted(other):
            raise SystemExit(f"SORT ({way}) finds other mails than are asked for")
        reasons = []
        for uid in displaced(one, other, lambda uid: is_odd(mails[uid - 1], way)):
            at = (one.index(uid), other.index(uid))
            reasons.append(Place("orders", mails[uid - 1], way, *at))
        yield Place("orders", None, way, one, other, reasons, len(one))


TOKEN = re.compile(rb"[()]|\d+")


def cut(text):
    """The threads, each as its text without blanks that mean nothing."""
    threads, depth, tokens = [], 0, []
    for token in TOKEN.findall(text):
        tokens.append(token)
        depth += {b"(": 1, b")": -1}.get(token, 0)
        if depth == 0:
            threads.append(b" ".join(tokens))
            tokens = []
    return threads


def threads(theirs, ours, mails):
    several = [*sets(theirs, mails), f"1:{len(mails)}"]
    for way in ("ORDEREDSUBJECT", "REFERENCES"):
        commands = [f"UID THREAD {way} UTF-8 UID {uids}" for uids in several]

        @functools.cache
        def odd(thread):
            """The mail of a thread that explains it, or the first one."""
            uids = [int(uid) for uid in re.findall(rb"\d+", thread)]
            found = [uid for uid in uids if is_odd(mails[uid - 1], way)]
            return bool(found), mails[(found or uids)[0] - 1]

        ask = functools.partial(told, commands=commands, name=b"THREAD")
        sides = both(ask, theirs, ours)
        for one, other in zip(*sides):
            size = len(re.findall(rb"\d+", one))
            one, other = cut(one), cut(other)
            common = set(one) & set(other)
            reasons = []
            for thread in [x for x in one if x not in common]:
                reasons.append(Place("threads", odd(thread)[1], way, thread, "another"))
            for thread in [x for x in other if x not in common]:
                reasons.append(Place("threads", odd(thread)[1], way, "another", thread))
            shared = [[x for x in side if x in common] for side in (one, other)]
            for thread in displaced(*shared, lambda thread: odd(thread)[0]):
                at = (side.index(thread) for side in shared)
                reasons.append(Place("threads", odd(thread)[1], way, *at))
            yield Place("threads", None, way, one, other, reasons, size)

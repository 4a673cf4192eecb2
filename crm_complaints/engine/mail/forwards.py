"""Forwarded mail: who wrote what a colleague passes on, and their words.

Mail programs put a block of header lines above it, in the language of whoever forwards;
or they attach it. A block in a language that is not known here is told by its form: an
address, a date, and lines that begin with a word and a colon.
"""

import re
from email import message_from_bytes

from . import parser, quotes, source, web_forms
from .people import person
from .senders import Sender, is_program, sender_of

_MOST_LINES = 2_000
_LONGEST_LINE = 1_000
# From, date, subject, to, copy, reply-to, and what goes on in a second line.
_LONGEST_BLOCK = 12
_MOST_WORDS = 20_000
_MARKS = "> |*\t\u200e\u200f\u202a\u202b\u202c\ufeff\xa0"
# In some scripts another sign does for a colon.
_LABELLED = re.compile(r"([^\W\d_][^:：՝։@<>]{0,40}?)[ *_]{0,3}[:：՝։][ *_]{0,3}(.*)$")
_BEFORE_NAME = re.compile(r"[,:]|\d\S*|\b[ap]\.?m\b\.?|\bschrieb\b|\bskrev\b", re.I)
_AT = re.compile(r"[^\s<>@]@[^\s<>@]")
_SUBJECTS_ANSWER = re.compile(r"\s*(?:re|aw|antw|sv|rif|odp|ynt|res|отв)\s*[:：]", re.I)
# "-------- Words in any language --------"
_MARKER = re.compile(r"[-_=—–]{4,}\s*[^-_=—–\s][^-_=—–]{2,80}[-_=—–]{4,}$")
_MAIL_FILE = re.compile(r"\.(?:eml|msg)$", re.I)


def originals(message, own=frozenset(), house=frozenset()):
    """Tell who wrote the mails that a mail passes on, the latest first; never raises.

    :param message: email.message.Message
    :param own, house: as for ``senders.sender_of``
    :return: list of ``Sender`` with their ``words``; one without an address where a mail
        is passed on and does not say whose it is. None if nothing is passed on
    """
    found = []
    with source.tolerant():
        found += _attached(message, own, house)
    if len({sender.address for sender in found}) > 1:
        found = [Sender(is_relayed=True)]  # several mails of several people
    if not found:
        with source.tolerant():
            found += _inline(message)
    return found or None


def _attached(message, own, house):
    found = []
    for part in source.parts(message):
        if part is message:
            continue
        kind = source.content_type(part)
        name = source.decoded(
            source.parameter(part, "filename", of="Content-Disposition")
            or source.parameter(part, "name")
        )
        inner = None
        if kind == "message/rfc822":
            inside = source.payload(part)
            inner = inside[0] if isinstance(inside, list) and inside else None
            if inner is None:
                inner = _parsed(part)
        elif _MAIL_FILE.search(name):
            inner = _parsed(part)
        else:
            continue
        if inner is None or not source.header(inner, "From"):
            found.append(Sender(is_relayed=True))
            continue
        inner_sender = sender_of(inner, own, house)
        words = source.plain(inner)[:_MOST_WORDS].strip()
        found.append(
            Sender(
                inner_sender.address,
                inner_sender.name,
                answer_to=inner_sender.answer_to,
                is_relayed=True,
                words=words,
            )
        )
    return found


def _parsed(part):
    content = part.get_payload(decode=True)
    if isinstance(content, bytes) and content:
        return message_from_bytes(content, policy=parser.POLICY)
    return None


def _inline(message):
    lines = [
        line[:_LONGEST_LINE]
        for line in source.plain(message).replace("\r", "\n").split("\n")[:_MOST_LINES]
    ]
    bare = [quotes.visible(line.strip(_MARKS)) for line in lines]
    subject = source.decoded(source.header(message, "Subject"))
    forwards = quotes.is_forward_subject(subject)
    found, at, marked = [], 0, -1
    while at < len(bare):
        if not bare[at]:
            at += 1
            continue
        if quotes.begins_forward(bare[at]) or _MARKER.match(lines[at].strip("> ")):
            marked = at
            at += 1
            continue
        end, sender = _block(
            bare,
            at,
            is_marked=marked >= 0 and not found,
            forwards=forwards or marked >= 0,
        )
        if not sender and (forwards or marked >= 0):
            end, sender = _attribution(bare, at)
        if sender:
            words = "\n".join(line.lstrip("> ") for line in lines[end:]).strip()
            words = words[:_MOST_WORDS]
            if is_program(sender[1]):
                # the mail of a form; nobody writes from there
                filled = web_forms.read("\n".join(bare[at:])).people
                people = [found for found in filled if not is_program(found[1])]
                sender = people[0] if len(people) == 1 else ("", "")
            found.append(Sender(sender[1], sender[0], is_relayed=True, words=words))
            at = end
        else:
            at += 1
    if not found and (marked >= 0 or forwards):
        # "Fwd:" and nothing that says whose it is
        found.append(Sender(is_relayed=True))
    elif found and marked < 0 and not forwards and _SUBJECTS_ANSWER.match(subject):
        # they answered somebody, and sent it here as well: theirs or the other's?
        found = [Sender(name=found[0].name, is_relayed=True)]
    return found


def _block(lines, at, is_marked, forwards):
    """Read the header block of a forwarded mail.

    :param bool is_marked: a line above it says that here a mail begins
    :param bool forwards: so much is certain that a mail is passed on

    :return: the line after it and (name, address) of its sender; None where there is none
    """
    kinds, others, dated, end = set(), 0, False, at
    sender = guess = None
    place = at
    while place < min(at + _LONGEST_BLOCK, len(lines)):
        line = lines[place]
        labelled = _LABELLED.match(line)
        kind = quotes.label_of(line)
        if not labelled and not kind:
            if place == at:
                return at, None
            # a value may go on in the next line, and blank lines stand in HTML tables
            if line and place - end >= 2:
                break
            place += 1
            continue
        if not kind and "from" in kinds and place > end:
            break  # a label in the text below
        value = labelled[2].strip() if labelled else ""
        if not value and place + 1 < len(lines):
            value = _next_value(lines, place)
        if kind == "from" and sender is None:
            sender = person(_joined(lines, place, value))
        elif kind not in ("from", "to", "copy") and not _AT.search(value):
            dated = dated or bool(re.search(r"\d", value))
        if kind:
            kinds.add(kind)
        else:
            others += 1
            if guess is None and _AT.search(value):
                guess = person(_joined(lines, place, value))
        end = place + 1
        place += 1
    known = "from" in kinds and len(kinds) >= 3
    if (
        sender
        and (known or (is_marked and len(kinds) >= 2))
        and (sender[1] or "subject" in kinds or is_marked)
    ):
        return end, sender
    if (
        forwards
        and guess
        and dated
        and others + len(kinds) >= 3
        and "from" not in kinds
    ):
        return end, guess
    return at, None


def _next_value(lines, place):
    for line in lines[place + 1 : place + 3]:
        if line:
            return "" if _LABELLED.match(line) else line
    return ""


def _joined(lines, place, value):
    """Return a value with the line in which it goes on, if its address stands there."""
    following = lines[place + 1] if place + 1 < len(lines) else ""
    if (
        not _AT.search(value)
        and _AT.search(following)
        and not (
            quotes.label_of(following) or following.partition(" ")[0].endswith(":")
        )
    ):
        return f"{value} {following}"
    return value


def _attribution(lines, at):
    """Read "On …, Vera Klein <vera@kunde.example> wrote:"."""
    text = lines[at]
    for end in (at + 1, at + 2):
        if quotes.is_attribution(text) and _AT.search(text):
            found = re.search(
                r"([^<>\[\]()]{0,200})[<\[(](?:mailto:)?([^\s<>\[\]()]+)", text
            )
            if not found or "@" not in found[2]:
                bare = source.addresses(text)
                return end, ("", bare[0]) if bare else None
            words = _BEFORE_NAME.split(found[1])
            return end, (words[-1].strip(" \"'"), found[2].lower())
        if end < len(lines):
            text = f"{text} {lines[end]}".strip()
    return at, None

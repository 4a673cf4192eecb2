"""Layout of a mail: what of it is shown, in which order, and what is kept as a file.

Each text of a mail is shown or lies in a file. What the sender wrote is shown; of several
forms of the same the best that says something, and another one is a file where it says
more. Odoo reads parts by rules of its own, so that what it gets is flat: texts and files.
"""

import hashlib
import mimetypes
import re
from email import message_from_bytes, policy
from urllib.parse import unquote_to_bytes

from . import body as mail_body
from . import charsets, cms, forms, invitations, mending, tree
from . import parser as mail_parser
from . import source as mail_source

_SEALED_TYPES = frozenset(["application/pkcs7-mime", "application/x-pkcs7-mime"])
_SEALED_NAMES = frozenset(["smime.p7m", "smime.p7z"])
_ANY_HEADER = re.compile(rb"\s{0,9}[A-Za-z][A-Za-z-]{2,40}:[ \t]")
# A seal in a seal in a seal is what the military has.
_MOST_SEALS = 3
_CALENDAR_TYPES = frozenset(["text/calendar", "application/ics"])
# Types that texts have which no program knows, or which had a type of their own.
_TEXTS_PERHAPS = frozenset(["application/octet-stream", "application/xhtml+xml"])
_ENRICHED_TYPES = frozenset(["text/enriched", "text/richtext"])
_PLAIN_TYPES = frozenset(
    ["text/markdown", "text/x-markdown", "text/x-web-markdown", "text/x-plain"]
)
_MAIL_TYPES = frozenset(["message/rfc822", "message/global", "message/partial"])
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What a mail in the mail says of itself.
_SAID_OF_MAILS = ("From", "To", "Date", "Subject")
_MOST_SHOWN = 60
# Mail programs of the nineties are told so before the first part.
_FOR_OLD_PROGRAMS = re.compile(r"MIME|multi-?\s?part|mehrteilig", re.I)
_LONGEST_NOTICE = 600
_PART_HEADER = re.compile(
    r"\s{0,9}(?:--[^\n]{0,100}\n)?(Content-[A-Za-z-]{3,30}:)", re.I
)
# A file in the text of a mail (RFC 2397); the smallest are symbols.
_DATA = re.compile(
    r"data:([\w.+-]{1,60}/[\w.+-]{1,80})?((?:;[\w.+-]{1,40}(?:=[\w.+-]{0,60})?){0,5}),",
    re.I,
)
_DATA_ENDS = {
    '"': re.compile('"'),
    "'": re.compile("'"),
    "(": re.compile(r"\)"),
    "=": re.compile(r"[\s>]"),
}
_SMALL_DATA = 1_000
_MOST_DATA = 100
_SHOWN_PICTURES = frozenset(
    ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp"]
)
_BEFORE_PARAMETERS = re.compile(r"<param>[^<]{0,1000}</param>", re.I)
_ENRICHED_TAG = re.compile(r"<(/?[a-z-]{1,60})>", re.I)
_NEWLINES = re.compile(r"\n+")
_PGP_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.M)


# -- what Odoo gets


def lay_out(message, picture):
    """Let a mail be flat, with harmless HTML, in place: so Odoo shows and keeps all of it.

    :param str picture: as for ``mail_body.harmless``
    """
    reads = [read for read in tree.read(message) if read.role != tree.INNER]
    for read in reads:
        if read.role == tree.TEXT:
            _make_readable(read, picture)
    if reads and reads[0].holder is None and not tree.is_document(message):
        return
    parts = [
        _as_file(read.part) if tree.is_document(read.part) else read.part
        for read in reads
    ]
    tree.make_container(message)
    message.set_payload(_joined(parts))


def _make_readable(read, picture):
    part = read.part
    subtype = tree.type_of(part).partition("/")[2]
    if subtype == "html":
        text = mail_body.harmless(tree.text_of(part), picture)
        tree.set_text(part, text, "html")
    elif subtype != "plain":
        tree.set_text(part, tree.text_of(part), "plain")
    if read.holder is not None and tree.name_of(part):
        # else Odoo makes a file of it
        tree.set_text(part, tree.text_of(part), subtype)
        del part["Content-Disposition"]


def _as_file(part):
    """Return a mail in the mail as a file, into which Odoo does not look."""
    contents = []
    for child in tree.children(part) or ():
        content = None
        with mail_source.tolerant():
            content = child.as_bytes()
        if content is None:
            # as it stands, whatever is wrong with it
            content = child.as_bytes(policy=policy.compat32)
        contents.append(content)
    return tree.new_part(b"\r\n".join(contents), tree.name_of(part) or "message.eml")


def _joined(parts):
    """Join HTML that follows HTML: Odoo reads all it has again for each part it adds."""
    found, pieces, last = [], {}, None
    for part in parts:
        is_text = tree.is_text(part)
        is_html = is_text and tree.type_of(part) == "text/html"
        if is_html and last is not None:
            pieces[id(last)].append(part)
            continue
        found.append(part)
        if is_html:
            last, pieces[id(part)] = part, [part]
        elif is_text:
            last = None
    for part in found:
        if len(pieces.get(id(part), ())) > 1:
            texts = map(tree.text_of, pieces[id(part)])
            tree.set_text(part, "".join(texts), "html")
    return found


# -- steps of putting a mail in order


def open_seals(message):
    """Put what an opaque S/MIME signature seals before its file, which stays."""
    opened = []
    for _seal in range(_MOST_SEALS):
        found = [
            (part, holder, inside)
            for part, holder, _parent in tree.outer(message)
            if not any(part is other for other in opened)
            and (inside := _unsealed(part)) is not None
        ]
        for part, holder, inside in found:
            if holder is None:
                sealed = tree.split_off(part)
                part.set_payload([inside, sealed])
            else:
                sealed = part
                tree.replace(part, holder, [inside, part])
            opened.append(sealed)
        if not found:
            return


def _unsealed(part):
    """Return the part that is sealed in a part, None where there is none."""
    if not _is_sealed(part):
        return None
    kind, content = cms.opened(part.get_payload(decode=True) or b"")
    if kind not in (cms.SIGNED, cms.COMPRESSED):
        return None
    if _ANY_HEADER.match(content):
        return _parsed(content)
    # a signed document is one, and no mail
    if tree.name_of(part).lower() in _SEALED_NAMES and charsets.decodes(
        content, "utf-8"
    ):
        return tree.text_part(content.decode())
    return None


def _is_sealed(part):
    return not tree.children(part) and (
        tree.type_of(part) in _SEALED_TYPES
        or tree.name_of(part).lower() in _SEALED_NAMES
    )


def _parsed(content):
    """Parse a part of its own, mended as a mail is."""
    return message_from_bytes(mending.mend(content)[0], policy=mail_parser.POLICY)


def seals_of(message):
    """Tell what of a mail is sealed: ``cms.ENCRYPTED``, ``cms.SIGNED`` or ''.

    :return: that it is encrypted before that what it shows is signed, unverified
    """
    found = ""
    for part, *_place in tree.outer(message):
        kind = tree.type_of(part)
        if kind == "application/pgp-encrypted" or (
            kind == "text/plain" and _PGP_MESSAGE.search(tree.text_of(part))
        ):
            return cms.ENCRYPTED
        if _is_sealed(part):
            kind = cms.kind_of(part.get_payload(decode=True) or b"")
            if kind == cms.ENCRYPTED:
                return kind
            found = found or kind
    return found


def keep_outside(message):
    """Let words before the first and behind the last part of a container be parts.

    There they are where a boundary is wrong, and where a server adds words.
    """
    waiting = [part for part, *_place in tree.outer(message)]
    while waiting:
        part = waiting.pop()
        inside = tree.children(part)
        if inside is None or tree.is_document(part):
            continue
        before = _outside_part(part, part.preamble or "", is_before=True)
        behind = _outside_part(part, part.epilogue or "", is_before=False)
        part.preamble = part.epilogue = None
        # a part without a header is false
        added = [one for one in (before, behind) if one is not None]
        inside[:] = [one for one in (before, *inside, behind) if one is not None]
        waiting += [child for one in added for child, *_place in tree.outer(one)]


def _outside_part(container, text, is_before):
    """Return the part that words outside of all parts are, None where it is none."""
    if not forms.says_something(text):
        return None
    content = text.encode("ascii", "surrogateescape")
    boundary = container.get_boundary() or ""
    if boundary and f"\n--{boundary}\n" in f"\n{text}".replace("\r\n", "\n"):
        head = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'
        return _parsed(head.encode("ascii", "replace") + content)
    if header := _PART_HEADER.match(text):
        return _parsed(text[header.start(1) :].encode("ascii", "surrogateescape"))
    if is_before and len(text) < _LONGEST_NOTICE and _FOR_OLD_PROGRAMS.search(text):
        return None
    charset = charsets.meant_charset(content, "utf-8") or "utf-8"
    return tree.text_part(content.decode(charset, "replace").strip())


def take_data(message):
    """Let files that stand in the HTML be parts: it would be too long to be shown."""
    for part, holder, _parent, role in tree.read(message):
        if role != tree.TEXT or tree.type_of(part) != "text/html":
            continue
        html = tree.text_of(part)
        text, files = _without_data(html)
        if not files:
            continue
        tree.set_text(part, text, "html")
        if holder is None:
            tree.add(part, files)
        else:
            tree.replace(part, holder, [part, *files])


def _without_data(html):
    """Return HTML that names its files, and the parts that they are."""
    kept, at, files = [], 0, {}
    for found in _DATA.finditer(html):
        opening = html[max(found.start() - 9, 0) : found.start()].rstrip()[-1:]
        if found.start() < at or opening not in _DATA_ENDS or len(files) >= _MOST_DATA:
            continue
        end = _DATA_ENDS[opening].search(html, found.end())
        if not end or end.start() - found.start() < _SMALL_DATA:
            continue
        data = _data(html[found.end() : end.start()], found[2])
        mime_type = (found[1] or "text/plain").lower()
        content_id = f"{hashlib.sha1(data).hexdigest()}@data.invalid"
        if content_id not in files:
            main = mime_type.partition("/")[0]
            stem = main if main in ("image", "audio", "video") else "file"
            ending = mimetypes.guess_extension(mime_type) or ".bin"
            files[content_id] = tree.new_part(
                data, stem + ending, mime_type, content_id
            )
        shown = f"cid:{content_id}" if mime_type in _SHOWN_PICTURES else ""
        kept += [html[at : found.start()], shown]
        at = end.start()
    return "".join([*kept, html[at:]]), list(files.values())


def _data(text, parameters):
    if ";base64" not in parameters.lower():
        return unquote_to_bytes(text)
    return mending.read_base64(unquote_to_bytes(text))


def convert_texts(message):
    """Let texts of other types be plain ones, in lines that are whole."""
    for part, *_place in tree.outer(message):
        kind, inside = tree.type_of(part), tree.children(part)
        if kind.startswith("multipart/") and inside is None:
            # a container without parts has words at most
            tree.set_text(part, tree.text_of(part), "plain")
        elif kind in _ENRICHED_TYPES | _PLAIN_TYPES and not tree.is_named(part):
            text = tree.text_of(part)
            tree.set_text(
                part, _unenriched(text) if kind in _ENRICHED_TYPES else text, "plain"
            )
        if tree.is_text(part) and _breaks_words(part):
            tree.set_text(part, _unflowed(tree.text_of(part)), "plain")


def show_inline(message):
    """Show a text that is named and nonetheless to be shown, such as Apple's; keep it too."""
    for part, holder, _parent in tree.outer(message):
        if (
            holder is not None
            and tree.type_of(part) == "text/plain"
            and tree.is_named(part)
            and tree.disposition_of(part).startswith("inline")
        ):
            tree.replace(part, holder, [tree.text_part(tree.text_of(part)), part])


def _unenriched(text):
    """Return a text/enriched without its commands (RFC 1896)."""
    text = _BEFORE_PARAMETERS.sub("", text.replace("\r\n", "\n"))
    text = text.replace("<<", "\0").replace("<nl>", "\n\n").replace("<lt>", "\0")
    text = _ENRICHED_TAG.sub("", text).replace("\0", "<")
    return _NEWLINES.sub(
        lambda found: "\n" * (len(found[0]) - 1) if len(found[0]) > 1 else " ", text
    )


def _breaks_words(part):
    """Tell whether a text's lines are broken within words (RFC 3676, 4.2)."""
    return (
        mail_source.parameter(part, "format").lower() == "flowed"
        and mail_source.parameter(part, "delsp").lower() == "yes"
    )


def _unflowed(text):
    """Join the lines of a text that are one."""
    lines, open_depth = [], None
    for line in text.splitlines():
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        shown = words[:-1] if flows else words
        if open_depth == depth and words != "-- ":
            lines[-1] += shown
        else:
            lines.append(f"{'>' * depth}{' ' * bool(depth)}{shown}")
        open_depth = depth if flows else None
    return "\n".join(lines) + "\n" * text.endswith("\n")


def choose_forms(message):
    """Let of several forms of the same the best stay that says something.

    Another one becomes a file where it says something else.
    """
    found = [
        place
        for place in tree.outer(message)
        if tree.type_of(place[0]) == "multipart/alternative"
    ]
    for part, *_place in reversed(found):
        chosen = _chosen(tree.children(part) or [])
        tree.make_container(part)
        part.set_payload(chosen)


def _chosen(branches):
    """Return the best of these forms, and what of the others is to be kept."""
    texts = [_texts_of(branch) for branch in branches]
    said = [forms.Form(map(_form_of, found)) for found in texts]
    best = _best(texts, said)
    kept = []
    for at, branch in enumerate(branches):
        if at != best:
            kept += _kept(branch, said[best] if best is not None else None)
    return [*(branches[best : best + 1] if best is not None else ()), *kept]


def _best(texts, said):
    """Return which form is shown, None where none is a text."""
    speaking = [at for at, form in enumerate(said) if form.words]
    speaking = speaking or [
        at
        for at, found in enumerate(texts)
        if any(
            forms.says_something(text, subtype)
            for subtype, text in map(_form_of, found)
        )
    ]
    if not speaking:
        pictures = [
            at
            for at, found in enumerate(texts)
            if any(forms.has_picture(tree.text_of(part)) for part in found)
        ]
        some = pictures or [at for at, found in enumerate(texts) if found]
        return some[-1] if some else None
    best = speaking[-1]
    for other in reversed(speaking[:-1]):
        most = len(said[other].words)
        # such as "open this mail in your browser"
        if len(said[best].words) * 2 < most < said[best].missing(said[other]) * 2:
            best = other
    return best


def _kept(branch, shown):
    """Return what is kept of a form that is not shown."""
    kept = []
    for part, *_place in tree.outer(branch):
        inside = tree.children(part)
        if inside is not None and not tree.is_document(part):
            continue
        if not tree.is_text(part):
            kept.append(part)
            continue
        subtype, text = _form_of(part)
        if not forms.says_something(text, subtype):
            continue
        form = forms.Form([(subtype, text)])
        if shown is None or form.is_long or not form.words or shown.missing(form):
            kept.append(_text_file(part, subtype))
    return kept


def _text_file(part, subtype):
    tree.set_text(part, tree.text_of(part), subtype)
    del part["Content-Disposition"]
    tree.set_name(part, "text.html" if subtype == "html" else "text.txt")
    return part


def _texts_of(branch):
    return [part for part, *_place in tree.outer(branch) if tree.is_text(part)]


def _form_of(part):
    return tree.type_of(part).partition("/")[2], tree.text_of(part)


def say_something(message):
    """Let a mail without words show those of its invitation, its texts, its mails."""
    if tree.type_of(message) == "multipart/report":
        return
    reads = [read for read in tree.read(message) if read.role == tree.TEXT]
    calendar = tree.type_of(message) in _CALENDAR_TYPES
    if not calendar and any(
        forms.says_something(tree.text_of(part), tree.type_of(part).partition("/")[2])
        for part, *_place in reads
    ):
        return
    parts = [part for part, *_place in tree.outer(message)]
    for find in (_invitation, _text_in_file, _mail):
        found = [shown for part in parts for shown in find(part)][:_MOST_SHOWN]
        if found:
            _show_first(message, found)
            return


def _show_first(message, parts):
    """Put parts before all others."""
    inside = tree.children(message)
    if inside is not None and tree.type_of(message).startswith("multipart/"):
        inside[:0] = parts
    else:
        message.set_payload([*parts, tree.split_off(message)])


def _invitation(part):
    if tree.children(part) is None and (
        tree.type_of(part) in _CALENDAR_TYPES
        or tree.name_of(part).lower().endswith(".ics")
    ):
        words = invitations.in_words(tree.text_of(part))
        if words:
            yield tree.text_part(words)


def _text_in_file(part):
    """Yield the text of a part that is to be shown, but is named or of an odd type."""
    if tree.children(part) is not None or tree.disposition_of(part).startswith(
        "attachment"
    ):
        return
    kind, raw = tree.type_of(part), part.get_payload(decode=True) or b""
    if not kind.startswith("text/") and (
        kind not in _TEXTS_PERHAPS
        or tree.name_of(part)
        or raw.startswith((b"%", b"{"))  # PDF and RTF are text as well
        or not charsets.decodes(raw, "utf-8")
        or _CONTROL.search(raw)
    ):
        return
    text = tree.text_of(part)
    is_html = kind == "text/html" or (
        not kind.startswith("text/") and text.lstrip().startswith("<")
    )
    subtype = "html" if is_html else "plain"
    if forms.says_something(text, subtype):
        yield tree.text_part(text, subtype)


def _mail(part):
    """Yield what a mail in the mail says, and whose it is."""
    if tree.type_of(part) not in _MAIL_TYPES:
        return
    for mail in tree.children(part) or ():
        texts = [read.part for read in tree.read(mail) if read.role == tree.TEXT]
        if not texts:
            continue
        lines = [
            f"{name}: {mail_source.decoded(value)}"
            for name in _SAID_OF_MAILS
            if (value := mail_source.header(mail, name))
        ]
        yield tree.text_part("\n".join(lines) + "\n")
        for text in texts:
            subtype, words = _form_of(text)
            yield tree.text_part(words, "html" if subtype == "html" else "plain")

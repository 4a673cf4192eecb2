"""People that a mail names: their names and addresses, however these are written."""

import re

from . import source

# No more of a header is read for names; what is longer has addresses by the thousand.
LONGEST = 2_000
_TOKEN = re.compile(
    r"=\?[^?\s]{1,40}\?[bq]\?[^?\s]{0,500}\?="  # encoded words may have commas in them
    r'|"(?:\\.|[^"\\])*"|\([^()]*\)|<[^<>]*>|[,;]|[^"(<,;=]+|.',
    re.I,
)
BARE = re.compile(
    r"(?<![^\s<>()\[\]\",;:@])[^\s<>()\[\]\",;:@]{1,200}@[^\s<>()\[\]\",;:@]{1,255}"
)
# What may stand around a name, in pairs: Outlook writes 'Miller, Jane'.
_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›"


def people(text):
    """Return (name, address) of each address in a header, however it is written.

    A comma in a name needs quotes (RFC 5322, 3.4), which not all programs write.
    """
    found, words, comment, address = [], [], "", ""

    def finish():
        nonlocal words, comment, address
        name = tidy("".join(words), address) or tidy(comment, address)
        found.append((name, address))
        words, comment, address = [], "", ""

    for match in _TOKEN.finditer(text[:LONGEST]):
        token = match[0]
        if token in ",;":
            if address:
                finish()
            else:
                words.append(token)
        elif token[0] == "<" and token[-1] == ">" and len(token) > 1:
            if bare := BARE.search(token.replace("mailto:", "")):
                if address:
                    # "jane@work.example <jane@home.example>": the brackets count
                    words = [] if not "".join(words).strip() else words
                address = bare[0].lower()
                finish()
        elif token[0] == "(" and token[-1] == ")" and len(token) > 1:
            comment = token[1:-1]
            if (
                address == ""
                and found
                and not "".join(words).strip()
                and not found[-1][0]
            ):
                found[-1] = (tidy(comment, found[-1][1]), found[-1][1])
                comment = ""
        elif token[0] == '"' or not (bare := BARE.search(token)):
            words.append(token)
        else:
            # an address without brackets, or a name that looks like one before them
            rest = text[match.end() : match.end() + 4].lstrip()
            if rest.startswith("<"):
                words.append(token)
            else:
                if not _is_name("".join(words)):
                    words = []
                words.append(token[: bare.start()])
                address = bare[0].lower()
    if address:
        finish()
    return [(name, bare) for name, bare in found if bare]


def _is_name(text):
    return bool(re.search(r"[^\W\d_]", text))


def tidy(name, address=""):
    """Return a name as one writes it, '' where it only repeats the address."""
    name = source.decoded(name.strip())
    name = re.sub(r"\\(.)", r"\1", name)
    name = " ".join(name.split()).strip(" ,;:<>")
    while len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip(" ,;")
    name = name.strip('"').strip()
    bare = re.sub(r"^mailto:", "", name.strip("<>[]() "), flags=re.I)
    if not _is_name(name) or ("@" in bare and " " not in bare):
        return ""
    if bare.lower() in (address, address.partition("@")[0]) and "@" in bare:
        return ""
    return name[:200]


def person(text):
    """Return (name, address) of what stands after "From:" in a text; the address may be ''."""
    text = re.sub(r"\[(?:mailto:)?([^\[\]\s]+@[^\[\]\s]+)\]", r"<\1>", text)
    text = re.sub(r"<mailto:([^<>\s]+)>", r"<\1>", text)
    # "vera@kunde.example <vera@kunde.example>", as links become text
    found = people(text)
    if found:
        return found[0]
    name = re.sub(r"\s+", " ", text).strip(" \"'<>")
    return (name[:200], "") if re.search(r"[^\W\d_]", name) else ("", "")

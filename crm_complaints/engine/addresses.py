"""E-mail addresses: whose mailbox one is, how it travels, and how it may be mistyped."""

import re
from contextlib import suppress

import idna

# Mailboxes for everybody: their domain says nothing of a company, and is often mistyped.
PROVIDERS = (
    *(
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
    ),
    *("yahoo.com", "yahoo.co.uk", "yahoo.de", "yahoo.fr", "ymail.com", "aol.com"),
    *("icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "gmx.de"),
    *("gmx.net", "gmx.at", "gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de"),
    *(
        "mail.com",
        "posteo.de",
        "mailbox.org",
        "hotmail.de",
        "hotmail.fr",
        "hotmail.co.uk",
    ),
    *("hotmail.it", "hotmail.es", "outlook.de", "outlook.fr", "orange.fr", "free.fr"),
    *("laposte.net", "wanadoo.fr", "sfr.fr", "libero.it", "virgilio.it", "tiscali.it"),
    *("mail.ru", "yandex.ru", "bk.ru", "inbox.ru", "list.ru", "rambler.ru", "ukr.net"),
    *("wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz", "bluewin.ch", "qq.com"),
    *("163.com", "126.com", "naver.com", "btinternet.com", "comcast.net", "zoho.com"),
)
# Reserved for examples (RFC 2606, 3): a company that has one has not entered its own yet.
RESERVED = ("example.com", "example.net", "example.org")
# What people type in place of a common last part.
_ENDINGS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "vom", "xom", "cpm", "coom"), "com"),
    **dict.fromkeys(("nett", "ner", "nte"), "net"),
    **dict.fromkeys(("ogr", "orgg", "rog"), "org"),
}
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_AROUND = "<>()[]{}\"'`´‘’“”„«»,;:!? \t"


def ascii_domain(address):
    """Return an address with its domain in letters that every mail server takes.

    Internationalised domains travel as punycode (RFC 5891); what is none stays as it is.
    """
    local, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return local + at + idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return address


def spellings(address):
    """Return the ways in which the mailbox of an address may be written, its own first.

    Internationalised domains have two, and what follows a plus sign only sorts the mail
    of one mailbox (RFC 5233).

    :param str address: bare
    """
    address = address.strip().lower()
    local, at, domain = address.rpartition("@")
    if not at:
        return [address] if address else []
    domain = domain.rstrip(".")
    known = ascii_domain(f"@{domain}")[1:]
    domains = [domain, known]
    with suppress(idna.IDNAError, UnicodeError):  # no domain of that kind
        domains.append(idna.decode(known))
    base = local.partition("+")[0] or local
    return list(dict.fromkeys(f"{some}@{d}" for some in (local, base) for d in domains))


def without_detail(address):
    """Return a bare address without what follows a plus sign in front of its @."""
    local, at, domain = address.rpartition("@")
    return (local.partition("+")[0] or local) + at + domain


def mailbox(address):
    """Return what all addresses of one mailbox have in common; '' for no address."""
    found = spellings(address)
    if not found:
        return ""
    return ascii_domain(without_detail(found[0]))


def typed(text):
    """Read an address that somebody typed.

    :return: the address as it is meant, '' where there is none; what may be meant in its
        place, '' where it looks right
    """
    text = " ".join(text.split())
    bare = re.sub(r"^mailto:\s*", "", text.strip(_AROUND), flags=re.I)
    named = re.fullmatch(r"[^<>@]*<([^<>]+)>", text)
    if named:
        bare = named[1]
    bare = bare.strip(_AROUND).translate({0xFF20: "@", 0xFF0E: ".", 0x3002: "."})
    if _is_address(bare):
        meant = _as_meant(bare)
        return bare, "" if meant == bare else meant
    guess = _guess(bare)
    return "", guess if _is_address(guess) else ""


def _is_address(text):
    local, at, domain = text.rpartition("@")
    labels = domain.split(".")
    return bool(
        at
        and len(domain) <= 253
        and _LOCAL.fullmatch(local)
        and ".." not in local
        and local[0] != "."
        and local[-1] != "."
        and len(labels) >= 2
        and all(_LABEL.fullmatch(label) for label in labels)
        and len(labels[-1]) >= 2
        and not labels[-1].isdigit()
    )


def _guess(text):
    """Return what somebody may have meant who typed something that is no address."""
    parts = re.split(r"\s*[,;]\s*|\s+", text)
    whole = [part for part in parts if _is_address(part)]
    if whole:
        return _as_meant(whole[0])
    local, at, domain = re.sub(r"@{2,}", "@", re.sub(r"\s+", "", text)).partition("@")
    if not at:
        found = re.fullmatch(r"(.+?)(?:\(at\)|\[at\]|\{at\})(.+)", local, re.I)
        if not found:
            for provider in PROVIDERS:
                if local.lower().endswith(provider) and len(local) > len(provider):
                    return f"{local[: -len(provider)].rstrip('.')}@{provider}"
            return ""
        local, domain = found[1], found[2]
    domain = re.sub(r"[,;:/@]+|\(dot\)|\[dot\]", ".", domain)
    domain = re.sub(r"\.{2,}", ".", domain).strip(".-")
    local = re.sub(r"\.{2,}", ".", re.sub(r"[,;:]", ".", local)).strip(".")
    if "." not in domain:
        for provider in PROVIDERS:
            name, _dot, ending = provider.rpartition(".")
            if domain.lower() in (name + ending, name):
                domain = provider
                break
    return _as_meant(f"{local}@{domain}")


def _as_meant(address):
    """Return an address with the usual mistypings of its domain set right."""
    local, _at, domain = address.rpartition("@")
    lower = domain.lower()
    if lower in PROVIDERS:
        return address
    name, _dot, ending = lower.rpartition(".")
    if ending in _ENDINGS:
        lower = f"{name}.{_ENDINGS[ending]}"
        domain = lower
    if lower not in PROVIDERS:
        alike = next((known for known in PROVIDERS if _is_slip(lower, known)), "")
        domain = alike or domain
    return f"{local}@{domain}"


def _is_slip(text, known):
    """Tell whether a text is a longer known one but for one letter, or two exchanged."""
    if len(known) < 8 or abs(len(text) - len(known)) > 1 or text == known:
        return False
    if text.rpartition(".")[2] != known.rpartition(".")[2]:
        # another country's domain of the same name
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(text, known, strict=False)) if a != b),
        len(known),
    )
    rest, wanted = text[at:], known[at:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or rest[:2] == wanted[1::-1]
        and rest[2:] == wanted[2:]
    )

"""Texts of mails as programs write them that do it wrongly, and the words to be shown."""

import base64
import quopri

from .mail_trees import sealed, vendor_japanese

LONG = (
    "The parcel was open, Grüße aus Köln, and the bread was mouldy when it came.\n" * 3
)
INVITATION = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Talk\\, please\n"
    "DTSTART;TZID=Europe/Berlin:20261201T090000\nDTEND;TZID=Europe/Berlin:20261201T1\n"
    " 00000\nLOCATION:Room 5\nDESCRIPTION:Call me\\nabout the broken\n  door.\n"
    "BEGIN:VALARM\nDESCRIPTION:Alarm\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
)


def b64(text, charset="utf-8"):
    return base64.encodebytes(text.encode(charset)).decode()


def qp(text):
    return quopri.encodestring(text.encode()).decode()


def plain(text, charset="utf-8", head=""):
    return f"Content-Type: text/plain; charset={charset}{head}\n\n{text}\n"


def html(text):
    return f"Content-Type: text/html; charset=utf-8\n\n{text}\n"


def japanese(raw, charset="iso-2022-jp"):
    return plain(raw.decode("latin-1"), charset)


def encoded(raw, charset):
    return (
        f"Content-Type: text/plain; charset={charset}\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(raw).decode()}"
    )


def box(*parts, kind="mixed", before="", behind="", boundary="b"):
    inside = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return (
        f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'
        f"{before}{inside}--{boundary}--{behind}\n"
    )


def said_to_be(encoding, text, kind="plain"):
    said = f"Content-Transfer-Encoding: {encoding}\n" if encoding else ""
    return f"Content-Type: text/{kind}; charset=utf-8\n{said}\n{text}"


def file(text, kind="text/plain", disposition="attachment", name="a.txt"):
    return (
        f"Content-Type: {kind}\n"
        f"Content-Disposition: {disposition}; filename={name}\n\n{text}\n"
    )


def mail(text, head=""):
    return f"Content-Type: message/rfc822\n{head}\nFrom: x@example.org\nSubject: In May\n{text}"


def smime(
    content,
    kind="application/pkcs7-mime; smime-type=signed-data",
    in_pieces=False,
    kind_of="2a864886f70d010702",
):
    raw = sealed(content.replace("\n", "\r\n").encode(), in_pieces, kind_of)
    return (
        f'Content-Type: {kind}; name="smime.p7m"\n'
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(raw).decode()}"
    )


_PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(2_000_000)).decode()
_DEEP = "<blockquote>" * 700 + "words two" + "</blockquote>" * 700

# What it is -> (the mail below its first header, the words that are shown, in order)
SHOWN = {
    # who encodes and does not say so
    "base64": (said_to_be("", b64(LONG)), ["Köln"]),
    "base64 HTML": (said_to_be("7bit", b64(f"<p>{LONG}"), "html"), ["Köln"]),
    "base64 as quoted": (said_to_be("quoted-printable", b64(LONG)), ["Köln"]),
    "quoted": (said_to_be("8bit", qp(LONG)), ["Köln"]),
    "quoted as base64": (said_to_be("base64", qp(LONG)), ["Köln"]),
    "quoted, cut": (
        said_to_be("quoted-printable", "Gr=C3=BC=C3=9Fe end=C3=\n="),
        ["Grüße end"],
    ),
    "quoted wrongly": (
        said_to_be("quoted-printable", "price = 5 =ZZ Gr=c3=bc=c3=9fe"),
        ["price = 5", "Grüße"],
    ),
    "base64 without its end": (
        said_to_be("base64", b64(LONG).rstrip("=\n")),
        ["mouldy", "Köln"],
    ),
    # charsets
    "vendor's Japanese": (
        japanese(vendor_japanese("①㈱髙﨑ﾊﾝｶｸ words")),
        ["①㈱髙﨑ﾊﾝｶｸ words"],
    ),
    "Japanese as ASCII": (
        japanese(vendor_japanese("①㈱ words"), "us-ascii"),
        ["①㈱ words"],
    ),
    "Japanese as UTF-8": (japanese(vendor_japanese("日本語"), "utf-8"), ["日本語"]),
    "Japanese without its escapes": (
        japanese(vendor_japanese("words 日本語 (Bread) ok").replace(b"\x1b", b"")),
        ["words 日本語 (Bread) ok"],
    ),
    "unknown set": (japanese(b"words \x1b$(ZAABB\x1b(B two"), ["words \ufffd two"]),
    "broken pair": (japanese(b"words \x1b$B\x7e\x1b(B two"), ["words \ufffd two"]),
    "Chinese behind a shift": (
        japanese(b"\x1b$)A\x0e;6EL\x0f words", "iso-2022-cn"),
        ["欢盘 words"],
    ),
    "Latin 1 with Microsoft's letters": (
        encoded("5 € „Grüße“".encode("cp1252"), "iso-8859-1"),
        ["5 € „Grüße“"],
    ),
    "UTF-8 as Latin 1": (encoded("Grüße".encode(), "iso-8859-1"), ["Grüße"]),
    "Thai stays": (encoded("ยก".encode("cp874"), "windows-874"), ["ยก"]),
    "twice": (
        encoded("Grüße, Grüße".encode().decode("cp1252").encode(), "utf-8"),
        ["Grüße, Grüße"],
    ),
    "what somebody wrote": (plain("You write MÃ¼ller, I am Müller."), ["MÃ¼ller, I"]),
    "UTF-16 as UTF-8": (encoded("Grüße".encode("utf-16"), "utf-8"), ["Grüße"]),
    "UTF-16 without a mark": (
        encoded("words one".encode("utf-16-be"), "utf-16"),
        ["words one"],
    ),
    # boundaries and headers
    "no closing": (
        box(plain("one"), plain("two")).replace("--b--", ""),
        ["one", "two"],
    ),
    "blanks behind the boundary": (
        box(plain("one"), plain("two")).replace("--b", "--b \t"),
        ["one", "two"],
    ),
    "first boundary wrong": (
        box(plain("two"), before=f"--bb\n{plain('one')}"),
        ["one", "two"],
    ),
    "words before the parts": (box(plain("two"), before="one\n"), ["one", "two"]),
    "boundary in the midst wrong": (
        box(plain("one") + f"--bbb\n{plain('two')}"),
        ["one", "two"],
    ),
    "closed too early": (
        box(plain("one"), behind=f"\n--b\n{plain('two')}\n--b--"),
        ["one", "two"],
    ),
    "words behind the parts": (box(plain("one"), behind="\n\ntwo\n"), ["one", "two"]),
    "no blank line in a part": (
        box("Content-Type: text/plain\nNote: one", "Note: two"),
        ["Note: one", "Note: two"],
    ),
    "no blank line": ("Content-Type: text/plain\nNote: one\n", ["Note: one"]),
    "no such type": ("Content-Type: html/text\n\n<p>one</p>", ["one"]),
    "XHTML": ("Content-Type: application/xhtml+xml\n\n<p>one</p>", ["one"]),
    # HTML
    "endless comment": (html("<p>one</p><!-- <p>two</p>"), ["one", "two"]),
    "endless style": (html("<p>one</p><style>p {} <p>two</p>"), ["one", "two"]),
    "two pages": (
        html("<html><body>one</body></html><html><body>two</body></html>three"),
        ["one", "two", "three"],
    ),
    "deep": (
        html(f"<p>words one</p>{_DEEP}<p>three"),
        ["words one", "words two", "three"],
    ),
    "large picture": (
        html(f'<p>one</p><img src="data:image/png;base64,{_PICTURE}"><p>two</p>'),
        ["one", "two"],
    ),
    "large comment": (html(f"<!--{'x ' * 300_000}--><p>one</p>"), ["one"]),
    "large style": (html(f"<style>{'p {} ' * 200_000}</style><p>one</p>"), ["one"]),
    # forms
    "empty HTML": (
        box(plain("one"), html("<html><body></body></html>"), kind="alternative"),
        ["one"],
    ),
    "HTML of a picture": (
        box(plain("one"), html('<img src="cid:a">&nbsp;'), kind="alternative"),
        ["one"],
    ),
    "HTML that leads to the browser": (
        box(
            plain("one two three four five six seven eight"),
            html("<a href='https://a.example'>Open</a>"),
            kind="alternative",
        ),
        ["one two three"],
    ),
    "text between forms": (
        box(
            plain("one"),
            box(plain("two"), html("<p>two</p>"), kind="alternative", boundary="c"),
            plain("three"),
            box(plain("four"), html("<p>four</p>"), kind="alternative", boundary="d"),
            html("<p>five</p>"),
        ),
        ["one", "two", "three", "four", "five"],
    ),
    "Apple's forms": (
        box(
            plain("one two"),
            box(
                html("<p>one</p>"),
                file("pdf", name="a.pdf"),
                html("<p>two</p>"),
                boundary="c",
            ),
            kind="alternative",
        ),
        ["one", "two"],
    ),
    "Exchange's files": (
        box(
            plain("one"),
            file("two", name="ATT00001.txt"),
            file("<p>three</p>", "text/html", name="ATT00002.htm"),
        ),
        ["one", "two", "three"],
    ),
    "named, inline": (
        box(plain("one"), file("two", disposition="inline")),
        ["one", "two"],
    ),
    "only named": (box(file("one", disposition="inline", name="a.txt")), ["one"]),
    "enriched": (
        "Content-Type: text/enriched\n\n<bold>one</bold> <<tw\no\n\nthree",
        ["one <tw o", "three"],
    ),
    "markdown": (box("Content-Type: text/markdown\n\n# one\n"), ["# one"]),
    "unknown type alone": (box("Content-Type: text/x-unknown\n\none\n"), ["one"]),
    "lines broken in words": (
        plain(
            "wor \nds 日本 \n語です\n> quo \n> ted\n-- \nAnna",
            head="; format=flowed; delsp=yes",
        ),
        ["words 日本語です"],
    ),
    # mails in the mail
    "beside a mail": (
        box(plain("one"), mail("\n" + "two\n")),
        ["one"],
    ),
    "nothing but a mail": (
        box(mail(html("<p>one</p>"))),
        ["x@example.org", "In May", "one"],
    ),
    "a mail as the mail": (mail("\none\n"), ["one"]),
    "mail in base64": (
        box(
            mail("", "Content-Transfer-Encoding: base64\n").partition("From")[0]
            + b64("Subject: In May\n\none\n")
        ),
        ["In May", "one"],
    ),
    "digest": (box("\nSubject: In May\n\none\n", kind="digest"), ["In May", "one"]),
    # seals
    "sealed": (smime(plain("one")), ["one"]),
    "sealed in pieces": (smime(html("<p>one</p>"), in_pieces=True), ["one"]),
    "sealed, of Outlook's old type": (
        smime(box(plain("one"), file("two")), kind="application/x-pkcs7-mime"),
        ["one"],
    ),
    "sealed twice": (smime(smime(plain("one"))), ["one"]),
    "sealed beside a text": (box(plain("one"), smime(plain("two"))), ["one", "two"]),
    "sealed without a header": (smime("one, only words"), ["one, only words"]),
    "signed in the clear": (
        plain(
            "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\none\n"
            "-----BEGIN PGP SIGNATURE-----\n\niQEz\n=ab\n-----END PGP SIGNATURE-----"
        ),
        ["one"],
    ),
    # invitations
    "invitation": (
        f"Content-Type: text/calendar; method=REQUEST\n\n{INVITATION}",
        [
            "Talk, please",
            "2026-12-01 09:00 (Europe/Berlin) – 2026-12-01 10:00 (Europe/Berlin)",
            "Room 5",
            "Call me",
            "about the broken door.",
        ],
    ),
    "invitation beside nothing": (
        box(
            html("<p>&nbsp;</p>"),
            f"Content-Type: text/calendar\n\n{INVITATION}",
            kind="alternative",
        ),
        ["Talk, please", "Room 5"],
    ),
    "invitation that is none": (
        "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nX-NOTE:one\n",
        ["X-NOTE:one"],
    ),
}

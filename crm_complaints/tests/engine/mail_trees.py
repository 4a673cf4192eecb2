"""Mails made at random, with what of each is to be shown and what is to be kept."""

import base64
import quopri
from dataclasses import dataclass, field

from hypothesis import strategies as st

JAPANESE = "日本語のメール"
# How a text is said to be written, how it is, and what it says beside its mark.
CHARSETS = (
    ("utf-8", "utf-8", "Grüße ✓ 你好"),
    ("us-ascii", "ascii", "Greetings"),
    (None, "ascii", "Greetings"),
    ("us-ascii", "utf-8", "Grüße"),
    (None, "utf-8", "Grüße"),
    ("iso-8859-1", "latin-1", "Grüße"),
    ("iso-8859-1", "cp1252", "5 € „Grüße“"),
    ("iso-8859-15", "iso-8859-15", "5 € Grüße"),
    ("iso-8859-1", "utf-8", "Grüße aus Köln"),
    ("windows-1252", "utf-8", "Grüße aus Köln"),
    ("windows-1252", "cp1252", "5 € „Grüße“"),
    ("x-unknown", "utf-8", "Grüße"),
    ("unknown-8bit", "cp1252", "Grüße"),
    ("default_charset", "utf-8", "Grüße"),
    ("gb2312", "gb18030", "你好喆镕"),
    ("gbk", "gbk", "你好"),
    ("ks_c_5601-1987", "cp949", "똠방각하"),
    ("euc-kr", "cp949", "똠방각하"),
    ("iso-2022-kr", "iso2022_kr", "안녕하세요"),
    ("windows-874", "cp874", "สวัสดี"),
    ("tis-620", "cp874", "สวัสดี “ค่ะ”"),
    ("big5", "cp950", "您好"),
    ("shift_jis", "cp932", "①髙﨑です"),
    ("iso-2022-jp", "iso-2022-jp", JAPANESE),
    ("iso-2022-jp", "vendor", "①㈱髙﨑ﾊﾝｶｸ"),
    ("cp50221", "vendor", "①㈱髙﨑ﾊﾝｶｸ"),
    ("iso-2022-jp-ms", "vendor", "①㈱"),
    (None, "iso-2022-jp", JAPANESE),
    ("us-ascii", "vendor", "①㈱"),
    ("utf-8", "iso-2022-jp", JAPANESE),
    ("koi8-r", "koi8-r", "Привет"),
    ("windows-1251", "cp1251", "Привет"),
    ("utf-7", "utf-7", "Grüße"),
    ("utf-16", "utf-16", "Grüße 你好"),
)


def vendor_japanese(text):
    """Encode as Japanese mail programs do, with characters of Microsoft's."""
    raw, mode = b"", b"(B"
    for letter in text:
        code = letter.encode("cp932")
        if len(code) == 2:
            high, low = code
            high = (high - (0xC1 if high >= 0xE0 else 0x81)) * 2 + 0x21
            if low >= 0x9F:
                high, low = high + 1, low - 0x7E
            else:
                low -= 0x20 if low >= 0x80 else 0x1F
            wanted, code = b"$B", bytes([high, low])
        elif code[0] >= 0xA1:
            wanted, code = b"(I", bytes([code[0] & 0x7F])
        else:
            wanted = b"(B"
        if wanted != mode:
            raw, mode = raw + b"\x1b" + wanted, wanted
        raw += code
    return raw + (b"" if mode == b"(B" else b"\x1b(B")


def encoded(text, charset):
    if charset == "vendor":
        return vendor_japanese(text)
    return text.encode(charset)


@dataclass
class Made:
    """A part of a mail, and what becomes of the words in it.

    :ivar bytes raw: with its header
    :ivar list shown: words that are shown, in their order
    :ivar list kept: words that are shown, or lie in a file
    """

    raw: bytes
    shown: list = field(default_factory=list)
    kept: list = field(default_factory=list)


def part(kind, content, *, encoding="8bit", head=()):
    """Return a part's bytes."""
    lines = [f"Content-Type: {kind}"]
    if encoding in ("base64", "unpadded", "noisy"):
        lines.append("Content-Transfer-Encoding: base64")
        content = base64.encodebytes(content).replace(b"\n", b"\r\n")
        if encoding == "unpadded":
            content = content.rstrip(b"=\r\n")
        elif encoding == "noisy":
            content = content.replace(b"\r\n", b" \t\r\n\r\n", 1)
    elif encoding == "quoted-printable":
        lines.append("Content-Transfer-Encoding: quoted-printable")
        content = quopri.encodestring(content).replace(b"\n", b"\r\n")
    elif encoding:
        lines.append(f"Content-Transfer-Encoding: {encoding}")
    head = "\r\n".join([*lines, *head, "", ""]).encode()
    return head + content + b"\r\n"


class Maker:
    """Makes parts, each with words that stand nowhere else."""

    def __init__(self, draw):
        self._draw = draw
        self._count = 0

    def one_of(self, options):
        return self._draw(st.sampled_from(options))

    def mark(self):
        self._count += 1
        return f"mark{self._count:03}x"

    def text(self):
        """Return type parameters, bytes, encoding and the words of a text."""
        charset, codec, words = self.one_of(CHARSETS)
        mark = self.mark()
        raw = encoded(f"{mark} {words}.", codec)
        wide = codec == "utf-16"
        encodings = ["base64", "unpadded", "noisy"]
        encodings += [] if wide else ["quoted-printable", "8bit", None]
        parameters = f"; charset={charset}" if charset else ""
        return parameters, raw, self.one_of(encodings), [mark, words]

    # -- leaves

    def plain(self):
        parameters, raw, encoding, words = self.text()
        kind = self.one_of(["text/plain", "text/plain", "text/markdown"])
        return Made(part(kind + parameters, raw, encoding=encoding), words)

    def html(self):
        mark, words = self.mark(), "Grüße"
        html = self.one_of(
            [
                "<html><body><p>{}</p></body></html>",
                "<div>{}</div>",
                "{}",
                "<!-- {{}} " + "x" * 3_000 + "--><p>{}",
                "<style>" + "p {{color: red}} " * 50 + "</style><p>{}</p>",
                "<table><tr><td>{}</td></tr></table>",
                "<div>" * 300 + "{}" + "</div>" * 300,
                '<img src="data:image/png;base64,' + "iVBORw0K" * 200 + '"><p>{}</p>',
                "<p><b>Dear</b> Sirs<br>{}<img src='cid:none'></p>",
                "<form><textarea>{}</textarea></form>",
            ]
        ).format(f"{mark} {words}.")
        encoding = self.one_of(["base64", "quoted-printable", "8bit"])
        raw = html.encode()
        return Made(
            part("text/html; charset=utf-8", raw, encoding=encoding), [mark, words]
        )

    def enriched(self):
        mark = self.mark()
        raw = f"<bold>{mark}</bold> a <<b>\r\n".encode()
        return Made(part("text/enriched; charset=utf-8", raw), [mark])

    def nothing(self):
        kind, content = self.one_of(
            [
                ("text/plain", b""),
                ("text/plain", b" \r\n\t\r\n"),
                ("text/html", b""),
                ("text/html", b"<html><body></body></html>"),
                ("text/html", b"<p>&nbsp;</p><table><tr><td> </td></tr></table>"),
                ("text/html", b"<p>&#8203;&zwnj;&#xfeff;</p><style>p {}</style>"),
                ("text/html", b"<title>No title</title><br><hr>"),
                ("text/html", b'<img src="https://spy.example/open.gif" width=1>'),
            ]
        )
        return Made(part(f"{kind}; charset=utf-8", content))

    def file(self):
        mark = self.mark()
        kind, head = self.one_of(
            [
                ("text/x-unknown", []),
                ("text/csv", ["Content-Disposition: attachment; filename=a.csv"]),
                ("text/plain", ["Content-Disposition: attachment"]),
                ("text/html", ["Content-Disposition: attachment; filename=a.html"]),
                ("text/plain", ["Content-Disposition: inline; filename=note.txt"]),
                ("text/plain; name=note.txt", []),
                ("application/octet-stream", []),
                ("application/x-note; name=note", []),
                ("image/png", ["Content-ID: <a@b>", "Content-Disposition: inline"]),
                ("text/calendar", []),
            ]
        )
        content = f"BEGIN:VCALENDAR\r\nX:{mark}\r\nEND:VCALENDAR\r\n".encode()
        return Made(part(kind, content, head=head), kept=[mark])

    # -- containers

    def container(self, parts, kind="multipart/mixed", loose=(b"", b"")):
        """Return a container of parts; loose are words before and behind them."""
        self._count += 1
        boundary = f"=_{self._count}b"
        raw = f'Content-Type: {kind}; boundary="{boundary}"\r\n\r\n'.encode()
        raw += loose[0]
        for one in parts:
            raw += f"--{boundary}\r\n".encode() + one.raw + b"\r\n"
        if self._draw(st.integers(0, 9)) or loose[1]:
            raw += f"--{boundary}--\r\n".encode() + loose[1]
        return raw

    def several(self, depth):
        parts = [self.any(depth - 1) for _part in range(self._draw(st.integers(1, 4)))]
        kind = self.one_of(
            [
                "multipart/mixed",
                "multipart/mixed",
                "multipart/related",
                "multipart/signed; protocol=application/x",
                "multipart/parallel",
                "multipart/x-unheard-of",
            ]
        )
        return Made(
            self.container(parts, kind),
            [words for one in parts for words in one.shown],
            [words for one in parts for words in one.kept],
        )

    def loose(self, depth):
        """Return a container with words outside its parts."""
        inside, before, behind = self.any(depth - 1), self.mark(), self.mark()
        raw = self.container(
            [inside],
            loose=(f"{before}\r\n".encode(), f"\r\n{behind}\r\n".encode()),
        )
        return Made(raw, [before, *inside.shown, behind], inside.kept)

    def forms(self, depth):
        """Return several forms of the same."""
        mark = self.mark()
        words = [mark, "Grüße", "from", "Anna", "Novak", "and", "her", "family"]
        text = " ".join(words)
        plain = Made(part("text/plain; charset=utf-8", text.encode()))
        html = Made(part("text/html; charset=utf-8", f"<p>{text}</p>".encode()))
        picture = self.file()
        nothing, other = self.nothing(), self.any(depth - 1)
        related = Made(self.container([html, picture], "multipart/related"))
        forms, kept = self.one_of(
            [
                ([plain, html], []),
                ([plain, nothing], []),
                ([nothing, html], []),
                ([plain], []),
                ([html, plain], []),
                ([plain, html, nothing], []),
                ([plain, related], picture.kept),
                ([related, plain], picture.kept),
                ([plain, picture], picture.kept),
                ([plain, html, picture], picture.kept),
            ]
        )
        if self._draw(st.integers(0, 3)):
            raw = self.container(forms, "multipart/alternative")
            return Made(raw, [mark, "Grüße"], kept)
        # what is no other form of it, though it is said to be
        raw = self.container([plain, other], "multipart/alternative")
        return Made(raw, [], [mark, *other.shown, *other.kept])

    def mail(self, depth):
        """Return a mail in the mail."""
        inside = self.any(depth - 1)
        head = self.one_of(["", "Content-Disposition: attachment; filename=a.eml\r\n"])
        raw = (
            f"Content-Type: message/rfc822\r\n{head}\r\nFrom: b@example.org\r\n"
            "Subject: Earlier\r\nMIME-Version: 1.0\r\n"
        ).encode()
        return Made(raw + inside.raw, [], [*inside.shown, *inside.kept])

    def digest(self, depth):
        mails = [self.mail(depth) for _mail in range(self._draw(st.integers(1, 2)))]
        for one in mails:
            if self._draw(st.booleans()):
                # the type that it has in a digest
                one.raw = one.raw.replace(b"Content-Type: message/rfc822\r\n", b"", 1)
        kept = [words for one in mails for words in one.kept]
        return Made(self.container(mails, "multipart/digest"), [], kept)

    def sealed(self, depth):
        """Return what Outlook signs as a whole."""
        inside = self.any(depth - 1)
        raw = part(
            "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
            sealed(inside.raw, self._draw(st.booleans())),
            encoding="base64",
        )
        return Made(raw, inside.shown, inside.kept)

    def any(self, depth):
        leaves = [self.plain] * 3 + [self.html] * 2
        leaves += [self.enriched, self.nothing, self.file, self.file]
        make = self.one_of(
            leaves
            if depth <= 0
            else [
                *leaves,
                *[self.several] * 5,
                *[self.forms] * 4,
                self.loose,
                self.mail,
                self.mail,
                self.digest,
                self.sealed,
            ]
        )
        return make(depth) if make.__name__ in _WITH_DEPTH else make()


_WITH_DEPTH = frozenset(["several", "loose", "forms", "mail", "digest", "sealed"])


def element(tag, content, in_pieces=False):
    """Return an element of ASN.1; its end is marked where it is in pieces."""
    if in_pieces:
        return bytes([tag, 0x80]) + content + b"\0\0"
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size) + content


def sealed(content, in_pieces=False, kind="2a864886f70d010702"):
    """Return content with an opaque signature, without the signature."""
    if in_pieces:
        pieces = [content[at : at + 100] for at in range(0, len(content), 100)]
        octets = element(0x24, b"".join(element(4, one) for one in pieces), True)
    else:
        octets = element(4, content)
    data = element(6, bytes.fromhex("2a864886f70d010701"))
    envelope = element(0x30, data + element(0xA0, octets, in_pieces), in_pieces)
    signed = element(0x30, b"\2\1\1" + element(0x31, b"") + envelope, in_pieces)
    content = element(0xA0, signed, in_pieces)
    return element(0x30, element(6, bytes.fromhex(kind)) + content, in_pieces)


@st.composite
def mails(draw, depth=3):
    """Return a whole mail, as ``Made``."""
    made = Maker(draw).any(draw(st.integers(0, depth)))
    made.raw = (
        b"From: Anna Novak <anna@example.org>\r\nTo: desk@us.example\r\n"
        b"Subject: Bread\r\nMessage-ID: <a@example.org>\r\nMIME-Version: 1.0\r\n"
        + made.raw
    )
    return made

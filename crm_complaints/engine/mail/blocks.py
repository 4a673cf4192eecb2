"""Taking a mail apart into header fields and bodies.

Put together again they are the same bytes.
"""

import re

from . import parser

# What Python takes for a line of a header (email.feedparser).
HEADER_LINE = re.compile(rb"(?:From |[!-9;-~]*:|[\t ])")


class Block:
    """The header of a mail or of a part, and what follows up to the next header.

    :ivar list fields: bytes of each header field with its continuation lines
    :ivar bytes rest: the blank line, the body, and the boundary after it
    :ivar int end: where in ``rest`` the boundary begins
    :ivar bool is_quoted: the header of a returned mail, which is a text for Python
    """

    def __init__(self, is_quoted=False):
        self.fields = []
        self.rest = b""
        self.end = None
        self.is_quoted = is_quoted

    def end_header(self):
        self.fields = list(map(bytes, self.fields))

    @property
    def body(self):
        return self.rest[: self.end]

    def find(self, name):
        """Return the place of the first field of that name, None where there is none."""
        name = name.lower().encode() + b":"
        for place, field in enumerate(self.fields):
            if field[: len(name)].lower() == name:
                return place
        return None

    def value(self, name):
        """Return the text of a field on one line, '' where there is none."""
        place = self.find(name)
        if place is None:
            return ""
        return " ".join(self.fields[place].decode("latin-1").partition(":")[2].split())

    def put(self, name, value, newline=b"\r\n"):
        """Replace a field, or add it."""
        place = self.find(name)
        if place is None:
            line = f"{name}: {value}".encode("latin-1", "replace") + newline
            self.fields.append(line)
            return
        old = self.fields[place]
        end = old[len(old.rstrip(b"\r\n")) :] or newline
        name = old.partition(b":")[0]
        self.fields[place] = name + b": " + value.encode("latin-1", "replace") + end

    @property
    def type(self):
        found = re.match(r"([!-.0-:<-~]+/[!-.0-:<-~]+)", self.value("Content-Type"))
        return found[1].lower() if found else "text/plain"

    def parameter(self, name, of="Content-Type"):
        found = re.search(
            rf';\s*{name}\s*=\s*(?:"([^"]*)"|([^\s;]*))', self.value(of), re.I
        )
        return (found[1] if found[1] is not None else found[2]) if found else ""

    @property
    def boundary_for_python(self):
        """Return the boundary as Python reads it: without quotes it stops at an "="."""
        value = self.value("Content-Type").encode("latin-1").decode("ascii", "ignore")
        header, _text = parser.parsed("content-type", value)
        boundary = header.params.get("boundary", "") if header else ""
        return boundary.encode("latin-1", "ignore").decode("latin-1")

    @property
    def is_named(self):
        """Tell whether Odoo makes an attachment of it."""
        return bool(
            self.value("Content-Disposition").lower().startswith("attachment")
            or re.search(
                r";\s*(?:file)?name\*?", self.value("Content-Disposition"), re.I
            )
            or re.search(r";\s*name\*?", self.value("Content-Type"), re.I)
        )

    @property
    def encoding(self):
        return self.value("Content-Transfer-Encoding").lower()

    @property
    def holds_header(self):
        """Tell whether the body is a mail, or the header of one."""
        return self.type in (
            "message/rfc822",
            "message/global",
            "text/rfc822-headers",
        ) and self.encoding not in ("base64", "quoted-printable")


class Mail:
    """A mail taken apart, and what has been mended in it."""

    def __init__(self, raw):
        self.mended = []
        self.newline = b"\r\n" if b"\r\n" in raw[:10_000] else b"\n"
        self.take_apart(raw)

    @property
    def raw(self):
        return b"".join(b"".join([*block.fields, block.rest]) for block in self.blocks)

    @property
    def parts(self):
        return [block for block in self.blocks if not block.is_quoted]

    def note(self, words):
        if words not in self.mended:
            self.mended.append(words)

    def again(self):
        """Take it apart anew after a change in what makes its parts."""
        self.take_apart(self.raw)

    def take_apart(self, raw):
        self.blocks = [Block()]
        self._boundaries, self._dashed = set(), {}
        rest, in_header = [], True
        for line in raw.splitlines(keepends=True):
            block = self.blocks[-1]
            if in_header and self._take_header_line(block, line):
                continue
            if in_header:
                in_header = False
                block.end_header()
                self._remember_boundary(block)
                if not line.strip() and block.holds_header:
                    block.rest = line
                    self.blocks.append(Block(block.type == "text/rfc822-headers"))
                    in_header = True
                    continue
            is_boundary = self._is_boundary(line)
            if is_boundary and block.end is None:
                block.end = sum(map(len, rest))
            rest.append(line)
            if is_boundary and not self._is_last(line):
                block.rest = b"".join(rest)
                rest, in_header = [], True
                self.blocks.append(Block())
        if in_header:
            self.blocks[-1].end_header()
        self.blocks[-1].rest += b"".join(rest)

    def has_parts(self, place, boundary):
        """Tell whether a boundary stands somewhere after the header of a block."""
        boundary = boundary.rstrip().encode("latin-1")
        return bool(boundary) and self._dashed.get(boundary, 0) > place

    def _is_boundary(self, line):
        if not line.startswith(b"--"):
            return False
        line = line[2:].rstrip()
        self._dashed[line] = len(self.blocks)
        return line in self._boundaries or self._is_last(b"--" + line)

    def _is_last(self, line):
        """Tell whether a line closes a multipart (RFC 2046, 5.1.1)."""
        line = line[2:].rstrip()
        return line.endswith(b"--") and line[:-2] in self._boundaries

    @staticmethod
    def _take_header_line(block, line):
        if not HEADER_LINE.match(line):
            return False
        if block.fields and line[:1] in b" \t":
            block.fields[-1] += line
        else:
            block.fields.append(bytearray(line))  # for a field may have many lines
        return True

    def _remember_boundary(self, block):
        if block.type.startswith("multipart/"):
            named = block.boundary_for_python, block.parameter("boundary")
            self._boundaries.update(name.rstrip().encode("latin-1") for name in named)
            self._boundaries.discard(b"")

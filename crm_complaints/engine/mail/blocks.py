"""Taking a mail apart into header fields and bodies.

Put together again they are the same bytes.
"""

import re
from itertools import islice

from . import budget, parser

# What Python takes for a line of a header (email.feedparser).
HEADER_LINE = re.compile(rb"(?:From |[!-9;-~]*:|[\t ])")
# More than any mail has that is meant to be read: what goes beyond is left out.
_MOST_LINES, _SHORT_LINE = 450_000, 40
_MOST_BLOCKS = 2_000
_MOST_FIELDS = 500  # of one header
_LONGEST_FIELD = 300_000
_LONGEST_HEADER = 512 * 1024
_LINE_END = re.compile(rb"\r\n?|\n")
# These are looked for behind the others as well.
_NEEDED = re.compile(
    rb"(?:From|To|Cc|Delivered-To|Subject|Date|Message-ID|In-Reply-To|References|"
    rb"Content-Type|Content-Transfer-Encoding|Content-Disposition):",
    re.I,
)


class Block:
    """The header of a mail or of a part, and what follows up to the next header.

    :ivar list fields: bytes of each header field with its continuation lines
    :ivar bytes rest: the blank line, the body, and the boundary after it
    :ivar int end: where in ``rest`` the boundary begins
    :ivar bool is_quoted: the header of a returned mail, which is a text for Python
    :ivar int depth: in how many others it is
    :ivar bool is_cut: fields of its header were left out
    :ivar str usual_type: what it is where it does not say
    :ivar bool is_mail: its header is that of a mail, and not of a part
    """

    def __init__(self, is_quoted=False, depth=0, usual_type="text/plain", is_mail=True):
        self.depth = depth
        self.is_mail = is_mail
        self.usual_type = usual_type
        self.is_cut = False
        self._skips = False
        self.fields = []
        self.rest = b""
        self.end = None
        self.is_quoted = is_quoted

    def take(self, line):
        """Take a line of the header; return False where it ends before the line."""
        if not HEADER_LINE.match(line):
            return False
        if line[:1] in b" \t" and self._skips:
            pass
        elif line[:1] in b" \t" and self.fields:
            if len(self.fields[-1]) < _LONGEST_FIELD:
                self.fields[-1] += line
            else:
                self.is_cut = True
        else:
            count = len(self.fields)
            self._skips = count >= _MOST_FIELDS and (
                count >= 2 * _MOST_FIELDS or not _NEEDED.match(line)
            )
            self.is_cut = self.is_cut or self._skips
            if not self._skips:
                # for a field may have many lines
                self.fields.append(bytearray(line))
        return True

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
        value = self.value("Content-Type")
        found = re.match(r"([!-.0-:<-~]+/[!-.0-:<-~]+)", value)
        if found:
            return found[1].lower()
        return "text/plain" if value else self.usual_type

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


def header_fields(raw):
    """Return the fields of a mail's header, and where its text begins."""
    block, at = Block(), 0
    for line in raw[:_LONGEST_HEADER].splitlines(keepends=True):
        if not block.take(line):
            break
        at += len(line)
    block.end_header()
    return block.fields, at


class Mail:
    """A mail taken apart, and what has been mended in it.

    :ivar bool is_cut: there was more in it than is read
    """

    def __init__(self, raw):
        self.mended = []
        self.is_cut = False
        # a large file has many, of the usual length
        self._most_lines = max(_MOST_LINES, len(raw) // _SHORT_LINE)
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

    def cut(self, words):
        """Note that there was more in it than is read."""
        self.is_cut = True
        self.note(words)

    def _beginning(self, raw):
        """Return as many lines of a mail as are read."""
        self.lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
        most = self._most_lines
        if self.lines > most:
            ends = islice(_LINE_END.finditer(raw), most - 1, None)
            raw, self.lines = raw[: next(ends).end()], most
            self.cut(f"lines beyond the first {most} omitted")
        return raw

    def take_apart(self, raw):
        self.blocks = [Block()]
        self._boundaries, self._dashed, self._usual_types = {}, {}, {}
        rest, in_header = [], True
        for line in self._beginning(raw).splitlines(keepends=True):
            block = self.blocks[-1]
            if in_header and block.take(line):
                continue
            if in_header:
                budget.check()
                in_header = False
                block.end_header()
                self._remember_boundary(block)
                if len(self.blocks) > _MOST_BLOCKS:
                    self.cut(f"parts beyond the first {_MOST_BLOCKS} omitted")
                    break
                if not line.strip() and block.holds_header:
                    block.rest = line
                    is_quoted = block.type == "text/rfc822-headers"
                    self.blocks.append(Block(is_quoted, block.depth + 1))
                    in_header = True
                    continue
            is_boundary = self._is_boundary(line)
            if is_boundary and block.end is None:
                block.end = sum(map(len, rest))
            rest.append(line)
            if is_boundary and not self._is_last(line):
                block.rest = b"".join(rest)
                rest, in_header = [], True
                boundary = line[2:].rstrip()
                self.blocks.append(
                    Block(
                        depth=self._boundaries[boundary],
                        usual_type=self._usual_types[boundary],
                        is_mail=False,
                    )
                )
        if in_header:
            self.blocks[-1].end_header()
        if any(block.is_cut for block in self.blocks):
            self.cut(f"header fields beyond the first {_MOST_FIELDS} omitted")
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

    def _remember_boundary(self, block):
        if block.type.startswith("multipart/"):
            named = block.boundary_for_python, block.parameter("boundary")
            for name in filter(None, map(str.rstrip, named)):
                boundary = name.encode("latin-1")
                self._boundaries[boundary] = block.depth + 1
                # RFC 2046, 5.1.5
                self._usual_types[boundary] = (
                    "message/rfc822"
                    if block.type == "multipart/digest"
                    else "text/plain"
                )

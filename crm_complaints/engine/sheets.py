"""Tables of any length as CSV and XLSX, made in parts that are files when put together.

A part needs nothing but its rows and what the part before it said at its end, so that
each can be made by another process, and none of them takes more memory than its rows.
Texts stay texts: no spreadsheet takes one for a formula.
"""

import csv
import io
import re
import struct
import zlib
from datetime import date, datetime
from xml.sax.saxutils import escape

# So many rows, with the one of the labels, go into a sheet.
XLSX_ROWS = 1_048_576
# Of a longer text the rest is left out, with an ellipsis; a cell holds 32,767.
_XLSX_LENGTH = 32_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Csv:
    """CSV of RFC 4180 in UTF-8, with the mark by which Excel knows it."""

    extension = "csv"
    mimetype = "text/csv"

    def __init__(self, state=None):
        self.state = state or {}

    def part(self, rows, labels=(), last=False):
        """Return the next bytes of the file.

        :param rows: lists of texts, numbers, dates, datetimes and false values
        :param labels: of the columns, with the first part
        """
        text = io.StringIO()
        if labels:
            text.write("\ufeff")
        writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
        writer.writerows(
            [self._cell(value) for value in row] for row in (labels, *rows) if row
        )
        return text.getvalue().encode()

    @staticmethod
    def _cell(value):
        if isinstance(value, str):
            # as Odoo's own export does
            return f"'{value}" if value.startswith(_FORMULA) else value
        if isinstance(value, datetime):
            return value.isoformat(" ", "seconds")
        if isinstance(value, date):
            return value.isoformat()
        return "" if value is None or value is False else value


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# Files around the sheet. Styles: 0 text, 1 date, 2 date and time, 3 amount, 4 label.
_FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" '
    'Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    "</Relationships>",
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0"/></cellStyleXfs>'
    '<cellXfs count="5">'
    + "".join(
        f'<xf numFmtId="{number}" fontId="{font}" fillId="0" borderId="0" xfId="0" '
        f'applyNumberFormat="1" applyFont="1" applyAlignment="1">'
        f'<alignment vertical="top"/></xf>'
        for number, font in ((0, 0), (164, 0), (165, 0), (4, 0), (0, 1))
    )
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/>'
    "</cellStyles></styleSheet>",
}
_SHEET = "xl/worksheets/sheet1.xml"
# The first row, the labels, stays in sight.
_SHEET_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '</sheetView></sheetViews><cols><col min="1" max="{columns}" width="22" '
    'customWidth="1"/></cols><sheetData>'
)
_SHEET_END = "</sheetData></worksheet>"
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A reader takes _x0041_ for a letter, so the underscore is written in that way itself.
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# The day from which spreadsheets count.
_EPOCH = datetime(1899, 12, 30)
# 1980-01-01, the first date that a ZIP archive knows: files with equal rows are equal.
_ZIP_DATE = (0, 33)


class Xlsx:
    """One sheet. The archive is written by hand, as none of its libraries can go on with
    one that another process began."""

    extension = "xlsx"
    mimetype = f"{_TYPE}.sheet"

    def __init__(self, state=None):
        """:param dict state: of the part before; its values are numbers"""
        self.state = {"crc": 0, "size": 0, "packed": 0, **(state or {})}

    def part(self, rows, labels=(), last=False):
        """Return the next bytes of the file.

        :param rows: lists of texts, numbers, dates, datetimes and false values
        :param labels: of the columns, with the first part
        :param bool last: the file ends with this part
        """
        frame, offsets = self._frame()
        pieces = []
        if labels:
            pieces.append(_SHEET_HEAD.replace("{columns}", str(len(labels))))
            pieces.append(self._row(labels, ' s="4"'))
        pieces += map(self._row, rows)
        if last:
            pieces.append(_SHEET_END)
        packed = self._pack("".join(pieces).encode(), last)
        return b"".join(
            (
                frame + self._header(_SHEET, 0x0008) if labels else b"",
                packed,
                self._end(frame, offsets) if last else b"",
            )
        )

    # ---------------------------------------------------
    # Cells
    # ---------------------------------------------------

    def _row(self, values, style=""):
        return f"<row>{''.join(self._cell(value, style) for value in values)}</row>"

    @staticmethod
    def _cell(value, style=""):
        if isinstance(value, str):
            text = _NOT_XML.sub("", value)
            if len(text) > _XLSX_LENGTH:
                text = text[:_XLSX_LENGTH] + "…"
            text = escape(_ESCAPED.sub("_x005F_", text))
            return (
                f'<c t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'
                if text
                else "<c/>"
            )
        if isinstance(value, datetime):
            since = value - _EPOCH
            number = since.days + since.seconds / 86_400
            return f'<c s="2"><v>{number:.10f}</v></c>'
        if isinstance(value, date):
            return f'<c s="1"><v>{(value - _EPOCH.date()).days}</v></c>'
        if value is None or value is False:
            return "<c/>"
        amount = ' s="3"' if isinstance(value, float) else ""
        return f"<c{amount}><v>{value}</v></c>"

    # ---------------------------------------------------
    # The archive
    # ---------------------------------------------------

    def _pack(self, data, last):
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = packer.compress(data)
        # what is not the last ends at a whole byte, so that the next can follow
        packed += packer.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)
        self.state["crc"] = zlib.crc32(data, self.state["crc"])
        self.state["size"] += len(data)
        self.state["packed"] += len(packed)
        return packed

    @classmethod
    def _frame(cls):
        """Return the files before the sheet, and {name: (place, flags, crc, size)}."""
        frame, places = b"", {}
        for name, text in _FRAME.items():
            data = (_XML + text).encode()
            crc = zlib.crc32(data)
            places[name] = (len(frame), 0, 0, crc, len(data), len(data))
            frame += cls._header(name, 0, 0, crc, len(data)) + data
        return frame, places

    @staticmethod
    def _header(name, flags, method=8, crc=0, size=0):
        file = name.encode()
        return (
            struct.pack(
                "<4s5H3L2H",
                *(b"PK\3\4", 20, flags, method, *_ZIP_DATE, crc, size, size),
                *(len(file), 0),
            )
            + file
        )

    def _end(self, frame, places):
        state = self.state
        # the sizes of the sheet, which its header did not know
        sizes = (state["crc"], state["packed"], state["size"])
        descriptor = struct.pack("<4s3L", b"PK\7\10", *sizes)
        places = {**places, _SHEET: (len(frame), 0x0008, 8, *sizes)}
        directory = b""
        for name, (place, flags, method, crc, packed, size) in places.items():
            file = name.encode()
            directory += struct.pack(
                "<4s6H3L5H2L",
                *(b"PK\1\2", 20, 20, flags, method, *_ZIP_DATE, crc, packed, size),
                *(len(file), 0, 0, 0, 0, 0, place),
            )
            directory += file
        start = (
            len(frame)
            + len(self._header(_SHEET, 0x0008))
            + state["packed"]
            + len(descriptor)
        )
        count = len(places)
        return (
            descriptor
            + directory
            + struct.pack(
                "<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), start, 0
            )
        )

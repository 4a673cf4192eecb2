"""A mail's parts: every file has a telling name, none is lost in silence, none too large."""

import unittest
from email.message import EmailMessage

from hypothesis import given
from hypothesis import strategies as st

from ...engine.mail.layout import lay_out
from ...engine.mail.parts import LeftOut, prepare, safe_name
from ...engine.mail.tnef import unpack
from .common import PROPERTY, property_of
from .mails import BODY, EMBEDDED, RECEIPT, attribute, parsed, properties, tnef

LIMIT = 1_000_000


def mixed(*parts, subtype="mixed", head=""):
    """Return a mail of these parts, each as its headers, an empty line and its content."""
    body = "".join(f"--b=1\n{part}\n" for part in parts)
    return parsed(
        f"From: anna@example.org\nSubject: Bread\nMIME-Version: 1.0\n{head}"
        f'Content-Type: multipart/{subtype}; boundary="b=1"\n\n{body}--b=1--\n'
    )


TEXT = "Content-Type: text/plain; charset=utf-8\n\nThe bread is mouldy.\n"
PDF = (
    "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQ=\n"
)


def named(name, kind="image/png"):
    return f"Content-Type: {kind}\nContent-Disposition: attachment; {name}\n\nabc\n"


def names(message):
    """Return the names of a mail's attachments, as Odoo finds them."""
    return [part.get_filename() for part in message.walk() if part.get_filename()]


def contents(message):
    """Read a mail as Odoo does: its texts, and its files by name."""
    texts, files = [], {}
    for part in message.walk():
        if part.get_content_maintype() == "multipart":
            continue
        content = part.get_content()
        if part.get_filename():
            files[part.get_filename()] = content
        else:
            texts.append(content)
    message.as_bytes()
    return texts, files


def winmail(data, name="winmail.dat", kind="application/ms-tnef"):
    raw = EmailMessage()
    raw.set_content(data, "application", "octet-stream")
    return (
        f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n\n'
        f"{raw.get_payload()}"
    )


class PartsCase(unittest.TestCase):
    def prepared(self, message, max_bytes=LIMIT):
        """Return the mail put in order, which can be read, written and read again."""
        self.assertEqual(prepare(message, max_bytes), [])
        contents(message)
        contents(parsed(message.as_bytes()))
        return message


class TestNames(PartsCase):
    def test_parts_without_a_name_get_a_telling_one(self):
        for kind, name in (
            ("application/pdf", "document.pdf"),
            ("image/jpeg", "image.jpg"),
            ("image/png", "image.png"),
            ("application/pgp-signature", "signature.asc"),
            ("text/calendar; method=REQUEST; charset=utf-8", "invite.ics"),
            ("text/csv", "table.csv"),
            ("text/x-unheard-of", "text.txt"),
            ("application/x-unheard-of", "file.bin"),
            ("audio/amr", "audio.amr"),
        ):
            with self.subTest(kind=kind):
                message = mixed(TEXT, f"Content-Type: {kind}\n\nabc\n")
                self.assertEqual(names(self.prepared(message)), [name])
                self.assertEqual(len(contents(message)[0]), 1)

    def test_invitation_in_several_forms_is_kept_as_a_file(self):
        invite = "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\n"
        message = mixed(TEXT, invite, subtype="alternative")
        self.assertEqual(names(self.prepared(message)), ["invite.ics"])

    def test_content_tells_where_the_type_does_not(self):
        part = PDF.replace("application/pdf", "application/octet-stream")
        self.assertEqual(names(self.prepared(mixed(TEXT, part))), ["document.pdf"])

    def test_mail_in_the_mail_is_called_after_its_subject(self):
        for subject, name in (
            ("Mouldy bread", "Mouldy bread.eml"),
            ("=?utf-8?q?Schimmel_im_Br=C3=B6tchen?=", "Schimmel im Brötchen.eml"),
            ("../../etc/passwd", "passwd.eml"),
            ("Why??", "Why.eml"),
            ("", "message.eml"),
        ):
            with self.subTest(subject=subject):
                message = mixed(
                    TEXT,
                    f"Content-Type: message/rfc822\n\nSubject: {subject}\n\nText\n",
                )
                self.assertEqual(names(self.prepared(message)), [name])

    def test_picture_in_the_text_gets_a_name_or_odoo_would_not_find_it(self):
        part = "Content-Type: image/png\nContent-ID: <a@b>\n\nabc\n"
        message = self.prepared(mixed(TEXT, part, subtype="related"))
        self.assertEqual(names(message), ["image.png"])
        self.assertEqual(message.get_payload()[1]["Content-ID"], "<a@b>")
        shown = mixed(TEXT, f"Content-Disposition: inline\n{part}", subtype="related")
        disposition = self.prepared(shown).get_payload()[1].get_content_disposition()
        self.assertEqual(disposition, "inline")

    def test_description_is_better_than_the_type(self):
        part = f"Content-Description: Receipt of May\n{PDF}"
        self.assertEqual(
            names(self.prepared(mixed(TEXT, part))), ["Receipt of May.pdf"]
        )

    def test_good_names_stay_and_so_does_the_mail(self):
        for name in (
            "Receipt 2026-03.pdf",
            "Kassenbon März.pdf",
            "чек.pdf",
            "領収書.pdf",
            "a.tar.gz",
            "receipt",
            "فاتورة.pdf",
        ):
            with self.subTest(name=name):
                self.assertEqual(safe_name(name), name)
        message = mixed(TEXT, named('filename="receipt.png"; size=3'))
        before = message.as_bytes()
        self.assertEqual(self.prepared(message).as_bytes(), before)

    def test_odd_names_become_such_as_can_be_stored(self):
        for odd, name in (
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\anna\\receipt.pdf", "receipt.pdf"),
            ("C:receipt.pdf", "receipt.pdf"),
            ("/tmp/receipt.pdf", "receipt.pdf"),
            ("..\\..\\receipt.pdf", "receipt.pdf"),
            ("Invoice 3/2026.pdf", "Invoice 3-2026.pdf"),
            ("receipt\r\n.pdf", "receipt .pdf"),
            ("a\x00b\x07.pdf", "a b.pdf"),
            ("receipt\u202efdp.exe", "receiptfdp.exe"),
            ("zero\u200bwidth.pdf", "zerowidth.pdf"),
            ("CON.pdf", "_CON.pdf"),
            ("nul", "_nul"),
            ("com1.txt", "_com1.txt"),
            ('what?<is>:"this"|*.pdf', "what__is___this___.pdf"),
            ("....", ""),
            (" . ", ""),
            ("", ""),
            (".pdf", "file.pdf"),
            ("...hidden.pdf", "hidden.pdf"),
            ("trailing.pdf. .", "trailing.pdf"),
            ("=?utf-8?q?Br=C3=B6tchen=2Epdf?=", "Brötchen.pdf"),
            ("utf-8''Br%C3%B6tchen.pdf", "Brötchen.pdf"),
            ("BrÃ¶tchen.pdf", "Brötchen.pdf"),
            ("half\udcff.pdf", "half\ufffd.pdf"),
        ):
            with self.subTest(odd=odd):
                self.assertEqual(safe_name(odd), name)

    def test_long_name_keeps_its_extension(self):
        name = safe_name("x" * 500 + ".docx")
        self.assertEqual(len(name), 150)
        self.assertTrue(name.endswith("x.docx"))
        self.assertEqual(len(safe_name("a." + "x" * 500)), 150)

    def test_odd_names_are_mended_in_the_mail(self):
        for said, name in (
            ('filename="..\\\\..\\\\receipt.png"', "receipt.png"),
            ('filename="...."', "image.png"),
            ("filename*=utf-8''receipt%E2%80%AEgnp.exe", "receiptgnp.exe"),
            ('filename="=?utf-8?b?QnLDtnRjaGVuLnBuZw==?="', "Brötchen.png"),
        ):
            with self.subTest(said=said):
                message = self.prepared(mixed(TEXT, named(said)))
                self.assertEqual(names(message), [name])

    def test_files_of_the_same_name_become_distinct(self):
        message = mixed(
            TEXT, *[named('filename="scan.png"')] * 3, named("filename=SCAN.png")
        )
        self.assertEqual(
            names(self.prepared(message)),
            ["scan.png", "scan (2).png", "scan (3).png", "SCAN (4).png"],
        )

    def test_mail_that_is_a_file_is_named_too(self):
        message = parsed(f"From: a@example.org\nSubject: x\n{PDF}")
        self.assertEqual(names(self.prepared(message)), ["document.pdf"])

    def test_mail_of_one_text_stays_a_text(self):
        for head in ("", "Content-Disposition: attachment; filename=a.txt\n"):
            message = parsed(f"From: a@example.org\n{head}{TEXT}")
            before = message.as_bytes()
            self.assertEqual(self.prepared(message).as_bytes(), before)

    @PROPERTY
    @given(st.text(max_size=200))
    def test_any_name_becomes_safe_and_stays_so(self, name):
        safe = safe_name(name)
        self.assertLessEqual(len(safe), 150)
        self.assertFalse(set('/\\:*?"<>|\n\0\u202e') & set(safe))
        self.assertFalse(safe.startswith("."))
        self.assertEqual(safe_name(safe), safe)


class TestTexts(PartsCase):
    def test_text_behind_a_photo_is_shown_and_no_file(self):
        # after a text in two forms Odoo makes a file of every plain one
        inner = (
            'Content-Type: multipart/alternative; boundary="c"\n\n'
            "--c\nContent-Type: text/plain\n\nFirst.\n"
            "--c\nContent-Type: text/html\n\n<p>First.</p>\n--c--\n"
        )
        second = "Content-Type: text/plain; charset=utf-8\n\nThen <b> the mould.\n"
        message = self.prepared(mixed(inner, named("filename=a.png"), second))
        last = message.get_payload()[-1]
        self.assertEqual(last.get_content_type(), "text/plain")
        self.assertIn("Then <b> the mould.", last.get_content())
        self.assertNotIn("multipart/alternative", message.as_string())
        self.assertEqual(names(message), ["a.png"])
        # but a mail in the mail is a document of its own
        box = 'Content-Type: multipart/mixed; boundary="d"'
        forwarded = f"Content-Type: message/rfc822\n\nSubject: Bread\n{box}\n\n--d\n{TEXT}--d--\n"
        message = self.prepared(mixed(inner, forwarded))
        (inside,) = message.get_payload()[-1].get_content().iter_parts()
        self.assertEqual(inside.get_content_type(), "text/plain")

    def test_missing_semicolon_hides_no_text(self):
        part = TEXT.replace("; charset", " charset")
        message = self.prepared(mixed(part, named("filename=a.png")))
        self.assertEqual(message.get_payload()[0].get_content_type(), "text/plain")
        self.assertEqual(names(message), ["a.png"])

    def test_very_long_text_is_cut_visibly_and_kept_as_a_file(self):
        for head, kind, name in (
            ("", "plain", "text.txt"),
            ("<p>", "html", "text.html"),
        ):
            long = head + "mouldy bread é " * 100_000
            part = f"Content-Type: text/{kind}; charset=utf-8\n\n{long}\n"
            for message in (
                mixed(part, named("filename=a.png")),
                parsed(f"From: a@example.org\n{part}"),
            ):
                with self.subTest(kind=kind, mixed=message.is_multipart()):
                    # texts are never left out, whatever the limit
                    self.assertEqual(prepare(message, 1000), [])
                    texts, files = contents(message)
                    self.assertEqual(len(texts), 1)
                    self.assertLess(len(texts[0]), 1_000_100)
                    self.assertIn(f"… ({name})", texts[0])
                    self.assertEqual(files[name].decode().strip(), long.strip())

    def test_many_long_texts_are_cut_together_and_kept_as_files(self):
        """Odoo reads all it has of a message for each part that it adds."""
        for kind, word in (("plain", "mouldy "), ("html", "<b>mouldy</b> ")):
            part = f"Content-Type: text/{kind}; charset=utf-8\n\n{word * 3_000}\n"
            message = mixed(*[part] * 50)
            with self.subTest(kind):
                self.assertEqual(prepare(message, 1000), [])
                texts, _files = contents(message)
                self.assertLess(sum(map(len, texts)), 1_000_100)
                kept = sum(
                    one.get_payload(decode=True).count(b"mouldy")
                    for one in message.walk()
                    if not one.is_multipart()
                )
                self.assertGreaterEqual(kept, 150_000, "each in a text or in a file")

    def test_html_parts_of_one_container_become_one_in_their_order(self):
        """Odoo reads all it has of a message again for each part that it adds."""

        def page(words):
            return f"Content-Type: text/html; charset=utf-8\n\n<p>{words}</p>\n"

        message = mixed(
            page("One"), named("filename=a.png"), page("Two"), TEXT, page("3")
        )
        lay_out(message, "Picture")
        texts, files = contents(message)
        self.assertEqual(len(texts), 3)
        self.assertRegex(texts[0], r"(?s)<p>One</p>\s*<p>Two</p>")
        self.assertIn("mouldy", texts[1], "nothing changes its place")
        self.assertIn("<p>3</p>", texts[2])
        self.assertEqual(list(files), ["a.png"])
        # in any container but one of several forms of the same
        message = mixed(page("One"), page("Two"), subtype="odd")
        lay_out(message, "Picture")
        self.assertEqual(len(contents(message)[0]), 1)
        message = self.prepared(mixed(page("One"), page("Two"), subtype="alternative"))
        lay_out(message, "Picture")
        texts, files = contents(message)
        self.assertEqual([text.strip() for text in texts], ["<p>Two</p>"])
        self.assertIn("<p>One</p>", files["text.html"])

    def test_ordinary_text_is_not_cut(self):
        message = mixed(TEXT.replace("mouldy", "mouldy " * 50_000))
        self.assertEqual(prepare(message, 10), [])
        self.assertEqual(len(contents(message)[0][0].split()), 50_004)


class TestSizes(PartsCase):
    def test_too_large_file_is_taken_out_and_told(self):
        large = EmailMessage()
        large.set_content(b"x" * 5000, "application", "pdf", filename="scan.pdf")
        for encoding, part in (
            ("base64", large.as_string()),
            ("8bit", named('filename="scan.pdf"').replace("abc", "x" * 5000)),
            (
                "quoted-printable",
                named('filename="scan.pdf"')
                .replace("abc", "=78" * 5000)
                .replace(
                    "\n\n", "\nContent-Transfer-Encoding: quoted-printable\n\n", 1
                ),
            ),
        ):
            with self.subTest(encoding=encoding):
                message = mixed(TEXT, part, named("filename=a.png"))
                (left_out,) = prepare(message, 4900)
                self.assertEqual(left_out.name, "scan.pdf")
                self.assertAlmostEqual(left_out.size, 5000, delta=3)
                texts, files = contents(message)
                self.assertIn("The bread is mouldy.", texts[0])
                self.assertEqual(list(files), ["a.png"])
                self.assertEqual(prepare(mixed(TEXT, part), 5100), [])

    def test_mail_that_is_only_a_file_becomes_an_empty_text(self):
        message = parsed(f"From: a@example.org\nSubject: x\n{PDF}")
        self.assertEqual(prepare(message, 3), [LeftOut("document.pdf", 8)])
        self.assertEqual(message.get_content_type(), "text/plain")
        self.assertEqual(contents(message), ([""], {}))
        self.assertEqual(message["Subject"], "x")

    def test_mail_in_the_mail_loses_only_what_is_too_large(self):
        inner = mixed(TEXT, PDF.replace("JVBE", "JVBE" * 2000)).as_string()
        message = mixed(TEXT, f"Content-Type: message/rfc822\n\n{inner}")
        (left_out,) = prepare(message, 2000)
        self.assertEqual(left_out.name, "document.pdf")
        self.assertEqual(names(message), ["Bread.eml"])
        self.assertIn("The bread is mouldy.\n", contents(message)[0])
        inner = f"Subject: Receipt\n{PDF}"
        message = mixed(TEXT, f"Content-Type: message/rfc822\n\n{inner}")
        self.assertEqual(prepare(message, 5), [LeftOut("document.pdf", 8)])
        self.assertEqual(contents(message)[1]["Receipt.eml"]["Subject"], "Receipt")

    def test_more_parts_than_anybody_reads_become_one_file(self):
        for deep in (False, True):
            parts = [named(f"filename={at}.png") for at in range(3000)]
            if deep:
                box = 'Content-Type: multipart/mixed; boundary="c"\n\n'
                parts = [
                    f"{box}--c\n{part}--c--\n".replace("b=1", "c") for part in parts
                ]
            message = mixed(TEXT, *parts)
            self.prepared(message)
            found = names(message)
            self.assertLess(len(found), 502)
            self.assertEqual(found[-1], "more.eml")
            rest = parsed(contents(message)[1]["more.eml"])
            self.assertEqual(len(found) - 1 + len(names(rest)), 3000)
            self.assertIn("2999.png", names(rest))

    def test_mail_in_the_mail_is_whole_or_in_the_rest(self):
        mail = "Content-Type: message/rfc822\n\nSubject: No. {}\n\nThe bread.\n"
        for before in (0, 1):
            files = [named("filename=a.png")] * before
            message = mixed(TEXT, *files, *[mail.format(at) for at in range(600)])
            self.prepared(message)
            rest = parsed(contents(message)[1]["more.eml"])
            subjects = [part.get_content()["Subject"] for part in rest.iter_parts()]
            self.assertEqual(subjects[-1], "No. 599")
            kept = [name for name in names(message) if name.startswith("No.")]
            self.assertEqual(len(kept) + len(subjects), 600)

    def test_parts_that_do_not_fit_in_one_file_are_told(self):
        message = mixed(TEXT, *[named(f"filename={at}.png") for at in range(600)])
        (left_out,) = prepare(message, 500)
        self.assertEqual((left_out.name, left_out.count), ("more.eml", 102))
        self.assertGreater(left_out.size, 500)
        self.assertEqual(len(names(message)), 498)


class TestWinmail(PartsCase):
    def test_winmail_gives_way_to_what_is_in_it(self):
        data = tnef(BODY, RECEIPT)
        for part in (
            winmail(data),
            winmail(data, "WINMAIL.DAT", "application/octet-stream"),
        ):
            message = self.prepared(mixed(TEXT, part))
            texts, files = contents(message)
            self.assertEqual(files, {"Kassenbon März.pdf": b"%PDF-1.4 receipt"})
            self.assertEqual(len(texts), 1)

    def test_text_of_winmail_counts_where_the_mail_has_no_other(self):
        message = self.prepared(mixed(winmail(tnef(BODY, RECEIPT))))
        texts, files = contents(message)
        self.assertEqual(texts[0].strip(), "Das Brot schimmelt. Grüße")
        self.assertEqual(list(files), ["Kassenbon März.pdf"])

    def test_mail_that_is_only_winmail(self):
        message = self.prepared(
            parsed(f"From: a@example.org\nSubject: x\n{winmail(tnef(BODY, RECEIPT))}")
        )
        self.assertEqual(names(message), ["Kassenbon März.pdf"])
        self.assertEqual(message["Subject"], "x")

    def test_winmail_of_a_mail_in_the_mail(self):
        inner = f"Subject: Bread\n{winmail(tnef(BODY, RECEIPT))}"
        for text in ((), (TEXT,)):
            message = mixed(*text, f"Content-Type: message/rfc822\n\n{inner}")
            self.prepared(message)
            self.assertEqual(names(message), ["Bread.eml", "Kassenbon März.pdf"])
            self.assertEqual(contents(message)[1]["Bread.eml"]["Subject"], "Bread")

    def test_original_stays_in_a_mail_in_the_mail_too(self):
        inner = f"Subject: Bread\n{winmail(tnef(BODY, RECEIPT, EMBEDDED))}"
        message = self.prepared(mixed(TEXT, f"Content-Type: message/rfc822\n\n{inner}"))
        self.assertEqual(
            set(names(message)), {"Bread.eml", "winmail.dat", "Kassenbon März.pdf"}
        )

    def test_html_text_of_winmail(self):
        block = properties((0x1013, 0x102, "<p>Grüße</p>".encode()))
        message = self.prepared(mixed(winmail(tnef(attribute(1, 0x00069003, block)))))
        self.assertEqual(contents(message)[0][0].strip(), "<p>Grüße</p>")

    def test_compressed_text_of_winmail_becomes_a_file(self):
        # the examples of MS-OXRTFCP 4.1 and 4.2
        for packed, rtf in (
            (
                "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320a"
                "f32068656c090020627705b06c647d0a800fa0",
                b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n",
            ),
            (
                "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0",
                b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}",
            ),
        ):
            block = properties((0x1009, 0x102, bytes.fromhex(packed)))
            message = self.prepared(
                mixed(winmail(tnef(attribute(1, 0x00069003, block))))
            )
            self.assertEqual(contents(message)[1]["message.rtf"], rtf)

    def test_original_stays_where_not_all_can_be_read(self):
        whole = tnef(BODY, RECEIPT)
        for data in (
            whole + attribute(2, 0x00069002, b"")[:5],
            tnef(BODY, RECEIPT, EMBEDDED),
        ):
            message = self.prepared(mixed(TEXT, winmail(data)))
            self.assertEqual(set(names(message)), {"Kassenbon März.pdf", "winmail.dat"})
        for data in (whole[:60], b"no such file", b""):
            message = self.prepared(mixed(TEXT, winmail(data)))
            self.assertEqual(names(message), ["winmail.dat"])

    def test_file_from_winmail_may_be_too_large_too(self):
        receipt = attribute(2, 0x00069002, b"\0" * 14)
        receipt += attribute(2, 0x00018010, b"scan.pdf\0")
        receipt += attribute(2, 0x0006800F, b"x" * 5000)
        message = mixed(TEXT, winmail(tnef(receipt, RECEIPT)))
        self.assertEqual(prepare(message, 4000), [LeftOut("scan.pdf", 5000)])
        self.assertEqual(names(message), ["Kassenbon März.pdf"])

    @property_of(200)
    @given(st.data())
    def test_broken_winmail_is_read_without_raising(self, data):
        raw = bytearray(tnef(BODY, RECEIPT, EMBEDDED))
        for _time in range(data.draw(st.integers(0, 6))):
            at = data.draw(st.integers(0, len(raw) - 1))
            raw[at] = data.draw(st.integers(0, 255))
        unpack(bytes(raw))
        unpack(data.draw(st.binary(max_size=100)))
        self.prepared(mixed(TEXT, winmail(bytes(raw))))


class TestAnything(PartsCase):
    @property_of(200)
    @given(
        st.lists(
            st.one_of(
                st.sampled_from(
                    [
                        "Content-Type: text/plain",
                        "Content-Type: multipart/mixed; boundary=b",
                        "Content-Type: multipart/alternative; boundary=b",
                        "Content-Type: message/rfc822",
                        "Content-Type: application/ms-tnef",
                        "Content-Type: ;;;",
                        "Content-Type: text/plain charset=x",
                        "Content-Disposition: attachment; filename*0*=x''%ff%",
                        'Content-Disposition: attachment; filename="=?x?b?',
                        "Content-Transfer-Encoding: base64",
                        "Content-Transfer-Encoding: nonsense",
                        "",
                        "--b",
                        "--b--",
                        "text",
                    ]
                ),
                st.text(max_size=20),
            ),
            max_size=20,
        )
    )
    def test_any_mail_is_put_in_order_without_raising(self, lines):
        message = parsed("\n".join(lines).encode("utf-8", "replace"))
        for limit in (0, LIMIT):
            for left_out in prepare(message, limit):
                self.assertIsInstance(left_out, LeftOut)

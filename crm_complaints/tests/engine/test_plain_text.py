"""Plain text becomes HTML of the same words, with lines, paragraphs and links."""

import re
import time
import unittest
from pathlib import Path

from ...engine.plain_text import as_html, from_html, without_full_stop

LINK = '<a href="%s" target="_blank" rel="noreferrer noopener">%s</a>'


class TestPlainText(unittest.TestCase):
    def test_lines_paragraphs_and_links(self):
        page = LINK % (("https://a.example/b?c=1&amp;d",) * 2)
        for text, html in (
            ("", "<p></p>"),
            ("One line", "<p>One line</p>"),
            ("One\nTwo\r\nThree\rFour", "<p>One<br/>Two<br/>Three<br/>Four</p>"),
            ("\n\nOne\n \n\nTwo\n", "<p>One</p><p>Two</p>"),
            ("<b>&\"'", "<p>&lt;b&gt;&amp;&#34;&#39;</p>"),
            ("See https://a.example/b?c=1&d. There", f"<p>See {page}. There</p>"),
            (
                "<http://a.example>",
                f"<p>&lt;{LINK % (('http://a.example',) * 2)}&gt;</p>",
            ),
            ("javascript://x", "<p>javascript://x</p>"),
        ):
            with self.subTest(text):
                self.assertEqual(as_html(text), html)

    def test_a_sentence_loses_the_full_stop_of_its_script(self):
        for text in ("Refund. ", "Refund!", "Refund։", "Refund。", " Refund ।\n"):
            with self.subTest(text=text):
                self.assertEqual(without_full_stop(text), "Refund")
        self.assertEqual(without_full_stop("Why?"), "Why?")

    def test_time_grows_with_the_text(self):
        for piece in (
            "http://",
            "http:// ",
            "a",
            "\n",
            " ",
            "\n \n",
            "<",
            "http://a'",
            ".",
        ):
            with self.subTest(piece):
                short, long = (
                    min(self.seconds(piece * (size // len(piece))) for _turn in "123")
                    for size in (25_000, 200_000)
                )
                self.assertLess(long, 24 * max(short, 0.002))

    def test_html_becomes_the_text_of_a_mail(self):
        for html, text in (
            ("", ""),
            ("  ", ""),
            ("One", "One"),
            ("<p>One\n   two</p>\n <p>Three</p>", "One two\n\nThree"),
            ("<p>One<br/>two<br>\n three</p>", "One\ntwo\nthree"),
            ("<p>a <b>b</b>, c<i> d </i> e</p>", "a b, c d e"),
            (
                "<p>A:</p><ul><li>one</li>\n<li>two</li></ul><p>B</p>",
                "A:\n\n• one\n• two\n\nB",
            ),
            (
                '<p><a href="https://a.example/?b=1&amp;c">See it</a>.</p>',
                "See it <https://a.example/?b=1&c>.",
            ),
            ('<a href="https://a.example">https://a.example</a>', "https://a.example"),
            ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
            ('<a href="https://a.example"><img src="x.png"/></a>', "https://a.example"),
            (
                "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>",
                "a\nb\nc",
            ),
            (
                "<html><head><title>T</title></head><body>x<style>y</style>z</body>",
                "xz",
            ),
            ("<p>&lt;b&gt; &amp;&nbsp;c</p>", "<b> &\N{NO-BREAK SPACE}c"),
            ("<p>a<!-- b -->c</p>", "ac"),
        ):
            with self.subTest(html):
                self.assertEqual(from_html(html), text)

    def test_deep_and_long_html_becomes_text_in_time(self):
        # Odoo cuts what is deeper
        deep = "<div>" * 200 + "x" + "</div>" * 200
        self.assertIn("x", from_html(deep))
        short, long = (
            min(self.seconds("<p>a <b>b</b></p>" * n, from_html) for _turn in "123")
            for n in (1_000, 8_000)
        )
        self.assertLess(long, 24 * max(short, 0.002))

    def test_nothing_else_makes_html_of_text(self):
        package = Path(__file__).resolve().parents[2]
        used = re.compile(r"\bplaintext2html\(|import .*\bplaintext2html\b")
        paths = [
            path
            for path in package.parent.glob("crm_complaints*/**/*.py")
            if "tests" not in path.relative_to(package.parent).parts
        ]
        self.assertTrue(paths)
        for path in paths:
            with self.subTest(path.name):
                self.assertFalse(used.search(path.read_text()))

    def seconds(self, text, make=as_html):
        began = time.process_time()
        make(text)
        return time.process_time() - began


if __name__ == "__main__":
    unittest.main()

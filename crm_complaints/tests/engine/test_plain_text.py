"""Plain text becomes HTML of the same words, with lines, paragraphs and links."""

import re
import time
import unittest
from pathlib import Path

from ...engine.plain_text import as_html

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

    def seconds(self, text):
        began = time.process_time()
        as_html(text)
        return time.process_time() - began


if __name__ == "__main__":
    unittest.main()

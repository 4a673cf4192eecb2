"""Growth: a mail that is four times as long takes about four times as long, not sixteen."""

import logging
import os
import time
import unittest
from datetime import datetime
from html import escape
from unittest.mock import patch

from ...engine.mail import body, budget, incoming, layout, parser, parts, source
from .large_mails import KINDS, large

_logger = logging.getLogger(__name__)
NOW = datetime(2026, 3, 2)
# Of the longer one, in megabytes; more are for whoever wants to see the largest there are.
LONGER = float(os.environ.get("CRM_COMPLAINTS_LARGEST", "0.05"))
TIMES = 4
# Sixteen times as long where the time is a square.
MOST_GROWTH = 10
# Below so many seconds nothing is told from noise.
NOISE = 0.01


def read(raw):
    """Read a mail as the gateway does, but for what Odoo does between."""
    header = incoming.header_of(raw)
    incoming.recipients(header)
    incoming.cited_ids(header)
    source.sender(header)
    mail = incoming.IncomingMail.from_bytes(raw, NOW)
    parts.prepare(mail.message, 25 * 2**20)
    parts.shorten_recipients(mail.message)
    layout.seals_of(mail.message)
    layout.lay_out(mail.message, "Picture")
    texts = []
    for part in source.parts(mail.message):
        kind = source.content_type(part)
        if kind in ("text/plain", "text/html") and not part.get_filename():
            text = source.as_text(part.get_payload(decode=True) or b"", "utf-8")
            texts.append(text if kind == "text/html" else f"<pre>{escape(text)}</pre>")
    html = body.harmless("".join(texts), "Picture")
    body.folded(html, "Large")
    body.own_words(html, "Large")
    return mail.key([1])


def seconds(raw):
    for cached in (parser._read_once, parser._read_long):
        cached.cache_clear()
    began = time.thread_time()
    read(raw)
    return time.thread_time() - began


class TestMailGrowth(unittest.TestCase):
    def test_time_grows_with_the_mail(self):
        took = {}
        # else what takes too long is not read
        with patch.object(budget, "seconds_for", lambda _: float("inf")):
            for kind in KINDS:
                with self.subTest(kind):
                    took[kind] = self.check_growth(kind)
        if "CRM_COMPLAINTS_LARGEST" in os.environ:
            slowest = sorted(took, key=took.get)[:-6:-1]
            _logger.warning(
                "The slowest of %s mails of %s MB, in seconds: %s",
                len(took),
                LONGER,
                {kind: round(took[kind], 1) for kind in slowest},
            )

    def check_growth(self, kind):
        shorter, longer = (
            large(kind, int(size * 2**20)) for size in (LONGER / TIMES, LONGER)
        )
        before, after = seconds(shorter), seconds(longer)
        for _turn in range(4):
            if after < max(before, NOISE / 2) * MOST_GROWTH:
                break
            # the fastest of some, as a machine may be busy with something else
            after = min(after, seconds(longer))
        self.assertLess(after, max(before, NOISE / 2) * MOST_GROWTH)
        return after


if __name__ == "__main__":
    unittest.main()

"""Reading mail headers: when a mail arrived, and whether a person wrote it."""

import email
import email.policy
from datetime import datetime, timedelta
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests.common import BaseCase, tagged

from ..engine.mail_headers import arrival_time, automatic_reason

NOW = datetime(2026, 3, 14, 12, 0, 0)

# What a hostile or broken sender may put into a header: any bytes, or almost dates.
header_bytes = st.one_of(
    st.binary(max_size=80),
    st.sampled_from(
        [
            b"Sat, 14 Mar 2026 10:00:00 +0000",
            b"Sat, 14 Mar 2026 10:00:00 +9999",
            b"Sat, 14 Mar 9999 23:59:59 -2359",
            b"Mon, 01 Jan 0001 00:00:00 +1400",
            b"Sat, 31 Feb 2026 25:61:61",
            b"Sat, 14 Mar 2026",
            b"=?utf-8?q?=FF?=",
            b"=?nonsense?b?AAA?=",
            b"14 Mar 26 10:00 EST",
            b"<>",
            b'auto-replied; owner="',
            b"\xff\xfe",
            b"no",
            b"",
        ]
    ),
)
header_name = st.sampled_from(
    [
        b"Received",
        b"Date",
        b"From",
        b"Auto-Submitted",
        b"Precedence",
        b"List-Id",
        b"List-Unsubscribe",
        b"X-Autoreply",
        b"X-Auto-Response-Suppress",
        b"Return-Path",
    ]
)


def message(**headers):
    """Return a mail with these headers; a list gives one header for each value."""
    lines = []
    for name, values in headers.items():
        values = values if isinstance(values, list) else [values]
        lines += [f"{name.replace('_', '-')}: {value}" for value in values]
    raw = "\r\n".join([*lines, "", "Text"]).encode()
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


@tagged("at_install", "-post_install")
class TestArrivalTime(BaseCase):
    def assertArrives(self, expected, **headers):
        self.assertEqual(arrival_time(message(**headers), NOW), expected)

    def test_topmost_received_header_is_the_mailbox_server_s_own(self):
        self.assertArrives(
            datetime(2026, 3, 14, 9, 30),
            Received=[
                "from a by mx.us.example; Sat, 14 Mar 2026 10:30:00 +0100",
                "from sender by a; Fri, 13 Mar 2026 08:00:00 +0100",
            ],
            Date="Fri, 13 Mar 2026 07:59:00 +0100",
        )

    def test_received_is_read_after_its_last_semicolon(self):
        self.assertArrives(
            datetime(2026, 3, 14, 10, 0),
            Received="from a (comment; with one) by b id 1; "
            "Sat, 14 Mar 2026 10:00:00 +0000 (UTC)",
        )

    def test_mail_fetched_after_a_long_holiday_arrived_when_the_server_got_it(self):
        self.assertArrives(
            datetime(2026, 1, 2, 10, 0),
            Received="from a by b; Fri, 2 Jan 2026 10:00:00 +0000",
        )

    def test_plausible_date_counts_where_no_server_left_its_mark(self):
        for date, expected in (
            ("Sat, 14 Mar 2026 11:00:00 +0000", datetime(2026, 3, 14, 11, 0)),
            ("Sat, 14 Mar 2026 07:00:00 -0400", datetime(2026, 3, 14, 11, 0)),
            ("Sat, 14 Mar 2026 16:30:00 +0530", datetime(2026, 3, 14, 11, 0)),
            # four to five days is how long servers try (RFC 5321)
            ("Mon, 9 Mar 2026 12:00:00 +0000", datetime(2026, 3, 9, 12, 0)),
        ):
            with self.subTest(date=date):
                self.assertArrives(expected, Date=date)

    def test_implausible_date_of_the_sender_counts_as_now(self):
        for date in (
            "Mon, 9 Mar 2026 11:59:59 +0000",  # a wrong clock rather than a slow mail
            "Fri, 10 Aug 2012 14:16:26 +0000",
            "Sun, 15 Mar 2026 12:00:00 +0000",
            "Thu, 01 Jan 1970 00:00:00 +0000",
            "yesterday",
            "",
        ):
            with self.subTest(date=date):
                self.assertArrives(NOW, Date=date)

    def test_clock_that_runs_a_little_ahead_does_not_lead_into_the_future(self):
        self.assertArrives(NOW, Date="Sat, 14 Mar 2026 12:04:00 +0000")
        self.assertArrives(NOW, Received="by b; Sat, 14 Mar 2026 12:04:00 +0000")

    def test_unreadable_or_future_received_falls_back_to_the_date(self):
        for received in (
            "from a by b",
            "from a by b; nonsense",
            "from a by b; Sat, 14 Mar 2037 10:00:00 +0000",
        ):
            with self.subTest(received=received):
                self.assertArrives(
                    datetime(2026, 3, 14, 11, 0),
                    Received=received,
                    Date="Sat, 14 Mar 2026 11:00:00 +0000",
                )

    def test_mail_without_any_date_arrived_now(self):
        self.assertArrives(NOW)

    def test_result_is_naive_utc(self):
        moment = arrival_time(message(Date="Sat, 14 Mar 2026 10:00:00 +0200"), NOW)
        self.assertIsNone(moment.tzinfo)


@tagged("at_install", "-post_install")
class TestAutomaticReason(BaseCase):
    def test_person_is_answered(self):
        for headers in (
            {},
            {"From": "Anna Weber <anna@example.org>"},
            {"Auto_Submitted": "no"},
            {"Auto_Submitted": "No; comment=x"},
            {"Precedence": "first-class"},
            {"X_Auto_Response_Suppress": "DR, RN, NRN"},
            {"X_Auto_Response_Suppress": "None"},
            {"Return_Path": "<anna@example.org>"},
            {"X_Autoreply": "no"},
            # a name is not a header, and a word is not an address
            {"From": "Postmaster General <anna@example.org>"},
            {"Subject": "Precedence: bulk"},
        ):
            with self.subTest(headers=headers):
                self.assertEqual(automatic_reason(message(**headers)), "")

    def test_automatic_mail_is_told_by_its_headers(self):
        for headers, reason in (
            ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted: auto-replied"),
            ({"Auto_Submitted": "auto-generated"}, "Auto-Submitted: auto-generated"),
            ({"Auto_Submitted": "AUTO-NOTIFIED; x=y"}, "Auto-Submitted: AUTO-NOTIFIED"),
            ({"Precedence": "bulk"}, "Precedence: bulk"),
            ({"Precedence": " List "}, "Precedence: list"),
            ({"Precedence": "junk"}, "Precedence: junk"),
            ({"Precedence": "auto_reply"}, "Precedence: auto_reply"),
            ({"List_Id": "News <news.example.org>"}, "List-Id"),
            ({"List_Unsubscribe": "<mailto:off@example.org>"}, "List-Unsubscribe"),
            ({"X_Autoreply": "yes"}, "X-Autoreply"),
            ({"X_Autorespond": "1"}, "X-Autorespond"),
            ({"X_Auto_Response_Suppress": "All"}, "X-Auto-Response-Suppress"),
            ({"X_Auto_Response_Suppress": "DR, OOF"}, "X-Auto-Response-Suppress"),
            ({"X_Auto_Response_Suppress": "AutoReply"}, "X-Auto-Response-Suppress"),
            ({"Return_Path": "<>"}, "Return-Path: <>"),
            ({"From": "Mailer-Daemon@mx.example.org"}, "From: mailer-daemon"),
            ({"From": "Mail <postmaster@example.org>"}, "From: mailer-daemon"),
        ):
            with self.subTest(headers=headers):
                self.assertTrue(
                    automatic_reason(message(**headers)).startswith(reason),
                    automatic_reason(message(**headers)),
                )

    def test_reason_is_one_line_that_a_person_can_read(self):
        folded = message(Auto_Submitted="auto-replied;\r\n owner-email=a@example.org")
        self.assertEqual(len(automatic_reason(folded).splitlines()), 1)


@tagged("at_install", "-post_install")
class TestHeadersNeverStopTheIntake(BaseCase):
    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(
        st.lists(st.tuples(header_name, header_bytes), max_size=6),
        st.sampled_from([email.policy.SMTP, email.policy.compat32]),
    )
    def test_any_bytes_in_headers(self, headers, policy):
        raw = b"\r\n".join([b"%s: %s" % pair for pair in headers] + [b"", b"Text"])
        mail = email.message_from_bytes(raw, policy=policy)
        moment = arrival_time(mail, NOW)
        self.assertLessEqual(moment, NOW)
        self.assertIsNone(moment.tzinfo)
        self.assertIsInstance(automatic_reason(mail), str)

    @settings(max_examples=200, deadline=None, derandomize=True, database=None)
    @given(
        moment=st.datetimes(
            min_value=NOW - timedelta(days=400), max_value=NOW + timedelta(days=400)
        ),
        minutes=st.integers(-14 * 60, 14 * 60),
        header=st.sampled_from(["Received", "Date"]),
    )
    def test_arrival_is_never_later_than_now(self, moment, minutes, header):
        sign = "-" if minutes < 0 else "+"
        hours, rest = divmod(abs(minutes), 60)
        text = f"{moment:%d %b %Y %H:%M:%S} {sign}{hours:02d}{rest:02d}"
        value = f"from a by b; {text}" if header == "Received" else text
        arrived = arrival_time(message(**{header: value}), NOW)
        self.assertLessEqual(arrived, NOW)
        true = moment.replace(microsecond=0) - timedelta(minutes=minutes)
        self.assertIn(arrived, (true, NOW), "either what the header says, or now")

    def test_parser_that_raises_itself(self):
        broken = mock.MagicMock()
        broken.__getitem__.side_effect = IndexError("inside Python's parser")
        broken.get_all.side_effect = IndexError("inside Python's parser")
        self.assertEqual(arrival_time(broken, NOW), NOW)
        self.assertEqual(automatic_reason(broken), "")

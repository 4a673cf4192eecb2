"""Reading mail headers: when a mail arrived, what kind of mail it is, what a report says."""

import email
import email.policy
import unittest
from datetime import datetime, timedelta
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from ...engine.mail.headers import (
    AUTOMATIC,
    BOUNCE,
    FEEDBACK,
    HUMAN,
    LIST,
    OWN,
    OWN_HEADER,
    RECEIPT,
    arrival_time,
    kind_of,
)
from ...engine.mail.incoming import Facts
from ...engine.mail.reports import report_of
from .common import PROPERTY, property_of
from .mails import (
    FAILING,
    FEEDBACK_MAIL,
    FORWARDED,
    PLAIN_BOUNCE,
    RECEIPT_MAIL,
    message,
    parsed,
)

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
        b"Content-Type",
        b"Content-Class",
        b"Message-ID",
        b"Subject",
        b"X-Loop",
    ]
)


class TestArrivalTime(unittest.TestCase):
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


class TestAutomaticReason(unittest.TestCase):
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
                self.assertEqual(kind_of(message(**headers)).reason, "")

    def test_automatic_mail_is_told_by_its_headers(self):
        for headers, reason in (
            ({"Auto_Submitted": "auto-replied"}, "Auto-Submitted: auto-replied"),
            ({"Auto_Submitted": "auto-generated"}, "Auto-Submitted: auto-generated"),
            ({"Auto_Submitted": "AUTO-NOTIFIED; x=y"}, "Auto-Submitted: AUTO-NOTIFIED"),
            ({"Precedence": "bulk"}, "Precedence: bulk"),
            ({"Precedence": " List "}, "Precedence: List"),
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
            ({"From": "Mailer-Daemon@mx.example.org"}, "From: Mailer-Daemon@mx"),
            ({"From": "Mail <postmaster@example.org>"}, "From: Mail <postmaster"),
        ):
            with self.subTest(headers=headers):
                self.assertTrue(
                    kind_of(message(**headers)).reason.startswith(reason),
                    kind_of(message(**headers)).reason,
                )

    def test_reason_is_one_line_that_a_person_can_read(self):
        folded = message(Auto_Submitted="auto-replied;\r\n owner-email=a@example.org")
        self.assertEqual(len(kind_of(folded).reason.splitlines()), 1)


class TestKind(unittest.TestCase):
    def assertKind(self, kind, own=(), **headers):
        found = kind_of(message(**headers), own)
        self.assertEqual(found.name, kind, (headers, found))
        self.assertEqual(bool(found.reason), kind != HUMAN, found)

    def test_answering_machines_and_ticket_systems_are_known_by_their_headers(self):
        for headers in (
            {"X_POST_MessageClass": "9; Autoresponder"},
            {"X_FC_MachineGenerated": "true"},
            {"X_Mail_Autoreply": "yes"},
            {"X_Auto_Reply": "true"},
            {"X_FreeScout_Mail_Type": "auto.reply"},
            {"X_Autogenerated": "Reply"},
            {"Delivered_To": ["us@us.example", "Autoresponder"]},
            {"X_OTRS_Loop": "yes"},
            {"X_RT_Loop_Prevention": "their desk"},
            {"X_ServiceNow_Generated": "true"},
            {"X_JIRA_FingerPrint": "0123"},
            {"X_Precedence": "auto_reply"},
            {"X_Mailer": "Zendesk Mailer"},
            {"X_Loop": "robot@example.org"},
            {"Auto_Submitted": ["no", "auto-replied"]},
            {"Subject": "Automatic reply: your letter"},
            {"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?= : lettre"},
            {"Subject": "Abwesenheitsnotiz: Brief"},
            {"Subject": "自动回复：信"},
            {"Subject": "Out of office until Monday"},
            {"Subject": "Out of Office Re: letter"},
            {"From": "shop-noreply@example.org"},
            {"From": "do_not_reply2@example.org"},
            {"From": "Shop <no-reply@example.org>"},
        ):
            self.assertKind(AUTOMATIC, **headers)

    def test_what_people_s_mail_carries_too_makes_no_machine(self):
        for headers in (
            {"Feedback_ID": "1.eu-west-1.abc:AmazonSES"},
            {"X_MS_Exchange_Inbox_Rules_Loop": "us@us.example"},
            {"X_Odoo_Objects": "crm.lead-3"},
            {"X_Autogenerated": "Forward"},
            {"X_FC_MachineGenerated": "false"},
            {"Subject": "Re: Automatic reply: your letter"},
            {"Subject": "I get an automatic reply every day"},
            {"Subject": "Automatic reply never came"},
            {"Subject": "Out of office hours nobody answers"},
            {"From": "Anna Noreply <anna.noreplyski@example.org>"},
            # the contact form of a web site, which says whom to answer
            {"From": "no-reply@example.org", "Reply_To": "anna@example.org"},
        ):
            self.assertKind(HUMAN, **headers)

    def test_list_is_known_by_its_headers(self):
        for headers in (
            {"List_Id": "<news.example.org>"},
            {"List_Post": "<mailto:news@example.org>"},
            {"Mailing_List": "contact help@example.org"},
            {"Precedence": "list"},
            {"List_Unsubscribe": "<https://example.org/off>"},
        ):
            self.assertKind(LIST, **headers)

    def test_answer_through_a_mailing_provider_is_a_person_s(self):
        off = {"List_Unsubscribe": "<https://example.org/off>"}
        self.assertKind(HUMAN, In_Reply_To="<sent@us.example>", **off)
        self.assertKind(HUMAN, References="<sent@us.example>", **off)
        # a list keeps its name in answers
        self.assertKind(LIST, In_Reply_To="<a@b.example>", List_Id="<news.example>")

    def test_group_that_is_our_own_inbox_passes_on_what_people_write(self):
        group = {
            "List_Id": "<complaints.us.example>",
            "List_Post": "<mailto:complaints@us.example>",
            "Precedence": "list",
        }
        self.assertKind(HUMAN, ["complaints@us.example"], **group)
        self.assertKind(
            HUMAN, ["complaints@us.example"], **group | {"Precedence": "bulk"}
        )
        self.assertKind(LIST, ["other@us.example"], **group)
        self.assertKind(HUMAN, ["us@us.example"], X_Loop="us@us.example")

    def test_our_own_mail_coming_back(self):
        own = ["Desk@us.example", "odoo-host", "database-7"]
        for headers in (
            {"From": "The desk <desk@us.example>"},
            {"Return_Path": "<desk@US.example>"},
            {"Message_ID": "<12.34-openerp-5-helpdesk.ticket@odoo-host>"},
            {OWN_HEADER.replace("-", "_"): "database-7"},
            {"From": "desk@us.example", "Auto_Submitted": "auto-replied"},
            {"From": "desk@us.example", "Reply_To": "Desk@us.example"},
        ):
            self.assertKind(OWN, own, **headers)
        self.assertKind(OWN, ["@us.example"], From="colleague@us.example")

    def test_colleague_who_complains_is_a_person(self):
        self.assertKind(
            HUMAN,
            ["desk@us.example", "us.example"],
            From="colleague@us.example",
            Message_ID="<abc@us.example>",
        )
        # what is ours stands in a name, or in the path of mail that is forwarded
        self.assertKind(
            HUMAN, ["desk@us.example"], From='"desk@us.example" <anna@example.org>'
        )
        self.assertKind(
            HUMAN, ["@us.example"], Return_Path="<SRS0=ab=example.org=anna@us.example>"
        )
        # a form on our web site, and a group that writes in its own name
        self.assertKind(
            HUMAN,
            ["desk@us.example"],
            From="Anna via the desk <desk@us.example>",
            Return_Path="<desk@us.example>",
            Reply_To="anna@example.org",
        )
        # another company's Odoo, and its desk
        self.assertKind(
            HUMAN,
            ["desk@us.example", "odoo-host"],
            Message_ID="<12.34-openerp-5-crm.lead@their-host>",
            **{OWN_HEADER.replace("-", "_"): "database-8"},
        )

    def test_server_s_mail_on_a_failure_is_a_bounce(self):
        for headers in (
            {"X_Failed_Recipients": "anna@example.org"},
            {"X_MS_Exchange_Message_Is_Ndr": ""},
            {"Content_Class": "urn:content-classes:dsn"},
            {"From": "Mail Delivery System <MAILER-DAEMON@mx.example.org>"},
            {"From": "MAILER-DAEMON (the server)"},
            {
                "Sender": "mailer-daemon@example.org",
                "From": "x@example.org",
                "Subject": "Returned mail: host unknown",
            },
            {"Return_Path": "<MAILER-DAEMON>", "From": "postmaster@example.org"},
            {"X_Envelope_From": "<mailer-daemon@x.example>", "Subject": "Mail delayed"},
            {"Auto_Submitted": "auto-generated", "Subject": "Failure notice"},
            {"Return_Path": "<>", "Subject": "Undelivered mail returned to sender"},
            {"Return_Path": "<>", "From": "postmaster@example.org"},
            {"From": "postmaster@example.org", "Subject": "Delivery failure"},
            {"Content_Type": "multipart/report"},
        ):
            self.assertKind(BOUNCE, **headers)
        self.assertEqual(kind_of(parsed(PLAIN_BOUNCE)).name, BOUNCE)

    def test_person_who_writes_about_a_bounce_is_a_person(self):
        self.assertKind(HUMAN, Subject="Undeliverable: why does it come back?")
        self.assertKind(HUMAN, Subject="Fwd: Undelivered mail returned to sender")
        self.assertEqual(kind_of(parsed(FORWARDED)).name, HUMAN)

    def test_person_who_shows_what_a_server_told_them_is_a_person(self):
        for subject in (
            "Undelivered Mail Returned to Sender",
            "failure notice",
            "Delivery Status Notification (Failure)",
            "Mail delivery failed: returning message to sender",
            "WG: Unzustellbar: Ihre Rechnung",
        ):
            raw = PLAIN_BOUNCE.replace(b"Return-Path: <>\n", b"").replace(
                b"Failure notice", subject.encode()
            )
            raw = raw.replace(b"post@mx.example.org", b"anna@example.org")
            self.assertEqual(kind_of(parsed(raw)).name, HUMAN, subject)
        # a rule of a mailbox that passes mail on takes the path away
        raw = PLAIN_BOUNCE.replace(b"Failure notice", b"Fwd: Failure notice")
        self.assertEqual(kind_of(parsed(raw)).name, AUTOMATIC)
        # nor is a report in a mail inside the mail one
        raw = b"Return-Path: <>\n" + FORWARDED
        self.assertEqual(kind_of(parsed(raw)).name, AUTOMATIC)

    def test_parts_of_a_report_that_a_person_attaches_make_no_report(self):
        for report in (FAILING, RECEIPT_MAIL, FEEDBACK_MAIL):
            body = report.partition(b"\n\n")[2]
            boundary = body.split()[0][2:]
            note = b"--%s\n\nLook what came.\n" % boundary
            header = (
                b"From: anna@example.org\nSubject: Your server again\n"
                b"Content-Type: multipart/mixed; boundary=%s\n" % boundary
            )
            self.assertEqual(kind_of(parsed(header + b"\n" + note + body)).name, HUMAN)
            # the same from a server, and without anything before it
            served = b"Return-Path: <>\n" + header + b"\n" + note + body
            self.assertEqual(kind_of(parsed(served)).name, kind_of(parsed(report)).name)

    def test_report_that_a_scanner_wrapped_stays_one(self):
        for report in (FAILING, RECEIPT_MAIL, FEEDBACK_MAIL):
            kind = report[report.index(b"Content-Type") :]
            raw = (
                b"From: anna@example.org\nContent-Type: multipart/mixed; boundary=w\n\n"
                b"--w\n%s\n--w\n\nNo virus was found.\n--w--\n" % kind
            )
            self.assertEqual(kind_of(parsed(raw)), kind_of(parsed(report)))

    def test_complaint_of_parcels_that_did_not_come_is_a_person_s(self):
        texts = (
            "Order 550 could not be delivered, says your courier. It was not delivered.",
            "The delivery of my parcel failed, it was returned to sender for 550 euros.",
        )
        subjects = (
            "Delivery failure of my parcel",
            "Returned mail order 55",
            "Failed delivery",
            "Failed delivery of order 55",
            "Delivery report",
            "Undelivered parcel",
            "Delivery error",
        )
        for text in texts:
            for subject in subjects:
                raw = f"From: anna@example.org\nSubject: {subject}\n\n{text}".encode()
                self.assertEqual(kind_of(parsed(raw)).name, HUMAN, (subject, text))
        for subject in (subjects[0], subjects[1], subjects[3], subjects[5]):
            for server in ("Return-Path: <>", "From: postmaster@example.org"):
                raw = f"{server}\nSubject: {subject}\n\n{texts[0]}".encode()
                self.assertEqual(kind_of(parsed(raw)).name, AUTOMATIC, subject)

    def test_name_that_sounds_like_a_server_s_makes_no_bounce(self):
        for name in ("Mail Administrator", "System Administrator", "Microsoft Outlook"):
            self.assertKind(HUMAN, From=f"{name} <anna@example.org>")
        self.assertKind(HUMAN, From="mail-delivery@courier.example")
        self.assertKind(
            BOUNCE,
            From="Microsoft Outlook <anna@example.org>",
            Subject="Undeliverable: your letter",
        )

    def test_complaint_about_a_message_is_no_feedback(self):
        for subject in (
            "Complaint about message from 12 March",
            "Re: Report domain: us.example Submitter: mx.example",
        ):
            self.assertKind(HUMAN, Subject=subject)
        self.assertKind(FEEDBACK, Subject="complaint about message from 192.0.2.222")
        self.assertKind(FEEDBACK, Subject="complaint about message from 2001:db8::1")

    def test_domain_report_that_a_person_passes_on_is_the_person_s(self):
        name = "mx.example!us.example!1700000000!1700086399.xml.gz"
        headers = {"Content_Type": f"application/gzip; name={name}"}
        self.assertKind(HUMAN, Subject="Fwd: What is this?", **headers)
        self.assertKind(FEEDBACK, Subject="What is this?", **headers)

    def test_answering_machine_without_return_path_is_no_bounce(self):
        raw = (
            b"Return-Path: <>\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\n"
            b"Whatever comes while I am away is returned to sender."
        )
        self.assertEqual(kind_of(parsed(raw)).name, AUTOMATIC)

    def test_read_receipt_is_no_bounce(self):
        found = kind_of(parsed(RECEIPT_MAIL))
        self.assertEqual(found.name, RECEIPT)
        self.assertIn("report-type=disposition-notification", found.reason)
        self.assertKind(RECEIPT, Content_Class="urn:content-classes:mdn")
        for part in (b"message/", b"message/global-"):
            raw = RECEIPT_MAIL.replace(b"; report-type=disposition-notification", b"")
            raw = raw.replace(b"message/", part)
            self.assertEqual(kind_of(parsed(raw)).name, RECEIPT)

    def test_feedback_is_no_bounce(self):
        for headers in (
            {"Content_Type": "multipart/report; report-type=feedback-report"},
            {"Content_Type": 'multipart/report; report-type="tlsrpt"'},
            {"Subject": "Report Domain: us.example Submitter: mx.example Report-ID: 1"},
            {"TLS_Report_Domain": "us.example"},
            {
                "Content_Type": "application/gzip;"
                ' name="mx.example!us.example!1700000000!1700086399.xml.gz"'
            },
        ):
            self.assertKind(FEEDBACK, Return_Path="<>", **headers)

    def test_report_that_all_went_well_is_no_bounce(self):
        well = FAILING.replace(b"Action: failed", b"Action: delivered")
        self.assertEqual(kind_of(parsed(well)).name, RECEIPT)
        late = FAILING.replace(b"Action: failed", b"Action: delayed")
        self.assertEqual(kind_of(parsed(late)).name, BOUNCE)

    def test_reason_is_short_and_can_be_stored(self):
        found = kind_of(message(Auto_Submitted="auto-replied; " + "x" * 500))
        self.assertLess(len(found.reason), 130)
        self.assertTrue(found.reason.endswith("…"))
        raw = b"X-Autoreply: yes \xff\0 =?utf-8?q?=00?=\r\n\r\n"
        self.assertNotIn("\0", kind_of(parsed(raw)).reason)
        kind_of(parsed(raw)).reason.encode()

    def test_facts_of_a_mail_carry_its_kind(self):
        facts = Facts.from_message(
            message(From="desk@us.example"), NOW, ["desk@us.example"]
        )
        self.assertEqual((facts.kind, facts.received_at), (OWN, NOW))
        self.assertEqual(facts.automatic, "From: desk@us.example")
        self.assertEqual(Facts.from_message(message(), NOW).kind, HUMAN)


class TestHeadersNeverStopTheIntake(unittest.TestCase):
    @PROPERTY
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
        self.assertIsInstance(kind_of(mail).reason, str)
        self.assertLessEqual(len(kind_of(mail, ["a@example.org"]).reason), 130)
        report_of(mail)

    @property_of(200)
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
        broken.raw_items.side_effect = IndexError("inside Python's parser")
        broken.get_payload.side_effect = IndexError("inside Python's parser")
        self.assertEqual(arrival_time(broken, NOW), NOW)
        self.assertEqual(kind_of(broken).reason, "")

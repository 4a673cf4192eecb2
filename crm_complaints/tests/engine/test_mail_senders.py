"""Sender of a mail: who wrote it, by whatever way it came."""

import re
import unittest
from email.utils import formataddr

from hypothesis import given
from hypothesis import strategies as st

from ...engine.mail.incoming import came_by_another_way
from ...engine.mail.people import people
from ...engine.mail.senders import sender_of
from .common import PROPERTY
from .mails import message

OWN = frozenset({"complaints@desk.example"})
HOUSE = frozenset({"@desk.example", "sales@desk.example"})

words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9)
names = st.builds(
    "{} {}".format,
    st.sampled_from(["Ada", "Jörg", "Вера", "José", "Միշա", "نورا", "花子", "O'Neil"]),
    words.map(str.capitalize),
)
local_parts = st.builds("{}.{}".format, words, words).filter(
    lambda some: "reply" not in some
)
customers = st.tuples(
    names, st.builds("{}@{}.example".format, local_parts, words.map("k{}".format))
)
ways = st.sampled_from(
    [
        # what a form on a web site, a shop or a program sends
        *(
            {"From": f"{name} <{address}>", "Reply_To": "{whole}"}
            for name, address in (
                ("Shop contact form", "wordpress@shop.example"),
                ("Kontaktformular", "kontakt@laden.example"),
                ("My Shop", "info@shop.example"),
                ("WordPress", "www-data@host7.example"),
                ("Shopify", "mailer@shopify.example"),
                ("Shop", "no-reply@shop.example"),
                ("Web form", "form@desk.example"),
                ("Complaints", "complaints@desk.example"),
            )
        ),
        {"From": "Form <form@desk.example>", "Reply_To": "{address}"},
        {"From": "Shop <shop@shop.example>", "Reply_To": "{address}"},
        {
            "From": "Shop <no-reply@shop.example>",
            "Reply_To": "no-reply@shop.example, {whole}",
        },
        {
            "From": "Shop <wordpress@shop.example>",
            "Reply_To": "complaints@desk.example, {whole}",
        },
        {
            "From": "Shop <wordpress@shop.example>",
            "Reply_To": ["sales@desk.example", "{whole}"],
        },
        # lists that rewrite From, for DMARC's sake
        {
            "From": "{name} via Talk <talk@lists.example>",
            "List_Id": "Talk <talk.lists.example>",
            "Reply_To": "{whole}",
        },
        {
            "From": "'{name}' via Complaints <complaints@desk.example>",
            "List_Id": "<complaints.desk.example>",
            "X_Original_From": "{whole}",
            "Reply_To": "complaints@desk.example",
        },
        {
            "From": "'{name}' via Group <group@groups.example>",
            "List_Post": "<mailto:group@groups.example>",
            "X_Original_Sender": "{address}",
            "Reply_To": "{address}",
        },
        {
            "From": "{name} über Liste <liste@lists.example>",
            "X_BeenThere": "liste@lists.example",
            "X_MailFrom": "{address}",
            "Reply_To": "liste@lists.example",
        },
        # people, by themselves
        {"From": "{whole}"},
        {"From": "{whole}", "Reply_To": "{whole}"},
        {"From": "{whole}", "Reply_To": "complaints@desk.example"},
        {"From": "{whole}", "Reply_To": "noreply@shop.example"},
        {"From": "{whole}", "Sender": "wordpress@shop.example"},
        {"From": "{whole}", "List_Id": "<talk.lists.example>"},
        {"From": "{whole}", "X_Original_From": "Eve <eve@evil.example>"},
        {"From": "{whole}", "X_Original_Sender": "eve@evil.example"},
    ]
)


def sent(way, name, address):
    """Return a mail that somebody wrote and that came by one of the ways."""
    whole = formataddr((name, address))
    if '"' not in whole and not whole.startswith("=?"):
        whole = f'"{name}" <{address}>'

    def filled(value):
        if isinstance(value, list):
            return [filled(some) for some in value]
        return value.format(name=name, address=address, whole=whole)

    return message(**{header: filled(value) for header, value in way.items()})


class TestSender(unittest.TestCase):
    def assertWrote(self, address, name=None, **headers):
        found = sender_of(message(**headers), OWN, HOUSE)
        self.assertEqual(found.address, address, (headers, found))
        if name is not None:
            self.assertEqual(found.name, name, (headers, found))
        return found

    @PROPERTY
    @given(ways, customers)
    def test_customer_is_who_wrote_it(self, way, customer):
        name, address = customer
        found = sender_of(sent(way, name, address), OWN, HOUSE)
        self.assertEqual(found.address, address)
        self.assertEqual(found.reply_address, address)
        # where only the address is told, nobody's name is taken for theirs
        told = re.search(r"\{(?:name|whole)\}", str(way.values()))
        self.assertEqual(found.name, name if told else "")

    @PROPERTY
    @given(ways, customers, customers)
    def test_two_who_wrote_by_one_way_are_two(self, way, one, other):
        first = sender_of(sent(way, *one), OWN, HOUSE)
        second = sender_of(sent(way, *other), OWN, HOUSE)
        self.assertEqual(first.address == second.address, one[1] == other[1])

    @PROPERTY
    @given(st.lists(st.text(max_size=60), min_size=4, max_size=4))
    def test_whatever_stands_there_raises_nothing(self, values):
        names = ("From", "Reply_To", "X_Original_From", "List_Id")
        safe = [value.encode("utf-8", "replace").decode() for value in values]
        safe = [" ".join(value.split()) for value in safe]
        found = sender_of(message(**dict(zip(names, safe, strict=True))), OWN, HOUSE)
        self.assertNotIn("\n", found.address + found.name)

    def test_person_is_answered_at_another_mailbox_and_stays_the_person(self):
        for reply in (
            "Jane Miller <jane@home.example>",
            "jane@home.example",
            "Jane <j@home.example>",
        ):
            found = self.assertWrote(
                "jane@work.example",
                "Jane Miller",
                From="Jane Miller <jane@work.example>",
                Reply_To=reply,
            )
            self.assertIn("@home.example", found.reply_address)
            self.assertFalse(found.is_relayed)

    def test_their_own_plus_address_is_no_other_mailbox(self):
        found = self.assertWrote(
            "jane@home.example",
            From="Jane <jane@home.example>",
            Reply_To="Jane <jane+shop@home.example>",
        )
        self.assertEqual(found.reply_address, "jane@home.example")

    def test_somebody_else_in_reply_to_is_who_is_answered(self):
        self.assertWrote(
            "bea@privat.example",
            "Bea West",
            From="Carl Smith <carl@firm.example>",
            Reply_To="Bea West <bea@privat.example>",
        )

    def test_whom_a_form_or_a_list_does_not_name_is_nobody(self):
        for headers in (
            {"From": "Shop <no-reply@shop.example>"},
            {"From": "wordpress@shop.example"},
            {
                "From": "Shop <noreply@shop.example>",
                "Reply_To": "complaints@desk.example",
            },
            {
                "From": "Jane via Talk <talk@lists.example>",
                "List_Post": "<mailto:talk@lists.example>",
                "Reply_To": "talk@lists.example",
            },
        ):
            found = self.assertWrote("", **headers)
            self.assertTrue(found.is_untold)
            self.assertTrue(found.sent_by)

    def test_name_is_written_as_people_write_it(self):
        for text, name in (
            ("\"'Miller, Jane'\" <jane@kunde.example>", "Miller, Jane"),
            ("'Jane Miller' <jane@kunde.example>", "Jane Miller"),
            ("Müller, Jörg <jane@kunde.example>", "Müller, Jörg"),
            ("Dr. Jane Miller, MBA <jane@kunde.example>", "Dr. Jane Miller, MBA"),
            ('"Jane \\"JM\\" Miller" <jane@kunde.example>', 'Jane "JM" Miller'),
            (
                "=?utf-8?Q?Bouissi=C3=A8res,_Jan?= <jane@kunde.example>",
                "Bouissières, Jan",
            ),
            ('"=?utf-8?Q?J=C3=B6rg_M?=" <jane@kunde.example>', "Jörg M"),
            ("=?utf-8?B?SsO2cmc=?= =?utf-8?B?IE0=?= <jane@kunde.example>", "Jörg M"),
            ("jane@kunde.example (Jane Miller)", "Jane Miller"),
            ("Jane Miller jane@kunde.example", "Jane Miller"),
            ("jane@kunde.example <jane@kunde.example>", ""),
            ("'jane@kunde.example' <jane@kunde.example>", ""),
            ('"jane@kunde.example" <jane@kunde.example>', ""),
            ("mailto:jane@kunde.example <jane@kunde.example>", ""),
            ("<jane@kunde.example>", ""),
            ("jane@kunde.example", ""),
            ("“Jane Miller” <jane@kunde.example>", "Jane Miller"),
            ("Conan O'Brien <jane@kunde.example>", "Conan O'Brien"),
            ("D'Arcy <jane@kunde.example>", "D'Arcy"),
            ("Jane (Firm Ltd) <jane@kunde.example>", "Jane"),
            ('"Miller, Jane" <JANE@kunde.example>', "Miller, Jane"),
            ("Jane <jane@kunde.example>, Tom <tom@kunde.example>", "Jane"),
        ):
            with self.subTest(text):
                found = sender_of(message(From=text), OWN, HOUSE)
                self.assertEqual(found.address, "jane@kunde.example")
                self.assertEqual(found.name, name)

    @PROPERTY
    @given(st.lists(customers, min_size=1, max_size=5))
    def test_people_of_a_header_are_told_apart(self, some):
        text = ", ".join(f'"{name}" <{address}>' for name, address in some)
        self.assertEqual(people(text), some)


class TestTwoWays(unittest.TestCase):
    TEXT = "My parcel came open, and half of it was gone."

    def assertOne(self, is_one, subject, text, is_listed=False):
        for pair in (
            (("Broken", self.TEXT), (subject, text)),
            (
                (subject, text),
                ("Broken", self.TEXT),
            ),
        ):
            self.assertEqual(
                came_by_another_way(*pair, is_listed=is_listed), is_one, (subject, text)
            )

    def test_what_lists_and_servers_add_makes_no_other_mail(self):
        for subject in (
            "[EXTERNAL] Broken",
            "EXT: Broken",
            "[talk] Broken",
            "***SPAM*** Broken",
        ):
            self.assertOne(True, subject, self.TEXT)
        for above in (
            "CAUTION: This email originated from outside of the organization.",
            "ACHTUNG: Diese E-Mail kommt von extern.",
            "Attention : courriel extérieur",
        ):
            self.assertOne(True, "Broken", f"{above}\n\n{self.TEXT}")
        for below in (
            "_____\nTalk mailing list\nhttps://lists.example/talk",
            "To unsubscribe from this group",
        ):
            self.assertOne(True, "Broken", f"{self.TEXT}\n\n{below}")
        self.assertOne(True, "Broken", self.TEXT, is_listed=True)

    def test_without_a_trace_of_a_way_they_are_two(self):
        self.assertOne(False, "Broken", self.TEXT)
        self.assertOne(False, "Broken again", self.TEXT)
        self.assertOne(False, "Broken", f"{self.TEXT} The chair, too.")
        self.assertOne(False, "[EXTERNAL] Broken", "My chair is broken.")
        self.assertOne(False, "Broken", "My chair is broken.", is_listed=True)
        self.assertOne(False, "Broken", "", is_listed=True)

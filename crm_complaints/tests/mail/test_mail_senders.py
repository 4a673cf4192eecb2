"""Who wrote a mail is its customer, by whatever way it came; nobody else is answered."""

from contextlib import contextmanager

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import ComplaintMailCommon
from .test_helpdesk_ticket_correspondence import ANNA, ThreadsCommon

FORWARD = """This lady is difficult, please take care.

---------- Forwarded message ---------
From: Vera Klein <vera@kunde.example>
Date: Fri, Nov 27, 2026 at 9:12 AM
Subject: My kitchen is a mess
To: Hanna <hanna@desk.example>

Your fitter left my kitchen a mess."""


@tagged("post_install", "-at_install")
class TestSenders(ComplaintMailCommon):
    # ---------------------------------------------------
    # Forms and lists
    # ---------------------------------------------------

    def test_customers_of_one_form_are_as_many_as_filled_it_in(self):
        self.env["res.partner"].create(
            {"name": "Our shop", "email": "wordpress@shop.example"}
        )
        complaints = self.Ticket
        for name, address in (("Ada", "ada@privat.example"), ("Bea", "bea@x.example")):
            complaints |= self.receive(
                From="Shop contact form <wordpress@shop.example>",
                Reply_To=f"{name} <{address}>",
            )
        self.assertEqual(
            complaints.mapped("partner_email"), ["ada@privat.example", "bea@x.example"]
        )
        self.assertEqual(complaints.mapped("partner_name"), ["Ada", "Bea"])
        self.assertFalse(complaints.partner_id)
        self.assertFalse(complaints.complaint_repeat_of_id)
        self.assertEqual(set(complaints.mapped("complaint_severity")), {"minor"})
        self.assertEqual(len(self.acknowledgements()), 2)
        self.assertFalse(self.sent_to("shop.example"))
        for complaint in complaints:
            self.assertIn(complaint.partner_email, self.newest(complaint).email_from)

    def test_limit_on_acknowledgements_is_each_customer_s_own(self):
        self.company_a.complaint_acknowledge_limit = 1
        for name in ("ada", "bea", "cleo"):
            complaint = self.receive(
                From="wordpress@shop.example", Reply_To=f"{name}@privat.example"
            )
            self.assertAcknowledged(complaint)
            self.assertFalse(complaint.complaint_bulk_id)

    def test_known_customer_is_found_behind_a_list(self):
        complaint = self.receive(
            From="'Anna Weber' via Talk <talk@lists.example>",
            List_Post="<mailto:talk@lists.example>",
            X_Original_From=ANNA,
            Reply_To="talk@lists.example",
        )
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(self.newest(complaint).author_id, self.customer)

    def test_group_that_is_our_inbox_answers_who_wrote(self):
        desk = self.team.alias_email
        complaint = self.receive(
            From=f"'Anna Weber' via Complaints <{desk}>",
            List_Id=f"<{desk.replace('@', '.')}>",
            X_Original_From=ANNA,
            Reply_To=ANNA,
        )
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertAcknowledged(complaint)

    def test_whom_a_form_does_not_name_somebody_is_asked_for(self):
        with self.nothing_sent():
            complaint = self.receive(From="Shop form <wordpress@shop.example>")
        self.assertNotAcknowledged(complaint)
        self.assertFalse(complaint.partner_email)
        self.assertTrue(self.activities(complaint, "look"))
        acknowledge = complaint.complaint_milestone_ids.filtered(
            lambda milestone: milestone.milestone == "acknowledge"
        )
        self.assertTrue(acknowledge)
        self.assertNotIn("met", acknowledge.mapped("state"))
        complaint.partner_email = "ada@privat.example"
        complaint.with_user(self.handler).action_complaint_acknowledge()
        self.assertAcknowledged(complaint)
        self.assertEqual(len(self.sent_to("ada@privat.example")), 1)

    def test_customer_of_a_form_may_stand_in_its_text_alone(self):
        text = (
            "Name: Ada Lowe\nEmail: ada@privat.example\nMessage: The parcel was open."
        )
        domain = self.mail_alias_domain.name
        self.env["res.company"].search([]).complaint_acknowledge_limit = 100
        for sender in (
            f"noreply@{domain}",
            f"Contact form <form@{domain}>",
            f"Complaints <{self.team.alias_email}>",
            "Shop <no-reply@shop.example>",
            "wordpress@shop.example",
        ):
            with self.subTest(sender):
                complaint = self.receive(From=sender, body=text)
                self.assertEqual(complaint.partner_email, "ada@privat.example")
                self.assertEqual(complaint.partner_name, "Ada Lowe")
                self.assertAcknowledged(complaint)
                self.assertIn("ada@privat.example", self.acknowledgements()[-1]["To"])
                self.assertIn("ada@privat.example", self.newest(complaint).email_from)
        self.assertEqual(len(self.acknowledgements()), 5, "nobody else was answered")
        known = self.receive(
            From="wordpress@shop.example",
            body=text.replace("ada@privat.example", self.customer.email),
        )
        self.assertEqual(known.partner_id, self.customer)

    def test_forms_by_mail_send_one_address_no_more_than_the_page_does(self):
        self.company_a.complaint_acknowledge_limit = 2
        complaints = self.Ticket
        for number in range(5):
            # whoever forges them may use another sender each time
            complaints |= self.receive(
                From=f"no-reply@shop{number}.example",
                body=f"Name: Ada\nEmail: ada@privat.example\nMessage: {number}",
            )
        self.assertEqual(len(complaints), 5)
        self.assertEqual(len(self.sent_to("ada@privat.example")), 2)
        self.assertEqual(complaints[4].complaint_bulk_id, complaints[0])

    def test_robot_s_words_of_a_customer_answer_nobody(self):
        body = "Your parcel was delivered.\nEmail: ada@privat.example"
        with self.nothing_sent():
            complaint = self.receive(From="no-reply@parcels.example", body=body)
            self.assertEqual(complaint.partner_email, "ada@privat.example")
            self.assertNotAcknowledged(complaint)
            self.assertTrue(complaint.complaint_acknowledge_note)

    def test_of_several_people_in_a_form_somebody_is_asked(self):
        with self.nothing_sent():
            complaint = self.receive(
                From="no-reply@shop.example",
                body="Email: ada@privat.example\nYour e-mail: bea@privat.example",
            )
        self.assertNotAcknowledged(complaint)
        self.assertFalse(complaint.partner_email)
        asked = self.activities(complaint, "look").note
        self.assertIn("ada@privat.example, bea@privat.example", asked)

    def test_person_answered_at_another_mailbox_stays_the_person(self):
        complaint = self.receive(
            From=ANNA,
            Reply_To="Anna Weber <anna@home.example>",
            Message_Id="<w@h.example>",
        )
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.partner_email, "anna@home.example")
        self.assertEqual(len(self.sent_to("anna@home.example")), 1)
        for address in ("anna@home.example", "anna@weber.example"):
            self.assertEqual(complaint._complaint_relation(address), "customer")
        stranger = self.receive(
            From="Tom <tom@work.example>", Reply_To="tom@home.example"
        )
        for address in ("tom@home.example", "tom@work.example"):
            self.assertEqual(stranger._complaint_relation(address), "customer", address)

    def test_plus_address_is_kept_as_written_and_is_the_same_person(self):
        complaint = self.receive(From="Anna Weber <anna+desk@weber.example>")
        self.assertEqual(complaint.partner_email, "anna+desk@weber.example")
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(len(self.sent_to("anna+desk@weber.example")), 1)
        self.assertEqual(
            complaint._complaint_relation("anna@weber.example"), "customer"
        )
        self.assertFalse(complaint._complaint_relation("anna+x@other.example"))

    def test_name_in_apostrophes_is_greeted_without_them(self):
        for sender, greeting in (
            ("\"'Miller, Jane'\" <jane@kunde.example>", "Dear Miller, Jane,"),
            ("'Jane Miller' <jane@kunde.example>", "Dear Jane Miller,"),
            ("Miller, Jane <jane@kunde.example>", "Dear Miller, Jane,"),
        ):
            raw = self.mail(From=None).replace(
                b"To:", b"From: " + sender.encode() + b"\nTo:", 1
            )
            self.receive(raw)
            text = self.text_of(self.acknowledgements()[-1])
            self.assertIn(greeting, text)

    # ---------------------------------------------------
    # One mail by two ways
    # ---------------------------------------------------

    def test_one_mail_by_two_ways_is_one_complaint(self):
        text = "My parcel came open, and half of it was gone. Please send me the rest."
        usual = {
            "From": "Peter Novak <peter@novak.example>",
            "Date": "Mon, 02 Mar 2026 08:00:00 +0000",
            "Subject": "Broken",
        }
        banner = "CAUTION: This email came from outside. Do not click links."
        footer = "____\nTalk mailing list\nhttps://lists.example/talk"
        for number, (change, body) in enumerate(
            (
                ({"Message_Id": "<1@novak.example>"}, text),
                (
                    {"Message_Id": "<1@novak.example>", "Subject": "[EXTERNAL] Broken"},
                    text,
                ),
                ({"Message_Id": "<1@novak.example>"}, f"{banner}\n\n{text}"),
                ({"Message_Id": "<2@lists.example>", "Subject": "[talk] Broken"}, text),
                ({"Message_Id": "<4@lists.example>", "Subject": "EXT: Broken"}, text),
                (
                    {
                        "Message_Id": "<3@lists.example>",
                        "From": "Peter Novak via Talk <talk@lists.example>",
                        "List_Post": "<mailto:talk@lists.example>",
                        "Reply_To": "Peter Novak <peter@novak.example>",
                        "Date": "Mon, 02 Mar 2026 09:00:00 +0100",
                    },
                    f"{text}\n\n{footer}",
                ),
            )
        ):
            if not number:
                complaint = self.receive(body=body, **{**usual, **change})
                continue
            with self.subTest(change), self.no_new_ticket(), self.nothing_sent():
                ticket = self.receive(body=body, **{**usual, **change})
                self.assertEqual(ticket, complaint)
                self.assertNote(self.newest(complaint))
        # others of the same person are others
        for change, body in (
            ({"Date": "Mon, 02 Mar 2026 08:00:01 +0000"}, text),
            ({}, "My chair is broken as well."),
            ({"From": "Pia <pia@novak.example>"}, text),
            ({"To": self.team_b.alias_email}, text),
        ):
            with self.subTest(change):
                before = self.Ticket.search([])
                other = self.receive(body=body, **{**usual, **change})
                self.assertEqual(self.Ticket.search([]) - before, other)
                self.assertEqual(len(other), 1)
                self.assertIn(body, html2plaintext(other.description))

    def test_files_that_came_by_the_second_way_alone_are_kept(self):
        usual = {
            "Date": "Mon, 02 Mar 2026 08:00:00 +0000",
            "body": "It was open. See the picture.",
        }
        complaint = self.receive(**usual)
        usual["Subject"] = "[talk] Broken on arrival"
        with self.no_new_ticket():
            self.receive(
                attachments=[("bill.pdf", "application/pdf", b"%PDF 1")], **usual
            )
        self.assertIn("bill.pdf", self.newest(complaint).attachment_ids.mapped("name"))

    # ---------------------------------------------------
    # Addresses
    # ---------------------------------------------------

    def test_mail_to_a_plus_address_is_for_the_desk(self):
        self.env["res.company"].search([]).complaint_acknowledge_limit = 100
        local, _at, domain = self.team.alias_email.partition("@")
        self.team_b.alias_id.alias_incoming_local = True
        for to, team in (
            (f"{local}+4711@{domain}", self.team),
            (f"{local.upper()}+C-1@{domain.upper()}", self.team),
            (f"Desk <{local}+a+b@{domain}>", self.team),
            (f"{self.team_b.alias_name}+x@elsewhere.example", self.team_b),
        ):
            for headers in (
                {"To": to},
                {"To": None, "Delivered_To": to},
                {"Cc": to, "To": "x@y.example"},
            ):
                with self.subTest(to=to, headers=headers):
                    complaint = self.receive(**headers)
                    self.assertEqual(complaint.team_id, team)
                    self.assertAcknowledged(complaint)

    def test_alias_of_just_that_name_comes_first(self):
        domain = self.team.alias_domain_id
        other = self.team.copy(
            {
                "name": "Seven",
                "alias_name": f"{self.team.alias_name}+7",
                "alias_domain_id": domain.id,
                "company_id": self.company_a.id,
            }
        )
        self.assertEqual(other.alias_name, f"{self.team.alias_name}+7")
        complaint = self.receive(To=f"{self.team.alias_name}+7@{domain.name}")
        self.assertEqual(complaint.team_id, other)

    def test_our_own_plus_address_is_nobody_s(self):
        local, _at, domain = self.team.alias_email.partition("@")
        with self.nothing_sent():
            self.receive(From=f"{local}+1@{domain}")
        self.assertEqual(self.entry().kind, "own")

    def test_internationalised_domain_leaves_as_punycode(self):
        raw = self.mail(From=None).replace(
            b"To:", "From: Käthe <kaethe@büro-müller.example>\nTo:".encode(), 1
        )
        complaint = self.receive(raw)
        self.assertEqual(complaint.partner_email, "kaethe@büro-müller.example")
        travelling = "kaethe@xn--bro-mller-q9ae.example"
        self.assertIn(travelling, self.the_acknowledgement()["To"])
        self.assertAcknowledged(complaint)
        contact = self.env["res.partner"].create(
            {"name": "Käthe", "email": "kaethe@büro-müller.example"}
        )
        again = self.receive(From=f"Kaethe <{travelling}>")
        self.assertEqual(again.partner_id, contact)
        self.assertEqual(
            complaint._complaint_relation(travelling), "customer", "in both spellings"
        )
        again.with_user(self.handler).message_post(
            body="We look at it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=contact.ids,
        )
        self.env.cr.precommit.run()
        self.assertIn(travelling, self._mails[-1]["EmailMessage"]["To"])

    # ---------------------------------------------------
    # What colleagues pass on
    # ---------------------------------------------------

    def colleagues(self):
        """Return senders within the company: users, and anybody of its domains."""
        yield self.handler.email_formatted
        yield self.user_employee.email_formatted
        yield f"Nina New <nina@{self.mail_alias_domain.name}>"
        self.company_a.email = "office@our-company.example"
        yield "Nina New <nina@our-company.example>"

    def test_forwarded_complaint_is_of_who_wrote_it(self):
        for colleague in self.colleagues():
            with self.subTest(colleague):
                before = len(self.acknowledgements())
                complaint = self.receive(
                    From=colleague, Subject="Fwd: My kitchen", body=FORWARD
                )
                self.assertEqual(complaint.partner_email, "vera@kunde.example")
                self.assertEqual(complaint.partner_name, "Vera Klein")
                self.assertFalse(complaint.partner_id)
                self.assertAcknowledged(complaint)
                (answer,) = self.acknowledgements()[before:]
                self.assertIn("vera@kunde.example", answer["To"])
                # what colleagues say among themselves is not for the customer
                words = html2plaintext(complaint.description)
                self.assertIn("left my kitchen a mess", words)
                self.assertNotIn("difficult", words)
                self.assertIn("difficult", self.newest(complaint).body)
                self.assertNotIn(
                    self.newest(complaint), complaint._complaint_shown_messages()
                )
                complaint.partner_email = False

    def test_attached_complaint_is_of_who_wrote_it(self):
        inner = self.mail(
            From="Vera Klein <vera@kunde.example>", Subject="Kitchen", body="A mess."
        ).replace(b"Message-Id", b"X-Id")
        raw = (
            f"From: {self.handler.email_formatted}\nTo: {self.team.alias_email}\n"
            "Message-ID: <attached@desk.example>\nSubject: A customer's\n"
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
            "--b\nContent-Type: text/plain\n\nShe is difficult.\n"
            "--b\nContent-Type: message/rfc822\n\n"
        ).encode()
        with self.no_contact():
            complaint = self.receive(raw + inner + b"\n--b--\n")
        self.assertEqual(complaint.partner_email, "vera@kunde.example")
        self.assertAcknowledged(complaint)
        self.assertIn("A mess.", complaint.description)
        self.assertNotIn("difficult", complaint.description)
        self.assertFalse(self.sent_to(self.handler.email))

    @contextmanager
    def no_contact(self):
        Partner = self.env["res.partner"].with_context(active_test=False)
        before = Partner.search_count([])
        yield
        self.assertEqual(Partner.search_count([]), before, "nobody is made up")

    def test_known_customer_is_found_behind_a_colleague(self):
        forward = FORWARD.replace("vera@kunde.example", "anna@weber.example")
        complaint = self.receive(
            From=self.handler.email_formatted, Subject="WG: Kitchen", body=forward
        )
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(self.newest(complaint).author_id, self.handler.partner_id)

    def test_where_it_cannot_be_told_somebody_is_asked(self):
        for body in (
            "A lady rang and said so.",
            FORWARD.replace(" <vera@kunde.example>", ""),
        ):
            with self.subTest(body=body[-60:]), self.nothing_sent():
                complaint = self.receive(
                    From=self.handler.email_formatted, Subject="FW: Kitchen", body=body
                )
                self.assertNotAcknowledged(complaint)
                self.assertFalse(complaint.partner_id | complaint.partner_id.browse())
                self.assertFalse(complaint.partner_email)
                (look,) = self.activities(complaint, "look")
                self.assertIn("Identify the customer", look.summary)
                self.assertTrue(complaint.complaint_acknowledge_note)

    def test_what_a_customer_forwards_is_the_customer_s(self):
        complaint = self.receive(From=ANNA, Subject="Fwd: My kitchen", body=FORWARD)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertIn("difficult", html2plaintext(complaint.description))

    def test_colleague_who_complains_is_the_customer(self):
        complaint = self.receive(From=self.user_employee.email_formatted)
        self.assertEqual(complaint.partner_id, self.user_employee.partner_id)

    # ---------------------------------------------------
    # Contacts of several companies
    # ---------------------------------------------------

    def test_contact_is_the_one_of_the_desk_s_company(self):
        Partner = self.env["res.partner"]
        values = {"name": "Two", "email": "two@kunde.example"}
        of_b = Partner.create({**values, "company_id": self.company_b.id})
        complaint = self.receive(From="Two <two@kunde.example>")
        self.assertFalse(complaint.partner_id, "not one that its handlers may not read")
        self.assertFalse(self.newest(complaint).author_id)
        of_a = Partner.create({**values, "company_id": self.company_a.id})
        of_all = Partner.create(values)
        for team, expected in ((self.team, of_a), (self.team_b, of_b)):
            complaint = self.receive(
                From="Two <two@kunde.example>", To=team.alias_email
            )
            self.assertEqual(complaint.partner_id, expected)
            self.assertEqual(self.newest(complaint).author_id, expected)
        of_a.active = False
        complaint = self.receive(From="Two <two@kunde.example>")
        self.assertEqual(complaint.partner_id, of_all)

    def test_mail_to_two_desks_is_of_the_contact_of_each(self):
        values = {"name": "Two", "email": "two@kunde.example"}
        contacts = self.env["res.partner"].create(
            [
                {**values, "company_id": company.id}
                for company in (self.company_a, self.company_b)
            ]
        )
        self.receive(
            From="Two <two@kunde.example>",
            To=f"{self.team.alias_email}, {self.team_b.alias_email}",
            Subject="To both desks",
        )
        complaints = self.Ticket.search(
            [("name", "=", "To both desks")], order="team_id"
        )
        self.assertEqual(len(complaints), 2)
        for complaint, contact in zip(complaints, contacts, strict=True):
            self.assertEqual(complaint.partner_id, contact)

    def test_recipients_are_looked_for_in_the_company_alone(self):
        of_b = self.env["res.partner"].create(
            {
                "name": "Two",
                "email": "two@kunde.example",
                "company_id": self.company_b.id,
            }
        )
        complaint = self.receive(Cc="two@kunde.example")
        self.assertNotIn(of_b, complaint.message_partner_ids)


@tagged("post_install", "-at_install")
class TestSendersOfAnswers(ThreadsCommon):
    def test_reply_to_makes_nobody_the_customer_of_a_complaint(self):
        """Anybody can write a customer's address there."""
        for sender in (
            "<>",
            "eve@evil.example",
            "noreply@evil.example",
            "wordpress@evil.example",
        ):
            with self.subTest(sender), self.no_new_ticket():
                self.closed()
                self.answer(self.acknowledged, From=sender, Reply_To=ANNA)
                self.assertEqual(self.complaint.complaint_phase, "closed")
                self.assertNote(self.newest(self.complaint))
                self.assertTrue(self.looks())

    def test_form_of_ours_alone_is_believed_whose_answer_it_is(self):
        for sender, phase in (
            ("wordpress@evil.example", "closed"),
            (f"form@{self.mail_alias_domain.name}", "hearing"),
        ):
            with self.subTest(sender):
                self.closed()
                self.receive(
                    From=sender,
                    Subject=f"Again {self.complaint.number}",
                    body=f"Name: Anna\nEmail: {self.customer.email}\nMessage: Broke.",
                )
                self.assertEqual(self.complaint.complaint_phase, phase)

    def test_answer_through_our_own_group_is_heard(self):
        self.closed()
        desk = self.team.alias_email
        self.answer(
            self.acknowledged,
            From=f"'Anna Weber' via Complaints <{desk}>",
            List_Id=f"<{desk.replace('@', '.')}>",
            X_Original_From=ANNA,
        )
        self.assertEqual(self.complaint.complaint_phase, "hearing")

    def test_answer_that_a_colleague_forwards_is_the_customer_s(self):
        self.closed()
        forward = FORWARD.replace("vera@kunde.example", "anna@weber.example")
        with self.no_new_ticket(), self.nothing_sent():
            self.receive(
                From=self.handler.email_formatted,
                Subject=f"Fwd: Re: {self.complaint.number}",
                body=forward,
            )
        self.assertEqual(self.complaint.complaint_phase, "hearing")
        message = self.newest(self.complaint)
        self.assertEqual(message.author_id, self.handler.partner_id)
        self.assertNotIn(message, self.complaint._complaint_shown_messages())

    def test_thanks_of_somebody_in_copy_reopen_nothing(self):
        friend = "friend@novak.example"
        self.answer(self.acknowledged, From=ANNA, Cc=f"A Friend <{friend}>")
        self.closed()
        with self.no_new_ticket(), self.nothing_sent():
            self.answer(self.acknowledged, From=friend, body="Thank you.")
        self.assertEqual(self.complaint.complaint_phase, "closed")
        self.assertFalse(self.complaint.complaint_reopened_count)
        self.assertEqual(len(self.looks()), 1)

    def test_thanks_of_somebody_in_copy_are_no_answer_to_the_solution(self):
        friend = "friend@novak.example"
        self.answer(self.acknowledged, From=ANNA, Cc=f"A Friend <{friend}>")
        self.closed("follow_up")
        self.answer(self.acknowledged, From=friend, body="Thank you.")
        self.assertFalse(self.looks())
        self.answer(self.acknowledged, From=ANNA, body="It broke again.")
        self.assertTrue(self.looks())

    def test_one_weak_header_does_not_outweigh_the_customer_s_answer(self):
        for headers in (
            {"Return_Path": "<>"},
            {"X_Powered_By": "OTRS (https://otrs.com/)"},
            {"X_OTRS_Loop": "yes", "X_Powered_By": "OTRS"},
            {"X_RT_Loop_Prevention": "their desk"},
            {"X_Mailer": "Zendesk Mailer"},
            {"X_JIRA_FingerPrint": "0123"},
            {"Precedence": "bulk"},
            {"Precedence": "list"},
            {"X_Auto_Response_Suppress": "All"},
            {"X_Loop": "robot@weber.example"},
            {"List_Unsubscribe": "<https://weber.example/off>"},
            {"Return_Path": "<MAILER-DAEMON>"},
        ):
            with self.subTest(headers), self.no_new_ticket(), self.nothing_sent():
                self.closed()
                self.answer(
                    self.acknowledged, From=ANNA, body="It did not hold.", **headers
                )
                self.assertEqual(self.complaint.complaint_phase, "hearing")
                self.assertComment(self.newest(self.complaint))
                self.assertEqual(self.entry().outcome, "answer")

    def test_what_two_headers_doubt_somebody_looks_at(self):
        self.closed()
        with self.no_new_ticket(), self.nothing_sent():
            self.answer(
                self.acknowledged,
                From=ANNA,
                Return_Path="<>",
                X_Powered_By="OTRS",
            )
        self.assertEqual(self.complaint.complaint_phase, "closed")
        self.assertNote(self.newest(self.complaint))
        self.assertEqual(len(self.looks()), 1)

    def test_absence_note_that_only_its_words_tell_is_looked_at(self):
        for body in (
            "I am out of the office until Monday.",
            "Ich bin bis Montag nicht im Büro.",
            "אני מחוץ למשרד עד יום שני",
            "أنا خارج المكتب حتى يوم الإثنين",
            "Tôi vắng mặt đến thứ Hai.",
        ):
            with self.subTest(body), self.no_new_ticket(), self.nothing_sent():
                self.closed()
                self.answer(self.acknowledged, From=ANNA, Return_Path="<>", body=body)
                self.assertEqual(self.complaint.complaint_phase, "closed")
                self.assertEqual(len(self.looks()), 1)
            with self.subTest(body, by="a person"), self.no_new_ticket():
                self.closed()
                self.answer(self.acknowledged, From=ANNA, body=body)
                self.assertEqual(self.complaint.complaint_phase, "hearing")

    def test_absence_note_of_the_customer_is_none_of_their_answers(self):
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Auto_Submitted": "auto-replied", "Return_Path": "<>"},
            {"X_Autoreply": "yes"},
            {"Precedence": "auto_reply"},
            {"Subject": "Automatic reply: Broken"},
            {"Subject": "Abwesenheitsnotiz: Broken", "Return_Path": "<>"},
            {"Subject": "מענה אוטומטי: Broken"},
            {"Subject": "Trả lời tự động: Broken", "Return_Path": "<>"},
        ):
            with self.subTest(headers), self.no_new_ticket(), self.nothing_sent():
                self.closed()
                self.answer(self.acknowledged, From=ANNA, **headers)
                self.assertEqual(self.complaint.complaint_phase, "closed")
                self.assertNote(self.newest(self.complaint))
                self.assertFalse(self.looks())

    def test_weak_header_speaks_against_a_stranger_still(self):
        self.closed()
        self.answer(self.acknowledged, From="eve@evil.example", Return_Path="<>")
        self.assertEqual(self.complaint.complaint_phase, "closed")
        self.assertEqual(self.entry().kind, "automatic")

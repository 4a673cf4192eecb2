"""Privacy tests: a person with all personal data there is, and a search for it."""

import base64
from datetime import datetime

from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.crm_complaints.tests.contact.test_complaint_letter_compose import (
    LetterCommon,
)

NAME = "Quackenbush"
EMAIL = "zebulon@quackenbush.example"
PHONE = "777 88 99"
STREET = "Sycamore Alley"
MARKS = (NAME, "zebulon", PHONE, STREET)
# Tables where a person may remain after the erasure: contact and account, and what
# Odoo's vacuum deletes within a day.
HIS_OWN = ("res_partner", "res_users", "bus_bus", "complaint_quota")
TEXTS = (
    "complaint_remedy_sought",
    "complaint_incident_place",
    "complaint_evidence",
    "complaint_findings",
    "complaint_reason",
    "complaint_corrective_action",
    "complaint_close_reason",
    "complaint_acknowledge_note",
)


class PrivacyCommon(LetterCommon):
    """Zebulon Quackenbush has one ended complaint with every kind of personal data."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {
                "name": f"Zebulon {NAME}",
                "email": EMAIL,
                "phone": f"+32 2 {PHONE}",
                "street": STREET,
            }
        )
        cls.Log = cls.env["complaint.privacy.log"]

    def everything(self, ended_at=datetime(2026, 3, 20, 9, 0)):
        """Return a complaint that holds every kind of personal data."""
        ticket = self.receive(
            From=f"Zebulon {NAME} <{EMAIL}>",
            Subject=f"{NAME} complains",
            body=f"I am {NAME} of {STREET}, call me: {PHONE}.",
            attachments=[("quackenbush.txt", "text/plain", STREET.encode())],
        )
        ticket.write({"partner_id": self.person.id, "user_id": self.handler.id})
        self.send("information", ticket)
        other = self.create_complaint(
            name=f"{NAME} once more", partner_id=self.person.id, description=STREET
        )
        self.env["complaint.merge"].with_user(self.handler)._merge(ticket, other)
        self.move(ticket, "solution")
        remedy = self.remedy(ticket)
        remedy.description = f"A new parcel for {NAME}"
        text = f"{NAME}, {EMAIL}, {PHONE}"
        ticket.write(
            {
                "partner_name": NAME,
                "partner_email": EMAIL,
                "email_cc": f"wife@{NAME.lower()}.example",
                "complaint_phone": PHONE,
                "complaint_concerned_user_ids": [Command.set(self.outsider.ids)],
                "complaint_event_ids": [
                    Command.create({"name": text, "source": NAME}),
                ],
                "complaint_document_ids": [
                    Command.create({"name": f"{NAME}.txt", "raw": b"x"})
                ],
                **dict.fromkeys(TEXTS, text),
            }
        )
        ticket.message_post(body=text, subject=NAME)
        ticket.activity_schedule("mail.mail_activity_data_todo", note=text)
        self.env["mail.scheduled.message"].create(
            {
                "model": ticket._name,
                "res_id": ticket.id,
                "author_id": self.handler.partner_id.id,
                "body": text,
                "subject": NAME,
                "scheduled_date": datetime(2027, 1, 1),
            }
        )
        self.env["complaint.dead.letter"].create(
            {
                "name": NAME,
                "email_from": EMAIL,
                "failure": text,
                "raw": base64.b64encode(text.encode()),
                "company_id": self.company_a.id,
                "ticket_id": ticket.id,
            }
        )
        self.send("offer", ticket)
        self.move(ticket, "agreement")
        ticket.complaint_outcome = "upheld"
        self.move(ticket, "follow_up")
        ticket._complaint_rate(1, words=text, partner=self.person)
        self.env["complaint.follow.up.call"].create(
            {"ticket_id": ticket.id, "customer_words": text, "reason": NAME}
        )
        wife = self.env["res.partner"].create({"name": f"Rita {NAME}"})
        ticket.complaint_representative_id = wife
        self.env["complaint.consent"].create(
            {
                "ticket_id": ticket.id,
                "partner_id": wife.id,
                "attachment_ids": [
                    Command.create({"name": f"consent of {NAME}.txt", "raw": b"x"})
                ],
            }
        )
        self.env.flush_all()
        self.env.cr.precommit.run()
        with self.at(ended_at):
            self.move(ticket, "closed")
            self.env.flush_all()
        self.env.cr.precommit.run()
        return ticket

    def hold(self, ticket, user=None):
        """Put a complaint on legal hold, as a manager does."""
        ticket.with_user(user or self.manager).write(
            {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court 7/26"}
        )

    def said_of(self, *marks, aside=HIS_OWN):
        """Return where in the whole database words are found: list of (table, column).

        :param aside: tables that are not searched
        """
        self.env.flush_all()
        columns = self.env.execute_query(
            SQL(
                """
                SELECT columns.table_name, columns.column_name
                  FROM information_schema.columns
                  JOIN information_schema.tables USING (table_schema, table_name)
                 WHERE table_schema = current_schema
                   AND table_type = 'BASE TABLE'
                   AND data_type IN ('text', 'character varying', 'character', 'json',
                                     'jsonb', 'bytea', 'ARRAY')
              ORDER BY 1, 2
                """
            )
        )
        found = []
        for table, column in columns:
            if table in aside:
                continue
            content = SQL(
                "CASE WHEN pg_typeof(%(column)s)::text = 'bytea'"
                " THEN encode(%(column)s::text::bytea, 'escape')"
                " ELSE %(column)s::text END",
                column=SQL.identifier(column),
            )
            # not the notes on the contact itself
            own = SQL("TRUE")
            if table == "mail_message":
                own = SQL("model IS DISTINCT FROM 'res.partner'")
            if self.env.execute_query(
                SQL(
                    "SELECT 1 FROM %s WHERE %s AND %s ILIKE ANY(%s) LIMIT 1",
                    SQL.identifier(table),
                    own,
                    content,
                    [f"%{mark}%" for mark in marks],
                )
            ):
                found.append((table, column))
        return found

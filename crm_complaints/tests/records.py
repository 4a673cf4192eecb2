"""Records of every kind around a complaint, for tests of who gets at them."""

from base64 import b64encode

from odoo.fields import Command

from ..models.core.constants import TICKET
from .common import ComplaintCommon

# company -> words of its complaints, its customer, its settings
SECRETS = {
    "a": ("Zanzibar", "Kisangani", "Mombasa"),
    "b": ("Timbuktu", "Lalibela", "Axum"),
}


class ComplaintRecords(ComplaintCommon):
    @classmethod
    def make_records(cls, key, team, handler, manager):
        """Return {model: a record of it}, around one complaint of a company."""
        words, name, settings = SECRETS[key]
        company = team.company_id
        env = cls.env(context={"tracking_disable": True})
        customer = env["res.partner"].create(
            {
                "name": f"Anna {name}",
                "email": f"anna@{name.lower()}.example",
                "phone": "+32 2 555 99 99",
                "company_id": company.id,
            }
        )
        values = {
            "name": f"Broken in {words}",
            "description": f"<p>{words}</p>",
            "team_id": team.id,
            "user_id": handler.id,
            "partner_id": customer.id,
            "complaint_outcome": "upheld",
        }
        Ticket = env[TICKET].with_user(handler)
        ticket, merged, alike = Ticket.create([values] * 3).sudo()
        (ticket | merged | alike)._complaint_as_history().stage_id = cls.stages[
            "solution"
        ]
        records = {TICKET: ticket, "res.partner": customer}

        def make(model, **vals):
            records[model] = env[model].create(vals)

        of_ticket = {"ticket_id": ticket.id}
        letter = env["ir.attachment"].create({"name": words, "raw": b"x"})
        make("complaint.event", **of_ticket, name=words, date="2026-02-27")
        make("complaint.remedy.type", name=settings, company_id=company.id)
        remedy_type = records["complaint.remedy.type"].id
        make("complaint.remedy", **of_ticket, type_id=remedy_type, description=words)
        make(
            "complaint.consent",
            **of_ticket,
            partner_id=customer.id,
            attachment_ids=[Command.set(letter.ids)],
        )
        env["complaint.merge"]._merge(ticket, merged)
        records["complaint.merge"] = ticket.complaint_merge_ids
        make("complaint.cause", name=settings, company_id=company.id)
        make("complaint.policy", name=settings, company_id=company.id, active=False)
        make("complaint.return", name=settings, company_id=company.id)
        of_return = {"return_id": records["complaint.return"].id}
        make("complaint.return.line", **of_return, name=settings)
        make("complaint.return.code", **of_return, code=settings, outcome="upheld")
        make(
            "complaint.return.filing",
            **of_return,
            company_id=company.id,
            date_from="2026-01-01",
            date_to="2026-06-30",
        )
        filing = records["complaint.return.filing"]
        records["complaint.return.figure"] = filing.figure_ids
        make("complaint.return.issue", filing_id=filing.id, name=settings)
        make(
            "complaint.restriction",
            partner_id=customer.id,
            company_id=company.id,
            reason=settings,
            measure="writing",
            until="2026-06-01",
            review_date="2026-05-01",
        )
        make(
            "complaint.incoming.mail",
            **of_ticket,
            key=f"{words}{ticket.id}",
            email_from=customer.email,
            received_at="2026-03-01 10:00:00",
            company_id=company.id,
        )
        make(
            "complaint.dead.letter",
            **of_ticket,
            name=words,
            raw=b64encode(words.encode()),
            company_id=company.id,
            team_id=team.id,
        )
        make(
            "rating.rating",
            res_model_id=env["ir.model"]._get_id(TICKET),
            res_id=ticket.id,
            rating=1,
            feedback=words,
            consumed=True,
        )
        records["complaint.milestone"] = ticket.complaint_milestone_ids
        # rows of wizards that a colleague is about to fill in
        for model, vals in {
            "complaint.resolve": {"outcome": "upheld"},
            "complaint.decision": {"words": words},
            "complaint.letter.compose": {},
            "complaint.follow.up": {"how": "phone", "words": words},
            "complaint.rating.answer": {"words": words},
        }.items():
            wizard = env[model].with_user(handler).create({**of_ticket, **vals})
            records[model] = wizard.sudo()
        for model, user, vals in (
            ("complaint.intake", handler, {"name": words}),
            (
                "complaint.register",
                manager,
                {
                    "file_format": "csv",  # in which the words can be read
                    "company_ids": company.ids,
                },
            ),
            ("complaint.merge.wizard", handler, {"ticket_ids": (ticket + alike).ids}),
            (
                "complaint.policy.apply",
                manager,
                {"policy_id": records["complaint.policy"].id},
            ),
            (
                "complaint.dead.letter.dismiss",
                manager,
                {
                    "letter_ids": records["complaint.dead.letter"].ids,
                    "reason": words,
                },
            ),
        ):
            records[model] = env[model].with_user(user).create(vals).sudo()
        cls.make_more(records, words)
        return records

    @classmethod
    def make_more(cls, records, words):
        """Add records of models of small addons; those of our own bear the words."""

    @classmethod
    def make_rest(cls, records):
        """Add records of the models left out: what hangs on a complaint, and set-up.

        They are of one's own addon, or belong to the complaint in Odoo.
        """
        ticket = records[TICKET]
        company = ticket.company_id
        of_ticket = {"ticket_id": ticket.id}
        on_ticket = {"res_model": TICKET, "res_id": ticket.id}

        def make(name, /, row=None, **vals):
            Model = cls.env[name].with_context(tracking_disable=True)
            records[row or name] = Model.create(vals)

        make(
            "complaint.policy.target",
            policy_id=records["complaint.policy"].id,
            milestone="respond",
        )
        records["complaint.milestone"] = ticket.complaint_milestone_ids[:1]
        make("complaint.extension", **of_ticket, reason="It takes longer.")
        make("complaint.letter", **of_ticket, kind="update", way="mail")
        make("complaint.follow.up.call", **of_ticket)
        make("complaint.form.key", **of_ticket, key=f"form {ticket.id}")
        used = "2026-03-01 10:00:00"
        make("complaint.mail.attempt", key=f"mail {ticket.id}", last_at=used)
        make("complaint.quota", purpose="x", key=f"{ticket.id}", used_at=used)
        make(
            "complaint.cause.action",
            cause_id=records["complaint.cause"].id,
            name="Train the staff",
        )
        make(
            "complaint.warning",
            name="More than usual",
            dimension="team_id",
            series=str(ticket.team_id.id),
            date_from="2026-02-01",
            date_to="2026-02-07",
            number=5,
            usual_number=1,
            weeks=8,
            probability=0.01,
            ticket_ids=[Command.set(ticket.ids)],
            company_id=company.id,
        )
        records["complaint.report"] = cls.env["complaint.report"].search(
            [("ticket_id", "=", ticket.id)]
        )
        colleague = cls.leader if company == cls.company_a else cls.handler_b
        message = {
            "model": TICKET,
            "res_id": ticket.id,
            "message_type": "comment",
            "author_id": colleague.partner_id.id,
            "body": "Hello",
        }
        make("mail.message", **message, subtype_id=cls.env.ref("mail.mt_comment").id)
        make(
            "mail.message",
            "mail.message: note",
            **message,
            subtype_id=cls.env.ref("mail.mt_note").id,
            is_internal=True,
        )
        make(
            "mail.notification",
            mail_message_id=records["mail.message"].id,
            res_partner_id=ticket.partner_id.id,
        )
        make(
            "mail.activity",
            res_model_id=cls.env["ir.model"]._get_id(TICKET),
            res_id=ticket.id,
            user_id=colleague.id,
        )
        make("ir.attachment", **on_ticket, name="photo.txt", raw=b"x")
        follower = cls.env["res.partner"].create({"name": "Felix Follower"})
        make("mail.followers", **on_ticket, partner_id=follower.id)

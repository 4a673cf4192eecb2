"""Sweep: one run of the cron, for companies with other clocks and languages."""

from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintClockCommon


@tagged("post_install", "-at_install")
class TestTwoCompanies(ComplaintClockCommon):
    def test_one_run_writes_to_each_with_its_own_date_and_language(self):
        """At the deadline it is 6 March in Brussels, and still 5 March in New York."""
        for lang in ("fr_FR", "de_DE"):
            self.env["res.lang"]._activate_lang(lang)
        teams = self.team | self.team_b
        self.create_policy(
            "Both",
            [("resolve", 87, "hour")],
            sequence=0,
            team_ids=[Command.set(teams.ids)],
        )
        customers = self.env["res.partner"].create(
            [
                {"name": "Claire", "email": "claire@one.example", "lang": "fr_FR"},
                {"name": "Karl", "email": "karl@two.example", "lang": "de_DE"},
            ]
        )
        complaints = self.Ticket.concat(
            *(
                self.create_complaint(
                    user=user,
                    team_id=team.id,
                    company_id=team.company_id.id,
                    partner_id=customer.id,
                ).sudo()
                for user, team, customer in zip(
                    (self.handler, self.handler_b), teams, customers, strict=True
                )
            )
        )
        template = self.env["mail.template"].create(
            {
                "name": "Of the administrator",
                "model_id": self.ticket_model.id,
                "lang": "{{ object.complaint_lang }}",
                "use_default_to": True,
                "subject": "Soon",
                "body_html": '<p>By <b t-out="object.complaint_due_day"/></p>',
            }
        )
        for lang, by in (("fr_FR", "Avant le"), ("de_DE", "Bis zum")):
            text = template.body_html.replace("By", by)
            template.with_context(lang=lang).body_html = text
        self.create_rule(
            {
                "state": "mail_post",
                "mail_post_method": "comment",
                "template_id": template.id,
            },
            filter_domain='[("complaint_sla_state", "=", "at_risk")]',
        )
        self.assertEqual(complaints.mapped("complaint_lang"), ["fr_FR", "de_DE"])
        warned_at = self.clock + timedelta(hours=87 * 0.75)
        self.assertEqual(self.sweep(warned_at), 2)
        self.assertEqual(set(complaints.mapped("complaint_sla_state")), {"at_risk"})
        for complaint, text, today in zip(
            complaints,
            ("Avant le <b>6 mars 2026", "Bis zum <b>5. März 2026"),
            (date(2026, 3, 5), date(2026, 3, 4)),
            strict=True,
        ):
            with self.subTest(complaint.company_id.name):
                self.assertIn(text, "".join(complaint.message_ids.mapped("body")))
                activity = self.at_risk_activities(complaint)
                self.assertEqual(activity.date_deadline, today)
                self.assertEqual(activity.user_id.company_id, complaint.company_id)

"""Clock: base of its tests, with a short deadline, time that passes, and rules."""

from datetime import timedelta
from unittest.mock import patch

from odoo.fields import Command

from ..mail.common import ComplaintMailCommon

PRIORITY_HIGHEST = "3"


class ComplaintClockCommon(ComplaintMailCommon):
    """A's team resolves within four hours and warns after three of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warned_at = cls.clock + timedelta(hours=3)
        # the last second in which it is met
        cls.deadline = cls.clock + timedelta(hours=4)
        cls.late_at = cls.deadline + timedelta(seconds=1)
        cls.Milestone = cls.env["complaint.milestone"]
        cls.Policy = cls.env["complaint.policy"]
        cls.Automation = cls.env["base.automation"]
        cls.policy = cls.create_policy("Quick", [("resolve", 4, "hour")])
        cls.cron = cls.env.ref("crm_complaints.ir_cron_complaint_clock")
        cls.ticket_model = cls.env["ir.model"]._get("helpdesk.ticket")
        for name in ("at_risk", "breached", "two_days_late", "no_personal_answer"):
            rule = cls.env.ref(f"crm_complaints.base_automation_{name}")
            setattr(cls, f"rule_{name}", rule)
        # installed in real time, which is later than the clock of these tests
        (cls.rule_two_days_late | cls.rule_no_personal_answer).last_run = cls.clock

    def setUp(self):
        # after the rollback: rules made or switched off here patched the models
        self.addCleanup(self._patch_models_for_rules)
        super().setUp()

    def _patch_models_for_rules(self):
        self.Automation._unregister_hook()
        self.Automation._register_hook()

    # ---------------------------------------------------
    # Policies
    # ---------------------------------------------------

    @classmethod
    def create_policy(cls, name, promises, **vals):
        """Return the first policy for A's team.

        :param promises: (milestone, delay, unit) or the same with further values of each
        """
        return cls.Policy.create(
            {
                "name": name,
                "sequence": 1,
                "team_ids": [Command.set(cls.team.ids)],
                "target_ids": [
                    Command.create(
                        {
                            "milestone": milestone,
                            "delay": delay,
                            "delay_unit": unit,
                            **(more[0] if more else {}),
                        }
                    )
                    for milestone, delay, unit, *more in promises
                ],
                **vals,
            }
        )

    @classmethod
    def create_complaints(cls, count, user=None, **vals):
        return cls.Ticket.with_user(user or cls.handler).create(
            [
                {
                    "name": f"Broken on arrival {i}",
                    "description": "<p>The parcel was open.</p>",
                    "team_id": cls.team.id,
                    "complaint_outcome": "upheld",
                    **vals,
                }
                for i in range(count)
            ]
        )

    def resolve_milestone(self, complaint):
        return complaint.sudo().complaint_milestone_ids.filtered(
            lambda row: row.milestone == "resolve"
        )

    # ---------------------------------------------------
    # Time
    # ---------------------------------------------------

    def sweep(self, moment, limit=500):
        """Let it be ``moment`` and the clock run; return how many were due."""
        done = 0
        with self.at(moment):
            for _chunk in range(100):
                count = self.Milestone._sweep(limit)
                done += count
                if not count:
                    break
            else:
                self.fail("It finds the same ones again and again")
            self.env.flush_all()
        return done

    def run_rules_by_time(self, moment):
        """Let Odoo's cron for time-based rules run at ``moment``."""
        with (
            self.at(moment),
            patch.object(
                type(self.env["ir.cron"]), "_commit_progress", return_value=60.0
            ),
        ):
            self.Automation._cron_process_time_based_actions()

    # ---------------------------------------------------
    # Rules
    # ---------------------------------------------------

    def ticket_field(self, name):
        return self.env["ir.model.fields"]._get("helpdesk.ticket", name)

    def ticket_rules(self):
        return self.Automation.search([("model_name", "=", "helpdesk.ticket")])

    def create_rule(self, action, trigger_fields=("complaint_sla_state",), **vals):
        """Return an administrator's rule on tickets with one action.

        :param dict action: values of the server action
        """
        return self.Automation.create(
            {
                "name": "Of the administrator",
                "model_id": self.ticket_model.id,
                "trigger": "on_create_or_write",
                "trigger_field_ids": [
                    Command.set([self.ticket_field(name).id for name in trigger_fields])
                ],
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "What it does",
                            "model_id": self.ticket_model.id,
                            "usage": "base_automation",
                            **action,
                        }
                    )
                ],
                **vals,
            }
        )

    def create_failing_rule(self, **vals):
        """Return a rule that raises on complaints called “Poison” and marks others."""
        return self.create_rule(
            {
                "state": "code",
                "code": "if record.name == 'Poison':\n"
                "    raise UserError('Boom')\n"
                "record.write({'complaint_remedy_sought': 'Marked by the rule'})",
            },
            **{
                "name": "Fails on one",
                "filter_domain": '[("complaint_sla_state", "=", "at_risk")]',
                **vals,
            },
        )

    def activities_of(self, complaints, xmlid):
        return complaints.sudo().activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(xmlid)
        )

    def at_risk_activities(self, complaints):
        return self.activities_of(
            complaints, "crm_complaints.mail_activity_type_at_risk"
        )

    def late_activities(self, complaints):
        return self.activities_of(complaints, "crm_complaints.mail_activity_type_late")

    def failure_warnings(self, complaints):
        return self.activities_of(
            complaints, "crm_complaints.mail_activity_type_failure"
        )

    def assertRuleFailedOn(self, complaint, rule, reason="Boom"):
        """Check that the leader is told, once, and that the reason is on record."""
        warning = self.failure_warnings(complaint)
        self.assertEqual(len(warning), 1, "one warning, no more, no less")
        self.assertEqual(warning.user_id, self.leader)
        self.assertIn(rule.name, warning.summary)
        notes = complaint.sudo().message_ids.filtered(
            lambda message: reason in message.body and rule.name in message.body
        )
        self.assertTrue(notes)
        self.assertTrue(all(note.message_type == "notification" for note in notes))

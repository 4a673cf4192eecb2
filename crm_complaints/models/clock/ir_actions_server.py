"""ir.actions.server: an action of a rule is run on many complaints at once."""

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ..core.context import OwnValue


class Postponed(OwnValue, dict):
    """Batch: ids of the records that each action is to run on, once all are known."""


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def run(self):
        """Collect the records first, where a rule runs on many complaints at once.

        Odoo runs each action of a rule on one record after the other.
        """
        postponed = self.env.context.get("complaint_postponed")
        if not isinstance(postponed, Postponed):
            return super().run()
        for action in self:
            postponed.setdefault(action, []).append(self.env.context["active_id"])
        return False

    def _complaint_run_on(self, records):
        """Run this action on complaints, in as few steps as its kind allows.

        The result is Odoo's.

        :param records: tickets
        """
        self.ensure_one()
        self._can_execute_action_on_records(records)
        kinds = {
            "next_activity": self._complaint_plan_activities,
            "object_write": self._complaint_write_value,
            "followers": self._complaint_add_followers,
        }
        if self.state in kinds and not self.warning and kinds[self.state](records):
            return
        for record in records:
            self.with_context(
                active_model=record._name,
                active_ids=record.ids,
                active_id=record.id,
            ).run()

    # Queries that each saves on a complaint that becomes overdue, with the rules that
    # come with the addon: activities 17, values 3, followers 3; less than one is left
    # in all. Each returns whether it could do all at once.

    def _complaint_plan_activities(self, records):
        if not self.activity_type_id:
            return False
        values = {
            "activity_type_id": self.activity_type_id.id,
            "summary": self.activity_summary or "",
            "note": self.activity_note or "",
        }

        def owner(record):
            if self.activity_user_type == "specific":
                return self.activity_user_id
            name = self.activity_user_field_name
            if self.activity_user_type == "generic" and name in record._fields:
                return record[name][:1]
            return self.env["res.users"]

        def owner_and_zone(record):
            return owner(record), record.complaint_tz

        for (user, tz_name), group in records.grouped(owner_and_zone).items():
            # the day of the complaint's team: the clock's user has no time zone
            group = group.with_context(tz=tz_name)
            more = {"user_id": user.id} if user else {}
            if self.activity_date_deadline_range > 0:
                unit = self.activity_date_deadline_range_type or "days"
                more["date_deadline"] = fields.Date.context_today(
                    group
                ) + relativedelta(**{unit: self.activity_date_deadline_range})
            group.activity_schedule(**values, **more)
        return True

    def _complaint_write_value(self, records):
        path = self.update_path or ""
        if not path or "." in path or self.evaluation_type != "value":
            return False
        records.write({self.update_field_id.name: self._eval_value()[self.id]})
        return True

    def _complaint_add_followers(self, records):
        def wanted(record):
            partners = (
                self.partner_ids
                if self.followers_type == "specific"
                else record.mapped(self.followers_partner_field_name)
            )
            # staff complained about would be refused on all of them
            return partners - record.sudo().complaint_concerned_user_ids.partner_id

        for partners, group in records.grouped(wanted).items():
            group.message_subscribe(partner_ids=partners.ids)
        return True

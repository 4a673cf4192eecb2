"""complaint.merge: a merge of duplicates, which can be undone within a day."""

from datetime import date, datetime, timedelta

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..clock.helpdesk_ticket_clock import ANSWER_ACTIVITY, URGENT_ACTIVITIES
from ..contact.helpdesk_ticket_acknowledge import ACTIVITY_TYPES
from ..core.constants import TICKET
from ..core.helpdesk_ticket_failure import WARNING_ACTIVITY

UNDO_WITHIN = timedelta(days=1)
# Models that refer to any record: the fields that name it.
_BESIDE = {
    "mail.message": ("model", "res_id"),
    "ir.attachment": ("res_model", "res_id"),
    "mail.activity": ("res_model", "res_id"),
}
# Fields of other addons that the remaining complaint takes over where it has no value.
_FILLED = ("partner_id", "partner_name", "partner_email", "category_id")
_ACTIVITY_VALUES = (
    "activity_type_id",
    "summary",
    "note",
    "user_id",
    "date_deadline",
    "automated",
)


class ComplaintMerge(models.Model):
    _name = "complaint.merge"
    _description = "Merged Complaint"
    _inherit = ["complaint.child"]
    _complaint_privacy = "delete"
    _complaint_told = False
    _complaint_moves = False
    _order = "id desc"

    ticket_id = fields.Many2one(string="Merged Into")
    merged_id = fields.Many2one(
        comodel_name=TICKET,
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        complaint_link=True,
    )
    merged_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    snapshot = fields.Json(
        groups="base.group_system",
        readonly=True,
        help="What the merge moved, and the values before it.",
    )
    can_undo = fields.Boolean(compute="_compute_can_undo")

    _merged_uniq = models.UniqueIndex("(merged_id)")

    @api.depends("merged_at", "ticket_id.duplicate_id")
    def _compute_can_undo(self):
        since = fields.Datetime.now() - UNDO_WITHIN
        for merge in self:
            merge.can_undo = (
                merge.merged_at > since and not merge.ticket_id.duplicate_id
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_undo(self):
        """Undo the merge: give both complaints back what they had.

        What came in since stays with the remaining one.

        :raises UserError: where it is too late
        """
        self.ensure_one()
        if not self.exists():
            raise UserError(self.env._("This merge has already been undone."))
        # sudo: to find the two complaints and check the rights on both
        tickets = (self.sudo().ticket_id | self.sudo().merged_id).sudo(False)
        tickets.check_access("write")
        merge = self.sudo()  # checked
        # one at a time, so that a double click undoes it once
        if not merge.try_lock_for_update():
            raise UserError(
                self.env._(
                    "Somebody else is undoing this merge right now. Please refresh the "
                    "page."
                )
            )
        if merge.ticket_id.duplicate_id:
            raise UserError(
                self.env._(
                    "%(number)s has since been merged into another complaint. Please "
                    "undo that merge first.",
                    number=merge.ticket_id.number,
                )
            )
        if not merge.can_undo:
            raise UserError(
                self.env._(
                    "This merge cannot be undone any more, as it was made more than a "
                    "day ago."
                )
            )
        merged = merge.merged_id
        merge._undo()
        return merged.sudo(False)._complaint_show()

    # ---------------------------------------------------
    # Merging
    # ---------------------------------------------------

    @api.model
    def _merge(self, keep, others):
        """Merge complaints into another one.

        :param keep: helpdesk.ticket that remains
        :param others: those that are merged into it
        :raises AccessError: where the user may not work one of them
        :raises UserError: where they cannot be merged
        """
        others -= keep
        (keep | others).check_access("write")
        self._ensure_can_merge(keep, others)
        # sudo: messages, activities and files of colleagues move as well; checked above
        keep = keep.sudo()
        for merged in others.sudo().sorted(lambda ticket: ticket.id):
            self.sudo()._merge_one(keep, merged)

    @api.model
    def _ensure_can_merge(self, keep, others):
        # sudo: to compare, after the rights have been checked
        tickets = (keep | others).sudo()
        if not others or not keep:
            raise UserError(
                self.env._("Please choose at least two complaints to merge.")
            )
        for ticket in tickets:
            if not ticket.is_complaint:
                raise UserError(
                    self.env._(
                        "%s is not a complaint. Only complaints can be merged.",
                        ticket.number or ticket.name,
                    )
                )
            if ticket.duplicate_id:
                raise UserError(
                    self.env._(
                        "%(number)s has already been merged into %(other)s.",
                        number=ticket.number,
                        other=ticket.duplicate_id.number,
                    )
                )
            if not ticket.complaint_is_open or not ticket.active:
                raise UserError(
                    self.env._(
                        "%s is not open. Please reopen it first, so that the customer "
                        "is heard.",
                        ticket.number,
                    )
                )
        if len(tickets.company_id) > 1:
            raise UserError(
                self.env._("Complaints of different companies cannot be merged.")
            )
        for other in others.sudo():
            self._ensure_same_customer(keep.sudo(), other)
            if other.complaint_decision:
                raise UserError(
                    self.env._(
                        "%s already has an offer or a decision. Please choose it as "
                        "the complaint to keep.",
                        other.number,
                    )
                )
            if keep.sudo().complaint_is_listening and (
                other.complaint_cause_id or other.complaint_remedy_ids
            ):
                raise UserError(
                    self.env._(
                        "%s already has a root cause or remedies. Please choose it as "
                        "the complaint to keep.",
                        other.number,
                    )
                )
            if other.complaint_review_open and not keep.sudo().complaint_review_open:
                raise UserError(
                    self.env._(
                        "The customer has requested a review of %s. Please choose it "
                        "as the complaint to keep.",
                        other.number,
                    )
                )
            if other.complaint_level == "second" != keep.sudo().complaint_level:
                raise UserError(
                    self.env._(
                        "%s is already in review (stage 2). Please choose it as the "
                        "complaint to keep.",
                        other.number,
                    )
                )

    @api.model
    def _ensure_same_customer(self, keep, other):
        """Refuse where the customers differ: each would read what the other wrote."""
        if not keep._complaint_may_be_of_one_customer(other):
            raise UserError(
                self.env._(
                    "%(one)s and %(other)s are from different customers, who would be "
                    "able to read each other's messages. If they are the same "
                    "customer, enter that customer on both complaints first.",
                    one=keep.number,
                    other=other.number,
                )
            )

    def _merge_one(self, keep, merged):
        changing = self._changing()
        before = {name: _plain(keep[name]) for name in changing}
        concerned = "complaint_concerned_user_ids"
        links = {
            **{name: merged[name] - keep[name] for name in self._merging("union")},
            **keep._complaint_prepare_merge_links(merged),
        }
        snapshot = {
            "added": {name: records.ids for name, records in links.items()},
            "merged_added": {concerned: (keep[concerned] - merged[concerned]).ids},
            "merged_user": merged.user_id.id,
            "followers": (merged.message_partner_ids - keep.message_partner_ids).ids,
        }
        # first, so that staff complained about never see what is moved or cited
        self._link(keep, snapshot["added"])
        self._link(merged, snapshot["merged_added"])
        values = self._prepare_keep_vals(keep, merged)
        snapshot["dropped"] = self._drop_activities(keep, merged, values)
        snapshot["rows"] = self._move(merged, keep)
        merged.write({"active": False, "duplicate_id": keep.id})
        keep.write(values)
        keep.message_subscribe(snapshot["followers"])
        snapshot["notes"] = self._note(keep, merged).ids
        keep._complaint_remove_concerned()
        after = {name: _plain(keep[name]) for name in changing}
        snapshot["changed"] = {
            name: [before[name], after[name]]
            for name in changing
            if before[name] != after[name]
        }
        return self.create(
            {"ticket_id": keep.id, "merged_id": merged.id, "snapshot": snapshot}
        )

    def _link(self, ticket, added, command=Command.link):
        """Add records to many2many fields, or remove them again.

        :param dict added: field -> ids
        """
        values = {
            name: [command(some) for some in ids] for name, ids in added.items() if ids
        }
        if values:
            ticket.write(values)

    def _prepare_keep_vals(self, keep, merged):
        """Return what the remaining one takes over, as its fields say."""
        values = {}
        for name in (*_FILLED, *self._merging("fill")):
            if merged[name] and not keep[name]:
                values[name] = _plain(merged[name])
        for name in self._merging("earliest"):
            dates = [at for at in (keep[name], merged[name]) if at]
            if dates and min(dates) != keep[name]:
                values[name] = min(dates)
        for name in self._merging("highest"):
            order = [False, *keep._fields[name].get_values(self.env)]
            highest = max(keep[name], merged[name], key=order.index)
            if highest != keep[name]:
                values[name] = highest
        if keep.partner_id:
            # the contact brings name and number
            values.pop("partner_name", None)
        values.update(keep._complaint_prepare_merge_vals(merged))
        values["complaint_merged_numbers"] = ", ".join(
            filter(
                None,
                (
                    keep.complaint_merged_numbers,
                    merged.number,
                    merged.complaint_merged_numbers,
                ),
            )
        )
        return values

    @api.model
    def _merging(self, how):
        """Return the names of the ticket's fields that say this of a merge."""
        return [
            field.name
            for field in self.env[TICKET]._fields.values()
            if getattr(field, "complaint_merge", None) == how
        ]

    @api.model
    def _changing(self):
        """Return what a merge may change on the one that stays, to be put back."""
        rules = self._merging("fill") + self._merging("earliest")
        rules += self._merging("highest") + self._merging("rule")
        fields_ = self.env[TICKET]._fields
        return [
            *_FILLED,
            "user_id",
            *(
                name
                for name in rules
                # links, and the numbers, are put back one by one
                if fields_[name].type != "many2many"
                and name != "complaint_merged_numbers"
            ),
        ]

    def _drop_activities(self, keep, merged, values):
        """Remove activities that are done with, or planned on both.

        :param dict values: what the remaining complaint takes over
        :return: their values, to plan them again when the merge is undone
        """
        # automation rules plan these by the clock of the remaining complaint
        merged.activity_unlink(list(URGENT_ACTIVITIES))
        thanking = [*(xmlid for xmlid, _days in ACTIVITY_TYPES.values())]
        thanked = values.get("complaint_acknowledged_at") or (
            keep.complaint_acknowledged_at
        )
        answered = values.get("complaint_responded_at") or keep.complaint_responded_at
        moot = self.env["mail.activity"]
        for xmlids, done in (
            ([*thanking, WARNING_ACTIVITY], thanked),
            ([ANSWER_ACTIVITY], answered),
        ):
            ours = keep.activity_search(xmlids)
            theirs = merged.activity_search(xmlids)
            moot |= (
                ours | theirs if done else theirs if ours else self.env["mail.activity"]
            )
        dropped = [
            {
                "res_id": activity.res_id,
                **{name: _plain(activity[name]) for name in _ACTIVITY_VALUES},
            }
            for activity in moot
        ]
        moot.unlink()
        return dropped

    def _move(self, merged, keep):
        """Move messages, files and rows from one complaint to the other.

        :return: dict model -> ids of what was moved
        """
        moved = {}
        for model, (model_field, id_field) in _BESIDE.items():
            rows = self.env[model].search(
                [(model_field, "=", TICKET), (id_field, "=", merged.id)]
            )
            rows.write({id_field: keep.id})
            moved[model] = rows.ids
        for model in self._parts():
            rows = self.env[model].search([("ticket_id", "=", merged.id)])
            rows.write({"ticket_id": keep.id})
            moved[model] = rows.ids
        self.env.invalidate_all()
        return moved

    def _parts(self):
        """Return the models whose rows belong to a complaint and move with a merge."""
        parts = self.env.registry.descendants(["complaint.child"], "_inherit")
        return sorted(
            model
            for model in parts
            if self.env[model]._complaint_moves
            and not self.env[model]._abstract
            and self.env[model]._auto
        )

    def _note(self, keep, merged):
        """Note the merge on both, with the description of the merged one."""
        there = merged._message_log(
            body=self.env._(
                "Merged into %(number)s, which now contains all messages and files.",
                number=keep._get_html_link(title=keep.number),
            )
        )
        head = self.env._(
            "%(number)s was merged into this complaint, which now contains its "
            "messages and files.",
            number=merged._get_html_link(title=merged.number),
        )
        return there | keep._message_log(
            body=Markup("<p>%s</p><p><strong>%s</strong></p><div>%s</div>")
            % (head, merged.name, merged.description or "")
        )

    # ---------------------------------------------------
    # Undoing
    # ---------------------------------------------------

    def _undo(self):
        keep, merged, snapshot = self.ticket_id, self.merged_id, self.snapshot
        numbers = {merged.number, *(merged.complaint_merged_numbers or "").split(", ")}
        values = {
            name: before
            for name, (before, after) in snapshot["changed"].items()
            # keep what somebody changed since
            if _plain(keep[name]) == after
        }
        values["complaint_merged_numbers"] = (
            ", ".join(
                number
                for number in (keep.complaint_merged_numbers or "").split(", ")
                if number not in numbers
            )
            or False
        )
        # the notes of the merge would tell readers of one complaint of the other
        self.env["mail.message"].browse(snapshot["notes"]).exists().unlink()
        self._move_back(snapshot["rows"])
        keep.message_unsubscribe(snapshot["followers"])
        self.unlink()
        self._link(keep, snapshot["added"], Command.unlink)
        self._link(merged, snapshot["merged_added"], Command.unlink)
        keep.write(values)
        merged.write(
            {"active": True, "duplicate_id": False, "user_id": snapshot["merged_user"]}
        )
        self._put_back_activities(snapshot["dropped"])
        merged._message_log(
            body=self.env._(
                "The merge was undone. This complaint is handled separately again."
            )
        )
        # not duplicates after all: do not ask again
        (keep | merged)._complaint_set_distinct()

    def _move_back(self, rows):
        for model, ids in rows.items():
            if model not in self.env:
                continue  # its addon was uninstalled since
            id_field = _BESIDE[model][1] if model in _BESIDE else "ticket_id"
            still_there = self.env[model].browse(ids).exists()
            still_there.filtered(
                lambda row, field=id_field: _plain(row[field]) == self.ticket_id.id
            ).write({id_field: self.merged_id.id})
        self.env.invalidate_all()

    def _put_back_activities(self, dropped):
        model_id = self.env["ir.model"]._get_id(TICKET)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [{**values, "res_model_id": model_id} for values in dropped]
        )


def _plain(value):
    """Return a field's value as JSON stores it."""
    if isinstance(value, models.BaseModel):
        return value.id
    if isinstance(value, datetime):
        return fields.Datetime.to_string(value)
    if isinstance(value, date):
        return fields.Date.to_string(value)
    return value if value is not None else False

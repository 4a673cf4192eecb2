"""helpdesk.ticket, duplicates: two complaints about one matter are found and merged."""

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize
from odoo.tools.mail import html_to_inner_content

from ...engine import phases, phone_numbers, similarity

# An answered complaint received longer ago is taken for another matter.
LATELY = timedelta(days=90)
# Complaints compared with each, the latest first.
_MOST_COMPARED = 50
# Characters of the description that are compared.
_LONGEST = 4000


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"
    _rec_names_search = [
        "number",
        "name",
        "complaint_former_number",
        "complaint_merged_numbers",
    ]

    complaint_merged_numbers = fields.Char(
        string="Merged References",
        readonly=True,
        copy=False,
        help="References of complaints that were merged into this one.",
        complaint_written_by="code",
        complaint_privacy="keep",
        complaint_merge="rule",
    )
    complaint_merge_ids = fields.One2many(
        comodel_name="complaint.merge",
        inverse_name="ticket_id",
        string="Merged Into This One",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
    )
    complaint_unmergeable_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Recently Merged",
        groups="base.group_user",
        compute="_compute_complaint_unmergeable_id",
        compute_sudo=False,
        help="The merge that can still be undone: of this complaint, or of "
        "one merged into it.",
    )
    complaint_distinct_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        relation="helpdesk_ticket_complaint_distinct_rel",
        column1="ticket_id",
        column2="other_id",
        string="Not Duplicates",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="Similar complaints that were marked as not being duplicates.",
        complaint_written_by="code",
        complaint_privacy="forget",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_similar_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Possible Duplicate Of",
        groups="base.group_user",
        compute="_compute_complaint_similar_id",
        compute_sudo=False,
        help="A complaint of the same customer that may be about the same matter.",
    )
    complaint_similar_is_open = fields.Boolean(
        string="Possible Duplicate Is Open",
        groups="base.group_user",
        compute="_compute_complaint_similar_id",
        compute_sudo=False,
    )

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("complaint_merge_ids", "duplicate_id")
    def _compute_complaint_unmergeable_id(self):
        merges = (
            self.env["complaint.merge"]
            .search(
                Domain("ticket_id", "in", self.ids)
                | Domain("merged_id", "in", self.ids),
                order="id desc",
            )
            .filtered("can_undo")
        )
        # sudo: the archived half of what the user may read
        merged = {merge: merge.sudo().merged_id.sudo(False) for merge in merges}
        for ticket in self:
            of_this = merges.filtered(
                lambda merge, ticket=ticket._origin: (
                    ticket in (merge.ticket_id, merged[merge])
                )
            )
            ticket.complaint_unmergeable_id = merged.get(of_this[:1], False)

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends(
        "complaint_is_open",
        "complaint_received_at",
        "complaint_distinct_ids",
        "duplicate_id",
        "partner_id",
        "partner_email",
        "complaint_phone",
        "name",
        "description",
        "category_id",
    )
    def _compute_complaint_similar_id(self):
        found = self._complaint_similar()
        for ticket in self:
            similar = found.get(ticket._origin, self.browse())
            ticket.complaint_similar_id = similar
            ticket.complaint_similar_is_open = similar.complaint_is_open

    def _complaint_similar(self):
        """Return {complaint: its most likely duplicate, of the same customer}.

        With the rights of the user, in a fixed number of queries. Only open complaints
        are compared, and only with those that are open or came in lately.
        """
        asking = self._origin.filtered(
            lambda t: (
                t.is_complaint
                and t.active
                and not t.duplicate_id
                and t.complaint_is_open
            )
        )
        if not asking:
            return {}
        since = min(asking.mapped("complaint_received_at")) - LATELY
        candidates = self.env["helpdesk.ticket"].search(
            self._complaint_of_customers_domain(asking)
            & Domain("duplicate_id", "=", False)
            & (
                Domain("complaint_is_open", "=", True)
                | Domain("complaint_received_at", ">=", since)
            ),
            order="complaint_received_at desc, id desc",
            limit=200 * len(asking),
        )
        texts = {}
        found = {}
        for ticket in asking:
            # sudo: pairs known to be distinct, whether or not the user sees the other
            others = (candidates - ticket).filtered(
                lambda other, ticket=ticket: (
                    other not in ticket.sudo().complaint_distinct_ids
                    and not ticket._complaint_said_to_repeat(other)
                    and not other._complaint_said_to_repeat(ticket)
                    and ticket._complaint_is_lately(other)
                    and ticket._complaint_may_be_of_one_customer(other, strict=True)
                )
            )[:_MOST_COMPARED]
            degrees = {
                other: ticket._complaint_likeness(other, texts) for other in others
            }
            alike = [
                other
                for other, degree in degrees.items()
                if similarity.is_alike(
                    degree, ticket.category_id.id, other.category_id.id
                )
            ]
            if alike:
                # an open one first, then the most alike, then the first received
                found[ticket] = max(
                    alike,
                    key=lambda other, degrees=degrees: (
                        other.complaint_is_open,
                        degrees[other],
                        -other.id,
                    ),
                )
        return found

    def _complaint_is_lately(self, other):
        return (
            other.complaint_is_open
            or abs(other.complaint_received_at - self.complaint_received_at) <= LATELY
        )

    def _complaint_said_to_repeat(self, other):
        """Tell whether a person linked it as a repeat; one found may be a duplicate."""
        ticket = self.sudo()  # the link, whether or not the user may read it
        return (
            ticket.complaint_repeat_of_id == other.sudo()
            and not ticket.complaint_repeat_found
        )

    def _complaint_likeness(self, other, texts):
        """Return how alike two complaints are, 0 to 1.

        :param dict texts: cache of descriptions, complaint -> text
        """
        for ticket in (self, other):
            if ticket not in texts:
                texts[ticket] = html_to_inner_content(
                    (ticket.description or "")[: 10 * _LONGEST]
                )[:_LONGEST]
        return similarity.likeness(
            self.name or "", texts[self], other.name or "", texts[other]
        )

    @api.model
    def _complaint_of_customers_domain(self, tickets):
        """Return the domain of complaints that may be of the customers of these."""
        # sudo: who the customer is, whoever may read partners
        return Domain.OR(
            self._complaint_of_customer_domain(
                ticket.partner_id,
                ticket.complaint_phone or "",
                ticket.partner_email or "",
            )
            for ticket in tickets.sudo()
        )

    def _complaint_may_be_of_one_customer(self, other, strict=False):
        """Tell whether two complaints may be of one customer.

        :param bool strict: ask for evidence; else an unknown customer may be anybody
        """
        # sudo: who the customer is, whoever may read partners
        one, other = self.sudo(), other.sudo()
        if one.partner_id and other.partner_id:
            return one.commercial_partner_id == other.commercial_partner_id
        addresses = [
            {
                email_normalize(ticket.partner_email, strict=False),
                ticket.partner_id.email_normalized,
            }
            - {False, None, ""}
            for ticket in (one, other)
        ]
        if addresses[0] & addresses[1]:
            return True
        if phone_numbers.same(one.complaint_phone, other.complaint_phone):
            return True
        if strict:
            return False
        # an unknown customer without address gets no letters meant for the other
        return any(
            not ticket.partner_id and not known
            for ticket, known in zip((one, other), addresses, strict=True)
        )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _complaint_ensure_can_write(self, vals):
        super()._complaint_ensure_can_write(vals)
        if "duplicate_id" not in vals:
            self._complaint_ensure_not_merged(vals)
        elif not self.env.su:
            self._complaint_ensure_merged_by_action(vals["duplicate_id"])

    def message_post(self, **kwargs):
        """Post what is written on a merged complaint on the one it was merged into."""
        if len(self) == 1 and self.is_complaint and self.duplicate_id:
            survivor = self._complaint_survivor()
            if survivor != self:
                return survivor.message_post(**kwargs)
        return super().message_post(**kwargs)

    def _mail_track(self, tracked_fields, initial_values):
        if self.is_complaint and "duplicate_id" in tracked_fields:
            # the merge posts its own note, which undoing it removes
            tracked_fields = {
                name: value
                for name, value in tracked_fields.items()
                if name != "duplicate_id"
            }
        return super()._mail_track(tracked_fields, initial_values)

    def _complaint_ensure_merged_by_action(self, duplicate_id):
        if any(t.is_complaint and t.duplicate_id.id != duplicate_id for t in self):
            raise UserError(
                self.env._(
                    "To merge complaints, please use the action “Merge Complaints”."
                )
            )

    def _complaint_ensure_not_merged(self, vals):
        """Refuse to reopen or restore a merged complaint beside the one it is part of.

        :raises UserError: naming the one to work on
        """
        stage = self.env["helpdesk.ticket.stage"].browse(vals.get("stage_id") or ())
        reviving = vals.get("active") or (
            stage.complaint_phase and stage.complaint_phase not in phases.ENDED
        )
        if not reviving:
            return
        for ticket in self:
            survivor = ticket._complaint_survivor()
            if survivor == ticket or (
                not vals.get("active") and stage == ticket.stage_id
            ):
                continue
            raise UserError(
                self.env._(
                    "%(number)s was merged into %(other)s. Please continue with that "
                    "complaint.",
                    number=ticket.number,
                    other=survivor.number,
                )
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_open_duplicate_wizard(self):
        if self.is_complaint:
            return self.action_complaint_merge()
        return super().action_open_duplicate_wizard()

    def action_complaint_merge(self):
        """Open the wizard to merge complaints, shown side by side.

        For a single one, together with its likely duplicate.
        """
        self.check_access("write")
        tickets = self.filtered("is_complaint")
        if len(tickets) == 1:
            tickets |= tickets.complaint_similar_id.filtered(
                lambda t: t.complaint_is_open and t.has_access("write")
            )
        return {
            "name": self.env._("Merge Complaints"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.merge.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_ids": tickets.ids,
                "dialog_size": "extra-large",
            },
        }

    def action_complaint_not_same(self):
        """Note that this is no duplicate of the one it resembles."""
        self.check_access("write")
        for ticket in self:
            if ticket.complaint_similar_id:
                (ticket | ticket.complaint_similar_id)._complaint_set_distinct()
        return True

    def action_complaint_link_earlier(self):
        """Note that this continues the one it resembles, which has been answered."""
        self.check_access("write")
        for ticket in self:
            similar = ticket.complaint_similar_id
            if similar and not similar.complaint_is_open:
                ticket._complaint_link_to_earlier(similar)
        return True

    def action_complaint_unmerge(self):
        """Undo the merge of this complaint, or the last merge into it.

        :raises UserError: where there is none, or it is too late
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: to find it; action_undo checks the rights
        Merge = self.env["complaint.merge"].sudo()
        merge = Merge.search([("merged_id", "=", self.id)]) or Merge.search(
            [("ticket_id", "=", self.id)], order="id desc", limit=1
        )
        if not merge:
            raise UserError(
                self.env._(
                    "%s has not been merged, so there is no merge to undo.", self.number
                )
            )
        return merge.sudo(False).action_undo()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_set_distinct(self):
        """Note on each of these that the others are not duplicates of it."""
        # sudo: noted on both sides, by whoever may work one of them
        for ticket in self.sudo():
            ticket.complaint_distinct_ids = [
                Command.link(other.id) for other in self.sudo() - ticket
            ]

"""complaint.banner.mixin: a banner tells all staff of a customer's open complaint.

A model with a customer inherits it and shows ``complaint_banner`` on its form.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine import phases

# Complaints that a banner shows one by one; the others it counts.
_SHOWN = 3


class ComplaintBannerMixin(models.AbstractModel):
    _name = "complaint.banner.mixin"
    _description = "Complaint Notice"

    # The field that holds the customer; False where the record is the customer.
    _complaint_customer_field = "partner_id"

    complaint_banner = fields.Json(
        string="Complaint Notice",
        compute="_compute_complaint_banner",
        groups="base.group_user",
        exportable=False,
        help="What to know before contacting the customer.",
    )

    @api.depends(lambda self: self._complaint_banner_depends())
    @api.depends_context("uid", "lang", "tz", "allowed_company_ids")
    def _compute_complaint_banner(self):
        customers = self._complaint_customers()
        partners = self.env["res.partner"].union(*customers.values())
        lines = partners._complaint_banner_lines()
        notes = partners._complaint_banner_notes()
        for record, of_record in customers.items():
            banner = {"lines": [], "more": 0, "notes": []}
            for entity in of_record.commercial_partner_id:
                found, more = lines.get(entity.id, ([], 0))
                banner["lines"] += [dict(line) for line in found]
                banner["more"] += more
            for index, line in enumerate(banner["lines"]):
                earlier = banner["lines"][:index]
                # say it once, and of an open complaint rather than of lost trust
                if (
                    line["state"] == "lost"
                    and earlier
                    or any(line["phase"] == other["phase"] for other in earlier)
                ):
                    line.update(say="", avoid="")
            for partner in of_record:
                banner["notes"] += notes.get(partner.id, [])
            shown = banner["lines"] or banner["notes"]
            record.complaint_banner = banner if shown else False

    def _complaint_banner_depends(self):
        """Return the fields on which the customer of a record depends."""
        name = self._complaint_customer_field
        return [name] if name else ["commercial_partner_id"]

    def _complaint_customers(self):
        """Return the contacts that each record is about: as a rule one, or none.

        :return: dict record -> res.partner, of every record
        """
        name = self._complaint_customer_field
        return {record: record[name] if name else record for record in self}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "complaint.banner.mixin"]
    _complaint_customer_field = False

    def _complaint_banner_lines(self):
        """Return what a banner says of the complaints of these customers' companies.

        All staff are told, whatever their rights at the helpdesk: phase, handler, since
        when, what to say and what to avoid. The summary is for those who may read the
        complaint. Complaints about the user and of other companies are left out.

        :return: dict id of the commercial entity -> (list of dicts, how many more)
        """
        found = self._complaint_banner_ids()
        # sudo: these facts only, see above
        tickets = (
            self.env["helpdesk.ticket"]
            .sudo()
            .browse(tid for ids, _count, lost in found.values() for tid in (*ids, lost))
        )
        readable = set(tickets.sudo(False)._filtered_access("read")._ids)

        def describe(ticket_id, lost):
            ticket = tickets.browse(ticket_id).with_prefetch(tickets._prefetch_ids)
            return ticket._complaint_banner_line(lost, ticket_id in readable)

        lines = {}
        for entity_id, (ids, count, lost) in found.items():
            shown = [describe(ticket_id, ticket_id == lost) for ticket_id in ids]
            if lost and lost not in ids:
                shown.append(describe(lost, True))
            unsettled = sum(line["state"] != "lost" for line in shown)
            lines[entity_id] = (shown, count - unsettled)
        return lines

    def _complaint_banner_ids(self):
        """Return which complaints a banner tells about: one query for all customers.

        :return: dict id of the commercial entity -> (ids of the latest unsettled
            ones, how many of them there are, id of the one that lost trust or False)
        """
        entities = self.commercial_partner_id
        if not entities.ids:
            return {}
        # sudo: see _complaint_banner_lines; companies as in the rule for them
        Ticket = self.env["helpdesk.ticket"].sudo()
        Ticket.flush_model(
            [
                "complaint_is_open",
                "complaint_phase",
                "complaint_received_at",
                "complaint_follow_up_result",
                "complaint_follow_up_at",
                "complaint_reopened_at",
            ]
        )
        query = Ticket._search(
            Domain("is_complaint", "=", True)
            & Domain("active", "=", True)
            & Domain("commercial_partner_id", "in", entities.ids)
            & Domain("company_id", "in", [*self.env.companies.ids, False])
            & Domain("id", "not in", self._complaint_concerning_ids())
            & (
                Ticket._complaint_unsettled_domain()
                | Domain("complaint_follow_up_result", "!=", False)
            ),
            order="id",
        )
        query.order = None
        # a reopened complaint has lost the date of its follow-up call
        latest = SQL(
            "ORDER BY coalesce(complaint_follow_up_at, complaint_reopened_at)"
            " DESC NULLS LAST, id DESC"
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT commercial_partner_id, ids[:%(shown)s],"
                " coalesce(array_length(ids, 1), 0),"
                " CASE WHEN results[1] = 'lost' THEN followed[1] END"
                " FROM (%(grouped)s) found",
                shown=_SHOWN,
                grouped=SQL(
                    "%s GROUP BY commercial_partner_id",
                    query.select(
                        SQL("commercial_partner_id"),
                        SQL(
                            "array_agg(id ORDER BY complaint_received_at DESC, id DESC)"
                            " FILTER (WHERE complaint_is_open"
                            " OR complaint_phase = %s) AS ids",
                            phases.FOLLOW_UP,
                        ),
                        SQL(
                            "array_agg(id %s) FILTER"
                            " (WHERE complaint_follow_up_result IS NOT NULL)"
                            " AS followed",
                            latest,
                        ),
                        SQL(
                            "array_agg(complaint_follow_up_result %s) FILTER"
                            " (WHERE complaint_follow_up_result IS NOT NULL)"
                            " AS results",
                            latest,
                        ),
                    ),
                ),
            )
        )
        return {
            entity: (ids or [], count, lost or False)
            for entity, ids, count, lost in rows
            if ids or lost
        }

    @api.model
    def _complaint_concerning_ids(self):
        """Return the ids of complaints about the user, who must not learn of them."""
        return self.env["res.users"]._complaint_hidden_ids(self.env.uid)

    def _complaint_banner_notes(self):
        """Hook: return what else to know before talking to these customers.

        :return: dict id of the contact -> list of {"text": str, "level": "info",
            "warning" or "danger"}
        """
        return {}


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "complaint.banner.mixin"]

    def _complaint_customers(self):
        nobody = self.env["res.partner"]
        # on a complaint itself, its guide says what the banner would
        return {
            ticket: nobody if ticket.is_complaint else customers
            for ticket, customers in super()._complaint_customers().items()
        }

    def _complaint_banner_line(self, lost, readable):
        """Return what a banner says of a complaint.

        :param bool lost: whether it was not resolved when the customer was last asked
        :param bool readable: whether the user may read the complaint itself
        """
        self.ensure_one()
        answered = self.complaint_phase == phases.FOLLOW_UP
        settled = not answered and not self.complaint_is_open
        since = (
            (self.complaint_follow_up_at or self.complaint_reopened_at)
            if settled
            else self.complaint_resolved_at
            if answered
            else self.complaint_received_at
        )
        handler = self.complaint_responsible_id
        return {
            "state": "lost" if settled else "answered" if answered else "open",
            "lost": lost,
            "phase": self.stage_id.name,
            "handler": handler.name or "",
            "handler_is_me": handler.id == self.env.uid,
            "taken": bool(self.user_id) or settled,
            "since": since
            and format_date(
                self.env,
                fields.Datetime.context_timestamp(self, since),
                date_format="medium",
            ),
            "avoid": self.stage_id.complaint_avoid or "",
            "say": self.stage_id.complaint_say or "",
            "id": self.id if readable else 0,
            "reference": f"{self.number} {self.name}" if readable else "",
        }

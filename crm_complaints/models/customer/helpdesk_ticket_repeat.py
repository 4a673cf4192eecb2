"""helpdesk.ticket, repeat complaints: what the customer complained about before."""

import operator as op
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize, format_date

from ...engine import phases, phone_numbers, repeats
from ...engine.mail import headers as mail_headers
from ..core.helpdesk_ticket_customer import ADDRESS
from ..mail.incoming import COMPLAINT

# Kinds of mail that are never complaints, whatever ticket they are on.
_ROBOTS = (
    mail_headers.AUTOMATIC,
    mail_headers.BOUNCE,
    mail_headers.RECEIPT,
    mail_headers.FEEDBACK,
    mail_headers.OWN,
)
# The fields that identify a customer.
_CUSTOMER = frozenset({"partner_id", "partner_email", "complaint_phone"})
# In the context while repeats are written; an object, which RPC cannot send.
LOOKING_BACK = object()
# The fields written then, which trigger rules on repeats.
REPEAT_FIELDS = frozenset({"complaint_repeat_count", "complaint_repeat_found"})
_RAW = REPEAT_FIELDS | {"complaint_repeat_of_id"}
_ASKED_TYPES = ("int4", "int4", "int4", "text", "text", "timestamp", "timestamp")
# The bare address of a ticket's customer, as it is indexed.
_SENDER = SQL("lower(substring(ticket.partner_email from %s))", ADDRESS)
_COMPARE = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_repeat_of_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Earlier Complaint",
        groups="base.group_user",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The earlier complaint that this one repeats: the one a handler "
        "chose, or else the customer's latest, preferably of the same "
        "category or root cause.",
        complaint_written_by="code",
        complaint_link=True,
        complaint_privacy="forget",
        complaint_merge="keep",
    )
    complaint_repeat_found = fields.Boolean(
        string="Earlier Complaint Found Automatically",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="The earlier complaint was found by the system, not chosen by a handler.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_repeat_count = fields.Integer(
        string="Earlier Complaints",
        groups="base.group_user",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="How many complaints the same customer had made in the repeat "
        "period when this one was received.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    # The same as far as the user may know of it
    complaint_earlier_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Previous Complaint",
        groups="base.group_user",
        compute="_compute_complaint_earlier",
        compute_sudo=False,
    )
    complaint_earlier_count = fields.Integer(
        string="Previous Complaints",
        groups="base.group_user",
        compute="_compute_complaint_earlier",
        compute_sudo=False,
        search="_search_complaint_earlier_count",
        aggregator=None,
    )

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("complaint_repeat_of_id", "complaint_repeat_count", "partner_id")
    def _compute_complaint_earlier(self):
        # sudo: to find them; whether the user may read them is checked next
        links = {ticket: ticket.sudo().complaint_repeat_of_id for ticket in self}
        linked = self.union(*(link.sudo(self.env.su) for link in links.values()))
        readable = linked._filtered_access("read") if linked else linked
        hidden = self._complaint_hidden_from_user()
        for ticket in self:
            link = links[ticket].sudo(self.env.su)
            ticket.complaint_earlier_id = link & readable
            ticket.complaint_earlier_count = (
                ticket.sudo().complaint_repeat_count
                - ticket.sudo()._complaint_counted_among(hidden)
            )

    def _search_complaint_earlier_count(self, operator, value):
        if operator in _COMPARE:
            compare = _COMPARE[operator]
        elif operator == "in":

            def compare(count, values):
                return count in values

        else:
            return NotImplemented
        # sudo: the number is corrected for what the user may not know, see below
        everything = self.sudo().with_context(active_test=False)
        found = Domain("complaint_repeat_count", operator, value)
        if not (hidden := self._complaint_hidden_from_user()):
            return Domain("id", "in", everything._search(found))
        same = everything.search(self._complaint_of_customers_domain(hidden))
        fits = same.sudo(False).filtered(
            lambda ticket: compare(ticket.complaint_earlier_count, value)
        )
        others = everything._search(found & Domain("id", "not in", same.ids))
        return Domain("id", "in", fits.ids) | Domain("id", "in", others)

    def _complaint_hidden_from_user(self):
        """Return the complaints about the user, which are hidden from them."""
        if self.env.su:
            return self.browse()
        hidden = self.env["res.users"]._complaint_hidden_ids(self.env.uid)
        # sudo: read only to leave them out
        return self.browse(hidden).sudo().exists()

    def _complaint_counted_among(self, others):
        """Return how many of the others count as earlier complaints of this one."""
        self.ensure_one()
        if not others or not self.complaint_repeat_count:
            return 0
        days = timedelta(days=self.company_id.complaint_repeat_days)
        end = self.complaint_received_at
        return len(
            others.filtered(
                lambda other: (
                    other == self.complaint_repeat_of_id
                    or (
                        other != self
                        and other.company_id == self.company_id
                        and other.complaint_received_at
                        and end - days <= other.complaint_received_at <= end
                        and self._complaint_may_be_of_one_customer(other, strict=True)
                    )
                )
            )
        )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _has_field_access(self, field, operation):
        if field.name in _RAW and not self.env.su and self._complaint_is_limited(field):
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _complaint_is_limited(self, field):
        """Tell whether earlier complaints may include some hidden from the user.

        Then neither the link to them nor their number may be read.
        """
        user = self.env.user
        if self.env["res.users"]._complaint_hidden_ids(user.id):
            return True
        return field.name == "complaint_repeat_of_id" and not user.has_group(
            "helpdesk_mgmt.group_helpdesk_user"
        )

    def _complaint_before_write(self, vals):
        before = super()._complaint_before_write(vals)
        if not _CUSTOMER.isdisjoint(vals):
            before["customers"] = self.filtered(
                "is_complaint"
            )._complaint_customer_keys()
        if "duplicate_id" in vals:
            # sudo: what they were merged into, whether or not the user sees it
            before["merged_into"] = self.sudo().duplicate_id
        return before

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        if before.get("customers"):
            # sudo: follows from a change that was permitted
            self.sudo()._complaint_customer_changed(before["customers"])
        if "merged_into" in before:
            self.sudo()._complaint_merged_or_not(before["merged_into"])

    def _complaint_intake_facts(self):
        super()._complaint_intake_facts()
        self._complaint_look_back()

    def _complaint_intake_done(self):
        super()._complaint_intake_done()
        self._complaint_close_followed_up()

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_earlier(self):
        """Open the complaints of the same customer, this one among them."""
        self.ensure_one()
        self.check_access("read")
        same = self.search(self._complaint_of_customers_domain(self)) | self
        return self._complaint_list_action(
            [("id", "in", same.ids)],
            name=self.env._("Complaints of This Customer"),
            context={"default_is_complaint": True, "create": False},
        )

    # ---------------------------------------------------
    # Looking back
    # ---------------------------------------------------

    def _complaint_look_back(self):
        """Note the earlier complaints of the customers of these, with one query.

        A link that somebody set by hand stays. History is brought in in any order, so
        complaints later than it are looked at as well.
        """
        if self._complaint_is_history():
            self |= self._complaint_find_later()
        found = self._complaint_find_earlier()
        by_count = defaultdict(list)
        for ticket in self:
            earlier_id, count = found.get(ticket.id, (None, 0))
            if ticket.complaint_repeat_of_id and not ticket.complaint_repeat_found:
                count = max(count, 1)
            elif (earlier_id or False) != ticket.complaint_repeat_of_id.id:
                ticket.write(
                    {
                        "complaint_repeat_of_id": earlier_id,
                        "complaint_repeat_found": bool(earlier_id),
                    }
                )
            if count != ticket.complaint_repeat_count:
                by_count[count].append(ticket.id)
        tickets = self
        if not self._complaint_is_history():
            # history that is brought in triggers no rules
            tickets = self.with_context(complaint_batch=LOOKING_BACK)
        # last, and in bulk, as it triggers rules
        for count, ids in by_count.items():
            tickets.browse(ids).write({"complaint_repeat_count": count})

    def _complaint_find_earlier(self):
        """Return {ticket id: (id of the earlier one or None, how many there were)}.

        Of the same company and customer: those of the customer's whole company, or from
        the same address or number before the customer was known. Merged complaints,
        bulk complaints and mail by robots do not count.
        """
        groups = self._complaint_by_customer()
        if not groups:
            return {}
        histories = self._complaint_histories(groups)
        found = {}
        for number, ((company, _customer), tickets) in enumerate(groups.items()):
            history = histories[number]
            for ticket in tickets:
                complaint = ticket._complaint_as_repeat()
                if not history.is_bulk(complaint, company.complaint_acknowledge_limit):
                    found[ticket.id] = history.before(
                        complaint, company.complaint_repeat_days
                    )
        return found

    def _complaint_find_later(self):
        """Return complaints that the customers of these made soon after them."""
        groups = self._complaint_by_customer()
        if not groups:
            return self.browse()
        histories = self._complaint_histories(groups, ahead=True)
        return self.browse({some.id for history in histories for some in history})

    def _complaint_by_customer(self):
        """Return these by (company, customer), without those that are never repeats."""
        # sudo: earlier complaints count, whatever the user may read
        asking = self.sudo()._complaint_that_may_repeat()
        customers = asking._complaint_customer_keys()
        groups = defaultdict(list)
        for ticket in asking:
            company = ticket.company_id
            if company.complaint_repeat_days > 0 and any(customers[ticket]):
                groups[company, customers[ticket]].append(ticket)
        return groups

    def _complaint_that_may_repeat(self):
        facts = self._complaint_incoming_mail()
        if facts and facts.kind in _ROBOTS:
            return self.browse()
        return self.filtered(
            lambda t: t.is_complaint and not t.duplicate_id and not t.complaint_bulk_id
        )

    def _complaint_customer_keys(self):
        """Return {ticket: (commercial entity, address, number) of its customer}."""
        customers = {}
        # sudo: who the customer is, whoever may read partners
        for ticket in self.sudo():
            number = phone_numbers.core(ticket.complaint_phone or "")
            customers[ticket] = (
                ticket.partner_id.commercial_partner_id.id,
                email_normalize(ticket.partner_email, strict=False) or None,
                number if len(number) >= phone_numbers.WHOLE else None,
            )
        return customers

    def _complaint_as_repeat(self):
        """Return this complaint as ``engine.repeats`` needs it."""
        by_mail = self.channel_id.id == self._complaint_mail_channel_id()
        address = email_normalize(self.partner_email, strict=False)
        return repeats.Complaint(
            received_at=self.complaint_received_at,
            id=self.id,
            category_id=self.category_id.id or None,
            cause_id=self.complaint_cause_id.id or None,
            sender=(by_mail and address) or None,
        )

    @api.model
    def _complaint_mail_channel_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_complaints.helpdesk_ticket_channel_email"
        )

    @api.model
    def _complaint_histories(self, groups, ahead=False):
        """Read the complaint histories of customers, in one query.

        :param dict groups: (company, customer) -> tickets to look back from; customers
            as ``_complaint_customer_keys`` returns them
        :return: list of ``engine.repeats.History``, one a group
        """
        asked = []
        for number, ((company, customer), tickets) in enumerate(groups.items()):
            received = [ticket.complaint_received_at for ticket in tickets]
            days = timedelta(days=company.complaint_repeat_days)
            partner_id, address, phone = customer
            asked.append(
                (
                    number,
                    company.id,
                    partner_id or None,
                    address,
                    # spellings of a number differ in their prefix
                    f"%{phone}"
                    if phone and self._complaint_by_number(groups)
                    else None,
                    min(received) - (timedelta() if ahead else days),
                    max(received) + (days if ahead else timedelta()),
                )
            )
        columns = [list(column) for column in zip(*asked, strict=True)]
        *_which, partner_ids, addresses, phones, _since, _until = columns
        same_customer = (
            (partner_ids, SQL("ticket.commercial_partner_id = asked.customer_id")),
            # of a customer known now: complaints from before they were
            (
                addresses,
                SQL(
                    "ticket.partner_email IS NOT NULL AND %s = asked.address"
                    " AND (asked.customer_id IS NULL OR ticket.partner_id IS NULL)",
                    _SENDER,
                ),
            ),
            (
                phones,
                SQL(
                    "ticket.complaint_phone IS NOT NULL"
                    " AND regexp_replace(ticket.complaint_phone, %s, '', 'g')"
                    " LIKE asked.phone"
                    " AND (asked.customer_id IS NULL OR ticket.partner_id IS NULL)",
                    phone_numbers.NOT_DIALLED,
                ),
            ),
        )
        # planning the search by what nobody has costs more than the search
        conditions = [condition for known, condition in same_customer if any(known)]
        if not conditions:
            return [repeats.History([]) for _group in groups]
        self.flush_model()
        mail = self._complaint_mail_channel_id()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT asked.number, found.*
                  FROM unnest(%s)
                       AS asked (number, company_id, customer_id, address, phone,
                                 since, until)
                 CROSS JOIN LATERAL (%s) AS found
                """,
                SQL(
                    ", ".join(f"%s::{kind}[]" for kind in _ASKED_TYPES),
                    *columns,
                ),
                SQL(" UNION ").join(
                    SQL(
                        """
                        SELECT ticket.complaint_received_at, ticket.id,
                               ticket.category_id, ticket.complaint_cause_id,
                               CASE WHEN ticket.channel_id = %s THEN %s END
                          FROM helpdesk_ticket ticket
                         WHERE %s
                           AND ticket.company_id = asked.company_id
                           AND ticket.complaint_received_at
                               BETWEEN asked.since AND asked.until
                           AND ticket.is_complaint IS TRUE
                           AND ticket.active IS TRUE
                           AND ticket.duplicate_id IS NULL
                           AND ticket.complaint_bulk_id IS NULL
                           AND NOT EXISTS (
                               SELECT FROM complaint_incoming_mail mail
                                WHERE mail.ticket_id = ticket.id
                                  AND mail.outcome = %s AND mail.kind IN %s)
                        """,
                        mail or None,
                        _SENDER,
                        condition,
                        COMPLAINT,
                        _ROBOTS,
                    )
                    for condition in conditions
                ),
            )
        )
        by_group = defaultdict(list)
        for number, *values in rows:
            by_group[number].append(repeats.Complaint(*values))
        return [repeats.History(by_group[number]) for number in range(len(groups))]

    def _complaint_by_number(self, groups):
        """Tell whether to search by number: without an index, for one group only."""
        return self.env.registry.has_trigram or len(groups) == 1

    # ---------------------------------------------------
    # What changes afterwards
    # ---------------------------------------------------

    def _complaint_customer_changed(self, before):
        """Look back again where open complaints have got another customer.

        :param dict before: what ``_complaint_customer_keys`` returned
        """
        after = self._complaint_customer_keys()
        self.filtered(
            lambda ticket: (
                # while it is being registered, looking back is still to come
                ticket.complaint_sla_state
                and ticket.complaint_is_open
                and after[ticket] != before.get(ticket, after[ticket])
            )
        )._complaint_look_back_safely()

    def _complaint_merged_or_not(self, merged_into):
        """Look back again from merged complaints, and from those that continue them.

        :param merged_into: what these were merged into before
        """
        taken_up = self.search([("complaint_repeat_of_id", "in", self.ids)])
        (self | taken_up | merged_into | self.duplicate_id).filtered(
            lambda ticket: ticket.complaint_sla_state and ticket.complaint_is_open
        )._complaint_look_back_safely()

    def _complaint_look_back_safely(self):
        """Look back; the leader is told of a failure, which undoes no other change."""
        self._complaint_isolated(
            lambda some: some._complaint_look_back(),
            self.env._("The search for earlier complaints failed"),
            type(self)._complaint_something_failed,
        )
        self._complaint_close_followed_up()

    def _complaint_link_to_earlier(self, earlier):
        """Note that somebody said that this complaint continues an earlier one.

        :param earlier: helpdesk.ticket that the user may read
        """
        self.ensure_one()
        # sudo: a link between two complaints that the user may both read
        ticket = self.sudo()
        ticket.write(
            {"complaint_repeat_of_id": earlier.id, "complaint_repeat_found": 0}
        )
        ticket._complaint_look_back_safely()
        ticket._complaint_link_earlier()

    @api.model
    def _complaint_prepare_continuing_vals(self, earlier):
        return {
            **super()._complaint_prepare_continuing_vals(earlier),
            "complaint_repeat_of_id": earlier.id,
        }

    def _complaint_continued(self):
        super()._complaint_continued()
        for ticket in self:
            ticket._complaint_link_earlier()

    def _complaint_link_earlier(self):
        """Note on both complaints that this one continues the earlier one."""
        earlier = self.complaint_repeat_of_id
        if not earlier:
            return
        closed = earlier.closed_date or earlier.complaint_resolved_at
        link = earlier._get_html_link(title=earlier.number)
        self._message_log(
            body=self.env._(
                "This complaint continues %(earlier)s, which was closed on %(date)s.",
                earlier=link,
                date=format_date(self.env, closed),
            )
            if closed
            else self.env._("This complaint continues %(earlier)s.", earlier=link)
        )
        earlier._message_log(
            body=self.env._(
                "The customer has returned to this matter in a new complaint: %(new)s.",
                new=self._get_html_link(title=self.number),
            )
        )

    def _complaint_close_followed_up(self):
        """Record by a repeat that the earlier complaint, in follow-up, is not resolved.

        Unless their categories say that they are about different things.
        """
        if self._complaint_is_history():
            return  # history follows nothing up
        for ticket in self.sudo():
            first = ticket.complaint_repeat_of_id
            if (
                first.complaint_phase == phases.FOLLOW_UP
                and ticket.complaint_is_open
                and (
                    not first.category_id
                    or not ticket.category_id
                    or first.category_id == ticket.category_id
                )
            ):
                first._complaint_isolated(
                    lambda some, ticket=ticket: some._complaint_close_as_repeated(
                        ticket
                    ),
                    self.env._(
                        "The customer complained again, but this complaint could not be "
                        "closed"
                    ),
                    type(self)._complaint_something_failed,
                )

"""helpdesk.ticket, registering: make a complaint of a ticket, and undo it."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import phases

# helpdesk_mgmt's own channels belong to one company; these of ours replace them.
CHANNEL_COUNTERPARTS = {
    "helpdesk_mgmt.helpdesk_ticket_channel_web": "helpdesk_ticket_channel_web",
    "helpdesk_mgmt.helpdesk_ticket_channel_email": "helpdesk_ticket_channel_email",
    "helpdesk_mgmt.helpdesk_ticket_channel_phone": "helpdesk_ticket_channel_phone",
}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_former_number = fields.Char(
        string="Former Number",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The number that the ticket had before it was registered as a complaint "
        "or turned back into a ticket.",
        complaint_privacy="keep",
        complaint_merge="keep",
    )
    complaint_former_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Former Team",
        index="btree_not_null",
        groups="base.group_user",
        readonly=True,
        complaint_written_by="code",
        copy=False,
        complaint_told=False,
        complaint_merge="keep",
    )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_register(self):
        """Make complaints of these tickets, in a complaints team of their company.

        They keep everything, their date of receipt included, and are acknowledged like
        any complaint. The old number can still be searched.

        :raises UserError: where a ticket's company has no complaints team
        """
        self.check_access("write")
        tickets = self.filtered(lambda ticket: not ticket.is_complaint)
        tickets._complaint_enter_team()
        return self._complaint_show()

    def action_complaint_open(self):
        """Go from the ticket's form to the complaint's."""
        self.check_access("read")
        return self._complaint_show()

    def action_complaint_unregister(self):
        """Make ordinary tickets of these complaints again.

        :raises UserError: where something has been decided on one of them already
        """
        self.check_access("write")
        self.filtered("is_complaint")._complaint_leave_team()
        return self._complaint_show()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    @api.model
    def _complaint_default_teams(self, companies):
        """Return the team for new complaints of each company.

        The user's own team comes first, then one of the company, then a shared one.

        :return: dict company -> team (empty where there is none)
        """
        # sudo: whoever may register a complaint may assign it to a team they do not see
        teams = (
            self.env["helpdesk.ticket.team"]
            .sudo()
            .search(
                [
                    ("is_complaint_team", "=", True),
                    ("company_id", "in", [False, *companies.ids]),
                ]
            )
        )
        own = self.env.user.sudo().helpdesk_team_ids

        def rank(team):
            return (team not in own, not team.company_id, team.sequence, team.id)

        return {
            company: teams.filtered(
                lambda team, company=company: team.company_id.id in (False, company.id)
            )
            .sorted(rank)[:1]
            .sudo(False)
            for company in companies
        }

    def _complaint_show(self):
        """Open the form that fits the ticket's kind now; a list stays as it is."""
        if len(self) != 1:
            return True
        if self.has_access("read"):
            return self.get_formview_action()
        # assigned to a team whose tickets the user may not read
        return self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_my_tickets_action"
        )

    def _complaint_enter_team(self):
        teams = self._complaint_default_teams(self.company_id)
        for company, tickets in self.grouped("company_id").items():
            self._complaint_ensure_team(company, teams[company])
            for former, group in tickets.grouped("team_id").items():
                # sudo: noted by code; whoever may not write the ticket is refused next
                group.sudo().complaint_former_team_id = former
                group.write({"team_id": teams[company].id})

    def _complaint_leave_team(self):
        for former, tickets in self.grouped("complaint_former_team_id").items():
            tickets.write({"team_id": former.id})

    @api.model
    def _complaint_ensure_team(self, company, team):
        if not team:
            raise UserError(
                self.env._(
                    "%(company)s has no complaints team yet. Please create one under "
                    "Complaints > Configuration > Teams.",
                    company=company.display_name,
                )
            )

    def _complaint_prepare_vals_list(self, vals_list):
        """Return values for ``create``, completed with what complaints need."""
        vals_list = [dict(vals) for vals in vals_list]
        context = self.env.context
        Company = self.env["res.company"]
        Partner = self.env["res.partner"]
        Team = self.env["helpdesk.ticket.team"]

        def company_of(vals):
            return Company.browse(vals.get("company_id") or self.env.company.id)

        # 1. which of them are complaints, and in which team
        wanting = []
        complaints = []
        for vals in vals_list:
            team = Team.browse(
                vals.get("team_id", context.get("default_team_id")) or ()
            )
            if team.is_complaint_team:
                complaints.append((vals, team))
            elif vals.get("is_complaint", context.get("default_is_complaint")):
                wanting.append(vals)
            vals.pop("is_complaint", None)  # the team decides
        if wanting:
            teams = self._complaint_default_teams(
                Company.union(*(company_of(vals) for vals in wanting))
            )
            for vals in wanting:
                company = company_of(vals)
                self._complaint_ensure_team(company, teams[company])
                vals["team_id"] = teams[company].id
                complaints.append((vals, teams[company]))
        if not complaints:
            return vals_list

        # 2. what every complaint has from the start
        now = fields.Datetime.now()
        counterparts = self._complaint_channel_counterparts()
        first_stages = {
            team: team._get_applicable_stages()[:1].id
            for team in {team for _vals, team in complaints}
        }
        customer_ids = [
            vals["partner_id"] for vals, _t in complaints if vals.get("partner_id")
        ]
        unnumbered = defaultdict(list)
        for vals, team in complaints:
            company = team.company_id or company_of(vals)
            channel = vals.get("channel_id")
            customer = Partner.browse(vals.get("partner_id") or ()).with_prefetch(
                customer_ids
            )
            if customer:
                # the form does so by an onchange; other callers have none
                vals["partner_name"] = vals.get("partner_name") or customer.name
                vals["partner_email"] = vals.get("partner_email") or customer.email
            vals.update(
                company_id=company.id,
                complaint_received_at=vals.get("complaint_received_at") or now,
                complaint_kind=vals.get("complaint_kind") or "complaint",
                complaint_severity=vals.get("complaint_severity") or "minor",
                channel_id=counterparts.get(channel, channel),
                stage_id=vals.get("stage_id") or first_stages[team],
            )
            if "user_id" not in vals and (
                self.env.user not in team.user_ids or self._complaint_is_history()
            ):
                # helpdesk_mgmt would assign it to its creator, even to OdooBot
                vals["user_id"] = False
            if vals.get("number", "/") == "/":
                unnumbered[company].append(vals)

        # 3. their numbers, a whole batch at once
        for company, group in unnumbered.items():
            for vals, number in zip(
                group, company._complaint_next_numbers(len(group)), strict=False
            ):
                vals["number"] = number
        return vals_list

    @api.model
    def _complaint_channel_counterparts(self):
        """Return our channels by the ids of those of helpdesk_mgmt that mean the same."""
        ref = self.env["ir.model.data"]._xmlid_to_res_id
        pairs = (
            (ref(theirs), ref(f"crm_complaints.{ours}"))
            for theirs, ours in CHANNEL_COUNTERPARTS.items()
        )
        return {theirs: ours for theirs, ours in pairs if theirs and ours}

    def _complaint_fill_in(self):
        """Set what a complaint needs on tickets that were ordinary ones before."""
        counterparts = self._complaint_channel_counterparts()
        drawn = {}
        for company, tickets in (
            self.filtered(lambda ticket: not ticket.complaint_former_number)
            .grouped("company_id")
            .items()
        ):
            drawn.update(
                zip(
                    tickets.ids,
                    company._complaint_next_numbers(len(tickets)),
                    strict=False,
                )
            )
        for ticket in self:
            channel = ticket.channel_id.id
            ticket.write(
                {
                    # registered again, it gets back its first complaint number
                    "number": drawn.get(ticket.id) or ticket.complaint_former_number,
                    "complaint_former_number": ticket.number,
                    # the first date of receipt stays
                    "complaint_received_at": ticket.complaint_received_at
                    or ticket.create_date,
                    "complaint_kind": ticket.complaint_kind or "complaint",
                    "complaint_severity": ticket.complaint_severity or "minor",
                    "channel_id": counterparts.get(channel, channel),
                    # entered by hand on the ticket, as far as they say another thing
                    "closed_date": ticket.stage_id.closed and ticket.closed_date,
                    "duplicate_id": False,
                }
            )

    def _complaint_ensure_can_put_back(self, phases_before):
        super()._complaint_ensure_can_put_back(phases_before)
        open_phases = self.stage_id._complaint_open_phases()
        for ticket in self:
            if (
                not phases.is_undecided(phases_before[ticket.id], open_phases)
                or ticket.complaint_resolved_at
                or ticket.complaint_reopened_count
            ):
                ticket._complaint_refuse_putting_back()

    def _complaint_refuse_putting_back(self):
        """Refuse to make an ordinary ticket of a complaint with a decision on it.

        :raises UserError: always
        """
        self.ensure_one()
        raise UserError(
            self.env._(
                "%(number)s cannot be turned back into an ordinary ticket, because "
                "something has already been agreed with the customer. Withdraw or "
                "close it instead.",
                number=self.number,
            )
        )

    def _complaint_put_back(self):
        super()._complaint_put_back()
        for ticket in self:
            ticket.write(
                {
                    "number": ticket.complaint_former_number
                    or ticket._prepare_ticket_number(
                        {"company_id": ticket.company_id.id}
                    ),
                    "complaint_former_number": ticket.number,
                }
            )

"""complaint.intake: New Complaint, the intake page for a call, a visit, a letter."""

import re
from datetime import timedelta

from babel.dates import format_date as babel_date
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import (
    babel_locale_parse,
    clean_context,
    email_normalize,
)

from ..engine import (
    acknowledgement,
    phases,
    phone_numbers,
    plain_text,
    working_time,
)
from ..models.core.helpdesk_ticket import KIND_HELP, SEVERITY_HELP

# Routes of acknowledgement whose complaints staff register by hand.
_TAKEN_BY_HAND = (
    acknowledgement.PHONE,
    acknowledgement.IN_PERSON,
    acknowledgement.LETTER,
)
_SCRIPTS = {
    acknowledgement.PHONE: "mail_template_intake_phone",
    acknowledgement.IN_PERSON: "mail_template_intake_desk",
    acknowledgement.LETTER: "mail_template_intake_letter",
}
# Longest subject that is made of the description.
_SUBJECT_LENGTH = 60
# Fields that are copied to the complaint under the same name.
_SAME = (
    "complaint_severity",
    "complaint_kind",
    "complaint_remedy_sought",
    "complaint_amount_claimed",
    "complaint_incident_date",
    "complaint_incident_place",
)


class ComplaintIntake(models.TransientModel):
    _name = "complaint.intake"
    _description = "New Complaint"
    _inherit = ["complaint.wizard.access"]
    # an unfinished page is kept over a break
    _transient_max_hours = 24.0

    state = fields.Selection(
        selection=[
            ("open", "In Progress"),
            ("done", "Registered"),
            ("added", "Added to Earlier Complaint"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        required=True,
        default=lambda self: self._default_channel_id(),
        domain=[("complaint_acknowledge_by", "in", _TAKEN_BY_HAND)],
    )
    route = fields.Selection(related="channel_id.complaint_acknowledge_by")
    script = fields.Html(compute="_compute_script", sanitize=False)

    # Customer and contact details
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    commercial_partner_id = fields.Many2one(related="partner_id.commercial_partner_id")
    partner_name = fields.Char(
        string="Customer Name",
        compute="_compute_partner_name",
        store=True,
        readonly=False,
    )
    phone = fields.Char(compute="_compute_phone", store=True, readonly=False)
    email = fields.Char(
        string="E-mail", compute="_compute_email", store=True, readonly=False
    )
    # as filled in from the contact: replaced with it, unless something was typed
    filled_phone = fields.Char(compute="_compute_phone", store=True)
    filled_email = fields.Char(compute="_compute_email", store=True)
    anonymous = fields.Boolean(
        help="Turn this on if the caller does not want to give a name."
    )
    create_contact = fields.Boolean(string="Save as New Contact")
    for_another = fields.Boolean(
        string="Calling on Someone's Behalf",
        help="The caller is a relative, a lawyer or an association, for example. "
        "Without the customer's consent on file, the caller receives the "
        "acknowledgement and nothing else.",
    )
    representative_id = fields.Many2one(comodel_name="res.partner", string="Caller")
    representative_name = fields.Char(string="Caller's Name")
    representative_phone = fields.Char(string="Caller's Phone")
    representative_email = fields.Char(string="Caller's E-mail")
    representative_relation = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["complaint_representative_relation"]
            ._description_selection(self.env)
        ),
        string="Relationship",
    )
    can_create_contact = fields.Boolean(compute="_compute_can_create_contact")
    restriction = fields.Char(
        compute="_compute_restriction",
        help="How contact with this customer is limited. Their complaint is "
        "registered as usual.",
    )
    known = fields.Json(compute="_compute_known", string="Earlier Complaints")
    # Numbers, not links, which would show names of complaints that users may not read.
    about_res_id = fields.Integer(string="Complaint to Add To")

    # The complaint
    name = fields.Char(string="Summary")
    description = fields.Text()
    complaint_incident_date = fields.Date(string="Incident Date")
    complaint_incident_place = fields.Char(string="Incident Place")
    complaint_remedy_sought = fields.Text(string="Desired Outcome")
    complaint_severity = fields.Selection(
        selection=[("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        string="Severity",
        default="minor",
        required=True,
        help=SEVERITY_HELP,
    )
    complaint_kind = fields.Selection(
        selection=[("complaint", "Complaint"), ("claim", "Claim")],
        string="Kind",
        default="complaint",
        required=True,
        help=KIND_HELP,
    )
    complaint_amount_claimed = fields.Monetary(string="Amount Claimed")
    category_id = fields.Many2one(comodel_name="helpdesk.ticket.category")
    category_ids = fields.Many2many(
        related="team_id.category_ids", string="Team Categories"
    )
    concerned_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="complaint_intake_concerned_rel",
        string="Staff Complained About",
        domain=[("share", "=", False)],
        help="The members of staff this complaint is about. They can neither "
        "see nor handle it.",
    )

    # The letter
    letter_date = fields.Date()
    received_on = fields.Date(
        help="The day on which the letter arrived, which may be earlier than today.",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="complaint_intake_attachment_rel",
        string="Attachments",
    )

    # Handling
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        domain="[('is_complaint_team', '=', True),"
        " ('company_id', 'in', (False, company_id))]",
        default=lambda self: self._default_team_id(),
    )
    thanked = fields.Boolean(
        string="Acknowledged During the Call",
        compute="_compute_thanked",
        store=True,
        readonly=False,
        help="The complaint counts as acknowledged, and no call-back is planned.",
    )

    # Result, read out at the end
    ticket_res_id = fields.Integer(readonly=True)
    number = fields.Char(string="Reference", readonly=True)
    promised = fields.Char(string="Final Response By", readonly=True)
    closing = fields.Html(string="Closing Words", readonly=True)

    # ---------------------------------------------------
    # Defaults and computes
    # ---------------------------------------------------

    @api.model
    def _default_channel_id(self):
        return self.env.ref(
            "crm_complaints.helpdesk_ticket_channel_phone", raise_if_not_found=False
        )

    @api.model
    def _default_team_id(self):
        company = self.env.company
        return self.env["helpdesk.ticket"]._complaint_default_teams(company)[company]

    @api.depends("channel_id", "partner_id", "partner_name", "anonymous")
    def _compute_script(self):
        for intake in self:
            intake.script = intake._render(_SCRIPTS.get(intake.route), intake)

    @api.depends("name", "description")
    def _compute_display_name(self):
        for intake in self:
            intake.display_name = intake._subject() or self.env._("New Complaint")

    @api.depends("partner_id")
    def _compute_partner_name(self):
        for intake in self:
            intake.partner_name = intake.partner_id.name or intake.partner_name

    @api.depends("partner_id")
    def _compute_phone(self):
        self._fill_in("phone")

    @api.depends("partner_id")
    def _compute_email(self):
        self._fill_in("email")

    def _fill_in(self, name):
        """Fill in a field from the contact, unless something else was typed."""
        for intake in self:
            typed = intake[name]
            if not typed or typed == intake[f"filled_{name}"]:
                typed = intake.partner_id[name]
                intake[f"filled_{name}"] = typed
            else:
                intake[f"filled_{name}"] = intake[f"filled_{name}"]
            intake[name] = typed

    @api.depends_context("uid")
    def _compute_can_create_contact(self):
        self.can_create_contact = self.env["res.partner"].has_access("create")

    @api.depends("partner_id", "representative_id")
    def _compute_restriction(self):
        for intake in self:
            partners = intake.partner_id | intake.representative_id
            intake.restriction = partners._complaint_restriction_note()

    @api.depends("partner_id", "phone", "email", "anonymous")
    def _compute_known(self):
        Ticket = self.env["helpdesk.ticket"]
        for intake in self:
            if intake.anonymous:
                intake.known = []
                continue
            domain = Ticket._complaint_of_customer_domain(
                intake.partner_id, intake.phone or "", intake.email or ""
            )
            # without sudo: only complaints that the user may read
            tickets = Ticket._complaint_known_of(domain)
            intake.known = [intake._describe(ticket) for ticket in tickets]

    @api.depends("channel_id")
    def _compute_thanked(self):
        for intake in self:
            intake.thanked = intake.route in (
                acknowledgement.PHONE,
                acknowledgement.IN_PERSON,
            )

    @api.model_create_multi
    def create(self, vals_list):
        intakes = super().create(vals_list)
        intakes._check_documents()
        return intakes

    def write(self, vals):
        result = super().write(vals)
        self._check_documents()
        return result

    def _check_documents(self):
        """Refuse links to documents that the user may not read."""
        for name in self.env["helpdesk.ticket"]._complaint_document_fields():
            if self[name]:
                self[name].check_access("read")

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    @api.model
    def action_take(self):
        """Open the intake page: the one left unfinished today, or a new one."""
        self.check_access("create")
        unfinished = self.search(
            [("create_uid", "=", self.env.uid), ("state", "=", "open")],
            order="write_date desc, id desc",
            limit=1,
        )
        return self._action(unfinished)

    @api.model
    def find_customer(self, text):
        """Return customers and complaints that match what was typed.

        :param str text: part of a phone number, a name or an e-mail address, or a
            reference
        :return: list of dicts to choose from
        """
        self.check_access("create")
        text = (text or "").strip() if isinstance(text, str) else ""
        if len(text) < 3:
            return []
        return (
            self._find_by_reference(text)
            or self._find_partners(text)
            or self._find_unknown(text)
        )

    def action_register(self):
        """Register the complaint, or add a note to the chosen earlier one.

        :raises UserError: where neither summary nor description was entered
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "open":
            return True  # a double click
        self._ensure_said()
        if self.about_res_id:
            self._add_to_earlier(self._about())
        else:
            self._make_complaint()
        return True

    def action_open_complaint(self):
        """Open the registered complaint."""
        self.ensure_one()
        ticket = self.env["helpdesk.ticket"].browse(self.ticket_res_id)
        ticket.check_access("read")
        return ticket._complaint_show()

    def action_next(self):
        """Open an empty intake page for the next complaint."""
        return {**self._action(self.browse()), "target": "main"}

    def action_start_afresh(self):
        """Discard the unfinished page, and open an empty one."""
        self.ensure_one()
        self.check_access("write")
        self.sudo().unlink()  # sudo: the user's own page, by record rule
        return self.action_next()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    @api.model
    def _action(self, intake):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.complaint_intake_window_action"
        )
        return {
            **action,
            "res_id": intake.id,
            "context": {"complaint_resumed": bool(intake)},
        }

    def _render(self, template_xmlid, record):
        """Return a script as text; empty where its template fails."""
        texts = self.env["helpdesk.ticket"]._complaint_render_script_of(
            template_xmlid, record._ids
        )
        return texts.get(record._ids[0], False)

    def _describe(self, ticket):
        """Return what the page shows of an earlier complaint."""
        open_still = ticket.complaint_is_open
        return {
            "id": ticket.id,
            "number": ticket.number,
            "name": ticket.name,
            "customer": ticket.partner_id.name or ticket.partner_name or "",
            "phase": ticket.stage_id.name,
            "open": open_still or ticket.complaint_phase == phases.FOLLOW_UP,
            "late": ticket.complaint_urgency == "breached",
            "handler": ticket.user_id.name or "",
            "received": self._date_in_words(ticket, ticket.complaint_received_at),
            "promised": open_still
            and self._date_in_words(ticket, ticket.complaint_promised_at),
        }

    def _date_in_words(self, ticket, moment, width="medium"):
        if not moment:
            return ""
        zone = working_time.zone(ticket.complaint_tz)
        return babel_date(
            working_time.local_date(moment, zone),
            format=width,
            locale=babel_locale_parse(self.env.lang),
        )

    @api.model
    def _find_by_reference(self, text):
        Ticket = self.env["helpdesk.ticket"]
        if not re.search(r"\d", text):
            return []
        forms = list({text, text.upper()})
        # archived ones too: a merged complaint leads to the one that is left
        found = Ticket.with_context(active_test=False).search(
            Domain("is_complaint", "=", True)
            & (
                Domain("number", "in", forms)
                | Domain("complaint_former_number", "in", forms)
            ),
            limit=3,
        )
        tickets = Ticket.union(*(ticket._complaint_survivor() for ticket in found))
        return [
            self._option(ticket, about=ticket)
            for ticket in tickets._filtered_access("read")
        ]

    @api.model
    def _find_partners(self, text, limit=7):
        Partner = self.env["res.partner"].with_context(complaint_find_customer=True)
        # the company's own contacts: others who work for it could not read a further one
        known = self.env["helpdesk.ticket"]._complaint_contact_domain(self.env.company)
        partners = Partner.search(
            Domain("display_name", "ilike", text) & known, limit=limit
        )
        return [self._option(partner) for partner in partners]

    @api.model
    def _find_unknown(self, text, limit=5):
        """Return customers of earlier complaints who are not contacts."""
        Ticket = self.env["helpdesk.ticket"]
        if phone_numbers.is_number(text):
            domain = Ticket._complaint_of_customer_domain(
                self.env["res.partner"], phone=text
            )
        else:
            domain = Domain("partner_name", "ilike", text)
        tickets = Ticket.search(
            Domain("is_complaint", "=", True)
            & Domain("partner_id", "=", False)
            & domain,
            order="id desc",
            limit=limit,
        )
        options = {}
        for ticket in tickets:
            option = self._option(ticket)
            options.setdefault(
                (option["name"], option["phone"], option["email"]), option
            )
        return list(options.values())

    @api.model
    def _option(self, record, about=None):
        """Return an option to choose, from a partner or a complaint."""
        if record._name == "res.partner":
            partner, name = record, record.name or record.display_name
            phone, email = partner.phone, partner.email
        else:
            partner, name = record.partner_id, record.partner_name
            phone, email = record.complaint_phone, record.partner_email
        company = partner.commercial_partner_id
        details = [
            company.name if company != partner else "",
            phone,
            email,
            about and f"{about.number} {about.name}",
        ]
        return {
            "partner_id": partner.id,
            "partner_display": partner.display_name if partner else "",
            "name": name or "",
            "phone": phone or "",
            "email": email_normalize(email, strict=False) or email or "",
            "detail": " · ".join(filter(None, details)),
            "about": about.id if about else 0,
            # without sudo: as far as the user may read
            "open": partner.complaint_open_count if partner else 0,
        }

    def _ensure_said(self):
        if not (self.name or "").strip() and not (self.description or "").strip():
            raise UserError(
                self.env._("Please enter what happened. A few words are enough.")
            )
        if self.env.user in self.concerned_user_ids:
            raise UserError(
                self.env._(
                    "You cannot enter yourself here, because you would lose access to "
                    "the complaint at once. Please ask your team leader to record that "
                    "it is about you."
                )
            )
        if self.received_on and self.received_on > self._today():
            raise UserError(
                self.env._(
                    "The date in “Received On” is in the future. Please correct it."
                )
            )

    def _today(self):
        return fields.Date.context_today(self.with_context(tz=self._zone().key))

    def _zone(self):
        # sudo: only the time zone of the team
        team = self.team_id.sudo()
        return working_time.zone(
            team.complaint_calendar_id.tz or self.company_id._complaint_tz()
        )

    def _about(self):
        ticket = self.env["helpdesk.ticket"].browse(self.about_res_id).exists()
        if not ticket.is_complaint or not ticket.has_access("read"):
            raise AccessError(
                self.env._(
                    "You do not have access to this complaint. Please register a new "
                    "one."
                )
            )
        return ticket

    def _clean(self):
        # default_ keys for this page must not reach the records it creates
        return self.with_context(clean_context(self.env.context))

    def _make_complaint(self):
        Ticket = self._clean().env["helpdesk.ticket"]
        thanked = self.thanked and self._in_person()
        ticket = Ticket._complaint_create_noted(
            self._prepare_ticket_vals(),
            {
                "complaint_acknowledged_at": fields.Datetime.now(),
                "complaint_acknowledged_by": self.route,
            }
            if thanked
            else {},
        )
        self._keep_files(ticket)
        if self.for_another and not ticket.sudo().complaint_representative_id:
            # sudo: the user may have no access to the complaint they registered
            caller = self._caller_words()
            ticket.sudo()._message_log(
                body=self.env._(
                    "Received from a representative of the customer: %s", caller
                )
                if caller
                else self.env._("Received from a representative of the customer.")
            )
        if thanked:
            ticket._complaint_heard_from_us()
        self._show_result(ticket, "done")

    def _in_person(self):
        return self.route in (acknowledgement.PHONE, acknowledgement.IN_PERSON)

    def _prepare_ticket_vals(self):
        """Return the values for creating the complaint."""
        partner = (not self.anonymous and self.partner_id) or self._new_contact()
        vals = {
            **{name: self[name] for name in _SAME},
            "name": self._subject(),
            "description": plain_text.as_html(self.description or self.name),
            "is_complaint": True,
            "company_id": self.company_id.id,
            "channel_id": self.channel_id.id,
            "partner_id": partner.id,
            "partner_name": not self.anonymous and (self.partner_name or partner.name),
            "partner_email": self.email or partner.email,
            "complaint_phone": self.phone or partner.phone,
            "category_id": self.category_id.id,
            "complaint_concerned_user_ids": [Command.set(self.concerned_user_ids.ids)],
            **self._prepare_representative_vals(),
        }
        for name in self.env["helpdesk.ticket"]._complaint_document_fields():
            vals[name] = self[name].id
        if self.team_id:
            vals["team_id"] = self.team_id.id
        if self.complaint_kind != "claim":
            vals["complaint_amount_claimed"] = 0
        if self.route == acknowledgement.LETTER:
            vals["complaint_letter_date"] = self.letter_date
            received_at = self._received_at()
            if received_at:
                vals["complaint_received_at"] = received_at
        return vals

    def _received_at(self):
        """Return noon of the day the letter was received; None if it was today."""
        if not self.received_on or self.received_on == self._today():
            return None
        start = working_time.start_of_day(self.received_on, self._zone())
        return start + timedelta(hours=12)

    def _subject(self):
        said = (self.name or "").strip()
        if said:
            return said
        words = " ".join((self.description or "").split())
        if len(words) <= _SUBJECT_LENGTH:
            return words
        return words[:_SUBJECT_LENGTH].rsplit(" ", 1)[0] + "…"

    def _new_contact(self):
        name = (self.partner_name or "").strip()
        if not self.create_contact or self.anonymous or not name:
            return self.env["res.partner"]
        return (
            self._clean()
            .env["res.partner"]
            .create({"name": name, "phone": self.phone, "email": self.email})
        )

    def _prepare_representative_vals(self):
        """Return the values of the representative, for creating the complaint."""
        if not self.for_another or self.anonymous:
            return {}
        acting = self.representative_id
        name = (self.representative_name or "").strip()
        if not acting and name and self.can_create_contact:
            # a contact is needed for the consent
            acting = (
                self._clean()
                .env["res.partner"]
                .create(
                    {
                        "name": name,
                        "phone": self.representative_phone,
                        "email": self.representative_email,
                    }
                )
            )
        return {
            "complaint_representative_id": acting.id,
            "complaint_representative_relation": self.representative_relation,
        }

    def _caller_words(self):
        """Return a representative's details, where no contact could be created."""
        details = (
            self.representative_name,
            self.representative_phone,
            self.representative_email,
        )
        return ", ".join(filter(None, details))

    def _keep_files(self, ticket):
        # without sudo: as far as the user may write these files
        self.attachment_ids.write({"res_model": ticket._name, "res_id": ticket.id})

    def _add_to_earlier(self, ticket):
        """Add a note to an earlier complaint, or register a new one if it has ended."""
        ticket = self._clean().env["helpdesk.ticket"].browse(ticket.id)
        ended = ticket.complaint_phase in phases.ENDED
        if ended and not (
            ticket._complaint_may_reopen() and ticket.has_access("write")
        ):
            # as with late mails: a new complaint that names the earlier one
            return self._register_again(ticket)
        files = self.attachment_ids
        self._keep_files(ticket)
        ticket.message_post(
            body=self._words(),
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            attachment_ids=files.ids,
        )
        self._follow_up_words(ticket, ended)
        self._show_result(ticket, "added")
        return None

    def _follow_up_words(self, ticket, ended):
        """Reopen, acknowledge or plan, as the customer spoke to us again."""
        if ended:
            ticket._complaint_set_phase(phases.HEARING)
        if self.thanked and self._in_person():
            if ticket.has_access("write"):
                ticket.with_context(
                    complaint_acknowledge_by=self.route
                ).action_complaint_acknowledge()
            ticket._complaint_heard_from_us()
        if ended or ticket.complaint_responsible_id != self.env.user:
            # sudo: the user may have no right to plan for a colleague
            ticket.sudo()._complaint_ask_to_look(
                self.env._("Reopened: the customer contacted us again")
                if ended
                else self.env._("The customer contacted us again"),
                self._subject(),
            )

    def _register_again(self, earlier):
        self._make_complaint()
        ticket = self.env["helpdesk.ticket"].browse(self.ticket_res_id)
        ticket._complaint_link_to_earlier(earlier)

    def _words(self):
        """Return the page's entries as a note for the chatter."""
        lines = [
            self.env._(
                "%(label)s: %(value)s",
                label=self._fields[name]._description_string(self.env),
                value=value,
            )
            for name, value in (
                ("complaint_incident_date", self.complaint_incident_date),
                ("complaint_incident_place", self.complaint_incident_place),
                ("complaint_remedy_sought", self.complaint_remedy_sought),
            )
            if value
        ]
        who = (
            (self.for_another and self.representative_id.name)
            or (self.for_another and self.representative_name)
            or self.partner_name
        )
        channel = self.channel_id.name
        return Markup("<p><strong>%s</strong></p>%s%s%s") % (
            self.env._("From %(name)s (%(channel)s):", name=who, channel=channel)
            if who
            else self.env._("From the customer (%(channel)s):", channel=channel),
            Markup("<p>%s</p>") % self.name if self.name else "",
            plain_text.as_html(self.description) if self.description else "",
            Markup().join(Markup("<p>%s</p>") % line for line in lines),
        )

    def _show_result(self, ticket, state):
        """Set the result, which is read out to the customer."""
        # sudo: the reference of what the user registered, whoever may read it
        ticket = ticket.sudo()
        self.write(
            {
                "state": state,
                "ticket_res_id": ticket.id,
                "number": ticket.number,
                "promised": self._date_in_words(
                    ticket, ticket.complaint_promised_at, "full"
                ),
                "closing": self._render("mail_template_intake_close", ticket),
            }
        )

"""complaint.letter.compose: writes a letter to the customer, with a preview."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext

from ..engine import dates, outcomes, tone
from ..models.contact.complaint_letter import KINDS, WAYS
from ..models.contact.helpdesk_ticket_letter import LETTER_VALUES
from ..models.contact.recipients import REPRESENTATIVE_LETTERS

# input -> field of the complaint: read from there, written back on sending
FACTS = {
    "matter": "name",
    "remedy_sought": "complaint_remedy_sought",
    "evidence": "complaint_evidence",
    "findings": "complaint_findings",
    "reason": "complaint_reason",
    "change": "complaint_corrective_action",
    "outcome": "complaint_outcome",
}
# kind -> required inputs
REQUIRED = {
    "acknowledgement": ("matter",),
    "information": ("needed", "answer_by"),
    "update": ("done", "still_open", "who", "next_date"),
    "offer": ("answer_by",),
    "summary": ("outcome",),
    "final": ("outcome", "told", "remedy_sought", "evidence", "findings"),
    "second_stage": ("reviewer_id",),
    "referral": ("body_id",),
    "reopening": ("matter",),
    "authority": (),
}
# outcome -> inputs that a final response requires as well
REQUIRED_BY_OUTCOME = {
    outcomes.UPHELD: ("cause", "impact", "change"),
    outcomes.PARTLY_UPHELD: ("points", "other_points", "reason"),
    outcomes.NOT_UPHELD: ("reason",),
}
OPTIONAL = {"acknowledgement": ("remedy_sought",), "offer": ("cause", "who")}
# input -> its name in the templates, if different
NAMES = {"still_open": "open", "reviewer_id": "reviewer", "body_id": "body"}
# kinds that list remedies
_LISTING = ("offer", "summary", "final")
# kinds that resolve the complaint
_FINAL = ("summary", "final")
# kinds that are sent by other dialogs, or without anybody's doing
_SENT_OTHERWISE = ("extension", "not_reached", "agreement")
_ANSWER_DAYS = {"information": 7, "offer": 14}
_GAP = "…"


class ComplaintLetterCompose(models.TransientModel):
    _name = "complaint.letter.compose"
    _description = "Write to the Customer"
    _inherit = ["complaint.wizard"]

    kind = fields.Selection(
        selection=[
            (kind, label) for kind, label in KINDS if kind not in _SENT_OTHERWISE
        ],
        string="Letter Type",
        required=True,
        default="information",
    )
    way = fields.Selection(
        selection=WAYS,
        string="Sent By",
        compute="_compute_way",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    email_to = fields.Char(compute="_compute_email_to", compute_sudo=False, string="To")
    not_to = fields.Char(
        compute="_compute_email_to",
        compute_sudo=False,
        help="The representative, who does not receive the letter because there is no "
        "consent on file.",
    )

    # Inputs of the letters.
    matter = fields.Char(
        compute="_compute_facts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    remedy_sought = fields.Text(
        string="Desired Outcome",
        compute="_compute_facts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    evidence = fields.Text(
        string="Evidence Reviewed",
        compute="_compute_facts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    findings = fields.Text(
        compute="_compute_facts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    reason = fields.Text(
        string="Reasons",
        compute="_compute_facts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    change = fields.Text(
        string="Corrective Action",
        compute="_compute_facts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    outcome = fields.Selection(
        selection=lambda self: [
            (value, label)
            for value, label in self.env["helpdesk.ticket"]
            ._fields["complaint_outcome"]
            ._description_selection(self.env)
            if value in outcomes.DECIDED
        ],
        compute="_compute_facts",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    cause = fields.Text(
        string="Root Cause",
        compute="_compute_cause",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    who = fields.Char(
        string="Responsible Person",
        compute="_compute_who",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    answer_by = fields.Date(
        string="Reply Requested By",
        compute="_compute_answer_by",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    answer_latest = fields.Date(compute="_compute_answer_latest", compute_sudo=False)
    answer_note = fields.Char(compute="_compute_answer_latest", compute_sudo=False)
    needed = fields.Text(string="Information Needed")
    done = fields.Text(string="Progress So Far")
    still_open = fields.Text(string="Outstanding Work")
    next_date = fields.Date(string="Completion Date")
    told = fields.Text(
        string="Points of the Complaint",
        compute="_compute_told",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Enter one point per line. The findings answer each of them, also one per "
        "line.",
    )
    impact = fields.Text(string="Impact on the Customer")
    points = fields.Text(string="Points Upheld")
    other_points = fields.Text(string="Points Not Upheld")
    reviewer_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('id', 'in', reviewer_candidate_ids)]",
    )
    reviewer_candidate_ids = fields.Many2many(
        related="ticket_id.complaint_reviewer_candidate_ids"
    )
    body_id = fields.Many2one(
        comodel_name="res.partner",
        string="Ombudsman or ADR Body",
        compute="_compute_body_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    words = fields.Text(string="Personal Note")

    known_final_id = fields.Many2one(
        comodel_name="complaint.letter",
        compute="_compute_known_final_id",
        compute_sudo=False,
        store=True,
        precompute=True,
        help="The last final response at the time when this letter was started.",
    )

    # Preview and advice.
    remedies_needed = fields.Boolean(compute="_compute_missing", compute_sudo=False)
    missing = fields.Char(compute="_compute_missing", compute_sudo=False)
    missing_inputs = fields.Char(
        compute="_compute_missing",
        compute_sudo=False,
        help="The names of those inputs that are empty, so that the form can focus them.",
    )
    is_summary = fields.Boolean(compute="_compute_is_summary", compute_sudo=False)
    hints = fields.Html(compute="_compute_hints", sanitize=False)
    subject = fields.Char(compute="_compute_letter", compute_sudo=False)
    letter = fields.Html(compute="_compute_letter", compute_sudo=False, sanitize=False)

    # ---------------------------------------------------
    # Values from the complaint
    # ---------------------------------------------------

    @api.depends("ticket_id", "kind")
    def _compute_way(self):
        for wizard in self:
            wizard.way = (
                "paper"
                if wizard.kind == "acknowledgement"
                else wizard.ticket_id._complaint_letter_way()
            )

    @api.depends("ticket_id")
    def _compute_facts(self):
        for wizard in self:
            for name, fact in FACTS.items():
                wizard[name] = wizard.ticket_id[fact]

    @api.depends("ticket_id")
    def _compute_told(self):
        for wizard in self:
            wizard.told = tone.calm(wizard.ticket_id.name)

    @api.depends("ticket_id")
    def _compute_cause(self):
        for wizard in self:
            ticket = wizard.ticket_id
            lang = ticket._complaint_language() or self.env.lang
            wizard.cause = ticket.with_context(
                lang=lang
            ).complaint_cause_id.customer_text

    @api.depends("ticket_id")
    def _compute_who(self):
        for wizard in self:
            wizard.who = wizard.ticket_id.complaint_responsible_id.name

    @api.depends("ticket_id", "kind")
    def _compute_answer_by(self):
        for wizard in self:
            days = _ANSWER_DAYS.get(wizard.kind)
            suggested = days and wizard._today() + timedelta(days=days)
            wizard.answer_by = days and min(
                filter(None, (suggested, wizard.answer_latest))
            )

    @api.depends("ticket_id", "kind")
    def _compute_answer_latest(self):
        """Offer: the last day on which the customer's answer comes in time.

        That is before anything offered is to be done, and before the final response is.
        """
        for wizard in self:
            ticket = wizard.ticket_id
            limits = []
            if wizard.kind == "offer" and ticket.complaint_promised_at:
                due = fields.Datetime.context_timestamp(
                    ticket.with_context(tz=ticket.complaint_tz),
                    ticket.complaint_promised_at,
                ).date()
                note = self.env._(
                    "The latest date is %(date)s, as the final response is due then.",
                    date=format_date(self.env, due),
                )
                limits.append((due, note))
            today = wizard._today()
            promised = [
                remedy.promised_date
                for remedy in wizard._listed_remedies()
                if remedy.promised_date and remedy.promised_date >= today
            ]
            if wizard.kind == "offer" and promised:
                # the customer answers before it is carried out, at latest today
                before = max(min(promised) - timedelta(days=1), today)
                note = self.env._(
                    "The latest date is %(date)s, as the customer has to decide before "
                    "the first remedy is due.",
                    date=format_date(self.env, before),
                )
                limits.append((before, note))
            limits = [limit for limit in limits if limit[0] >= today]
            wizard.answer_latest, wizard.answer_note = min(
                limits, default=(False, False)
            )

    def _today(self):
        return fields.Date.context_today(
            self.with_context(tz=self.ticket_id.complaint_tz)
        )

    @api.depends("ticket_id")
    def _compute_known_final_id(self):
        for wizard in self:
            wizard.known_final_id = wizard._last_final()

    def _last_final(self):
        """Return the last final response that was sent on the complaint."""
        return self.env["complaint.letter"].search(
            [
                ("ticket_id", "=", self.ticket_id._origin.id),
                ("kind", "in", _FINAL),
            ],
            order="id desc",
            limit=1,
        )

    @api.depends("ticket_id")
    def _compute_body_id(self):
        for wizard in self:
            wizard.body_id = wizard.ticket_id.complaint_body_id

    @api.depends("ticket_id", "kind")
    def _compute_is_summary(self):
        for wizard in self:
            wizard.is_summary = (
                wizard.kind == "final"
                and bool(wizard.ticket_id)
                and wizard.ticket_id._complaint_is_summary()
            )

    @api.depends("ticket_id", "kind")
    def _compute_email_to(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.email_to = (
                ticket._complaint_letter_addresses(wizard.kind) if ticket else False
            )
            acting = ticket.complaint_representative_id
            wizard.not_to = (
                bool(acting)
                and wizard.kind not in REPRESENTATIVE_LETTERS
                and not ticket.complaint_consent_id
                and acting.display_name
            )

    # ---------------------------------------------------
    # Missing inputs
    # ---------------------------------------------------

    @api.model
    def _typed_names(self):
        """Return the inputs of all kinds of letters."""
        names = {"words", *FACTS}
        for group in (REQUIRED, REQUIRED_BY_OUTCOME, OPTIONAL):
            names.update(*group.values())
        return sorted(names)

    def _required_names(self):
        required = REQUIRED.get(self.kind, ())
        if self.kind == "final":
            required += REQUIRED_BY_OUTCOME.get(self.outcome, ())
        return required

    def _input_names(self):
        """Return the inputs of this kind of letter."""
        return (*self._required_names(), *OPTIONAL.get(self.kind, ()), "words")

    def _is_empty(self, name):
        value = self[name]
        return not (value.strip() if isinstance(value, str) else value)

    def _listed_remedies(self):
        return self.ticket_id.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state in ("draft", "proposed", "accepted")
        )

    @api.depends(lambda self: ["ticket_id", "kind", "way", *self._typed_names()])
    def _compute_missing(self):
        for wizard in self:
            wizard.remedies_needed = wizard.kind in ("offer", "summary") or (
                wizard.kind == "final" and wizard.outcome in outcomes.COUNTED_AS_UPHELD
            )
            wizard.missing = "; ".join(wizard._missing()) if wizard.ticket_id else False
            wizard.missing_inputs = ",".join(wizard._missing_names())

    def _missing_names(self):
        """Return the inputs that the letter needs and that are empty."""
        names = [name for name in self._required_names() if self._is_empty(name)]
        if self._starting() and self._is_empty("who"):
            names.append("who")
        return names

    def _missing(self):
        """Return the labels of what is missing in the letter."""
        self.ensure_one()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in self._missing_names()
        ]
        remedies = self._listed_remedies()
        done = self.ticket_id.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state == "done"
        )
        if self.remedies_needed and not remedies | done:
            missing.append(self.env._("Remedies (on the complaint)"))
        if self.kind in _LISTING:
            undated = remedies.filtered(
                lambda r: not r.promised_date and not r.type_id.immediate
            )
            missing += [
                self.env._("Due date of “%s”", remedy.text) for remedy in undated
            ]
        if self.way == "mail" and not self.email_to:
            missing.append(
                self.env._("Representative's e-mail address")
                if self.kind in REPRESENTATIVE_LETTERS
                else self.env._("Customer's e-mail address")
            )
        if self.kind in REPRESENTATIVE_LETTERS and not (
            self.ticket_id.complaint_representative_id
        ):
            missing.append(self.env._("Representative (on the complaint)"))
        return missing

    def _starting(self):
        """Tell whether an accepted offer would leave remedies to be done."""
        return self.kind == "offer" and bool(
            self._listed_remedies().filtered(lambda r: not r.type_id.immediate)
        )

    # ---------------------------------------------------
    # The letter
    # ---------------------------------------------------

    @api.depends(lambda self: ["ticket_id", "kind", "way", *self._typed_names()])
    def _compute_letter(self):
        for wizard in self:
            if wizard.ticket_id and wizard.kind:
                wizard.subject, wizard.letter, _lang = wizard._render(gap=_GAP)
            else:
                wizard.subject = wizard.letter = False

    def _render(self, gap="", signer=None, recipient=None, way=None):
        """Return subject, text and language of the letter.

        :param str gap: placeholder for missing inputs
        :param signer: res.users; by default the responsible person
        :param recipient: the complaint in the context of the recipient, the first one by
            default
        :param str way: "mail" or "paper"
        """
        recipient = recipient or self.ticket_id._complaint_per_recipient(self.kind)[0]
        values = self._letter_values(gap)
        context = {LETTER_VALUES: values}
        if self.kind == "second_stage" and gap:
            # in the preview the milestones of the review have not begun
            policy, values["due"] = self.ticket_id._complaint_review_terms()
            context["complaint_letter_policy_id"] = policy.id
        return recipient._complaint_render_letter(
            self.kind, on_paper=(way or self.way) == "paper", signer=signer, **context
        )

    def _letter_values(self, gap=""):
        required = self._required_names()
        values = {}
        for name in self._typed_names():
            value = self[name]
            if name == "reviewer_id":
                value = value.name or ""
            elif name == "body_id":
                values["body_contact"] = self._body_contact() or gap
                value = value.name or ""
            elif isinstance(self._fields[name], fields.Text | fields.Char):
                value = value or ""
            if gap and name in required and self._is_empty(name):
                # no placeholder for dates, whose part of the sentence is left out
                value = gap if value == "" else value
            values[NAMES.get(name, name)] = value
        if self.kind == "offer" and not self._starting():
            values["who"] = ""
        return values

    def _body_contact(self):
        """Return the contact details of the ombudsman or ADR body, in one line."""
        return ", ".join(self.body_id._complaint_as_body().splitlines()[1:])

    @api.depends(lambda self: ["ticket_id", "kind", *self._typed_names()])
    def _compute_hints(self):
        for wizard in self:
            wizard.hints = wizard._hints() if wizard.ticket_id else False

    def _hints(self):
        """Return advice on the tone of the handler's words, as an HTML list."""
        ticket = self.ticket_id
        if not (ticket._complaint_language() or "en").startswith("en"):
            return False
        company = ticket.company_id
        names = (
            *(ticket.partner_id.name, ticket.partner_name, company.name),
            *(ticket.partner_id.commercial_partner_id.name, ticket.team_id.name),
            *(ticket.complaint_responsible_id.name, ticket.complaint_greeting_name),
            *(self.reviewer_id.name, self.body_id.name, self.who),
        )
        names = {part for name in filter(None, names) for part in (name, *name.split())}
        advice = self._advice()
        lines = self._unanswered_points()
        for name in self._input_names():
            if not isinstance(self[name], str) or name in ("outcome", "who"):
                continue
            lines += [
                Markup("<li><strong>“%s”</strong>: %s</li>")
                % (self._shortened(finding.words), advice[finding.rule])
                for finding in tone.check_words(self[name], names)
            ]
        return (
            Markup("<ul class='mb-0'>%s</ul>") % Markup().join(dict.fromkeys(lines))
            if lines
            else False
        )

    def _unanswered_points(self):
        """Return the advice to answer each point, where there are fewer findings."""
        if self.kind != "final":
            return []
        points, findings = (
            len(self.ticket_id._complaint_letter_points(words))
            for words in (self.told, self.findings)
        )
        if not findings or findings >= points:
            return []
        return [
            Markup("<li>%s</li>")
            % self.env._(
                "Points of the complaint: %(points)s. Findings: %(findings)s. Is each "
                "point answered?",
                points=points,
                findings=findings,
            )
        ]

    @api.model
    def _shortened(self, words):
        return words if len(words) < 50 else f"{words[:40].rstrip()} …"

    @api.model
    def _advice(self):
        """Return what to write instead, for each rule of ``engine.tone``."""
        return {
            tone.PERSON: self.env._("Use the name or “you” instead."),
            tone.OFFICE: self.env._(
                "This is an office term. Write “your complaint” instead."
            ),
            tone.EMPTY: self.env._(
                "Say what happened and what you are doing about it."
            ),
            tone.DOUBT: self.env._("Write “I am sorry for …” and name what happened."),
            tone.BUT: self.env._(
                "This takes the apology back. Start a new sentence without it."
            ),
            tone.PASSIVE: self.env._("Say who did it: “we sent …”, “we forgot …”."),
            tone.NO_DATE: self.env._("Give the date, such as “by 16 March 2026”."),
            tone.NO_REPLY: self.env._("The customer should be able to reply to you."),
            tone.LONG_SENTENCE: self.env._(
                "This sentence is long. Two sentences are easier to read."
            ),
            tone.LONG_ON_AVERAGE: self.env._(
                "The sentences are long. Shorter ones are easier to read."
            ),
            tone.EXCLAMATION: self.env._("A full stop sounds calmer."),
            tone.CAPITALS: self.env._("Capitals read like shouting."),
        }

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_summary(self):
        """Write the short letter, for complaints settled within three working days."""
        self.ensure_one()
        self.kind = "summary"
        return {
            "name": self.env["complaint.letter"]._kind_label(self.kind),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_send(self):
        """Send or print the letter, and record on the complaint what it says.

        Typed facts are written back to the complaint.

        :raises UserError: naming the missing inputs, or who answered meanwhile
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        missing = self._missing()
        if missing:
            raise UserError(
                self.env._(
                    "Before the letter can be sent, please enter: %s",
                    "; ".join(missing),
                )
            )
        self._ensure_first()
        if "answer_by" in self._required_names() and (
            self.answer_latest and self.answer_by > self.answer_latest
        ):
            raise UserError(
                self.env._(
                    "Please ask the customer to reply earlier. %s", self.answer_note
                )
            )
        self._write_back()
        wizard = self
        signer = ticket._complaint_present_signer()
        if self.kind == "second_stage":
            # sudo: the user may lose the complaint by handing it over
            wizard = self.sudo()
        wizard._do_before()

        def render(recipient, way):
            subject, body, lang = wizard._render(
                signer=signer, recipient=recipient, way=way
            )
            if not html2plaintext(body or "").strip():
                raise UserError(
                    self.env._("The letter is empty. Please check its text.")
                )
            return subject, body, lang

        letters = wizard.ticket_id._complaint_send_letters(
            self.kind, render, self.way, signer
        )
        wizard._do_after()
        letters = letters.with_env(self.env)
        return letters._action_print_new(letters) or {
            "type": "ir.actions.act_window_close"
        }

    def _ensure_first(self):
        """Refuse a final response where a colleague sent theirs meanwhile.

        Two at once write the same complaint, so that Odoo tries the second again once
        the first is sent.

        :raises UserError: naming who answered, and when
        """
        sent = self._last_final()
        if self.kind not in _FINAL or sent in (self.known_final_id, sent.browse()):
            return
        raise UserError(
            self.env._(
                "%(name)s sent a final response on %(moment)s, after you had started "
                "yours. Yours has not been sent. Please read the other one first. If "
                "yours is still needed, copy its text and start the letter again.",
                # not who signed it
                name=sent.create_uid.name,
                moment=dates.with_time(
                    fields.Datetime.context_timestamp(self, sent.sent_at),
                    self.env.lang,
                ),
            )
        )

    def _write_back(self):
        """Write typed facts back to the complaint."""
        ticket = self.ticket_id
        changed = {
            fact: self[name]
            for name, fact in FACTS.items()
            if name in self._input_names() and self[name] != ticket[fact]
        }
        if changed:
            ticket.write(changed)

    def _do_before(self):
        """Escalate or refer before rendering, as the letter names the new deadline."""
        if self.kind == "second_stage":
            self.ticket_id._complaint_escalate(self.reviewer_id)
        elif self.kind == "referral":
            self.ticket_id._complaint_refer(self.body_id)

    def _do_after(self):
        """Record the effects of the sent letter on the complaint."""
        ticket = self.ticket_id
        if self.kind == "acknowledgement":
            ticket.with_context(
                complaint_acknowledge_by="letter"
            ).action_complaint_acknowledge()
        elif self.way == "paper" and self.kind not in REPRESENTATIVE_LETTERS:
            # a mail is noted when it is posted
            ticket._complaint_heard_from_us()
        if self.kind == "offer":
            ticket._complaint_propose(self.answer_by)
        elif self.kind in _FINAL:
            ticket._complaint_resolve_by_letter()

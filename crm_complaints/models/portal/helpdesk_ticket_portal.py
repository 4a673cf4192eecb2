"""helpdesk.ticket, customer page: what customers read and do on it."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.mail import email_normalize_all

from ...engine import milestones, phases, plain_text, promises
from ..contact.complaint_consent import DECIDE, READ, WRITE
from ..contact.recipients import RECIPIENT
from . import tracking_link

# Roles on the customer page: the customer decides, their colleagues read and write,
# staff see what the customer sees.
CUSTOMER, READER, STAFF = "customer", "reader", "staff"
# Roles of a representative, as far as the consent goes: decides, writes, reads.
ACTS, SPEAKS, WATCHES = "acts", "speaks", "watches"
_BY_CONSENT = {DECIDE: ACTS, WRITE: SPEAKS, READ: WATCHES}
_MESSAGE_TYPES = ("comment", "email", "email_outgoing")
# In the context, an object that nobody can send over RPC: a list without complaints,
# which a page of helpdesk_mgmt's searches that has no other way in.
LEFT_OUT = object()
# In the context, another such object: an ordinary ticket is shared by its link.
SHARING = object()
# Tokens that are removed in one go.
_CHUNK = 1000
# Messages of one person to one complaint within an hour; more are a machine's.
MOST_MESSAGES = 20
# Decisions within an hour, whatever they wrote before. In the context, an object as above:
# what is posted is a decision of the customer's.
MOST_DECISIONS = 60
DECIDING = object()


class TooManyMessages(UserError):
    http_status = 429


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Address and list
    # ---------------------------------------------------

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for ticket in self.filtered("is_complaint"):
            ticket.access_url = f"/my/complaints/{ticket.id}"
        return result

    @api.model
    def _search(self, domain, *args, **kwargs):
        if self.env.context.get("complaint_left_out") is LEFT_OUT:
            # the customer's list of tickets; complaints have a list of their own
            domain = Domain(domain) & Domain("is_complaint", "=", False)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _complaint_prepare_vals_list(self, vals_list):
        # a customer who begins a complaint may quote the link of another one
        return [
            {**vals, "description": Markup(tracking_link.without_tokens(told))}
            if isinstance(told := vals.get("description"), str)
            else vals
            for vals in super()._complaint_prepare_vals_list(vals_list)
        ]

    # ---------------------------------------------------
    # Access
    # ---------------------------------------------------

    def _has_field_access(self, field, operation):
        if field.name == "access_token" and not (
            self.env.su or self.env.context.get("complaint_sharing") is SHARING
        ):
            # whoever has the token acts as the customer
            return False
        return super()._has_field_access(field, operation)

    def _portal_ensure_token(self):
        """Return the token of the tracking link; to staff and in drafts a placeholder.

        Staff who prepare a letter do not see the token. It takes the place of the
        placeholder in the mail to the customer, see ``tracking_link``.
        """
        drafting = tracking_link.is_draft(self.env)
        if self.env.su and not drafting:
            return super()._portal_ensure_token()
        if not self.env.su:
            self.check_access("read")
        # sudo: the field is hidden from users; access checked above
        ticket = self.sudo()
        if not ticket.access_token:
            # a new token is no news, and must not have what is written next noted
            ticket = ticket.with_context(mail_notrack=True)
        user = self.env.user
        is_for_customer = user.share and not drafting
        if (
            ticket.is_complaint
            and is_for_customer
            and not ticket._complaint_is_customer(user.partner_id)
        ):
            return ""  # they use their own account
        token = super(HelpdeskTicket, ticket)._portal_ensure_token()
        if not token or not ticket.is_complaint or is_for_customer:
            return token
        return tracking_link.PLACEHOLDER

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        if self.env.su and not tracking_link.is_draft(self.env):
            return super()._get_share_url(redirect, signup_partner, pid, share_token)
        if not self.env.su:
            self.check_access("read")
        # sudo: the field is hidden from users; access checked above
        ticket = self.sudo()
        if not ticket.is_complaint:
            return super(HelpdeskTicket, ticket)._get_share_url(
                redirect, signup_partner, pid, share_token
            )
        if not self.env.user.share:
            ticket = tracking_link.as_draft(ticket)
        elif not ticket._complaint_is_customer(self.env.user.partner_id):
            share_token = False
        # neither may they sign in the customer's name
        return super(HelpdeskTicket, ticket)._get_share_url(
            redirect, share_token=share_token
        )

    def _sign_token(self, pid):
        # sudo: the field is hidden from users; only code of the server asks for this
        return super(HelpdeskTicket, self.sudo())._sign_token(pid)

    def _complaint_tokens_for(self, partners, addresses):
        """Return the tokens for a mail to these recipients, none where they have none.

        Only the customer gets the customer's, and only a representative theirs.

        :param partners: res.partner to whom the mail goes
        :param list addresses: bare e-mail addresses to which it goes
        :return: dict placeholder -> function that returns the token
        """
        self.ensure_one()
        if not self.is_complaint or not (partners or addresses):
            return {}
        # as things are when the mail goes out, whatever it was written for
        ticket = self.with_context(**{RECIPIENT: None, tracking_link.DRAFT: None})
        customer, consent = ticket.partner_id, ticket.complaint_consent_id

        def are(partner, *others):
            own = {*email_normalize_all(partner.email or ""), *filter(None, others)}
            return partners <= partner and own.issuperset(addresses)

        if are(customer, ticket.complaint_email_to):
            return ticket._complaint_customer_tokens()
        if consent and are(consent.partner_id):
            return {tracking_link.PLACEHOLDER: consent._ensure_token}
        return {}

    def _complaint_customer_tokens(self):
        """Hook: return the customer's tokens: dict placeholder -> function, in sudo."""
        return {tracking_link.PLACEHOLDER: self._portal_ensure_token}

    @api.model
    def _get_thread_with_access(
        self, thread_id, *, hash=None, pid=None, token=None, **kwargs
    ):
        # sudo: to tell whether the link has ended, before anything is shown
        ticket = self.browse(thread_id).sudo().exists()
        # Odoo compares texts of ASCII, and fails on others
        known = all(
            isinstance(some, str) and some.isascii() for some in (hash, token) if some
        )
        if (token or hash) and (
            not known
            or not str(pid or 0).isdecimal()
            or not ticket.access_token
            or (ticket.is_complaint and ticket._complaint_link_ended())
        ):
            hash = pid = token = None
        return super()._get_thread_with_access(
            thread_id, hash=hash, pid=pid, token=token, **kwargs
        )

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        result = super()._notify_thread(message, msg_vals, **kwargs)
        if not self._is_notification_scheduled(kwargs.get("scheduled_date")):
            told = (msg_vals or {}).get("body")
            # a message that was just made would be read anew from the database; Odoo
            # makes links with tokens of pictures in a text
            if (
                not isinstance(told, str)
                or "data:image" in told
                or tracking_link.without_tokens(told) != told
            ):
                message._complaint_drop_tokens()
        return result

    @api.autovacuum
    def _gc_complaint_links(self):
        """Remove the tokens of tracking links that have ended, for every route."""
        linked = [
            ("complaint_phase", "in", phases.ENDED),
            ("access_token", "!=", False),
        ]
        tickets = self.with_context(active_test=False)
        for (company,) in tickets._read_group(linked, ["company_id"]):
            limit = fields.Datetime.subtract(
                fields.Datetime.now(), days=company.complaint_link_days
            )
            complaints = tickets.search(
                [
                    *linked,
                    ("company_id", "=", company.id),
                    "|",
                    ("closed_date", "<", limit),
                    "&",
                    ("closed_date", "=", False),
                    ("create_date", "<", limit),
                ],
                limit=_CHUNK,
            )
            ended = complaints.filtered(lambda t: t._complaint_link_ended())
            ended._complaint_end_links()

    def _complaint_role(self, user, token=None):
        """Return the role in which somebody sees the customer page.

        A colleague of the customer's reads and writes, but does not decide on an offer.
        Staff see what the customer sees.

        :param user: res.users, the public one for whoever is not signed in
        :param str token: the one in the link they came by
        :return: ``CUSTOMER``, ``READER``, ``STAFF``, for a representative ``ACTS``,
            ``SPEAKS`` or ``WATCHES``, for anybody else ''
        """
        self.ensure_one()
        # sudo: to tell who it is, before anything is shown
        ticket = self.sudo()
        if not ticket.is_complaint or user in ticket.complaint_concerned_user_ids:
            return ""
        reads = not user._is_public() and self.with_user(user).has_access("read")
        if reads and ticket._complaint_is_customer(user.partner_id):
            return CUSTOMER
        has_link = bool(
            token
            and not ticket._complaint_link_ended()
            and consteq(ticket.access_token.encode(), token.encode())
        )
        if user._is_internal():
            return STAFF if reads or has_link else ""
        if not has_link and (consent := ticket._complaint_acting(user, token)):
            return _BY_CONSENT[consent.scope]
        if reads:
            return READER
        return CUSTOMER if has_link else ""

    def _complaint_is_customer(self, partner):
        """Tell whether somebody is the customer, not a colleague of theirs.

        Where the customer is a company, whoever belongs to it speaks for it.
        """
        ticket = self.sudo()  # who it is, whoever may read partners
        customer = ticket.partner_id
        if not customer:
            return bool(ticket.complaint_email_to) and (
                partner.sudo().email_normalized == ticket.complaint_email_to
            )
        return customer == partner or (
            customer.is_company
            and customer == partner.sudo().commercial_partner_id
            and customer == customer.commercial_partner_id
        )

    def _complaint_is_of(self, other):
        """Tell whether two complaints are from one customer, as far as we know."""
        return bool(
            (self.partner_id and self.partner_id == other.partner_id)
            or (
                self.complaint_email_to
                and self.complaint_email_to == other.complaint_email_to
            )
        )

    # ---------------------------------------------------
    # What the page shows
    # ---------------------------------------------------

    def _complaint_offer(self):
        """Return the remedies on offer, on which the customer is to decide."""
        return self.complaint_remedy_ids.filtered(lambda r: r.state == "proposed")

    def _complaint_accepted_remedies(self):
        """Return the remedies that the customer accepted, done or not."""
        return self.complaint_remedy_ids.filtered(
            lambda r: r.state in ("accepted", "done")
        )

    def _complaint_standing(self):
        """Return where the complaint stands, in words for the customer.

        :return: dict with ``title``, ``text``, ``when`` (by when they hear from us),
            ``expected`` (of them) and ``waiting`` (whether we wait for them)
        """
        self.ensure_one()
        is_open = self.complaint_is_open
        # the final response may leave an offer to decide on
        offer = self._complaint_offer()
        question = is_open and not offer and self._complaint_question()
        if offer:
            title, text, expected = self._complaint_standing_offered()
        elif self._complaint_survivor() != self:
            title, text, expected = self._complaint_standing_merged()
        elif question:
            title, text, expected = self._complaint_standing_asked(question)
        elif is_open:
            title, text = self._complaint_standing_open()
            expected = self.env._(
                "Nothing at the moment. You can write to us below at any time."
            )
        else:
            title, text, expected = self._complaint_standing_ended()
        return {
            "title": title,
            "text": text,
            "when": "" if offer else self._complaint_when(),
            "expected": expected,
            "waiting": bool(offer or question),
        }

    def _complaint_by_day(self, day):
        """Return by when a remedy is done."""
        return self.env._("By %(date)s", date=self._complaint_day(day))

    def _complaint_standing_offered(self):
        day = self._complaint_day(self.complaint_answer_by)
        return (
            self.env._("We have an offer for you"),
            self.env._("Please read it below, and accept or decline it."),
            self.env._("Please decide by %s.", day)
            if day
            else self.env._("Please accept or decline our offer."),
        )

    def _complaint_standing_asked(self, letter):
        return (
            self.env._("We have a question for you"),
            self.env._(
                "You will find it in our letter of %s. Meanwhile we are continuing our "
                "work on your complaint.",
                self._complaint_date(letter.sent_at),
            ),
            self.env._("Please answer below, as best you can."),
        )

    def _complaint_question(self):
        """Return the last letter that asks for information, unless it was answered."""
        letters = self.complaint_letter_ids.filtered(
            lambda letter: letter.kind == "information" and letter.sent_at
        )
        asked = letters.sorted("sent_at")[-1:]
        if asked and any(
            message.date >= asked.sent_at and not self._complaint_is_ours(message)
            for message in self._complaint_shown_messages()
        ):
            return asked.browse()
        return asked

    def _complaint_standing_merged(self):
        survivor = self._complaint_survivor()
        return (
            self.env._("We are handling it together with %s", survivor.number)
            if survivor._complaint_is_of(self)
            else self.env._("We are handling it together with another complaint"),
            self.env._(
                "Both are about the same matter. You will have one answer to both."
            ),
            self.env._("Nothing at the moment. You can write to us below at any time."),
        )

    def _complaint_standing_open(self):
        # a phase of another addon is shown as the known one before it
        phase = phases.known(
            self.complaint_phase, self.stage_id._complaint_open_phases()
        )
        if self.complaint_review_open:
            return (
                self.env._("Someone else will review your complaint"),
                self.env._(
                    "We are choosing a reviewer who has not dealt with it so far."
                ),
            )
        if phase == phases.RECEPTION:
            return self.env._("We have your complaint"), self.env._(
                "We are finding out what happened."
            )
        if phase in (phases.HEARING, phases.CALMING):
            return (
                self.env._("We are finding out what happened"),
                self.env._("We want to understand it from your point of view."),
            )
        if phase == phases.AGREEMENT:
            return self.env._("We have agreed on a solution"), self.env._(
                "We are now doing what we agreed."
            )
        if self.complaint_decision == "rejected":
            return (
                self.env._("We are looking for a better solution"),
                self.env._("You declined our offer. Thank you for telling us."),
            )
        if self.complaint_level == "second":
            return (
                self.env._("Someone else is reviewing your complaint"),
                self.env._(
                    "Your complaint is being reviewed by %(reviewer)s, who has not "
                    "dealt with it before. You do not have to explain everything "
                    "again.",
                    reviewer=self.complaint_reviewer_id.name or self.company_id.name,
                ),
            )
        return (
            self.env._("We are working out how to put it right"),
            self.env._("We know what happened and are preparing our answer."),
        )

    def _complaint_standing_ended(self):
        if self.complaint_phase == phases.WITHDRAWN:
            return (
                self.env._("You withdrew your complaint"),
                self.env._("Thank you for telling us what happened."),
                self.env._("Nothing. If it happens again, please write to us below."),
            )
        day = self._complaint_date(self.complaint_resolved_at)
        return (
            self.env._("Your complaint is settled")
            if self.complaint_phase == phases.CLOSED
            else self.env._("You have our answer"),
            self.env._("We gave you our answer on %s.", day) if day else "",
            self._complaint_expected_at_the_end(),
        )

    def _complaint_expected_at_the_end(self):
        """Hook: return what is expected of the customer once it has been answered."""
        return self.env._(
            "Nothing at the moment. You can write to us below at any time."
        )

    def _complaint_when(self):
        """Return by when the customer has the final response, or that it is overdue."""
        if not self.complaint_is_open:
            return ""
        if (
            self.complaint_phase == phases.AGREEMENT
            and self._complaint_accepted_remedies()
        ):
            return ""  # each remedy has its own day
        if self.complaint_promised_at:
            return self.env._(
                "You will have our answer by %s.",
                self._complaint_date(self.complaint_promised_at),
            )
        late = self.complaint_milestone_ids.filtered(
            lambda row: (
                row.milestone == promises.RESOLVE and row.state == milestones.BREACHED
            )
        )
        if late:
            return self.env._(
                "Our answer was due on %s. We are sorry that it is late.",
                self._complaint_date(max(late.mapped("deadline"))),
            )
        return ""

    def _complaint_answer(self):
        """Return the final response as paragraphs, once it is given."""
        if self.complaint_phase not in phases.RESOLVED:
            return []
        verdict = {
            "upheld": self.env._("You are right."),
            "partly_upheld": self.env._("You are right in part."),
            "not_upheld": self.env._("We have come to a different conclusion."),
        }.get(self.complaint_outcome)
        shown = (verdict, self.complaint_findings, self.complaint_reason)
        return [text for text in shown if text]

    def _complaint_told_title(self):
        """Return the summary, or '' where the description begins with it."""
        told = (self.description or Markup()).striptags()
        return "" if told.startswith(self.name.rstrip("…")) else self.name

    def _complaint_shown_messages(self, acting=False):
        """Return what the customer and we wrote to each other, the latest first.

        Notes, and mails that are kept as notes, are between colleagues. Of a letter
        that went to two, each sees their own copy.

        :param bool acting: as a representative sees it
        """
        Message = self.env["mail.message"].sudo()  # of a complaint they may read
        messages = Message.search(
            Domain(
                [
                    ("model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("message_type", "in", _MESSAGE_TYPES),
                    ("is_internal", "=", False),
                    ("subtype_id", "!=", False),
                    ("subtype_id.internal", "=", False),
                ]
            ),
            order="id desc",
        )
        # sudo: a register of letters, of a complaint they may read
        copies = self.sudo().complaint_letter_ids.filtered("copy_of_id")
        others = (copies.copy_of_id if acting else copies).message_id
        return (messages - others).filtered(
            lambda message: message.attachment_ids or message.body.striptags().strip()
        )

    def _complaint_is_ours(self, message):
        """Tell whether a message is from our side, not from the customer's."""
        author = message.author_id.with_context(active_test=False)
        return any(user._is_internal() for user in author.user_ids)

    def _complaint_shown_documents(self):
        """Return the files the customer sent or was sent, never those between us."""
        Attachment = self.env["ir.attachment"].sudo()  # of a complaint they may read
        own = Attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("res_field", "=", False),
                ("create_uid.share", "=", True),
            ]
        )
        return (own | self._complaint_shown_messages().attachment_ids).sorted("id")

    def _complaint_can_request_review(self):
        """Review: tell whether the customer may ask for one."""
        return (
            self._complaint_was_answered()
            and self.complaint_phase != phases.WITHDRAWN
            # an offer is to be decided on first
            and not self._complaint_offer()
            # what was agreed is to be carried out first
            and not self._complaint_agreement_stands()
            and not self.complaint_review_open
            and (self.complaint_level != "second" or bool(self.complaint_referred_at))
        )

    # ---------------------------------------------------
    # What the customer does
    # ---------------------------------------------------

    def _complaint_write(self, words, files=(), partner=None):
        """Post what a customer writes on their page, with the same effects as a mail.

        The caller has checked who it is.

        :param str words: plain text
        :param files: pairs of name and content
        :param partner: res.partner of whoever is signed in, if anybody
        :return: the complaint it was posted on: a new one where this one was closed too
            long ago to be reopened
        """
        self.ensure_one()
        survivor = self._complaint_survivor()
        if survivor != self:
            survivor._complaint_write(words, files, partner or self.partner_id)
            return self
        ended = self.complaint_phase in phases.ENDED
        if ended and not self._complaint_may_reopen():
            return self._complaint_continue_earlier(words, files, partner)
        ticket = self.with_context(
            mail_post_autofollow_author_skip=True, mail_post_autofollow=False
        )
        kept, failed = self._complaint_keep_files(files, pending=True)
        body = plain_text.as_html(words) if words else Markup()
        if failed:
            body += self._complaint_not_kept(failed)
        if not ticket.active:
            ticket.active = True  # it would be overlooked in the archive
        responsible = ticket.complaint_responsible_id.partner_id
        ticket.message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=kept.ids,
            # whether or not they follow it
            partner_ids=responsible.ids,
            **ticket._complaint_author(partner),
        )
        ticket._complaint_isolated(
            lambda some: (
                some._complaint_reopen_by_answer()
                if ended
                else some._complaint_answer_came()
            ),
            self.env._("The customer's message was saved, but a step after it failed"),
            type(self)._complaint_something_failed,
        )
        return self

    def _complaint_continue_earlier(self, words, files, partner):
        """Register a new complaint that continues this closed one."""
        self._complaint_count_message((partner or self.partner_id).id)
        vals = {
            "name": self.name,
            "description": plain_text.as_html(words),
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
            "channel_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "crm_complaints.helpdesk_ticket_channel_web"
            ),
            "partner_id": (partner or self.partner_id).id,
            "partner_name": partner.name if partner else self.partner_name,
            "partner_email": partner.email if partner else self.partner_email,
            **self._complaint_prepare_continuing_vals(self),
            "user_id": False,
        }
        again = self._complaint_create_plainly(vals)
        again._complaint_add_files(files)
        again._complaint_isolated(
            lambda some: some._complaint_continued(),
            self.env._("The earlier complaint could not be linked"),
            type(self)._complaint_something_failed,
        )
        return again

    def _complaint_add_files(self, files):
        """Keep files that came with a new complaint; say which could not be kept.

        :return: the names of those that could not be kept
        """
        failed = self._complaint_keep_files(files)[1]
        if failed:
            summary = self.env._(
                "Ask the customer again for %s, which could not be saved",
                ", ".join(failed),
            )
            self._complaint_something_failed(summary, summary)
            self.description = Markup("%s%s") % (
                self.description or "",
                self._complaint_not_kept(failed),
            )
        return failed

    def _complaint_name_empty_files(self):
        """Tell the customer, and whoever handles it, which files came empty.

        They were kept by a form that does not look at them.
        """
        if not self.is_complaint:
            return
        empty = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("type", "=", "binary"),
                ("file_size", "=", 0),
            ]
        )
        if not empty:
            return
        names = ", ".join(empty.mapped("name"))
        empty.unlink()
        summary = self.env._(
            "Ask the customer again for %s, which arrived empty", names
        )
        self._complaint_something_failed(summary, summary)
        self.description = Markup("%s<p><em>%s</em></p>") % (
            self.description or "",
            self.env._("These files are empty: %s. Please send them again.", names),
        )

    def _complaint_not_kept(self, failed):
        """Return what tells the customer which of their files could not be kept."""
        return Markup("<p><em>%s</em></p>") % self.env._(
            "We could not accept these files: %s. Please send them another way.",
            ", ".join(failed),
        )

    # ---------------------------------------------------
    # How much one person writes
    # ---------------------------------------------------

    def message_post(self, **kwargs):
        self._complaint_count_message(kwargs.get("author_id"))
        return super().message_post(**kwargs)

    def _message_update_content(self, message, /, **kwargs):
        self._complaint_count_message(message.author_id.id)
        return super()._message_update_content(message, **kwargs)

    def _complaint_count_message(self, author_id, purpose="answer", most=MOST_MESSAGES):
        """Count what a customer sends, by whichever page or call it comes.

        Mails are not counted, which come without a visitor. Whoever wrote much decides
        all the same.

        :param int author_id: of the contact for whom the visitor writes
        :raises TooManyMessages: where it is more than people write
        """
        if self.env.context.get("complaint_deciding") is DECIDING:
            purpose, most = "decision", MOST_DECISIONS
        visitor = request.env.user if request else self.env["res.users"]
        # sudo: only whether it is a complaint
        if not visitor.share or not any(ticket.is_complaint for ticket in self.sudo()):
            return
        partner = visitor.partner_id
        # sudo: whether it is a message of ours, which code posts
        author = partner.sudo().browse(author_id or ()).with_context(active_test=False)
        if self.env.su and any(user._is_internal() for user in author.user_ids):
            return
        if not visitor._is_public():
            author_id = partner.id
        elif author_id == partner.id:
            author_id = False  # who came by the link, where no contact is known
        key = f"{','.join(map(str, self.ids))}/{author_id or ''}"
        # sudo: a limit on which no user has rights
        Quota = self.env["complaint.quota"].sudo()
        if not Quota._claim(purpose, {key: 1}, most)[key]:
            raise TooManyMessages(
                self.env._(
                    "Many messages have been sent within an hour. Please send this one "
                    "a little later."
                )
            )

    def _complaint_withdraw(self, words="", partner=None):
        """Withdraw the complaint, as its customer asks.

        The caller has checked that it is them.

        :raises UserError: where it is no longer open
        """
        self.ensure_one()
        self.action_complaint_withdraw()
        body = Markup("<p>%s</p>") % self.env._("I withdraw my complaint.")
        self.message_post(
            body=body + (plain_text.as_html(words) if words else ""),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.complaint_responsible_id.partner_id.ids,
            **self._complaint_author(partner),
        )

"""helpdesk.ticket, letters: rendered, sent by mail or printed, and kept."""

from datetime import timedelta

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize
from odoo.tools.misc import get_lang

from ...engine import acknowledgement, plain_text, tone
from .complaint_letter import TEMPLATES
from .letter_layout import LAYOUT
from .recipients import RECIPIENT, REPRESENTATIVE_LETTERS

# key in the context: values of a letter beside those of the complaint
LETTER_VALUES = "complaint_letter_values"
# key in the context: the code of the language in which the letter was written
LETTER_LANG = "complaint_letter_lang"

# So many days a representative has to send the customer's consent.
CONSENT_DAYS = 14


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_letter_ids = fields.One2many(
        comodel_name="complaint.letter",
        inverse_name="ticket_id",
        string="Letters",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
    )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_letter(self):
        """Open the wizard that writes a letter to the customer.

        Context ``complaint_letter_kind``: a kind of ``complaint.letter``; without it
        the wizard asks.

        :raises UserError: where there is no such kind
        """
        self.ensure_one()
        self.check_access("write")
        kind = self.env.context.get("complaint_letter_kind")
        if kind and (kind not in TEMPLATES or kind == "agreement"):
            raise UserError(self.env._("This kind of letter is not available."))
        if kind == "extension":
            return self.action_complaint_extend()
        context = {"default_ticket_id": self.id}
        if kind:
            context["default_kind"] = kind
        return {
            "name": self.env["complaint.letter"]._kind_label(kind)
            if kind
            else self.env._("Write Letter"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.letter.compose",
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def action_complaint_print_acknowledgement(self):
        """Print the acknowledgement that was sent by mail.

        :raises UserError: where there is none
        """
        self.ensure_one()
        self.check_access("write")
        letters = self.complaint_letter_ids.filtered(
            lambda letter: letter.kind == "acknowledgement"
        )
        return (letters[:1] or self._complaint_keep_acknowledgement()).action_print()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_render_letter(self, kind, on_paper=False, signer=None, **context):
        """Return subject, text and language of a letter.

        The user has to be able to read the complaint; templates need no rights.

        :param str kind: of ``complaint.letter``
        :param bool on_paper: without the tracking link
        :param signer: res.users who signs it; by default ``_complaint_present_signer``
        :param context: what the template reads beside the complaint
        :return: (str, Markup, language code); empty strings without a template
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: handlers have no rights on templates
        template = (
            self.env.ref(TEMPLATES[kind], False) or self.env["mail.template"]
        ).sudo()
        if not template:
            return "", Markup(), False
        template = template.with_context(
            # values of the user's own context are ignored
            **{
                LETTER_VALUES: {},
                "complaint_letter_policy_id": False,
                # no tracking link without consent on file
                "complaint_on_paper": on_paper or kind in REPRESENTATIVE_LETTERS,
                "complaint_signer": signer or self._complaint_present_signer(),
                **context,
            },
        )
        lang = self._complaint_letter_lang(template)
        template = template.with_context(lang=lang)
        subject = template._render_field("subject", self.ids)[self.id]
        body = template._render_field("body_html", self.ids)[self.id]
        if body and get_lang(self.env, lang).direction == "rtl":
            body = Markup('<div dir="rtl">%s</div>') % body
        return subject, body, lang

    def _complaint_letter_signer(self):
        """Return who signs: the user in the context, or whoever is present."""
        self.ensure_one()
        signer = self.env.context.get("complaint_signer")
        # a record, which nobody can send over RPC
        if isinstance(signer, models.BaseModel) and signer:
            return signer.with_env(self.env)
        return self._complaint_present_signer()

    def _complaint_letter_phone(self):
        """Return the number on which to call whoever signs, else the company's."""
        self.ensure_one()
        phone = self._complaint_letter_signer().phone or self.company_id.phone
        return self._complaint_left_to_right(phone)

    @api.model
    def _complaint_left_to_right(self, text):
        """Return a phone number with direction marks, to be readable in Arabic text.

        These marks survive mail programs and plain text.
        """
        if text and get_lang(self.env).direction == "rtl":
            return f"\u200e{text}\u200e"
        return text

    def _complaint_letter_lang(self, template):
        lang = template.lang and template._render_lang(self.ids)[self.id]
        return get_lang(self.env, lang or self.env.lang).code

    def _complaint_letter_values(self):
        """Return the values of letters about this complaint, by their template names.

        What the handler is typing takes precedence over the complaint's fields. Texts
        come without their last full stop, as they are put into sentences.
        """
        self.ensure_one()
        typed = self._complaint_typed_values()
        facts = self._complaint_letter_facts()
        names = (
            *("needed", "done", "open", "next_date", "impact", "points"),
            *("other_points", "reviewer", "body", "body_contact", "words"),
            *("old_due", "reason", "findings", "told"),
        )
        values = {**dict.fromkeys(names, ""), **facts, **typed}
        values["matter"] = tone.calm(values["matter"])
        listed = {
            f"{name}_list": self._complaint_letter_points(values[name])
            for name in ("told", "findings")
        }
        return {
            name: self._complaint_letter_text(value, whole=name == "words")
            if isinstance(value, str)
            else self._complaint_dates_written_out(value)
            for name, value in {**values, **listed}.items()
        }

    def _complaint_letter_facts(self):
        """Hook: return the complaint's values for letters, by their template names."""
        self.ensure_one()
        return {
            "matter": self.name,
            "told": tone.calm(self.name),
            "remedy_sought": self.complaint_remedy_sought,
            "due": self.complaint_promised_at,
            "who": self.complaint_responsible_id.name,
            "consent_by": self._complaint_consent_by(),
        }

    def _complaint_consent_by(self):
        """Return by when a representative is asked for the customer's consent."""
        days = timedelta(days=CONSENT_DAYS)
        asked = fields.Date.context_today(self.with_context(tz=self.complaint_tz))
        return asked + days

    def _complaint_typed_values(self):
        """Return what was typed for the letter in work, by placeholder."""
        typed = self.env.context.get(LETTER_VALUES)
        return typed if isinstance(typed, dict) else {}  # a client may send anything

    def _complaint_letter_matter(self):
        """Return the matter of a letter, for its subject."""
        self.ensure_one()
        typed = self._complaint_typed_values()
        return tone.calm(typed.get("matter") or self.name)

    @api.model
    def _complaint_letter_text(self, text, whole=False):
        """Return a typed text, to be put into a sentence of a letter.

        :param bool whole: it consists of whole sentences
        """
        if isinstance(text, Markup):
            return text
        text = text.strip() if whole else plain_text.without_full_stop(text)
        lines = text.splitlines()
        return Markup("<br/>").join(escape(line) for line in lines)

    @api.model
    def _complaint_letter_points(self, text):
        """Return the lines of a typed text, to be put into a list of a letter."""
        lines = (
            line.strip().lstrip("-*•").strip() for line in (text or "").splitlines()
        )
        return [self._complaint_letter_text(line) for line in lines if line]

    def _complaint_letter_way(self):
        """Return the best way for a letter to the customer."""
        on_paper = self.channel_id.complaint_acknowledge_by == acknowledgement.LETTER
        recipients = self._complaint_per_recipient()
        if not any(recipient.complaint_email_to for recipient in recipients) or (
            on_paper and recipients[0]._complaint_recipient_partner().street
        ):
            return "paper"
        return "mail"

    def _complaint_letter_addresses(self, kind=None):
        """Return the e-mail addresses to which a letter goes, separated by commas.

        :param str kind: of ``complaint.letter``
        :raises AccessError: where the user may not read the complaint
        """
        self.check_access("read")
        recipients = self._complaint_per_recipient(kind)
        return ", ".join(filter(None, (some.complaint_email_to for some in recipients)))

    def _complaint_way_to(self, way):
        """Return the way of a letter to one recipient: without an address on paper.

        :param str way: "mail" or "paper", as chosen
        """
        return "mail" if way == "mail" and self.complaint_email_to else "paper"

    def _complaint_send_letter(
        self, kind, subject, body, lang, way, signer=None, automatic=False
    ):
        """Send a letter to one recipient, and keep it as it was sent.

        By mail it is sent from the chatter; on paper it is a note there, to be
        printed. The user has to be able to write the complaint, which is one of
        ``_complaint_per_recipient``.

        :param str kind: of ``complaint.letter``
        :param str way: "mail" or "paper"
        :param signer: res.users who signs it; by default ``_complaint_present_signer``
        :param bool automatic: nobody wrote it: it is no personal answer
        :return: complaint.letter
        :raises UserError: where there is nothing to send, or nowhere to send it to
        """
        self.ensure_one()
        self.check_access("write")
        if not subject or not body:
            raise UserError(
                self.env._("The letter has no subject or no text. Please complete it.")
            )
        if way == "mail" and not self.complaint_email_to:
            raise UserError(
                self.env._(
                    "There is no e-mail address for this letter. Please enter one, "
                    "or print the letter."
                )
            )
        Letter = self.env["complaint.letter"].sudo()  # a register that nobody edits
        letter = Letter.create(
            {
                **Letter._prepare_letter_vals(self, kind, subject, body, lang, way),
                "user_id": (signer or self._complaint_present_signer()).id,
            }
        )
        letter.message_id = self._complaint_post_letter(
            subject, body, lang, way, letter.user_id if automatic else None
        )
        return letter.sudo(False)

    def _complaint_send_letters(self, kind, render, way, signer=None, automatic=False):
        """Send a letter to all its recipients, to each in their own version.

        The user has to be able to write the complaint.

        :param str kind: of ``complaint.letter``
        :param render: function of (complaint in the recipient's context, way) that
            returns subject, text and language
        :param str way: "mail" or "paper"; without an address it goes on paper
        :param signer: res.users who signs it; by default ``_complaint_present_signer``
        :param bool automatic: nobody wrote it: it is no personal answer
        :return: complaint.letter
        :raises UserError: where there is nothing to send, or nowhere to send it to
        """
        self.ensure_one()
        recipients = self._complaint_per_recipient(kind)
        if way == "mail" and not any(
            recipient.complaint_email_to for recipient in recipients
        ):
            raise UserError(
                self.env._(
                    "There is no e-mail address for this letter. Please enter one, "
                    "or print the letter."
                )
            )
        letters = self.env["complaint.letter"]
        for recipient in recipients:
            way_to = recipient._complaint_way_to(way)
            subject, body, lang = render(recipient, way_to)
            letters += recipient._complaint_send_letter(
                kind, subject, body, lang, way_to, signer, automatic
            ).with_env(self.env)
        # sudo: a register that nobody edits
        letters[1:].sudo().copy_of_id = letters[:1]
        return letters

    def _complaint_post_letter(self, subject, body, lang, way, sender=None):
        """Post a letter to one recipient, or note one that goes on paper.

        :param sender: res.users in whose name an automatic letter goes out, or none of
            them for the team; by default the user has written it
        :return: mail.message
        """
        # whatever posting triggers must not depend on the recipient
        ticket = self.with_context(**{RECIPIENT: None, LETTER_LANG: lang})
        if way == "paper":
            return ticket.message_post(
                subject=subject, body=body, subtype_xmlid="mail.mt_note"
            )
        partner = self._complaint_recipient_partner()
        address = self.complaint_email_to
        known = email_normalize(partner.email, strict=False) == address
        return ticket.message_post(
            subject=subject,
            body=body,
            message_type="comment" if sender is None else "email_outgoing",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid=LAYOUT,
            # letters are signed
            email_add_signature=False,
            **({} if sender is None else self._complaint_sender_vals(sender)),
            **(
                {"partner_ids": partner.ids}
                if known
                else {"outgoing_email_to": address}
            ),
        )

    def _complaint_sender_vals(self, user):
        """Return author and sender of a message in a user's name, or in the company's."""
        author = user.partner_id or self.company_id.partner_id
        return {
            "author_id": author.id,
            "email_from": self.complaint_email_from,
            # the customer, whoever is signed in, and no colleague
            "notify_author": True,
            "notify_skip_followers": True,
        }

    def _complaint_keep_acknowledgement(self):
        """Register the acknowledgement that was sent by mail as a letter.

        :raises UserError: where there is none
        """
        mail = self._complaint_acknowledgement_mails()[:1]
        message = mail.mail_message_id
        if not message:
            raise UserError(
                self.env._(
                    "No acknowledgement has been sent by e-mail, so there is nothing "
                    "to print."
                )
            )
        Letter = self.env["complaint.letter"].sudo()  # a register that nobody edits
        # sudo: handlers have no rights on templates
        template, *_frame = self._complaint_acknowledgement_frame()
        vals = Letter._prepare_letter_vals(
            self,
            "acknowledgement",
            message.subject,
            message.body,
            self._complaint_letter_lang(template.sudo()),
            "mail",
        )
        sent_at = self.complaint_acknowledged_at or message.date
        return Letter.create(
            {
                **vals,
                "email_to": mail.email_to,
                "sent_at": sent_at,
                "date": fields.Datetime.context_timestamp(
                    self.with_context(tz=self.complaint_tz), sent_at
                ).date(),
                "message_id": message.id,
            }
        ).sudo(False)

    def _complaint_letter_policy(self):
        """Return the policy that applies to a letter."""
        self.ensure_one()
        policy_id = self.env.context.get("complaint_letter_policy_id")
        if policy_id:
            return self.env["complaint.policy"].browse(policy_id)
        return self.complaint_policy_id

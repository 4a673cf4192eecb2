"""mail.message: what was written about a complaint stays as it was written.

Customers do not see notes, and staff complained about see nothing.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import clean_context

from ..core.constants import TICKET
from .names import hide_names

# What Odoo's web client changes when somebody edits a message of their own.
_EDITED = frozenset({"attachment_ids", "body", "partner_ids", "subject"})
# What says nothing of a message: who has marked it for themselves.
_HARMLESS = frozenset({"starred_partner_ids"})
# What is true of a message whoever writes it: when it was written, how it came, what it
# tracks, to whom it went.
NOTED = frozenset(
    {
        "author_guest_id",
        "child_ids",
        "date",
        "incoming_email_cc",
        "incoming_email_to",
        "mail_ids",
        "message_id",
        "notification_ids",
        "notified_partner_ids",
        "pinned_at",
        "reaction_ids",
        "tracking_value_ids",
    }
)


class MailMessage(models.Model):
    _inherit = "mail.message"

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        # a search of tickets by their messages would tell what is in the notes
        if bypass_access and not self.env.su and not self.env.user._is_internal():
            domain = Domain(domain) & (
                Domain("model", "!=", TICKET) | self._get_search_domain_share()
            )
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _get_forbidden_access(self, operation):
        """Hide all notes from customers who ask for their ids.

        Odoo hides all notes from their searches, but of those asked for by id only the
        ones that were written in Odoo as comments. What a customer may write is decided
        in `create`.
        """
        forbidden = super()._get_forbidden_access(operation)
        if operation == "create":
            return forbidden
        return forbidden + (self - forbidden)._complaint_notes_for_staff()

    @api.model
    def _get_with_access(self, message_id, mode="read", **kwargs):
        # by a link with a token as well
        message = super()._get_with_access(message_id, mode=mode, **kwargs)
        return message - message._complaint_notes_for_staff()

    def _complaint_notes_for_staff(self):
        """Return those of these messages on tickets that the user is not to see."""
        if not self or self.env.user._is_internal():
            return self.browse()
        # sudo: to see which are notes, not to show them
        messages = self.sudo().filtered(lambda message: message.model == TICKET)
        shown = messages.filtered_domain(self._get_search_domain_share())
        return (messages - shown).with_env(self.env)

    def _compute_record_name(self):
        result = super()._compute_record_name()
        hide_names(self, "record_name", "model")
        return result

    def _compute_display_name(self):
        result = super()._compute_display_name()
        # all employees may read notifications, which name their message
        hide_names(self.sudo(), "display_name", "model", saved=True)
        return result

    # ---------------------------------------------------
    # Writing
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            prepared = self._complaint_prepare_vals_list(vals_list)
            if any(
                new is not vals for new, vals in zip(prepared, vals_list, strict=True)
            ):
                # nor may they come as defaults
                self = self.with_context(clean_context(self.env.context))
            vals_list = prepared
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._complaint_ensure_kept(vals.keys())
            if {"model", "res_id"} & vals.keys() and self._complaint_among(
                (vals.get("model", one.model), vals.get("res_id", one.res_id))
                for one in self.sudo()  # only where they are
            ):
                raise self._complaint_kept_error()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaints(self):
        self._complaint_ensure_kept()

    def _complaint_ensure_kept(self, names=None):
        """Refuse to change or delete what was written about a complaint.

        Of their own notes, which nobody outside was sent, staff may change what they
        wrote, and delete them.

        :param names: of the fields to be written; None where all is to be deleted
        :raises AccessError: where the user may not
        """
        if self.env.su or not self:
            return
        names = _EDITED if names is None else names - _HARMLESS
        kept = names and self._complaint_of_complaints()
        if kept and not names - _EDITED:
            kept -= kept._complaint_own_notes()
        if kept:
            raise self._complaint_kept_error()

    def _complaint_kept_error(self):
        return AccessError(
            self.env._(
                "Messages on a complaint cannot be changed or deleted. Please post "
                "another message with the correction."
            )
        )

    def _complaint_of_complaints(self):
        """Return those of these messages that are on complaints."""
        # sudo: only where they are
        places = {message: (message.model, message.res_id) for message in self.sudo()}
        complaint_ids = self._complaint_among(places.values())
        return self.browse(
            message.id
            for message, (model, res_id) in places.items()
            if model == TICKET and res_id in complaint_ids
        )

    @api.model
    def _complaint_among(self, places):
        """Return the ids of the complaints among pairs of model and id."""
        ids = {
            res_id
            for model, res_id in places
            if model == TICKET and isinstance(res_id, int)
        }
        # sudo: whether they are complaints, not what they say
        tickets = self.env[TICKET].sudo().browse(filter(None, ids)).exists()
        return set(tickets._complaint_ever().ids)

    def _complaint_own_notes(self):
        """Return those of these messages that are notes of the user's own."""
        user = self.env.user
        if not user._is_internal():
            return self.browse()

        def is_own_note(message):
            return (
                message.message_type == "comment"
                and message.author_id == user.partner_id
                and (message.is_internal or message.subtype_id.internal)
                and not message.tracking_value_ids
                and not message.outgoing_email_to
                and not any(
                    partner.partner_share
                    for partner in message.notified_partner_ids | message.partner_ids
                )
            )

        # sudo: what they are, to whom they went
        return self.sudo().filtered(is_own_note).with_env(self.env)

    @api.model
    def _complaint_prepare_vals_list(self, vals_list):
        """Return the values of new messages as far as a user may choose them.

        On a complaint nobody writes in the name of a customer, at another time than
        now, or what seems to have come by mail; customers write no notes.

        :param list vals_list: of ``create``; other values may come with the context
        """
        context = self.env.context
        defaults = {
            name: context[key]
            for name in self._fields
            if (key := f"default_{name}") in context
        }
        places = [
            tuple({**defaults, **vals}.get(name) for name in ("model", "res_id"))
            for vals in vals_list
        ]
        complaint_ids = self._complaint_among(places)
        return [
            self._complaint_prepare_vals({**defaults, **vals})
            if model == TICKET and res_id in complaint_ids
            else vals
            for vals, (model, res_id) in zip(vals_list, places, strict=True)
        ]

    @api.model
    def _complaint_prepare_vals(self, vals):
        """Return the values of a new message on a complaint; see above."""
        vals = {name: value for name, value in vals.items() if name not in NOTED}
        if vals.get("author_id") or vals.get("email_from"):
            author = self.env["res.partner"].browse(vals.get("author_id") or ())
            if not self._complaint_may_be_author(author):
                author = self.env.user.partner_id
                vals["email_from"] = author.email_formatted
            vals["author_id"] = author.id
        if vals.get("message_type") == "email":
            vals["message_type"] = "comment"
        if not self.env.user._is_internal():
            comment = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
            vals.update(message_type="comment", is_internal=False, subtype_id=comment)
        return vals

    @api.model
    def _complaint_may_be_author(self, author):
        """Tell whether a user may name a partner as author: a colleague or themselves.

        Templates are sent in the name of colleagues and of the company.
        """
        if author == self.env.user.partner_id:
            return True
        # sudo: whether it is a company or a colleague of ours, whom all of them may read
        partner = author.sudo().with_context(active_test=False)
        return partner != self.env.ref("base.partner_root") and bool(
            partner.user_ids.filtered(lambda user: user._is_internal())
            or self.env["res.company"].sudo().search([("partner_id", "=", partner.id)])
        )

    # ---------------------------------------------------
    # Staff complained about
    # ---------------------------------------------------

    def _notify_message_notification_update(self):
        # Odoo shows authors on their screen what became of their message
        return super(
            MailMessage, self - self._complaint_hidden_from_author()
        )._notify_message_notification_update()

    def _complaint_hidden_from_author(self):
        """Return those of these messages on complaints that are about their author."""
        Users = self.env["res.users"]

        def is_hidden(message):
            return message.model == TICKET and any(
                message.res_id in Users._complaint_hidden_ids(user.id)
                for user in message.author_id.user_ids
            )

        # sudo: only to see which complaint they belong to
        return self.sudo().filtered(is_hidden).sudo(False)

"""mail.thread: Odoo's gateway hands mail about complaints over to theirs."""

import xmlrpc.client
from functools import partial

from markupsafe import Markup

from odoo import api, models

from ...engine.mail import (
    body as mail_body,
)
from ...engine.mail import (
    headers as mail_headers,
)
from ...engine.mail import (
    incoming as incoming_mail,
)
from ...engine.mail.incoming import IncomingMail
from ..core.helpdesk_ticket import DeferredIntake
from .complaint_gateway import TICKET, Delivery


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Take a mail in; see Odoo's own docstring for the arguments."""
        if isinstance(message, xmlrpc.client.Binary):
            message = bytes(message.data)
        if isinstance(message, str):
            message = message.encode("utf-8", "surrogateescape")
        delivery = Delivery(
            model, custom_values, save_original, strip_attachments, thread_id
        )
        return self.env["complaint.gateway"]._process(
            message,
            delivery,
            partial(
                super().message_process,
                model,
                message,
                custom_values=custom_values,
                save_original=save_original,
                strip_attachments=strip_attachments,
                thread_id=thread_id,
            ),
        )

    @api.model
    def _complaint_incoming_mail(self):
        """Return the mail that is being taken in, None where there is none."""
        incoming = self.env.context.get("complaint_incoming")
        # a type of our own: what comes over RPC is none
        return incoming if isinstance(incoming, IncomingMail) else None

    # ---------------------------------------------------
    # From a mail to a message
    # ---------------------------------------------------

    @api.model
    def _complaint_parse(self, incoming, delivery):
        """Return the values of the message that a mail becomes.

        :param incoming: ``IncomingMail``
        :param delivery: ``complaint_gateway.Delivery``
        """
        values = self.message_parse(
            incoming.message, save_original=delivery.save_original
        )
        self._complaint_read_body(incoming, values)
        if delivery.strip_attachments:
            values.pop("attachments", None)
        if incoming.is_completing:
            ticket = self.env[TICKET].sudo().browse(incoming.ticket_id)
            values["attachments"] = ticket._complaint_missing_files(
                values.get("attachments") or ()
            )
        message_id = incoming.facts.message_id
        if not message_id or self.env["mail.message"].sudo().search_count(
            [("message_id", "=", values["message_id"])], limit=1
        ):
            # another mail has it: this one is kept beside it
            values["message_id"] = incoming_mail.another_id(message_id, incoming.key)
        return values

    @api.model
    def _complaint_values(self, incoming, values):
        """Return the values of the message that a mail becomes on a complaint."""
        values = dict(values)
        if not incoming.ticket_id or incoming.is_note:
            values.pop("parent_id", None)
        if not incoming.is_staff:
            # what the customer answers to a note of ours is none itself
            values["is_internal"] = incoming.is_note
        if incoming.remark:
            values["body"] = (
                Markup("<p><strong>%s</strong></p>") % incoming.remark
            ) + values["body"]
        return values

    @api.model
    def _complaint_read_body(self, incoming, values):
        """Make a mail's text safe to open, fold what is quoted, keep the sender's words.

        :param incoming: ``IncomingMail``
        :param dict values: as ``message_parse`` reads them; its body is replaced
        """
        subject = values.get("subject") or ""
        if incoming.ticket_id:
            # an answer, also where its mail program does not say so
            subject = f"Re: {subject}"
        body = mail_body.harmless(values.get("body") or "", self.env._("Picture"))
        incoming.own_words = mail_body.own_words(body, subject)
        values["body"] = Markup(mail_body.folded(body, subject))

    @api.model
    def _complaint_deliver(self, incoming, delivery, values):
        """Post a mail where it belongs, as Odoo's gateway does.

        :return: the complaint
        """
        message = incoming.message
        values = dict(values)
        routes = self.message_route(
            message,
            values,
            delivery.model,
            delivery.thread_id,
            delivery.custom_values,
        )
        values.update(self._message_parse_post_process(message, values, routes))
        # looked for, and not to be looked for again
        values["author_id"] = values["author_id"] or False
        self._message_route_process(message, values, routes)
        return self.env[TICKET].browse(
            incoming.created_ids[:1] or incoming.ticket_id or ()
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Take complaints in after the mail that brings them stands on them."""
        incoming = self._complaint_incoming_mail()
        if not incoming:
            return super()._message_route_process(message, message_dict, routes)
        created_ids = DeferredIntake()
        process = super(
            MailThread, self.with_context(complaint_deferred_ids=created_ids)
        )._message_route_process
        thread_id = False
        # each by itself: what concerns one is not said on the other, and Odoo takes
        # whom a mail was sent to out of its values
        for route in routes:
            if route[0] == TICKET and not route[4]:
                values = self._complaint_values(incoming, message_dict)
            else:
                values = {**message_dict, "parent_id": False, "is_internal": False}
            thread_id = process(message, values, [route])
        incoming.created_ids = list(created_ids)
        # sudo: as the gateway does, which acts for whoever sent the mail
        Ticket = self.env[TICKET].sudo()
        Ticket.browse(created_ids)._complaint_show_pictures(incoming, message_dict)
        Ticket.browse(created_ids)._complaint_registered()
        Ticket.browse(created_ids or incoming.ticket_id or ())._complaint_mail_came(
            incoming
        )
        return thread_id

    @api.model
    def _complaint_deliver_plainly(self, incoming, values):
        """Register a mail with as little as possible beside it.

        Where posting it the usual way failed, whatever it was that failed: partners are
        not looked for, nobody is notified, nothing is tracked.

        :return: the complaint
        """
        incoming.created_ids = []
        values = self._complaint_values(incoming, values)
        Ticket = (
            self.env[TICKET]
            .sudo()  # as above
            .with_context(tracking_disable=True, mail_notrack=True)
        )
        tickets = Ticket.with_context(active_test=False).browse(
            incoming.ticket_id or ()
        )
        if not tickets:
            deferred = DeferredIntake()
            teams = self.env["helpdesk.ticket.team"].sudo().browse(incoming.team_ids)
            tickets = Ticket.with_context(complaint_deferred_ids=deferred).create(
                [
                    Ticket._complaint_mail_values(incoming, values, team)
                    for team in teams or [teams]
                ]
            )
            incoming.created_ids = tickets.ids
        for ticket in tickets:
            ticket._complaint_log_mail(incoming, values)
        if incoming.created_ids:
            tickets._complaint_registered()
        tickets._complaint_mail_came(incoming)
        return tickets[:1]

    # ---------------------------------------------------
    # What Odoo's gateway would do otherwise
    # ---------------------------------------------------

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        incoming = self._complaint_incoming_mail()
        if not incoming:
            return super().message_route(
                message, message_dict, model, thread_id, custom_values
            )
        uid = self.env.uid
        # sudo: the desks' addresses and teams, whoever the gateway runs as
        aliases = self.env["mail.alias"].sudo().browse(incoming.alias_ids)
        Gateway = self.env["complaint.gateway"].sudo()
        defaults = [custom_values or {}, *map(Gateway._alias_defaults, aliases)]
        routes = [
            (
                TICKET,
                0,
                {
                    **next((d for d in defaults if d.get("team_id") == team_id), {}),
                    "team_id": team_id,
                },
                uid,
                None,
            )
            for team_id in incoming.team_ids
        ]
        if incoming.ticket_id:
            routes = [(TICKET, incoming.ticket_id, {}, uid, None)]
        elif incoming.earlier_id and not routes:
            earlier = self.env[TICKET].sudo().browse(incoming.earlier_id)
            routes = [(TICKET, 0, {"team_id": earlier.team_id.id}, uid, None)]
        others = aliases.filtered(
            lambda alias: (
                Gateway._alias_defaults(alias).get("team_id") not in incoming.team_ids
            )
        )
        if incoming.ticket_id:
            # as Odoo does: an answer that is sent to another kind of address is passed
            # on to it; what comes back is not
            is_mail = not incoming.report and incoming.facts.kind != mail_headers.OWN
            others = others.filtered(
                lambda alias: is_mail and alias.alias_model_id.model != TICKET
            )
        if others or not routes:
            # what it answers to has been looked for; else Odoo would go by it
            bare = {**message_dict, "references": "", "in_reply_to": ""}
            if routes:
                # the desks have it already: their limits on senders send nothing back
                bare["to"] = bare["recipients"] = ",".join(
                    address
                    for address in incoming_mail.recipients(message)
                    if Gateway._aliases([address]) & others
                )
            routes += [
                route
                for route in super().message_route(
                    message, bare, model, thread_id, custom_values
                )
                if not route[4] or route[4] in others
            ]
        return routes

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        # reports on complaints are read and kept whole, others are left to Odoo
        if self._complaint_incoming_mail():
            return False
        return super()._detect_is_bounce(message, message_dict)

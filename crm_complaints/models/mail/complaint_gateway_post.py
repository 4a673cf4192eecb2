"""complaint.gateway, posting: what a mail says is put on the complaints it concerns."""

from dataclasses import replace
from types import MappingProxyType

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formataddr, html2plaintext

from ...engine import plain_text
from ...engine.mail import body as mail_body
from ...engine.mail import budget, cms, layout, source
from ...engine.mail import headers as mail_headers
from ...engine.mail import incoming as mail_incoming
from ...engine.mail import parts as mail_parts
from ..core.constants import TICKET
from .incoming import Content

_LONGEST_SUBJECT = 500


class ComplaintGateway(models.AbstractModel):
    _inherit = "complaint.gateway"

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def _read_in_time(self, work, delivery):
        """Read what a mail says, or where that takes too long what its header says.

        :return: the MailInWork, with the mail that was read, and its Content
        """
        try:
            with budget.limited(work.recognised.mail.seconds_left):
                return work, self._read(work, delivery)
        except budget.OutOfTime:
            recognised = work.recognised
            work = self._begin(
                replace(recognised, mail=recognised.mail.without_reading()),
                work.decision,
            )
            return work, self._read(work, delivery)

    def _read(self, work, delivery):
        """Read what a mail says, make it safe to open, and fold what is quoted.

        :param MailInWork work:
        :param Delivery delivery:
        :rtype: Content
        """
        mail, decision = work.recognised.mail, work.decision
        left_out = mail_parts.prepare(mail.message, self._attachment_limit(decision))
        mail_parts.shorten_recipients(mail.message)
        # Odoo's own reading of HTML takes long for what is badly written
        seal = layout.seals_of(mail.message)
        layout.lay_out(mail.message, self.env._("Picture"))
        if mail.is_cut:
            mail_parts.add_file(mail.message, "mail.eml", mail.raw)
        MailThread = work.put_into(self.env["mail.thread"])
        values = MailThread.message_parse(mail.message)
        if delivery.save_original:
            original = MailThread._Attachment("original_email.eml", mail.raw, {})
            values["attachments"].insert(0, original)
        self._take_out_empty(values, left_out)
        subject = source.shortened(values.get("subject") or "", _LONGEST_SUBJECT)
        if subject:
            values["subject"] = subject
        if decision.ticket_id:
            # an answer, also where its mail program does not say so
            subject = f"Re: {subject}"
        body = mail_body.harmless(values.get("body") or "", self.env._("Picture"))
        notice = self._notice(seal)
        values["body"] = Markup(mail_body.folded(body, subject)) + notice
        if delivery.strip_attachments:
            values.pop("attachments", None)
        if decision.is_completing:
            ticket = self.env[TICKET].browse(decision.ticket_id)
            values["attachments"] = ticket._complaint_missing_files(
                values.get("attachments") or ()
            )
        message_id = mail.facts.message_id
        if not message_id or self.env["mail.message"].search_count(
            [("message_id", "=", values["message_id"])], limit=1
        ):
            # another mail has it: this one is kept beside it
            key = work.recognised.key
            values["message_id"] = mail_incoming.another_id(message_id, key)
        own_words = mail_body.own_words(body, subject)
        if work.sender.words:
            own_words = plain_text.as_html(work.sender.words)
        return Content(
            MappingProxyType(values),
            self._own_words(own_words, notice),
            tuple(left_out),
        )

    def _notice(self, seal):
        """Return what staff are told of a mail that is encrypted or signed as a whole."""
        if seal == cms.ENCRYPTED:
            words = self.env._(
                "(This e-mail is encrypted and cannot be read here. Please ask the "
                "sender to send it another way.)"
            )
        elif seal == cms.SIGNED:
            words = self.env._(
                "(This e-mail is digitally signed. The signature was not verified.)"
            )
        else:
            return Markup()
        return Markup("<p><em>%s</em></p>") % words

    def _take_out_empty(self, values, left_out):
        """Take files without content out of a mail's values, and tell them."""
        attachments = values.get("attachments") or []
        left_out += [
            mail_parts.LeftOut(name, 0)
            for name, content, *_info in attachments
            if content in ("", b"")
        ]
        values["attachments"] = [
            some for some in attachments if some[1] not in ("", b"")
        ]

    def _attachment_limit(self, decision):
        """Return how many bytes a file that comes with a mail may have."""
        ticket = self.env[TICKET].browse(decision.ticket_id or ())
        team = self.env["helpdesk.ticket.team"].browse(decision.team_ids[:1])
        company = ticket.company_id or team.company_id or self.env.company
        return company.complaint_attachment_limit * 2**20

    def _own_words(self, body, notice=""):
        if html2plaintext(body).strip() or "<img" in body:
            return Markup(body)
        if notice:
            return notice
        # an empty mail with an attachment is a complaint as well
        return Markup("<p>%s</p>") % self.env._("(This e-mail contains no text.)")

    # ---------------------------------------------------
    # Posting
    # ---------------------------------------------------

    def _deliver(self, work, content, delivery, entry):
        """Post a mail where it belongs, as Odoo's gateway does, and note it.

        New complaints go through the intake once the mail itself stands on them.

        :param MailInWork work:
        :param Content content:
        :param Delivery delivery:
        :param entry: its complaint.incoming.mail
        :return: the complaint
        :raises UserError: where nobody took it
        """
        message, decision = work.recognised.mail.message, work.decision
        MailThread = work.put_into(self.env["mail.thread"])
        routes = self._routes(MailThread, work, content, delivery)
        # authors of complaints are found by their company, below
        others = [route for route in routes if route[0] != TICKET]
        asked = {**content.values, **({} if others else {"email_from": ""})}
        values = {
            **content.values,
            **MailThread._message_parse_post_process(message, asked, routes),
        }
        # looked for, and not to be looked for again
        values["author_id"] = values["author_id"] or False
        Deferring = MailThread.with_context(complaint_deferred_ids=work.created_ids)
        # each by itself: what concerns one is not said on the other, and Odoo takes
        # whom a mail was sent to out of its values
        for route in routes:
            if route[0] == TICKET and not route[4]:
                posted = self._message_values(
                    decision, {**values, **self._author_values(work, route)}
                )
            else:
                posted = {**values, "parent_id": False, "is_internal": False}
            Deferring._message_route_process(message, posted, [route])
        Ticket = MailThread.env[TICKET]
        created = Ticket.browse(work.created_ids)
        created._complaint_show_pictures(content)
        created._complaint_registered()
        tickets = Ticket.browse(decision.ticket_id) if decision.ticket_id else created
        tickets._complaint_mail_came(work, content.left_out)
        ticket = tickets[:1].with_env(self.env)
        if not ticket:
            raise UserError(self.env._("The e-mail was ignored without a reason."))
        entry.write(
            {
                "ticket_id": ticket.id,
                "team_id": ticket.team_id.id,
                "company_id": ticket.company_id.id,
                "outcome": decision.outcome,
            }
        )
        return ticket

    def _author_values(self, work, route):
        """Return the author of the message that a mail becomes on a complaint.

        What a form or a list sent is of who wrote it; what a colleague forwarded is the
        colleague's message.

        :param route: as in ``_routes``
        """
        _model, ticket_id, values, _uid, _alias = route
        sender = work.sender
        ticket = self.env[TICKET].browse(ticket_id or ())
        company = (
            ticket
            or self.env["helpdesk.ticket.team"].browse(values.get("team_id") or ())
        ).company_id
        addresses = (sender.address, sender.answer_to)
        if sender.is_forwarded or sender.is_untold:
            addresses = (sender.sent_by,)
        contact = ticket._complaint_find_contact(
            [some for some in addresses if some and not work.own_addresses.get(some)],
            company,
            ticket.message_partner_ids | ticket.partner_id,
        )
        values = {"author_id": contact.id}
        if sender.is_relayed and not sender.is_forwarded and not sender.is_untold:
            values["email_from"] = formataddr((sender.name, sender.address))
        return values

    def _message_values(self, decision, values):
        """Return the values of the message that a mail becomes on a complaint.

        :param Decision decision:
        :param dict values: as in ``Content``
        """
        values = dict(values)
        if not decision.ticket_id or decision.is_note:
            values.pop("parent_id", None)
        if not decision.is_staff:
            # what the customer answers to a note of ours is none itself
            values["is_internal"] = decision.is_note or decision.is_passed_on
        if decision.remark:
            remark = Markup("<p><strong>%s</strong></p>") % decision.remark
            values["body"] = remark + values["body"]
        return values

    def _routes(self, MailThread, work, content, delivery):
        """Return the routes of a mail, as ``message_route`` of Odoo does.

        :param MailThread: mail.thread, with the mail in its context
        """
        decision, uid = work.decision, self.env.uid
        aliases = self.env["mail.alias"].browse(work.recognised.alias_ids)
        team_of = {a: self._alias_defaults(a).get("team_id") for a in aliases}
        others = aliases.filtered(
            lambda alias: team_of[alias] not in work.recognised.team_ids
        )
        if decision.ticket_id:
            routes = [(TICKET, decision.ticket_id, {}, uid, None)]
            # as Odoo does: an answer that is sent to another kind of address is passed
            # on to it; what comes back is not
            is_mail = not work.facts.report and work.facts.kind != mail_headers.OWN
            others = others.filtered(
                lambda alias: is_mail and alias.alias_model_id.model != TICKET
            )
        else:
            defaults = [
                delivery.custom_values or {},
                *map(self._alias_defaults, aliases),
            ]
            routes = [
                (
                    TICKET,
                    0,
                    {
                        "description": content.own_words,
                        **next(
                            (d for d in defaults if d.get("team_id") == team_id), {}
                        ),
                        "team_id": team_id,
                    },
                    uid,
                    None,
                )
                for team_id in decision.team_ids
            ]
        if others or not routes:
            # what it answers to has been looked for; else Odoo would go by it
            bare = {**content.values, "references": "", "in_reply_to": ""}
            if routes:
                # the desks have it already: their limits on senders send nothing back
                bare["to"] = bare["recipients"] = ",".join(
                    address
                    for address in mail_incoming.recipients(
                        work.recognised.mail.message
                    )
                    if self._of_address(others, address)
                )
            routes += [
                route
                for route in MailThread.message_route(
                    work.recognised.mail.message,
                    bare,
                    delivery.model,
                    delivery.thread_id,
                    delivery.custom_values,
                )
                if not route[4] or route[4] in others
            ]
        return routes

    def _deliver_plainly(self, work, content):
        """Register a mail with as little as possible beside it.

        Where posting it the usual way failed, whatever it was that failed: partners are
        not looked for, nobody is notified, nothing is tracked.

        :param MailInWork work: what it began is replaced
        :param Content content:
        :return: the complaint
        """
        decision = work.decision
        work = self._begin(work.recognised, decision)
        Ticket = work.put_into(self.env[TICKET]).with_context(
            tracking_disable=True, mail_notrack=True
        )
        values = self._message_values(decision, content.values)
        tickets = Ticket.with_context(active_test=False).browse(
            decision.ticket_id or ()
        )
        if not tickets:
            teams = self.env["helpdesk.ticket.team"].browse(decision.team_ids)
            tickets = (
                Ticket.with_context(complaint_deferred_ids=work.created_ids)
                .create(
                    [
                        {
                            **Ticket._complaint_prepare_mail_vals(
                                work, values, team, content.own_words
                            ),
                            "description": content.own_words,
                        }
                        for team in teams or [teams]
                    ]
                )
                .with_env(Ticket.env)
            )
        for ticket in tickets:
            ticket._complaint_log_mail(values)
        if not decision.ticket_id:
            tickets._complaint_registered()
        tickets._complaint_mail_came(work, content.left_out)
        return tickets[:1].with_env(self.env)

"""complaint.incoming.mail: what became of each mail that concerns complaints."""

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.mail import headers as mail_headers
from ...engine.mail import source
from . import incoming


class ComplaintIncomingMail(models.Model):
    _name = "complaint.incoming.mail"
    _description = "Incoming Complaint E-mail"
    _inherit = ["complaint.field.access"]
    _complaint_written_by = "code"
    _order = "id desc"
    _rec_name = "message_id"
    _log_access = False  # the gateway writes it; when is told by received_at

    key = fields.Char(
        required=True,
        readonly=True,
        groups="base.group_system",
        help="The key is the same for each delivery of the same e-mail.",
        complaint_privacy="keep",
        complaint_told=False,
    )
    way_key = fields.Char(
        readonly=True,
        groups="base.group_system",
        help="The key is the same for one e-mail that arrived by several routes, "
        "which changed it.",
        complaint_privacy="keep",
        complaint_told=False,
    )
    message_id = fields.Char(
        string="Message-ID", readonly=True, complaint_privacy="forget"
    )
    email_from = fields.Char(string="Sender", readonly=True, complaint_privacy="forget")
    received_at = fields.Datetime(string="Registered On", required=True, readonly=True)
    kind = fields.Selection(
        selection=[
            (mail_headers.HUMAN, "Person"),
            (mail_headers.AUTOMATIC, "Automatic"),
            (mail_headers.LIST, "Mailing List"),
            (mail_headers.BOUNCE, "Delivery Failure"),
            (mail_headers.RECEIPT, "Delivery or Read Receipt"),
            (mail_headers.FEEDBACK, "Feedback Report"),
            (mail_headers.OWN, "Own Address"),
        ],
        readonly=True,
    )
    reason = fields.Char(
        readonly=True,
        help="The header that shows the kind of e-mail.",
        complaint_privacy="keep",
    )
    mended = fields.Char(
        string="Repairs",
        readonly=True,
        help="The repairs that were needed to read the e-mail.",
        complaint_privacy="forget",
    )
    outcome = fields.Selection(
        selection=[
            (incoming.COMPLAINT, "Complaint"),
            (incoming.ANSWER, "Reply"),
            (incoming.NOTE, "Note"),
            (incoming.LET_GO, "Ignored"),
            (incoming.DEAD, "Failed E-mail"),
        ],
        string="Result",
        readonly=True,
        help="Only delivery reports about e-mails that are not ours are ignored.",
    )
    copies = fields.Integer(
        string="Repeated Deliveries",
        readonly=True,
        help="The number of times that the same e-mail arrived again.",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        complaint_link=True,
        complaint_privacy="keep",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", ondelete="set null", readonly=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, ondelete="cascade", readonly=True
    )

    _key_unique = models.UniqueIndex("(key)")
    _way_idx = models.Index("(way_key) WHERE way_key IS NOT NULL")
    _sender_idx = models.Index("(email_from, received_at)")

    def write(self, vals):
        """Enter a mail to a desk that companies share for the one it turns out to be of."""
        if vals.get("ticket_id"):
            ticket = self.env["helpdesk.ticket"].browse(vals["ticket_id"])
            vals = {**vals, "company_id": ticket.company_id.id}
        return super().write(vals)

    @api.model
    def _enter(self, recognised):
        """Enter a mail, unless it is there already.

        Two deliveries at once: the second waits here for the first, and then has to
        be processed again, by which time it finds the first.

        :param Recognised recognised:
        :return: the new entry, an empty recordset for a mail that came in before; and the
            complaint on which a mail stands that may be the same, come by another way
        :raises SerializationFailure: see above
        """
        mail = recognised.mail
        team = self.env["helpdesk.ticket.team"].browse(recognised.team_ids[:1])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO complaint_incoming_mail
                            (key, way_key, message_id, email_from, received_at, kind, reason,
                             mended, copies, team_id, company_id)
                     VALUES (%(key)s, %(way_key)s, %(message_id)s, %(email_from)s, %(now)s,
                             %(kind)s, %(reason)s, %(mended)s, 0, %(team)s,
                             %(company)s)
                ON CONFLICT (key) DO NOTHING
                  RETURNING id,
                            (SELECT other.ticket_id
                               FROM complaint_incoming_mail other
                              WHERE other.way_key = %(way_key)s
                                AND other.ticket_id IS NOT NULL
                                AND (other.team_id = %(team)s
                                     OR other.ticket_id = %(cited)s)
                           ORDER BY other.id
                              LIMIT 1)
                """,
                key=recognised.key,
                way_key=mail.way_key() or None,
                cited=recognised.cited_id or None,
                message_id=mail.facts.message_id[:500] or None,
                email_from=next(iter(mail.sender.addresses), None),
                kind=mail.facts.kind,
                reason=mail.facts.automatic or None,
                mended=source.shortened("; ".join(mail.mended), 500) or None,
                team=team.id or None,
                company=(team.company_id or self.env.company).id,
                now=fields.Datetime.now(),
            ),
            log_exceptions=False,  # see above: no news, and no error
        )
        rows = self.env.cr.fetchall()
        if not rows:
            self.env.execute_query(
                SQL(
                    "UPDATE complaint_incoming_mail SET copies = copies + 1 "
                    "WHERE key = %s RETURNING id",
                    recognised.key,
                )
            )
        return (
            self.browse(row[0] for row in rows),
            self.env["helpdesk.ticket"].browse(row[1] for row in rows if row[1]),
        )

    @api.model
    def _lately(self, sender, hours=1):
        """Return the domain of what a sender sent lately.

        :param str sender: bare address, in lower case
        :param hours: how far back
        """
        since = fields.Datetime.subtract(fields.Datetime.now(), hours=hours)
        return [("email_from", "=", sender), ("received_at", ">=", since)]

    @api.model
    def _first_complaint(self, sender):
        """Return the first of the bulk complaints of a sender.

        They go on as long as one of them came within the last hour, also
        where one in between was acknowledged again.
        """
        complaints = [
            *self._lately(sender),
            ("outcome", "=", incoming.COMPLAINT),
            ("ticket_id", "!=", False),
        ]
        joined = self.search(
            [*complaints, ("ticket_id.complaint_bulk_id", "!=", False)], limit=1
        )
        return (
            joined.ticket_id.complaint_bulk_id
            or self.search(complaints, order="id", limit=1).ticket_id
        )

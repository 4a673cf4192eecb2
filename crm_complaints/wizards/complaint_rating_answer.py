"""complaint.rating.answer: our answer to a customer's rating."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import plain_text


class ComplaintRatingAnswer(models.TransientModel):
    _name = "complaint.rating.answer"
    _description = "Reply to a Rating"
    _inherit = ["complaint.wizard"]

    rating_id = fields.Many2one(
        comodel_name="rating.rating", compute="_compute_rating_id", compute_sudo=False
    )
    value = fields.Selection(
        related="ticket_id.complaint_rating",
        related_sudo=False,
        string="Customer's Rating",
    )
    feedback = fields.Text(
        related="rating_id.feedback",
        related_sudo=False,
        string="In the Customer's Words",
    )
    words = fields.Text(
        string="Reply",
        compute="_compute_words",
        store=True,
        readonly=False,
        help="The customer reads the reply next to the rating, on the customer page.",
    )
    email_to = fields.Char(compute="_compute_email_to", compute_sudo=False)
    by_mail = fields.Boolean(
        string="Also Send by E-mail",
        compute="_compute_by_mail",
        store=True,
        readonly=False,
    )

    @api.depends("ticket_id")
    def _compute_rating_id(self):
        found = self.ticket_id._complaint_counting_ratings()
        for wizard in self:
            rating = found.get(wizard.ticket_id.id)
            wizard.rating_id = rating and rating.sudo(False)

    @api.depends("ticket_id")
    def _compute_words(self):
        for wizard in self:
            wizard.words = wizard.rating_id.publisher_comment

    @api.depends("ticket_id")
    def _compute_email_to(self):
        for wizard in self:
            wizard.email_to = (
                wizard.ticket_id and wizard.ticket_id._complaint_letter_addresses()
            )

    @api.depends("ticket_id")
    def _compute_by_mail(self):
        for wizard in self:
            wizard.by_mail = bool(wizard.email_to)

    def action_answer(self):
        """Keep the answer with the rating, and send it to the customer if by mail.

        :raises UserError: where it is empty, or there is no rating any more
        """
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        words = (self.words or "").strip()
        if not words:
            raise UserError(self.env._("Please write a reply first."))
        if not self.rating_id:
            raise UserError(self.env._("There is no longer a rating to reply to."))
        if self.by_mail and not self.email_to:
            raise UserError(
                self.env._(
                    "There is no e-mail address to send the reply to. Please enter "
                    "one, or save the reply without sending it."
                )
            )
        self.rating_id.publisher_comment = words
        if self.by_mail:
            for recipient in ticket._complaint_per_recipient():
                if recipient.complaint_email_to:
                    recipient._complaint_post_letter(
                        f"{ticket.name} ({ticket.number})",
                        plain_text.as_html(words),
                        ticket._complaint_language(),
                        "mail",
                    )
        else:
            ticket._message_log(body=self.env._("Reply to the rating: %s", words))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

"""base.automation: an administrator's rule that fails does not cost an incoming complaint."""

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    def _process(self, records, domain_post=None):
        """Isolate a rule to its complaint while a mail is being taken in.

        There is nobody at the gateway to whom an error could be shown. Elsewhere a
        rule may well be meant to stop its user, so nothing changes there.
        """
        if (
            records._name != "helpdesk.ticket"
            or not records._complaint_incoming_mail()
            or not all(records.mapped("is_complaint"))
        ):
            return super()._process(records, domain_post=domain_post)
        for record in records:
            # before the savepoint: what is pending belongs to the registration
            self.env.flush_all()
            try:
                with self.env.cr.savepoint():
                    super()._process(record, domain_post=domain_post)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise  # the whole transaction has to be taken again
            except Exception as error:
                # sudo: the rule's name, and an activity for the leader
                record.sudo()._complaint_rule_failed(self.sudo().name, error)
        return None

"""mail.alias.domain: which addresses are ours is looked up once for a mail."""

from odoo import api, models

from .incoming import mail_in_work


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    @api.model
    def _complaint_has(self, address):
        """Tell whether an address is of one of our domains.

        :param str address: bare, in lower case
        """
        domain = address.rpartition("@")[2]
        return bool(self.search_count([("name", "=", domain)], limit=1))

    @api.model
    def _find_aliases(self, email_list):
        work = mail_in_work(self.env)
        if not work:
            return super()._find_aliases(email_list)
        known = work.own_addresses
        unknown = [email for email in email_list if email not in known]
        if unknown:
            ours = set(super()._find_aliases(unknown))
            known.update((email, email in ours) for email in unknown)
        return [email for email in email_list if known[email]]

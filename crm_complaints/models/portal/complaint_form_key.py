"""complaint.form.key: a form is registered once, however often it is sent."""

import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, consteq, hmac

# Longer than anybody keeps a form open; sent later, it is taken with another key.
_KEPT = timedelta(days=7)
_SCOPE = "complaint-form"


class ComplaintFormKey(models.Model):
    _name = "complaint.form.key"
    _description = "Submitted Form"
    _complaint_privacy = "delete"
    _complaint_told = False

    key = fields.Char(required=True, readonly=True)
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )

    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _sign(self, *about):
        """Return a key for a form that is shown now: a key, the time, a signature.

        :param about: texts, to whom it is shown and what it is for
        """
        parts = (uuid.uuid4().hex, str(int(fields.Datetime.now().timestamp())))
        # sudo: the database's secret
        return ".".join((*parts, hmac(self.sudo().env, _SCOPE, (*parts, *about))))

    @api.model
    def _age(self, signed, *about):
        """Return the seconds since a form was shown, None where we never showed it.

        :param str signed: what ``_sign`` returned
        :param about: as it was signed; for others it was never shown
        """
        parts = signed.split(".")
        # sudo: the database's secret, with which it was signed
        if len(parts) != 3 or not consteq(
            hmac(self.sudo().env, _SCOPE, (*parts[:2], *about)).encode(),
            parts[2].encode(),
        ):
            return None
        age = fields.Datetime.now().timestamp() - int(parts[1])
        return age if age < _KEPT.total_seconds() else None

    @api.model
    def _claim(self, key):
        """Return the entry of a form that is sent for the first time, else nothing.

        Where it is sent twice at once, Odoo retries the second request when the first
        is done.
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO complaint_form_key (key, create_date, create_uid)
                     VALUES (%s, %s, %s)
                ON CONFLICT (key) DO NOTHING
                  RETURNING id
                """,
                key,
                fields.Datetime.now(),
                self.env.uid,
            ),
            log_exceptions=False,  # expected where two come at once
        )
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _complaint(self, key):
        """Return the complaint that was registered by a form with this key."""
        return self.search([("key", "=", key)], limit=1).ticket_id

    # ---------------------------------------------------
    # Files that wait for the form to be sent again
    # ---------------------------------------------------

    @api.model
    def _waiting(self, signed):
        return self.search([("key", "=", f"{signed}.files")], limit=1)

    @api.model
    def _keep_files(self, signed, files):
        """Keep files of a form that was not taken, until it is sent again.

        :param str signed: the key of the form
        :param files: pairs of name and content
        :return: ir.attachment
        """
        entry = self._claim(f"{signed}.files") or self._waiting(signed)
        return self.env["ir.attachment"].create(
            [
                {"name": name, "raw": raw, "res_model": self._name, "res_id": entry.id}
                for name, raw in files
            ]
        )

    @api.model
    def _kept_files(self, signed, ids):
        """Return those files that wait with a form, in their order: ir.attachment."""
        entry = self._waiting(signed)
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", entry.id),
                ("id", "in", ids),
            ],
            order="id",
        )

    @api.autovacuum
    def _gc_form_keys(self):
        self.search([("create_date", "<", fields.Datetime.now() - _KEPT)]).unlink()

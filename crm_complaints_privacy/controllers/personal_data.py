"""Subject access request: the manager who asked for the archive downloads it."""

import os
import tempfile

from werkzeug.exceptions import NotFound
from werkzeug.wsgi import wrap_file

from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.http import Controller, content_disposition, request, route

from odoo.addons.crm_complaints.controllers.complaint_form import LARGEST_ID


class PersonalData(Controller):
    @route(
        "/complaints/personal-data/<int:wizard_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def hand_out(self, wizard_id):
        """Send the archive, only to the user who asked for it on the contact's form.

        :param int wizard_id: complaint.personal.data of this manager
        """
        Wizard = request.env["complaint.personal.data"]
        if request.httprequest.method != "GET" or wizard_id > LARGEST_ID:
            raise NotFound()  # a HEAD request hands nothing out
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the server, when sent
        try:
            Wizard.browse(wizard_id).exists()._hand_out(file)
        except (AccessError, ValueError):
            file.close()
            raise NotFound() from None
        except BaseException:
            file.close()
            raise
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        name = f"complaints-{Date.today()}.zip"
        return request.make_response(
            wrap_file(request.httprequest.environ, file),
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Length", str(size)),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

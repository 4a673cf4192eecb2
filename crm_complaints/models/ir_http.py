"""ir.http: a parameter that no page can take is a bad request, not our error."""

from werkzeug.exceptions import BadRequest

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _dispatch(cls, endpoint):
        if "self" in request.params:
            # Python's own name for the page that is asked
            raise BadRequest(request.env._("This link is not complete."))
        return super()._dispatch(endpoint)

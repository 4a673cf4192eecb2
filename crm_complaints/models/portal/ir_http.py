"""ir.http: what no page can take is a bad request, and not our error."""

from werkzeug.exceptions import BadRequest, NotFound

from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _match(cls, path_info):
        try:
            return super()._match(path_info)
        except ValueError as error:
            # an id of thousands of digits, which Python reads as no number
            raise NotFound() from error

    @classmethod
    def _dispatch(cls, endpoint):
        if "self" in request.params:
            # Python's own name for the page that is asked
            raise BadRequest(request.env._("This link is not complete."))
        return super()._dispatch(endpoint)

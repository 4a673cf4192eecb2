"""ir.http: parameters that no page can handle are a bad request, not a server error."""

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
            # an id of thousands of digits, which Python refuses to convert
            raise NotFound() from error

    @classmethod
    def _dispatch(cls, endpoint):
        if "self" in request.params:
            # would collide with the first argument of the page's method
            raise BadRequest(request.env._("This link is not complete."))
        return super()._dispatch(endpoint)

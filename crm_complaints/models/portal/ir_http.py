"""ir.http: pages of customers are not framed, and their links stand in no log.

Parameters that no page can handle are a bad request, not an error of the server.
"""

import logging
import re

from werkzeug.exceptions import BadRequest, NotFound

from odoo import models
from odoo.http import request

# Where the pages are defined that customers reach, by an account or by a link.
_PAGES = tuple(
    f"odoo.addons.{name}"
    for name in (
        *("crm_complaints", "helpdesk_mgmt.", "rating.", "mail.", "auth_signup."),
        # not its web.py, which extends the beginning of the web site
        *("portal.controllers.portal", "portal.controllers.mail"),
        "portal.controllers.thread",
    )
)
# Tokens in addresses: parameters, also of an address within an address, and parts of
# the paths of helpdesk_mgmt and of Odoo's ratings.
_TOKENS = re.compile(
    r"(token=|hash=|/my/ticket/\d{1,20}/|/rate/)[^&\s\"#/?]+"
    r"|((?:token|hash)%3d)(?:(?!%26)[^&\s\"#])+",
    re.IGNORECASE,
)


class WithoutTokens(logging.Filter):
    """Log of requests: what gives access to a complaint is left out of addresses."""

    def filter(self, record):
        message = record.getMessage()
        scrubbed = _TOKENS.sub(lambda found: f"{found[1] or found[2]}***", message)
        if scrubbed != message:
            record.msg, record.args = scrubbed, ()
        return True


# The loggers of requests: of Odoo's workers, and of its process for live messages.
for _name in ("werkzeug", "longpolling"):
    logging.getLogger(_name).addFilter(WithoutTokens())


def is_page_of_customers(method):
    """Tell whether a page belongs to those that customers reach.

    Odoo makes one class of all controllers that extend each other: that of a shop has
    the pages of a customer's account too. So what counts is where this page is defined.

    :param method: bound method of a controller
    """
    return any(
        method.__name__ in vars(some) and some.__module__.startswith(_PAGES)
        for some in type(method.__self__).__mro__
    )


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
    def _pre_dispatch(cls, rule, args):
        if is_page_of_customers(rule.endpoint.func):
            headers = request.future_response.headers
            headers["Content-Security-Policy"] = "frame-ancestors 'self'"
            headers["X-Frame-Options"] = "SAMEORIGIN"
            headers["Referrer-Policy"] = "same-origin"
        super()._pre_dispatch(rule, args)
        if "csrf_token" in request.httprequest.files:
            raise BadRequest(
                request.env._(
                    "Part of this form is missing. Please open the page again."
                )
            )

    @classmethod
    def _serve_fallback(cls):
        if "\0" in request.httprequest.path:
            return None  # which the database refuses
        return super()._serve_fallback()

    @classmethod
    def _dispatch(cls, endpoint):
        if "self" in request.params:
            # would collide with the first argument of the page's method
            raise BadRequest(
                request.env._(
                    "Part of this link is missing. Please open it again from our "
                    "message."
                )
            )
        return super()._dispatch(endpoint)

"""Tracking link: in drafts a placeholder stands for the token that makes one the customer.

Whoever prepares a letter, or reads a draft, must not act as the customer. The token takes
the place of the placeholder in the mail itself, if that goes to the customer alone.
"""

import re

from lxml import etree, html

# In links, where the token will be.
PLACEHOLDER = "the-link-of-the-customer"
RATING_PLACEHOLDER = "the-rating-of-the-customer"
PLACEHOLDERS = (PLACEHOLDER, RATING_PLACEHOLDER)
# Key in the context: a text is rendered that somebody may read before it is sent. Its
# value is the object below; what comes over RPC is not.
DRAFT = "complaint_draft"
DRAFTING = object()
# What in an address of ours lets one act as somebody; addresses of others stay.
_SECRET = re.compile(
    rf"access_token(?:=|%3D|%253D)(?P<token>{PLACEHOLDER}|[0-9a-f]{{8}}[0-9a-f-]{{28}})"
    r"(?:&amp;|&|%26)?"
    r"|(?:hash(?:=|%3D|%253D)[0-9a-f]{64}|(?:auth_)?signup_token(?:=|%3D|%253D)[\w.-]+)"
    r"(?:&amp;|&|%26)?"
    r"|(?P<path>/rate/|/my/ticket/\d{1,20}/)[0-9a-f]{8}[0-9a-f-]{24,28}",
)
# What follows the address of our server in a link to a complaint's pages.
_PAGE = re.compile(
    r"/(?:my/complaints/(?P<page>\d{1,20})(?:/rating)?\?"
    r"|mail/view\?model=helpdesk\.ticket&res_id=(?P<record>\d{1,20})&)"
    rf"access_token={PLACEHOLDER}(?:&\w+=\w*)*&?(?:#\w*)?"
    rf"|/rate/{RATING_PLACEHOLDER}/\d{{1,2}}"
)
_NO_TEXT = {"style", "script", "title", "textarea", "noscript", "template", "iframe"}


def is_draft(env):
    return env.context.get(DRAFT) is DRAFTING


def as_draft(records):
    return records.with_context(**{DRAFT: DRAFTING})


def without_tokens(body, own=()):
    """Return HTML or text without what in its links lets one act as somebody.

    :param own: tokens for which a placeholder is left in links
    """

    def replace(found):
        if found["token"] in own:
            return found[0].replace(found["token"], PLACEHOLDER)
        return found["path"] or ""

    return _SECRET.sub(replace, body)


def has_placeholder(body):
    return bool(body) and any(name in body for name in PLACEHOLDERS)


def with_tokens(body, tokens, ticket, base):
    """Return the HTML of a mail with tokens in its links, where the recipient has any.

    There is none in it where it could be sent on to another server.

    :param str body: with placeholders
    :param dict tokens: placeholder -> function that returns the token
    :param int ticket: id of the complaint
    :param str base: where our pages are
    """
    safe = bool(tokens) and _is_safe(body, ticket, base)
    for placeholder in PLACEHOLDERS:
        if placeholder in body:
            if safe and placeholder in tokens:
                body = body.replace(placeholder, tokens[placeholder]())
            else:
                body = body.replace(f"access_token={placeholder}", "")
                body = body.replace(placeholder, "")
    return body


def _is_safe(body, ticket, base):
    """Tell whether placeholders are in links to the complaint's pages only."""
    base = base.rstrip("/")

    def is_page(address):
        found = _PAGE.fullmatch(address.removeprefix(base))
        return found and {found["page"], found["record"]} <= {None, str(ticket)}

    try:
        root = html.fromstring(f"<div>{body}</div>")
    except (etree.ParserError, ValueError):
        return False
    for element in root.iter():
        if not isinstance(element.tag, str):
            hidden = etree.tostring(element, encoding="unicode", with_tail=False)
        elif element.tag in _NO_TEXT:
            hidden = element.text or ""
        elif element.tag == "base":
            return False
        else:
            hidden = "".join(
                value
                for name, value in element.items()
                if not (element.tag == "a" and name == "href" and is_page(value))
            )
        if has_placeholder(hidden):
            return False
    return True

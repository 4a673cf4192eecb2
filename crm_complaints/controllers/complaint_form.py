"""Customer forms: reading and checking the texts and files that are sent."""

import hashlib
import ipaddress
import re
from collections import namedtuple
from contextlib import suppress

from werkzeug.exceptions import BadRequest

from odoo.http import (
    DEFAULT_MAX_CONTENT_LENGTH,
    STORED_SESSION_BYTES,
    get_session_max_inactivity,
    request,
)
from odoo.tools import hmac
from odoo.tools.mimetypes import guess_mimetype

from ..models.core.isolation import isolated
from ..models.core.language import translated_into

MEGABYTE = 2**20
# In characters. Nobody types more by hand; longer texts are to be sent as a file.
LONGEST_TEXT = 20_000
LONGEST_LINE = 200
MOST_FILES = 10
# In seconds; whoever sends a form sooner is a robot, as servers are that check links.
QUICKEST = 3
# Files that may be sent as evidence, by their extensions.
FILE_KINDS = {
    # pictures
    *("jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "bmp", "tif", "tiff"),
    # documents and mails
    *("pdf", "txt", "csv", "rtf", "odt", "ods", "odp", "doc", "docx", "xls", "xlsx"),
    *("ppt", "pptx", "eml", "msg"),
    # recordings
    *("mp3", "m4a", "aac", "ogg", "oga", "wav", "amr", "mp4", "m4v", "mov", "webm"),
    *("3gp", "avi"),
}
# Contents that are refused, whatever the extension: pages and programs. The kinds that
# Odoo finds are many more where the library libmagic is installed, which is not certain.
_NEVER = re.compile(r"html|svg|javascript|x-msdownload|x-dosexec|x-executable|x-elf")
_NEVER_BEGINS = re.compile(
    rb"\A(?:(?:\xef\xbb\xbf)?\s*"
    rb"<(?:!doctype html|html|head|body|script|iframe|svg|\?xml)|MZ.\0|\x7fELF|#!)",
    re.IGNORECASE | re.DOTALL,
)
# Control characters, which the database refuses or which have no place in a line.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LONGEST_NAME = 120
# The largest id that an integer of PostgreSQL holds.
LARGEST_ID = 2**31 - 1
# The cookie with the token of the link by which somebody came: complaint and user, as
# staff and colleagues who opened a link are not the customer once they sign out.
_LINK_COOKIE = "complaint_link_%d_%d"

# :ivar list files: pairs of name and content, those that were kept before the others
# :ivar list problems: what to tell about others
# :ivar kept: ir.attachment, those that were kept when the form was sent before
Sent = namedtuple("Sent", "files problems kept")


def text_of(post, name, line=False):
    """Return what was typed into a field, without control characters.

    :param dict post: the parameters
    :param bool line: whether it is a single line
    :raises BadRequest: where it is not text
    """
    value = post.get(name) or ""
    if not isinstance(value, str):
        raise BadRequest(
            request.env._("Part of this form is missing. Please open the page again.")
        )
    value = _CONTROL.sub("", value.replace("\r\n", "\n"))
    return " ".join(value.split()) if line else value.strip()


def id_of(text):
    """Return the id that a parameter names, 0 for an empty one.

    :raises BadRequest: where it is not an id
    """
    if isinstance(text, int):
        text = str(text)
    text = text_of({"id": text}, "id")
    if not text:
        return 0
    # Python refuses to convert thousands of digits
    if not re.fullmatch("[0-9]{1,20}", text) or int(text) > LARGEST_ID:
        raise BadRequest(
            request.env._(
                "Part of this link is missing. Please open it again from our message."
            )
        )
    return int(text)


def page_of(page):
    """Return which page of a list a path names, the first where it is a parameter."""
    return min(page, LARGEST_ID) if isinstance(page, int) else 1


def ids_of(post, name):
    """Return the ids that a hidden field names, in their order.

    :raises BadRequest: where they are not ids
    """
    found = text_of(post, name).split(",")
    # no id is longer, and Python refuses to convert thousands of digits
    if any(not re.fullmatch("[0-9]{1,20}", part) for part in found if part):
        raise BadRequest(
            request.env._("Part of this form is missing. Please open the page again.")
        )
    return [int(part) for part in found if part and int(part) < 2**31]


def token_of(complaint_id, params):
    """Return the token of the link by which somebody came, now or before, else ''."""
    return text_of(params, "access_token") or request.cookies.get(
        _LINK_COOKIE % (complaint_id, request.env.uid), ""
    )


def remember_link(complaint_id, token):
    """Keep the token of a link in a cookie, so that no further address names it."""
    request.future_response.set_cookie(
        _LINK_COOKIE % (complaint_id, request.env.uid),
        token,
        max_age=get_session_max_inactivity(request.env),
        secure=request.httprequest.scheme == "https",
        httponly=True,
        samesite="Lax",
    )


def sign_form(*about):
    """Return the key of a form that is shown now, for this session alone.

    :param about: texts that say what the form is for
    """
    # sudo: keys of forms, which no user reads
    FormKey = request.env["complaint.form.key"].sudo()
    return FormKey._sign(request.session.sid[:STORED_SESSION_BYTES], *about)


def age_of_form(signed, *about):
    """Return the seconds since this session was shown a form, None if it never was.

    :param str signed: what ``sign_form`` returned
    """
    FormKey = request.env["complaint.form.key"].sudo()  # as above
    return FormKey._age(signed, request.session.sid[:STORED_SESSION_BYTES], *about)


def too_quick():
    """Return what is said to whoever may be a robot, and sends the form once more.

    It blames nobody: browsers fill in forms by themselves.
    """
    return request.env._(
        "Please check what you have entered and send it again. We ask this when a form "
        "is filled in or sent very quickly. Nothing has been lost."
    )


def remember(name, record, value):
    """Keep something about a record in the visitor's session, beside that of others."""
    kept = request.session.get(name, {})
    request.session[name] = {**kept, str(record.id): value}


def is_genuine():
    """Tell whether a form was sent from a page of ours, in this visitor's session.

    Odoo's own check answers with a bare error, and what was typed would be lost.
    """
    token = request.params.get("csrf_token")
    return isinstance(token, str) and request.validate_csrf(token)


def limits_of(company):
    """Return the limits of attachments, for the page and its script.

    :return: dict with ``most``, ``largest`` and ``total`` (in bytes), ``kinds``, and
        ``texts``: what the script says of a file, whose name takes the place of {file}
    """
    # sudo: settings of the company, which everybody may know
    setting = request.env["ir.config_parameter"].sudo()
    most = int(
        setting.get_param("web.max_file_upload_size") or DEFAULT_MAX_CONTENT_LENGTH
    )
    largest = company.sudo().complaint_attachment_limit * MEGABYTE
    # leaves room for what is typed
    total = max(most - MEGABYTE, MEGABYTE)
    return {
        "most": MOST_FILES,
        "largest": min(largest, total),
        "total": total,
        "kinds": sorted(FILE_KINDS),
        "help": request.env._(
            "Up to %(most)s files of %(size)s MB each: pictures, PDFs, documents, e-mails "
            "or recordings.",
            most=MOST_FILES,
            size=min(largest, total) // MEGABYTE,
        ),
        "texts": {
            "many": _too_many(MOST_FILES),
            "large": _too_large("{file}", min(largest, total)),
            "empty": is_empty("{file}"),
            "kind": _not_taken("{file}"),
            "total": request.env._(
                "The files are larger than %s MB in total. Please attach fewer or "
                "smaller files.",
                total // MEGABYTE,
            ),
        },
    }


def files_of(name, company, signed):
    """Return the files that were sent, and what is wrong with the others.

    :param str name: of the field
    :param str signed: the key of the form, with which files may have been kept; '' where
        it is not this visitor's
    :return: ``Sent``
    """
    limits = limits_of(company)
    ids = {id_of(text) for text in request.httprequest.form.getlist("kept")}
    # sudo: files that wait, which no user reads; the key is of this session
    FormKey = request.env["complaint.form.key"].sudo()
    kept = FormKey._kept_files(signed, list(ids))
    files, problems = [(file.name, file.raw) for file in kept], []
    if len(kept) < len(ids):
        problems.append(request.env._("Please choose the files again."))
    found = [file for file in request.httprequest.files.getlist(name) if file.filename]
    if len(kept) + len(found) > limits["most"]:
        problems.append(_too_many(limits["most"]))
        return Sent(files, problems, kept)
    for file in found:
        file.seek(0)  # read again where Odoo retries the request
        shown = file.filename.replace("\\", "/").rpartition("/")[2]
        shown = _CONTROL.sub("", " ".join(shown.split()))
        stem, dot, kind = shown.rpartition(".")
        content = file.read(limits["largest"] + 1)
        if len(content) > limits["largest"]:
            problems.append(_too_large(shown[:_LONGEST_NAME], limits["largest"]))
        elif not content:
            problems.append(is_empty(shown[:_LONGEST_NAME]))
        elif (
            not dot
            or kind.lower() not in FILE_KINDS
            or _NEVER_BEGINS.match(content)
            or _NEVER.search(guess_mimetype(content))
        ):
            problems.append(_not_taken(shown[:_LONGEST_NAME]))
        else:
            files.append((f"{stem[:_LONGEST_NAME]}{dot}{kind}", content))
    return Sent(files, problems, kept)


def _too_many(most):
    return request.env._("Please attach no more than %s files.", most)


def _too_large(name, largest):
    return request.env._(
        "%(file)s is larger than %(limit)s MB. Please attach a smaller file.",
        file=name,
        limit=largest // MEGABYTE,
    )


def _not_taken(name):
    return request.env._(
        "%s is not a type of file that we accept. Please attach pictures, PDFs, "
        "documents, e-mails or recordings.",
        name,
    )


def is_empty(name):
    """Return what tells the customer that a file has nothing in it.

    So it is with one that still lies in the cloud, and not on the telephone.
    """
    return request.env._("%s is empty. Please choose it again.", name)


def keep_files(signed, sent, company):
    """Keep the files of a form that is shown again, so that nobody chooses them twice.

    :param str signed: the key of the form as it is shown
    :param sent: ``Sent``
    :return: ir.attachment, with those that were kept before
    """
    fresh, kept = sent.files[len(sent.kept) :], sent.kept
    if not fresh:
        return kept
    # sudo: files that wait, and a limit, on which no user has rights
    env = request.env(su=True)
    limit, key = company.sudo().complaint_form_limit, sender_key()
    with isolated(request.env, "Files of a form cannot be kept"):
        if env["complaint.quota"]._claim("form_files", {key: 1}, limit)[key]:
            kept |= env["complaint.form.key"]._keep_files(signed, fresh)
    return kept


def digest_of(signed, typed, files):
    """Return a key that is the same when a page sends the same content again.

    :param str signed: the key of the page
    :param dict typed: what was typed
    :param list files: pairs of name and content
    """
    content = repr((typed, [(name, len(data)) for name, data in files]))
    return f"{signed}.{hashlib.sha256(content.encode()).hexdigest()}"


def sender_key():
    """Return a key for the address a request comes from, which cannot be traced back.

    A household has one IPv4 address, or a /64 of IPv6.
    """
    address = request.httprequest.remote_addr or ""
    with suppress(ValueError):  # none at a Unix socket
        parsed = ipaddress.ip_address(address)
        if parsed.version == 6:
            address = str(ipaddress.ip_network((parsed, 64), strict=False))
    # sudo: the database's secret, so that the address cannot be found by trying
    return hmac(request.env(su=True), "complaint-form-sender", address)


def speak(template, lang):
    """Show a page in this language, or in another one if it is not translated into it.

    :param str template: XML id of the page
    :param str lang: the code of a language
    """
    # sudo: only into which languages it is translated
    page = request.env.ref(template).sudo()
    company = request.env.company.sudo()
    lang = translated_into(page, "arch_db", lang, company.partner_id.lang)
    request.update_context(lang=lang)


def hidden(response, keep="no-store"):
    """Make search engines not index a page, and browsers not keep it.

    :param str keep: the Cache-Control header; by default browsers do not keep it either
    """
    response.headers["Cache-Control"] = keep
    response.headers["X-Robots-Tag"] = "noindex"
    return response

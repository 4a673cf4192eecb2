"""Public form: anybody may complain, also anonymously, and nothing typed is lost."""

from odoo.http import Controller, request, route
from odoo.tools import email_normalize

from ..engine import addresses as mail_addresses
from ..engine import plain_text
from ..models.core.isolation import error_text, isolated
from ..models.portal.helpdesk_ticket_portal import TooManyMessages
from ..models.portal.ir_model_fields import FORM_KINDS
from .complaint_form import (
    LONGEST_LINE,
    LONGEST_TEXT,
    QUICKEST,
    age_of_form,
    digest_of,
    files_of,
    hidden,
    is_genuine,
    keep_files,
    limits_of,
    sender_key,
    sign_form,
    speak,
    text_of,
    too_quick,
)

# A field that people do not see, and robots fill in; some browsers do it as well.
_TRAP = "homepage"
# What the key says that marks a form as sent once more, after a question.
_ASKED = "asked"
_LINES = ("name", "email", "phone")
_TEXTS = ("story", "wish")
# Fields in their order on the page, those that were added come after the wish.
_BEFORE, _AFTER = ("story", "wish"), ("attachment", "name", "email", "phone")
_LONGEST_TITLE = 70
# In the session: the key of the form that was sent last, and which files were not kept.
_SENT = "complaint_sent"


class ComplaintForm(Controller):
    # csrf: checked below, where a failure does not lose what was typed
    @route(
        "/complaints/new",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET", "POST"],
        csrf=False,
    )
    def complaint_new(self, **post):
        """Show the form, or register what was sent and go on to the reference."""
        speak("crm_complaints.portal_complaint_new", request.env.lang)
        company = request.env.company
        # sudo: a setting of the company, and whether it has a complaints team
        Ticket = request.env["helpdesk.ticket"].sudo()
        is_on = company.sudo().complaint_public_form
        if not is_on or not Ticket._complaint_default_teams(company)[company]:
            return self._page("crm_complaints.portal_complaint_form_off", {}, 404)
        if request.httprequest.method != "POST":
            return self._form(self._who_is_signed_in())
        typed = {name: text_of(post, name, line=True) for name in _LINES}
        typed.update((name, text_of(post, name)) for name in _TEXTS)
        typed["anonymous"] = bool(text_of(post, "anonymous"))
        added = Ticket._complaint_form_fields()
        typed.update((some.name, text_of(post, some.name)) for some in added)
        signed, trap = text_of(post, "form_key"), text_of(post, _TRAP)
        # a page of a stranger's may have sent it, with a key that the stranger knows
        age = age_of_form(signed) if is_genuine() else None
        is_asked = age_of_form(text_of(post, "asked_key"), _ASKED) is not None
        errors = self._errors(typed, text_of(post, "email_asked", line=True))
        values, wrong = self._read_added(added, typed)
        errors.update(wrong)
        signed = signed if age is not None else ""
        sent = files_of("attachment", company, signed)
        if sent.problems:
            errors["attachment"] = " ".join(sent.problems)
        if errors:
            return self._form(typed, errors, signed, sent, is_asked=is_asked)
        if age is None:
            errors["form"] = request.env._(
                "This page has been open for a long time. Nothing has been lost: "
                "please send it again."
            )
            return self._form(typed, errors, signed, sent, is_asked=is_asked)
        if age < QUICKEST or (trap and not is_asked):
            errors["form"] = too_quick()
            return self._form(typed, errors, signed, sent, is_asked=True)
        if not self._may_send(company, signed, typed, sent.files):
            errors["form"] = request.env._(
                "Many complaints have been sent from your connection within an hour. "
                "Please try again later, or contact us another way."
            )
            return self._form(typed, errors, signed, sent, 429, is_asked)
        return self._register(company, typed, sent, signed, is_asked, values)

    @route(
        "/complaints/sent",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def complaint_sent(self, **post):
        """Show the reference of what this visitor sent last, and the tracking link."""
        speak("crm_complaints.portal_complaint_sent", request.env.lang)
        # sudo: the sender's own, by the key in their session
        FormKey = request.env["complaint.form.key"].sudo()
        signed, not_kept = request.session.get(_SENT, ["", ""])
        complaint = age_of_form(signed) is not None and FormKey._complaint(signed)
        if not complaint or not complaint.is_complaint:
            return self._page("crm_complaints.portal_complaint_nowhere", {}, 404)
        return self._page(
            "crm_complaints.portal_complaint_sent",
            {
                "complaint": complaint,
                "desk": complaint.company_id,
                "link": complaint.get_portal_url(),
                "not_kept": not_kept,
            },
        )

    # ---------------------------------------------------
    # The form
    # ---------------------------------------------------

    def _page(self, template, values, status=200, keep="no-store"):
        values = {"desk": request.env.company.sudo(), **values}
        return hidden(request.render(template, values, status=status), keep)

    def _form(
        self, typed, errors=None, signed="", sent=None, status=None, is_asked=False
    ):
        """Show the form with what was typed, and what is wrong next to its field.

        :param sent: ``Sent``, whose files are kept
        :param bool is_asked: whether it is sent once more after a question
        """
        company = request.env.company
        signed = signed or sign_form()
        extra = self._added_inputs()
        order = (*_BEFORE, *(some["name"] for some in extra), *_AFTER)
        errors = {
            field: errors[field]
            for field in ("form", *order)
            if field in (errors or {})
        }
        # the input of a field, to which its error leads
        anchors = {**dict.fromkeys(order), "attachment": "files"}
        anchors = {field: anchor or field for field, anchor in anchors.items()}
        return self._page(
            "crm_complaints.portal_complaint_new",
            {
                "typed": typed,
                "errors": errors,
                "anchors": anchors,
                "focus": anchors.get(next(iter(errors), ""), "errors"),
                "extra": extra,
                "privacy_notice": company.sudo().complaint_privacy_notice,
                "form_key": signed,
                "asked_key": sign_form(_ASKED) if is_asked else "",
                "kept": sent and keep_files(signed, sent, company),
                "limits": limits_of(company),
                "longest_text": LONGEST_TEXT,
                "longest_line": LONGEST_LINE,
            },
            status or (400 if errors else 200),
            # where sending fails, the browser's "back" restores what was typed
            keep="private, no-cache",
        )

    def _added_inputs(self):
        """Return the fields that an administrator added, as the page shows them."""
        # sudo: which fields there are
        Ticket = request.env["helpdesk.ticket"].sudo()
        return [
            {
                "name": field.name,
                "label": field.field_description,
                "help": field.help,
                "kind": FORM_KINDS[field.ttype],
                "mode": "numeric" if field.ttype == "integer" else None,
                "options": Ticket._complaint_form_options(field),
                "required": field.complaint_form == "required",
            }
            for field in Ticket._complaint_form_fields()
        ]

    def _read_added(self, added, typed):
        """Return the values of the fields that were added, and what is wrong with them.

        :param added: ir.model.fields
        :return: dict field -> value, dict field -> message
        """
        Ticket = request.env["helpdesk.ticket"].sudo()  # as above
        values, errors = {}, {}
        for field in added:
            text = typed[field.name]
            longest = LONGEST_TEXT if field.ttype == "text" else LONGEST_LINE
            if len(text) > longest:
                errors[field.name] = request.env._("Please shorten this text a little.")
                continue
            try:
                values[field.name] = Ticket._complaint_form_value(field, text)
            except ValueError:
                errors[field.name] = {
                    "integer": request.env._("Please enter a whole number."),
                    "date": request.env._("Please enter a date."),
                }.get(field.ttype, request.env._("Please choose one of the answers."))
                continue
            if field.complaint_form == "required" and not text:
                errors[field.name] = request.env._(
                    "Please fill in: %(field)s.", field=field.field_description
                )
        return values, errors

    def _who_is_signed_in(self):
        user = request.env.user
        if user._is_public():
            return {}
        partner = user.partner_id
        return {
            "name": partner.name or "",
            "email": partner.email or "",
            "phone": partner.phone or "",
        }

    def _errors(self, typed, asked=""):
        """Return what is missing or wrong: dict field -> message next to it.

        :param str asked: the address that the visitor was asked about, as it was typed
        """
        errors = {}
        if not typed["story"]:
            errors["story"] = request.env._("Please tell us what happened.")
        for name in _TEXTS:
            if len(typed[name]) > LONGEST_TEXT:
                errors[name] = request.env._(
                    "This text is longer than %(most)s characters. Please attach it as "
                    "a file.",
                    most=LONGEST_TEXT,
                )
        for name in _LINES:
            if len(typed[name]) > LONGEST_LINE:
                errors[name] = request.env._("Please shorten this text a little.")
        if typed["anonymous"]:
            return errors
        if typed["email"] and "email" not in errors:
            if problem := self._wrong_address(typed["email"], asked):
                errors["email"] = problem
        elif not typed["email"] and not typed["phone"]:
            errors["email"] = request.env._(
                "Please give an e-mail address or a phone number, or tick “I would "
                "rather not give my name”."
            )
        return errors

    def _wrong_address(self, text, asked):
        """Return what is wrong with an address that was typed, '' for nothing.

        What may be right is asked about once.

        :param str asked: the address that the visitor was asked about
        """
        address, meant = mail_addresses.typed(text)
        if address and text == asked:
            return ""
        if meant:
            return request.env._(
                "Please check this e-mail address. Did you mean %(address)s?",
                address=meant,
            )
        if not address:
            return request.env._("Please check this e-mail address for typing errors.")
        if not address.rpartition("@")[0].isascii():
            return request.env._(
                "Our e-mails may not reach an address with these letters before the @. "
                "Please give another address or a phone number, or send the form again "
                "to keep this address."
            )
        return ""

    def _may_send(self, company, signed, typed, files):
        """Tell whether one more form may come from there; the same form always may."""
        FormKey = request.env["complaint.form.key"].sudo()
        if FormKey._complaint(digest_of(signed, typed, files)):
            return True
        key = sender_key()
        # sudo: a limit of the company, on which no user has rights
        Quota = request.env["complaint.quota"].sudo()
        limit = company.sudo().complaint_form_limit
        allowed = True  # if counting fails, rather one too many than one lost
        with isolated(request.env, "Complaints by form cannot be counted"):
            allowed = bool(Quota._claim("form", {key: 1}, limit)[key])
        return allowed

    # ---------------------------------------------------
    # Registering
    # ---------------------------------------------------

    def _register(self, company, typed, sent, signed, is_asked, values):
        user, files = request.env.user, sent.files
        if typed["anonymous"]:
            # anonymous: no trace of the account
            user = request.env.ref("base.public_user")
        # sudo: anybody may complain, and has no rights on complaints
        env = request.env(user=user.id, su=True)
        FormKey = env["complaint.form.key"]
        content = FormKey._claim(digest_of(signed, typed, files))
        if not content:
            return self._go_on(signed)  # the same form again
        entry = FormKey._claim(signed)
        if not entry:
            # they went back, and sent more from the same page
            complaint = FormKey._complaint(signed)
            words = "\n\n".join(filter(None, (typed[name] for name in _TEXTS)))
            try:
                content.ticket_id = complaint._complaint_write(words, files)
            except TooManyMessages as error:
                content.unlink()
                errors = {"form": str(error)}
                return self._form(typed, errors, signed, sent, 429, is_asked)
            return self._go_on(signed)
        partner, error = self._look_up(typed, user)
        vals = {**values, **self._prepare_complaint_vals(company, typed, partner)}
        ticket = env["helpdesk.ticket"]._complaint_create_plainly(vals)
        (content | entry | FormKey._waiting(signed)).ticket_id = ticket
        if error:
            ticket._complaint_something_failed(
                env._("The search for the customer failed"),
                error_text(env, error),
            )
        not_kept = ticket._complaint_add_files(files)
        if not user._is_public() and ticket.partner_id == user.partner_id:
            self._follow(ticket, user.partner_id)
        return self._go_on(signed, not_kept)

    def _prepare_complaint_vals(self, company, typed, partner):
        Ticket = request.env["helpdesk.ticket"].sudo()
        team = Ticket._complaint_default_teams(company)[company]
        vals = {
            "name": self._title(typed["story"]),
            "description": plain_text.as_html(typed["story"]),
            "complaint_remedy_sought": typed["wish"],
            "team_id": team.id,
            "company_id": company.id,
            "channel_id": request.env["ir.model.data"]._xmlid_to_res_id(
                "crm_complaints.helpdesk_ticket_channel_web"
            ),
            "user_id": False,
        }
        if typed["anonymous"]:
            return vals
        if not partner.lang:
            # the visitor's, also where the form is not translated into it
            vals["complaint_lang"] = request.lang.code
        return {
            **vals,
            "partner_id": partner.id,
            "partner_name": typed["name"],
            "partner_email": email_normalize(mail_addresses.typed(typed["email"])[0]),
            "complaint_phone": typed["phone"],
        }

    def _look_up(self, typed, user):
        """Return the customer's contact, if any, and the error if the search failed."""
        nobody = request.env["res.partner"]
        if typed["anonymous"]:
            return nobody, None
        with isolated(request.env, "A customer cannot be looked up") as outcome:
            partner = self._partner(
                email_normalize(mail_addresses.typed(typed["email"])[0]), user
            )
        return (nobody if outcome.error else partner), outcome.error

    def _partner(self, email, user):
        """Return the customer's contact, if we know them.

        An address is trusted as the sender of a mail is, but not that of a colleague
        of ours.
        """
        if not user._is_public():
            return user.partner_id
        Ticket = request.env["helpdesk.ticket"].sudo()
        partner = Ticket._complaint_find_contact(
            [email] if email and not self._is_ours(email) else [], request.env.company
        )
        if any(some._is_internal() for some in partner.user_ids):
            return partner.browse()
        return partner

    def _is_ours(self, email):
        # sudo: whether it is an address of ours
        return bool(request.env["mail.alias.domain"].sudo()._find_aliases([email]))

    def _title(self, story):
        """Return the summary: how the description begins."""
        line = " ".join(story.split())
        if len(line) <= _LONGEST_TITLE:
            return line
        start = line[:_LONGEST_TITLE]
        # not every language has spaces between its words
        return (start.rpartition(" ")[0] or start).rstrip(".,;:- ") + "…"

    def _follow(self, ticket, partner):
        with isolated(request.env, f"Nobody follows {ticket}") as outcome:
            ticket.message_subscribe(partner_ids=partner.ids)
        if outcome.error:
            ticket._complaint_something_failed(
                request.env._("The customer could not be added as a follower"),
                error_text(request.env, outcome.error),
            )

    def _go_on(self, signed, not_kept=()):
        """Redirect to the reference, so that a reload sends nothing again."""
        if not_kept or request.session.get(_SENT, [""])[0] != signed:
            request.session[_SENT] = [signed, ", ".join(not_kept)]
        return request.redirect("/complaints/sent")

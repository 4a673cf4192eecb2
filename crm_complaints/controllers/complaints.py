"""Customer page: where a complaint stands, and what the customer can do about it."""

import hashlib
from datetime import timedelta
from urllib.parse import urlencode

from werkzeug.exceptions import NotFound, abort

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.portal.helpdesk_ticket_portal import (
    ACTS,
    CUSTOMER,
    DECIDING,
    READER,
    SPEAKS,
    STAFF,
    WATCHES,
    TooManyMessages,
)
from .complaint_form import (
    LARGEST_ID,
    LONGEST_TEXT,
    QUICKEST,
    age_of_form,
    digest_of,
    files_of,
    hidden,
    ids_of,
    is_genuine,
    keep_files,
    limits_of,
    page_of,
    remember,
    remember_link,
    sign_form,
    speak,
    text_of,
    token_of,
    too_quick,
)

_RATINGS = {"5": 5, "3": 3, "1": 1}
_MINE = [("is_complaint", "=", True)]
# What can be done on the page; anything else is not found.
_ACTS = (
    *("write", "accept", "reject", "withdraw", "second_look", "rate"),
    "no_rating",
)
# What the customer decides, which no limit of messages is to delay.
_DECISIONS = {"accept", "reject", "withdraw", "second_look"}
# Those that settle something. Servers that check the links in mails press these, too, on a
# page that they have just opened.
_SETTLES = {
    "accept": "offer",
    "reject": "offer",
    "withdraw": "withdraw",
    "second_look": "second_look",
    "rate": "rate",
    "no_rating": "rate",
}
# The inputs of the page at which something may be wrong.
_INPUTS = {
    "write": "write_words",
    "attachment": "write_files",
    "reject": "reject_words",
}
# A press that contradicts another visitor's within this time is asked about.
SHORTLY = timedelta(minutes=15)
# In the session: what this visitor settled on a complaint, and what they were asked about.
_SETTLED, _ASKED = "complaint_settled", "complaint_asked"
# Parameters of links in mails that nobody else is to know.
_SECRET = {"access_token", "hash", "pid"}
# The roles that may do everything, and what the others may do.
_DECIDE = (CUSTOMER, ACTS)
_FOR_OTHERS = {READER: ("write",), SPEAKS: ("write",), WATCHES: ()}


class Refused(Exception):
    """What was asked for cannot be done; the message tells the customer why.

    :ivar str field: next to which the message is shown
    :ivar int status: HTTP status of the page
    """

    def __init__(self, message, field, status=400):
        super().__init__(message)
        self.message = message
        self.field = field
        self.status = status


class Settled:
    """What another visitor settled, to the contrary.

    :ivar str said: what this visitor pressed, in words
    :ivar str summary, note: what a colleague is asked
    """

    def __init__(self, said, summary, note=""):
        self.said = said
        self.summary = summary
        self.note = note

    def words(self, words):
        """Return what this visitor writes in place of what they pressed."""
        return "\n\n".join(filter(None, (self.said, words)))


class CustomerComplaints(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "ticket_count" in counters:
            Ticket = request.env["helpdesk.ticket"]
            # complaints have an entry of their own
            values["ticket_count"] = (
                Ticket.search_count([("is_complaint", "=", False)])
                if Ticket.has_access("read")
                else 0
            )
        return values

    # ---------------------------------------------------
    # Pages
    # ---------------------------------------------------

    @route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_complaints(self, page=1, **kw):
        """Show all complaints of the customer and their colleagues, the latest first."""
        if not request.env["helpdesk.ticket"].has_access("read"):
            raise NotFound()
        speak("crm_complaints.portal_my_complaints", request.env.lang)
        Ticket = request.env["helpdesk.ticket"]
        mine = Domain("id", "in", Ticket._search(_MINE))
        # sudo: those in which they are a representative, by the consents on file
        acting = Ticket.sudo()._complaint_acted_in(request.env.user.partner_id)
        if acting:
            mine |= Domain("id", "in", acting.ids)
            Ticket = Ticket.sudo()
        pager = portal_pager(
            url="/my/complaints",
            total=Ticket.search_count(mine),
            page=page_of(page),
            step=self._items_per_page,
        )
        complaints = Ticket.search(
            mine,
            order="complaint_received_at desc, id desc",
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        values = {
            **self._prepare_portal_layout_values(),
            # sudo: what the page shows of complaints that they may read
            "complaints": complaints.sudo(),
            "pager": pager,
            "page_name": "complaints",
            "public_form": request.env.company.sudo().complaint_public_form,
        }
        return hidden(request.render("crm_complaints.portal_my_complaints", values))

    @route(
        "/my/complaints/<int:complaint_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_my_complaint(self, complaint_id, **kw):
        """Show one complaint to whoever has the link, or an account that may see it."""
        token = token_of(complaint_id, kw)
        complaint, role = self._reach(complaint_id, token)
        if not complaint:
            return self._nowhere()
        if not role:
            # no complaint any more since the letter was written
            path = "".join(filter(None, (str(complaint.id), token and f"/{token}")))
            return request.redirect(f"/my/ticket/{path}")
        survivor = complaint._complaint_survivor()
        if survivor != complaint and survivor._complaint_role(request.env.user):
            # on to the one it was merged into, unless there is but the tracking link
            return request.redirect(self._path(survivor))
        return self._page(complaint, role, token, done=text_of(kw, "done"))

    @route(
        "/my/complaints/<int:complaint_id>/rating",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_complaint_rating(self, complaint_id, **kw):
        """Rating: ask how well it worked, with the face from the mail chosen.

        Opening the page records nothing: mail scanners open links as well.
        """
        token = token_of(complaint_id, kw)
        complaint, role = self._reach(complaint_id, token)
        if not complaint:
            return self._nowhere()
        if not self._decides(complaint, role):
            return request.redirect(self._path(complaint))
        typed = {"act": "rate", "rating": text_of(kw, "rating"), "words": ""}
        return self._page(
            complaint,
            role,
            token,
            typed if typed["rating"] in _RATINGS else None,
            template="crm_complaints.portal_complaint_rating",
        )

    @route(
        "/my/complaints/<int:complaint_id>/documents/<int:document_id>",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def portal_complaint_document(self, complaint_id, document_id, **kw):
        """Send a file of the correspondence as a download, never shown in place."""
        complaint, role = self._reach(complaint_id, token_of(complaint_id, kw))
        document = complaint and role and complaint._complaint_shown_documents()
        document = document and document.filtered(lambda some: some.id == document_id)
        if not document:
            raise NotFound()
        stream = request.env["ir.binary"].sudo()._get_stream_from(document)
        return hidden(
            stream.get_response(
                as_attachment=True, content_security_policy="default-src 'none'"
            )
        )

    # csrf: checked below, where a failure does not lose what was typed
    @route(
        "/my/complaints/<int:complaint_id>/<string:act>",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        csrf=False,
    )
    def portal_complaint_act(self, complaint_id, act, **post):
        """Do what the customer asks for on the page, once, and go on to the page."""
        token = token_of(complaint_id, post)
        complaint, role = self._reach(complaint_id, token)
        if act not in _ACTS or (complaint and not role):
            raise NotFound()
        if not complaint:
            return self._nowhere()
        typed = {
            "act": act,
            "words": text_of(post, "words"),
            "choice": ids_of(post, "choice"),
            "rating": text_of(post, "rating"),
        }
        signed = text_of(post, "form_key")
        about = self._form_of(complaint, token)
        if not is_genuine() or age_of_form(signed, *about) is None:
            signed = ""
        sent = files_of("attachment", complaint.company_id, signed)
        try:
            done_on, act = self._act(
                complaint, role, act, typed, sent, signed, token, post
            )
        except Refused as refusal:
            return self._page(
                complaint,
                role,
                token,
                typed,
                {refusal.field: refusal.message},
                status=refusal.status,
                signed=signed,
                sent=sent if refusal.field in (act, "attachment") else None,
            )
        if done_on != complaint and not done_on._complaint_role(request.env.user):
            # closed too long ago, and a new complaint continues it: who came by the
            # customer's link, and nobody else, gets that of the new one
            if role == CUSTOMER:
                remember_link(done_on.id, done_on._portal_ensure_token())
            else:
                done_on = complaint
        return request.redirect(self._path(done_on, done=act))

    # ---------------------------------------------------
    # Access
    # ---------------------------------------------------

    def _reach(self, complaint_id, token):
        """Return the complaint, in sudo, and the visitor's role on its page.

        An ordinary ticket is returned as well, with no role, to whoever may see it.
        """
        # sudo: whoever has the link may see the complaint, which is checked here
        Ticket = request.env["helpdesk.ticket"].sudo()
        if complaint_id > LARGEST_ID:
            return Ticket, ""
        ticket = Ticket.browse(complaint_id).exists()
        user = request.env.user
        if not ticket:
            return ticket, ""
        if not ticket.is_complaint:
            reads = not user._is_public() and ticket.with_user(user).has_access("read")
            known = (
                token
                and ticket.access_token
                and consteq(token.encode(), ticket.access_token.encode())
            )
            return (ticket if reads or known else Ticket), ""
        role = ticket._complaint_role(user, token)
        if not role:
            return Ticket, ""
        lang = ticket.complaint_lang or ticket.partner_id.lang
        if "access_token" in request.httprequest.args:
            self._leave_token_behind(ticket, token)
        # where nobody is signed in, the letters' language rather than the browser's
        lang = user._is_public() and lang or request.env.lang
        speak("crm_complaints.portal_my_complaint", lang)
        return ticket.with_context(lang=request.env.lang), role

    def _leave_token_behind(self, complaint, token):
        """Go on to the address without the token, which stands in histories and logs.

        :raises HTTPException: the redirect, where the page was only opened
        """
        http = request.httprequest
        if complaint._complaint_role(request.env.ref("base.public_user"), token):
            remember_link(complaint.id, token)
        if http.method in ("GET", "HEAD"):
            query = [pair for pair in http.args.items() if pair[0] not in _SECRET]
            abort(request.redirect_query(http.path, query))

    def _path(self, complaint, **query):
        path = f"/my/complaints/{complaint.id}"
        return f"{path}?{urlencode(query)}" if query else path

    def _nowhere(self):
        """Show that nothing is found, whether or not there is such a complaint."""
        return hidden(
            request.render("crm_complaints.portal_complaint_nowhere", status=404)
        )

    def _decides(self, complaint, role):
        """Tell whether the visitor may decide, on a complaint that is not merged."""
        return role in _DECIDE and complaint._complaint_survivor() == complaint

    def _page(
        self,
        complaint,
        role,
        token,
        typed=None,
        errors=None,
        done="",
        status=200,
        template="crm_complaints.portal_my_complaint",
        signed="",
        sent=None,
    ):
        signed = signed or sign_form(*self._form_of(complaint, token))
        is_public = request.env.user._is_public()
        partner = request.env.user.partner_id
        consent = complaint._complaint_acting(request.env.user, token)
        acting = role in (ACTS, SPEAKS, WATCHES) and consent.partner_id
        rating = complaint._complaint_rating(
            acting or (partner if role == CUSTOMER and not is_public else None)
        )
        values = {
            "complaint": complaint,
            "role": role,
            "acting": acting,
            "writes": role != STAFF and "write" in _FOR_OTHERS.get(role, _ACTS),
            "standing": complaint._complaint_standing(),
            "decides": self._decides(complaint, role),
            "offer": complaint._complaint_offer(),
            "offer_key": self._offer_key(complaint),
            "rating": rating,
            "messages": complaint._complaint_shown_messages(acting=bool(acting)),
            "documents": complaint._complaint_shown_documents(),
            "can_ask": complaint._complaint_can_request_review(),
            "limits": limits_of(complaint.company_id),
            "longest_text": LONGEST_TEXT,
            "form_key": signed,
            "kept": sent and keep_files(signed, sent, complaint.company_id),
            "typed": typed or {},
            "errors": errors or {},
            # an empty message is marked at its field; else what is said stands on top
            "anchors": _INPUTS,
            "focus": _INPUTS.get(next(iter(errors or ()), ""), "errors"),
            "done": done if self._is_done(complaint, done, rating, acting) else "",
            "desk": complaint.company_id,
        }
        return hidden(request.render(template, values, status=status))

    def _form_of(self, complaint, token):
        """Return what the forms of a page are for: this complaint and this person."""
        user = request.env.user
        return str(complaint.id), token if user._is_public() else str(user.id)

    def _is_done(self, complaint, act, rating, acting):
        """Tell whether it was really done: anybody can write it into a link."""
        return {
            "write": True,
            "accept": complaint.complaint_decision == "accepted",
            "reject": complaint.complaint_decision == "rejected",
            "withdraw": complaint.complaint_phase == "withdrawn",
            "second_look": complaint.complaint_review_open,
            "rate": bool(rating),
            "no_rating": complaint._complaint_wants_no_rating()
            or (acting or request.env.user.partner_id.sudo()).complaint_no_rating,
        }.get(act, False)

    def _offer_key(self, complaint):
        """Return a digest of the offer, to notice that it has changed."""
        terms = [
            (
                r.id,
                r.type_id.id,
                r.description,
                r.amount,
                r.promised_date,
                r.alternative,
            )
            for r in complaint._complaint_offer()
        ]
        return hashlib.sha256(repr(terms).encode()).hexdigest()

    # ---------------------------------------------------
    # What the customer does
    # ---------------------------------------------------

    def _act(self, complaint, role, act, typed, sent, signed, token, post):
        """Do what was asked for, unless the same form was sent before.

        :param sent: ``Sent``, the files
        :param str signed: the key of the form, '' where it is not this visitor's
        :return: the complaint to show next, and what was done
        :raises Refused: where it cannot be done
        """
        if role == STAFF:
            raise Refused(
                request.env._(
                    "You are signed in as a member of staff. Only the customer can do this."
                ),
                "page",
                403,
            )
        if act not in _FOR_OTHERS.get(role, _ACTS):
            raise Refused(
                request.env._("Your authority to act does not cover this.")
                if role in (SPEAKS, WATCHES)
                else request.env._("Only the person who complained can decide this."),
                "page",
                403,
            )
        if act != "write" and complaint._complaint_survivor() != complaint:
            raise Refused(
                request.env._(
                    "We are handling this complaint together with another one of "
                    "yours. You can still write to us here."
                ),
                "page",
                409,
            )
        if not signed:
            raise Refused(self._is_stale(), act)
        if len(typed["words"]) > LONGEST_TEXT:
            raise Refused(
                request.env._(
                    "This text is longer than %(most)s characters. Please attach it as "
                    "a file.",
                    most=LONGEST_TEXT,
                ),
                act,
            )
        if sent.problems:
            raise Refused(
                " ".join(sent.problems), "attachment" if act == "write" else act
            )
        self._ensure_is_a_person(complaint, act, signed, token)
        FormKey = request.env["complaint.form.key"].sudo()  # which no user reads
        key = digest_of(signed, typed, sent.files)
        try:
            with request.env.cr.savepoint():
                entry = FormKey._claim(key)
                if not entry:
                    return FormKey._complaint(key) or complaint, act
                author = self._author(complaint, role, token)
                settled = self._settled_by_another(complaint, act, typed, author)
                if settled and self._asks_which(complaint, act, typed, settled):
                    act = "write"
                    typed = {**typed, "words": settled.words(typed["words"])}
                if act in _DECISIONS:
                    complaint = complaint.with_context(complaint_deciding=DECIDING)
                handle = getattr(self, f"_act_{act}")
                target = handle(complaint, author, typed, sent.files, post)
                if settled and act == "write":
                    target._complaint_ask_to_look(settled.summary, settled.note)
                if act in _SETTLES:
                    remember(_SETTLED, complaint, act)
                (entry | FormKey._waiting(signed)).ticket_id = target
        except TooManyMessages as error:
            raise Refused(str(error), act, 429) from error
        except UserError as error:
            raise Refused(str(error), act, 409) from error
        return entry.ticket_id, act

    def _ensure_is_a_person(self, complaint, act, signed, token):
        """Refuse what is pressed on a page that was opened this moment, by a link.

        :raises Refused: with the same form, whose second press counts
        """
        if act not in _SETTLES or not request.env.user._is_public():
            return
        if age_of_form(signed, *self._form_of(complaint, token)) < QUICKEST:
            raise Refused(
                too_quick(),
                _SETTLES[act],
            )

    def _settled_by_another(self, complaint, act, typed, author):
        """Return what another visitor settled by a link shortly before, to the contrary.

        :return: ``Settled``, None where there is nothing of the kind
        """
        if (
            act not in _SETTLES
            or not request.env.user._is_public()
            or str(complaint.id) in request.session.get(_SETTLED, {})
        ):
            return None
        env = request.env
        pressed = {
            "accept": env._("I accept the offer."),
            "reject": env._("I decline the offer."),
            "withdraw": env._("I withdraw my complaint."),
        }
        since = fields.Datetime.now() - SHORTLY
        if act == "rate":
            rating = complaint._complaint_rating(author)
            if (
                rating
                and rating.create_date >= since
                and rating.rating != _RATINGS.get(typed["rating"])
            ):
                return Settled("", "")
            return None
        before = {"accepted": "accept", "rejected": "reject"}.get(
            complaint.complaint_decision
        )
        if not before or (complaint.complaint_decided_at or since) <= since:
            before = ""
        if complaint.complaint_phase == "withdrawn":
            is_new = (complaint.last_stage_update or since) > since
            before = "withdraw" if is_new else ""
        if act not in pressed or not before or before == act:
            return None
        return Settled(
            pressed[act],
            env._("Contradictory replies on the customer page"),
            env._(
                "On the customer page, “%(first)s” was chosen and, within minutes, "
                "“%(second)s” by another visitor. Security software that checks links "
                "in e-mails sometimes does this. Please ask the customer which of the "
                "two is meant.",
                first=pressed[before],
                second=pressed[act],
            ),
        )

    def _asks_which(self, complaint, act, typed, settled):
        """Tell whether a colleague is to ask which of two answers is meant.

        A rating is asked about here: sent once more, it counts.

        :raises Refused: where it was not sent twice
        """
        if act != "rate":
            return True
        asked = request.session.get(_ASKED, {}).get(str(complaint.id))
        if asked != typed["rating"]:
            remember(_ASKED, complaint, typed["rating"])
            raise Refused(
                request.env._(
                    "A different answer was given through this link a few minutes ago. "
                    "Security software that checks e-mails sometimes does this. If "
                    "your answer is right, please send it again."
                ),
                "rate",
                409,
            )
        return False

    def _is_stale(self):
        return request.env._(
            "This page has been open for a long time. Nothing has been lost: please "
            "send it again."
        )

    def _author(self, complaint, role, token):
        """Return the contact of whoever does it; empty for the customer's own link."""
        user = request.env.user
        if not user._is_public():
            return user.partner_id.sudo()
        if role == CUSTOMER:
            return user.partner_id.browse()
        return complaint._complaint_acting(user, token).partner_id

    def _act_write(self, complaint, author, typed, files, post):
        if not typed["words"] and not files:
            raise Refused(request.env._("Please write a message first."), "write")
        return complaint._complaint_write(typed["words"], files, author)

    def _check_offer(self, complaint, decision, post):
        """Tell whether there is an offer to decide on, the one that was shown.

        :return: False where they have decided so already
        :raises Refused: where the offer has changed meanwhile
        """
        on_offer = complaint._complaint_offer()
        if not on_offer and complaint.complaint_decision == decision:
            return False
        if text_of(post, "offer_key") != self._offer_key(complaint) or not on_offer:
            raise Refused(
                request.env._(
                    "The offer has changed in the meantime. Please read it again."
                ),
                "offer",
                409,
            )
        return True

    def _act_accept(self, complaint, author, typed, files, post):
        if self._check_offer(complaint, "accepted", post):
            Remedy = request.env["complaint.remedy"].sudo()
            on_offer = complaint._complaint_offer()
            chosen = Remedy.browse(typed["choice"]) & on_offer
            alternatives = on_offer.filtered("alternative")
            if len(alternatives) > 1 and len(chosen & alternatives) != 1:
                raise Refused(
                    request.env._("Please choose one of the options first."), "offer"
                )
            complaint._complaint_accept(
                chosen,
                typed["words"],
                by_customer=True,
                partner=author,
            )
        return complaint

    def _act_reject(self, complaint, author, typed, files, post):
        if self._check_offer(complaint, "rejected", post):
            if not typed["words"].strip():
                raise Refused(
                    request.env._("Please tell us briefly what would suit you better."),
                    "reject",
                )
            complaint._complaint_reject(
                typed["words"], by_customer=True, partner=author
            )
        return complaint

    def _act_withdraw(self, complaint, author, typed, files, post):
        if complaint.complaint_phase != "withdrawn":
            complaint._complaint_withdraw(typed["words"], author)
        return complaint

    def _act_second_look(self, complaint, author, typed, files, post):
        if not complaint._complaint_can_request_review():
            raise Refused(
                request.env._(
                    "A review is not possible at the moment. Please write to us below "
                    "instead."
                ),
                "second_look",
                409,
            )
        complaint._complaint_request_review(typed["words"])
        return complaint

    def _act_rate(self, complaint, author, typed, files, post):
        if typed["rating"] not in _RATINGS:
            raise Refused(request.env._("Please choose one of the answers."), "rate")
        complaint._complaint_rate(_RATINGS[typed["rating"]], typed["words"], author)
        return complaint

    def _act_no_rating(self, complaint, author, typed, files, post):
        complaint._complaint_ask_no_more(author)
        return complaint

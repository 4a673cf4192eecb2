"""Portal of helpdesk_mgmt: customers file tickets safely, and reach only their own."""

from werkzeug.exceptions import BadRequest, NotFound

from odoo.fields import Datetime
from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

from ..models.core.isolation import isolated
from ..models.portal.helpdesk_ticket_portal import LEFT_OUT
from .complaint_form import LARGEST_ID, id_of, page_of, remember_link, text_of


def _is_date(text):
    try:
        return bool(Datetime.to_datetime(text))
    except ValueError:
        return False


class ComplaintPortal(HelpdeskTicketController):
    @route(methods=["POST"])
    def submit_ticket(self, **kw):
        """Register what was typed, if need be without followers and files.

        Not by a link, which anybody could have the customer open.

        Where subscribing the customer or keeping a file fails, what was written is not
        lost; the handler asks them to send the rest again.

        :raises BadRequest: for what the form cannot have sent
        """
        kw = self._complaint_checked(kw)
        # as they were sent: making large pictures smaller takes memory without limit
        request.update_context(image_no_postprocess=True)
        with isolated(request.env, "A ticket cannot be submitted") as outcome:
            response = super().submit_ticket(**kw)
        if not outcome.error:
            ticket_id = id_of(response.location.rpartition("/")[2])
            # sudo: what was filed just now
            filed = request.env["helpdesk.ticket"].sudo().browse(ticket_id).exists()
            filed._complaint_name_empty_files()
            return response
        ticket = request.env["helpdesk.ticket"].sudo()  # as helpdesk_mgmt does
        vals = self._prepare_submit_ticket_vals(**kw)
        if not ticket._complaint_is_meant(vals):
            raise outcome.error
        files = request.httprequest.files.getlist("attachment")
        for file in files:
            file.seek(0)
        ticket = ticket._complaint_create_plainly(vals)
        ticket._complaint_keep_extras(
            outcome.error,
            request.env.user.partner_id,
            [(file.filename, file.read()) for file in files if file.filename],
        )
        ticket._complaint_name_empty_files()
        return request.redirect(f"/my/ticket/{ticket.id}")

    def _complaint_checked(self, kw):
        """Return the parameters of a new ticket, if the form can have sent them.

        :raises BadRequest: otherwise; helpdesk_mgmt would answer with an error of the
            server, or take another company's category
        """
        category_id, team_id = id_of(kw.get("category")), id_of(kw.get("team"))
        if category_id and category_id not in self._complaint_offered(
            "helpdesk.ticket.category", category_id
        ):
            raise BadRequest(request.env._("Please choose one of the categories."))
        if team_id and team_id not in self._complaint_offered(
            "helpdesk.ticket.team", team_id
        ):
            raise BadRequest(request.env._("Please choose one of the teams."))
        # NUL, which the database refuses
        subject = " ".join(text_of(kw, "subject").split())
        if not subject:
            raise BadRequest(request.env._("Please tell us briefly what it is about."))
        return {
            **kw,
            "category": str(category_id or ""),
            "team": str(team_id or ""),
            "subject": subject,
            "description": text_of(kw, "description"),
        }

    def _complaint_offered(self, model, record_id):
        """Return the ids of that record, if customers may choose it, else none."""
        return (
            request.env[model]
            .search([("id", "=", record_id), ("show_in_portal", "=", True)])
            .ids
        )

    @route(methods=["GET", "POST"])
    def support_ticket_close(self, **kw):
        """Close a ticket of one's own; opening the link changes nothing.

        helpdesk_mgmt lets whoever is logged in close any ticket. A stage that the
        ticket's page does not offer changes nothing either, as there.

        :raises NotFound: where there is no such ticket for this user
        """
        ticket_id, stage_id = id_of(kw.get("ticket_id")), id_of(kw.get("stage_id"))
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        if ticket.has_access("read") and ticket.is_complaint:
            # complaints do not close without an outcome; its page lets them withdraw
            return request.redirect(f"/my/complaints/{ticket.id}")
        operation = "write" if request.env.user._is_internal() else "read"
        if not ticket or not ticket.has_access(operation):
            raise NotFound()
        # sudo: the stages that the ticket's own page offers
        sudo = ticket.sudo()
        team = sudo.team_id.with_company(sudo.company_id)
        stages = team._get_applicable_stages().filtered("close_from_portal")
        if stage_id in stages.ids and request.httprequest.method == "POST":
            sudo.stage_id = stage_id
        return request.redirect(f"/my/ticket/{ticket.id}", code=302)


class ComplaintPortalPages(CustomerPortalHelpdesk):
    @route()
    def portal_my_tickets(self, page=1, **kw):
        """Show the list as usual where the link names no known order, group or date."""
        for name, known in (
            ("sortby", self._ticket_get_searchbar_sortings()),
            ("groupby", self._ticket_get_searchbar_groupby()),
            ("search_in", self._ticket_get_searchbar_inputs()),
        ):
            if text_of(kw, name) not in known:
                kw[name] = None
        for name in ("date_begin", "date_end"):
            if kw.get(name) and not _is_date(text_of(kw, name)):
                kw[name] = None
        # NUL, which the database refuses
        kw["search"] = text_of(kw, "search")
        # complaints have a list of their own, without stages
        request.update_context(complaint_left_out=LEFT_OUT)
        response = super().portal_my_tickets(page=page_of(page), **kw)
        filters = getattr(response, "qcontext", {}).get("searchbar_filters", {})
        # sudo: which of the stages are for complaints
        stages = request.env["helpdesk.ticket.stage"].sudo()
        for stage in stages.search([("complaint_phase", "!=", False)]):
            filters.pop(str(stage.id), None)
        return response

    @route()
    def portal_my_ticket(self, ticket_id, **kw):
        access_token = kw["access_token"] = text_of(kw, "access_token")
        if ticket_id > LARGEST_ID:
            raise NotFound()
        # sudo: to tell whether the visitor may see it, before anything is shown
        ticket = request.env["helpdesk.ticket"].sudo().browse(ticket_id).exists()
        if ticket and ticket._complaint_role(request.env.user, access_token):
            if ticket._complaint_role(
                request.env.ref("base.public_user"), access_token
            ):
                remember_link(ticket_id, access_token)
            return request.redirect(f"/my/complaints/{ticket_id}")
        if ticket.is_complaint:
            return request.redirect("/my")
        return super().portal_my_ticket(ticket_id, **kw)

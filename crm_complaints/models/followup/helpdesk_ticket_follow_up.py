"""helpdesk.ticket, follow-up: a personal call some days after the resolution."""

from dataclasses import replace

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine import acknowledgement, phases, working_time
from ..resolution.helpdesk_ticket_agree import REMEDIES_STAND

FOLLOW_UP_ACTIVITY = "crm_complaints.mail_activity_type_follow_up"
# In the context, an object that cannot be sent over RPC: the answer is recorded.
RECORDED = object()
RESULTS = [
    ("restored", "Resolved"),
    ("partly", "Partly Resolved"),
    ("lost", "Not Resolved"),
]
# Number of complaints and messages since the resolution that the wizard lists.
_SINCE_SHOWN = 5


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_follow_up_result = fields.Selection(
        selection=RESULTS,
        string="Follow-up Result",
        groups="base.group_user",
        readonly=True,
        copy=False,
        tracking=True,
        help="What the customer said when asked whether the complaint is resolved.",
        complaint_written_by="manager",
        complaint_merge="keep",
    )
    complaint_follow_up_at = fields.Datetime(
        string="Followed Up On",
        readonly=True,
        copy=False,
        help="When the customer gave the result or, without a reply, was "
        "asked in writing.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_follow_up_call_ids = fields.One2many(
        comodel_name="complaint.follow.up.call",
        inverse_name="ticket_id",
        string="Follow-up Calls",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
    )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_follow_up(self):
        """Open the wizard that records how the follow-up call went.

        :raises UserError: where the complaint has not been resolved
        """
        self.ensure_one()
        self._complaint_ensure_resolved()
        return {
            "name": self.env._("Follow-up Call"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.follow.up",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def action_complaint_letter(self):
        """Open the follow-up wizard instead, for its own kind of letter."""
        if self.env.context.get("complaint_letter_kind") == "not_reached":
            return self.action_complaint_follow_up()
        return super().action_complaint_letter()

    # ---------------------------------------------------
    # Effects of phase changes
    # ---------------------------------------------------

    def _complaint_put_back(self):
        super()._complaint_put_back()
        self._complaint_drop_follow_up()

    def _complaint_prepare_reopening_vals(self, count):
        return {
            **super()._complaint_prepare_reopening_vals(count),
            "complaint_follow_up_at": False,
        }

    def _complaint_phase_changed(self, moves):
        moves.decided._complaint_ask_anew()
        super()._complaint_phase_changed(moves)
        (moves.reopened | moves.withdrawn)._complaint_drop_follow_up()
        moves.resolved.filtered(
            lambda t: t.complaint_phase == phases.FOLLOW_UP
        )._complaint_plan_follow_up()

    @api.model
    def _complaint_clock_facts(self):
        return super()._complaint_clock_facts() | {"complaint_follow_up_at"}

    def _complaint_facts(self):
        own = not self.duplicate_id  # a duplicate is followed up with the other one
        return replace(
            super()._complaint_facts(),
            followed_up_at=(own and self.complaint_follow_up_at) or None,
        )

    def _complaint_customer_wrote(self):
        return (
            self._complaint_answers_follow_up() or super()._complaint_customer_wrote()
        )

    # ---------------------------------------------------
    # Planning
    # ---------------------------------------------------

    def _complaint_plan_follow_up(self):
        """Plan the follow-up call for each complaint, once per resolution.

        Of history nobody is asked, and complaints with a result are not asked again.
        """
        if self._complaint_is_history():
            return
        todo = self.filtered(lambda ticket: not ticket.complaint_follow_up_result)
        if todo:
            todo -= todo._complaint_planned_calls()[1]
            todo._complaint_plan_call(todo._complaint_days_until_call())

    def _complaint_ask_anew(self):
        """Reset the result of the last follow-up, as there is a new resolution."""
        # sudo: follows from a change that was checked
        answered = self.sudo().filtered("complaint_follow_up_result")
        answered.complaint_follow_up_result = False

    def _complaint_planned_calls(self):
        """Return the follow-up calls planned, and the complaints that have one.

        Calls planned by hand count as well.
        """
        # sudo: calls of colleagues count as well
        calls = self.sudo().activity_search([FOLLOW_UP_ACTIVITY], only_automated=False)
        return calls, self.browse(calls.mapped("res_id"))

    def _complaint_plan_call(self, days):
        """Plan follow-up calls, for those of ``_complaint_follow_up_callers``.

        :param dict days: ticket id -> days from today, in the team's time zone
        """
        self._complaint_plan_activity(
            FOLLOW_UP_ACTIVITY, days, users=self._complaint_follow_up_callers()
        )

    def _complaint_days_until_call(self, working_days=None):
        """Return {ticket id: days from today} until some working days have passed.

        :param int working_days: by default the team's setting
        """
        now = fields.Datetime.now()
        timetables = {}
        days = {}
        # sudo: settings and working hours of the team, for all users
        for ticket in self.sudo():
            number = (
                ticket.team_id.complaint_follow_up_days
                if working_days is None
                else working_days
            )
            timetable = ticket._complaint_timetable(timetables, [now])
            due = timetable.deadline(now, number, working_time.DAY, True)
            tz = working_time.zone(ticket.complaint_tz)
            days[ticket.id] = (
                working_time.local_date(due, tz) - working_time.local_date(now, tz)
            ).days
        return days

    def _complaint_follow_up_callers(self):
        """Return {ticket id: res.users} of those who make the follow-up call.

        The team's caller, where they may work the complaint; else the responsible
        person.
        """
        callers = {}
        # sudo: the team's setting, for all users
        for named, tickets in (
            self.sudo().grouped(lambda t: t.team_id.complaint_follow_up_user_id).items()
        ):
            able_ids = set()
            if named.active:
                able_ids = {
                    *tickets.with_user(named)
                    .with_context(allowed_company_ids=named.company_ids.ids)
                    ._filtered_access("write")
                    .ids
                }
            for ticket in tickets:
                callers[ticket.id] = (
                    named if ticket.id in able_ids else ticket.complaint_responsible_id
                )
        return callers

    def _complaint_follow_up_today(self, summary, note):
        """Plan the follow-up call for today, where there is no result yet.

        Planned calls are moved; resolved complaints without one get one. Others, not
        resolved or followed up already, are left alone.

        :param str summary: of the activity, short, one line
        :param str note: plain text, put before the script
        """
        # sudo: customers may cause this, and calls belong to colleagues
        tickets = self.sudo().filtered(
            lambda t: (
                t.complaint_phase in phases.RESOLVED
                and not t.complaint_follow_up_result
                and not t.duplicate_id
            )
        )
        without = tickets - tickets._complaint_planned_calls()[1]
        without._complaint_plan_call(dict.fromkeys(without.ids, 0))
        for call in tickets._complaint_planned_calls()[0]:
            values = {"date_deadline": self.browse(call.res_id)._complaint_today()}
            if call.summary != summary:
                values["summary"] = summary
                values["note"] = Markup("<p>%s</p>%s") % (note, call.note or "")
            call.write(values)

    def _complaint_today(self):
        """Return today's date in the time zone of the complaint."""
        return fields.Date.context_today(self.with_context(tz=self.sudo().complaint_tz))

    def _complaint_put_off_call(self, working_days):
        """Move the planned call of a complaint; plan one where there is none.

        :return: the date of the next call
        """
        self.ensure_one()
        days = self._complaint_days_until_call(working_days)
        calls = self._complaint_planned_calls()[0]
        day = fields.Date.add(self._complaint_today(), days=days[self.id])
        if calls:
            calls.date_deadline = day
        else:
            self.sudo()._complaint_plan_call(days)  # sudo: perhaps a colleague's
        return day

    def _complaint_drop_follow_up(self):
        """Remove the planned follow-up calls, as the resolution no longer stands."""
        self._complaint_planned_calls()[0].unlink()

    # ---------------------------------------------------
    # The answer
    # ---------------------------------------------------

    @api.model
    def _complaint_scripts(self):
        return {
            **super()._complaint_scripts(),
            FOLLOW_UP_ACTIVITY: "mail_template_follow_up_call",
        }

    @api.model
    def _complaint_handed_types(self):
        return [*super()._complaint_handed_types(), FOLLOW_UP_ACTIVITY]

    def _complaint_is_handed(self, activity):
        follow_up = self.env["ir.model.data"]._xmlid_to_res_id(
            FOLLOW_UP_ACTIVITY, False
        )
        if activity.activity_type_id.id == follow_up:
            # sudo: the team's setting
            named = self.sudo().team_id.complaint_follow_up_user_id
            return activity.user_id != named
        return super()._complaint_is_handed(activity)

    def _complaint_ensure_resolved(self):
        if self.complaint_phase not in phases.RESOLVED:
            raise UserError(
                self.env._(
                    "This complaint has not been resolved yet. Please resolve it "
                    "before the follow-up call."
                )
            )

    def _complaint_note_call(self, **values):
        """Add an attempt to the register of follow-up calls.

        :return: complaint.follow.up.call, in sudo
        """
        # sudo: a register that nobody edits
        return (
            self.env["complaint.follow.up.call"]
            .sudo()
            .create(
                {
                    "ticket_id": self.id,
                    "resolution_at": self.complaint_resolved_at,
                    "cycle": self.complaint_reopened_count + 1,
                    "attempt_number": len(self._complaint_calls()) + 1,
                    **values,
                }
            )
        )

    def _complaint_calls(self):
        """Return the register's follow-up calls about the current resolution."""
        self.ensure_one()
        cycle = self.complaint_reopened_count + 1
        # sudo: all of them count, even where a custom record rule hides some
        return self.sudo().complaint_follow_up_call_ids.filtered(
            lambda call: call.cycle == cycle
        )

    def _complaint_record_follow_up(
        self, result, words="", reopen=False, review=False, how="phone", reason=""
    ):
        """Record the follow-up result, do the activity, and close or reopen.

        The user has to be able to write the complaint.

        :param str result: "restored", "partly" or "lost"
        :param str words: what the customer said, plain text
        :param bool reopen: reopen the complaint instead of closing it
        :param bool review: ask for a review instead
        :param str how: of ``complaint.follow.up.call``
        :param str reason: why it is reopened, plain text
        :raises UserError: where the complaint has not been resolved, or cannot be
            reviewed any more
        """
        self.ensure_one()
        self.check_access("write")
        self._complaint_ensure_resolved()
        calls = self._complaint_planned_calls()[0]
        if review:
            followed = "second_look"
        elif reopen:
            followed = "reopened"
        else:
            followed = "none" if self.complaint_phase == phases.CLOSED else "closed"
        self._complaint_note_call(
            how=how,
            reached=True,
            result=result,
            customer_words=words,
            reason=reason,
            followed=followed,
        )
        # sudo: users cannot write it, only the register's methods
        self.sudo().write(
            {
                "complaint_follow_up_result": result,
                # asked in writing, it is met at that time, whenever the answer comes
                "complaint_follow_up_at": self.complaint_follow_up_at
                or fields.Datetime.now(),
            }
        )
        if calls:
            # sudo: the call may be a colleague's activity
            calls.with_context(complaint_follow_up_recorded=RECORDED).action_feedback(
                feedback=words
            )
        elif words:
            self._message_log(body=words)
        if (reopen or review) and reason and reason != words:
            self._message_log(body=reason)
        if review:
            self._complaint_request_review(reason or words)
        elif reopen:
            self.action_complaint_reopen()
        elif self.complaint_phase != phases.CLOSED:
            self._complaint_set_phase(phases.CLOSED)

    def _complaint_close_as_repeated(self, repeat):
        """Close complaints in follow-up that were followed by a repeat complaint.

        Outstanding remedies remain. Needs no rights on the complaints, as whoever
        registers the new one may not see the first.

        :param repeat: helpdesk.ticket, the new complaint
        """
        now = fields.Datetime.now()
        # sudo: see above
        for first in self.sudo():
            if first.complaint_phase != phases.FOLLOW_UP or first == repeat:
                continue
            first._complaint_note_call(
                how="repeat",
                reached=False,
                result="lost",
                followed="closed",
                user_id=False,
                repeat_id=repeat.id,
            )
            first.write(
                {
                    "complaint_follow_up_result": "lost",
                    "complaint_follow_up_at": first.complaint_follow_up_at or now,
                }
            )
            first._complaint_drop_follow_up()
            first.with_context(
                complaint_remedies_stand=REMEDIES_STAND
            )._complaint_set_phase(phases.CLOSED)
            # not naming it: the other may be about colleagues who read this
            first._message_log(
                body=self.env._(
                    "The customer complained again before the follow-up call. This "
                    "complaint counts as not resolved, and the matter is handled in "
                    "the new complaint."
                )
            )

    # ---------------------------------------------------
    # No answer
    # ---------------------------------------------------

    def _complaint_after_no_answer(self):
        """Return the next step if the customer is not reached this time either.

        :return: "again" on another day, "write" to them, "tell" the leader that
            there is no way to reach them, or "close" without an answer
        """
        self.ensure_one()
        calls = self._complaint_calls()
        if {"written", "told"} & set(calls.mapped("followed")):
            return "close"
        if self.complaint_acknowledge_route == acknowledgement.NOT_APPLICABLE:
            return "close"  # there is nobody to ask
        tried = calls._in_vain() + 1
        # sudo: the team's setting
        if (
            self.complaint_phone
            and tried < self.sudo().team_id.complaint_follow_up_attempts
        ):
            return "again"
        return "write" if self._complaint_can_be_written_to() else "tell"

    def _complaint_can_be_written_to(self):
        """Tell whether there is an address for letters, by mail or by post."""
        self.ensure_one()
        return any(
            recipient.complaint_email_to
            or recipient._complaint_recipient_partner().street
            for recipient in self._complaint_per_recipient()
        )

    def _complaint_not_reached(self, step, how="phone", words=""):
        """Record that the customer was not reached, and take the next step.

        The user has to be able to write the complaint.

        :param str step: that of ``_complaint_after_no_answer`` the user has seen
        :param str how: of ``complaint.follow.up.call``
        :param str words: a remark, plain text
        :return: complaint.letter, if any was sent
        :raises UserError: where the complaint has not been resolved, or the next step
            has changed meanwhile
        """
        self.ensure_one()
        self.check_access("write")
        self._complaint_ensure_resolved()
        if step != self._complaint_after_no_answer():
            raise UserError(
                self.env._(
                    "A colleague has recorded an attempt in the meantime. Please close "
                    "this window and open it again."
                )
            )
        call = self._complaint_note_call(how=how, reached=False, customer_words=words)
        letters = self.env["complaint.letter"]
        if step == "again":
            call.followed = "again"
            call.next_call_on = self._complaint_put_off_call(1)
        elif step == "close":
            call.followed = "closed"
            self._complaint_close_unanswered()
        else:
            if step == "write":
                call.followed = "written"
                letters = self._complaint_ask_in_writing()
                call.letter_id = letters[:1].sudo()
                # it is met now, whenever the answer comes
                # sudo: noted by the system; access checked above
                self.sudo().complaint_follow_up_at = fields.Datetime.now()
            else:
                call.followed = "told"
                self._complaint_tell_unreachable()
            # sudo: the team's setting
            days = self.sudo().team_id.complaint_follow_up_days
            call.next_call_on = self._complaint_put_off_call(max(days, 1))
        self._message_log(body=call._as_note())
        return letters

    def _complaint_ask_in_writing(self):
        """Send the letter that asks whether it worked, by mail or on paper.

        :return: complaint.letter
        """
        signer = self.env.user

        def render(recipient, way):
            return recipient._complaint_render_letter(
                "not_reached", on_paper=way == "paper", signer=signer
            )

        letters = self._complaint_send_letters(
            "not_reached", render, self._complaint_letter_way(), signer
        )
        if "paper" in letters.mapped("way"):
            # by mail, the mail itself is noted
            self._complaint_heard_from_us()
        return letters

    def _complaint_tell_unreachable(self):
        """Ask the leader for another way to reach a customer."""
        self.sudo().activity_schedule(  # sudo: an activity for the leader
            "crm_complaints.mail_activity_type_look",
            summary=self.env._("Find another way to reach the customer"),
            note=Markup("<p>%s</p>")
            % self.env._(
                "The follow-up call was not possible: nobody answers the phone, and "
                "there is neither an e-mail nor a postal address."
            ),
            user_id=self.complaint_leader_id.id,
        )

    def _complaint_close_unanswered(self):
        """Close a complaint without a result, after all ways of asking were tried."""
        self._complaint_drop_follow_up()  # not done, as nobody was reached
        if not self.complaint_follow_up_at:
            # sudo: noted by the system; the caller has checked the access
            self.sudo().complaint_follow_up_at = fields.Datetime.now()
        if self.complaint_phase != phases.CLOSED:
            self._complaint_set_phase(phases.CLOSED)

    def _complaint_answers_follow_up(self):
        """Treat the customer's message as the answer, where we asked in writing.

        :return: whether it is, and somebody is asked to record it today
        """
        self.ensure_one()
        if self.complaint_follow_up_result or not any(
            call.followed == "written" for call in self._complaint_calls()
        ):
            return False
        self._complaint_follow_up_today(
            self.env._("Record the customer's reply to the follow-up"),
            self.env._(
                "The customer was asked in writing and has replied. Please record the "
                "result."
            ),
        )
        return True

    # ---------------------------------------------------
    # Contacts since the resolution
    # ---------------------------------------------------

    def _complaint_contacts_since(self):
        """Return complaints and messages since the resolution that the user may read.

        :return: (their helpdesk.ticket, their mail.message on this one), the latest
            first, a few of each
        """
        self.ensure_one()
        since = self.complaint_resolved_at
        if not since:
            return self.browse(), self.env["mail.message"]
        of_him = self._complaint_of_customer_domain(
            self.partner_id, self.complaint_phone, self.partner_email
        )
        if self.commercial_partner_id:
            of_him |= Domain(
                "commercial_partner_id", "=", self.commercial_partner_id.id
            )
        tickets = self.search(
            of_him
            & Domain("id", "!=", self.id)
            & (
                Domain("complaint_received_at", ">", since)
                | (
                    Domain("complaint_received_at", "=", False)
                    & Domain("create_date", ">", since)
                )
            ),
            order="create_date desc, id desc",
            limit=_SINCE_SHOWN,
        )
        messages = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                ("date", ">", since),
                ("message_type", "in", ("email", "comment")),
                ("subtype_id.internal", "=", False),
                "|",
                ("author_id", "=", False),
                ("author_id.partner_share", "=", True),
            ],
            order="date desc, id desc",
            limit=_SINCE_SHOWN,
        )
        return tickets, messages

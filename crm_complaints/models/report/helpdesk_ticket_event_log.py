"""helpdesk.ticket, event log: the course of complaints, as process mining reads it.

One row an event: which complaint, what, when, by whom. No row names a customer.
"""

from collections import defaultdict
from typing import NamedTuple

from odoo import api, models

from ...engine import phases
from .helpdesk_ticket_register_file import Column

# Fields whose changes are events; mail keeps them with their moment and author.
_TRACKED = ("stage_id", "user_id")


class Event(NamedTuple):
    """Something that happened to a complaint.

    :ivar at: naive datetime, UTC
    :ivar key: of the activity: a phase, or one of ``_complaint_event_labels``
    :ivar by: name of the one who did it, empty where nobody is known
    """

    at: object
    key: str
    by: str = ""


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _complaint_event_labels(self):
        """Hook: return {key: name of the activity} in the language of the user."""
        stages = self.env["helpdesk.ticket.stage"]
        labels = dict(
            stages._fields["complaint_phase"]._description_selection(self.env)
        )
        # of one moment, the event that stands first here is the first
        return {
            "received": self.env._("Received"),
            "follow_up_call": self.env._("Follow-up Call"),
            "review_requested": self.env._("Review Requested"),
            "reopened": self.env._("Reopened"),
            "assigned": self.env._("Assigned"),
            "acknowledged": self.env._("Acknowledged"),
            "first_reply": self.env._("First Reply"),
            "extended": self.env._("Deadline Extended"),
            "offered": self.env._("Offer Sent"),
            "decided": self.env._("Customer's Decision"),
            **labels,
            phases.FOLLOW_UP: self.env._("Resolved"),
            "review_started": self.env._("Review Started"),
            "referred": self.env._("Referred"),
        }

    @api.model
    def _complaint_event_attributes(self):
        """Hook: return the columns that say the same on each event of a complaint."""
        of = self._complaint_register_field
        return [
            of("complaint_kind"),
            of("channel_id"),
            of("category_id"),
            of("complaint_severity"),
            of("team_id"),
            of("complaint_outcome"),
        ]

    @api.model
    def _complaint_event_columns(self):
        """Return the labels of the event log, in the order of its rows."""
        return [
            self.env._("Case ID"),
            self.env._("Activity"),
            self.env._("Timestamp"),
            self.env._("Resource"),
            *(column.label for column in self._complaint_event_attributes()),
        ]

    def _complaint_event_rows(self):
        """Return the rows of the event log of these complaints, by complaint and time.

        Each begins with its receipt; what is dated before it, such as an entry that was
        corrected, stands at the moment of the receipt.
        """
        labels = self._complaint_event_labels()
        order = {key: place for place, key in enumerate(labels)}
        attributes: list[Column] = self._complaint_event_attributes()
        events = self._complaint_events()
        rows = []
        for ticket in self:
            same = [column.value(ticket) for column in attributes]
            start = ticket.complaint_received_at
            course = [Event(start, "received", self.env._("Customer"))] + sorted(
                (e._replace(at=max(e.at, start)) for e in events[ticket.id]),
                key=lambda e: (e.at, order[e.key]),
            )
            rows += (
                [
                    ticket.number,
                    labels[e.key],
                    f"{e.at.isoformat(timespec='seconds')}Z",
                    e.by,
                    *same,
                ]
                for e in course
            )
        return rows

    def _complaint_events(self):
        """Hook: return {ticket id: events beside the receipt}, in any order.

        With a fixed number of queries, however many complaints there are.
        """
        found = defaultdict(list)
        name = self._complaint_register_name
        customer = self.env._("Customer")
        self._complaint_add_tracked_events(found)
        for ticket in self:
            events = found[ticket.id]
            known = {event.key for event in events}
            for key, at, by in (
                ("acknowledged", ticket.complaint_acknowledged_at, ""),
                ("first_reply", ticket.complaint_responded_at, ""),
                ("decided", ticket.complaint_decided_at, customer),
                ("review_requested", ticket.complaint_review_requested_at, customer),
                ("review_started", ticket.complaint_escalated_at, ""),
                ("referred", ticket.complaint_referred_at, ""),
            ):
                if at:
                    events.append(Event(at, key, by))
            # of complaints that came with their dates no move was tracked
            for key, at in (
                (phases.FOLLOW_UP, ticket.complaint_resolved_at),
                ("reopened", ticket.complaint_reopened_at),
                (
                    ticket.complaint_phase,
                    ticket.complaint_phase in phases.ENDED and ticket.closed_date,
                ),
            ):
                if at and key not in known:
                    events.append(Event(at, key))
            events += (
                Event(one.create_date, "extended", name(one.create_uid))
                for one in ticket.complaint_extension_ids
            )
            events += (
                Event(at, "offered")
                for at in set(ticket.complaint_remedy_ids.mapped("offered_at"))
                if at
            )
            calls = ticket.complaint_follow_up_call_ids
            events += (
                Event(call.date, "follow_up_call", name(call.user_id)) for call in calls
            )
            if ticket.complaint_follow_up_at and not calls:
                events.append(Event(ticket.complaint_follow_up_at, "follow_up_call"))
        return found

    def _complaint_add_tracked_events(self, found):
        """Add moves between phases and changes of the handler.

        :param dict found: ticket id -> list of events
        """
        # sudo: what was tracked on complaints that the user may read; Odoo shows it to
        # them in the chatter
        changes = (
            self.env["mail.tracking.value"]
            .sudo()
            .search_fetch(
                [
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "in", self.ids),
                    ("field_id.model", "=", self._name),
                    ("field_id.name", "in", _TRACKED),
                ],
                [
                    "field_id",
                    "old_value_integer",
                    "new_value_integer",
                    "mail_message_id",
                ],
                order="id",
            )
        )
        changes.mail_message_id.fetch(["date", "res_id", "author_id"])
        stages = (
            self.env["helpdesk.ticket.stage"].sudo().with_context(active_test=False)
        )
        phase_of = {one.id: one.complaint_phase for one in stages.search([])}
        open_phases = stages._complaint_open_phases()
        first_handler = {}
        for change in changes:
            message = change.mail_message_id
            ticket_id = message.res_id
            old, new = change.old_value_integer, change.new_value_integer
            by = self._complaint_register_name(message.author_id)
            if change.field_id.name == "user_id":
                first_handler.setdefault(ticket_id, old)
                if new:
                    found[ticket_id].append(Event(message.date, "assigned", by))
                continue
            before, after = phase_of.get(old), phase_of.get(new)
            if before == after or not after:
                continue
            if phases.is_reopening(before, after, open_phases):
                found[ticket_id].append(Event(message.date, "reopened", by))
            found[ticket_id].append(Event(message.date, after, by))
        for ticket in self:
            # nothing is tracked when a complaint is created
            if first_handler.get(ticket.id, ticket.user_id):
                at = (
                    ticket.create_date
                    if ticket.id in first_handler
                    else ticket.assigned_date or ticket.create_date
                )
                found[ticket.id].append(
                    Event(
                        at, "assigned", self._complaint_register_name(ticket.create_uid)
                    )
                )

"""helpdesk.ticket, notices: of many complaints at once, everybody is told in one mail.

Odoo sends a mail for each assignment and each activity, and to each follower for each
new record. While complaints are created or written together, these wait here.
"""

from collections import defaultdict, namedtuple
from contextlib import contextmanager

from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from ...engine import plural
from .helpdesk_ticket import REGISTERED_SUBTYPE
from .isolation import isolated

# So many complaints are named in a mail; of the others it says how many there are.
_NAMED = 20
_ASSIGNED = "mail.message_user_assigned"
# A notice to one partner; the activity is None of a complaint that is assigned to them
# or, where they follow the team, new.
Notice = namedtuple("Notice", "partner_id ticket activity is_assigned")


class Notices:
    """Notices: what waits until all complaints of a batch are created or written.

    A type of our own, so that no value sent over RPC can hold anything back; not equal
    to any other, as Odoo takes an environment with an equal context for the same.

    :ivar list waiting: of ``Notice``
    """

    def __init__(self):
        self.waiting = []
        self.is_open = True

    @classmethod
    def of(cls, env):
        """Return those that wait in this context, or None."""
        notices = env.context.get("complaint_notices")
        return notices if isinstance(notices, cls) and notices.is_open else None


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @contextmanager
    def _complaint_together(self, count, few=1):
        if count < 2 or Notices.of(self.env) is not None:
            yield self
            return
        notices = Notices()
        yield self.with_context(complaint_notices=notices)
        notices.is_open = False
        if notices.waiting:
            self._complaint_tell(notices.waiting, few)

    def _message_auto_subscribe_notify(self, partner_ids, template):
        notices = Notices.of(self.env)
        waiting = self.browse()
        if notices is not None and template == _ASSIGNED:
            # sudo: only which are complaints, whoever assigns them
            waiting = self.sudo().filtered("is_complaint").sudo(self.env.su)
            if not self.env.context.get("mail_auto_subscribe_no_notify"):
                notices.waiting += [
                    Notice(partner_id, ticket, None, True)
                    for ticket in waiting
                    for partner_id in partner_ids
                ]
        return super(HelpdeskTicket, self - waiting)._message_auto_subscribe_notify(
            partner_ids, template
        )

    def _creation_subtype(self):
        if self.is_complaint and Notices.of(self.env) is not None:
            # logged, and announced to followers with all others
            return self.env["mail.message.subtype"]
        return super()._creation_subtype()

    def _complaint_created(self):
        """Add notices of new complaints for those who follow their team."""
        super()._complaint_created()
        notices = Notices.of(self.env)
        silent = {"mail_create_nolog", "tracking_disable"} & self.env.context.keys()
        if notices is None or silent:
            return
        # sudo: followers are told, whoever they are
        followed = self.sudo().filtered(
            lambda t: t.is_complaint and t.team_id.message_follower_ids
        )
        if not followed:
            return
        registered = self.env["ir.model.data"]._xmlid_to_res_id(REGISTERED_SUBTYPE)
        followers = followed.env["mail.followers"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", followed.ids),
                ("subtype_ids", "in", [registered]),
                ("partner_id", "!=", self.env.user.partner_id.id),
            ]
        )
        notices.waiting += [
            Notice(follower.partner_id.id, self.browse(follower.res_id), None, False)
            for follower in followers
        ]

    def _complaint_tell(self, notices, few):
        """Send notices: one mail to everybody who has more than ``few``."""
        activity_ids = [notice.activity.id for notice in notices if notice.activity]
        # sudo: what was undone meanwhile is left out, whoever may read it
        there = self.env["mail.activity"].sudo().browse(activity_ids).exists()._ids
        by_partner = defaultdict(list)
        for notice in notices:
            if not notice.activity or notice.activity.id in there:
                by_partner[notice.partner_id].append(notice)
        for partner_id, some in by_partner.items():
            # a mail that cannot be made undoes no complaint
            with isolated(self.env, f"Partner {partner_id} is not told"):
                if len(some) > few:
                    self._complaint_tell_in_one_mail(partner_id, some)
                    continue
                for _partner_id, ticket, activity, is_assigned in some:
                    if activity:
                        activity.action_notify()
                    elif is_assigned:
                        ticket._message_auto_subscribe_notify([partner_id], _ASSIGNED)
                    else:
                        ticket.message_notify(
                            partner_ids=[partner_id],
                            subject=ticket.display_name,
                            body=ticket._creation_message(),
                        )

    def _complaint_tell_in_one_mail(self, partner_id, notices):
        """Send one mail to a partner that names what waits for them, by kind."""
        # sudo: only the language of whoever is told
        partner = self.env["res.partner"].sudo().browse(partner_id)
        self = self.with_context(lang=partner.lang or self.env.lang)
        by_kind = defaultdict(self.browse)
        for notice in notices:
            ticket = notice.ticket.with_env(self.env).sudo()
            # sudo: the list is hidden from those on it
            if partner not in ticket._complaint_barred_users().partner_id:
                by_kind[self._complaint_notice_title(notice)] |= ticket
        if not by_kind:
            return
        body = Markup().join(
            Markup("<p><b>%s</b></p>%s")
            % (
                self.env._("%(label)s: %(value)s", label=title, value=len(tickets)),
                tickets._complaint_links(),
            )
            for title, tickets in by_kind.items()
        )
        subject = self.env._(
            "{number, plural, one {# complaint needs} other {# complaints need}} your "
            "attention"
        )
        count = len(self.union(*by_kind.values()))
        self.env["mail.thread"].message_notify(
            partner_ids=[partner_id],
            subject=plural.choose(subject, count, self.env.lang),
            body=body,
            model_description=self.env._("Complaints"),
            email_layout_xmlid="mail.mail_notification_light",
        )

    def _complaint_notice_title(self, notice):
        if not notice.activity:
            if notice.is_assigned:
                return self.env._("Assigned to you")
            return self.env._("New complaints")
        activity = notice.activity.with_env(self.env).sudo()
        return self.env._(
            "%(activity)s (due on %(date)s)",
            activity=activity.summary or activity.activity_type_id.name,
            date=format_date(self.env, activity.date_deadline),
        )

    def _complaint_links(self):
        """Return a list of links to the first of these, and how many more there are."""
        lines = [
            Markup('<li><a href="%s">%s</a></li>')
            % (ticket._notify_get_action_link("view"), ticket.display_name)
            for ticket in self[:_NAMED]
        ]
        if len(self) > _NAMED:
            more = self.env._("and %s more", len(self) - _NAMED)
            lines.append(Markup("<li>%s</li>") % more)
        return Markup("<ul>%s</ul>") % Markup().join(lines)

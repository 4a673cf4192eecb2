"""Benchmark worker: runs operations on the database of one side and reports the cost.

bench_worker.py ODOO_OPTION…              in: lines of JSON, [operation, {arguments}]; out: answers
bench_worker.py --do STEP ODOO_OPTION…    sets the database up: a function of desk.py
"""

import json
import os
import random
import sys
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

import desk
import reports
from session import environment, load_registry, measure

from odoo.tools import SQL

SEED = 20260302
PROMISED_HOURS = (2, 8, 24.25, 40, 80)


class Worker:
    """The operations by name; each measured one returns queries and seconds in all."""

    def __init__(self, registry):
        self.registry = registry
        self.created = []
        self.first_free = 0  # the first open complaint that was not used yet
        self.on_time = []
        self.mails = 0

    # ---------------------------------------------------
    # Setting up
    # ---------------------------------------------------

    def set_up(self, step):
        with environment(self.registry) as env:
            getattr(desk, step)(env)

    def open_complaints(self, count):
        with environment(self.registry) as env:
            desk.open_complaints(env, count)
        self.vacuum()

    def vacuum(self, tables=(desk.TICKET, desk.MILESTONE)):
        """Let each measurement find the tables in the same state."""
        with self.registry.cursor() as cr:
            cr.connection.autocommit = True
            try:
                for table in tables:
                    cr.execute(SQL("VACUUM (ANALYZE) %s", SQL.identifier(table)))
            finally:
                cr.connection.autocommit = False

    # ---------------------------------------------------
    # Tickets
    # ---------------------------------------------------

    @contextmanager
    def as_handler(self):
        with environment(self.registry) as env:
            user = desk.handler(env)
            yield env(user=user, context={"lang": user.lang, "tz": user.tz})

    def create(self, count, **vals):
        """Create tickets in one call, as a handler does."""
        with self.as_handler() as env:
            values = desk.ticket_values(env(su=True), count, **vals)
            # new customers each time: repeat complaints are no part of creating
            customers = desk.new_customers(env(su=True), count)
            for ticket, customer in zip(values, customers, strict=True):
                ticket["partner_id"] = customer
            env.flush_all()
            tickets = []

            # code alone says that somebody has been acknowledged already
            model = env(su=bool(vals))["helpdesk.ticket"]

            def act():
                tickets.extend(model.create(values).ids)

            cost = measure(env, act)
        self.created = tickets
        return vars(cost)

    def mixed(self, count, channels=desk.CHANNELS):
        """Create tickets over all channels in one call; half the customers had some."""
        with self.as_handler() as env:
            customers = desk.reachable_customers(env(su=True), count)
            model = env["helpdesk.ticket"]
            earlier = desk.mixed_values(env(su=True), customers[::2], channels)
            values = desk.mixed_values(env(su=True), customers, channels)
            with mail_server(env) as sent:
                model.create(earlier)
                env.flush_all()
                env.cr.commit()
                env.invalidate_all()
                sent.clear()
                tickets = []
                cost = measure(env, lambda: tickets.extend(model.create(values).ids))
        self.created = tickets
        return vars(cost) | {"effects": {"mails": len(sent)}}

    def move(self):
        """Move the tickets created last to the next stage, in one call."""
        with self.as_handler() as env:
            tickets = env["helpdesk.ticket"].browse(self.created)
            stage = desk.following_stage(tickets[:1].sudo())
            env.invalidate_all()
            cost = measure(env, lambda: tickets.write({"stage_id": stage.id}))
        return vars(cost)

    def count_left(self):
        """Return what a ticket created last has: counts of messages, followers etc."""
        with environment(self.registry) as env:
            counts = desk.effects(env, self.created)
            return {kind: n / len(self.created) for kind, n in counts.items()}

    def count_milestones(self):
        """Return how many milestones of each kind the tickets created last have."""
        with environment(self.registry) as env:
            milestones = env["complaint.milestone"].search(
                [("ticket_id", "in", self.created)]
            )
            found = Counter(
                f"{milestone.milestone} {milestone.state}" for milestone in milestones
            )
            return {name: n / len(self.created) for name, n in sorted(found.items())}

    def ordinary(self):
        """Return the queries of creating one ordinary ticket, and of writing it."""
        with environment(self.registry) as env:
            team = env["helpdesk.ticket.team"].with_context(active_test=False)
            team = team.search([("name", "=", "Ordinary")]) or team.create(
                {"name": "Ordinary", "user_ids": desk.team(env).user_ids.ids}
            )
        found = {}
        for _repetition in range(2):  # the first one warms caches
            with self.as_handler() as env:
                values = desk.ticket_values(env(su=True), 1)
                values[0]["team_id"] = team.id
                ids = []

                def create(env=env, values=values, ids=ids):
                    ids.extend(env["helpdesk.ticket"].create(values).ids)

                found["create"] = measure(env, create).queries
            for name, vals in (
                ("write name", {"name": "Another name"}),
                ("write priority", {"priority": "2"}),
                ("write user", {"user_id": False}),
                ("write stage", None),
            ):
                with self.as_handler() as env:
                    ticket = env["helpdesk.ticket"].browse(ids)
                    if vals is None:
                        stage = desk.following_stage(ticket.sudo())
                        vals = {"stage_id": stage.id}
                    env.invalidate_all()
                    found[name] = measure(
                        env, lambda ticket=ticket, vals=vals: ticket.write(vals)
                    ).queries
        return found

    # ---------------------------------------------------
    # Customers
    # ---------------------------------------------------

    def customers(self, count, tickets):
        """Add customers, with so many tickets among them."""
        with environment(self.registry) as env:
            self.customer_ids = desk.new_customers(env, count, of="with history ")
            desk.tickets_of_customers(env, tickets, self.customer_ids)
        self.vacuum([desk.TICKET])

    def read_customers(self, count, figures):
        """Read figures of a page of customers, like a list of contacts."""
        with self.as_handler() as env:
            partners = env["res.partner"].browse(self.customer_ids[:count])
            partners.mapped("name")  # the page itself
            cost = measure(env, lambda: partners.read(figures))
        return vars(cost)

    # ---------------------------------------------------
    # Mail
    # ---------------------------------------------------

    def receive(self, count):
        """Receive mails one after the other, each committed and its answer sent."""
        first, self.mails = self.mails, self.mails + count
        mails = [desk.incoming_mail(number) for number in range(first, self.mails)]
        with environment(self.registry) as env, mail_server(env) as sent:
            gateway = env["mail.thread"]

            def act():
                for mail in mails:
                    assert gateway.message_process(None, mail), "a mail was let go"
                    env.flush_all()
                    env.cr.commit()

            cost = measure(env, act)
            assert len(sent) == count, f"{len(sent)} answers to {count} mails"
        return vars(cost)

    # ---------------------------------------------------
    # Deadlines
    # ---------------------------------------------------

    def _promises(self, count):
        """Return {hours: moments of half a year}: delays of different length."""
        chance = random.Random(SEED)
        first = datetime(2026, 3, 2)
        return {
            hours: [
                first + timedelta(seconds=chance.randrange(180 * 24 * 3600))
                for _number in range(count // len(PROMISED_HOURS))
            ]
            for hours in PROMISED_HOURS
        }

    def deadlines_one_by_one(self, count):
        """Compute deadlines as resource.calendar offers it: a call each."""

        def act():
            self.one_by_one = [
                calendar.plan_hours(hours, start, compute_leaves=True)
                for hours, starts in promises.items()
                for start in starts
            ]

        promises = self._promises(len(PROMISED_HOURS))
        with environment(self.registry) as env:
            calendar = env.company.resource_calendar_id
            act()
            promises = self._promises(count)
            return vars(measure(env, act))

    def deadlines_at_once(self, count):
        """Compute deadlines with our timetable, reading the calendar included."""

        def act():
            moments = [start for starts in promises.values() for start in starts]
            timetable = calendar._complaint_timetable(moments)
            self.at_once = [
                timetable.deadline(start, hours, "hour", True)
                for hours, starts in promises.items()
                for start in starts
            ]

        promises = self._promises(len(PROMISED_HOURS))
        with environment(self.registry) as env:
            calendar = env.company.resource_calendar_id
            act()
            promises = self._promises(count)
            return vars(measure(env, act))

    def deadlines_that_differ(self):
        """Return how many deadlines differ, and how many of these by working time."""
        differing = [
            sorted(pair)
            for pair in zip(self.one_by_one, self.at_once, strict=True)
            if pair[0] != pair[1]
        ]
        with environment(self.registry) as env:
            calendar = env.company.resource_calendar_id
            by_work = [
                pair
                for pair in differing
                if calendar.get_work_hours_count(*pair, compute_leaves=True)
            ]
        return len(differing), len(by_work)

    # ---------------------------------------------------
    # Reports
    # ---------------------------------------------------

    def fill_years(self, count, ours):
        """Add years of complaints, or of plain tickets; return bytes on disk for each."""
        tables = [desk.TICKET, desk.MILESTONE] if ours else [desk.TICKET]
        with environment(self.registry) as env:
            (reports.fill if ours else reports.fill_tickets)(env, count)
        self.vacuum(tables)
        with environment(self.registry) as env:
            ((size,),) = env.execute_query(
                SQL(
                    "SELECT sum(pg_total_relation_size(name::regclass))"
                    " FROM unnest(%s) name",
                    tables,
                )
            )
        return int(size / count)

    @contextmanager
    def as_manager(self):
        with environment(self.registry) as env:
            user = reports.manager(env)
            yield env(user=user, context={"lang": user.lang, "tz": reports.TZ})

    def questions(self):
        return list(reports.QUESTIONS)

    def ask(self, question, by_hand):
        with self.as_manager() as env:
            ask = reports.ask_by_hand if by_hand else reports.ask
            return vars(measure(env, lambda: ask(env, question)))

    def answers_differ(self, question):
        """Tell whether the report says something else than the SQL by hand."""
        with self.as_manager() as env:
            return not reports.same(
                question, reports.ask(env, question), reports.ask_by_hand(env, question)
            )

    def first_page(self, ours, kanban):
        with self.as_manager() as env:
            return vars(measure(env, reports.first_page(env, ours, kanban)))

    # ---------------------------------------------------
    # The sweep
    # ---------------------------------------------------

    def use_rules(self, which):
        """Switch on "none", the rules that come with the addon, or ours by date."""
        with environment(self.registry) as env:
            rules = env["base.automation"]
            if which == "shipped":
                rules = desk.shipped_rules(env)
            elif which == "on_time":
                self.on_time = self.on_time or self._make_on_time_rules(env).ids
                rules = rules.browse(self.on_time)
            desk.use_rules(env, rules)

    def _make_on_time_rules(self, env):
        """Make time-based rules that do the same as those that come with the addon.

        Their actions are copies, and they apply to as many complaints. They look at the
        stored deadline: one as long before it as the warning comes, the other after it.
        """
        rules = env["base.automation"]
        field = env["ir.model.fields"]._get("helpdesk.ticket", "complaint_deadline")
        for shipped, minutes in zip(
            desk.shipped_rules(env), (desk.WARNED_MINUTES, 0), strict=True
        ):
            rule = rules.create(
                {
                    "name": f"{shipped.name}, by date",
                    "model_id": shipped.model_id.id,
                    "trigger": "on_time",
                    "trg_date_id": field.id,
                    "trg_date_range": minutes,
                    "trg_date_range_mode": "before" if minutes else "after",
                    "trg_date_range_type": "minutes",
                    "filter_domain": "[('is_complaint', '=', True)]",
                    "active": False,
                }
            )
            for action in shipped.action_server_ids:
                copy = action.copy({"base_automation_id": rule.id})
                # a copy does not keep it
                copy.activity_type_id = action.activity_type_id
            rules |= rule
        return rules

    def _take(self, env, due):
        """Let the next complaints that were not used yet become due."""
        ids = desk.due_tickets(env, self.first_free, due)
        self.first_free += due
        milestones = desk.let_fall_due(env, ids)
        return ids, milestones

    def sweep(self, due):
        """Run the clock's sweep; return also what it did to the complaints."""
        with environment(self.registry) as env:
            ids, _milestones = self._take(env, due)
        if due:
            self.vacuum()
        with environment(self.registry) as env:
            assert desk.count_due(env) == due
            before = desk.effects(env, ids)
            cost = measure(env, env["complaint.milestone"]._cron_clock)
            assert desk.count_due(env) == 0, "the sweep has left some"
            effects = self._done(env, ids, before)
            desk.let_rest(env, ids)
        return vars(cost) | {"effects": effects}

    def bare_update(self, due):
        """Set the states of the same rows with one statement, and nothing else."""
        with environment(self.registry) as env:
            ids, milestones = self._take(env, due)
        self.vacuum()
        with environment(self.registry) as env:
            cost = measure(env, lambda: self._update(env, milestones))
            desk.let_rest(env, ids)
        return vars(cost)

    def _update(self, env, milestones):
        env.cr.execute(
            """WITH flipped AS (
                UPDATE complaint_milestone
                   SET state = CASE state WHEN 'running' THEN 'at_risk'
                                          ELSE 'breached' END,
                       next_event_at = CASE state WHEN 'running' THEN deadline END,
                       breached_at = CASE state WHEN 'at_risk' THEN deadline END,
                       write_uid = 1, write_date = now() AT TIME ZONE 'UTC'
                 WHERE id = ANY(%s)
             RETURNING ticket_id, state)
            UPDATE helpdesk_ticket ticket
               SET complaint_sla_state = flipped.state,
                   write_uid = 1, write_date = now() AT TIME ZONE 'UTC'
              FROM flipped WHERE flipped.ticket_id = ticket.id""",
            [milestones],
        )
        assert env.cr.rowcount == len(milestones)

    def on_time_run(self, due):
        """Run Odoo's own time-based rules on as many complaints.

        It plans activities without mails to their users, as the sweep does, and without
        the savepoint for each record that the addon adds for complaints.
        """
        with environment(self.registry) as env:
            ids, _milestones = self._take(env, due)
            env["base.automation"].browse(self.on_time).write(
                {"last_run": datetime.now() - timedelta(minutes=60)}
            )
        self.vacuum()
        with environment(self.registry) as env:
            before = desk.effects(env, ids)
            rules = env["base.automation"].with_context(mail_activity_quick_update=True)
            with without_savepoints():
                cost = measure(env, rules._cron_process_time_based_actions)
            effects = self._done(env, ids, before)
            desk.let_rest(env, ids)
        return vars(cost) | {"effects": effects}

    def _done(self, env, ids, before):
        after = desk.effects(env, ids)
        return {kind: after[kind] - before[kind] for kind in after}


@contextmanager
def mail_server(env):
    """Replace the mail server by one that sends nothing; yield its list of mails."""
    sent = []

    def send_email(self, message, *_args, **_kwargs):
        sent.append(message["To"])
        return message["Message-Id"]

    class Session:
        def quit(self):
            """Nothing is open."""

    server = type(env["ir.mail_server"])
    with (
        patch.object(server, "_connect__", lambda *_args, **_kwargs: Session()),
        patch.object(server, "send_email", send_email),
    ):
        yield sent


@contextmanager
def without_savepoints():
    """Let Odoo process automation rules without the addon's override."""
    from odoo.addons.crm_complaints.models.clock.base_automation import BaseAutomation

    def process(self, records, domain_post=None):
        return super(BaseAutomation, self)._process(records, domain_post=domain_post)

    with patch.object(BaseAutomation, "_process", process):
        yield


def main(options):
    if options[0] == "--do":
        Worker(load_registry(options[2:])).set_up(options[1])
        return
    # Odoo's own output must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(load_registry(options))
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        operation, arguments = json.loads(line)
        answer = getattr(worker, operation)(**arguments)
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

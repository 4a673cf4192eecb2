"""A complaints desk to measure on: its people, and ten thousands of open complaints.

Complaints in bulk are copies, by plain SQL, of one that the addon itself has made, with
its milestones. So they have everything that the addon gives a complaint.
"""

import odoo.init  # noqa: F401  # before anything else of Odoo
from odoo.fields import Command
from odoo.tools import SQL

TICKET = "helpdesk_ticket"
MILESTONE = "complaint_milestone"
NAME = "Broken on arrival"
DESCRIPTION = "<p>The parcel was open, and what was in it is in pieces.</p>"
# The milestone that becomes due; the others stay as the addon made them.
DUE_MILESTONE = "respond"
# Ways on which complaints come in, as the addon names its channels.
CHANNELS = (
    "Phone",
    "E-mail",
    "Web",
    "Visit",
    "Letter",
    "Fax",
    "Chat",
    "Messenger",
    "Social network",
)
# Time from the warning to the deadline (in minutes), which time-based rules go by.
WARNED_MINUTES = 24 * 60


def set_up(env):
    """Make the people and the team; the database knows helpdesk_mgmt alone."""
    group = env.ref("helpdesk_mgmt.group_helpdesk_user")
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": name,
                    "login": login,
                    "email": f"{login}@staff.example.com",
                    "group_ids": [Command.link(group.id)],
                }
                for login, name in (("lena", "Lena Leader"), ("hanna", "Hanna Handler"))
            ]
        )
    )
    leader, handler = users
    env["helpdesk.ticket.team"].create(
        {
            "name": "Desk",
            "user_id": leader.id,
            "user_ids": [Command.set(users.ids)],
            "company_id": env.company.id,
        }
    )
    # Without an e-mail address: no mail is made, nobody follows by it.
    env["res.partner"].create({"name": "Anna Weber", "phone": "+32 2 555 01 01"})
    # Two shifts and a holiday, as companies have them.
    calendar = env.company.resource_calendar_id
    calendar.tz = "Europe/Brussels"
    env["resource.calendar.leaves"].create(
        [
            {
                "name": f"Holiday {month}",
                "calendar_id": calendar.id,
                "date_from": f"2026-{month:02}-11 00:00:00",
                "date_to": f"2026-{month:02}-12 12:00:00",
            }
            for month in (3, 5, 6, 8, 12)
        ]
    )


def find(env, model, name, **context):
    found = env[model].with_context(**context).search([("name", "=", name)])
    found.ensure_one()
    return found


def leader(env):
    return find(env, "res.users", "Lena Leader")


def handler(env):
    return find(env, "res.users", "Hanna Handler")


def team(env):
    return find(env, "helpdesk.ticket.team", "Desk")


def make_team(env):
    """Let the same team work complaints, by the policies that come with the addon."""
    team(env).is_complaint_team = True


def make_complaints_team(env):
    """Let the same team work complaints, with milestones of every kind."""
    make_team(env)
    policy = env.ref("crm_complaints.complaint_policy_default")
    kinds = ("acknowledge", "respond", "update", "resolve", "follow_up")
    missing = [
        kind for kind in kinds if kind not in policy.target_ids.mapped("milestone")
    ]
    policy.target_ids = [
        Command.create(
            {"milestone": kind, "delay": 7, "delay_unit": "day", "working_time": True}
        )
        for kind in missing
    ]


def use_sla(env):
    """Give the team five policies of helpdesk_mgmt_sla, with the same days as ours.

    None is met by moving a new ticket to the next stage, and none of ours is.
    """
    team(env).use_sla = True
    done = env["helpdesk.ticket.stage"].search([("closed", "=", True)], limit=1)
    env["helpdesk.sla"].search([]).active = False
    env["helpdesk.sla"].create(
        [
            {
                "name": f"Policy {number}",
                "team_ids": [Command.set(team(env).ids)],
                "stage_id": done.id,
                "days": days,
            }
            for number, days in enumerate((2, 7, 7, 14, 14), 1)
        ]
    )


# ---------------------------------------------------
# Mail
# ---------------------------------------------------

MAILBOX = "desk@desk.example.com"


def open_mailbox(env):
    """Give the team an e-mail address to which anybody may write."""
    name, _at, domain = MAILBOX.partition("@")
    env.company.alias_domain_id = env["mail.alias.domain"].create({"name": domain})
    team(env).write({"alias_name": name, "alias_contact": "everyone"})


def thank_by_stage(env):
    """Let helpdesk_mgmt acknowledge tickets: the first stage sends a mail."""
    template = env["mail.template"].create(
        {
            "name": "Thank you",
            "model_id": env["ir.model"]._get("helpdesk.ticket").id,
            "subject": "{{ object.name }} ({{ object.number }})",
            "email_to": "{{ object.partner_email }}",
            "use_default_to": False,
            "body_html": "<p>Thank you. We have received "
            '<t t-out="object.number"/> and will answer.</p>',
        }
    )
    team(env)._get_applicable_stages()[:1].mail_template_id = template


def thank_nobody(env):
    """Let the stages of helpdesk_mgmt send nothing, as they come."""
    team(env)._get_applicable_stages().mail_template_id = False


def acknowledge_by_hand(env):
    """Let our acknowledgements by e-mail be sent by people alone."""
    env.company.complaint_acknowledge_automatically = False


def acknowledge_automatically(env):
    """Let our acknowledgements by e-mail be sent as they come."""
    env.company.complaint_acknowledge_automatically = True


def incoming_mail(number):
    """Return a customer's mail to the desk, different for each number."""
    return (
        f"From: Customer {number} <customer{number}@shop{number}.example>\r\n"
        f"To: {MAILBOX}\r\n"
        f"Subject: {NAME}\r\n"
        f"Message-ID: <{number}@shop{number}.example>\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "\r\n"
        f"{DESCRIPTION}\r\n"
    ).encode()


def ticket_values(env, count, **vals):
    """Return values for new tickets: the same fields for every addon."""
    values = {
        "name": NAME,
        "description": DESCRIPTION,
        "team_id": team(env).id,
        "user_id": handler(env).id,
        "partner_id": find(env, "res.partner", "Anna Weber").id,
        **vals,
    }
    return [dict(values) for _number in range(count)]


def new_customers(env, count, of=""):
    """Create customers who have never written, without e-mail addresses; return ids."""
    values = [{"name": f"Customer {of}{number}"} for number in range(count)]
    return env["res.partner"].create(values).ids


def tickets_of_customers(env, count, customers):
    """Add tickets of these customers, in turn: complaints, where these exist."""
    model = env["helpdesk.ticket"].with_user(handler(env))
    source = model.create(ticket_values(env, 1))
    env.flush_all()
    partner = SQL("(%s::int[])[1 + n %% %s]", customers, len(customers))
    copy_ticket(
        env,
        source,
        count,
        {
            "number": SQL("'P' || lpad(n::text, 8, '0')"),
            "access_token": SQL("NULL"),
            "partner_id": partner,
            "commercial_partner_id": partner,
        },
    )
    env.invalidate_all()


def mixed_values(env, customers, channels=CHANNELS):
    """Return values for new tickets of these customers, over all channels in turn.

    Nobody is assigned to them yet: who is responsible is the team's leader.
    """
    values = ticket_values(env, len(customers), user_id=False)
    model = env["helpdesk.ticket.channel"]
    found = [
        # by the addon it has two of some names, its own after those of helpdesk_mgmt
        model.search([("name", "=", name)], order="id desc", limit=1)
        or model.create({"name": name, "company_id": False})
        for name in channels
    ]
    partners = env["res.partner"].browse(customers)
    for number, (ticket, partner) in enumerate(zip(values, partners, strict=True)):
        ticket.update(
            partner_id=partner.id,
            partner_name=partner.name,
            partner_email=partner.email,
            channel_id=found[number // 2 % len(found)].id,
        )
    return values


def reachable_customers(env, count):
    """Create customers who can be written to and called; return their ids."""
    env.cr.execute("SELECT coalesce(max(id), 0) FROM res_partner")
    (first,) = env.cr.fetchone()
    values = [
        {
            "name": f"Customer {number}",
            "email": f"reach{number}@shop{number}.example",
            "phone": f"+32 2 {1_000_000 + number}",
            "street": f"Main Street {number}",
        }
        for number in range(first, first + count)
    ]
    return env["res.partner"].create(values).ids


def following_stage(ticket):
    stages = ticket.team_id._get_applicable_stages()
    return stages[stages.ids.index(ticket.stage_id.id) + 1]


# ---------------------------------------------------
# Open complaints in bulk
# ---------------------------------------------------


def _columns(env, table, own):
    """Return (all columns but the id, their values): from ``own``, else copied."""
    env.cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema AND table_name = %s
              AND column_name <> 'id' AND is_generated = 'NEVER'""",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall()]
    values = [own.get(name, SQL.identifier("source", name)) for name in names]
    return (
        SQL(", ").join(map(SQL.identifier, names)),
        SQL(", ").join(values),
    )


def copy_ticket(env, source, count, own):
    """Add copies of a ticket by plain SQL, numbered ``n`` from 1.

    :param dict own: column -> SQL of what is not copied
    """
    names, values = _columns(env, TICKET, own)
    env.cr.execute(
        SQL(
            """INSERT INTO helpdesk_ticket (%s)
               SELECT %s FROM helpdesk_ticket source, generate_series(1, %s) n
                WHERE source.id = %s""",
            names,
            values,
            count,
            source.id,
        )
    )


def open_complaints(env, count):
    """Add open complaints with their milestones, none of them due.

    Deadlines lie a month ahead and more, a second apart.
    """
    model = env["helpdesk.ticket"].with_user(handler(env))
    source = model.create(ticket_values(env, 1))
    kinds = source.sudo().complaint_milestone_ids.mapped("milestone")
    assert DUE_MILESTONE in kinds, f"a complaint has {kinds} alone"
    env.flush_all()
    deadline = SQL("now() AT TIME ZONE 'UTC' + interval '30 days' + n * interval '1 s'")
    copy_ticket(
        env,
        source,
        count,
        {
            "number": SQL("'B' || lpad(n::text, 8, '0')"),
            "access_token": SQL("NULL"),
            "complaint_deadline": deadline,
        },
    )
    shift = SQL("interval '30 days' + mod(ticket.id, 100000) * interval '1 s'")
    names, values = _columns(
        env,
        MILESTONE,
        {
            "ticket_id": SQL("ticket.id"),
            **{
                name: SQL("%s + %s", SQL.identifier("source", name), shift)
                for name in (
                    "deadline",
                    "original_deadline",
                    "warn_at",
                    "next_event_at",
                )
            },
        },
    )
    env.cr.execute(
        SQL(
            """INSERT INTO complaint_milestone (%s)
               SELECT %s FROM complaint_milestone source, helpdesk_ticket ticket
                WHERE source.ticket_id = %s AND ticket.number ~ '^B[0-9]{8}$'""",
            names,
            values,
            source.id,
        )
    )
    source = env["helpdesk.ticket"].browse(source.id)
    source.activity_ids.unlink()
    source.active = False
    env["complaint.milestone"].search([("ticket_id", "=", source.id)]).write(
        {"next_event_at": False}
    )
    env.invalidate_all()


def due_tickets(env, first, count):
    """Return the ids of ``count`` of the open complaints in bulk, from ``first`` on."""
    env.cr.execute(
        """SELECT id FROM helpdesk_ticket WHERE number ~ '^B[0-9]{8}$'
            ORDER BY id OFFSET %s LIMIT %s""",
        [first, count],
    )
    ids = [ticket_id for (ticket_id,) in env.cr.fetchall()]
    assert len(ids) == count, "there are not as many complaints"
    return ids


def let_fall_due(env, ticket_ids):
    """Make one milestone of each due now: half are to be warned of, half are overdue.

    :return: ids of the milestones
    """
    warned, late = ticket_ids[::2], ticket_ids[1::2]
    now = SQL("date_trunc('second', now() AT TIME ZONE 'UTC')")
    due = []
    for ids, state, warn_at, deadline, next_event_at in (
        (
            warned,
            "running",
            SQL("%s - interval '5 minutes'", now),
            SQL("%s + %s * interval '1 minute'", now, WARNED_MINUTES - 10),
            SQL("warn_at"),
        ),
        (
            late,
            "at_risk",
            SQL("%s - interval '1 day'", now),
            SQL("%s - interval '5 minutes'", now),
            SQL("deadline"),
        ),
    ):
        env.cr.execute(
            SQL(
                """UPDATE complaint_milestone
                      SET state = %s, warn_at = %s, deadline = %s,
                          original_deadline = %s, started_at = %s - interval '7 days'
                    WHERE ticket_id = ANY(%s) AND milestone = %s
                RETURNING id""",
                state,
                warn_at,
                deadline,
                deadline,
                now,
                ids,
                DUE_MILESTONE,
            )
        )
        found = [milestone_id for (milestone_id,) in env.cr.fetchall()]
        assert len(found) == len(ids), "not each complaint has that milestone once"
        due += found
        env.cr.execute(
            SQL(
                "UPDATE complaint_milestone SET next_event_at = %s WHERE id = ANY(%s)",
                next_event_at,
                found,
            )
        )
        env.cr.execute(
            SQL(
                """UPDATE helpdesk_ticket
                      SET complaint_deadline = %s, complaint_sla_state = %s,
                          complaint_next_milestone = %s
                    WHERE id = ANY(%s)""",
                deadline,
                "on_track" if state == "running" else "at_risk",
                DUE_MILESTONE,
                ids,
            )
        )
    env.invalidate_all()
    return due


def let_rest(env, ticket_ids):
    """Take complaints out of the way: none of their milestones is due for a month."""
    later = SQL("now() AT TIME ZONE 'UTC' + interval '40 days'")
    env.cr.execute(
        SQL(
            """UPDATE complaint_milestone SET next_event_at = %s
                WHERE ticket_id = ANY(%s) AND next_event_at IS NOT NULL""",
            later,
            ticket_ids,
        )
    )
    env.cr.execute(
        SQL(
            "UPDATE helpdesk_ticket SET complaint_deadline = %s WHERE id = ANY(%s)",
            later,
            ticket_ids,
        )
    )
    env.invalidate_all()


def count_due(env):
    env.cr.execute(
        """SELECT count(*) FROM complaint_milestone
            WHERE next_event_at <= now() AT TIME ZONE 'UTC'"""
    )
    return env.cr.fetchone()[0]


def ticket_rules(env, **context):
    """Return all automation rules on tickets, switched off ones included."""
    return (
        env["base.automation"]
        .with_context(active_test=False, **context)
        .search([("model_name", "=", "helpdesk.ticket")])
    )


def shipped_rules(env):
    return env.ref("crm_complaints.base_automation_at_risk") | env.ref(
        "crm_complaints.base_automation_breached"
    )


def use_rules(env, rules):
    """Switch on these rules on tickets, and all others off."""
    every = ticket_rules(env)
    (every - rules).filtered("active").active = False
    rules.filtered(lambda rule: not rule.active).active = True


def effects(env, ticket_ids):
    """Return what rules did to these complaints, as counts by kind."""
    counts = {}
    for kind, query in {
        "activities": "SELECT count(*) FROM mail_activity WHERE {}",
        "followers": "SELECT count(*) FROM mail_followers WHERE {}",
        "messages": """SELECT count(*) FROM mail_message
            WHERE model = 'helpdesk.ticket' AND res_id = ANY(%(ids)s)""",
        "mails": """SELECT count(*) FROM mail_mail JOIN mail_message message
            ON message.id = mail_message_id
            WHERE model = 'helpdesk.ticket' AND res_id = ANY(%(ids)s)""",
        "raised": """SELECT count(*) FROM helpdesk_ticket
            WHERE id = ANY(%(ids)s) AND priority > '1'""",
    }.items():
        env.cr.execute(
            query.format("res_model = 'helpdesk.ticket' AND res_id = ANY(%(ids)s)"),
            {"ids": ticket_ids},
        )
        counts[kind] = env.cr.fetchone()[0]
    return counts

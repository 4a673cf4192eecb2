"""Demo data: what XML cannot say of the demo hotel, such as its year of closed complaints.

Called by the files in ``demo/`` alone. Nothing here runs without demo data.
"""

import base64
import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import file_open

from .core.constants import TICKET

WEEKS = 52
RECENT_WEEKS = 5  # of these the demo files tell
# The building works of last spring, in weeks before today.
WORKS = range(28, 36)

_GIVEN = (
    "Amelia Arthur Beatrice Carlos Charlotte Clara Daniela David Edith Emil Farah "
    "Felix Grace Harriet Hugo Imran Ines Isla Jan Joanna Kenji Laura Leon Lucia "
    "Mabel Marek Nadia Noah Olga Oscar Priya Rosa Samuel Tessa Thomas Victor Wanda "
    "Yusuf Zoe"
)
_FAMILY = (
    "Abbott Ahmed Baker Bianchi Carter Cohen Dupont Evans Fischer Garcia Hughes "
    "Ivanov Jansen Kaur Larsen Mbeki Nowak Osei Patel Quinn Rossi Singh Taylor "
    "Usman Walker Young"
)
# cause: weight, category, outcomes, titles
_MATTERS = {
    "demo_cause_hot_water": (
        3,
        "quality",
        "upheld upheld upheld partly_upheld",
        "Water lukewarm in the morning|Radiator does not warm the room|No hot water after ten",
    ),
    "demo_cause_noise": (
        3,
        "information",
        "upheld partly_upheld partly_upheld not_upheld",
        "Drilling next door from seven|Lift machinery audible all night|Street noise all night",
    ),
    "demo_cause_cleaning": (
        5,
        "cleanliness",
        "upheld upheld partly_upheld",
        "Bathroom not cleaned|Hair in the shower|Dust under the bed|Bed not made on two days",
    ),
    "demo_cause_not_ready": (
        4,
        "delivery",
        "upheld partly_upheld",
        "Room not ready at four|Waited two hours for the key|Connecting rooms not free",
    ),
    "demo_cause_breakfast": (
        3,
        "quality",
        "upheld partly_upheld not_upheld",
        "Coffee cold twice|No gluten-free bread as promised|Breakfast ended early",
    ),
    "complaint_cause_service_manner": (
        3,
        "staff",
        "upheld partly_upheld not_upheld",
        "Curt reply at the front desk|Ignored at the bar|Shouted at over parking",
    ),
    "complaint_cause_service_waiting": (
        3,
        "delivery",
        "upheld upheld not_upheld",
        "Forty minutes to check in|Room service took two hours|Nobody answers the telephone",
    ),
    "complaint_cause_billing_amount": (
        6,
        "billing",
        "upheld upheld upheld not_upheld",
        "Charged for three nights instead of two|Minibar charged wrongly|Wrong rate on the bill",
    ),
    "complaint_cause_billing_unclear": (
        2,
        "billing",
        "partly_upheld not_upheld",
        "Service charge not explained|Deposit held for a week",
    ),
    "complaint_cause_information_wrong": (
        3,
        "information",
        "upheld partly_upheld not_upheld",
        "Pool closed without notice|Parking full though advertised|Pets allowed, or not",
    ),
}
_PLACES = {
    "demo_cause_breakfast": "Restaurant",
    "complaint_cause_service_waiting": "Front desk",
}
_CHANNELS = {"email": 44, "web": 18, "phone": 20, "visit": 9, "social": 5, "letter": 4}
_HOW = {"phone": "phone", "visit": "in_person", "letter": "letter"}
_HANDLERS = {"anna": 5, "ben": 4, "tom": 1}
_RESULTS = {"restored": 70, "partly": 22, "lost": 8}


class ComplaintDemo(models.AbstractModel):
    _name = "complaint.demo"
    _description = "Complaint Demo Data"

    @api.model
    def _set_up_hotel(self):
        """Make the main company a hotel in London, and its administrator one of its staff.

        The currency stays where entries in the old one exist already.
        """
        self.env["res.lang"]._activate_lang("en_GB")
        company = self.env.ref("base.main_company")
        with file_open("crm_complaints/demo/img/larkfield.png", "rb") as logo:
            image = base64.b64encode(logo.read())
        company.write(
            {
                "name": "Larkfield Hotel",
                "logo": image,
                "street": "14 Larkfield Row",
                "street2": False,
                "city": "London",
                "zip": "WC1X 0ZZ",
                "state_id": False,
                "country_id": self.env.ref("base.uk").id,
                "phone": "+44 20 7946 0100",
                "email": "complaints@larkfield.example",
                "website": "https://larkfield.example",
            }
        )
        moves = self.env.get("account.move")
        if moves is None or not moves.search_count([], limit=1):
            company.currency_id = self.env.ref("base.GBP")
        company.resource_calendar_id.tz = "Europe/London"
        self.env.ref("base.user_admin").write({"lang": "en_GB", "tz": "Europe/London"})

    @api.model
    def _add_closed_year(self):
        """Add twelve months of closed complaints, the same at every installation."""
        pick = random.Random(60)
        guests = self._make_guests(pick)
        now = fields.Datetime.now().replace(minute=0, second=0)
        rows = [
            self._closed_complaint(pick, now, week, pick.choice(guests))
            for week in range(WEEKS, RECENT_WEEKS, -1)
            for _number in range(pick.randint(3, 6) + 3 * (week in WORKS))
        ]
        rows.sort(key=lambda row: row[0]["complaint_received_at"])
        for index, (vals, _remedy, _call) in enumerate(rows, 1):
            year = vals["complaint_received_at"].year
            if year != now.year:  # those of this year take the next number
                vals["number"] = f"C/{year}/{index:05}"
        tickets = (
            self.env[TICKET]
            ._complaint_as_history()
            .with_context(tracking_disable=True)
            .create([vals for vals, _remedy, _call in rows])
        )
        remedies, calls = [], []
        for ticket, (_vals, remedy, call) in zip(tickets, rows, strict=True):
            remedies += [{"ticket_id": ticket.id, **vals} for vals in remedy]
            calls += [{"ticket_id": ticket.id, **vals} for vals in call]
        self.env["complaint.remedy"].create(remedies)
        self.env["complaint.follow.up.call"].create(calls)

    @api.model
    def _plan_activities(self):
        """Plan what rules and remedies would have planned on the open complaints."""
        tickets = self.env[TICKET].search([("is_complaint", "=", True)])
        follow_up = self.env.ref("crm_complaints.mail_activity_type_follow_up")
        accepted = tickets.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state == "accepted"
        )
        accepted._promise()
        # planned on the day of the resolution, which is not the day of the installation
        for ticket in tickets.filtered("complaint_resolved_at"):
            days = ticket.team_id.complaint_follow_up_days
            ticket.activity_ids.filtered(
                lambda activity: activity.activity_type_id == follow_up
            ).date_deadline = ticket.complaint_resolved_at.date() + timedelta(days)
        for name in ("at_risk", "breached"):
            rule = self.env.ref(f"crm_complaints.base_automation_{name}")
            rule._process(rule._filter_post(tickets))

    @api.model
    def _add_reports(self):
        """Add a corrective action that worked, and the warning after the cold Friday."""
        today = fields.Date.context_today(self)
        self.env["complaint.cause.action"].create(
            [
                {
                    "cause_id": self._id("demo_cause_noise"),
                    "name": "Builders start at nine, and guests are told in advance",
                    "user_id": self._id("user_demo_tom"),
                    "date_done": today - timedelta(weeks=WORKS.start),
                },
                {
                    "cause_id": self._id("demo_cause_hot_water"),
                    "name": "Boiler serviced",
                    "user_id": self._id("user_demo_tom"),
                    "date_done": today - timedelta(weeks=1),
                },
            ]
        )
        friday = self.env.ref("crm_complaints.demo_complaint_okonkwo")
        self.env["complaint.warning"]._look_at(
            friday.company_id, friday.complaint_received_at.date() + timedelta(days=2)
        )

    # ---------------------------------------------------
    # One closed complaint
    # ---------------------------------------------------

    def _make_guests(self, pick):
        names = sorted(
            {
                (pick.choice(_GIVEN.split()), pick.choice(_FAMILY.split()))
                for _n in range(170)
            }
        )
        return self.env["res.partner"].create(
            [
                {
                    "name": f"{given} {family}",
                    "email": f"{given}.{family}@guests.example".lower(),
                }
                for given, family in names
            ]
        )

    def _closed_complaint(self, pick, now, week, guest):
        """Return the values of a complaint, of its remedies and of its follow-up call."""
        weights = {
            cause: matter[0]
            * (12 if cause == "demo_cause_noise" and week in WORKS else 1)
            for cause, matter in _MATTERS.items()
        }
        cause = _one_of(pick, weights)
        _weight, category, outcomes, titles = _MATTERS[cause]
        title = pick.choice(titles.split("|"))
        outcome = pick.choice(outcomes.split())
        channel = _one_of(pick, _CHANNELS)
        handler = self._id(f"user_demo_{_one_of(pick, _HANDLERS)}")
        severity = _one_of(pick, {"minor": 75, "major": 22, "critical": 3})
        received = now - timedelta(weeks=week, hours=pick.randint(0, 167))
        responded = received + timedelta(hours=pick.choice((1, 2, 3, 5, 9, 16, 22, 30)))
        resolved = received + timedelta(
            days=pick.choice((2, 3, 4, 5, 7, 9, 11, 13, 17))
        )
        called = resolved + timedelta(days=pick.choice((7, 8, 9, 10)))
        result = _one_of(pick, _RESULTS) if outcome != "not_upheld" else "partly"
        vals = {
            "name": title,
            "description": f"<p>{title}.</p>",
            "team_id": self._id("helpdesk_ticket_team_complaints"),
            "stage_id": self._id("helpdesk_ticket_stage_closed"),
            "channel_id": self._id(f"helpdesk_ticket_channel_{channel}"),
            "category_id": self._id(f"helpdesk_ticket_category_{category}"),
            "partner_id": guest.id,
            "user_id": handler,
            "complaint_severity": severity,
            "complaint_received_at": received,
            "complaint_acknowledged_by": _HOW.get(channel, "email"),
            "complaint_acknowledged_at": received + timedelta(minutes=1),
            "complaint_responded_at": responded,
            "complaint_resolved_at": resolved,
            "closed_date": called,
            "complaint_cause_id": self._id(cause),
            "complaint_incident_place": _PLACES.get(cause),
            "complaint_outcome": outcome,
            "complaint_follow_up_result": result,
            "complaint_follow_up_at": called,
        }
        remedies = []
        if outcome != "not_upheld":
            amount = pick.choice((15, 25, 40, 60, 95, 189))
            remedies = [
                {
                    "type_id": self._id(
                        "complaint_remedy_type_"
                        + pick.choice(("refund", "discount", "gesture"))
                    ),
                    "user_id": handler,
                    "state": "done",
                    "amount": amount,
                    "cost": amount,
                    "promised_date": resolved.date(),
                    "offered_at": responded,
                    "decided_at": resolved,
                    "done_at": resolved,
                }
            ]
        call = {
            "date": called,
            "resolution_at": resolved,
            "user_id": handler,
            "how": "phone",
            "reached": True,
            "result": result,
            "followed": "closed",
        }
        return vals, remedies, [call]

    def _id(self, name):
        return self.env["ir.model.data"]._xmlid_to_res_id(
            f"crm_complaints.{name}", raise_if_not_found=True
        )


def _one_of(pick, weights):
    return pick.choices(list(weights), list(weights.values()))[0]

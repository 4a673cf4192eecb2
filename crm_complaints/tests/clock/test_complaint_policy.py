"""Policies: which one applies, its targets, and the effect of a change."""

from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ComplaintClockCommon

# The terms of domain.md's table: (what, how much, of what, working time, from when).
PRESETS = {
    "default": [
        ("acknowledge", 2, "day", False, "received"),
        ("resolve", 14, "day", False, "received"),
        ("follow_up", 14, "day", False, "resolved"),
    ],
    "online": [
        ("acknowledge", 2, "day", False, "received"),
        ("respond", 24, "hour", False, "received"),
        ("resolve", 14, "day", False, "received"),
        ("follow_up", 14, "day", False, "resolved"),
    ],
    "fca_disp": [
        ("acknowledge", 3, "day", True, "received"),
        ("resolve", 8, "week", False, "received"),
    ],
    "psd2": [("resolve", 15, "day", True, "received")],
    "asic_rg271": [
        ("acknowledge", 1, "day", True, "received"),
        ("resolve", 30, "day", False, "received"),
    ],
    "housing_ombudsman": [
        ("acknowledge", 5, "day", True, "received"),
        ("resolve", 10, "day", True, "acknowledged"),
    ],
    "housing_ombudsman_second": [
        ("acknowledge", 5, "day", True, "received"),
        ("resolve", 20, "day", True, "acknowledged"),
    ],
    "ireland_cpc": [
        ("acknowledge", 5, "day", True, "received"),
        ("update", 20, "day", True, "received"),
        ("resolve", 40, "day", True, "received"),
    ],
    "spain_ley_10_2025": [
        ("acknowledge", 1, "day", True, "received"),
        ("resolve", 15, "day", True, "received"),
    ],
    "russia_money": [("resolve", 10, "day", False, "received")],
    "russia_replacement": [("resolve", 7, "day", False, "received")],
    "russia_repair": [("resolve", 45, "day", False, "received")],
    "russia_financial": [
        ("acknowledge", 1, "day", True, "received"),
        ("resolve", 15, "day", True, "received"),
    ],
    "armenia_financial": [("resolve", 10, "day", True, "received")],
    "armenia_credit_bureau": [("resolve", 15, "day", True, "received")],
}
ACTIVE = {"default", "online"}
# The last day on which each milestone of a complaint of Monday, 2 March 2026, that is
# acknowledged on the 3rd is met, without holidays.
LAST_DAYS = {
    "fca_disp": {"acknowledge": date(2026, 3, 5), "resolve": date(2026, 4, 27)},
    "psd2": {"resolve": date(2026, 3, 23)},
    "asic_rg271": {"acknowledge": date(2026, 3, 3), "resolve": date(2026, 4, 1)},
    "housing_ombudsman": {
        "acknowledge": date(2026, 3, 9),
        "resolve": date(2026, 3, 17),
    },
    "housing_ombudsman_second": {
        "acknowledge": date(2026, 3, 9),
        "resolve": date(2026, 3, 31),
    },
    "ireland_cpc": {
        "acknowledge": date(2026, 3, 9),
        "update": date(2026, 3, 30),
        "resolve": date(2026, 4, 27),
    },
    "spain_ley_10_2025": {
        "acknowledge": date(2026, 3, 3),
        "resolve": date(2026, 3, 23),
    },
    "russia_money": {"resolve": date(2026, 3, 12)},
    "russia_replacement": {"resolve": date(2026, 3, 9)},
    "russia_repair": {"resolve": date(2026, 4, 16)},
    "russia_financial": {
        "acknowledge": date(2026, 3, 3),
        "resolve": date(2026, 3, 23),
    },
    "armenia_financial": {"resolve": date(2026, 3, 16)},
    "armenia_credit_bureau": {"resolve": date(2026, 3, 23)},
}
TERMS = ("milestone", "delay", "delay_unit", "working_time", "start_event")


@tagged("post_install", "-at_install")
class TestMatching(ComplaintClockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls.env.ref("crm_complaints.complaint_policy_default")
        cls.policy.active = False
        cls.category = cls.env["helpdesk.ticket.category"].create({"name": "Rooms"})
        cls.tag, cls.other_tag = cls.env["helpdesk.ticket.tag"].create(
            [{"name": "VIP"}, {"name": "Press"}]
        )

    def create_conditional(self, name="Conditional", **conditions):
        return self.create_policy(
            name, [("resolve", 1, "day")], **{"team_ids": False, **conditions}
        )

    def policy_of(self, **vals):
        return self.create_complaint(
            **{"partner_id": self.customer.id, **vals}
        ).complaint_policy_id

    def test_each_condition_by_itself(self):
        other_team = self.team.copy({"name": "Complaints A, VIP"})
        for conditions, fitting, other in (
            (
                {"team_ids": other_team.ids},
                {"team_id": other_team.id},
                {"team_id": self.team.id},
            ),
            (
                {"channel_ids": self.channel_fax.ids},
                {"channel_id": self.channel_fax.id},
                {"channel_id": self.channel_visit.id},
            ),
            (
                {"channel_ids": self.channel_fax.ids},
                {"channel_id": self.channel_fax.id},
                {"channel_id": False},
            ),
            (
                {"category_ids": self.category.ids},
                {"category_id": self.category.id},
                {},
            ),
            (
                {"tag_ids": self.tag.ids},
                {"tag_ids": (self.tag | self.other_tag).ids},
                {"tag_ids": self.other_tag.ids},
            ),
            ({"kind": "claim"}, {"complaint_kind": "claim"}, {}),
            (
                {"severity": "critical"},
                {"complaint_severity": "critical"},
                {"complaint_severity": "major"},
            ),
            (
                {"partner_domain": "[('function', '=', 'Mayor')]"},
                {"partner_id": self.customer.copy({"function": "Mayor"}).id},
                {},
            ),
            (
                {"partner_domain": "[('function', '=', False)]"},
                {},
                {"partner_id": False},
            ),
        ):
            with self.subTest(conditions):
                policy = self.create_conditional(**conditions)
                self.assertEqual(self.policy_of(**fitting), policy)
                self.assertEqual(self.policy_of(**other), self.standard)
                policy.active = False
                self.assertEqual(self.policy_of(**fitting), self.standard)

    def test_all_conditions_have_to_fit(self):
        policy = self.create_conditional(
            severity="critical", channel_ids=self.channel_visit.ids
        )
        critical = {"complaint_severity": "critical"}
        visit = {"channel_id": self.channel_visit.id}
        self.assertEqual(self.policy_of(**critical, **visit), policy)
        self.assertEqual(self.policy_of(**critical), self.standard)
        self.assertEqual(self.policy_of(**visit), self.standard)

    def test_the_first_that_fits_counts(self):
        second = self.create_conditional("Second", sequence=2)
        first = self.create_conditional("First", sequence=1, severity="critical")
        self.assertEqual(self.policy_of(complaint_severity="critical"), first)
        self.assertEqual(self.policy_of(), second)
        second.sequence = 0
        self.assertEqual(self.policy_of(complaint_severity="critical"), second)

    def test_a_company_has_its_own(self):
        ours = self.create_conditional("Ours", company_id=self.company_a.id)
        theirs = self.create_conditional(
            "Theirs", company_id=self.company_b.id, sequence=0
        )
        self.assertEqual(self.policy_of(), ours)
        of_b = self.create_complaint(self.handler_b, team_id=self.team_b.id)
        self.assertEqual(of_b.sudo().complaint_policy_id, theirs)

    def test_many_at_once_each_has_its_own(self):
        critical = self.create_conditional(severity="critical")
        complaints = self.Ticket.with_user(self.handler).create(
            [
                {
                    "name": severity,
                    "description": "Text",
                    "team_id": self.team.id,
                    "complaint_severity": severity,
                }
                for severity in ("critical", "minor", "critical")
            ]
        )
        self.assertEqual(
            [complaint.complaint_policy_id for complaint in complaints],
            [critical, self.standard, critical],
        )

    def test_without_any_policy_there_is_no_clock_and_no_error(self):
        self.Policy.search([]).active = False
        complaint = self.create_complaint()
        self.assertFalse(complaint.complaint_policy_id)
        self.assertFalse(complaint.complaint_milestone_ids)
        self.assertEqual(complaint.complaint_sla_state, "none")
        complaint.action_complaint_resolve()

    def test_what_changes_the_match_counts_from_the_first_start(self):
        policy = self.create_conditional(severity="critical")
        complaint = self.create_complaint()
        later = self.clock + timedelta(hours=5)
        with self.at(later):
            complaint.complaint_severity = "critical"
        self.assertEqual(complaint.complaint_policy_id, policy)
        row = self.resolve_milestone(complaint)
        self.assertEqual(len(row), 1)
        self.assertEqual(row.started_at, self.clock)
        self.assertEqual(row.deadline, datetime(2026, 3, 3, 22, 59, 59))

    def test_an_employee_who_may_not_see_the_company_s_policies_registers_all_the_same(
        self,
    ):
        self.create_conditional(partner_domain="[('user_ids', '=', False)]")
        self.assertTrue(
            self.create_complaint(
                self.own_handler, partner_id=self.customer_company.id
            ).complaint_policy_id
        )

    # ---------------------------------------------------
    # A condition that can no longer be read
    # ---------------------------------------------------

    def break_condition(self, policy):
        # its field was of an addon that has been removed since
        policy.flush_recordset()
        self.env.cr.execute(
            "UPDATE complaint_policy SET partner_domain = %s WHERE id = %s",
            ["[('no_such_field', '=', 1)]", policy.id],
        )
        policy.invalidate_recordset(flush=False)

    def test_a_broken_condition_costs_no_complaint(self):
        broken = self.create_conditional("Broken", partner_domain="[]")
        following = self.create_conditional("Following", sequence=2)
        self.break_condition(broken)
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertEqual(complaint.complaint_policy_id, following)
        self.assertEqual(complaint.complaint_sla_state, "on_track")
        warning = self.failure_warnings(complaint)
        self.assertEqual(warning.user_id, self.leader)
        self.assertIn("Broken", warning.summary)
        self.assertIn("no_such_field", warning.note)
        self.assertTrue(
            complaint.message_ids.filtered(lambda m: "no_such_field" in m.body)
        )

    def test_a_broken_condition_costs_no_mail(self):
        broken = self.create_conditional("Broken", partner_domain="[]")
        self.break_condition(broken)
        complaint = self.receive(From=self.customer.email_formatted)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertTrue(complaint.complaint_policy_id)
        self.assertTrue(complaint.complaint_acknowledged_at)
        self.assertEqual(len(self.failure_warnings(complaint)), 1)

    def test_a_broken_condition_is_told_where_it_could_have_counted(self):
        broken = self.create_conditional(
            "Broken", partner_domain="[]", severity="critical"
        )
        self.break_condition(broken)
        critical, minor = self.Ticket.with_user(self.handler).create(
            [
                {
                    "name": severity,
                    "description": "Text",
                    "team_id": self.team.id,
                    "complaint_severity": severity,
                    "partner_id": self.customer.id,
                }
                for severity in ("critical", "minor")
            ]
        )
        self.assertTrue(self.failure_warnings(critical))
        self.assertFalse(self.failure_warnings(minor))

    def test_a_condition_asks_for_what_its_author_may_read(self):
        """Each path, by each way of writing it."""
        Policy = self.env["complaint.policy"].with_user(self.manager)
        mine = self.create_conditional(active=False).with_user(self.manager)
        target = {"milestone": "resolve", "delay": 1, "delay_unit": "day"}
        values = {"name": "Curious", "target_ids": [Command.create(target)]}
        for path in (
            "user_ids.totp_secret",
            "child_ids.user_ids.totp_secret",
            "user_ids.password",
            "signup_type",
            "user_ids.group_ids.rule_groups.domain_force",
            "company_id.partner_id.user_ids.totp_secret",
        ):
            first, _dot, rest = path.partition(".")
            domains = [
                [(path, "!=", False)],
                ["!", (path, "=", "x"), ("name", "=", "x")],
            ]
            if rest:
                domains.append([(first, "any", [(rest, "ilike", "x")])])
                domains.append(
                    [(first, "not any", ["|", ("id", "=", 1), (rest, "=", 1)])]
                )
            for domain in map(str, domains):
                given = {"partner_domain": domain}
                for way, attempt in {
                    "write": lambda given=given: mine.write(given),
                    "create": lambda given=given: Policy.create({**values, **given}),
                    "save": lambda given=given: mine.web_save(given, {}),
                    "default": lambda domain=domain: Policy.with_context(
                        default_partner_domain=domain
                    ).create(values),
                    "copy": lambda given=given: mine.copy(given),
                }.items():
                    with (
                        self.subTest(domain, way=way),
                        self.assertRaises(UserError),
                    ):
                        attempt()
                    self.env.invalidate_all(flush=False)
                loaded = Policy.load(
                    ["name", "active", "partner_domain"], [["x", "0", domain]]
                )
                self.assertFalse(loaded["ids"])
        for domain in (
            [("country_id.code", "=", "BE")],
            [("parent_id.name", "ilike", "Weber")],
            [("category_id", "any", [("name", "=", "VIP")])],
            [("user_ids", "!=", False)],
        ):
            mine.partner_domain = str(domain)

    def test_a_condition_knows_no_more_than_its_author(self):
        """Not even of rows that only a record rule hides from them."""
        hidden = self.env["res.partner"].create(
            {
                "name": "Zanzibar",
                "parent_id": self.customer.id,
                "company_id": self.company_b.id,
            }
        )
        condition = str([("child_ids.name", "=", hidden.name)])
        policy = self.create_conditional(partner_domain=condition, sequence=-5)
        self.assertEqual(policy.condition_user_id, self.env.user)
        self.assertEqual(self.policy_of(), policy)
        policy.with_user(self.manager).write(
            {"partner_domain": condition, "condition_user_id": self.env.uid}
        )
        self.assertEqual(policy.condition_user_id, self.manager)
        self.assertNotEqual(self.policy_of(), policy)
        policy.write({"sequence": -6, "condition_user_id": self.env.uid})
        self.assertEqual(policy.condition_user_id, self.manager)
        policy.with_user(self.manager).partner_domain = str(
            [("parent_id.name", "=", self.customer_company.name)]
        )
        self.assertEqual(self.policy_of(), policy)


@tagged("post_install", "-at_install")
class TestTerms(ComplaintClockCommon):
    # ---------------------------------------------------
    # In words
    # ---------------------------------------------------

    def test_the_sentence_says_what_is_promised(self):
        working = {"working_time": True}
        for promises, sentence in (
            ([("resolve", 14, "day")], "Final response: 14 days"),
            ([("resolve", 1, "day")], "Final response: 1 day"),
            ([("resolve", 1, "hour", working)], "Final response: 1 working hour"),
            ([("resolve", 2.5, "hour", working)], "Final response: 2.5 working hours"),
            ([("resolve", 15, "day", working)], "Final response: 15 working days"),
            ([("resolve", 8, "week")], "Final response: 8 weeks"),
            (
                [("resolve", 10, "day", {"start_event": "acknowledged", **working})],
                "Final response, from the acknowledgement: 10 working days",
            ),
            (
                [("update", 20, "day", working)],
                "Progress update interval: 20 working days",
            ),
            (
                [("respond", 24, "hour"), ("acknowledge", 2, "day")],
                "Acknowledgement: 2 days; First reply: 24 hours",
            ),
            (
                [("follow_up", 1, "week")],
                "Follow-up, from the resolution: 1 week",
            ),
        ):
            with self.subTest(sentence):
                policy = self.create_policy("P", promises)
                self.env.invalidate_all()  # in the order of the work
                self.assertEqual(policy.promise, sentence)

    def test_the_sentence_follows_a_change(self):
        self.policy.target_ids.delay = 6
        self.assertEqual(self.policy.promise, "Final response: 6 hours")

    # ---------------------------------------------------
    # What is refused, and with what message
    # ---------------------------------------------------

    def test_bad_promises_are_refused_in_plain_words(self):
        zero, whole = "more than zero", "a whole number of days or weeks"
        for promise, message in (
            (("resolve", 0, "day"), zero),
            (("resolve", -1, "day"), zero),
            (("resolve", 0, "hour"), zero),
            (("resolve", 4000, "day"), "no longer than three years"),
            (("resolve", 1e9, "hour"), "no longer than three years"),
            (("resolve", 158, "week"), "no longer than three years"),
            (("resolve", 1.5, "day"), whole),
            (("resolve", 0.5, "week"), whole),
            (("resolve", 5, "day", {"extension_delay": 7.5}), whole),
            (("resolve", 5, "day", {"extension_delay": -7}), zero),
            (
                ("resolve", 5, "day", {"extension_delay": 4}),
                "cannot be shorter than the time limit itself",
            ),
            (("resolve", 5, "day", {"warn_percent": 0}), "between 1 and 99"),
            (("resolve", 5, "day", {"warn_percent": 100}), "between 1 and 99"),
            (("resolve", 5, "day", {"warn_percent": -5}), "between 1 and 99"),
            (
                ("respond", 5, "day", {"start_event": "resolved"}),
                "cannot be counted from “Resolution”",
            ),
            (
                ("follow_up", 5, "day", {"start_event": "received"}),
                "cannot be counted from “Date of Receipt”",
            ),
        ):
            with (
                self.subTest(promise),
                self.assertRaisesRegex(ValidationError, message),
            ):
                self.create_policy("Bad", [promise])

    def test_bounds_are_allowed(self):
        for promise in (
            ("resolve", 0.25, "hour"),
            ("resolve", 3 * 366, "day"),
            ("resolve", 5, "day", {"warn_percent": 1}),
            ("resolve", 5, "day", {"warn_percent": 99}),
            ("resolve", 5, "day", {"extension_delay": 5}),
        ):
            with self.subTest(promise):
                self.assertTrue(self.create_policy("Good", [promise]).promise)

    def test_a_policy_that_promises_nothing_is_refused(self):
        for act in (
            lambda: self.create_policy("Empty", []),
            lambda: self.policy.write({"target_ids": [Command.clear()]}),
        ):
            with self.assertRaisesRegex(ValidationError, "has no targets"):
                act()
        self.create_policy("Draft", [], active=False)

    def test_a_policy_can_be_deleted_with_its_promises(self):
        self.policy.with_user(self.manager).unlink()
        self.assertFalse(self.policy.exists())

    def test_conditions_on_customers_that_cannot_be_read_are_refused(self):
        for condition in (
            "[(",
            "[('no_such_field', '=', 1)]",
            "[('country_id.no_such_field', '=', 1)]",
            "[('name', 'no such operator', 1)]",
            "[('name', '=', uid)]",
            "[('name', '=', __import__('os').name)]",
            "name = 1",
            "5",
            "{'name': 1}",
        ):
            with (
                self.subTest(condition),
                self.assertRaisesRegex(ValidationError, "is invalid"),
            ):
                self.policy.partner_domain = condition
                self.env.flush_all()

    def test_conditions_of_another_company_are_refused(self):
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Of B", "company_id": self.company_b.id}
        )
        for condition in (
            {"team_ids": self.team_b.ids},
            {"category_ids": category.ids},
        ):
            with (
                self.subTest(condition),
                self.assertRaisesRegex(ValidationError, "different companies"),
            ):
                self.create_policy(
                    "Ours",
                    [("resolve", 1, "day")],
                    **{
                        "company_id": self.company_a.id,
                        "team_ids": False,
                        **condition,
                    },
                )

    def test_a_copy_says_the_same(self):
        copy = self.policy.copy()
        self.assertNotEqual(copy.name, self.policy.name)
        self.assertEqual(copy.promise, self.policy.promise)
        self.assertNotEqual(copy.target_ids, self.policy.target_ids)

    # ---------------------------------------------------
    # Calendars
    # ---------------------------------------------------

    def test_a_calendar_that_is_gone_or_empty_is_no_error(self):
        self.create_policy(
            "Working",
            [
                ("respond", 4, "hour", {"working_time": True}),
                ("resolve", 3, "day", {"working_time": True}),
            ],
            sequence=0,
        )
        vals = {"partner_id": self.customer.id, "channel_id": self.channel_visit.id}
        empty = self.env["resource.calendar"].create(
            {"name": "Empty", "attendance_ids": False, "tz": "Europe/Brussels"}
        )
        own = self.env["resource.calendar"].create(
            {"name": "Own", "tz": "Europe/Brussels"}
        )

        def delete():
            self.team.complaint_calendar_id = False
            own.unlink()

        def none_at_all():
            self.company_a.resource_calendar_id = False

        def set_empty():
            self.team.complaint_calendar_id = empty

        self.team.complaint_calendar_id = own
        running = self.create_complaint(**vals)
        for change in (delete, none_at_all, set_empty):
            with self.subTest(change.__name__):
                change()
                complaint = self.create_complaint(**vals)
                self.assertEqual(complaint.complaint_sla_state, "on_track")
                self.assertTrue(complaint.complaint_deadline)
                self.assertFalse(self.failure_warnings(complaint))
                # milestones that ran already continue
                running.complaint_severity = (
                    "major" if running.complaint_severity == "minor" else "minor"
                )
                self.assertTrue(running.complaint_deadline)
                self.assertFalse(self.failure_warnings(running))
                self.assertGreater(self.sweep(self.clock + timedelta(days=60)), 0)


@tagged("post_install", "-at_install")
class TestPresets(ComplaintClockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.presets = {
            name: cls.env.ref(f"crm_complaints.complaint_policy_{name}")
            for name in PRESETS
        }

    def test_these_and_no_others_come_with_the_addon(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "crm_complaints"), ("model", "=", "complaint.policy")]
        )
        self.assertEqual(
            {name.removeprefix("complaint_policy_") for name in data.mapped("name")},
            set(PRESETS),
        )

    def test_only_the_standard_and_the_one_for_online_channels_are_on(self):
        on = {name for name, preset in self.presets.items() if preset.active}
        self.assertEqual(on, ACTIVE)

    def test_each_names_its_source(self):
        for name, preset in self.presets.items():
            with self.subTest(name):
                self.assertTrue(preset.note)

    def test_each_promises_what_its_regime_does(self):
        for name, preset in self.presets.items():
            with self.subTest(name):
                self.assertEqual(
                    [tuple(t[field] for field in TERMS) for t in preset.target_ids],
                    PRESETS[name],
                )
                self.assertFalse(any(preset.target_ids.mapped("pausable")))

    def test_each_can_be_switched_on_and_promises_the_right_days(self):
        for name in PRESETS.keys() - ACTIVE:
            with self.subTest(name):
                preset = self.presets[name].with_user(self.manager)
                preset.write({"active": True, "sequence": 0})
                complaint = self.create_complaint(
                    channel_id=self.channel_phone.id,
                    partner_id=self.customer.id,
                    complaint_kind=preset.kind or "complaint",
                )
                if preset.level == "second":
                    self.assertNotEqual(complaint.complaint_policy_id, preset)
                    complaint.sudo().complaint_level = "second"
                self.assertEqual(complaint.complaint_policy_id, preset)
                with self.at(self.clock + timedelta(days=1)):
                    complaint.action_complaint_acknowledge()
                last_days = {
                    row.milestone: (
                        # the last second of a day in Brussels
                        row.deadline + timedelta(hours=2)
                    ).date()
                    if row.deadline.month > 3 or row.deadline.day >= 29
                    else (row.deadline + timedelta(hours=1)).date()
                    # the first progress update, not the next one
                    for row in complaint.complaint_milestone_ids[::-1]
                    if not row.dropped
                }
                self.assertEqual(last_days, LAST_DAYS[name])
                preset.active = False

    def test_a_regime_that_is_switched_on_counts_on_every_channel(self):
        """A law applies however the customer wrote."""
        self.presets["psd2"].with_user(self.manager).active = True
        for channel in (self.channel_email, self.channel_phone, self.channel_letter):
            complaint = self.create_complaint(
                channel_id=channel.id, partner_id=self.customer.id
            )
            self.assertEqual(complaint.complaint_policy_id, self.presets["psd2"])

    def test_online_channels_come_under_the_quick_one(self):
        for name in ("email", "web", "chat", "messenger", "social"):
            with self.subTest(name):
                channel = getattr(self, f"channel_{name}")
                complaint = self.create_complaint(
                    channel_id=channel.id, partner_id=self.customer.id
                )
                self.assertEqual(complaint.complaint_policy_id, self.presets["online"])
        for name in ("phone", "visit", "letter", "fax"):
            with self.subTest(name):
                channel = getattr(self, f"channel_{name}")
                complaint = self.create_complaint(
                    channel_id=channel.id, partner_id=self.customer.id
                )
                self.assertEqual(complaint.complaint_policy_id, self.presets["default"])


@tagged("post_install", "-at_install")
class TestApplying(ComplaintClockCommon):
    """A change of a policy touches what is open only when somebody applies it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.target = cls.policy.target_ids
        # with a name, so that every kind of milestone counts
        cls.named = {
            "channel_id": cls.channel_phone.id,
            "partner_id": cls.customer.id,
        }

    def open_complaints(self):
        """Return complaints on track, at risk, overdue, extended, withdrawn etc."""
        self.on_track, self.extended, self.resolved, self.withdrawn = (
            self.create_complaints(4, **self.named)
        )
        self.at_risk = self.create_complaint(
            complaint_received_at=self.clock - timedelta(minutes=190), **self.named
        )
        self.late = self.create_complaint(
            complaint_received_at=self.clock - timedelta(hours=5), **self.named
        )
        self.env["complaint.extend"].with_user(self.handler).create(
            {
                "ticket_id": self.extended.id,
                "date": date(2026, 3, 27),
                "reason": "Parts are on their way",
            }
        ).action_extend()
        self.resolved.action_complaint_resolve()
        self.withdrawn.action_complaint_withdraw()
        self.elsewhere = self.create_complaint(
            self.handler_b, team_id=self.team_b.id
        ).sudo()
        return (
            self.on_track
            | self.at_risk
            | self.late
            | self.extended
            | self.resolved
            | self.withdrawn
        ).with_env(self.env)

    def snapshot(self, complaints):
        self.env.invalidate_all()
        names = [
            name
            for name, field in self.Milestone._fields.items()
            # today's terms, not the former ones
            if field.store and name != "target_id"
        ]
        return [
            (
                complaint.complaint_policy_id,
                complaint.complaint_sla_state,
                complaint.complaint_deadline,
                complaint.complaint_milestone_ids.read(names),
                complaint.write_date,
                complaint.activity_ids,
                complaint.message_ids,
            )
            for complaint in complaints
        ]

    def preview(self, policy=None, user=None):
        return (
            self.env["complaint.policy.apply"]
            .with_user(user or self.manager)
            .create({"policy_id": (policy or self.policy).id})
        )

    def test_an_edit_leaves_open_complaints_alone(self):
        complaints = self.open_complaints()
        before = self.snapshot(complaints)
        self.policy.with_user(self.manager).write(
            {
                "severity": "critical",
                "target_ids": [
                    Command.update(self.target.id, {"delay": 1}),
                    Command.create({"milestone": "respond", "delay": 1}),
                ],
            }
        )
        self.assertEqual(self.snapshot(complaints), before)
        # nor does working on them, if nothing that counts for the match changes
        with self.at(self.clock + timedelta(minutes=1)):
            self.on_track.with_user(self.handler).write(
                {"complaint_remedy_sought": "A new one"}
            )
            self.move(self.on_track.with_user(self.handler), "hearing")
        self.assertEqual(self.resolve_milestone(self.on_track).deadline, self.deadline)

    def test_a_deleted_promise_leaves_open_complaints_alone(self):
        complaint = self.create_complaint()
        self.policy.unlink()
        self.assertEqual(self.resolve_milestone(complaint).deadline, self.deadline)
        self.sweep(self.late_at)
        self.assertEqual(complaint.complaint_sla_state, "breached")

    def assertPreviewed(self, complaints):
        """Check that applying does what the preview says, and nothing else."""
        complaints |= self.elsewhere
        before = self.snapshot(complaints)
        wizard = self.preview()
        lines = {
            line.ticket_id.id: (
                line.state_before,
                line.deadline_before,
                line.state_after,
                line.deadline_after,
                line.promise_count,
            )
            for line in wizard.line_ids
        }
        self.assertEqual(wizard.change_count, len(lines))
        self.assertEqual(self.snapshot(complaints), before, "nothing changes before")
        wizard.action_apply()
        after = self.snapshot(complaints)
        changed = {}
        for complaint, old, new in zip(complaints, before, after, strict=True):
            open_ones = complaint.complaint_milestone_ids.filtered(
                lambda row: (
                    row.state in ("waiting", "running", "at_risk", "breached", "paused")
                )
            )
            if new[:4] != old[:4]:
                changed[complaint.id] = (
                    old[1],
                    old[2],
                    new[1],
                    new[2],
                    len(open_ones),
                )
        self.assertEqual(changed, lines)
        self.assertEqual(
            wizard.late_count,
            sum(
                line[2] == "breached" and line[0] != "breached"
                for line in lines.values()
            ),
        )
        # a second preview has nothing left to apply
        self.assertFalse(self.preview().line_ids)
        return lines

    # one test each: applying does what the preview says

    def assertEditPreviewed(self, edit):
        complaints = self.open_complaints()
        edit()
        lines = self.assertPreviewed(complaints)
        self.assertTrue(lines)
        self.assertNotIn(self.withdrawn.id, lines)

    def test_preview_of_a_longer_time(self):
        self.assertEditPreviewed(lambda: self.target.write({"delay": 6}))

    def test_preview_of_a_shorter_time(self):
        self.assertEditPreviewed(lambda: self.target.write({"delay": 1}))

    def test_preview_of_a_later_warning(self):
        self.assertEditPreviewed(lambda: self.target.write({"warn_percent": 99}))

    def test_preview_of_one_more_promise(self):
        self.assertEditPreviewed(
            lambda: self.policy.write(
                {"target_ids": [Command.create({"milestone": "update", "delay": 2})]}
            )
        )

    def test_preview_of_other_promises(self):
        self.assertEditPreviewed(
            lambda: self.policy.write(
                {
                    "target_ids": [
                        Command.clear(),
                        Command.create({"milestone": "follow_up", "delay": 2}),
                    ]
                }
            )
        )

    def test_preview_of_a_policy_for_fewer(self):
        self.assertEditPreviewed(lambda: self.policy.write({"severity": "critical"}))

    def test_preview_of_a_policy_put_off(self):
        self.assertEditPreviewed(lambda: self.policy.write({"sequence": 1000}))

    def test_preview_of_a_policy_that_is_new(self):
        self.policy.active = False
        complaints = self.open_complaints()
        self.policy.write({"active": True})
        self.assertPreviewed(complaints)

    def test_nothing_edited_is_nothing_to_apply(self):
        complaints = self.open_complaints()
        wizard = self.preview()
        self.assertFalse(wizard.line_ids)
        self.assertGreaterEqual(wizard.open_count, 4)
        before = self.snapshot(complaints)
        wizard.action_apply()
        self.assertEqual(self.snapshot(complaints), before)

    def test_dates_promised_in_a_letter_and_breaches_stay(self):
        self.open_complaints()
        row = self.resolve_milestone(self.extended)
        promised = row.deadline
        late_since = self.resolve_milestone(self.late).breached_at
        self.target.delay = 1
        self.preview().action_apply()
        self.assertEqual(row.deadline, promised)
        self.assertTrue(row.extended)
        self.target.delay = 24 * 30
        self.preview().action_apply()
        self.assertGreater(row.deadline, promised)
        late = self.resolve_milestone(self.late)
        self.assertEqual(late.breached_at, late_since)
        self.late.action_complaint_resolve()
        self.assertEqual(late.state, "missed")

    def test_what_becomes_late_by_it_sets_rules_off(self):
        self.open_complaints()
        self.target.delay = 1
        with self.at(self.clock + timedelta(hours=2)):
            wizard = self.preview()
            self.assertTrue(wizard.late_count)
            self.assertFalse(self.late_activities(self.on_track))
            wizard.action_apply()
        self.assertEqual(self.on_track.complaint_sla_state, "breached")
        self.assertEqual(len(self.late_activities(self.on_track)), 1)

    def test_only_managers_apply(self):
        for user in (self.handler, self.leader, self.user_employee):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.preview(user=user)
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.policy.with_user(user).action_complaint_apply()

    def test_the_preview_of_a_policy_of_another_company_is_refused(self):
        theirs = self.create_policy(
            "Theirs",
            [("resolve", 1, "day")],
            team_ids=False,
            company_id=self.company_b.id,
        )
        with self.assertRaises(AccessError):
            self.preview(theirs)

    def test_applying_leaves_the_other_company_alone(self):
        self.open_complaints()
        self.policy.write({"team_ids": False})
        before = self.snapshot(self.elsewhere)
        wizard = self.preview()
        self.assertNotIn(self.elsewhere.id, wizard.line_ids.ticket_id.ids)
        wizard.action_apply()
        self.assertEqual(self.snapshot(self.elsewhere), before)

    def test_the_button_opens_the_preview(self):
        action = self.policy.with_user(self.manager).action_complaint_apply()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(wizard.policy_id, self.policy)

    def test_open_complaints_of_a_policy_are_counted_and_shown(self):
        self.open_complaints()
        self.env.flush_all()
        policy = self.policy.with_user(self.manager)
        self.assertEqual(policy.open_count, 4)
        action = policy.action_complaint_open()
        found = self.Ticket.with_user(self.manager).search(action["domain"])
        self.assertEqual(
            set(found.ids),
            set((self.on_track | self.at_risk | self.late | self.extended).ids),
        )

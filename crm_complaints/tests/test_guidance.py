"""Guidance: who waits for whom, and which fields are offered in filters."""

from datetime import datetime

from lxml import etree

from odoo.tests import tagged

from .common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestWaiting(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_complaint(
            partner_id=cls.customer.id,
            complaint_received_at=datetime(2026, 2, 24, 10),
        )

    def post(self, ticket, author, at, message_type="comment"):
        # sudo: others cannot write in somebody's name, or on another day
        ticket.sudo().message_post(
            body="Hello",
            author_id=author.id,
            message_type=message_type,
            subtype_xmlid="mail.mt_comment",
            date=at,
        )

    def waiting(self, ticket=None):
        ticket = (ticket or self.ticket).with_user(self.handler)
        ticket.invalidate_recordset(["complaint_waiting", "complaint_has_new_message"])
        return ticket.complaint_waiting

    def test_customer_waits_from_the_day_the_complaint_came_in(self):
        self.assertEqual(self.waiting(), "Waiting for us since 24 Feb")
        self.assertFalse(self.ticket.complaint_has_new_message)

    def test_new_message_counts_until_we_reply(self):
        self.post(self.ticket, self.customer, datetime(2026, 2, 26, 10), "email")
        self.assertEqual(self.waiting(), "Waiting for us since 26 Feb")
        self.assertTrue(self.ticket.complaint_has_new_message)
        self.post(self.ticket, self.handler.partner_id, datetime(2026, 2, 27, 10))
        self.assertEqual(self.waiting(), "Waiting for us since 24 Feb")
        self.assertFalse(self.ticket.complaint_has_new_message)

    def test_note_is_no_reply(self):
        self.post(self.ticket, self.customer, datetime(2026, 2, 26, 10), "email")
        self.ticket.sudo().message_post(
            body="A note",
            author_id=self.handler.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
            date=datetime(2026, 2, 27, 10),
        )
        self.waiting()
        self.assertTrue(self.ticket.complaint_has_new_message)

    def test_we_wait_in_a_paused_stage_until_the_customer_writes(self):
        self.ticket.stage_id = self.create_stage("hearing", complaint_pause=True)
        self.post(self.ticket, self.handler.partner_id, datetime(2026, 2, 27, 10))
        self.assertEqual(self.waiting(), "Waiting for customer since 27 Feb")
        self.post(self.ticket, self.customer, datetime(2026, 2, 28, 10), "email")
        self.assertEqual(self.waiting(), "Waiting for us since 28 Feb")

    def test_nobody_waits_once_it_is_withdrawn(self):
        self.move(self.ticket, "withdrawn")
        self.assertFalse(self.waiting())

    def test_no_query_for_a_further_complaint(self):
        tickets = self.ticket
        for _number in range(5):
            tickets += self.create_complaint(partner_id=self.customer.id)

        def count(some):
            some = some.with_user(self.handler)
            some.read(["complaint_phase", "complaint_offer_count", "stage_id"])
            some.stage_id.mapped("complaint_pause")
            some.invalidate_recordset(["complaint_waiting"])
            before = self.env.cr.sql_log_count
            some.mapped("complaint_waiting")
            return self.env.cr.sql_log_count - before

        count(tickets)
        self.assertEqual(count(tickets), count(tickets[:1]))


@tagged("post_install", "-at_install")
class TestScreens(ComplaintCommon):
    def test_technical_fields_are_not_offered(self):
        described = self.Ticket.with_user(self.handler).fields_get(
            ["access_warning", "access_url", "user_id"]
        )
        for name in ("access_warning", "access_url"):
            self.assertFalse(described[name]["searchable"], name)
            self.assertFalse(described[name]["groupable"], name)
        self.assertTrue(described["user_id"]["searchable"])
        self.assertTrue(described["user_id"]["groupable"])

    def test_search_offers_what_people_use(self):
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_search_complaint")
        arch = etree.fromstring(view.arch)
        offered = arch.xpath("/search/filter[not(@invisible)]")
        self.assertLessEqual(len(offered), 16)
        self.assertLessEqual(len(arch.xpath("//group/filter[not(@invisible)]")), 10)

    def test_form_names_each_field_once_and_keeps_others_additions(self):
        View = self.env["ir.ui.view"]
        base = self.env.ref("helpdesk_mgmt.ticket_view_form")
        View.create(
            {
                "name": "of another addon",
                "model": "helpdesk.ticket",
                "inherit_id": base.id,
                "arch": "<page name='description' position='inside'>"
                "<div class='of_another_addon'/></page>",
            }
        )
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_form_complaint")
        arch = etree.fromstring(self.Ticket.get_view(view.id, "form")["arch"])
        self.assertTrue(
            arch.xpath("//page[@name='description']//div[@class='of_another_addon']")
        )
        for name in ("description", "partner_id", "channel_id", "user_id"):
            self.assertEqual(
                len(
                    arch.xpath(f"//sheet//field[@name='{name}'][not(ancestor::field)]")
                ),
                1,
                name,
            )


@tagged("post_install", "-at_install")
class TestPipelineOrder(ComplaintCommon):
    def test_unassigned_complaints_stand_first(self):
        late, early, unassigned, ended = (
            self.create_complaint(
                partner_id=self.customer.id,
                user_id=self.handler.id,
                complaint_received_at=received_at,
            )
            for received_at in (
                datetime(2026, 2, 25, 10),
                datetime(2026, 2, 24, 10),
                datetime(2026, 2, 26, 10),
                datetime(2026, 2, 23, 10),
            )
        )
        (unassigned | ended).user_id = False
        self.move(ended, "withdrawn")
        tickets = late | early | unassigned | ended
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_kanban_complaint")
        order = etree.fromstring(view.arch).get("default_order")
        found = self.Ticket.with_user(self.handler).search(
            [("id", "in", tickets.ids)], order=order
        )
        open_ones = [id_ for id_ in found.ids if id_ != ended.id]
        self.assertEqual(open_ones, (unassigned + early + late).ids)
        self.assertEqual(found[0], unassigned)

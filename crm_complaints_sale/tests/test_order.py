"""sale.order: the customer's complaints are shown, and one can be registered."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import ComplaintSaleCommon


@tagged("post_install", "-at_install")
class TestOrder(ComplaintSaleCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.create_order(user_id=cls.seller.id)

    def take(self, user, order=None, **vals):
        """Register a complaint from an order, as the web client does."""
        action = (order or self.order).with_user(user).action_complaint_new()
        self.assertEqual(action["res_model"], "complaint.intake")
        self.assertFalse(action["res_id"])
        intake = (
            self.env["complaint.intake"]
            .with_user(user)
            .with_context(**action["context"])
            .create({"description": "It leaks", "thanked": True, **vals})
        )
        intake.action_register()
        return self.Ticket.browse(intake.ticket_res_id)

    def test_a_handler_without_rights_on_orders_registers_complaints(self):
        intake = (
            self.env["complaint.intake"]
            .with_user(self.handler)
            .create({"description": "It leaks", "partner_name": "Anna"})
        )
        self.assertFalse(intake.sudo().complaint_order_id)
        intake.action_register()
        self.assertTrue(self.Ticket.browse(intake.ticket_res_id).is_complaint)

    # ---------------------------------------------------
    # The banner
    # ---------------------------------------------------

    def test_seller_without_a_role_sees_that_a_complaint_is_open(self):
        order = self.order.with_user(self.seller)
        self.assertFalse(order.complaint_banner)
        self.create_complaint(
            self.leader, partner_id=self.customer_company.id, user_id=self.handler.id
        )
        self.env.invalidate_all()
        [line] = order.complaint_banner["lines"]
        self.assertEqual(line["handler"], "Hanna Handler")
        self.assertFalse(line["id"])

    def test_quotation_shows_it_as_soon_as_the_customer_is_chosen(self):
        self.create_complaint(partner_id=self.customer.id)
        order = self.env["sale.order"].with_user(self.seller).new({})
        self.assertFalse(order.complaint_banner)
        order.partner_id = self.customer
        self.assertTrue(order.complaint_banner)

    def test_form_has_the_banner_and_lists_do_not_ask_for_it(self):
        Order = self.env["sale.order"].with_user(self.seller)
        self.assertIn("complaint_banner", Order.get_view(view_type="form")["arch"])
        for view in ("list", "kanban"):
            self.assertNotIn("complaint_", Order.get_view(view_type=view)["arch"])

    def test_customers_may_not_ask_for_it(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.portal_user).read(["complaint_banner"])

    # ---------------------------------------------------
    # Buttons
    # ---------------------------------------------------

    def test_buttons_are_for_those_who_handle_complaints(self):
        for user, shown in ((self.seller, False), (self.seller_handler, True)):
            arch = (
                self.env["sale.order"]
                .with_user(user)
                .get_view(view_type="form")["arch"]
            )
            for name in (
                "action_complaint_new",
                "action_view_complaints",
                "action_view_document_complaints",
            ):
                with self.subTest(name, user=user.name):
                    self.assertEqual(f'name="{name}"' in arch, shown)

    def test_counts_those_of_the_customer_and_those_about_the_order(self):
        about = self.create_complaint(
            self.seller_handler,
            partner_id=self.customer.id,
            complaint_order_id=self.order.id,
        )
        self.create_complaint(partner_id=self.customer_company.id)
        closed = self.create_complaint(partner_id=self.customer.id)
        self.move(closed, "closed")
        self.env.invalidate_all()
        order = self.order.with_user(self.seller_handler)
        self.assertEqual(order.complaint_count, 3)
        self.assertEqual(order.complaint_open_count, 2)
        self.assertEqual(order.complaint_document_count, 1)
        found = self.Ticket.search(order.action_view_document_complaints()["domain"])
        self.assertEqual(found, about)
        found = self.Ticket.search(order.action_view_complaints()["domain"])
        self.assertEqual(len(found), 3)

    def test_many_orders_are_counted_at_once(self):
        orders = self.order
        for index in range(5):
            partner = self.env["res.partner"].create({"name": f"Customer {index}"})
            order = self.create_order(partner)
            orders += order
            self.create_complaint(
                self.seller_handler, partner_id=partner.id, complaint_order_id=order.id
            )

        def queries(orders):
            self.env.invalidate_all()
            orders = orders.with_user(self.seller_handler)
            orders.partner_id.mapped("commercial_partner_id")
            before = self.env.cr.sql_log_count
            orders.mapped("complaint_document_count")
            orders.mapped("complaint_count")
            orders.mapped("complaint_banner")
            return self.env.cr.sql_log_count - before

        queries(orders)
        self.assertEqual(queries(orders), queries(orders[:2]))

    # ---------------------------------------------------
    # Registering
    # ---------------------------------------------------

    def test_complaint_registered_from_the_order_knows_it(self):
        complaint = self.take(self.seller_handler)
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.complaint_order_id, self.order)
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.complaint_phone, self.customer.phone)
        self.assertEqual(complaint.company_id, self.company_a)
        self.assertEqual(complaint.team_id, self.team)
        self.assertRegex(complaint.number, "^C/")

    def test_is_registered_in_the_company_of_the_order(self):
        user = self.seller_handler
        user.company_ids += self.company_b
        order = self.create_order(company=self.company_b)
        order = order.with_context(
            allowed_company_ids=[self.company_a.id, self.company_b.id]
        )
        context = order.with_user(user).action_complaint_new()["context"]
        self.assertEqual(context["default_company_id"], self.company_b.id)
        complaint = self.take(user, order)
        self.assertEqual(complaint.company_id, self.company_b)
        self.assertEqual(complaint.team_id, self.team_b)

    def test_whoever_may_not_register_is_refused(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.seller).action_complaint_new()
        with self.assertRaises(AccessError):
            self.order.with_user(self.own_seller).action_complaint_new()

    def test_link_can_be_taken_off_before_registering(self):
        complaint = self.take(self.seller_handler, complaint_order_id=False)
        self.assertFalse(complaint.complaint_order_id)

    # ---------------------------------------------------
    # The link
    # ---------------------------------------------------

    def test_nobody_links_an_order_they_may_not_read(self):
        """By the link alone its number could be read."""
        for user in (self.handler, self.own_seller):
            with self.subTest(user.name):
                complaint = self.create_complaint(user, partner_id=self.customer.id)
                with self.assertRaises(AccessError):
                    complaint.with_user(user).complaint_order_id = self.order
                with self.assertRaises(AccessError):
                    self.create_complaint(user, complaint_order_id=self.order.id)
                with self.assertRaises(AccessError):
                    self.Ticket.with_user(user).with_context(
                        default_complaint_order_id=self.order.id
                    ).create({"name": "X", "description": "X", "team_id": self.team.id})
                with self.assertRaises(AccessError):
                    self.env["complaint.intake"].with_user(user).create(
                        {"description": "X", "complaint_order_id": self.order.id}
                    )
                with self.assertRaises(AccessError):
                    self.env["complaint.intake"].with_user(user).with_context(
                        default_complaint_order_id=self.order.id
                    ).create({"description": "X"})

    def test_handler_who_may_not_read_it_works_the_complaint(self):
        complaint = self.take(self.seller_handler).with_user(self.handler)
        complaint.write({"name": "It leaks a lot", "priority": "2"})
        spec = {"complaint_order_id": {"fields": {"display_name": {}}}}
        [values] = complaint.web_read(spec)
        self.assertEqual(
            values["complaint_order_id"]["display_name"], self.order.display_name
        )
        complaint.complaint_order_id = False
        self.assertFalse(complaint.complaint_order_id)

    def test_merged_complaints_are_about_the_order_of_either(self):
        about = self.take(self.seller_handler)
        earlier = self.create_complaint(partner_id=self.customer.id)
        Merge = self.env["complaint.merge"]
        Merge.with_user(self.handler)._merge(earlier, about)
        self.assertEqual(earlier.complaint_order_id, self.order)
        Merge.search([("merged_id", "=", about.id)]).action_undo()
        self.assertFalse(earlier.complaint_order_id)
        self.assertEqual(about.complaint_order_id, self.order)

    def test_forgotten_customer_is_not_found_by_their_order(self):
        if "complaint.privacy.log" not in self.env:
            self.skipTest("complaints are erased by crm_complaints_privacy")
        complaint = self.take(self.seller_handler)
        self.move(complaint, "withdrawn")
        complaint._complaint_erase("retention")
        self.assertFalse(complaint.complaint_order_id)
        self.assertFalse(complaint.complaint_value_class)

    def test_order_of_another_company_is_refused(self):
        theirs = self.create_order(company=self.company_b)
        with self.assertRaises(UserError):
            self.create_complaint(self.env.user, complaint_order_id=theirs.id)

    def test_customers_do_not_see_the_link(self):
        complaint = self.take(self.seller_handler)
        for name in ("complaint_order_id", "complaint_value_class"):
            with self.assertRaises(AccessError):
                complaint.with_user(self.portal_user).read([name])

    def test_complaints_are_found_by_their_order(self):
        complaint = self.take(self.seller_handler)
        Ticket = self.Ticket.with_user(self.seller_handler)
        found = Ticket.search([("complaint_order_id", "ilike", self.order.name)])
        self.assertEqual(found, complaint)
        arch = Ticket.get_view(
            self.env.ref("crm_complaints.helpdesk_ticket_view_search_complaint").id,
            "search",
        )["arch"]
        self.assertIn("complaint_order_id", arch)

    def test_form_lets_sellers_choose_and_others_see(self):
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_form_complaint")
        for user, readonly in ((self.seller_handler, 0), (self.handler, 1)):
            arch = self.Ticket.with_user(user).get_view(view.id, "form")["arch"]
            self.assertEqual(arch.count('name="complaint_order_id"'), 1, user.name)
            node = arch[arch.index('name="complaint_order_id"') :].split("/>")[0]
            self.assertEqual('readonly="1"' in node, bool(readonly), user.name)


@tagged("post_install", "-at_install")
class TestOrderTour(ComplaintSaleCommon, HttpCase):
    clock = None  # browsers have a clock of their own

    def test_seller_registers_a_complaint_about_an_order(self):
        complaint = self.create_complaint(
            self.leader,
            name="Cold coffee",
            partner_id=self.customer.id,
            user_id=self.handler.id,
        )
        self.move(complaint, "hearing")
        order = self.create_order()
        self.start_tour(
            f"/odoo/sale.order/{order.id}",
            "complaint_order",
            login=self.seller_handler.login,
        )
        new = self.Ticket.search([("complaint_order_id", "=", order.id)])
        self.assertEqual(new.partner_id, self.customer)
        self.assertIn("The machine leaks.", new.description)

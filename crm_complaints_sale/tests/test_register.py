"""Register: the order and its products are what the complaint is about."""

from base64 import b64decode

from odoo.tests import tagged

from .common import ComplaintSaleCommon


@tagged("post_install", "-at_install")
class TestRegister(ComplaintSaleCommon):
    def register(self):
        return (
            self.env["complaint.register"]
            .with_user(self.manager)
            .create(
                {
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "file_format": "csv",
                }
            )
        )

    def complaint_of_an_order(self):
        order = self.create_order(user_id=self.seller.id)
        self.create_complaint().sudo().complaint_order_id = order
        return order

    def test_the_register_tells_the_order_and_its_products(self):
        order = self.complaint_of_an_order()
        content = b64decode(self.register().make_part()["data"]).decode()
        self.assertIn(f",{order.name}: Coffee machine,", content)

    def test_queries_do_not_grow_with_the_orders(self):
        def queries():
            register = self.register()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            register.make_part()
            return self.env.cr.sql_log_count - before

        self.complaint_of_an_order()
        queries()
        few = queries()
        for _number in range(5):
            self.complaint_of_an_order()
        self.assertEqual(queries(), few)

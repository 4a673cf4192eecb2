"""Base of the tests of sales and complaints: sellers by role, orders."""

from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.crm_complaints.tests.common import ComplaintCommon


class ComplaintSaleCommon(ComplaintCommon):
    """Beside the users of complaints there are these, in company A:

    ===================  =========================================================
    ``seller``           sees all orders, has no role at the helpdesk
    ``own_seller``       sees their own orders only, handles complaints
    ``seller_handler``   sees all orders, handles complaints
    ===================  =========================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = "sales_team.group_sale_salesman"
        every = "sales_team.group_sale_salesman_all_leads"
        handler = "helpdesk_mgmt.group_helpdesk_user"
        cls.seller = cls.create_seller("seller", "Selma Seller", every)
        cls.own_seller = cls.create_seller(
            "own_seller", "Oskar Own", f"{own},{handler}"
        )
        cls.seller_handler = cls.create_seller(
            "seller_handler", "Hugo Both", f"{every},{handler}"
        )
        cls.team.user_ids += cls.own_seller | cls.seller_handler
        cls.product = cls.env["product.product"].create(
            {"name": "Coffee machine", "taxes_id": False, "invoice_policy": "order"}
        )

    @classmethod
    def create_seller(cls, login, name, groups):
        return new_test_user(
            cls.env,
            login=login,
            name=name,
            email=f"{login}@staff.example.com",
            groups=groups,
            company_id=cls.company_a.id,
            company_ids=[Command.set(cls.company_a.ids)],
            tz="UTC",
            context={"no_reset_password": True, "mail_create_nolog": True},
        )

    @classmethod
    def create_order(cls, partner=None, amount=100, company=None, **vals):
        """Return a confirmed order of A over ``amount``, untaxed."""
        company = company or cls.company_a
        return (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": (partner or cls.customer).id,
                    "company_id": company.id,
                    "state": "sale",
                    "order_line": [
                        Command.create(
                            {
                                "product_id": cls.product.id,
                                "product_uom_qty": 1,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                    **vals,
                }
            )
        )

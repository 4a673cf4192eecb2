"""Menus: each role opens all of its menus and views; a manager all of them in a browser."""

from ast import literal_eval

from lxml import etree

from odoo.tests import HttpCase, tagged
from odoo.tools.safe_eval import datetime, safe_eval, time

from .common import ComplaintCommon

_ROOT = "crm_complaints.menu_complaint_root"
_CLICK = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
    f".startClickEverywhere('{_ROOT}')"
)


@tagged("post_install", "-at_install")
class TestMenus(ComplaintCommon, HttpCase):
    clock = None  # browsers have a clock of their own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_complaint(partner_id=cls.customer.id)

    def menus_of(self, user):
        """Return the menus that somebody sees, which open something."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        root = next(
            menu
            for key, menu in menus.items()
            if key != "root" and menu["xmlid"] == _ROOT
        )
        waiting, found = [root], []
        while waiting:
            menu = waiting.pop()
            waiting += [menus[child] for child in menu["children"]]
            found += [menu] if menu["action_id"] else []
        return found

    def open(self, menu, user):
        """Load what a menu opens: its views, and the records they begin with."""
        action = (
            self.env[menu["action_model"]].with_user(user).browse(menu["action_id"])
        )
        action = action.sudo()._get_action_dict()
        if action["type"] != "ir.actions.act_window":
            return
        names = {"uid": user.id, "active_id": False, "datetime": datetime, "time": time}
        context = safe_eval(action["context"] or "{}", names)
        domain = safe_eval(action["domain"] or "[]", {**names, "context": context})
        model = self.env[action["res_model"]].with_user(user).with_context(**context)
        views = [tuple(view) for view in action["views"]]
        views.append(
            (literal_eval(str(action["search_view_id"] or "[False]"))[0], "search")
        )
        found = model.get_views(views)["views"]
        for kind in found.keys() & {"list", "kanban"}:
            specification = {
                node.get("name"): {}
                for node in etree.fromstring(found[kind]["arch"]).iter("field")
                if node.get("name") in model._fields
            }
            self.assertTrue(specification)
            model.web_search_read(domain, specification, limit=80)

    def test_each_role_opens_all_it_sees(self):
        seen = {}
        for user in (self.own_handler, self.team_handler, self.leader, self.manager):
            menus = self.menus_of(user)
            seen[user] = len(menus)
            for menu in menus:
                with self.subTest(user=user.name, menu=menu["name"]):
                    self.open(menu, user)
        self.assertGreater(seen[self.own_handler], 3)
        self.assertGreater(seen[self.manager], seen[self.own_handler])

    def test_a_manager_clicks_on_everything(self):
        """In the browser, where a view can fail that the server takes for well."""
        self.manager.tour_enabled = False
        self.browser_js(
            "/odoo",
            _CLICK,
            "odoo.isReady === true",
            login=self.manager.login,
            timeout=600,
            success_signal="clickbot test succeeded",
        )

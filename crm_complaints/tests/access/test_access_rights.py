"""docs/access-rights.md: each role may do with each record what its tables say.

The tables are the specification. After a change that is meant to change them, let this
test write them anew, and review what it wrote as you review code::

    CRM_COMPLAINTS_WRITE_ACCESS_RIGHTS=1 make test TAGS=/crm_complaints:TestAccessRights

The tests of a small addon with models of its own extend this class, and write the rows
of these: see crm_complaints_privacy.
"""

import os
import re
from pathlib import Path

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.core.constants import TICKET
from ..records import ComplaintRecords

PAGE = Path(__file__).parents[3] / "docs" / "access-rights.md"
WRITE = os.environ.get("CRM_COMPLAINTS_WRITE_ACCESS_RIGHTS")
OPERATIONS = {"read": "r", "write": "w", "create": "c", "unlink": "d"}
NOTHING = "–"
# kind of complaint -> heading of its column
STAFF = {
    "own": "their own",
    "team": "of their team",
    "other": "of another team",
    "concerned": "about themselves",
    "company": "of another company",
}
FOLLOWER = {
    "own": "that they follow",
    "other": "of their company",
    "concerned": "about themselves",
    "company": "of another company",
}
CUSTOMER = {
    "own": "their own",
    "team": "of a colleague",
    "other": "of another customer",
    "concerned": "that they act in",
    "company": "of another company",
}
PUBLIC = {"other": "of the company of the website", "company": "of another company"}
# heading of the section -> attribute with the user, the columns
ROLES = {
    "Public": ("public", PUBLIC),
    "Customer with a login": ("portal_user", CUSTOMER),
    "Employee without a helpdesk group": ("user_employee", FOLLOWER),
    "Helpdesk user: personal tickets": ("own_handler", STAFF),
    "Helpdesk user: team tickets": ("team_handler", STAFF),
    "Helpdesk user": ("handler", STAFF),
    "Team leader": ("leader", STAFF),
    "Helpdesk manager": ("manager", STAFF),
    "Administrator without a helpdesk group": ("administrator", FOLLOWER),
}
# Rows of small addons, whose tests have them.
SMALL = {"complaint.privacy.log"}
# The section, up to its table; the table.
_SECTION = r"(^## {role}\n(?:(?!\|).*\n)*)((?:\|.*\n)+)"


def read_page(text):
    """Return {role: {row: {heading of a column: cell}}}."""
    page = {}
    for role in ROLES:
        page[role] = {}
        found = re.search(_SECTION.format(role=re.escape(role)), text, re.MULTILINE)
        if not found:
            continue
        head, _line, *lines = (
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in found[2].splitlines()
        )
        for names, *cells in lines:
            for name in re.findall(r"`([^`]+)`", names):
                page[role][name] = dict(zip(head[1:], cells, strict=True))
    return page


def write_page(text, page):
    """Return the text of the page, with these tables; equal rows are one."""
    for role, (_user, columns) in ROLES.items():
        rows = {}
        for name, cells in sorted(page[role].items()):
            key = tuple(cells.get(head, NOTHING) for head in columns.values())
            rows.setdefault(key, []).append(f"`{name}`")
        table = [["records", *columns.values()], ["---"] * (len(columns) + 1)]
        table += [[", ".join(names), *cells] for cells, names in rows.items()]
        lines = "".join(f"| {' | '.join(line)} |\n" for line in table)
        text = re.sub(
            _SECTION.format(role=re.escape(role)),
            lambda found, lines=lines: found[1] + lines,
            text,
            flags=re.MULTILINE,
        )
    return text


class _Undone(Exception):
    """Raised to undo what was tried."""


@tagged("post_install", "-at_install")
class TestAccessRights(ComplaintRecords):
    addon = "crm_complaints"
    # rows of models of Odoo and helpdesk_mgmt, for records of a complaint
    further = (
        TICKET,
        "ir.attachment",
        "mail.activity",
        "mail.followers",
        "mail.message",
        "mail.message: note",
        "mail.notification",
        "rating.rating",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not PAGE.is_file():
            cls.skipTest(cls, "the documentation is not beside this addon")
        cls.public = cls.env.ref("base.public_user")
        cls.administrator = cls.create_user("admin_only", "Ada", "user")
        cls.administrator.group_ids = cls.env.ref("base.group_system")
        cls.manager_b = cls.create_user("manager_b", "Mona", "manager", cls.company_b)
        cls.other_team = cls.team.copy({"name": "VIP", "user_ids": False})
        cls.other_team.user_id = cls.outsider
        cls.team.user_ids += cls.manager
        # a colleague of all these roles
        cls.colleague = cls.create_user("colleague", "Cora", "user")
        cls.team.user_ids += cls.colleague
        cls.bert = cls.customer.copy({"name": "Bert", "email": "bert@weber.example"})
        cls.kinds = {
            kind: cls.make_records(key, team, handler, manager)
            for kind, key, team, handler, manager in (
                ("own", "a", cls.team, cls.colleague, cls.manager),
                ("team", "a", cls.team, cls.colleague, cls.manager),
                ("other", "a", cls.other_team, cls.outsider, cls.manager),
                ("concerned", "a", cls.team, cls.colleague, cls.manager),
                ("company", "b", cls.team_b, cls.handler_b, cls.manager_b),
            )
        }
        for records in cls.kinds.values():
            cls.make_rest(records)
        staff = cls.env["res.users"].search([("share", "=", False)])
        for records in cls.kinds.values():
            # followers read what they follow
            records[TICKET].message_unsubscribe(staff.partner_id.ids)
        cls.models = {
            name
            for name, model in cls.registry.items()
            if not model._abstract
            and not model._transient
            and model._original_module == cls.addon
        }
        cls.rows = cls.models | set(cls.further)

    def is_elsewhere(self, row):
        """Tell whether a row of the page is that of a small addon."""
        return row in SMALL

    def setUp(self):
        super().setUp()
        self.text = PAGE.read_text("utf-8")

    # ---------------------------------------------------
    # What each role may do
    # ---------------------------------------------------

    def give(self, user):
        """Let complaints be this user's own, a colleague's, and about the user."""
        tickets = {kind: records[TICKET] for kind, records in self.kinds.items()}
        partner = user.partner_id
        own, concerned = tickets["own"], tickets["concerned"]
        if user.share:
            own.partner_id = partner
            tickets["team"].partner_id = self.bert
            concerned.complaint_representative_id = partner
            concerned.message_subscribe(partner.ids)  # as letters to them do
        else:
            if user in self.team.user_ids:
                own.user_id = user
                own.message_unsubscribe(partner.ids)
            else:
                own.message_subscribe(partner.ids)
            concerned.complaint_concerned_user_ids = user
        self.env.flush_all()

    def rights(self, user, record):
        """Return the cell of a record: what the user may do with it."""
        theirs = record.with_user(user)
        allowed = {name for name in OPERATIONS if theirs.has_access(name)}
        try:
            found = theirs.with_context(active_test=False).search(
                [("id", "in", record.ids)]
            )
        except AccessError:
            found = theirs.browse()
        self.assertEqual(
            found == theirs,
            "read" in allowed,
            f"{record._name}: what {user.login} finds is not what they may read",
        )
        if "unlink" in allowed and not self.may_delete(theirs):
            allowed.remove("unlink")
        return " ".join(OPERATIONS[name] for name in OPERATIONS if name in allowed)

    def may_delete(self, record):
        """Tell whether the record can be deleted, which methods may refuse as well."""
        try:
            with self.env.cr.savepoint():
                record.unlink()
                raise _Undone
        except _Undone:
            return True
        except (UserError, IntegrityError):
            return False
        finally:
            self.env.invalidate_all(flush=False)

    @mute_logger("odoo.models.unlink", "odoo.sql_db")
    def found(self):
        """Return {role: {row: {heading of a column: cell}}}, as it is."""
        page = {}
        for role, (attribute, columns) in ROLES.items():
            user = getattr(self, attribute)
            with self.env.cr.savepoint() as savepoint:
                if user != self.public:
                    self.give(user)
                page[role] = {
                    row: {
                        head: self.rights(user, self.kinds[kind][row]) or NOTHING
                        for kind, head in columns.items()
                    }
                    for row in self.rows
                }
                savepoint.rollback()
            self.env.invalidate_all(flush=False)
            self.env.registry.clear_cache()
        return page

    # ---------------------------------------------------
    # Tests
    # ---------------------------------------------------

    def test_there_is_a_record_of_every_model(self):
        """Lest a model of ours be left out: add it to ``make_rest`` of records.py."""
        for kind, records in self.kinds.items():
            for row in self.rows:
                with self.subTest(row, kind=kind):
                    self.assertEqual(len(records.get(row, ())), 1)

    def test_the_page_says_what_each_role_may_do(self):
        found = self.found()
        page = read_page(self.text)
        if WRITE:
            for role, rows in page.items():
                kept = {row: rows[row] for row in rows if self.is_elsewhere(row)}
                page[role] = {**kept, **found[role]}
            PAGE.write_text(write_page(self.text, page), "utf-8")
        wrong = []
        wrong = []
        for role, rows in found.items():
            wrong += [
                f"{role} | {row}: there is no such model"
                for row in page[role]
                if row not in rows and not self.is_elsewhere(row)
            ]
            for row, cells in rows.items():
                for head, cell in cells.items():
                    said = page[role].get(row, {}).get(head, "nothing")
                    if said != cell:
                        wrong.append(
                            f"{role} | {row} | {head}: is {cell!r}, the page says "
                            f"{said!r}"
                        )
        self.assertFalse(wrong, "\n".join(["", *wrong]))

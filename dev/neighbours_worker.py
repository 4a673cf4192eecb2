"""Odoo that runs all tests once every addon is installed.

Odoo runs most tests of an addon as soon as that addon is installed, and therefore before
the addons that extend it. What those do to it is seen only afterwards.
"""

from itertools import chain

import odoo.cli
from odoo.tests import loader
from odoo.tests.suite import OdooSuite

make_suite = loader.make_suite


def make_suite_at_the_end(module_names, position="at_install"):
    if position == "at_install":
        return OdooSuite([])
    return OdooSuite(
        chain(
            make_suite(module_names, "at_install"), make_suite(module_names, position)
        )
    )


if __name__ == "__main__":
    loader.make_suite = make_suite_at_the_end
    odoo.cli.main()

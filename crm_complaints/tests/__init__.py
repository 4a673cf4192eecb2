"""The tests, a folder for each layer.

Odoo runs the modules test_… that it finds here: every such file of every folder but
engine/, whose tests need no Odoo. Where a package is missing that only tests need, the
files that import it are skipped: others install this addon with tests on, too.
"""

import logging
from importlib import import_module
from pathlib import Path

# What requirements/dev.txt names and Odoo itself can do without.
TEST_PACKAGES = ("aiosmtpd", "hypothesis", "odoo_test_helper", "twisted")

_logger = logging.getLogger(__name__)
_folder = Path(__file__).parent
for _path in sorted(_folder.rglob("test_*.py")):
    _name = ".".join(_path.relative_to(_folder).with_suffix("").parts)
    if _name.startswith("engine."):
        continue
    try:
        _module = import_module(f".{_name}", __name__)
    except ModuleNotFoundError as error:
        _package = error.name.partition(".")[0]
        if _package not in TEST_PACKAGES:
            raise
        _logger.info("%s: skipped for want of %s", _name, _package)
    else:
        globals()[f"test_{_name.replace('.', '_')}"] = _module

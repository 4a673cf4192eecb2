"""The tests, a folder for each layer.

Odoo runs the modules test_… of all folders but engine/, whose tests need no Odoo. Where
a package that only tests need is missing, the files that import it are skipped, so that
the addon can be installed with tests on.
"""

import logging
from importlib import import_module
from pathlib import Path

# Packages of requirements/dev.txt that Odoo itself does not need.
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
        # those at the top are there by their own names already; twice they would run twice
        if "." in _name:
            globals()[f"test_{_name.replace('.', '_')}"] = _module

# What a developer does here; the work is done in dev/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-engine lint bench prove mail clean

help:  ## say what can be done here
	@sed -nE 's/^([a-z-]+): *## (.*)/make \1  \2/p; s/^#: ?//p' Makefile

run:  ## serve the addon with demo complaints on 127.0.0.1 (ADDONS=all: sales and invoices with it)
	@dev/run.sh

test:  ## install the addons in new databases and run all tests, side by side (TAGS=mail: of a layer)
	@dev/test.sh

test-engine:  ## run the tests of the engine alone, without Odoo, in seconds (NAMES="promises tone" for some)
	@dev/test_engine.sh $(NAMES)

lint:  ## check Python and XML: ruff, pylint-odoo, OCA's checks, formatting
	@dev/lint.sh

bench:  ## measure the addon beside helpdesk_mgmt, helpdesk_mgmt_sla and plain SQL (15 minutes; PART=mixed: one)
	@dev/bench.sh

prove:  ## prove clock and mail gateway with real processes: at once, killed, disturbed, 25 MB (some minutes)
	@dev/prove.sh

mail:  ## put a raw mail, or a folder of them, through the running server
	@python3 dev/mail.py "$${FILE:-}" $(if $(JSON),--json "$$JSON")

clean:  ## remove this checkout's databases, logs and mails
	@dev/clean.sh

#:
#: Variables, as in `make PORT=8070 run`:
#: FILE        the mail or folder that `make mail` sends (JSON=… also writes the results there)
#: PORT        the port of `make run` and `make mail` (8069)
#: ADDONS      small addons that `make run` installs as well, such as crm_complaints_sale; or all (none)
#: TAGS        the tests to run: layers, as in TAGS=mail,engine, or Odoo's --test-tags (all of our addons)
#: CRM_COMPLAINTS_MAILS   a folder of mails that the tests walk through the gateway (mails of their own)
#: PART        what `make bench` measures, of: mixed ordinary tickets mail customers deadlines sweep (all)
#: REPETITIONS how often `make bench` measures (3)
#: DUE SEED    how many complaints are due in `make prove` (10000), and which random points it takes
#: ODOO_SRC    an Odoo 19.0 of your own instead of Debian's: its source tree
#: PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE   a PostgreSQL of your own instead of a private one
#: CRM_COMPLAINTS_CACHE   where downloads and databases are kept

# Commands for developers; the scripts are in dev/.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test test-engine test-neighbours lint bench prove lifecycle scale mail translations readme dist clean

help:  ## list the commands and variables
	@sed -nE 's/^([a-z-]+): *## (.*)/make \1  \2/p; s/^#: ?//p' Makefile

run:  ## serve the addon with demo complaints on 127.0.0.1 (ADDONS=all: with sales and invoices)
	@dev/run.sh

test:  ## install the addons in new databases and run all tests in parallel (TAGS=mail: of one layer)
	@dev/test.sh

test-engine:  ## run the tests of the engine only, without Odoo, in seconds (NAMES="promises tone": some of them)
	@dev/test_engine.sh $(NAMES)

test-neighbours:  ## run the tests of OCA's helpdesk addons without our addons and with them
	@dev/test_neighbours.sh

lint:  ## check Python and XML: ruff, pylint-odoo, OCA's checks, formatting
	@dev/lint.sh

bench:  ## measure the addon beside helpdesk_mgmt, helpdesk_mgmt_sla and plain SQL (25 minutes; PART=mixed: one part)
	@dev/bench.sh

prove:  ## prove the clock, the mail gateway and the server with real processes: concurrent, killed, faults (20 minutes)
	@dev/prove.sh

lifecycle:  ## install on many tickets, update from earlier versions, uninstall, check the data (PART=update: one part)
	@dev/lifecycle.sh

scale:  ## measure how the server scales out: workers, servers, a read replica, pgbouncer (10 minutes; PART=replica: one part)
	@dev/scale.sh

mail:  ## send a raw e-mail, or a folder of e-mails, to the running server
	@python3 dev/mail.py "$${FILE:-}" $(if $(JSON),--json "$$JSON")

translations:  ## write the texts for translators (i18n/*.pot) and take them into all translations (i18n/*.po)
	@dev/translations.sh

readme:  ## write README.rst and the page in the list of apps of each addon from its readme/*.md
	@dev/readme.sh

dist:  ## build a package (wheel) of each addon in dist/ (CHECK=1: install them elsewhere, and run some of their tests)
	@dev/dist.sh

clean:  ## remove this checkout's databases, logs and e-mails
	@dev/clean.sh

#:
#: Variables, as in `make PORT=8070 run`:
#: FILE        the e-mail or folder that `make mail` sends (JSON=… also writes the results to that file)
#: PORT        the port of `make run` and `make mail` (8069)
#: ADDONS      small addons that `make run` also installs, such as crm_complaints_sale, or all (none)
#: TAGS        the tests to run: layers, as in TAGS=mail,engine, or Odoo's --test-tags (all tests of our addons)
#: NEIGHBOURS  OCA's helpdesk addons are installed as well in `make test`, if it is not empty
#: CRM_COMPLAINTS_MAILS   a folder of e-mails that the tests send through the gateway (their own e-mails)
#: PART        the parts that `make bench` measures: mixed ordinary tickets mail customers deadlines sweep reports (all)
#: COMPLAINTS  the number of complaints that the part reports of `make bench` asks about (1000000)
#: REPETITIONS how often `make bench` measures (3)
#: PART        also the parts of `make prove`: clock mail faults (all)
#: FAULTS      the faults of `make prove PART=faults`: calm workers postgres mail disk (all)
#: DUE SEED    the number of due complaints in `make prove` (10000), and the seed of its random points
#: TICKETS     the number of ordinary tickets in `make lifecycle` (20000); PART there: install update uninstall dump
#: PART        also the parts of `make scale`: workers replica pooler (all)
#: ODOO_SRC    the source tree of your own Odoo 19.0, instead of Debian's
#: ODOO_ARCHIVE ODOO_SHA256   your own archive of Odoo 19.0 and its SHA-256, instead (docs/odoo.md)
#: PGHOST PGPORT PGUSER PGPASSWORD PGDATABASE   your own PostgreSQL, instead of a private one
#: CRM_COMPLAINTS_CACHE   the folder for downloads and databases

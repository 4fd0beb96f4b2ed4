# Each target is a verb of scripts/workshop; `make` alone lists them.
# exec passes signals on to the workshop, which cleans up after itself.
WORKSHOP = @exec env PYTHONPATH="$(CURDIR)/scripts" PYTHONDONTWRITEBYTECODE=1 python3 -m workshop

.DEFAULT_GOAL := help
.PHONY: attack bench-audit bench-batch bench-call bench-check bench-contract bench-correction bench-customer bench-document bench-idle bench-pad \
	bench-receipt bench-report bench-statement bench-worklist \
	check-install check-tests clean demo format help lint lock mutate pot prove-wheel samples screenshots serve shell soak test \
	test-core test-odoo wheel
export BRIDGES CHECK CUSTOMERS J MINUTES PAYMENTS PORT SERVE T

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo:  ## demo company: run the main job, then serve the web client (PORT=, SERVE=0, BRIDGES=1)
	$(WORKSHOP) $@

test:  ## run all tests; T= paths, node ids or a -k expression; J= workers
	$(WORKSHOP) $@

test-odoo:  ## run the tests in Odoo's own runner; T= TestClass or TestClass.test_name
	$(WORKSHOP) $@

attack:  ## attack a served demo company as every role; print a table of what happened
	$(WORKSHOP) $@

check-install:  ## install in various situations; fail on warnings of ours
	$(WORKSHOP) $@

check-tests:  ## check that pytest and Odoo's runner collect the same tests
	$(WORKSHOP) $@

test-core:  ## run Odoo's own tests of invoicing, with and without the addon
	$(WORKSHOP) $@

mutate:  ## change rules bit by bit and list what no test notices; T= rules/promise; J=
	$(WORKSHOP) $@

lint:  ## run all linters
	$(WORKSHOP) $@

format:  ## reformat with ruff and prettier
	$(WORKSHOP) $@

bench-audit:  ## measure audit tests, samples and packs on a large ledger (CUSTOMERS=)
	$(WORKSHOP) $@

bench-batch:  ## correct 1,000 invoices in one batch, and compare with its preview
	$(WORKSHOP) shell < benchmarks/correction_batch.py

bench-call:  ## measure the lookup of a caller among a million contacts
	$(WORKSHOP) shell < benchmarks/call_lookup.py

bench-check:  ## measure billing checks on 100,000 order lines
	$(WORKSHOP) $@

bench-contract:  ## measure contracts against 120,000 invoice lines
	$(WORKSHOP) $@

bench-correction:  ## measure the preview of a correction, by lines of the invoice
	$(WORKSHOP) shell < benchmarks/correction_preview.py

bench-customer:  ## measure the search for duplicates among a million contacts
	$(WORKSHOP) shell < benchmarks/customer_duplicate.py

bench-document:  ## measure the files of 300,000 invoices, and reminders of 1,000 recipients
	$(WORKSHOP) shell < benchmarks/invoice_file.py
	$(WORKSHOP) shell < benchmarks/document_remind.py

bench-idle:  ## measure an hour of all scheduled actions with nothing changed (CUSTOMERS=)
	$(WORKSHOP) $@

bench-pad:  ## measure the screens of a customer with 20,000 open items (CUSTOMERS=)
	$(WORKSHOP) $@

bench-receipt:  ## measure proposals for payments, and OCA's rules (CUSTOMERS=, PAYMENTS=)
	$(WORKSHOP) $@

bench-report:  ## measure aged receivables and reminders beside addons of OCA, and forecasts (CUSTOMERS=)
	$(WORKSHOP) $@

bench-statement:  ## compare statements with OCA's partner_statement (CUSTOMERS=)
	$(WORKSHOP) $@

bench-worklist:  ## compare worklists with targets on a large ledger (CUSTOMERS=)
	$(WORKSHOP) $@

soak:  ## let 20 clerks work by RPC, with scheduled actions (CUSTOMERS=, MINUTES=)
	$(WORKSHOP) $@

shell:  ## open a Python prompt with env on a demo company
	$(WORKSHOP) $@

serve:  ## demo company: serve the web client (PORT=, BRIDGES=1)
	$(WORKSHOP) $@

samples:  ## renew the sample statements in docs/samples
	$(WORKSHOP) $@

screenshots:  ## renew the screenshots of docs and of the Apps screen (T= part of a name)
	$(WORKSHOP) $@

pot:  ## renew the translation template; CHECK=1 only checks it
	$(WORKSHOP) $@

wheel:  ## build dist/*.whl
	$(WORKSHOP) $@

prove-wheel:  ## install the wheel with pip, and the addon from it
	$(WORKSHOP) $@

lock:  ## renew the pinned versions in scripts/lock
	$(WORKSHOP) $@

clean:  ## remove everything the commands have set up outside the checkout
	$(WORKSHOP) $@

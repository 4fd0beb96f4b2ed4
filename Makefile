# Each target is a verb of scripts/workshop; `make` alone lists them.
# exec: a signal to make then reaches the workshop, which cleans up after itself.
WORKSHOP = @exec env PYTHONPATH="$(CURDIR)/scripts" PYTHONDONTWRITEBYTECODE=1 python3 -m workshop

.DEFAULT_GOAL := help
.PHONY: bench-audit bench-call bench-correction bench-statement bench-worklist clean demo \
	format help lint lock pot prove-wheel samples screenshots serve shell test test-core wheel
export CHECK CUSTOMERS J PORT SERVE T

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo:  ## a demo company, the main job, then the web client (PORT=, SERVE=0)
	$(WORKSHOP) $@

test:  ## all tests; T= paths, node ids or a -k expression; J= workers
	$(WORKSHOP) $@

test-core:  ## Odoo's own tests of what we touch, with and without the addon
	$(WORKSHOP) $@

lint:  ## every linter, then the verdict
	$(WORKSHOP) $@

format:  ## let ruff and prettier change what they can
	$(WORKSHOP) $@

bench-audit:  ## tests, samples and packs of an audit on a large ledger (CUSTOMERS=)
	$(WORKSHOP) $@

bench-call:  ## how long it takes to find who calls, among a million contacts
	$(WORKSHOP) shell < benchmarks/call_lookup.py

bench-correction:  ## what the preview of a correction costs, by lines of the invoice
	$(WORKSHOP) shell < benchmarks/correction_preview.py

bench-statement:  ## statements beside OCA partner_statement, on the same ledger (CUSTOMERS=)
	$(WORKSHOP) $@

bench-worklist:  ## worklists on a large ledger, beside targets and floors (CUSTOMERS=)
	$(WORKSHOP) $@

shell:  ## a Python prompt with env on a demo company
	$(WORKSHOP) $@

serve:  ## a demo company and the web client, without the job (PORT=)
	$(WORKSHOP) $@

samples:  ## sample statements for the documentation (docs/samples)
	$(WORKSHOP) $@

screenshots:  ## pictures of the screens for the documentation
	$(WORKSHOP) $@

pot:  ## the translation template (CHECK=1 tells whether it is current)
	$(WORKSHOP) $@

wheel:  ## dist/*.whl
	$(WORKSHOP) $@

prove-wheel:  ## pip installs the wheel and Odoo the addon from it
	$(WORKSHOP) $@

lock:  ## resolve the pinned requirements again
	$(WORKSHOP) $@

clean:  ## remove everything of ours outside the checkout
	$(WORKSHOP) $@

# Each target is a verb of scripts/workshop.
WORKSHOP = @PYTHONPATH="$(CURDIR)/scripts" PYTHONDONTWRITEBYTECODE=1 python3 -m workshop

.PHONY: help demo serve shell test
.DEFAULT_GOAL := help
export T J PORT SERVE

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo:  ## a demo company, the main job, then the web client (PORT=, SERVE=0)
	$(WORKSHOP) demo

serve:  ## a demo company and the web client (PORT=)
	$(WORKSHOP) serve

shell:  ## a Python prompt with env on a demo company
	$(WORKSHOP) shell

test:  ## all tests; T= paths, node ids or a -k expression; J= workers
	$(WORKSHOP) test

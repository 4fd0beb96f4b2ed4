"""Companies and people of the tests, made before they start; run in a shell."""

from odoo.addons.invoicing_clerk.tests.prepared import prepare

prepare(env)
env.cr.commit()

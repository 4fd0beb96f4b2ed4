from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.billing_check.corpus import CODES
from odoo.addons.invoicing_clerk.tests.billing_check.corpus_address import (
    AddressCases,
)

SEEN = ("check_id", "move_id", "move_line_id", "state", "fingerprint", "amount")


@tagged("post_install", "-at_install")
class TestBillingCheckSchedule(AddressCases):
    """Scheduled runs check what was written since, and everything once a day."""

    def _run(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("invoicing_clerk.ir_cron_check_billing").sudo()
            cron.method_direct_trigger()

    def _settle(self):
        """Run, and make what has been written so far older than the run."""
        self._run()
        self.env.cr.execute(
            SQL("UPDATE account_move SET write_date = write_date - INTERVAL '1 hour'")
        )
        # The day may end while the test runs.
        self.env.cr.execute(
            SQL("UPDATE clerk_checkpoint SET whole_on = whole_on + INTERVAL '1 hour'")
        )
        self.env.invalidate_all()

    def _rows(self):
        found = self.findings.search([("company_id", "=", self.company_a.id)])
        return sorted(map(str, found._read_format(SEEN)))

    def test_a_run_finds_what_checking_all_finds(self):
        """Table: one wrong and one right document of every check, written since."""
        self._settle()
        wrong = [getattr(self, f"wrong_{code.lower()}")(1) for code in CODES]
        for code in CODES:
            getattr(self, f"right_{code.lower()}")(1)
        self._run()
        self.env.invalidate_all()
        found = self._rows()
        posted = [move for move in wrong if move.state == "posted"]
        self.assertGreaterEqual(len(found), len(posted))
        self.checks.browse()._run_all(self.company_a)
        self.env.invalidate_all()
        self.assertEqual(found, self._rows())

    def test_drafts_are_checked_before_they_are_posted(self):
        self._settle()
        draft = self.wrong_zero(1)
        draft.button_draft()
        findings = Domain("move_id", "=", draft.id) & Domain("state", "=", "open")
        self.findings.search(findings).unlink()
        self._run()
        self.assertIn("ZERO", self.findings.search(findings).check_id.mapped("code"))
        draft.invoice_line_ids.price_unit = 10.0
        self._run()
        self.assertNotIn("ZERO", self.findings.search(findings).check_id.mapped("code"))

    def test_the_first_run_of_a_day_checks_all(self):
        """Documents that nobody has written since are checked once a day."""
        move = self.wrong_zero(1)
        self._settle()
        finding = self.findings.search([("move_id", "=", move.id)])
        self.assertTrue(finding)
        self.env.cr.execute(
            SQL("DELETE FROM clerk_billing_finding WHERE id IN %s", finding._ids)
        )
        self.env.invalidate_all()
        self._run()
        self.assertFalse(self.findings.search([("move_id", "=", move.id)]))
        with freeze_time(fields.Datetime.now() + timedelta(days=2)):
            self._run()
        self.assertTrue(self.findings.search([("move_id", "=", move.id)]))

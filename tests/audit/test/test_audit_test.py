from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.audit.test.audit_test_source import (
    Outcome,
    figure,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason
from odoo.addons.invoicing_clerk.tests.audit.test.common import AuditTestCommon


class ForeignCurrency:
    """A test as another module adds it: the class of `clerk.audit.run`'s docstring."""

    __slots__ = ()

    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "foreign": Reason("Foreign Currency", "Invoiced in %(currency)s."),
        }

    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "foreign": "Documents in a foreign currency",
        }

    def _test_foreign(self, ledger):
        rows = ledger.moves_sql(ledger.sales())
        count, total = ledger.totals(rows, "amount_total_signed")
        foreign = SQL("currency_id <> %s", self.currency_id.id)
        name = SQL("(SELECT name FROM res_currency WHERE id = currency_id)")
        self._add_entries(rows, "foreign", foreign, currency=name)
        [[number]] = ledger.fetch(
            SQL("SELECT COUNT(*) FROM (%s) AS row WHERE %s", rows, foreign)
        )
        return Outcome(count, total, [figure("foreign", "count", number)])


@tagged("post_install", "-at_install")
class TestAuditTestExtension(AuditTestCommon):
    """Another module adds a test by one class and one record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        kind = cls.env.registry["clerk.audit.run"]
        # As the registry does with a class that extends the model.
        bases = (ForeignCurrency, *kind.__bases__)
        cls.addClassCleanup(setattr, kind, "__bases__", kind.__bases__)
        kind.__bases__ = bases
        cls.test = (
            cls.env["clerk.audit.test"]
            .with_user(cls.supervisor)
            .create(
                {
                    "code": "FOREIGN",
                    "name": "Foreign currency",
                    "area": "document",
                    "proves": "Which documents are exposed to exchange rates.",
                }
            )
        )

    def _run_foreign(self):
        run = (
            self.env["clerk.audit.run"]
            .with_user(self.auditor)
            .create({"audit_id": self.audit.id, "test_id": self.test.id})
        )
        run.action_run()
        self.assertEqual(run.state, "done", run.reason)
        return run

    def test_it_runs_like_all_others(self):
        self._invoice(100)
        invoice = self._invoice(100, currency=self.foreign_currency)
        run = self._run_foreign()
        self.assertEqual(run.population_count, 2)
        self.assertEqual(self._figures(run), {"foreign": 1})
        self.assertIn("Documents in a foreign currency", run.figures_html)
        self.assertEqual(
            self._found(run),
            [("foreign", invoice.name, abs(invoice.amount_total_signed))],
        )
        [exception] = run.exception_ids
        self.assertEqual(exception.explanation, "Invoiced in EUR.")
        self.assertEqual(exception.action_open_record()["res_id"], invoice.id)
        labels = exception.fields_get(["reason"])["reason"]["selection"]
        self.assertIn(("foreign", "Foreign Currency"), labels)
        exception._clear("Hedged")
        run.action_run_again()
        again = self.audit.run_ids.filtered("is_current")
        self.assertEqual((again.new_count, again.exception_ids.state), (0, "cleared"))

    def test_it_is_planned_in_all_engagements(self):
        self.audit.with_user(self.auditor).action_open_tests()
        self.assertIn(self.test, self.audit.run_ids.test_id)

    def test_a_code_needs_a_program(self):
        with self.assertRaisesRegex(ValidationError, "No test is implemented"):
            self.test.sudo().code = "NOSUCH"


@tagged("post_install", "-at_install")
class TestAuditTestShipped(AuditTestCommon):
    """All tests of the app have a program, and all reasons a label and a text."""

    def test_programs(self):
        runs = self.env["clerk.audit.run"].with_user(self.auditor)
        tests = self.env["clerk.audit.test"].with_user(self.auditor).search([])
        self.assertTrue(tests)
        for test in tests:
            self.assertTrue(callable(runs._handler(test.code)), test.code)

    def test_reasons(self):
        reasons = self.env["clerk.audit.run"]._exception_reasons()
        self.assertEqual(len(reasons), 37)
        for key, reason in reasons.items():
            self.assertTrue(reason.label and reason.text, key)

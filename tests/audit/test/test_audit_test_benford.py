from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.audit.test import audit_benford
from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)

# A weekday and a Saturday.
TUESDAY, SATURDAY = "2026-03-10 12:00:00", "2026-03-14 12:00:00"


@tagged("post_install", "-at_install")
class TestAuditTestBenford(AuditTestCommon):
    """First digits: conforming, nonconforming and too few amounts."""

    def _amounts(self, *amounts):
        """Create invoices whose amounts are written by SQL, to save minutes."""
        pattern = self._invoice(50)
        copied = sorted(
            name
            for name, field in self.env["account.move"]._fields.items()
            if field.store and field.column_type and name not in ("id", "name")
        )
        columns = ", ".join(f'"{name}"' for name in copied)
        values = ", ".join(
            "amount" if name == "amount_untaxed_signed" else f'move."{name}"'
            for name in copied
        )
        self.env.flush_all()
        self.env.cr.execute(
            f"INSERT INTO account_move (name, {columns})"
            f" SELECT 'B/' || number, {values} FROM account_move AS move,"
            " UNNEST(%s::numeric[]) WITH ORDINALITY AS given (amount, number)"
            " WHERE move.id = %s",
            [list(amounts), pattern.id],
        )
        self._tamper(pattern, state="cancel")

    def _lawful(self, total, digits=1):
        return [
            first * 10 + 0.5
            for first in audit_benford.leading(digits)
            for _time in range(round(total * audit_benford.expected(first)))
        ]

    def test_conforming_amounts(self):
        self._amounts(*self._lawful(1000))
        run = self._run("BENFORD1")
        self.assertEqual(self._found(run), [])
        figures = self._figures(run)
        self.assertEqual((figures["verdict"], figures["digit_1"]), ("close", 301))
        self.assertIn("Close conformity", run.figures_html)
        self.assertIn("width: 90%", run.figures_html)

    def test_conspicuous_amounts(self):
        self._amounts(*self._lawful(1000), *[49.5] * 200)
        run = self._run("BENFORD1")
        self.assertEqual(self._figures(run)["verdict"], "nonconforming")
        [found] = run.exception_ids
        self.assertEqual((found.facts["digits"], found.facts["count"]), (4, 297))
        domain = found.action_open_record()["domain"]
        self.assertEqual(self.env["account.move"].search_count(domain), 297)

    def test_two_digits(self):
        self._amounts(*self._lawful(2000, digits=2), *[495.0] * 300)
        run = self._run("BENFORD2")
        self.assertEqual(
            run.exception_ids.mapped("facts"),
            [{**run.exception_ids.facts, "digits": 49}],
        )
        self.assertEqual(len(run.figures), 92)

    def test_too_few_amounts(self):
        self._amounts(90, 91, 92)
        run = self._run("BENFORD1")
        self.assertEqual(self._figures(run)["verdict"], "few")
        self.assertEqual(self._found(run), [])

    def test_small_amounts_are_left_out(self):
        self._invoice(9)
        self._skipped("BENFORD1", "contain nothing to test")

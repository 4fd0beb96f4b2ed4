from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon


class AuditTestCommon(AuditCommon):
    """Tests run by the auditor, for the first half of 2026."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.audit = cls._audit(name="First half of 2026", date_to="2026-06-30")
        cls.no_tax = cls.env["account.tax"]
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.revenue = cls.company_data["default_account_revenue"]

    def _test(self, code):
        return self.env.ref(f"invoicing_clerk.audit_test_{code.lower()}")

    def _planned(self, code, user=None, audit=None, **parameters):
        runs = self.env["clerk.audit.run"].with_user(user or self.auditor)
        audit = audit or self.audit
        return runs.create(
            {"audit_id": audit.id, "test_id": self._test(code).id, **parameters}
        )

    def _run(self, code, user=None, audit=None, **parameters):
        """Run a test and check that it has a result."""
        run = self._planned(code, user, audit, **parameters)
        run.action_run()
        self.assertEqual(run.state, "done", run.reason)
        return run

    def _work(self):
        """Run the worker that runs queued tests."""
        self.env.flush_all()
        with self._in_background():
            self.env.ref("invoicing_clerk.ir_cron_audit_test").method_direct_trigger()

    def _skipped(self, code, words, **parameters):
        run = self._planned(code, **parameters)
        run.action_run()
        self.assertEqual(run.state, "skipped")
        self.assertIn(words, run.reason)
        self.assertFalse(run.exception_ids)
        return run

    def _found(self, run):
        """Return (reason, entry or partner, amount) of exceptions; check texts."""
        for each in run.exception_ids:
            self.assertTrue(each.explanation)
            self.assertNotIn("%(", each.explanation)
        return sorted(
            (each.reason, each.move_id.name or each.partner_id.name, each.amount)
            for each in run.exception_ids
        )

    def _figures(self, run):
        return {each["key"]: each["value"] for each in run.figures}

    def _invoice(self, amount=100.0, day="2026-03-10", **values):
        values = {"invoice_date": day, "taxes": self.no_tax, **values}
        return self._posted((1, amount), **values)

    def _credit(self, invoice, day, **values):
        """Post a credit note that reverses an invoice."""
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": [Command.set(invoice.ids)],
                "journal_id": invoice.journal_id.id,
                "date": day,
                **values,
            }
        )
        wizard.refund_moves()
        wizard.new_move_ids.action_post()
        return wizard.new_move_ids

    def _entry(self, day, *sides, journal="misc"):
        """Post an entry; each side is (account, balance[, partner])."""
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": self.company_data[f"default_journal_{journal}"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": partner[0].id if partner else False,
                        }
                    )
                    for account, balance, *partner in sides
                ],
            }
        )
        move.action_post()
        return move

    def _books(self):
        """Post half a year in which everything happens once."""
        before = self._invoice(50, "2025-12-01")
        paid = self._invoice(100, "2026-02-01")
        self._pay(paid, payment_date="2026-02-20")
        credited = self._invoice(80, "2026-03-01")
        self._credit(credited, "2026-03-05")
        foreign = self._invoice(200, "2026-04-01", currency=self.foreign_currency)
        later = self._invoice(70, "2026-05-01")
        self._pay(later, 30, payment_date="2026-07-10")
        self._entry(
            "2026-06-01", (self.revenue, 5), (self.receivable, -5, self.partner_b)
        )
        return before, paid, foreign, later

    def _tamper(self, records, **values):
        """Write by SQL what Odoo itself would never write."""
        self.env.flush_all()
        pairs = [
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL(", ").join(pairs),
                records._ids,
            )
        )
        self.env.invalidate_all()

    def _entered(self, records, moment):
        self._tamper(records, create_date=moment)

    def _terms_line(self, move):
        return move.line_ids.filtered(lambda line: line.account_id == self.receivable)

    def _number(self, move, prefix, number, suffix="", **values):
        self._tamper(
            move,
            name=f"{prefix}{number:05}{suffix}",
            sequence_prefix=prefix,
            sequence_number=number,
            **values,
        )

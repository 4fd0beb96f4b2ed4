from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementCompute(StatementCommon):
    def test_open_invoice(self):
        self._posted((1, 100.0), taxes=self.env["account.tax"])
        run = self._run()
        statement = self._statement(run)
        self.assertEqual(self._figures(statement), (0, 100, 0, 0, 0, 100))
        self.assertEqual(statement.closing_company, 100)
        self.assertEqual(statement.state, "ready")
        self.assertTrue(run.is_proved)
        self.assertTrue(statement.content_hash)

    def test_payment_after_the_day_does_not_count(self):
        move = self._posted((1, 100.0), taxes=self.env["account.tax"])
        self._pay(move, payment_date="2026-02-03")
        self.assertEqual(
            self._figures(self._statement(self._run())), (0, 100, 0, 0, 0, 100)
        )
        later = self._run("2026-02-28")
        self.assertEqual(self._figures(self._statement(later)), (100, 0, 0, -100, 0, 0))
        self.assertTrue(later.is_proved)

    def test_foreign_invoice_paid_in_company_currency(self):
        move = self._posted(
            (1, 100.0), taxes=self.env["account.tax"], currency=self.foreign_currency
        )
        self._pay(
            move,
            amount=60.0,
            currency_id=self.currency_a.id,
            payment_date="2026-01-20",
            payment_difference_handling="open",
        )
        run = self._run(type="forward")
        statement = self._statement(run)
        foreign = move.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(
            self._figures(statement, self.foreign_currency)[-1],
            foreign.amount_residual_currency,
        )
        self.assertTrue(run.is_proved)
        for balance in statement.balance_ids:
            last = statement.line_ids.filtered(
                lambda line, currency=balance.currency_id: (
                    line.section == "movement" and line.currency_id == currency
                )
            ).sorted("id")[-1:]
            self.assertEqual(last.balance if last else 0, balance.closing)

    def test_comparison_names_backdated_entry(self):
        self._posted((1, 100.0), taxes=self.env["account.tax"])
        statement = self._statement(self._run())
        self.assertFalse(statement._changes())
        move = self._posted((1, 50.0), taxes=self.env["account.tax"])
        [row] = statement._changes()[statement]
        self.assertEqual((row["name"], row["now"]), (move.name, 50))

    def test_what_is_not_disputed_is_not_called_so(self):
        """An entry with an older credit: the credit makes no dispute of the charge."""
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-01-10",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.partner_a.id,
                            "date_maturity": due,
                            "balance": balance,
                        }
                    )
                    for account, due, balance in (
                        (self.receivable, "2026-01-11", -20),
                        (self.receivable, "2026-01-12", 120),
                        (self.company_data["default_account_revenue"], False, -100),
                    )
                ],
            }
        )
        move.action_post()
        run = self._run()
        balance = self._balance(self._statement(run))
        self.assertEqual((balance.closing, balance.disputed), (100, 0))

    def test_chosen_customers_only(self):
        self._posted((1, 100.0))
        self._posted((1, 70.0), partner=self.partner_b)
        run = self._run(include="chosen", partner_ids=[Command.set(self.partner_b.ids)])
        self.assertEqual(run.statement_ids.partner_id, self.partner_b)
        self.assertTrue(run.is_proved)
        self.assertEqual(sum(run.proof_ids.mapped("other_customers")), 115)

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .corpus import ContractCorpus

CODES = ("GAP", "TWICE", "AGREED", "ENDED")


@tagged("post_install", "-at_install")
class TestBillingCheckContract(ContractCorpus):
    """The checks of contracts on invoices of which it is known what is wrong.

    All other checks run too, and must not take invoices of contracts for errors.
    """

    def test_recall_and_precision(self):
        self._compare_all(CODES)

    def test_period_is_noted_and_guarded(self):
        """Whoever may edit an invoice cannot change what its contract agreed."""
        move = self._bill(self._contract(), times=1, post=False)
        line = move.invoice_line_ids
        self.assertEqual(line.contract_date_start, self.first)
        self.assertEqual(line.contract_date_end, self._day(1) - relativedelta(days=1))
        self.assertEqual(line.contract_amount, 200.0)
        line.with_user(self.clerk).price_unit = 90
        for values in ({"contract_amount": 180}, {"contract_date_end": self.today}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                line.with_user(self.clerk).write(values)
        contract = line.contract_line_id.contract_id
        forged = contract.with_context(default_correction_role="credit")
        self.assertFalse(forged._recurring_create_invoice().correction_role)
        command = Command.create({"name": "More", "contract_amount": 1})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            move.with_user(self.clerk).invoice_line_ids = [command]

    def test_one_finding_names_all_periods(self):
        line = self._contract().contract_line_ids
        self._run_whole(self.company_a)
        finding = self.findings.search([("contract_line_id", "=", line.id)])
        self.assertEqual(finding.check_id.code, "GAP")
        # The period of this month is late from its seventh day on.
        late = 4 if self.today.day > 6 else 3
        self.assertEqual(finding.amount, -200.0 * late)
        self.assertIn(f"{late} periods between", finding.explanation)
        self.assertIn(finding.contract_id.name, finding.display_name)
        shown = finding.with_user(self.auditor)
        self.assertEqual(shown.action_open_document()["res_id"], line.contract_id.id)
        self._bill(line.contract_id)
        self._run_whole(self.company_a)
        self.assertEqual(finding.state, "gone")

    def test_other_company(self):
        """Contracts of another company are neither read nor named."""
        contract = self._contract()
        self._run_whole(self.company_b)
        self.assertFalse(self.findings.search([("contract_line_id", "!=", False)]))
        self._run_whole(self.company_a)
        found = self.findings.search(
            [("contract_line_id", "in", contract.contract_line_ids.ids)]
        )
        self.assertTrue(found)
        self.assertFalse(
            found.with_user(self.clerk_b).search([("id", "in", found.ids)])
        )

    def test_queries_do_not_grow(self):
        for _number in range(3):
            self._billed()
        self._run_whole(self.company_a)
        few = self._queries_of_checks()
        for _number in range(3):
            self._billed()
        self._run_whole(self.company_a)
        self.assertEqual(self._queries_of_checks(), few)

    # GAP

    def _day(self, months, days=0):
        return self.first + relativedelta(months=months, days=days)

    def wrong_gap_deleted_draft(self):
        moves = self._bill(self._contract(), post=False)
        moves[1].unlink()
        (moves - moves[1]).action_post()
        return moves[0].invoice_line_ids.contract_line_id

    def wrong_gap_first_deleted(self):
        moves = self._bill(self._contract(), post=False)
        moves[0].unlink()
        (moves - moves[0]).action_post()
        return moves[1].invoice_line_ids.contract_line_id

    def wrong_gap_cancelled(self):
        moves = self._bill(self._contract(), post=False)
        moves[2].button_cancel()
        (moves - moves[2]).action_post()
        return moves[0].invoice_line_ids.contract_line_id

    def wrong_gap_stalled(self):
        contract = self._contract()
        self._bill(contract, times=2)
        return contract.contract_line_ids

    def wrong_gap_credited(self):
        """A period was credited, and not billed again."""
        moves = self._billed()
        self._credit(moves[1])
        return moves[1].invoice_line_ids.contract_line_id

    def wrong_gap_post_paid(self):
        line = {
            "recurring_invoicing_type": "post-paid",
            "recurring_next_date": self._day(1),
        }
        contract = self._contract(line)
        self._bill(contract, times=1)
        return contract.contract_line_ids

    def wrong_gap_one_of_two_lines(self):
        contract = self._contract({}, {"name": "Hosting", "price_unit": 20})
        moves = self._bill(contract, post=False)
        hosting = contract.contract_line_ids[1]
        moves[1].invoice_line_ids.filtered(
            lambda each: each.contract_line_id == hosting
        ).unlink()
        moves.action_post()
        return hosting

    def right_gap_all_billed(self):
        return self._billed()

    def right_gap_draft(self):
        return self._bill(self._contract(), post=False)

    def right_gap_postponed(self):
        contract = self._contract()
        moves = self._bill(contract, times=2)
        contract.contract_line_ids.recurring_next_date = self.today + relativedelta(
            days=3
        )
        return moves

    def right_gap_cancelled(self):
        contract = self._contract()
        moves = self._bill(contract, times=1)
        contract.contract_line_ids.is_canceled = True
        return moves

    def right_gap_archived(self):
        contract = self._contract()
        contract.active = False
        return contract

    def right_gap_ended(self):
        contract = self._contract({"date_end": self._day(1, -1)})
        return self._bill(contract, times=1)

    def right_gap_imported(self):
        """Entered with what another system has billed."""
        contract = self._contract({"date_start": self._day(-12)})
        line = contract.contract_line_ids
        line.last_date_invoiced = self._day(0, -1)
        return self._bill(contract)

    def right_gap_billed_before_periods_were_noted(self):
        contract = self._contract()
        moves = self._bill(contract)
        self._forget(moves[:3])
        return moves

    def right_gap_free(self):
        return self._contract({"price_unit": 0}).contract_line_ids

    def right_gap_not_started(self):
        return self._contract(
            {"date_start": self._day(9), "recurring_next_date": self._day(9)}
        )

    def right_gap_suspended(self):
        """A line ended, and another one goes on after some months."""
        stopped = {"date_end": self._day(1, -1)}
        resumed = {"date_start": self._day(3), "recurring_next_date": self._day(3)}
        return self._bill(self._contract(stopped, resumed), times=2)

    def right_gap_vendor(self):
        return self._contract(contract_type="purchase")

    def _forget(self, moves):
        """Let invoices have been made before periods were noted."""
        lines = moves.invoice_line_ids.sudo()
        lines.write(
            {
                "contract_date_start": False,
                "contract_date_end": False,
                "contract_amount": 0,
            }
        )

    # TWICE

    def wrong_twice_copied(self):
        return self._copied(self._billed()[-1])

    def wrong_twice_copied_draft(self):
        return self._copied(self._billed()[-1], post=False)

    def wrong_twice_set_back(self):
        """Somebody set back what the contract has billed."""
        contract = self._contract()
        self._bill(contract)
        contract.contract_line_ids.last_date_invoiced = self._day(2, -1)
        again = self._bill(contract, times=1)
        contract.contract_line_ids.last_date_invoiced = self._day(4, -1)
        return again

    def right_twice_rebilled(self):
        move = self._billed()[1]
        self._credit(move)
        return self._copied(move)

    def right_twice_rebilled_later(self):
        """The last period was credited; the copy stands for it."""
        move = self._billed()[-1]
        self._credit(move)
        return self._copied(move)

    def right_twice_two_lines(self):
        return self._billed({}, {"name": "Hosting"})

    def right_twice_short_first_period(self):
        """The first period begins within the month, the others are whole months."""
        line = {
            "date_start": self._day(0, 14),
            "recurring_next_date": self._day(1),
            "recurring_invoicing_type": "post-paid",
        }
        return self._bill(self._contract(line), times=3)

    def right_twice_last_day(self):
        line = {
            "date_start": self._day(0, 9),
            "recurring_rule_type": "monthlylastday",
            "recurring_next_date": self._day(0, 9),
        }
        return self._billed(line)

    # AGREED

    def wrong_agreed_price(self):
        return self._change({"price_unit": 110})

    def wrong_agreed_too_little(self):
        return self._change({"price_unit": 10})

    def wrong_agreed_quantity(self):
        return self._change({"quantity": 3})

    def wrong_agreed_discount_dropped(self):
        return self._change({"discount": 0}, discount=10)

    def wrong_agreed_rebilled(self):
        move = self._billed()[1]
        self._credit(move)
        again = self._copied(move, post=False)
        again.invoice_line_ids.price_unit = 900
        again.action_post()
        return again

    def right_twice_rebate_rebilled(self):
        """A line below zero was credited by its line, and billed again."""
        contract = self._contract({}, {"name": "Rebate", "price_unit": -20})
        move = self._bill(contract)[1]
        self._credit(move)
        return self._copied(move)

    def right_gap_end_of_the_contract(self):
        contract = self._contract()
        contract.write(
            {
                "date_start": self.first,
                "recurring_next_date": self.first,
                "line_recurrence": False,
                "date_end": self._day(2, -1),
            }
        )
        return self._bill(contract, times=2)

    def wrong_agreed_draft(self):
        move = self._bill(self._contract(), post=False)[-1]
        move.invoice_line_ids.price_unit = 55
        return move

    def right_agreed_unit(self):
        return self._change(
            {"product_uom_id": self.dozens.id, "quantity": 2, "price_unit": 1200},
            quantity=24,
        )

    def right_agreed_discount_traded(self):
        return self._change({"discount": 0, "price_unit": 90}, discount=10)

    def right_agreed_price_changed_later(self):
        contract = self._contract()
        moves = self._bill(contract)
        contract.contract_line_ids.price_unit = 130
        return moves

    def right_agreed_successor(self):
        old = {"date_end": self._day(2, -1)}
        new = {
            "price_unit": 120,
            "date_start": self._day(2),
            "recurring_next_date": self._day(2),
        }
        return self._billed(old, new)

    def right_agreed_settled(self):
        move = self._change({"price_unit": 110})
        return self._credit(move, {"price_unit": 10})

    def right_agreed_allowance(self):
        return self._credit(self._billed()[-1], {"price_unit": 5})

    def right_agreed_text(self):
        return self._change({"name": "Maintenance, as agreed by phone"})

    # ENDED

    def wrong_ended_cancelled(self):
        """The next period was billed in advance when the contract was cancelled."""
        contract = self._contract()
        moves = self._bill(contract, times=5)
        contract.contract_line_ids.is_canceled = True
        return moves[-1]

    def wrong_ended_shortened(self):
        contract = self._contract()
        moves = self._bill(contract)
        contract.contract_line_ids.write(
            {
                "last_date_invoiced": self._day(3, -1),
                "date_end": self._day(3, -1),
                "recurring_next_date": False,
            }
        )
        return moves[-1]

    def right_ended_credited(self):
        contract = self._contract()
        move = self._bill(contract, times=5)[-1]
        contract.contract_line_ids.is_canceled = True
        return self._credit(move)

    def right_ended_within_the_period(self):
        contract = self._contract()
        moves = self._bill(contract)
        contract.contract_line_ids.is_canceled = True
        return moves

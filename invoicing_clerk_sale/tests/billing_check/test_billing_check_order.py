from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL

from .corpus_contract import OLD, ContractCases
from .corpus_discount import DiscountCases
from .corpus_order import OrderCases
from .corpus_price import PriceCases


@tagged("post_install", "-at_install")
class TestBillingCheckOrder(ContractCases, OrderCases, PriceCases, DiscountCases):
    """Checks of orders with bad data, other companies, and what becomes of findings."""

    def _check(self, moves=None, company=None):
        self.checks.browse()._run_all(company or self.company_a, moves)
        errors = [check for check in self.checks if check.run_error]
        self.assertEqual([(each.code, each.run_error) for each in errors], [])

    def _codes(self, move):
        findings = self.findings.search(
            [("move_id", "=", move.id), ("state", "=", "open")]
        )
        for finding in findings:
            self.assertNotIn("%(", finding.explanation)
            self.assertNotIn("None", finding.explanation)
        return set(findings.check_id.mapped("code"))

    def _update(self, records, **values):
        """Change records as another program does, past all rules."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    SQL.identifier(name),
                    value,
                    records._ids,
                )
            )
        self.env.invalidate_all()

    # Bad input: what is done to an order whose invoice has a wrong price

    def _delete_order(self, order):
        order._action_cancel()
        order.unlink()

    def _change_unit(self, order):
        hour = self.env.ref("uom.product_uom_hour")
        self._update(order.order_line, product_uom_id=hour.id)

    def _remove_unit(self, order):
        self._update(order.order_line, product_uom_id=None)

    def _archive_currency(self, order):
        self._update(order.currency_id, active=False)

    def _order_nothing(self, order):
        self._update(order.order_line, product_uom_qty=0, price_subtotal=0)

    def _forget_discount(self, order):
        self._update(order.order_line, discount=None)

    def _forget_rate(self, order):
        self._update(order, currency_rate=0)

    def _delete_price_list(self, order):
        self._update(order, pricelist_id=None)

    def _archive_product(self, order):
        order.order_line.product_id.action_archive()

    def _forget_product(self, order):
        self._update(order.order_line, product_id=None)

    def test_bad_input(self):
        """Would have caught: an error of one order that stopped all checks."""
        found = {"PRICE"}
        table = {
            self._delete_order: set(),
            self._change_unit: set(),
            self._remove_unit: found,
            self._archive_currency: found,
            self._order_nothing: found,
            self._forget_discount: found,
            self._forget_rate: found,
            self._delete_price_list: found,
            self._archive_product: found,
            self._forget_product: found,
        }
        other = self.wrong_price_typed(0)
        for spoil, expected in table.items():
            with self.subTest(spoil.__name__), self.env.cr.savepoint() as savepoint:
                move = self.wrong_price_typed(0)
                spoil(move.invoice_line_ids.sale_line_ids.order_id)
                self._check()
                self.assertEqual(self._codes(move) & {"PRICE"}, expected)
                self.assertEqual(self._codes(other), {"PRICE"})
                savepoint.rollback()
                self.env.invalidate_all()

    def test_a_broken_filter_stops_only_its_check(self):
        move, other = self.wrong_price_typed(0), self.wrong_disc_none(0)
        check = self.checks.filtered(lambda each: each.code == "PRICE")
        self._update(check, domain="[(")
        self.checks.browse()._run_all(self.company_a)
        self.assertIn("not a list of conditions", check.run_error)
        self.assertEqual((self._codes(move), self._codes(other)), (set(), {"DISC"}))

    # Causes

    def test_a_cause_hides_what_it_brings(self):
        """A wrong customer brings other terms; a wrong company brings everything."""
        move = self.wrong_partner_and_terms(0)
        self._check()
        self.assertEqual(self._codes(move), {"PARTNER"})
        move = self.wrong_entity_and_customer(0)
        self._check(company=self.company_b)
        self.assertEqual(self._codes(move), {"ENTITY"})
        move = self.wrong_curr_and_price(0)
        self._check()
        self.assertEqual(self._codes(move), {"CURR"})

    # People

    def test_other_companies_see_no_findings(self):
        move = self.wrong_price_typed(0)
        self._check()
        finding = self.findings.search([("move_id", "=", move.id)])
        mine = finding.with_user(self.clerk)
        self.assertIn("100.00", mine.explanation)
        for user in (self.clerk_b, self.outsider):
            with self.subTest(user.login), self.assertRaises(AccessError):
                finding.with_user(user).read(["explanation"])
        findings = self.env["clerk.billing.finding"].with_user(self.clerk_b)
        self.assertFalse(findings.search([("move_id", "=", move.id)]))

    def test_a_clerk_of_the_issuing_company_reads_the_sentence(self):
        move = self._of_company_b(self._order())
        self._check(company=self.company_b)
        finding = self.findings.search([("move_id", "=", move.id)])
        sentence = finding.with_user(self.clerk_b).explanation
        self.assertIn(self.company_a.partner_id.name, sentence)
        for user in (self.clerk, self.outsider):
            with self.subTest(user.login), self.assertRaises(AccessError):
                finding.with_user(user).read(["explanation"])

    # Billing errors

    def test_price_is_claimed_and_corrected(self):
        """From the finding to the note: quantity, price and amount of the order."""
        order = self._order((10, 100, ("discount", 10)))
        move = self._billed(order, change={"price_unit": 120, "discount": 5})
        self._check()
        finding = self.findings.search([("move_id", "=", move.id)])
        self.assertEqual(finding.amount, 240)
        finding.with_user(self.supervisor).action_open_billing_error()
        error = finding.billing_error_id.with_user(self.supervisor)
        self.assertEqual(error.reason_id.code, "PRICE")
        [claim] = error.line_ids
        self.assertEqual((claim.claimed_price_unit, claim.claimed_discount), (100, 10))
        error.action_propose_correction()
        error.correction_ids.action_apply()
        note = error.correction_ids.document_ids
        self.assertEqual(sum(note.mapped("amount_untaxed")), 240)
        self._check()
        self.assertEqual(finding.state, "case")

    def test_claims_of_discounts_and_contracts(self):
        for make, expected in (
            (self.wrong_disc_less, (100, 10)),
            (self.wrong_contract_ended, (90, 0)),
        ):
            move = make(0)
            self._check()
            finding = self.findings.search([("move_id", "=", move.id)])
            finding.with_user(self.clerk).action_open_billing_error()
            [claim] = finding.billing_error_id.line_ids
            claimed = (claim.claimed_price_unit, claim.claimed_discount)
            self.assertEqual(claimed, expected)

    def test_a_draft_with_a_wrong_price_is_stopped_and_corrected(self):
        draft = self.wrong_price_draft(0).with_user(self.clerk)
        self.company_a.clerk_block_posting = True
        with self.assertRaisesRegex(UserError, "is billed at"):
            draft.action_post()
        draft.invoice_line_ids.price_unit = 100
        draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_a_missing_purchase_order_stops_posting_where_it_is_to(self):
        check = self.checks.filtered(lambda each: each.code == "PO").sudo()
        self.company_a.clerk_block_posting = True
        draft = self.wrong_po_draft(0).with_user(self.clerk)
        check.severity = "block"
        with self.assertRaisesRegex(UserError, "purchase order"):
            draft.action_post()
        self.assertEqual(draft.state, "draft")
        draft.ref = "PO 4711"
        draft.action_post()
        self.assertEqual(draft.state, "posted")
        check.severity = "warn"
        other = self.wrong_po_draft(1).with_user(self.clerk)
        other.action_post()
        self.assertEqual(other.state, "posted")

    # Cost

    def test_queries_do_not_grow(self):
        counts = []
        for number in (1, 2, 8):
            for case in range(number):
                self.wrong_price_typed(case)
                self._billed(self._quoted(OLD))
            counts.append(self._queries_of_checks())
        self._assert_no_more_queries(*counts[1:])

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.properties import property_of

from .common import ReceiptCommon

# Queries that one more match may cost: Odoo's reconciliation has some for each.
QUERIES_EACH = 12


@tagged("post_install", "-at_install")
class TestReceiptMatchApply(ReceiptCommon):
    """Many matches are applied at once, each as if it were applied alone."""

    freeze_time = freeze_time("2026-03-10")

    def test_all_kinds_at_once(self):
        """Full, several, partial, over, with a credit note and in another currency."""
        foreign = {"currency_id": self.foreign_currency.id}
        full, one, two, short, over, charge = map(
            self._invoice, (10.0, 20.0, 30.0, 40.0, 50.0, 60.0)
        )
        credit = self._invoice(15.0, move_type="out_refund")
        other = self._invoice(70.0, currency=self.foreign_currency)
        partners = self.env["res.partner"].create(
            [{"name": f"Payer {each}"} for each in range(2)]
        )
        shorter = self._invoice(80.0, partner=partners[0])
        matches = self._propose(
            self._payment(10.0, full.name),
            self._payment(50.0, f"{one.name} {two.name}"),
            self._payment(55.0, over.name),
            self._payment(45.0, f"{charge.name} {credit.name}"),
            self._payment(70.0, other.name, **foreign),
            self._payment(75.0, shorter.name, partner_id=partners[0].id),
        )
        matches.action_apply()
        self.assertFalse(matches.filtered("error").mapped("error"))
        self.assertEqual(set(matches.mapped("state")), {"applied"})
        self.assertEqual(
            self._open(full, one, two, short, over, charge, credit, other, shorter),
            [0.0, 0.0, 0.0, 40.0, 0.0, 0.0, 0.0, 0.0, 5.0],
        )
        for match in matches:
            applied = match.applied_id.partial_ids
            items = applied.debit_move_id | applied.credit_move_id
            self.assertEqual(items, match.item_id | match.line_ids.item_id)
        matches.applied_id.with_user(self.supervisor)[0].action_undo()
        self.assertEqual(self._open(full, one), [10.0, 0.0])

    def test_two_payments_of_one_invoice(self):
        """The first is applied, and the second asks for another proposal."""
        invoice, other = self._invoice(50.0), self._invoice(60.0)
        matches = self._propose(
            *(self._payment(50.0, invoice.name) for _time in range(2)),
            self._payment(60.0, other.name),
        ).sorted("id")
        matches.action_apply()
        self.assertEqual(matches.mapped("state"), ["applied", "proposed", "applied"])
        self.assertIn("Propose again", matches[1].error)
        self.assertEqual(self._open(invoice, other), [0.0, 0.0])

    def _applied(self, first, count):
        invoices = [self._invoice(10.0 + first + each) for each in range(count)]
        return self._propose(
            *(self._payment(each.amount_total, each.name) for each in invoices)
        )

    def test_queries_of_many(self):
        self._applied(0, 2).action_apply()
        few, many = self._applied(100, 4), self._applied(200, 12)
        queries = [self._count_queries(each.action_apply) for each in (few, many)]
        self.assertEqual(set((few | many).mapped("state")), {"applied"})
        self.assertLessEqual(queries[1] - queries[0], 8 * QUERIES_EACH, queries)


@tagged("post_install", "-at_install")
class TestReceiptMatchUndo(ReceiptCommon):
    """Whatever was applied, undoing it in any order restores every residual."""

    freeze_time = freeze_time("2026-03-10")

    @property_of(10)
    @given(
        st.lists(
            st.tuples(
                # What is invoiced and credited, and by how much the payment differs.
                st.integers(1_000, 30_000),
                st.integers(0, 500),
                st.sampled_from((0, 0, 1, -1, 300, -300)),
                st.booleans(),
            ),
            min_size=1,
            max_size=4,
        ),
        st.randoms(use_true_random=False),
    )
    def test_residuals_are_as_before(self, cases, random):
        documents, payments = self.env["account.move"], []
        for invoiced, credited, more, is_foreign in cases:
            currency = self.foreign_currency if is_foreign else self.currency_a
            named = self._invoice(invoiced / 100, currency=currency)
            if credited:
                named |= self._invoice(
                    credited / 100, currency=currency, move_type="out_refund"
                )
            documents |= named
            payments.append(
                self._payment(
                    (invoiced - credited + more) / 100,
                    " ".join(named.mapped("name")),
                    currency_id=currency.id,
                )
            )
        items = (documents | self._moves_of(payments)).line_ids
        before = self._residuals(items)
        matches = self._propose(*payments)
        matches.filtered("line_ids").action_apply()
        applied = matches.applied_id
        self.assertEqual(len(applied), len(matches.filtered("line_ids")))
        self.assertNotEqual(self._residuals(items), before)
        for each in random.sample(list(applied), len(applied)):
            each.with_user(self.supervisor).action_undo()
        self.assertEqual(self._residuals(items), before)

    def _moves_of(self, payments):
        return self.env["account.move"].union(*(each.move_id for each in payments))

    def _residuals(self, items):
        items.invalidate_recordset()
        return items.mapped(
            lambda item: (item.amount_residual, item.amount_residual_currency)
        )

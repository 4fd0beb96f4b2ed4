from hypothesis import event, example, given

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.receivable import receivable as rules
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.receivable.common import (
    ACTS,
    ReceivableCommon,
    exact,
)

EARLY = "2025-12-31"


@tagged("post_install", "-at_install")
class TestReceivableRefresh(ReceivableCommon):
    """The SQL of a refresh finds what the rules add up item by item."""

    @property_of(20)
    @given(acts=ACTS)
    # Disputed on the first of two overdue instalments, promised on both.
    @example(
        acts=[
            ("instalments", "partner_a", False, False, 100.0, EARLY),
            ("promise", "partner_a", False, False, 90.0, EARLY),
            ("dispute", "partner_a", False, False, 40.0, EARLY),
            ("underbilled", "partner_a", False, False, 50.0, EARLY),
        ]
    )
    # Of two instalments in a foreign currency, the last alone is promised.
    @example(
        acts=[
            ("instalments", "partner_a", False, True, 99.99, EARLY),
            ("promise_instalment", "partner_a", False, True, 33.33, EARLY),
            ("dispute", "partner_a", False, True, 70.01, EARLY),
        ]
    )
    def test_rows_equal_the_rules(self, acts):
        # Rows that exist are changed, not only made.
        self._undone(self._follow, acts, self._compare)

    def _compare(self):
        self.receivables._before_refresh()
        rows = self.receivables.search([])
        expected = self._added_up()
        self.assertEqual(
            {(row.company_id, row.partner_id) for row in rows}, set(expected)
        )
        for row in rows:
            self._compare_row(row, expected[row.company_id, row.partner_id])

    def _compare_row(self, row, expected):
        for name in (
            "balance",
            "owed",
            "unapplied",
            "overdue",
            "disputed",
            "promised",
            "to_collect",
        ):
            self.assertEqual(exact(row[name]), getattr(expected, name), name)
        for name in rules.BUCKETS:
            self.assertEqual(exact(row[name]), expected.buckets.get(name, 0), name)
        self.assertEqual(row.date_due or None, expected.date_due)
        words = ("disputed", "promised", "to_collect")
        event(", ".join(f"{word}: {bool(row[word])}" for word in words))

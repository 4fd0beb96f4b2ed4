from dataclasses import replace
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.reminder.reminder import (
    Level,
    next_level,
    without_recent,
)
from odoo.addons.invoicing_clerk.rules.reminder.reminder_share import (
    TOLERANCE,
    Item,
    Payment,
    Share,
    in_process,
    pending,
)

LEVELS = [Level((1, 1), 5, 7), Level((2, 2), 17, 10)]
OLD = Share(Item(1, 1, 1, Decimal(9), 40, level=(1, 1)), Decimal(9))


@tagged("at_install", "-post_install")
class TestReminderRules(BaseCase):
    """Reminders at the limits of levels, and payments that just cover an item."""

    def test_nothing_to_remind_of(self):
        excluded = replace(OLD, reason="disputed")
        self.assertIsNone(next_level(LEVELS, [excluded]))
        self.assertIsNone(next_level([], [OLD]))

    def test_an_excluded_new_item_keeps_its_reason(self):
        new = Share(Item(2, 2, 1, Decimal(8), 4), Decimal(0), "disputed")
        self.assertEqual(without_recent(LEVELS, [OLD, new])[1].reason, "disputed")

    def test_a_payment_that_is_not_marked_as_paid_is_pending(self):
        self.assertTrue(pending([Payment(1, Decimal(70))]))

    def test_only_paid_ones_of_the_same_documents_wait_for_each_other(self):
        paid = Payment(1, Decimal(70), frozenset({7}), "P1", True, Decimal(70))
        elsewhere = paid._replace(documents=frozenset({9}), name="P2")
        unpaid = paid._replace(is_paid=False, name="P3")
        self.assertEqual(pending([paid, elsewhere]), [])
        self.assertEqual(pending([paid, unpaid]), [unpaid])

    def test_a_payment_that_just_covers_an_item(self):
        def convert(amount, source, target):
            return amount

        item = Item(1, 7, 1, Decimal(100), 40)
        least = Decimal(100) * (1 - TOLERANCE)
        payment = Payment(2, least, frozenset({7}))
        self.assertEqual(in_process([item], [payment], convert)[0], {1: Decimal(100)})
        less = payment._replace(amount=least - Decimal("0.01"))
        self.assertEqual(in_process([item], [less], convert)[0], {1: less.amount})

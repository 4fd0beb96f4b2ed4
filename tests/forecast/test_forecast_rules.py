from datetime import date, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.forecast.forecast import (
    Month,
    Payment,
    back_test,
)

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
PAID = date(2026, 5, 29)
DAY = timedelta(days=1)
# Paid five days after the due date.
PAYMENT = Payment(date(2026, 5, 24), PAID, invoiced=date(2026, 5, 10))


@tagged("at_install", "-post_install")
class TestForecastRules(BaseCase):
    """Back-tests of payments at the ends of a month and of the months before."""

    def count(self, payment, first=MAY, end=JUNE):
        return back_test([payment], [payment], first, end).count

    def test_the_first_day_belongs_to_the_month_and_the_end_does_not(self):
        self.assertEqual(self.count(PAYMENT, PAID, PAID + DAY), 1)
        self.assertEqual(self.count(PAYMENT, PAID - DAY, PAID), 0)

    def test_the_band_of_the_company_is_that_of_the_first_of_the_month(self):
        for day, inside in ((MAY - DAY, 1), (MAY, 0)):
            other = Payment(day - 5 * DAY, day)
            found = back_test([PAYMENT], [PAYMENT, other], MAY, JUNE)
            self.assertEqual(found, Month(1, inside, 5, 5, 5.0))

    def test_payments_after_more_than_two_years_do_not_count(self):
        for days, count in ((730, 1), (731, 0)):
            invoiced = PAID - days * DAY
            payment = Payment(invoiced + 14 * DAY, PAID, invoiced=invoiced)
            self.assertEqual(self.count(payment), count)
            self.assertEqual(self.count(Payment(invoiced, PAID)), count)

import math
from datetime import date, timedelta
from random import Random

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.forecast import forecast as rules

TODAY = date(2026, 6, 30)


@tagged("post_install", "-at_install")
class TestForecastAccuracy(BaseCase):
    """The band has 8 of 10 of the next payments, and the median errs least.

    The rule was made with the first ledgers; the others are held out.
    """

    def _result(self, seed, habit, payments):
        """Return the back-test of a year for customers with a habit each.

        :param habit: makes a function of a customer that returns days past due, by how
            many days ago a payment was made
        :param payments: the number of payments of a customer in three years
        """
        random = Random(seed)
        months = []
        first, end = TODAY - timedelta(days=365), TODAY + timedelta(days=1)
        for _customer in range(80):
            days_of = habit(random)
            customer = [
                self._payment(random.randint(0, 1095), days_of)
                for _number in range(payments)
            ]
            months.append(rules.back_test(customer, customer, first, end))
        names = rules.Month.__dataclass_fields__
        return rules.Month(
            *(sum(getattr(month, name) for month in months) for name in names)
        )

    @staticmethod
    def _payment(ago, days_of):
        paid = TODAY - timedelta(days=ago)
        due = paid - timedelta(days=round(days_of(ago)))
        return rules.Payment(due, paid, invoiced=due - timedelta(days=30))

    # Habits

    @staticmethod
    def _rarely_late(random):
        usual = 10 + 12 * math.sin(random.uniform(0, 6))
        slower = 12 if random.random() < 0.25 else 0

        def days(ago):
            late = random.expovariate(1 / 30) if random.random() < 0.12 else 0
            return usual + late + (slower if ago < 365 else 0) + random.gauss(0, 2)

        return days

    @staticmethod
    def _in_runs(random):
        usual, every = random.randint(-3, 9), random.choice((7, 14, 30))
        return lambda ago: usual + random.randint(0, every - 1)

    @staticmethod
    def _long_tail(random):
        usual, spread = random.uniform(-5, 5), random.uniform(0.5, 1.1)
        return lambda ago: usual + random.lognormvariate(2, spread)

    @staticmethod
    def _two_ways(random):
        """Some invoices are paid early, for the discount, the others after a letter."""
        early, share = random.randint(-20, -10), random.uniform(0.2, 0.8)

        def days(ago):
            is_early = random.random() < share
            return random.gauss(early if is_early else 14, 2.5)

        return days

    def test_next_payments_are_in_the_band(self):
        for habit in (self._rarely_late, self._in_runs):
            self._check_band(1, habit)

    def test_next_payments_of_ledgers_held_out(self):
        for habit in (self._long_tail, self._two_ways):
            self._check_band(2, habit)

    def _check_band(self, seed, habit):
        for payments in (24, 48, 96):
            with self.subTest(habit=habit.__name__, payments=payments):
                found = self._result(seed, habit, payments)
                share = found.inside / found.count
                self.assertGreater(found.count, 500)
                self.assertGreaterEqual(share, 0.75)
                self.assertLessEqual(share, 0.85)

    def test_median_errs_less_than_due_date_and_mean(self):
        for seed, habit in ((3, self._rarely_late), (4, self._long_tail)):
            with self.subTest(habit=habit.__name__):
                found = self._result(seed, habit, 60)
                self.assertLess(found.error, found.error_due)
                self.assertLess(found.error, found.error_mean)

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseReport(PromiseCommon):
    """Expected cash follows from open promises and reliability."""

    def test_expected_cash_is_weighted_by_reliability(self):
        self._judged(-9)
        self._judged(None)
        running = self._promise(self._untaxed(200.0))
        foreign = self._promise(self._untaxed(200.0, currency=self.foreign_currency))
        self._pay(running.move_ids, 50.0, payment_date=self.today)
        self._judge(running + foreign)
        self.env.flush_all()
        report = self.env["clerk.promise.report"].with_user(self.clerk)
        self.assertRecordValues(
            report.browse((running + foreign).ids),
            [
                {
                    "reliability": 0.5,
                    "balance_due": 200.0,
                    "balance_received": 50.0,
                    "balance_missing": 150.0,
                    "balance_expected": 75.0,
                },
                {
                    "reliability": 0.5,
                    "balance_due": 100.0,
                    "balance_received": 0.0,
                    "balance_missing": 100.0,
                    "balance_expected": 50.0,
                },
            ],
        )
        [(week, expected)] = report._read_group(
            [("state", "=", "open")], ["date:week"], ["balance_expected:sum"]
        )
        self.assertLessEqual(week, self._day(7))
        self.assertEqual(expected, 125.0)

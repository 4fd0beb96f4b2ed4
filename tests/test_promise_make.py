from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseMake(PromiseCommon):
    """What a customer says is written down whole, once, and stays as it was said."""

    def test_an_invoice_brings_all_that_is_open_of_it(self):
        invoice = self._posted((1, 100.0))
        promise = self._promise(invoice)
        self.assertRecordValues(
            promise,
            [
                {
                    "partner_id": self.partner_a.id,
                    "company_id": self.company_a.id,
                    "amount": 115.0,
                    "amount_due": 115.0,
                    "state": "open",
                    "level": 0,
                    "user_id": self.clerk.id,
                }
            ],
        )
        self.assertEqual(promise.move_ids, invoice)

    def test_a_new_word_replaces_the_old_one(self):
        invoice = self._posted((1, 100.0))
        first = self._promise(invoice)
        second = self._promise(invoice, amount=50.0)
        self.assertRecordValues(
            first + second,
            [
                {"state": "replaced", "next_id": second.id, "level": 0},
                {"state": "open", "next_id": False, "level": 1},
            ],
        )

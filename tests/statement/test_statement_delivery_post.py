from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.statement.statement_delivery_post import (
    ClerkStatementDelivery,
)
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)


@tagged("post_install", "-at_install")
class TestStatementPost(StatementSendCommon):
    """Delivery by post: by Odoo's post service if it is installed, else printed."""

    def _posted_to(self, *cities):
        customers = self._customers(len(cities))
        for customer, city in zip(customers, cities, strict=True):
            customer.write(
                {
                    "statement_delivery": "post",
                    "street": "Street 1",
                    "city": city,
                    "zip": "1000",
                    "country_id": self.env.ref("base.be").id,
                }
            )
        return self._sent(customers)

    def _letters(self, run):
        return (
            self.env["snailmail.letter"]
            .sudo()
            .search(
                [
                    ("model", "=", "clerk.statement"),
                    ("res_id", "in", run.statement_ids.ids),
                ]
            )
        )

    def test_one_letter_each_until_the_service_has_answered(self):
        run = self._posted_to("Brussels", "Ghent")
        self.assertEqual(self._states(run), ["posting", "posting"])
        self._work()
        letters = self._letters(run)
        self.assertEqual(len(letters), 2)
        self.assertEqual(letters.partner_id, run.statement_ids.partner_id)
        self.assertEqual(letters.report_template.model, "clerk.statement")
        self.assertEqual((run.state, run.post_count), ("sending", 2))
        letters.state = "sent"
        self._work()
        self.assertEqual(self._states(run), ["sent", "sent"])
        self.assertEqual((run.state, run.sent_count), ("done", 2))
        self.assertFalse(self.postbox.mails)

    def test_letter_that_the_service_refuses(self):
        run = self._posted_to("Brussels", "Ghent")
        first, second = self._letters(run).sorted("id")
        first.write({"state": "error", "info_msg": "<p>Not enough <b>credits</b></p>"})
        second.state = "sent"
        self._work()
        self.assertEqual(sorted(self._states(run)), ["failed", "sent"])
        failed = run.statement_ids.browse(first.res_id)
        self.assertIn("Not enough *credits*", failed.delivery_error)
        # The service tries such a letter again by itself; a clerk decides now.
        self.assertEqual(first.state, "canceled")
        failed.partner_id.statement_delivery = "print"
        failed.with_user(self.clerk).action_try_again()
        self._work()
        self.assertEqual(failed.delivery_state, "to_print")
        self.assertEqual(self._letters(run), first + second)

    def test_address_that_is_not_complete(self):
        run = self._posted_to("Brussels")
        statement = run.statement_ids
        statement.partner_id.zip = False
        self._letters(run).unlink()
        statement.sudo()._hand_to_post()
        self._work()
        self.assertEqual(statement.delivery_state, "failed")
        self.assertIn("address of the recipient", statement.delivery_error)

    def test_letter_that_cannot_be_made_fails_alone(self):
        run = self._posted_to("Brussels", "Ghent", "Liège")
        self._letters(run).unlink()
        statements = run.statement_ids.sudo().sorted("id")
        # No letter without a recipient.
        broken = statements[1]
        self.startPatcher(
            patch.object(
                type(statements),
                "_delivery_contact",
                lambda each: each.partner_id - broken.partner_id,
            )
        )
        with mute_logger("odoo.sql_db"):
            statements._hand_to_post()
        self.assertEqual(
            statements.mapped("delivery_state"), ["posting", "failed", "posting"]
        )
        self.assertIn("letter could not be created", broken.delivery_error)
        self.assertEqual(self._letters(run).mapped("res_id"), (statements - broken).ids)

    def test_merged_while_the_service_has_it(self):
        run = self._posted_to("Brussels", "Ghent")
        first, second = run.statement_ids.partner_id.sorted("id")
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((first + second).ids, first)
        states = {letter.res_id: letter.state for letter in self._letters(run)}
        kept = run.statement_ids.filtered(lambda each: not each.merged_from)
        [gone] = run.statement_ids - kept
        self.assertEqual((states[kept.id], states[gone.id]), ("pending", "canceled"))

    def test_service_that_is_not_installed(self):
        self._without_service()
        run = self._posted_to("Brussels")
        self.assertEqual(self._states(run), ["to_print"])

    def test_service_that_was_uninstalled_in_between(self):
        run = self._posted_to("Brussels")
        self._without_service()
        self._work()
        self.assertEqual(self._states(run), ["to_print"])

    def _without_service(self):
        """Simulate a database without the module."""
        self.startPatcher(
            patch.object(
                ClerkStatementDelivery, "_has_post_service", lambda _self: False
            )
        )

import re
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

# A query on a table of ours. Columns of ours on tables of core cost no query.
OURS = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+"?clerk_', re.IGNORECASE)


@tagged("post_install", "-at_install")
class TestCoreCost(ClerkCommon):
    """What core does costs as many queries with the addon as without it.

    Each query on a table of ours is one that core would not make. Would have caught
    the stored fields that were related through journal items: reversing an invoice
    looked ten times for lines that might have to be computed again.
    """

    def _queries(self, action):
        """Return the queries of an action, once what is cached for good is cached."""
        action()
        self.env.flush_all()
        self.env.invalidate_all()
        queries, execute = [], Cursor.execute

        def recorded(cursor, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", recorded):
            action()
            self.env.flush_all()
        return queries

    def _assert_no_queries_of_ours(self, action):
        queries = [" ".join(query.split()) for query in self._queries(action)]
        self.assertTrue(queries)
        self.assertEqual([query for query in queries if OURS.search(query)], [])

    def _each(self, make, action):
        """Return an action that takes the next of two records that were made before."""
        records = [make(), make()]
        return lambda: action(records.pop())

    def _invoice(self):
        return self._posted((3, 10.0), (1, 5.0))

    def _draft(self):
        return self._invoice().copy({"invoice_date": "2026-01-16"})

    def _reverse(self, move):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        wizard.reverse_moves()

    def test_what_core_does_with_invoices(self):
        actions = {
            "create": lambda move: move.copy(),
            "post": lambda move: move.action_post(),
            "change": lambda move: move.write({"ref": "PO", "narration": "Thanks"}),
        }
        for name, action in actions.items():
            with self.subTest(name):
                self._assert_no_queries_of_ours(self._each(self._draft, action))
        with self.subTest("reverse"):
            self._assert_no_queries_of_ours(self._each(self._invoice, self._reverse))
        with self.subTest("pay"):
            pay = self._each(self._invoice, lambda move: self._pay(move, 10.0))
            self._assert_no_queries_of_ours(pay)

    def _register(self, move):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        return wizard.create({"amount": 5.0})._create_payments()

    def _open_pair(self):
        """Return the open items of an invoice and of a credit note that fits it."""
        refund = self._posted((3, 10.0), (1, 5.0), move_type="out_refund")
        return (self._invoice() + refund).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _reconciled_pair(self):
        items = self._open_pair()
        items.reconcile()
        return items

    def test_what_core_does_with_payments(self):
        """Registering payments, reconciling, and undoing it."""
        actions = {
            "register": (self._invoice, self._register),
            "reconcile": (self._open_pair, lambda items: items.reconcile()),
            "undo": (
                self._reconciled_pair,
                lambda items: items.remove_move_reconcile(),
            ),
        }
        for name, (make, action) in actions.items():
            with self.subTest(name):
                self._assert_no_queries_of_ours(self._each(make, action))

    def test_scheduling_an_activity(self):
        move = self._invoice()
        values = {"activity_type_id": self.env.ref("mail.mail_activity_data_todo").id}
        self.env["mail.activity"]._unassign_questions([values])
        with self.assertQueryCount(0):
            self.env["mail.activity"]._unassign_questions([values])
        self._assert_no_queries_of_ours(
            lambda: move.activity_schedule("mail.mail_activity_data_todo")
        )

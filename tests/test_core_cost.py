import re
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

# A query on a table of ours. Columns of ours on tables of core cost no query.
OURS = re.compile(r'\b(?:FROM|JOIN|INTO|UPDATE)\s+"?clerk_', re.IGNORECASE)
# Nothing else leads to the customer afterwards: see `clerk.receivable.departure`.
NOTE = "INSERT INTO clerk_receivable_departure"
NOTED = ("reset to draft",)


@tagged("post_install", "-at_install")
class TestCoreCost(ClerkCommon):
    """Core's own work costs as many queries with the addon as without it.

    Each query on a table of ours is one that core would not make. Would have caught
    the stored fields that were related through journal items: reversing an invoice
    looked ten times for lines that might have to be computed again.
    """

    @classmethod
    def _invoice(cls):
        return cls._posted((3, 10.0), (1, 5.0))

    def _queries(self, action):
        """Return the queries of an action, with warm caches."""
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

    def _assert_no_queries_of_ours(self, action, notes=0):
        """:param notes: how many departures are noted, with a query each"""
        queries = [" ".join(query.split()) for query in self._queries(action)]
        self.assertTrue(queries)
        ours = [query for query in queries if OURS.search(query)]
        noted = [query for query in ours if query.startswith(NOTE)]
        self.assertEqual([query for query in ours if query not in noted], [])
        self.assertEqual(len(noted), notes)

    def _each(self, make, action):
        """Return an action that takes the next of two records that were made before."""
        records = [make(), make()]
        return lambda: action(records.pop())

    def _draft(self):
        return self._invoice().copy({"invoice_date": "2026-01-16"})

    def _reset(self):
        move = self._invoice()
        move.button_draft()
        return move

    def _change_lines(self, move):
        move.invoice_line_ids[0].write({"price_unit": 11.0, "name": "Repriced"})

    def _reverse(self, move):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        wizard.reverse_moves()

    def _core_actions(self):
        """Map what core does to how its records are made, and the action."""
        quietly = {"tracking_disable": True}
        return {
            "create": (self._draft, lambda move: move.copy()),
            "post": (self._draft, lambda move: move.action_post()),
            "change": (
                self._draft,
                lambda move: move.write({"ref": "PO", "narration": "Thanks"}),
            ),
            "change quietly": (
                self._invoice,
                lambda move: move.with_context(**quietly).write({"ref": "PO 7"}),
            ),
            "note": (self._invoice, lambda move: move.message_post(body="Called")),
            "reset to draft": (self._invoice, lambda move: move.button_draft()),
            "post again": (self._reset, lambda move: move.action_post()),
            "change lines": (self._reset, self._change_lines),
            "delete lines": (
                self._reset,
                lambda move: move.invoice_line_ids[:1].unlink(),
            ),
            "cancel": (self._reset, lambda move: move.button_cancel()),
            "reverse": (self._invoice, self._reverse),
            "pay": (self._invoice, lambda move: self._pay(move, 10.0)),
            "register": (self._invoice, self._register),
            "reconcile": (self._open_pair, lambda items: items.reconcile()),
            "undo": (
                self._reconciled_pair,
                lambda items: items.remove_move_reconcile(),
            ),
            "schedule": (
                self._invoice,
                lambda move: move.activity_schedule("mail.mail_activity_data_todo"),
            ),
        }

    def test_what_core_does(self):
        for name, (make, action) in self._core_actions().items():
            with self.subTest(name):
                notes = int(name in NOTED)
                self._assert_no_queries_of_ours(self._each(make, action), notes)

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

    def test_the_type_of_an_activity_is_cached(self):
        values = {"activity_type_id": self.env.ref("mail.mail_activity_data_todo").id}
        self.env["mail.activity"]._unassign_questions([values])
        with self.assertQueryCount(0):
            self.env["mail.activity"]._unassign_questions([values])


@tagged("post_install", "-at_install")
class TestCoreCostUnderAudit(TestCoreCost):
    """The same with an open and a closed engagement of the company.

    Would have caught what each write by core asked for: the engagements that are not
    closed, and their companies.
    """

    allow_inherited_tests_method = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._engage("Annual accounts 2025").action_close()
        cls._engage("Annual accounts 2026")

    @classmethod
    def _engage(cls, name):
        year = name[-4:]
        values = {"date_from": f"{year}-01-01", "date_to": f"{year}-12-31"}
        audit = (
            cls.env["clerk.audit"]
            .with_user(cls.supervisor)
            .create({"name": name, "auditor_ids": cls.auditor.ids, **values})
        )
        audit.action_start()
        return audit


@tagged("post_install", "-at_install")
class TestCoreCostInDispute(TestCoreCost):
    """The same with an open billing error and a proposed correction of each invoice.

    Would have caught the corrections of a document that *Reset to Draft* asked for.
    """

    allow_inherited_tests_method = True

    @classmethod
    def _invoice(cls):
        move = super()._invoice()
        error = cls._open_error(move)
        remedy = cls.env.ref("invoicing_clerk.remedy_correct_lines")
        error.env["clerk.correction"].create(
            {"error_id": error.id, "move_id": move.id, "remedy_id": remedy.id}
        )
        return move


@tagged("post_install", "-at_install")
class TestCoreCostOfClerk(TestCoreCostUnderAudit):
    """The same as a clerk, whose rights are checked, too."""

    allow_inherited_tests_method = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.clerk)

import base64

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.common import blank_pdf

# Unique by customer, or by model and id: how a merge keeps the rows apart.
UNIQUE = {
    "clerk_audit_confirmation_one_per_run": "named as sent",
    "clerk_document_link_one_of_document": "linked once",
    "clerk_payment_pattern_one_row": "computed again",
    "clerk_receivable_one_row": "computed again",
    "clerk_statement_one_per_run": "named as sent",
    "clerk_work_item_one_open": "one is kept open",
}
ANY_VALUE = {
    "varchar": "x",
    "text": "x",
    "bool": False,
    "int4": 1,
    "int8": 1,
    "numeric": 1,
    "float8": 1,
    "date": "2026-01-31",
    "timestamp": "2026-01-31",
    "jsonb": "{}",
}
# What checks of a table ask for beside its required columns, or instead of any value.
CHECKED = {
    "clerk_bounce": {"state": "cancelled"},
    "clerk_call": {"start": "2026-01-31"},
}


class MergeCommon(ConfirmationCommon):
    """Three customers whom people merge, and all tables that refer to customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls._customers(3)
        # Core merges contacts of one email only, unless an administrator does it.
        cls.customers.email = "one@customer.example.com"
        cls.target = cls.customers[-1]
        cls.sources = cls.customers - cls.target

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard = wizard.with_user(self.supervisor)
        wizard._merge(self.customers.ids, self.target.with_env(wizard.env))
        self.assertEqual(self.customers.exists(), self.target)

    def _columns(self):
        """Return tables and columns of this addon that refer to a customer."""
        return self.env.execute_query(
            SQL(
                """SELECT tables.relname, columns.attname
                     FROM pg_constraint AS key
                     JOIN pg_class AS tables ON tables.oid = key.conrelid
                     JOIN pg_attribute AS columns ON columns.attrelid = tables.oid
                          AND columns.attnum = key.conkey[1]
                    WHERE key.confrelid = 'res_partner'::regclass
                      AND tables.relname IN %s
                    ORDER BY 1, 2""",
                tuple(self._tables()),
            )
        )

    def _tables(self):
        tables = set()
        for name, model in self.env.items():
            if name.startswith("clerk.") and model._auto and not model._abstract:
                tables.add(model._table)
                tables.update(
                    field.relation
                    for field in model._fields.values()
                    if field.type == "many2many" and field.store
                )
        own = self.env["res.partner"]._fields
        tables.update(
            own[name].relation
            for name in own
            if own[name].type == "many2many"
            and own[name].store
            and own[name]._module == "invoicing_clerk"
        )
        return tables - {None}


@tagged("post_install", "-at_install")
class TestBasePartnerMerge(MergeCommon):
    """Merge of customers of whom every kind of record exists.

    The sweeps would have caught: balances of two customers in one company stopped every
    merge, two requests of a run did, and an answered request looked forged after it.
    """

    def test_each_index_that_is_unique_by_customer_is_dealt_with(self):
        columns = self._columns()
        references = [
            (self.env[field.model_name]._table, field.name)
            for field in self.env[
                "base.partner.merge.automatic.wizard"
            ]._moved_references()
        ]
        unique = {
            index
            for table, column in columns + references
            for (index,) in self.env.execute_query(
                SQL(
                    """SELECT names.relname
                         FROM pg_index AS parts
                         JOIN pg_class AS names ON names.oid = parts.indexrelid
                        WHERE parts.indrelid = %s::regclass AND parts.indisunique
                          AND NOT parts.indisprimary
                          AND pg_get_indexdef(parts.indexrelid) ~ %s""",
                    table,
                    rf"[(, ]{column}[,) ]",
                )
            )
            if index.startswith("clerk_") and not table.endswith("_rel")
        }
        self.assertEqual(unique, UNIQUE.keys())

    def test_core_deletes_no_row_because_of_a_constraint(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for table, column in self._columns():
            if not table.endswith("_rel"):
                with self.subTest(table=table, column=column):
                    self.assertFalse(
                        wizard._has_check_or_unique_constraint(table, column)
                    )

    def test_rows_in_every_table_follow(self):
        """Clone rows of each table for three customers, and merge them at once."""
        self.env["clerk.receivable"].sudo()._update_from_ledger()
        self._run().sudo().state = "done"
        self._ask(self.customers).action_release()
        self._listed()
        # A batch has each document once.
        self.env["account.move"].create([{"move_type": "entry"}] * len(self.customers))
        columns = self._columns()
        self.assertGreater(len(columns), 20)
        self.env.flush_all()
        kept = {}
        for table, column in columns:
            kept[table, column] = {
                self._row(table, column, customer) for customer in self.customers
            }
        self.env.invalidate_all()
        self._merge()
        self.env.flush_all()
        for (table, column), rows in kept.items():
            with self.subTest(table=table, column=column):
                self._check_rows(table, column, rows)

    def _listed(self):
        lists = self.env["clerk.worklist"].with_user(self.supervisor)
        worklist = lists.create(
            {
                "name": "Customers",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain": repr([("id", "in", self.customers.ids)]),
            }
        )
        worklist.action_refresh()
        return (
            self.env["clerk.work.item"]
            .sudo()
            .search([("worklist_id", "=", worklist.id)])
        )

    def _row(self, table, column, customer):
        """Return the key of a row of the customer, made from another where none is."""
        query = SQL.identifier(table), SQL.identifier(column), customer.id
        found = self.env.execute_query(
            SQL("SELECT ctid::text FROM %s WHERE %s = %s LIMIT 1", *query)
        )
        if not found:
            self._insert(table, column, customer)
        key = SQL("id") if self._has_id(table) else SQL("ctid::text")
        [[row]] = self.env.execute_query(
            SQL("SELECT %s FROM %s WHERE %s = %s LIMIT 1", key, *query)
        )
        return row

    def _has_id(self, table):
        return any(name == "id" for name, *_rest in self._table_columns(table))

    def _table_columns(self, table):
        return self.env.execute_query(
            SQL(
                """SELECT column_name, udt_name, is_nullable = 'NO' FROM
                    information_schema.columns WHERE table_name = %s
                    AND table_schema = current_schema""",
                table,
            )
        )

    def _insert(self, table, column, customer):
        values = dict(CHECKED.get(table, {}))
        for name, kind, is_required in self._table_columns(table):
            if is_required and name not in ("id", column, *values):
                values[name] = self._any_value(table, name, kind)
        values[column] = customer.id
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) VALUES %s",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, values)),
                tuple(values.values()),
            )
        )

    def _any_value(self, table, name, kind):
        """Return a value that the database accepts; for a key, the next row."""
        target = self.env.execute_query(
            SQL(
                """SELECT confrelid::regclass::text FROM pg_constraint
                    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                    WHERE conrelid = %s::regclass AND contype = 'f'
                      AND attname = %s""",
                table,
                name,
            )
        )
        if not target:
            return ANY_VALUE[kind]
        [[parent]] = target
        parents = SQL.identifier(parent)
        found = self.env.execute_query(
            SQL(
                """SELECT id FROM %s ORDER BY id LIMIT 1 OFFSET
                    (SELECT COUNT(*) FROM %s)
                    %% GREATEST(1, (SELECT COUNT(*) FROM %s))""",
                parents,
                SQL.identifier(table),
                parents,
            )
        )
        if not found:
            columns = self._table_columns(parent)
            values = {
                each: self._any_value(parent, each, own)
                for each, own, is_required in columns
                if is_required and each != "id"
            }
            found = self.env.execute_query(
                SQL(
                    "INSERT INTO %s (%s) VALUES %s RETURNING id",
                    SQL.identifier(parent),
                    SQL(", ").join(map(SQL.identifier, values)),
                    tuple(values.values()),
                )
            )
        return found[0][0]

    def _check_rows(self, table, column, rows):
        query = SQL.identifier(table), SQL.identifier(column)
        left = self.env.execute_query(
            SQL("SELECT 1 FROM %s WHERE %s IN %s", *query, self.sources._ids)
        )
        self.assertFalse(left)
        if not self._has_id(table):
            return
        found = self.env.execute_query(
            SQL("SELECT id FROM %s WHERE %s = %s", *query, self.target.id)
        )
        lost = rows - {row for (row,) in found}
        # A customer has one balance per company, and one pair with another customer:
        # the others are computed rows.
        computed = ("clerk_receivable", "clerk_payment_pattern")
        is_computed = table in computed or column == "other_id"
        self.assertEqual(len(lost), 2 if is_computed else 0)

    def test_signed_replies_stay_intact(self):
        run = self._asked(self.customers)
        first, second, third = run.confirmation_ids
        self._answer(first)
        self._answer(second, self._content(("INV/1", 90), **{self.currency_a.name: 90}))
        self.assertEqual(
            run.confirmation_ids.mapped("is_answer_intact"), [True, True, True]
        )
        names = {each: each.partner_id.display_name for each in run.confirmation_ids}
        self._merge()
        self.assertEqual(len(run.confirmation_ids), 3)
        self.assertEqual(run.confirmation_ids.partner_id, self.target)
        self.assertTrue(all(run.confirmation_ids.mapped("is_answer_intact")))
        for confirmation, name in names.items():
            self.assertEqual(confirmation.partner_name, name)
            self.assertIn(confirmation.merged_from, (name, False))
        self.assertEqual(third.state, "sent")

    def test_what_was_shown_is_sealed(self):
        confirmation = self._asked(self.customers).confirmation_ids[0]
        self._answer(confirmation)
        for record, name, value in (
            (confirmation, "partner_name", "Another Customer"),
            (confirmation.balance_ids, "stated", 1.0),
            (confirmation.item_ids, "amount", 1.0),
            (confirmation.item_ids, "name", "INV/0"),
            (confirmation, "signed_by", "Eve"),
        ):
            with self.subTest(field=name), self.env.cr.savepoint() as savepoint:
                self.env.flush_all()
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id IN %s",
                        SQL.identifier(record._table),
                        SQL.identifier(name),
                        value,
                        record._ids,
                    )
                )
                self.env.invalidate_all()
                self.assertFalse(confirmation.is_answer_intact)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertTrue(confirmation.is_answer_intact)

    def test_renamed_customer_breaks_no_seal(self):
        confirmation = self._asked(self.customers).confirmation_ids[0]
        self._answer(confirmation)
        confirmation.partner_id.sudo().name = "Renamed"
        self.env.invalidate_all()
        self.assertTrue(confirmation.is_answer_intact)

    def test_requests_that_are_not_released_are_made_again(self):
        run = self._ask(self.customers)
        self._merge()
        self.assertEqual((run.state, len(run.confirmation_ids)), ("draft", 0))
        run.action_compute()
        self.assertEqual(run.confirmation_ids.partner_id, self.target)
        self.assertEqual(run.confirmation_ids.stated_company, 101 + 102 + 103)

    def test_a_document_of_both_is_linked_once(self):
        links = self.env["clerk.document.link"]._of(self.customers)
        document = (
            self.env["clerk.document"]
            .with_user(self.clerk)
            .create(
                {
                    "class_id": self.env.ref(
                        "invoicing_clerk.document_class_letter"
                    ).id,
                    "file": base64.b64encode(blank_pdf()),
                    "link_ids": [Command.create(each) for each in links],
                }
            )
        )
        self._merge()
        self.assertEqual(document.link_ids.mapped("res_id"), self.target.ids)

    def test_balance_is_computed_again(self):
        balances = self.env["clerk.receivable"].sudo()
        balances._update_from_ledger()
        self._merge()
        balances._update_from_ledger()
        row = balances.search([("partner_id", "=", self.target.id)])
        self.assertEqual(row.balance, 101 + 102 + 103)

    def test_statements_that_were_sent_are_kept(self):
        run = self._run(include="chosen", partner_ids=[Command.set(self.customers.ids)])
        run.sudo().state = "done"
        statements = run.statement_ids
        self._merge()
        self.assertEqual(len(statements.exists()), 3)
        self.assertFalse(statements._with_broken_seal())

    def test_work_in_progress_is_kept(self):
        items = self._listed()
        item = items.filtered(lambda each: each.res_id == self.sources[0].id)
        item.with_user(self.clerk).action_claim()
        self._merge()
        kept = items.filtered(lambda each: each.state != "left")
        self.assertEqual((kept, kept.res_id), (item, self.target.id))
        self.assertEqual(set(items.mapped("res_id")), {self.target.id})
        kept.worklist_id.sudo().action_refresh()
        self.assertEqual(kept.state, "in_progress")

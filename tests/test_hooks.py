from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.hooks import (
    MODULE,
    _extended_tables,
    post_init_hook,
)
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestPostInitHook(ClerkCommon):
    """PostgreSQL knows what the addon added to large tables of other modules.

    Would have caught: a worklist that read all documents twice every five minutes, as
    nothing was known about a column that is true for hardly any.
    """

    def _added(self):
        """Return the columns of ours on tables that are not ours, by table."""
        return {
            model._table: {
                field.name
                for field in model._fields.values()
                if field.store and field.column_type and MODULE in field._modules
            }
            for model in self.env.registry.values()
            if model._auto and not model._abstract and model._original_module != MODULE
        }

    def _known(self):
        """Return the columns with statistics, by table."""
        rows = self.env.execute_query(
            SQL(
                """SELECT tablename, ARRAY_AGG(attname::text) FROM pg_stats
                    WHERE schemaname = current_schema GROUP BY tablename"""
            )
        )
        return {table: set(names) for table, names in rows}

    def _filled(self, table):
        query = SQL("SELECT EXISTS (SELECT FROM %s)", SQL.identifier(table))
        return self.env.execute_query(query)[0][0]

    def test_every_column_on_tables_of_other_modules(self):
        self._posted((1, 10.0))
        self.env.flush_all()
        post_init_hook(self.env)
        known = self._known()
        unknown = {
            table: names - known.get(table, set())
            for table, names in self._added().items()
            if names and self._filled(table)
        }
        self.assertLessEqual({"account_move", "res_partner", "res_company"}, {*unknown})
        self.assertEqual({table for table, names in unknown.items() if names}, set())

    def test_indexes_are_an_addition_too(self):
        """A table on which only an index was added."""
        tables = _extended_tables(self.env)
        self.assertIn("account_bank_statement_line", tables)
        self.assertNotIn("clerk_promise", tables)
        self.assertNotIn("account_tax", tables)

    def test_the_values_are_those_of_now(self):
        """Statistics that were gathered before do not count."""
        moves = self.env["account.move"]
        for _each in range(3):
            moves |= self._posted((1, 10.0))
        moves.sudo().has_open_billing_error = True
        self.env.flush_all()
        post_init_hook(self.env)
        [[values]] = self.env.execute_query(
            SQL(
                """SELECT most_common_vals::text FROM pg_stats
                    WHERE tablename = 'account_move'
                      AND attname = 'has_open_billing_error'"""
            )
        )
        self.assertIn("t", values.strip("{}").split(","))

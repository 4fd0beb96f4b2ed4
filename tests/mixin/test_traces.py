from datetime import datetime

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.mixin.changes import Delta
from odoo.addons.invoicing_clerk.models.mixin.traces import By, Traces, UntracedError

SINCE = datetime(2025, 1, 1)
NONE = frozenset()
TABLES = ("res_partner", "res_partner_category", "res_partner_bank", "res_country")


@tagged("post_install", "-at_install")
class TestTraces(TransactionCase):
    """Rows that were written lead back to the records for which they are read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]
        cls.tag = cls.env["res.partner.category"].create({"name": "Traced"})
        cls.parent, cls.other = cls.partners.create(
            [
                {"name": "Parent", "category_id": cls.tag.ids},
                {"name": "Other", "country_id": cls.env.ref("base.be").id},
            ]
        )
        cls.child = cls.partners.create({"name": "Child", "parent_id": cls.parent.id})
        cls.bank = cls.env["res.partner.bank"].create(
            {"acc_number": "1", "partner_id": cls.other.id}
        )
        cls.env.flush_all()
        for table in TABLES:
            cls.env.cr.execute(
                SQL("UPDATE %s SET write_date = '2020-01-01'", SQL.identifier(table))
            )
        cls.env.invalidate_all()

    def _traces(self, domain=(), paths=()):
        traces = Traces(self.partners)
        traces.add_domain(list(domain))
        for path in paths:
            traces.add_path(path)
        return traces

    def _write(self, record):
        """Write this record alone: Odoo would write its contacts as well."""
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = '2026-01-01' WHERE id = %s",
                SQL.identifier(record._table),
                record.id,
            )
        )

    def _touched(self, traces, changed=TABLES):
        self.env.flush_all()
        sql = traces.touched_sql(Delta(SINCE, frozenset(changed), NONE))
        rows = self.env.execute_query(sql) if sql else []
        ours = self.parent + self.other + self.child
        return ours.filtered(lambda each: (each.id,) in rows)

    def test_links(self):
        """Table: what is read, what is written, and the records that it is read of."""
        for domain, paths, written, touched in (
            ([("name", "=", "x")], (), self.other, self.other),
            ([("parent_id", "=", 1)], (), self.parent, self.parent),
            ([("parent_id.name", "=", "x")], (), self.parent, self.parent + self.child),
            ([], ["parent_id.name"], self.parent, self.parent + self.child),
            ([("child_ids.name", "=", "x")], (), self.child, self.child + self.parent),
            (
                [("child_ids", "any", [("parent_id.color", "=", 1)])],
                (),
                self.parent,
                self.parent,
            ),
            ([("category_id.name", "=", "x")], (), self.tag, self.parent),
            ([("country_id.code", "=", "x")], (), self.other.country_id, self.other),
            ([("name", "=", "x")], (), self.tag, self.partners),
            (
                [],
                [(By("res.partner.bank", "partner_id"), "acc_number")],
                self.bank,
                self.other,
            ),
        ):
            with (
                self.subTest(domain=domain, paths=paths),
                self.env.cr.savepoint() as savepoint,
            ):
                self._write(written)
                found = self._touched(self._traces(domain, paths))
                self.assertEqual(found, touched)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_tables_in_which_nothing_was_written_are_not_asked(self):
        self.parent.name = "Renamed"
        traces = self._traces([("parent_id.name", "=", "x")])
        self.assertFalse(self._touched(traces, ["res_country"]))
        self.assertIsNone(traces.touched_sql(Delta(SINCE, NONE, NONE)))

    def test_what_leaves_no_trace_is_not_covered(self):
        """Table: what is read, where rows were written or deleted, and the result."""
        relation = self.partners._fields["category_id"].relation
        for domain, changed, deleted, is_covered in (
            ([("name", "=", "x")], {"res_partner"}, {"res_partner"}, True),
            ([("name", "=", "x")], {"res_country"}, {}, False),
            ([("category_id.name", "=", "x")], {"res_partner_category"}, {}, True),
            ([("category_id.name", "=", "x")], {relation}, {}, False),
            (
                [("country_id.code", "=", "x")],
                {"res_country"},
                {"res_country"},
                False,
            ),
            ([("category_id", "child_of", 1)], {"res_partner_category"}, {}, False),
        ):
            with self.subTest(domain=domain, changed=changed, deleted=deleted):
                delta = Delta(SINCE, frozenset(changed), frozenset(deleted))
                self.assertEqual(self._traces(domain).covers(delta), is_covered)

    def test_what_cannot_be_traced(self):
        for domain in (
            [("parent_id", "ilike", "x")],
            [("has_shared_vat", "=", True)],
            [("message_ids.notification_ids.is_read", "=", True)],
        ):
            with self.subTest(domain=domain), self.assertRaises(UntracedError):
                self._traces(domain)

    def test_record_rules_are_read_as_well(self):
        """A rule of the author may depend on more than the filter does."""
        rule = self.env["ir.rule"].create(
            {
                "name": "By tag",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[('category_id.name', '!=', 'Secret')]",
            }
        )
        self.assertTrue(rule)
        user = self.env.ref("base.user_admin")
        traces = Traces(self.partners.with_user(user))
        self.tag.name = "Renamed"
        self.assertEqual(self._touched(traces), self.parent)

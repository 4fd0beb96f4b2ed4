from ast import literal_eval

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon


@tagged("post_install", "-at_install")
class TestAuditQuery(AuditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0))
        cls.abroad = cls._posted((1, 50.0), currency=cls.foreign_currency)
        cls.credit = cls._posted((1, 30.0), move_type="out_refund")
        cls._posted((1, 10.0), invoice_date="2025-06-30", date="2025-06-30")
        cls._posted((1, 999.0), company_data=cls.company_b_data)
        cls._pay(cls.invoice, 40, payment_date="2026-02-01")

    def _of(self, code):
        return self.audit.with_user(self.auditor)._population(code)

    def test_totals_are_in_company_currency(self):
        query = self._query(
            domain="[('move_type', '=', 'out_invoice'), ('date', '>=', date_from)]"
        )
        found = self.invoice + self.abroad
        self.assertEqual(
            query._records(), found.sorted(lambda m: (m.date, m.name), reverse=True)
        )
        self.assertEqual(query._totals(), (2, sum(found.mapped("amount_total_signed"))))

    def test_values_are_text(self):
        query = self._query(columns="name, partner_id.email,amount_total_signed,date")
        self.assertEqual(
            query._values(self.invoice)[self.invoice.id],
            {
                "name": self.invoice.name,
                "partner_id.email": "accounts@partner-a.example.com",
                "amount_total_signed": f"{self.invoice.amount_total_signed:.2f}",
                "date": "2026-01-15",
            },
        )

    def test_populations_agree_with_the_ledger(self):
        for code in ("invoices", "credit_notes", "items", "open", "receipts"):
            with self.subTest(code):
                query = self._of(code)
                count, total = query._totals()
                self.assertEqual(count, len(query._records()))
                self.assertTrue(count)
                self.assertAlmostEqual(total, query._ledger_total(), 2)
        self.assertEqual(self._of("open"), self._of("open"))

    def test_form_shows_labels_and_dates(self):
        """Would have caught field names, and a filter that the client calls invalid."""
        shown = {}
        for code in ("invoices", "credit_notes", "items", "open", "receipts"):
            query = self._of(code)
            labels = query.column_labels.split(", ")
            shown[code] = labels, query.amount_label
            self.assertEqual(len(labels), len(query._paths()))
            self.assertNotIn("_", query.column_labels + query.amount_label)
            self.assertNotIn("date_from", query.resolved_domain)
            self.assertEqual(
                query._model().search_count(literal_eval(query.resolved_domain)),
                query._model().search_count(query._filter_domain(query._model())),
            )
        self.assertEqual(shown["receipts"][0][-1], "Balance")
        self.assertEqual(shown["receipts"][1], "Credit")
        linked = self._query(columns="name,partner_id.vat")
        self.assertEqual(linked.column_labels, "Number, Partner › Tax ID")

    def test_open_items_as_of_a_date_before_a_payment(self):
        query = self._of("open")
        query.date = "2026-01-31"
        before = query._totals()[1]
        query.date = "2026-02-28"
        self.assertAlmostEqual(before - query._totals()[1], 40, 2)
        self.assertAlmostEqual(query._totals()[1], query._ledger_total(), 2)

    def test_records_hidden_by_rules_show_as_a_difference(self):
        query = self._of("invoices")
        total = self.invoice.amount_total
        hidden = self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "domain_force": f"[('id', '!=', {self.invoice.id})]",
            }
        )
        self.assertTrue(hidden)
        self.assertAlmostEqual(query._ledger_total() - query._totals()[1], total, 2)

    def test_invalid_queries_are_refused(self):
        for values, words in (
            ({"columns": "nonsense"}, "there is no field"),
            ({"columns": "name.nonsense"}, "there is no field"),
            ({"domain": "[('nonsense', '=', 1)]"}, "nonsense"),
            ({"domain": "nonsense("}, "the filter is not valid"),
            ({"domain": "[('id', '=', __nonsense__)]"}, "the filter is not valid"),
            ({"domain": "[('id', '=', 1 / 0)]"}, "the filter is not valid"),
            ({"domain": "[('id', '=', 'nonsense')]"}, "the filter is not valid"),
            ({"amount_path": "name"}, "not an amount"),
            ({"amount_path": "amount_total"}, "currency of each record"),
            ({"amount_path": "nonsense"}, "no field"),
        ):
            with (
                self.subTest(values),
                self.assertRaisesRegex(ValidationError, words),
                mute_logger("odoo.sql_db"),
            ):
                self._query(**values)

    def test_access_rights_of_the_user_apply(self):
        with self.assertRaises(AccessError):
            self._query(
                model="ir.config_parameter",
                domain="[]",
                columns="key",
                amount_path=False,
            )

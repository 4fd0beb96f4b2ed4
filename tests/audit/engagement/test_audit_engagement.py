from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.audit.common import AuditCommon


@tagged("post_install", "-at_install")
class TestAuditEngagement(AuditCommon):
    def test_auditors_see_their_own_engagements_only(self):
        other = self._audit(auditor_ids=[Command.set(self.other_auditor.ids)])
        engagements = self.env["clerk.audit"]
        self.assertEqual(
            engagements.with_user(self.auditor).search(
                [("id", "in", [self.audit.id, other.id])]
            ),
            self.audit,
        )
        self.assertEqual(
            engagements.with_user(self.clerk).search_count(
                [("id", "in", [self.audit.id, other.id])]
            ),
            2,
        )
        for stranger in (self.other_auditor, self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                self.audit.with_user(stranger).read(["name"])

    def test_parts_follow_their_engagement(self):
        query = self._query()
        query.with_user(self.auditor).read(["name"])
        with self.assertRaises(AccessError):
            query.with_user(self.other_auditor).read(["name"])
        with self.assertRaises(AccessError):
            self._query(user=self.other_auditor)

    def test_who_may_set_up(self):
        with self.assertRaises(AccessError):
            self.audit.with_user(self.clerk).name = "Mine"
        with self.assertRaisesRegex(AccessError, "supervisor"):
            self.audit.with_user(self.auditor).date_to = "2027-12-31"
        self.audit.with_user(self.auditor).materiality = 20000
        self.audit.with_user(self.supervisor).date_to = "2026-12-30"
        with self.assertRaises(AccessError):
            self.audit.with_user(self.auditor).copy()

    def test_an_auditor_needs_the_role_and_the_company(self):
        with self.assertRaisesRegex(ValidationError, "Auditor role"):
            self.audit.auditor_ids = self.clerk
        abroad = self._new_user(
            "auditor_b", "invoicing_clerk.group_auditor", company=self.company_b
        )
        with self.assertRaisesRegex(ValidationError, "does not have access"):
            self.audit.auditor_ids = abroad

    def test_a_period_of_this_age(self):
        """Days before and after a period have to be days, too."""
        for values in ({"date_from": "0026-01-01"}, {"date_to": "9999-12-31"}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self._audit(**values)

    def test_materialities_fall(self):
        with self.assertRaisesRegex(ValidationError, "cannot exceed"):
            self.audit.performance_materiality = 10001
        self.audit.performance_materiality = 0

    def test_closed_stands_still(self):
        query = self._query()
        audit = self.audit.with_user(self.auditor)
        audit.action_report()
        audit.action_close()
        for change in (
            lambda: query.write({"name": "Other"}),
            lambda: query.unlink(),
            lambda: self._query(),
            lambda: audit.write({"materiality": 1}),
        ):
            with self.assertRaisesRegex(UserError, "is closed"):
                change()
        audit.action_reopen()
        query.name = "Other"

    def test_parts_stay_where_they_are(self):
        other = self._audit(name="Other")
        with self.assertRaisesRegex(UserError, "cannot be moved"):
            self._query().audit_id = other


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

    def test_finds_with_totals_in_company_currency(self):
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

    def test_open_items_of_a_day_before_a_payment(self):
        query = self._of("open")
        query.date = "2026-01-31"
        before = query._totals()[1]
        query.date = "2026-02-28"
        self.assertAlmostEqual(before - query._totals()[1], 40, 2)
        self.assertAlmostEqual(query._totals()[1], query._ledger_total(), 2)

    def test_what_rules_hide_shows_as_a_difference(self):
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

    def test_bad_questions_are_refused_in_words(self):
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

    def test_asks_with_the_rights_of_who_asks(self):
        with self.assertRaises(AccessError):
            self._query(
                model="ir.config_parameter",
                domain="[]",
                columns="key",
                amount_path=False,
            )

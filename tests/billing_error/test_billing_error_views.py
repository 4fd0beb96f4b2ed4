import re

from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestBillingErrorViews(ClerkCommon):
    """Views of fifty cases take as many queries as views of one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reason = cls.env.ref("invoicing_clerk.reason_qty")
        cls.errors = cls.env["clerk.billing.error"].with_user(cls.clerk)
        for _number in range(50):
            cls.errors |= cls._open_error(
                cls._posted((3, 100.0)), {"claimed_quantity": 2}, reason_id=reason.id
            )
        cls.env.flush_all()

    def _specification(self, view_type, model="clerk.billing.error"):
        """Return the fields of a view as the web client requests them."""
        view = self.env[model].with_user(self.clerk).get_view(view_type=view_type)
        fields = view["models"][model]
        info = self.env[model].with_user(self.clerk).fields_get(fields)
        return {
            name: {"fields": {"display_name": {}}}
            if info[name]["type"] in ("many2one", "many2many", "one2many")
            else {}
            for name in fields
            if name in info
        }

    def _count(self, records, specification):
        records = records.browse(records.ids)
        return self._count_queries(records.web_read, specification)

    def _assert_flat(self, records, specification):
        self._count(records, specification)  # warms what is cached for good
        one = self._count(records[0], specification)
        fifty = self._count(records, specification)
        self._assert_no_more_queries(one, fifty, margin=1)

    def test_list(self):
        self._assert_flat(self.errors, self._specification("list"))

    def test_kanban(self):
        self._assert_flat(self.errors, self._specification("kanban"))

    def test_phone_shows_one_column_of_cards(self):
        """Of columns beside each other, a phone shows one at a time."""
        errors = self.env["clerk.billing.error"].with_user(self.clerk)
        for is_mobile in (False, True):
            view = errors.get_view(view_type="kanban", mobile=is_mobile)
            is_grouped = "default_group_by" in view["arch"]
            self.assertNotEqual(is_grouped, is_mobile)

    def test_calendar_and_activity(self):
        for view_type in ("calendar", "activity"):
            self._assert_flat(self.errors, self._specification(view_type))

    def test_analysis(self):
        rows = self.env["clerk.billing.error.report"].with_user(self.clerk)
        self._assert_flat(
            rows.browse(self.errors.ids), self._specification("list", rows._name)
        )

    def test_invoices_in_dispute(self):
        self._assert_flat(
            self.errors.move_ids.with_user(self.clerk),
            {"has_open_billing_error": {}, "billing_error_count": {}},
        )

    def test_customers(self):
        partners = self.env["res.partner"].search([], limit=50)
        self._assert_flat(partners.with_user(self.clerk), {"billing_error_count": {}})

    def test_resolving_fifty_reads_the_ledger_once(self):
        self.errors._resolve_cleared()  # warms the caches and clears nothing
        with self.assertQueryCount(8):
            self.assertFalse(self.errors._resolve_cleared())

    def test_invoices_cost_nothing_more(self):
        """Posting an invoice asks nothing of our tables."""
        invoice = self._create_invoice_one_line(price_unit=10.0)
        queries = []
        original = self.env.cr.execute

        def listen(query, *args, **kwargs):
            queries.append(str(query))
            return original(query, *args, **kwargs)

        self.patch(self.env.cr, "execute", listen)
        invoice.action_post()
        self.env.flush_all()
        self.assertTrue(queries)
        ours = re.compile(r"(?:FROM|JOIN|INTO|UPDATE) \W*clerk_")
        self.assertFalse([query for query in queries if ours.search(query)])

    def test_board_shows_the_open_states_even_when_empty(self):
        board = self.errors.with_context(read_group_expand=True)
        groups = board.web_read_group(
            [("id", "in", self.errors.ids)], ["state"], ["__count"]
        )["groups"]
        self.assertEqual(
            [group["state"] for group in groups],
            ["new", "investigating", "waiting", "proposed"],
        )

    def test_median_differs_from_average(self):
        rows = self.env["clerk.billing.error.report"].with_user(self.clerk)
        for error, days in zip(self.errors[:3], (1, 2, 30), strict=True):
            error.sudo().date_opened = "2026-01-01 00:00:00"
            error._take_step("resolve", resolution="Done")
            error.sudo().date_closed = f"2026-01-{days + 1:02} 00:00:00"
        group = rows.formatted_read_group(
            [("id", "in", self.errors.ids)],
            ["reason_id"],
            ["days_to_resolve_median:avg", "days_to_resolve:avg"],
        )[0]
        self.assertAlmostEqual(group["days_to_resolve_median:avg"], 2.0)
        self.assertAlmostEqual(group["days_to_resolve:avg"], 11.0)

    def test_row_of_the_analysis_opens_its_case(self):
        row = self.env["clerk.billing.error.report"].browse(self.errors[0].id)
        self.assertEqual(
            row.with_user(self.clerk).action_open_error()["res_id"], row.id
        )

    def test_forms_open_for_every_role(self):
        for user in (self.clerk, self.supervisor, self.auditor):
            Form(self.errors[0].with_user(user))

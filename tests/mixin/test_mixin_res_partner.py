from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.promise import promise as rules
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon
from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon

FIGURES = [
    "billing_error_count",
    "call_count",
    "in_worklist",
    "last_statement_date",
    "promise_count",
    "promise_judged_count",
    "promise_kept_count",
    "promise_reliability",
    "statement_count",
    "work_item_count",
]
NUMBERS = ("date", "float", "integer", "monetary")
# One for the commercial partners of those on screen, one for all figures of all.
MOST_QUERIES = 2


@tagged("post_install", "-at_install")
class TestMixinResPartner(PromiseCommon, StatementCommon, WorklistCommon):
    """Figures of the smart buttons of contacts."""

    def _records(self, partner, data=None, clerk=None):
        """Make a record of each kind for a customer."""
        self.clerk, kept = clerk or self.clerk, self.clerk
        values = {"partner": partner, "company_data": data or self.company_data}
        move, other = self._posted(**values), self._posted(**values)
        self._open_error(move, {"claimed_quantity": 0}, user=self.clerk)
        self._promise(other, user=self.clerk)
        calls = self.env["clerk.call"].with_user(self.clerk)
        calls.create({"partner_id": partner.id})
        self.clerk = kept

    def _oracle(self, partner):
        """Return the figures by one search of a kind, as the same user."""
        env, customer = partner.env, partner.commercial_partner_id
        own = [("partner_id", "=", customer.id)]
        promises = env["clerk.promise"].search(own)
        kept = promises.filtered(lambda each: each.state == "kept")
        judged = promises.filtered(lambda each: each.state in rules.JUDGED_STATES)
        statements = env["clerk.statement"].search(
            env["clerk.statement"]._portal_domain()
        )
        statements = statements.filtered(
            lambda each: each.partner_id.commercial_partner_id == customer
        )
        items = env["clerk.work.item"].search(list(partner._work_items()))
        return {
            "billing_error_count": env["clerk.billing.error"].search_count(
                [*own, ("date_closed", "=", False)]
            ),
            "call_count": env["clerk.call"].search_count(own),
            "in_worklist": bool(items),
            "last_statement_date": max(statements.mapped("date"), default=False),
            "promise_count": len(promises),
            "promise_judged_count": len(judged),
            "promise_kept_count": len(kept),
            "promise_reliability": (len(kept) + 1) / (len(judged) + 2),
            "statement_count": len(statements),
            "work_item_count": len(items),
        }

    def test_figures_are_what_the_user_may_read(self):
        """Each figure against a search, for 6 users and 4 contacts.

        Would have caught the figures of the customer page, which were related fields
        and so counted records of all companies.
        """
        self._records(self.partner_a)
        self._records(self.partner_a, self.company_b_data, self.clerk_b)
        self._records(self.partner_b)
        self._judged(-9)
        for day in ("2026-01-31", "2026-02-28"):
            self._run(day).sudo().state = "done"
        contacts = self.partner_a + self.contact_a + self.partner_b
        self._worklist([("id", "in", contacts.ids)], partner_path="id")._refresh()
        self._invoices_list(member_ids=self.colleague.ids, members_only=True)._refresh()
        contacts += self.env["res.partner"].create({"name": "New"})
        both = self._new_user("clerk_ab", "invoicing_clerk.group_clerk")
        both.sudo().company_ids += self.company_b
        people = self.clerk, self.colleague, self.supervisor, self.auditor
        seen = set()
        for user in (*people, self.clerk_b, both):
            companies = user.company_ids.ids
            found = contacts.with_user(user).with_context(allowed_company_ids=companies)
            self.env.invalidate_all()
            for contact in found:
                with self.subTest(user=user.login, contact=contact.name):
                    figures = self._oracle(contact)
                    self.assertEqual({name: contact[name] for name in figures}, figures)
                    seen.add(tuple(figures.values()))
        self.assertGreaterEqual(len(seen), 8, "users and contacts differ")

    def test_figures_of_the_customer_page(self):
        """Related fields compute as the superuser unless they say otherwise."""
        self._records(self.partner_a)
        self._records(self.partner_a, self.company_b_data, self.clerk_b)
        balances = self.env["clerk.receivable"]
        balances.sudo()._before_refresh()
        row = balances.with_user(self.clerk).search(
            [("partner_id", "=", self.partner_a.id)]
        )
        partner = self.partner_a.with_user(self.clerk)
        for name in ("billing_error_count", "call_count", "statement_count"):
            self.assertEqual(row[name], partner[name], name)
        self.assertEqual(row.call_count, 1)

    def test_no_related_field_counts_as_the_superuser(self):
        """Every related number of ours to a figure that depends on the reader."""
        count = 0
        for model in self.env.registry.values():
            for field in model._fields.values():
                if not field.related or field.type not in NUMBERS:
                    continue
                if not (field._module or "").startswith("invoicing_clerk"):
                    continue
                target = field.related_field
                context = self.env.registry.field_depends_context[target]
                if target.compute and "allowed_company_ids" in context:
                    count += 1
                    self.assertFalse(field.compute_sudo, field)
        self.assertGreaterEqual(count, 4)

    def _queries(self, partners):
        def read():
            for name in FIGURES:
                partners.mapped(name)

        # Every request reads its user and company.
        user = partners.env.user
        return self._count_queries(read, first=lambda: user.company_ids.mapped("name"))

    def test_two_queries_for_all_buttons(self):
        """For 1 and 80 contacts; there were 16 for one. As clerk and as auditor."""
        self._records(self.partner_a)
        self._worklist([("id", "=", self.partner_a.id)])._refresh()
        many = self.env["res.partner"].create(
            [{"name": f"Customer {index}"} for index in range(79)]
        )
        for user in (self.clerk, self.auditor):
            partners = (self.partner_a + many).with_user(user)
            self._queries(partners)
            for some in (partners[:1], partners):
                with self.subTest(user=user.login, partners=len(some)):
                    self.assertLessEqual(self._queries(some), MOST_QUERIES)

    def test_new_contact(self):
        contact = self.env["res.partner"].with_user(self.clerk).new({"name": "New"})
        for name in FIGURES:
            expected = 0.5 if name == "promise_reliability" else 0
            self.assertEqual(contact[name], expected, name)

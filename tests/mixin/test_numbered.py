from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestNumbered(ClerkCommon):
    """Each company counts its own records from 1.

    Before, all companies shared one sequence, and each had gaps.
    """

    def _models(self):
        return self.env["res.company"]._numbered_models()

    def test_every_company_has_sequences(self):
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        fresh = companies.create({"name": "Fresh"})
        branch = companies.create({"name": "Branch", "parent_id": fresh.id})
        companies = companies.search([])
        self.assertLessEqual(fresh | branch, companies)
        for code in self._models():
            sequences = self.env["ir.sequence"].sudo().search([("code", "=", code)])
            self.assertEqual(sequences.company_id, companies)
            self.assertEqual(len(sequences), len(companies))

    def test_sequences_are_created_once(self):
        companies = self.env["res.company"].sudo()
        count = self.env["ir.sequence"].sudo().search_count([])
        companies._create_missing_number_sequences()
        self.assertEqual(self.env["ir.sequence"].sudo().search_count([]), count)

    def test_companies_count_for_themselves(self):
        of_a = [self._posted() for _at in range(3)]
        of_b = [self._posted(company_data=self.company_b_data) for _at in range(2)]
        errors = {
            self.company_a: [self._open_error(move) for move in of_a],
            self.company_b: [
                self._open_error(move, user=self.clerk_b) for move in of_b
            ],
        }
        for company, cases in errors.items():
            numbers = [int(case.name.split("/")[-1]) for case in cases]
            with self.subTest(company=company.name):
                self.assertEqual(numbers, [numbers[0] + at for at in range(len(cases))])
                self.assertRegex(cases[0].name, r"^BE/\d{4}/\d{5}$")

    def test_number_of_the_invoices_company(self):
        """Not that of the company in which the user is."""
        both = self.clerk
        both.sudo().company_ids += self.company_b
        move = self._posted(company_data=self.company_b_data)
        errors = self.env["clerk.billing.error"].with_user(both)
        errors = errors.with_context(
            allowed_company_ids=(self.company_a | self.company_b).ids
        )
        corrections = self.env["clerk.correction"].with_env(errors.env)
        remedy = self.env.ref("invoicing_clerk.remedy_correct_lines")
        command = [Command.set(move.ids)]
        for model, vals in (
            (errors, {"move_ids": command}),
            (errors.with_context(default_move_ids=command), {}),
            (corrections, {"move_id": move.id, "remedy_id": remedy.id}),
        ):
            # PostgreSQL counts on after the tests before, which are rolled back.
            expected = self._next_number(self.company_b, model._name)
            other = self._next_number(self.company_a, model._name)
            if model == corrections:
                vals["error_id"] = errors.create({"move_ids": command}).id
            record = model.create(vals)
            self.assertEqual(record.company_id, self.company_b)
            self.assertEqual(int(record.name.split("/")[-1]), expected)
            self.assertEqual(self._next_number(self.company_a, model._name), other)

    def _next_number(self, company, code):
        sequences = self.env["ir.sequence"].sudo()
        sequences.invalidate_model()
        return sequences.search(
            [("code", "=", code), ("company_id", "=", company.id)]
        ).number_next_actual

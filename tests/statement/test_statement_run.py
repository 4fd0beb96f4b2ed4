from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.statement.document_common import (
    pages_of,
)
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)

JANUARY = "2026-01-31"
HTML = "<b>Bold</b> & Sons"


@tagged("post_install", "-at_install")
class TestStatementLedgerFaults(StatementSendCommon):
    """Unusual ledgers."""

    def _owes(self, amount=100.0, **values):
        return self._posted((1, amount), **{"taxes": self.no_tax, **values})

    def test_archived_account_is_included(self):
        self._owes()
        self.receivable.active = False
        run = self._run(JANUARY)
        self.assertEqual(self._figures(self._statement(run))[-1], 100)
        self.assertTrue(run.is_proved)

    def test_locked_periods_are_included(self):
        self._owes()
        self.company_a.sudo().fiscalyear_lock_date = JANUARY
        run = self._sent(self.partner_a)
        self.assertEqual(self._figures(run.statement_ids)[-1], 100)
        self.assertEqual(run.statement_ids.delivery_state, "sent")

    def test_currency_without_rate(self):
        self._owes(60.0, currency=self.foreign_currency)
        self._age_ledger()
        self.foreign_currency.rate_ids.unlink()
        run = self._sent(self.partner_a)
        self.assertTrue(run.is_proved)
        self.assertEqual(
            self._figures(run.statement_ids, self.foreign_currency)[-1], 60
        )
        # As it was booked: statements convert nothing.
        self.assertEqual(run.statement_ids.closing_company, 30)
        self.assertEqual(run.statement_ids.delivery_state, "sent")

    def test_archived_currency(self):
        self._owes(60.0, currency=self.foreign_currency)
        self.foreign_currency.active = False
        run = self._sent(self.partner_a)
        [page] = pages_of(run.statement_ids.document_id.raw)
        self.assertIn("60.00", page)

    def test_branch_is_paid_by_the_company(self):
        """A reconciliation across branches settles both."""
        branch, both = self._branch()
        account = self.receivable.with_env(both)
        lines = account.env["account.move.line"]
        for company, amount in ((branch, 100.0), (self.company_a, -100.0)):
            lines |= self._plain_entry(both, company, amount)
        lines.reconcile()
        self.assertFalse(any(lines.mapped("amount_residual")))
        run = self._run(JANUARY)
        self.assertTrue(run.is_proved, run.proof_ids.mapped("difference"))
        self.assertEqual(self._figures(self._statement(run))[-1], 0)

    def _branch(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.env.cr.precommit.run()
        for user in (self.clerk, self.env.user):
            user.company_ids = [Command.link(branch.id)]
        both = self.env(context={"allowed_company_ids": (self.company_a | branch).ids})
        return branch, both

    def test_runs_of_company_and_branch_list_the_same_items(self):
        """Each says so, and statements of the second are to be reviewed."""
        branch, both = self._branch()
        line = self._plain_entry(both, branch, 100.0)
        run = self._run(JANUARY)
        self.assertFalse(run.overlap)
        runs = self.env["clerk.statement.run"].with_user(self.clerk)
        of_branch = runs.create(
            {"date": JANUARY, "company_id": branch.id, "with_zero": True}
        )
        self.assertIn(run.name, of_branch.overlap)
        of_branch.action_compute()
        for each in (run, of_branch):
            self.assertIn(line.id, each.statement_ids.line_ids.mapped("entry_id"))
        run.invalidate_recordset()
        self.assertIn("Branch", run.overlap)
        runs.create({"date": JANUARY, "company_id": branch.id}).action_compute()
        run.invalidate_recordset()
        self.assertEqual(run.overlap.count("Branch"), 1, "runs of one name: once")
        codes = self._statement(of_branch).exception_codes
        self.assertNotIn("again", codes or "")
        of_branch.action_review()
        of_branch._write_step("send")
        run.action_compute()
        [statement] = self._statement(run)
        self.assertIn("again", statement.exception_codes)
        of_branch.invalidate_recordset()
        other_day = self._run("2026-01-30")
        self.assertFalse(other_day.overlap)

    def test_what_another_company_settled_is_named(self):
        """The run of a branch whose invoice the company was paid for is not proved."""
        branch, both = self._branch()
        lines = self._plain_entry(both, branch, 100.0)
        lines |= self._plain_entry(both, self.company_a, -100.0)
        lines.with_env(both).reconcile()
        runs = self.env["clerk.statement.run"].with_user(self.clerk)
        run = runs.create({"date": JANUARY, "company_id": branch.id})
        run.action_compute()
        [proof] = run.proof_ids.filtered(lambda each: not each.is_proved)
        self.assertEqual(proof.difference, 100)
        self.assertEqual(run._items_of_difference(proof.account_id), lines[0].ids)

    def _unproved(self):
        move = self._owes(70.0)
        self._age_ledger()
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET amount_residual = 45 WHERE id = %s",
                self._receivable_lines(move).id,
            )
        )
        self.env.invalidate_all()
        run = self._run(JANUARY)
        self.assertFalse(run.is_proved)
        return run, move

    def test_a_wrong_residual_amount_is_named(self):
        run, move = self._unproved()
        [proof] = run.proof_ids
        self.assertEqual(proof.difference, 25)
        found = run._items_of_difference(proof.account_id)
        self.assertEqual(found, self._receivable_lines(move).ids)

    def test_an_unproved_run_is_not_reviewed(self):
        run, _move = self._unproved()
        for user in (self.clerk, self.supervisor):
            with self.assertRaisesRegex(UserError, r"general ledger: .*25\.00"):
                run.with_user(user).action_review()
        self.assertEqual(run.state, "computed")
        self.assertNotIn("review", run.allowed_actions)
        with self.assertRaises(AccessError):
            run._approve_unproved("I know")
        with self.assertRaises(AccessError):
            run.action_approve_unproved()
        with self.assertRaises(AccessError):
            self.env["clerk.statement.unproved"].with_user(self.clerk).create(
                {"run_id": run.id, "reason": "I know"}
            )
        with self.assertRaises(UserError):
            run.unproved_reason = "I know"
        with self.assertRaisesRegex(UserError, "Enter the reason"):
            run.with_user(self.supervisor)._approve_unproved("  ")

    def test_a_supervisor_approves_with_a_reason_that_is_printed(self):
        run, _move = self._unproved()
        approved = run.with_user(self.supervisor)
        action = approved.action_approve_unproved()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.supervisor)
            .with_context(**action["context"])
            .create({"reason": "Residual of a migrated item"})
        )
        self.assertEqual(dialog.proof_ids, run.proof_ids)
        dialog.action_apply()
        self.assertRecordValues(
            run,
            [
                {
                    "state": "reviewed",
                    "unproved_reason": "Residual of a migrated item",
                    "unproved_by_id": self.supervisor.id,
                }
            ],
        )
        reports = self.env["ir.actions.report"].with_user(self.clerk)
        page, _type = reports._render_qweb_html(
            "invoicing_clerk.action_report_statement_covers",
            run.ids,
            data={"statement_ids": run.statement_ids.ids},
        )
        self.assertIn("Residual of a migrated item", page.decode())
        self.assertIn(self.supervisor.name, page.decode())
        run.action_reopen()
        self.assertFalse(run.unproved_reason)

    def _plain_entry(self, env, company, amount):
        journal = env["account.journal"].search(
            [("company_id", "parent_of", company.id), ("type", "=", "general")], limit=1
        )
        move = (
            env["account.move"]
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "date": "2026-01-12",
                    "journal_id": journal.id,
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": self.partner_a.id,
                                "balance": sign * amount,
                            }
                        )
                        for account, sign in (
                            (self.receivable, 1),
                            (self.company_data["default_account_revenue"], -1),
                        )
                    ],
                }
            )
        )
        self.assertEqual(move.company_id, company)
        move.action_post()
        return move.line_ids.filtered(lambda line: line.account_id == self.receivable)

    def test_items_that_explain_a_difference(self):
        """Items that were reconciled later are included."""
        move = self._owes(70.0, partner=self.partner_b)
        run = self._run(
            JANUARY, include="chosen", partner_ids=[Command.set(self.partner_a.ids)]
        )
        self._pay(move, payment_date="2026-02-02")
        [proof] = run.proof_ids
        found = self.env["account.move.line"].search(
            proof.action_view_entries()["domain"]
        )
        self.assertEqual(found, self._receivable_lines(move))

    def test_backdated_entry_causes_a_difference(self):
        self._owes()
        run = self._run(JANUARY)
        [proof] = run.proof_ids
        self.assertFalse(run._items_of_difference(proof.account_id))
        late = self._owes(5.0)
        self.assertEqual(
            run._items_of_difference(proof.account_id),
            self._receivable_lines(late).ids,
        )


@tagged("post_install", "-at_install")
class TestStatementRunFaults(StatementSendCommon):
    """Actions on a run at the wrong time."""

    def _reviewed(self, **values):
        run = self._run(JANUARY, **values)
        run.action_review()
        return run

    def test_changed_selection_is_computed_again(self):
        self._posted((1, 3.0), taxes=self.no_tax)
        run = self._run(JANUARY)
        run.minimum = 5.0
        self.assertEqual(run.state, "draft")
        with self.assertRaisesRegex(UserError, "Draft"):
            run.action_review()
        run.action_compute()
        self.assertEqual(self._statement(run).suppression, "minimum")
        run.name = "January"
        self.assertEqual(run.state, "computed")

    def test_selection_of_a_reviewed_run_is_locked(self):
        self._posted((1, 100.0), taxes=self.no_tax)
        run = self._reviewed()
        for values in ({"date": "2026-01-30"}, {"type": "forward"}, {"minimum": 1}):
            with self.assertRaisesRegex(UserError, "Back to Review"):
                run.write(values)
        run.action_reopen()
        run.date = "2026-01-30"
        self.assertEqual(run.state, "draft")

    def test_state_is_not_written(self):
        run = self._run(JANUARY)
        for user in (self.clerk, self.supervisor):
            for values in ({"state": "done"}, {"error": False}, {"done_on": JANUARY}):
                with self.assertRaisesRegex(
                    AccessError, "set by the buttons of the run"
                ):
                    run.with_user(user).write(values)
        runs = run.with_user(self.clerk)
        with self.assertRaisesRegex(AccessError, "set by the buttons of the run"):
            runs.create({"date": JANUARY, "state": "done"})
        forged = runs.with_context(default_state="done").create({"date": JANUARY})
        self.assertEqual(forged.state, "draft")

    def test_runs_without_a_name_are_refused_with_a_sentence(self):
        """Would have caught: an error of Python once somebody had emptied a name."""
        runs = self._run(JANUARY) | self._run("2026-02-28")
        runs.name = False
        for action in ("action_stop", "action_resume"):
            with (
                self.subTest(action),
                self.assertRaisesRegex(UserError, "^Statement Run is Computed"),
            ):
                getattr(runs, action)()

    def test_second_run_of_a_day_shows_customers_already_sent(self):
        customers = self._customers(2)
        sent = self._sent(customers[0])
        again = self._run(
            JANUARY, include="chosen", partner_ids=[Command.set(customers.ids)]
        )
        self.assertIn("already sent", self._statement(again, customers[0]).exceptions)
        self.assertNotIn(
            "before", self._statement(again, customers[1]).exceptions or ""
        )
        self.assertEqual(sent.state, "done")

    def test_first_statements_are_a_point_to_review_where_others_had_one(self):
        """Before, the first run of a company flagged every customer."""
        old, other, new = (self._customers(1) for _each in range(3))
        self._sent(old, day="2026-01-20")
        first = self._run(
            include="domain", partner_domain=f"[('id', 'in', {(old + other).ids})]"
        )
        self.assertEqual(first.statement_ids.mapped("has_exception"), [False, False])
        first.action_review()
        first.action_send()
        later = self._run("2026-02-28", include="chosen", partner_ids=(other + new).ids)
        remarks = [
            self._statement(later, each).exceptions or "" for each in (other, new)
        ]
        self.assertNotIn("first statement", remarks[0])
        self.assertIn("first statement", remarks[1])

    def test_jump_and_limit(self):
        [customer] = self._customers(1)
        self._sent(customer)
        self._posted(
            (1, 250.0), partner=customer, taxes=self.no_tax, invoice_date="2026-02-10"
        )
        customer.with_company(self.company_a).credit_limit = 300
        later = self._statement(self._run("2026-02-28"), customer)
        self.assertEqual((later.previous_closing, later.closing_company), (101, 351))
        self.assertEqual(
            later.exceptions,
            "above the credit limit · unusual change since the last statement",
        )

    def test_bounce_of_the_recipient(self):
        [customer] = self._customers(1)
        books = self.env["res.partner"].create(
            {
                "name": "Books",
                "parent_id": customer.id,
                "type": "invoice",
                "email": "books@customer.example.com",
            }
        )
        books.message_bounce = 2
        statement = self._statement(self._run(JANUARY), customer)
        self.assertIn("bounced", statement.exceptions)

    def test_excluded_customers_show_the_reason(self):
        customers = self._customers(3)
        customers[0].statement_stop_reason = "In court"
        customers[0].statement_stop_until = fields.Date.add(
            fields.Date.context_today(customers), days=3
        )
        customers[1].statement_frequency = "yearly"
        customers[2].statement_minimum = 500
        run = self._run(
            JANUARY,
            kind="monthly",
            include="chosen",
            partner_ids=[Command.set(customers.ids)],
        )
        details = [self._statement(run, each).suppression_details for each in customers]
        self.assertIn("In court (until", details[0])
        self.assertEqual(details[1], "Every Year")
        self.assertIn("500.00", details[2])
        self.assertEqual(run.suppressed_count, 3)
        self.assertEqual(
            self._statement(run, customers[1]).remark,
            "Not Due by Frequency: Every Year",
        )

    def test_delivery_of_the_run_is_for_customers_without_preference(self):
        customers = self._customers(2)
        customers[1].statement_delivery = "email"
        run = self._run(
            JANUARY,
            include="chosen",
            partner_ids=[Command.set(customers.ids)],
            delivery_way="print",
        )
        self.assertIn("no address", self._statement(run, customers[0]).exceptions)
        run.action_review()
        run.action_send()
        self.assertEqual(
            [self._statement(run, each).delivery_way for each in customers],
            ["print", "email"],
        )

    def test_language_of_the_run_is_for_customers_without_preference(self):
        for code in ("fr_FR", "nl_NL"):
            self.env["res.lang"].sudo()._activate_lang(code)
        customers = self._customers(2)
        customers[1].statement_lang = "nl_NL"
        run = self._run(
            JANUARY,
            include="chosen",
            partner_ids=[Command.set(customers.ids)],
            lang="fr_FR",
        )
        self.assertEqual(
            [self._statement(run, each)._document_lang() for each in customers],
            ["fr_FR", "nl_NL"],
        )

    def test_html_in_an_email_is_text(self):
        [customer] = self._customers(1)
        customer.name = HTML
        run = self._run(
            JANUARY, include="chosen", partner_ids=[Command.set(customer.ids)]
        )
        run.statement_ids.note = "<script>alert(1)</script>"
        run.action_review()
        run.action_send()
        self._work()
        [mail] = self.postbox.mail_to(customer.email)
        text = mail.get_body(("html",)).get_content()
        self.assertIn("&lt;b&gt;Bold&lt;/b&gt; &amp; Sons", text)
        self.assertNotIn("<script>", text)

    def test_html_on_cover_sheets_is_text(self):
        [customer] = self._customers(1)
        customer.write(
            {
                "name": HTML,
                "street": "<i>Road</i>",
                "city": "Town",
                "statement_delivery": "print",
            }
        )
        run = self._sent(customer)
        url = run.with_user(self.clerk).action_print()["url"]
        bundle = self.env["ir.attachment"].browse(int(url.rsplit("/", 1)[1]))
        pages = pages_of(bundle.raw)
        for page in pages[:2]:
            for words in ("<b>Bold</b>&Sons", "<i>Road</i>"):
                self.assertIn(words, page.replace(" ", ""))

    def test_report_without_access_rights(self):
        """The report reads with the access rights of the caller."""
        run = self._sent(self._customers(1))
        report = self.env["ir.actions.report"]
        pages = {
            "invoicing_clerk.report_statement": run.statement_ids,
            "invoicing_clerk.report_statement_covers": run,
        }
        for user in (self.outsider, self.clerk_b):
            for name, records in pages.items():
                with self.assertRaises(AccessError):
                    report.with_user(user)._render_qweb_html(
                        name, records.ids, data={"statement_ids": run.statement_ids.ids}
                    )
        html, _kind = report.with_user(self.auditor)._render_qweb_html(
            "invoicing_clerk.report_statement", run.statement_ids.ids
        )
        self.assertIn(run.statement_ids.name, html.decode())

    def test_computing_needs_access_to_the_ledger(self):
        """A user with access to runs, but not to journal items."""
        self._posted((1, 100.0), taxes=self.no_tax)
        run = self._run(JANUARY)
        group = self.env["res.groups"].sudo().create({"name": "Runs without ledger"})
        for model in ("clerk.statement.run", "clerk.statement"):
            self.env["ir.model.access"].sudo().create(
                {
                    "name": model,
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": group.id,
                    "perm_read": True,
                    "perm_write": True,
                }
            )
        self.outsider.sudo().group_ids = [Command.link(group.id)]
        with self.assertRaises(AccessError):
            run.with_user(self.outsider).action_compute()
        with self.assertRaises(AccessError):
            run.with_user(self.outsider).statement_ids._changes()

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import blank_pdf

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestRevision(ContractCommon):
    """New prices: prepared by one, approved by another, announced and applied."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract()
        cls.line = cls.contract.contract_line_ids
        cls._bill(cls.contract)
        cls.index = (
            cls.env["clerk.contract.index"]
            .sudo()
            .create(
                {
                    "name": "Consumer prices",
                    "value_ids": [
                        Command.create({"month": cls._in_months(-14), "value": 100.0}),
                        Command.create(
                            {"month": cls._in_months(-2, 4), "value": 104.2}
                        ),
                    ],
                }
            )
        )

    def _revision(self, contracts=None, user=None, **values):
        """Prepare a revision as the clerk does."""
        revision = (
            self.env["clerk.contract.revision"]
            .with_user(user or self.clerk)
            .create(
                {
                    "contract_ids": [Command.set((contracts or self.contract).ids)],
                    "effective_date": self._in_months(2),
                    "percent": 5.0,
                    **values,
                }
            )
        )
        revision.action_prepare()
        return revision

    def _approved(self, **values):
        revision = self._revision(**values)
        revision.action_request_approval()
        revision.with_user(self.supervisor).action_approve()
        return revision

    def _send(self, revision):
        reports = type(self.env["ir.actions.report"])
        letter = (blank_pdf("Letter"), "pdf")
        with patch.object(reports, "_render_qweb_pdf", return_value=letter):
            revision.action_send_letters()

    # The way of a revision

    def test_from_index_to_successor(self):
        """Billed lines are ended, and continued at the new price."""
        revision = self._revision(
            method="index",
            index_id=self.index.id,
            base_month=self._in_months(-14, 9),
            change_month=self._in_months(-2),
            has_cap=True,
            cap=4.0,
            rounding=0.5,
        )
        price = revision.line_ids
        self.assertEqual(revision.applied_change, 4.0)
        self.assertEqual((price.old_price, price.new_price), (100.0, 104.0))
        self.assertEqual(price.value, 96.0)
        self.assertEqual(revision.stake, 96.0)
        self.assertEqual(price.start_date, self._in_months(2))
        revision.action_request_approval()
        revision.with_user(self.supervisor).action_approve()
        self._send(revision)
        self.assertEqual(price.sent_by, "email")
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("recipient_ids", "in", self.partner_a.ids)])
        )
        self.assertIn(self.partner_a.name, mail.body_html)
        revision.action_apply()
        self.assertEqual((revision.state, price.state), ("applied", "done"))
        new = price.successor_id
        self.assertEqual(new.revised_line_id, self.line)
        self.assertEqual(self.line.date_end, self._in_months(2, -1))
        self.assertEqual(new.date_start, self._in_months(2))
        self.assertEqual(new.recurring_next_date, self._in_months(2))
        self.assertEqual((new.price_unit, new.quantity), (104.0, 2))
        self.assertFalse(new.last_date_invoiced)
        moves = self._bill(self.contract, times=3)
        self.assertEqual(moves.mapped("amount_untaxed"), [200.0, 208.0, 208.0])
        self.assertEqual(
            moves.invoice_line_ids.mapped("contract_date_start"),
            [self._in_months(months) for months in (1, 2, 3)],
        )

    def test_contract_with_one_recurrence(self):
        """Lines get dates of their own where the contract had them for all."""
        contract = self._contract(partner=self.partner_b)
        contract.write(
            {
                "date_start": self._in_months(-2),
                "recurring_next_date": self._in_months(-2),
                "line_recurrence": False,
            }
        )
        self._bill(contract)
        revision = self._approved(contracts=contract, notice_days=0)
        revision.action_apply()
        self.assertEqual(revision.state, "applied")
        lines = contract.contract_line_ids.sorted("date_start")
        self.assertEqual(
            lines.mapped("date_start"), [self._in_months(-2), self._in_months(2)]
        )

    def test_end_of_the_contract_is_kept(self):
        """Lines that end with their contract do not go on after a revision."""
        end = self._in_months(8, -1)
        contract = self._contract({}, {"name": "Hosting", "product_id": False})
        contract.write(
            {
                "date_start": self._in_months(-2),
                "recurring_next_date": self._in_months(-2),
                "line_recurrence": False,
                "date_end": end,
            }
        )
        self._bill(contract)
        revision = self._approved(
            contracts=contract,
            notice_days=0,
            product_ids=[Command.link(self.service.id)],
        )
        revision.action_apply()
        self.assertEqual(revision.state, "applied")
        self.assertEqual(revision.line_ids.successor_id.date_end, end)
        self.assertEqual(contract.date_end, end)
        self.assertEqual(
            {each._last_day() for each in contract.contract_line_ids},
            {end, self._in_months(2, -1)},
        )
        late = self._revision(contracts=contract, effective_date=self._in_months(9))
        self.assertNotIn("ready", late.line_ids.mapped("state"))

    def test_postponed_invoice_stays_postponed(self):
        contract = self._contract({}, {"name": "Hosting", "product_id": False})
        contract.write(
            {
                "date_start": self._in_months(-2),
                "recurring_next_date": self._in_months(-2),
                "line_recurrence": False,
            }
        )
        self._bill(contract)
        contract.recurring_next_date = self._in_months(1, 9)
        lines, dates = contract.contract_line_ids, contract._next_dates()
        revision = self._approved(
            contracts=contract,
            notice_days=0,
            product_ids=[Command.link(self.service.id)],
        )
        revision.action_apply()
        self.assertEqual(revision.state, "applied")
        self.assertEqual({each: each.recurring_next_date for each in dates}, dates)
        self.assertEqual(
            (contract.contract_line_ids - lines).recurring_next_date,
            self._in_months(2),
        )

    def test_period_that_was_shifted(self):
        """The new price begins with a period as it is billed."""
        line = {
            "date_start": self._in_months(-2, 14),
            "recurring_next_date": self._in_months(-1),
        }
        contract = self._contract(line)
        revision = self._revision(contracts=contract)
        self.assertEqual(revision.line_ids.start_date, self._in_months(2))

    def test_period_that_is_shifted_after_approval(self):
        """No days are billed at both prices."""
        start = self._in_months(-2, 14)
        contract = self._contract({"date_start": start, "recurring_next_date": start})
        self._bill(contract, times=2)
        revision = self._approved(contracts=contract, notice_days=0)
        self.assertEqual(revision.line_ids.start_date, self._in_months(2, 14))
        contract.contract_line_ids.recurring_next_date = self._in_months(1)
        revision.action_apply()
        self.assertEqual(revision.line_ids.state, "failed")
        self.assertIn("periods have shifted", revision.line_ids.problem)
        self.assertFalse(contract.contract_line_ids.date_end)

    def test_line_begins_after_what_is_billed(self):
        """The new price begins with the first period that is not billed."""
        self._bill(self.contract, times=2)
        revision = self._revision(effective_date=self._in_months(1))
        self.assertEqual(revision.line_ids.start_date, self._in_months(3))
        revision = self._revision(effective_date=self._in_months(4, 9))
        self.assertEqual(revision.line_ids.start_date, self._in_months(5))

    def test_lines_that_are_not_revised(self):
        pricelist = {"automatic_price": True}
        lines = [
            {"is_canceled": True},
            pricelist,
            {"price_unit": 0},
            {"date_end": self._in_months(1, -1)},
            {"price_unit": 1},
            {
                "date_start": self._in_months(6),
                "recurring_next_date": self._in_months(6),
            },
        ]
        contract = self._contract(*lines)
        revision = self._revision(contracts=contract | self.contract, rounding=5)
        unfit = revision.line_ids.filtered(lambda each: each.state == "unfit")
        self.assertEqual(unfit.contract_id, contract)
        self.assertEqual(len(set(unfit.mapped("problem"))), 6)
        self.assertEqual(revision.stake, 120.0)

    # Who decides

    def test_nobody_approves_their_own(self):
        revision = self._revision(user=self.supervisor)
        revision.action_request_approval()
        with self._refused(AccessError, "somebody else must approve"):
            revision.action_approve()
        with self._refused(AccessError, "Only supervisors"):
            revision.with_user(self.colleague).action_approve()
        revision.with_user(self.other_supervisor).action_approve()
        self.assertEqual(revision.approved_by_id, self.other_supervisor)

    def test_limit(self):
        limit = self.env.ref(
            "invoicing_clerk_contract.approval_limit_supervisor_revision"
        )
        limit.sudo().amount = 100
        revision = self._revision()
        revision.action_request_approval()
        with self._refused(AccessError, "above your own limit"):
            revision.with_user(self.supervisor).action_approve()

    def test_refused_and_edited(self):
        revision = self._revision()
        revision.action_request_approval()
        dialog = (
            self.env["clerk.correction.refusal"]
            .with_user(self.supervisor)
            .with_context(active_model=revision._name, active_id=revision.id)
            .create({"reason": "Too much"})
        )
        dialog.action_refuse()
        self.assertEqual(
            (revision.state, revision.refusal_reason), ("refused", "Too much")
        )
        revision.action_edit()
        revision.percent = 2
        self.assertFalse(revision.line_ids)
        with self._refused(UserError, "Compute the prices first"):
            revision.action_request_approval()

    def test_rights(self):
        """Steps cannot be written, by nobody; other companies see nothing."""
        revision = self._revision()
        self.assertEqual(revision.with_user(self.auditor).line_ids.new_price, 105.0)
        for values in ({"state": "approved"}, {"approved_by_id": self.clerk.id}):
            with self._refused(AccessError):
                revision.write(values)
        with self._refused(AccessError):
            revision.with_user(self.auditor).action_prepare()
        with self._refused(AccessError):
            revision.line_ids.with_user(self.supervisor).write({"new_price": 1})
        with self._refused(AccessError):
            self.env["clerk.contract.revision.line"].with_user(self.clerk).create(
                {"revision_id": revision.id, "new_price": 1}
            )
        self.other_supervisor.sudo().group_ids += self.env.ref(
            "account.group_account_manager"
        )
        for values in ({"revised_line_id": self.line.id}, {"cancelled_on": self.today}):
            with self._refused(AccessError, "not allowed to change"):
                self.line.with_user(self.other_supervisor).write(values)
        with self._refused(AccessError):
            revision.with_user(self.clerk_b).read(["name"])
        with self._refused(AccessError):
            revision.with_user(self.outsider).read(["name"])
        revision.action_request_approval()
        for name, value in (("percent", 50), ("description", "Other words")):
            with self._refused(UserError, "only drafts can be changed"):
                revision[name] = value

    def test_contract_of_another_company(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._revision(company_id=self.company_b.id)

    def test_contract_with_a_vendor(self):
        vendor = self._contract(contract_type="purchase")
        with self._refused(ValidationError, "not a contract with a customer"):
            self._revision(contracts=vendor)

    # Bad input

    def test_terms_that_cannot_be(self):
        cases = (
            ("above the cap", {"has_cap": True, "has_floor": True, "floor": 2}),
            ("no value for", self._by_index(base_month=self._in_months(-5))),
            ("select the index", {"method": "index"}),
            ("between -100 and 1,000", {"percent": -120}),
            ("above zero", {"rounding": 0}),
            ("between 0 and 730", {"notice_days": -1}),
            ("no lines to revise", {"contract_ids": [Command.clear()]}),
        )
        for sentence, values in cases:
            with self.subTest(sentence), self._refused(Exception, sentence):
                self._revision(**values)

    def test_change_follows_cap_and_index(self):
        """The change that is shown is within the limits as they are entered."""
        revisions = self.env["clerk.contract.revision"].with_user(self.clerk)
        revision = revisions.create(self._by_index(effective_date=self._in_months(2)))
        self.assertEqual(revision.applied_change, 4.2)
        revision.write({"has_cap": True, "cap": 4.0})
        self.assertEqual(revision.applied_change, 4.0)
        revision.has_cap = False
        self.index.value_ids.filtered(lambda each: each.value > 100).value = 103.0
        self.assertEqual(revision.applied_change, 3.0)

    def _by_index(self, **values):
        return {
            "method": "index",
            "index_id": self.index.id,
            "base_month": self._in_months(-14),
            "change_month": self._in_months(-2),
            **values,
        }

    def test_index_values(self):
        values = self.index.value_ids.with_user(self.supervisor)
        with self._refused(ValidationError, "not ahead"):
            values.create(
                {"index_id": self.index.id, "month": self._in_months(2), "value": 1}
            )
        with self._refused(AccessError):
            values[0].with_user(self.clerk).value = 1

    def test_index_changed_after_it_was_computed(self):
        """Whoever enters a value does not approve the prices that it gives."""
        revision = self._revision(**self._by_index())
        revision.action_request_approval()
        value = self.index.value_ids.filtered(lambda each: each.value > 100)
        value.value = 114.2
        with self._refused(UserError, "with a change of 4.20%"):
            revision.with_user(self.supervisor).action_approve()
        self.assertEqual(revision.applied_change, 4.2)
        value.with_user(self.supervisor).value = 104.2
        with self._refused(AccessError, "somebody else must approve"):
            revision.with_user(self.supervisor).action_approve()
        revision.with_user(self.other_supervisor).action_approve()

    def test_locked_period(self):
        self.company_a.fiscalyear_lock_date = self._in_months(3)
        with self._refused(UserError, "locked period"):
            self._revision()

    def test_locked_after_approval(self):
        revision = self._approved(notice_days=0)
        self.company_a.fiscalyear_lock_date = self._in_months(3)
        with self._refused(UserError, "locked period"):
            revision.action_apply()
        self.assertEqual(self.line.date_end, False)

    def test_value_changed_before_approval(self):
        revision = self._revision()
        revision.action_request_approval()
        self.line.price_unit = 120
        with self._refused(UserError, "price was .*100.00.* and is .*120.00.* now"):
            revision.with_user(self.supervisor).action_approve()
        self.assertEqual(revision.state, "waiting")

    def test_what_changes_after_approval(self):
        """A contract that changed keeps its price; the others are revised."""
        other = self._contract(partner=self.partner_b)
        self._bill(other)
        revision = self._approved(contracts=self.contract | other, notice_days=0)
        self.line.quantity = 3
        revision.action_apply()
        self.assertEqual(revision.state, "approved")
        failed = revision.line_ids.filtered(lambda each: each.state == "failed")
        self.assertEqual(failed.contract_id, self.contract)
        self.assertIn("was changed since", failed.problem)
        self.assertFalse(self.line.date_end)
        self.assertEqual(len(other.contract_line_ids), 2)
        for step in (revision.action_edit, revision.action_cancel):
            with self._refused(UserError, "applied already"):
                step()
        self.assertEqual(len(revision.line_ids), 2)
        with self.env.cr.savepoint() as undone:
            revision.action_close()
            self.assertEqual(revision.state, "applied")
            undone.rollback()
        revision.invalidate_recordset()
        self.line.quantity = 2
        revision.action_apply()
        self.assertEqual(revision.state, "applied")

    def test_customer_archived_or_merged(self):
        for change, sentence in (
            (lambda: self._archive(self.partner_a), "was archived"),
            (lambda: self.contract.write({"active": False}), "was archived"),
            (lambda: self._merge(), "the customer was"),
            (lambda: self._bill(self.contract, times=3), "was billed until"),
        ):
            with self.subTest(sentence), self._refused(UserError, sentence):
                revision = self._revision()
                revision.action_request_approval()
                change()
                revision.with_user(self.supervisor).action_approve()

    def _archive(self, partner):
        partner.child_ids.active = False
        partner.active = False

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        target = self.env["res.partner"].create({"name": "Target"})
        wizard._merge((self.partner_a | target).ids, target)

    def test_notice(self):
        revision = self._revision(effective_date=self._in_months(1), notice_days=60)
        revision.action_request_approval()
        with self._refused(UserError, "too late"):
            revision.with_user(self.supervisor).action_approve()
        revision.action_cancel()
        revision = self._approved(notice_days=10)
        with self._refused(UserError, "no letter yet"):
            revision.action_apply()

    def test_letters(self):
        revision = self._approved()
        self.partner_a.email = False
        with self._refused(UserError, "Print the letters instead"):
            self._send(revision)
        revision.action_print_letters()
        self.assertEqual(revision.line_ids.sent_by, "print")
        with self._refused(UserError, "already been notified"):
            revision.action_edit()
        with self._refused(UserError, "no letters to print"):
            revision.action_print_letters()
        (letter,) = revision._letters()
        self.assertEqual(letter["partner"], self.contract.invoice_partner_id)
        reports = self.env["ir.actions.report"].with_user(self.clerk)
        html, _type = reports._render_qweb_html(
            "invoicing_clerk_contract.report_contract_revision", revision.ids
        )
        for text in (b"Maintenance", b"105.00", b"100.00"):
            self.assertIn(text, html)

    def test_letters_of_several_customers(self):
        """Each has one letter; a contract that changed does not stop the others."""
        other = self.env["res.partner"].create({"name": "Printed", "email": False})
        third = self.env["res.partner"].create({"name": "Third", "email": "3@test.com"})
        printed, changed = (self._contract(partner=each) for each in (other, third))
        self._bill(printed | changed)
        revision = self._approved(contracts=self.contract | printed | changed)
        self.partner_a.email = "a@test.com"
        lines = {each.contract_id: each for each in revision.line_ids}
        changed.contract_line_ids.quantity = 7
        reports = type(self.env["ir.actions.report"])
        letter = (blank_pdf("Letter"), "pdf")
        with patch.object(reports, "_render_qweb_pdf", return_value=letter):
            message = revision.action_send_letters()["params"]["message"]
            self.assertIn("Printed", message)
            self.assertNotIn(self.partner_a.name, message)
            self.assertEqual(
                [lines[each].sent_by for each in (self.contract, printed, changed)],
                ["email", False, False],
            )
            self.assertEqual(lines[changed].state, "failed")
            revision.action_print_letters()
        self.assertEqual(lines[self.contract].sent_by, "email")
        self.assertEqual(lines[printed].sent_by, "print")
        shown = revision.with_context(clerk_line_ids=lines[printed].ids)._letters()
        self.assertEqual([each["partner"] for each in shown], [other])
        revision.action_apply()
        self.assertEqual(revision.state, "approved")
        self.assertEqual(
            [lines[each].state for each in (self.contract, printed, changed)],
            ["done", "done", "failed"],
        )
        revision.action_close()
        self.assertEqual(len(changed.contract_line_ids), 1)

    def test_two_requested_at_once(self):
        first, second = self._revision(), self._revision()
        first.action_request_approval()
        with self._refused(UserError, "revises the line already"):
            second.action_request_approval()

    def test_one_revision_at_a_time(self):
        first = self._revision()
        first.action_request_approval()
        second = self._revision()
        self.assertIn(first.name, second.line_ids.problem)

    def test_queries_do_not_grow(self):
        contracts = self.contract
        for _number in range(3):
            contracts |= self._contract(partner=self.partner_b)
        few, many = (
            self._revision(contracts=each) for each in (contracts[:2], contracts)
        )
        self.env.flush_all()
        counts = [self._count_queries(each.action_prepare) for each in (few, many)]
        self.assertLessEqual(counts[1], counts[0] + 1)

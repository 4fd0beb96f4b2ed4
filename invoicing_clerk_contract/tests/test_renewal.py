from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ContractCommon


@tagged("post_install", "-at_install")
class TestRenewal(ContractCommon):
    """Contracts come into the queue before notice has to be given, and are decided."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.end = cls._in_months(4, -1)
        cls.contract = cls._contract({"date_end": cls.end})
        cls.contract.write({"clerk_notice": 3, "clerk_lead_days": 60})
        cls.renewals = cls.env["clerk.contract.renewal"].sudo()

    def _find(self, contract=None):
        self.env.flush_all()
        self.renewals._find(self.company_a)
        found = self._of(self.contract if contract is None else contract)
        return found.with_user(self.supervisor).sudo(False)

    def _of(self, contract):
        return self.renewals.search([("contract_id", "in", contract.ids)])

    def _decide(self, renewal, outcome, **values):
        dialog = (
            self.env["clerk.contract.renewal.decide"]
            .with_user(renewal.env.user)
            .with_context(active_model=renewal._name, active_id=renewal.id)
            .create({"outcome": outcome, **values})
        )
        return dialog.action_decide()

    # The queue

    def test_found_with_what_one_needs(self):
        renewal = self._find()
        self.assertEqual(renewal.end_date, self.end)
        self.assertEqual(renewal.notice_by, self._in_months(1, -1))
        self.assertEqual((renewal.value, renewal.user_id), (2400.0, self.clerk))
        self.assertEqual(renewal.partner_id, self.partner_a)
        self.assertFalse(renewal.renews_itself)
        self.assertEqual(self._find(), renewal)

    def test_scheduled_action(self):
        cron = self.env.ref("invoicing_clerk_contract.ir_cron_contract_renewal")
        with self._in_background():
            cron.method_direct_trigger()
        self.assertTrue(self._of(self.contract))

    def test_not_yet_due(self):
        self.contract.write({"clerk_notice": 0, "clerk_lead_days": 30})
        self.assertFalse(self._find())

    def test_follows_the_contract(self):
        renewal = self._find()
        self.contract.contract_line_ids.price_unit = 150
        self.assertEqual(self._find().value, 3600.0)
        self.contract.contract_line_ids.date_end = self._in_months(20, -1)
        self._find()
        self.assertEqual(renewal.state, "lapsed")

    def test_archived(self):
        renewal = self._find()
        self.contract.active = False
        self._find()
        self.assertEqual(renewal.state, "lapsed")
        self.contract.active = True
        self.contract.contract_line_ids.price_unit = 150
        self.assertEqual(self._find(), renewal)
        self.assertEqual((renewal.state, renewal.value), ("open", 3600.0))
        self._decide(renewal, "renewed")
        self.contract.contract_line_ids.date_end = self.end
        self._find()
        self.assertEqual(renewal.state, "renewed")

    def test_without_end(self):
        """A contract without end is in the queue only if it has terms."""
        contract = self._contract({"date_start": self._in_months(-11)})
        self.assertFalse(self._find(contract))
        contract.write({"clerk_term_months": 12, "clerk_lead_days": 60})
        renewal = self._find(contract)
        self.assertEqual(renewal.end_date, self._in_months(1, -1))
        self.assertTrue(renewal.renews_itself)
        self.assertFalse(renewal.has_end)
        self._decide(renewal, "renewed", new_end=self.end)
        self.assertFalse(renewal.new_end)

    def test_call(self):
        """The pad opens on a call to the customer."""
        action = self._find().with_user(self.clerk).action_new_call()
        calls = self.env["clerk.call"].with_user(self.clerk)
        call = calls.search([("partner_id", "=", self.partner_a.id)])
        self.assertEqual(action["res_model"], "clerk.call")
        self.assertEqual(call.company_id, self.company_a)

    def test_missed_notice(self):
        self.contract.write({"clerk_notice": 6, "clerk_term_months": 12})
        renewal = self._find()
        self.assertLess(renewal.days_left, 0)
        self.assertIn("billing stops", renewal.situation)
        self.assertIn(renewal, renewal.search([("notice_by", "<", "today")]))

    def test_responsible_without_access(self):
        """A contract of somebody who cannot read renewals has no owner at first."""
        self.contract.user_id = self.outsider
        self.assertFalse(self._find().user_id)

    def test_other_company_and_vendors(self):
        vendor = self._contract({"date_end": self.end}, contract_type="purchase")
        self.renewals._find(self.company_b)
        self.assertFalse(self._of(self.contract) | self._of(vendor))
        renewal = self._find()
        self.assertFalse(self._of(vendor))
        self.assertFalse(
            self.renewals.with_user(self.clerk_b).search([("id", "=", renewal.id)])
        )

    def test_queries_do_not_grow(self):
        for _number in range(2):
            self._contract({"date_end": self.end}, clerk_lead_days=200)
        self._find()
        few = self._count_queries(self.renewals._find, self.company_a)
        for _number in range(4):
            self._contract({"date_end": self.end}, clerk_lead_days=200)
        self._find()
        self.assertLessEqual(
            self._count_queries(self.renewals._find, self.company_a), few
        )

    # Decisions

    def test_renewed(self):
        renewal = self._find()
        self._decide(renewal, "renewed", reason="By phone")
        self.assertEqual(renewal.state, "renewed")
        self.assertEqual(renewal.decided_by_id, self.supervisor)
        self.assertEqual(self.contract.date_end, self._in_months(16, -1))
        self.assertEqual(renewal.new_end, self.contract.date_end)

    def test_renewed_until_an_earlier_day(self):
        with self._refused(UserError, "enter a later day"):
            self._decide(self._find(), "renewed", new_end=self.end)

    def test_only_supervisors_change_an_end(self):
        renewal = self._find().with_user(self.clerk)
        with self._refused(AccessError, "Only supervisors"):
            self._decide(renewal, "renewed")
        self.assertEqual(self.contract.date_end, self.end)
        self._decide(renewal, "ended", reason="Letter of today")
        self.assertEqual(
            (renewal.state, renewal.decision), ("ended", "Letter of today")
        )
        self.assertEqual(self.contract.date_end, self.end)

    def test_ended_without_end(self):
        section = {"display_type": "line_section", "name": "Care", "product_id": False}
        contract = self._contract({"date_start": self._in_months(-11)}, section)
        contract.write({"clerk_term_months": 12, "clerk_lead_days": 60})
        renewal = self._find(contract)
        with self._refused(UserError, "Only supervisors"):
            self._decide(renewal.with_user(self.clerk), "ended", reason="Letter")
        with self._refused(UserError, "Enter why"):
            self._decide(renewal, "ended")
        self._decide(renewal, "ended", reason="Letter")
        self.assertEqual(contract.date_end, self._in_months(1, -1))
        self.assertFalse(
            self._find(contract).filtered(lambda each: each.state == "open")
        )
        with self._refused(UserError, "kept on record"):
            contract.unlink()

    def test_ended_before_a_line_begins(self):
        """A line that would begin after the end is cancelled."""
        end, start = self._in_months(1, -1), self._in_months(1)
        contract = self._contract(
            {"date_start": self._in_months(-11), "date_end": end},
            {"date_start": start, "recurring_next_date": start},
        )
        contract.write({"clerk_term_months": 12, "clerk_lead_days": 60})
        self._decide(self._find(contract), "ended", reason="Letter")
        old, new = contract.contract_line_ids.sorted("date_start")
        self.assertEqual((old.is_canceled, new.is_canceled), (False, True))
        self.assertEqual(new.cancelled_on, self.today)
        self.assertEqual((contract.date_end, contract._billing_end()), (end, end))

    def test_term_that_is_over(self):
        """Nobody decides on it, and it leaves the queue."""
        contract = self._contract({"date_start": self._in_months(-11)})
        contract.write({"clerk_term_months": 12, "clerk_lead_days": 60})
        renewal = self._find(contract)
        self._decide(renewal, "renegotiated", reason="Index")
        renewal.sudo()._inside().end_date = self._in_months(-11, -1)
        for outcome in ("renewed", "ended"):
            with self._refused(UserError, "has ended or was changed"):
                self._decide(renewal, outcome, reason="Letter")
        self._find(contract)
        self.assertEqual(renewal.state, "lapsed")
        with self._refused(UserError, "kept on record"):
            contract.unlink()

    def test_end_of_the_contract_alone(self):
        """An end that only the contract has is moved there."""
        contract = self._contract()
        contract.write(
            {
                "date_start": self._in_months(-2),
                "recurring_next_date": self._in_months(-2),
                "line_recurrence": False,
                "date_end": self.end,
            }
        )
        contract.write({"clerk_notice": 3, "clerk_lead_days": 60})
        renewal = self._find(contract)
        self._decide(renewal, "renewed")
        self.assertEqual(contract.date_end, self._in_months(16, -1))
        self.assertEqual(contract._billing_end(), renewal.new_end)

    def test_sections_and_canceled_lines_hide_no_end(self):
        section = {"display_type": "line_section", "name": "Care", "product_id": False}
        cancelled = {"is_canceled": True}
        contract = self._contract({"date_end": self.end}, section, cancelled)
        contract.write({"clerk_notice": 3, "clerk_lead_days": 60})
        self.assertFalse(contract.date_end)
        renewal = self._find(contract)
        self.assertEqual((renewal.end_date, renewal.value), (self.end, 2400.0))
        self._decide(renewal, "renewed")
        self.assertEqual(contract._billing_end(), self._in_months(16, -1))

    def test_contracts_that_have_ended(self):
        """They come into the queue for some days, in case it was missed."""
        missed = self._contract({"date_end": fields.Date.add(self.today, days=-1)})
        missed.write({"clerk_notice": 0, "clerk_lead_days": 0})
        self.assertEqual(self._find(missed).state, "open")
        past = self._in_months(-2, -1)
        start = self._in_months(-6)
        ended = self._contract(
            {"date_start": start, "recurring_next_date": start, "date_end": past}
        )
        cancelled = self._contract({"date_end": self.end, "is_canceled": True})
        (ended | cancelled).write({"clerk_notice": 3, "clerk_lead_days": 60})
        self.assertFalse(self._find(ended | cancelled))

    def test_value_of_a_line_that_is_continued(self):
        """A line and the one that continues it do not both count."""
        middle = self._in_months(2)
        contract = self._contract(
            {"date_end": self._in_months(2, -1)},
            {
                "price_unit": 110,
                "date_start": middle,
                "recurring_next_date": middle,
                "date_end": self.end,
            },
        )
        contract.write({"clerk_notice": 3, "clerk_lead_days": 60})
        self.assertEqual(self._find(contract).value, 2640.0)

    def test_ended_before_what_is_billed(self):
        contract = self._contract(
            {
                "date_start": self._in_months(-11),
                "recurring_next_date": self._in_months(-11),
            }
        )
        contract.write({"clerk_term_months": 12, "clerk_lead_days": 60})
        renewal = self._find(contract)
        self._bill(contract, times=13)
        with self._refused(UserError, "is billed until"):
            self._decide(renewal, "ended", reason="Letter")
        self.assertEqual(renewal.state, "open")

    def test_renegotiated(self):
        renewal = self._find().with_user(self.clerk)
        action = self._decide(renewal, "renegotiated", reason="Index")
        revisions = self.env["clerk.contract.revision"].with_user(self.clerk)
        revision = revisions.browse(action["res_id"])
        self.assertEqual(renewal.revision_id, revision)
        self.assertEqual(revision.contract_ids, self.contract)
        self.assertEqual(renewal.state, "renegotiated")
        revision.action_prepare()
        self.assertIn("renew its contract first", revision.line_ids.problem)
        self._find()
        self.assertEqual(renewal.state, "renegotiated")
        self.assertIn("Billing stops", renewal.situation)
        self._decide(renewal.with_user(self.supervisor), "renewed")
        revision.action_prepare()
        self.assertEqual(revision.line_ids.start_date, self._in_months(4))
        self.assertEqual(renewal.revision_id, revision)

    def test_contract_changed_meanwhile(self):
        renewal = self._find()
        self.contract.contract_line_ids.date_end = self._in_months(9, -1)
        with self._refused(UserError, "changed meanwhile"):
            self._decide(renewal, "renewed")
        self.contract.contract_line_ids.date_end = self.end
        self.partner_a.child_ids.active = False
        self.partner_a.active = False
        with self._refused(UserError, "was archived"):
            self._decide(renewal, "renewed")

    def test_rights(self):
        renewal = self._find()
        for user in (self.clerk, self.supervisor):
            for values in ({"state": "ended"}, {"notice_by": self.today}):
                with self._refused(AccessError):
                    renewal.with_user(user).write(values)
        renewal.with_user(self.clerk).write({"note": "Call in May"})
        with self._refused(ValidationError, "no access"):
            renewal.with_user(self.clerk).user_id = self.clerk_b
        self.assertEqual(renewal.with_user(self.auditor).note, "Call in May")
        with self._refused(AccessError):
            renewal.with_user(self.auditor).note = "Mine"
        with self._refused(AccessError):
            self.renewals.with_user(self.supervisor).create(
                {"contract_id": self.contract.id, "end_date": self.today}
            )
        with self._refused(AccessError):
            renewal.with_user(self.outsider).read(["state"])
        readable = self.contract.with_user(self.outsider).fields_get()
        self.assertNotIn("renewal_count", readable)

    def test_deadline_follows_the_terms(self):
        self.assertEqual(self.contract.clerk_notice_by, self._in_months(1, -1))
        self.contract.clerk_notice_unit = "days"
        self.assertEqual(self.contract.clerk_notice_by, self._in_months(4, -4))
        self.contract.contract_line_ids.is_canceled = True
        self.assertFalse(self.contract.clerk_notice_by)

    def test_terms_out_of_range(self):
        for values in ({"clerk_notice": -1}, {"clerk_term_months": 601}):
            with self._refused(ValidationError, "must be between 0 and"):
                self.contract.write(values)

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)

# A weekday and a Saturday.
TUESDAY, SATURDAY = "2026-03-10 12:00:00", "2026-03-14 12:00:00"


@tagged("post_install", "-at_install")
class TestAuditTestHistory(AuditTestCommon):
    """Steps of entries and the people who took them are found, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Tracking is switched off in tests by default.
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": False,
                "mail_notrack": False,
                "mail_create_nolog": False,
            }
        )

    def _told(self):
        """Write tracking values, as the end of a transaction does."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _drafted(self, amount, user=None):
        move = self._invoice(amount)
        self._told()
        return move.with_user(user) if user else move

    def _forget(self, move):
        """Delete the history in the database: nobody else can, during an audit."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "DELETE FROM mail_message WHERE model = 'account.move' AND res_id = %s",
                move.id,
            )
        )
        self.env.invalidate_all()

    def test_reposted(self):
        self._drafted(10)
        again = self._drafted(20)
        again.button_draft()
        self._told()
        again.action_post()
        self._told()
        reset = self._drafted(30)
        reset.button_draft()
        self._told()
        run = self._run("REPOSTED")
        self.assertEqual(self._found(run), [("reposted", again.name, 20)])
        self.assertEqual(run.population_count, 2)
        self.assertIn("times: 1", run.exception_ids.explanation)

    def test_dates_are_in_the_time_zone_of_the_company(self):
        self.company_a.partner_id.tz = "Asia/Tokyo"
        again = self._drafted(20)
        again.button_draft()
        self._told()
        again.action_post()
        self._told()
        self._tamper(again.message_ids, date="2026-03-14 22:00:00")
        run = self._run("REPOSTED")
        self.assertEqual(run.exception_ids.facts["date_reset"], "2026-03-15")

    def test_reposted_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        again = self._drafted(20).with_context(lang="fr_FR")
        again.button_draft()
        self._told()
        again.action_post()
        self._told()
        self.assertEqual(
            self._found(self._run("REPOSTED")), [("reposted", again.name, 20)]
        )

    def test_without_a_history(self):
        self.env = self.env(context={**self.env.context, "tracking_disable": True})
        move = self.env["account.move"].browse(self._invoice(10).id)
        self._told()
        self._forget(move)
        self._skipped("REPOSTED", "has a history")

    def _one_person(self, created, credited, paid):
        customer = (
            self.env["res.partner"].with_user(created).create({"name": "Own customer"})
        )
        invoices = self._invoice(100, partner=customer) + self._invoice(
            60, partner=customer
        )
        credit = self._invoice(
            40, partner=customer, move_type="out_refund", invoice_date="2026-04-01"
        )
        self._told()
        self._forget(credit)
        self._tamper(credit, create_uid=credited.id)
        payment = self._pay(invoices[:1], payment_date="2026-04-02")
        self._tamper(payment, create_uid=paid.id)
        return credit

    def test_segregation_of_duties(self):
        alone = self._one_person(self.clerk, self.clerk, self.clerk)
        self._one_person(self.clerk, self.clerk, self.colleague)
        self._one_person(self.clerk, self.colleague, self.clerk)
        self._one_person(self.colleague, self.clerk, self.clerk)
        run = self._run("SOD")
        self.assertEqual(self._found(run), [("sod", alone.name, 40)])
        self.assertEqual(run.exception_ids.user_id, self.clerk)
        self.assertIn(
            "registered payments of the customer: ", run.exception_ids.explanation
        )

    def test_only_payments_of_the_period_and_the_company_count(self):
        for values in ({"date": "2026-07-01"}, {"company_id": self.company_b.id}):
            credit = self._one_person(self.clerk, self.clerk, self.clerk)
            payments = self.env["account.payment"].search(
                [("partner_id", "=", credit.partner_id.id)]
            )
            self._tamper(payments, **values)
        self.assertEqual(self._found(self._run("SOD")), [])

    def test_the_poster_takes_precedence_over_the_creator(self):
        alone = self._one_person(self.clerk, self.colleague, self.clerk)
        alone.button_draft()
        self._told()
        alone.with_user(self.clerk).with_context(
            tracking_disable=False, mail_notrack=False
        ).action_post()
        self._told()
        self.assertEqual(self._found(self._run("SOD")), [("sod", alone.name, 40)])

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon


@tagged("post_install", "-at_install")
class TestWorklistRefresh(WorklistCommon):
    """The items of a list are the records that match it, no more and no fewer."""

    def test_records_enter_and_leave(self):
        partners = self._partners(3)
        worklist = self._customers_list()
        self.assertTrue(worklist._refresh())
        self.assertEqual(self._listed(worklist), set(partners.ids))
        partners[0].ref = False
        worklist._refresh()
        self.assertEqual(self._listed(worklist), set(partners[1:].ids))
        left = worklist.item_ids.filtered(lambda item: item.res_id == partners[0].id)
        self.assertEqual(left.state, "left")
        self.assertTrue(left.closed_on)
        partners[0].ref = "WL"
        worklist._refresh()
        self.assertEqual(self._listed(worklist), set(partners.ids))
        self.assertEqual(len(worklist.item_ids), 4, "what left stays as history")

    def test_nothing_changed_writes_nothing(self):
        self._partners(3)
        worklist = self._customers_list()
        worklist._refresh()
        self.assertEqual(worklist._update_items(), (0, 0, 0))

    def test_columns_come_from_the_record(self):
        invoice = self._posted((1, 200.0), currency=self.foreign_currency)
        worklist = self._invoices_list()
        worklist._refresh()
        item = self._open_items(worklist).filtered(
            lambda item: item.res_id == invoice.id
        )
        self.assertEqual(item.partner_id, self.partner_a)
        self.assertEqual(item.amount, invoice.amount_residual)
        self.assertEqual(item.currency_id, self.foreign_currency)
        self.assertEqual(item.amount_company, invoice.amount_residual / 2)
        self.assertEqual(item.date, invoice.invoice_date_due)
        self.assertEqual(item.company_id, self.company_a)
        self._pay(invoice, 30)
        worklist._refresh()
        self.assertEqual(item.amount, invoice.amount_residual)

    def test_done_stays_done_until_facts_change(self):
        invoice = self._posted((1, 200.0))
        worklist = self._invoices_list()
        worklist._refresh()
        item = self._open_items(worklist)
        item.with_user(self.clerk).action_done()
        worklist._refresh()
        self.assertFalse(self._listed(worklist))
        self._pay(invoice, 30)
        worklist._refresh()
        self.assertEqual(self._listed(worklist), {invoice.id})
        self.assertEqual(item.state, "done")

    def test_done_comes_back_after_it_left(self):
        partner = self._partners(1)
        worklist = self._customers_list()
        worklist._refresh()
        self._open_items(worklist).with_user(self.clerk).action_done()
        for ref in (False, "WL"):
            partner.ref = ref
            worklist._refresh()
        self.assertEqual(self._listed(worklist), set(partner.ids))

    def test_snoozed_returns_when_its_time_has_come(self):
        self._partners(1)
        worklist = self._customers_list()
        worklist._refresh()
        item = self._open_items(worklist)
        until = fields.Datetime.now() + timedelta(days=2)
        item.with_user(self.clerk)._snooze(until, "asked for a copy")
        worklist._refresh()
        self.assertEqual(item.state, "snoozed")
        with freeze_time(until + timedelta(minutes=1)):
            worklist._refresh()
        self.assertEqual(item.state, "open")

    def test_minimum_score(self):
        few, many = self._partners(2)
        many.color = 7
        worklist = self._customers_list(
            {"kind": "measure", "measure_path": "color"},
            has_minimum=True,
            minimum_score=5,
        )
        worklist._refresh()
        self.assertEqual(self._listed(worklist), set(many.ids))
        few.color = 5
        worklist._refresh()
        self.assertEqual(self._listed(worklist), {few.id, many.id})

    def test_one_query_whatever_the_number(self):
        worklist = self._customers_list({"domain": "[('color', '=', 1)]"})
        self._partners(2)
        worklist._refresh()
        counts = []
        for number in (1, 60):
            self._partners(number, color=1)
            counts.append(self._count_queries(worklist._refresh))
        self._assert_no_more_queries(*counts)

    # Changes of the list itself

    def test_archived_list_has_no_open_items(self):
        self._partners(3)
        worklist = self._customers_list()
        worklist._refresh()
        done, claimed, free = self._open_items(worklist)
        done.with_user(self.clerk).action_done()
        claimed.with_user(self.clerk).action_claim()
        worklist.with_user(self.supervisor).active = False
        self.assertEqual((claimed + free).mapped("state"), ["left", "left"])
        self.assertTrue(worklist.with_user(self.clerk).action_refresh())
        self.assertFalse(self._open_items(worklist), "and is not refreshed")
        worklist.with_user(self.supervisor).active = True
        worklist._refresh()
        self.assertEqual(self._listed(worklist), {claimed.res_id, free.res_id})

    def test_items_close_when_the_model_changes(self):
        self._partners(2)
        worklist = self._customers_list()
        worklist._refresh()
        done, left = self._open_items(worklist)
        done.with_user(self.clerk).action_done()
        worklist.with_user(self.supervisor).write(
            {
                "model_id": self.env["ir.model"]._get_id("account.account"),
                "domain": "[]",
            }
        )
        self.assertEqual((done + left).mapped("state"), ["done", "left"])
        self.assertFalse(any((done + left).mapped("is_current")))
        worklist._refresh()
        opened = self._open_items(worklist)
        self.assertEqual(set(opened.mapped("res_model")), {"account.account"})

    # Errors

    def test_error_is_kept_and_stops_no_other_list(self):
        self._partners(2)
        broken, intact = self._customers_list(), self._customers_list()
        for domain in ("[('no_such_field', '=', 1)]", "[(", "[('id', '=', 1/0)]"):
            with self.subTest(domain=domain):
                self.env.cr.execute(
                    "UPDATE clerk_worklist SET domain = %s WHERE id = %s",
                    [domain, broken.id],
                )
                broken.invalidate_recordset()
                with self.enter_registry_test_mode():
                    self.env.ref(
                        "invoicing_clerk.ir_cron_refresh_worklists"
                    ).method_direct_trigger()
                broken.invalidate_recordset()
                self.assertTrue(broken.refresh_error)
                self.assertNotIn("Traceback", broken.refresh_error)
                self.assertFalse(intact.refresh_error)
                self.assertEqual(len(self._open_items(intact)), 2)

    def test_error_goes_when_corrected(self):
        worklist = self._customers_list()
        worklist.refresh_error = "It was broken"
        worklist._refresh()
        self.assertFalse(worklist.refresh_error)

    def test_bad_queries_are_refused_with_a_sentence(self):
        for values, words in (
            ({"domain": "[('nothing', '=', 1)]"}, "nothing"),
            ({"domain": "[("}, "is not valid"),
            ({"domain": "[('user_id', '=', uid)]"}, "unknown name"),
            ({"amount_path": "gone"}, "no field"),
            ({"amount_path": "name"}, "neither a number"),
            ({"amount_path": "child_ids.color"}, "one record"),
            ({"partner_path": "country_id"}, "one record"),
            ({"date_path": "display_name"}, "computed"),
            ({"domain": "[('create_date', '<', '-99999999d')]"}, "cannot be run"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, words),
            ):
                self._worklist(**{"domain": [], **values})

    def test_action_for_other_records_is_refused(self):
        worklist = self._customers_list()
        screen = self.env.ref("account.action_move_out_invoice_type")
        with self.assertRaisesRegex(ValidationError, "shows other records"):
            worklist.action_id = screen

    def test_dates_and_the_user_may_be_named(self):
        worklist = self._worklist(
            "[('create_date', '<', context_today().strftime('%Y-%m-%d')),"
            " ('write_date', '<', datetime.datetime.now() - relativedelta(days=2)),"
            " ('user_id', '=', uid)]",
            assignment="user",
            user_id=self.clerk.id,
        )
        self.assertTrue(worklist._refresh())

    def test_query_uses_only_what_its_author_may_read(self):
        for values in (
            {"model": "ir.cron"},
            {"domain": [("message_ids.mail_server_id.smtp_pass", "!=", False)]},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(ValidationError),
            ):
                self._worklist(**{"domain": [], **values})

    # Assignment

    def test_one_user(self):
        self._partners(2)
        worklist = self._customers_list(assignment="user", user_id=self.clerk.id)
        worklist._refresh()
        self.assertEqual(self._open_items(worklist).user_id, self.clerk)

    def test_responsible_of_the_record(self):
        theirs, nobodys = self._partners(2)
        theirs.user_id = self.colleague
        worklist = self._customers_list(assignment="responsible", user_path="user_id")
        worklist._refresh()
        by_record = self._open_items(worklist).grouped("res_id")
        self.assertEqual(by_record[theirs.id].user_id, self.colleague)
        self.assertFalse(by_record[nobodys.id].user_id)
        nobodys.user_id = self.clerk
        worklist._refresh()
        self.assertEqual(by_record[nobodys.id].user_id, self.clerk)

    def test_responsible_user_without_access_gets_nothing(self):
        ours, outsiders, foreign = (self._posted((1, 10.0)) for _each in range(3))
        ours.invoice_user_id = self.colleague
        outsiders.invoice_user_id = self.outsider
        foreign.invoice_user_id = self.clerk_b
        worklist = self._invoices_list(assignment="responsible")
        worklist._refresh()
        by_record = self._open_items(worklist).grouped("res_id")
        self.assertEqual(by_record[ours.id].user_id, self.colleague)
        self.assertFalse(by_record[outsiders.id].user_id, "no clerk")
        self.assertFalse(by_record[foreign.id].user_id, "of another company")

    def test_members_only_lists_give_nothing_to_others(self):
        self._partners(1, user_id=self.clerk.id)
        worklist = self._customers_list(
            assignment="responsible",
            user_path="user_id",
            members_only=True,
            member_ids=[Command.set(self.colleague.ids)],
        )
        worklist._refresh()
        self.assertFalse(self._open_items(worklist).user_id)
        self.assertTrue(self.items.with_user(self.colleague)._take_next(worklist))

    def test_members_other_than_clerks_get_nothing(self):
        self._partners(2)
        worklist = self._customers_list(
            assignment="balanced",
            member_ids=[Command.set((self.clerk + self.colleague).ids)],
        )
        # They had the role when they became members.
        self.colleague.group_ids -= self.env.ref("invoicing_clerk.group_clerk")
        worklist._refresh()
        self.assertEqual(self._open_items(worklist).user_id, self.clerk)

    def test_balanced_by_load(self):
        self._partners(3)
        busy = self._customers_list(assignment="user", user_id=self.clerk.id)
        busy._refresh()
        self._partners(2)
        worklist = self._customers_list(
            assignment="balanced",
            member_ids=[Command.set((self.clerk + self.colleague).ids)],
        )
        worklist._refresh()
        shares = self._open_items(worklist).grouped("user_id")
        self.assertEqual(
            {user: len(items) for user, items in shares.items()},
            {self.clerk: 1, self.colleague: 4},
        )

    def test_archived_members_get_nothing(self):
        self._partners(2)
        worklist = self._customers_list(
            assignment="balanced",
            member_ids=[Command.set((self.clerk + self.colleague).ids)],
        )
        self.clerk.active = False
        worklist._refresh()
        self.assertEqual(self._open_items(worklist).user_id, self.colleague)
        self.colleague.active = False
        self._partners(1)
        self.assertTrue(worklist._refresh())
        self.assertEqual(len(self._open_items(worklist)), 3)

    # Deadlines

    def test_deadline_by_the_calendar_of_the_company(self):
        worklist = self._customers_list(days_allowed=2)
        with freeze_time("2026-11-20 10:00:00"):  # a Friday
            self._partners(1)
            worklist._refresh()
        self.assertEqual(
            self._open_items(worklist).deadline, fields.Date.to_date("2026-11-24")
        )

    def test_deadline_has_an_end(self):
        with (
            self.assertRaisesRegex(Exception, "days_allowed_most"),
            mute_logger("odoo.sql_db"),
        ):
            self._customers_list(days_allowed=10**9)

    def test_company_of_the_list(self):
        ours = self._posted((1, 10.0))
        theirs = self._posted((1, 10.0), company_data=self.company_b_data)
        worklist = self._invoices_list(company_id=self.company_a.id)
        worklist._refresh()
        self.assertIn(ours.id, self._listed(worklist))
        self.assertNotIn(theirs.id, self._listed(worklist))

    def test_the_same_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        country = self.env.ref("base.be")
        country.with_context(lang="fr_FR").name = "Belgique"
        self._partners(1, country_id=country.id)
        worklist = self._worklist(
            [("ref", "=", "WL"), ("country_id.name", "=", "Belgium")]
        )
        worklist._refresh()
        item = self._open_items(worklist)
        worklist.with_context(lang="fr_FR")._refresh()
        self.assertEqual(item.state, "open")

    def test_the_same_for_everybody_who_refreshes(self):
        terms = self.env.ref("account.account_payment_term_30days")
        partner = self._partners(1)
        partner.with_company(self.company_b).property_payment_term_id = terms
        worklist = self._customers_list(
            {"domain": str([("property_payment_term_id", "=", terms.id)])},
            company_id=self.company_a.id,
            company_path="company_id",
        )
        partner.company_id = self.company_a
        for company in (self.company_a, self.company_b):
            worklist.with_company(company)._refresh()
            self.assertEqual(self._open_items(worklist).score, 0)

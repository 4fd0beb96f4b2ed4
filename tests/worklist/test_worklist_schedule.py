from datetime import datetime, timedelta

from freezegun import freeze_time
from hypothesis import example, given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.mixin.changes import Changes
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.worklist.common import WorklistCommon

NOON = datetime(2026, 3, 10, 12)
WHICH = st.integers(0, 3)
PLAIN = (
    *("enter", "leave", "score", "delete", "archive", "merge", "create"),
    *("post", "pay", "unpay", "reset", "erase", "move", "terms", "unpost_payment"),
    *("promise", "dispute", "settle_dispute", "under", "apart", "tag"),
    *("claim", "release", "done", "snooze"),
    *("rule", "domain", "sql_domain", "assign", "leave_office", "absence", "rate"),
    *("hour", "day", "back"),
)
ACTS = st.lists(
    st.tuples(st.sampled_from([*PLAIN, "run", "run"]), WHICH), min_size=1, max_size=9
)
BALANCES = ("to_collect", "unapplied", "disputed", "promised", "over_limit")
TRACED = (
    *("res_partner", "account_move", "account_move_line", "account_payment"),
    *("account_partial_reconcile", "clerk_receivable", "clerk_receivable_departure"),
    *("clerk_billing_error", "clerk_billing_error_line", "clerk_work_item"),
    *("clerk_promise", "clerk_promise_line", "res_partner_category"),
)
COLUMNS = (
    *("worklist_id", "res_id", "state", "is_current", "user_id", "partner_id"),
    *("amount", "amount_company", "date", "company_id", "score", "fingerprint"),
)


class ScheduleCommon(WorklistCommon):
    """Worklists that are refreshed by their scheduled action."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("invoicing_clerk.ir_cron_refresh_worklists").sudo()

    def _shipped_ids(self):
        data = self.env["ir.model.data"].sudo()
        return data.search(
            [("module", "=", "invoicing_clerk"), ("model", "=", "clerk.worklist")]
        ).mapped("res_id")

    def _run(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()

    def _age(self):
        """Make all that has been written look as if it was long ago.

        A test has one transaction, and with it one moment for all that it writes.
        """
        self.env.flush_all()
        for table in TRACED:
            self.env.cr.execute(
                SQL("UPDATE %s SET write_date = '2020-01-01'", SQL.identifier(table))
            )
        self.env.invalidate_all()

    def _scanned(self):
        """Run the action, and return the tables that were scanned meanwhile."""
        with Changes(self.env).reading() as reading:
            self._run()
        return set(reading.counts)


@tagged("post_install", "-at_install")
class TestWorklistSchedule(ScheduleCommon):
    """Scheduled refreshes query only lists for which something was written."""

    def test_nothing_written_is_nothing_asked(self):
        """Would have caught: an idle office queried its ledger 288 times a day."""
        self._posted((1, 10.0))
        self._partners(2)
        worklists = self._invoices_list() + self._customers_list()
        worklists += self._worklist(
            [("balance", ">", 0)], model="clerk.receivable", partner_path="partner_id"
        )
        asked = {"account_move", "account_move_line", "clerk_receivable"}
        self.assertLessEqual(asked, self._scanned())
        refreshed = worklists.mapped("last_refresh")
        with freeze_time(max(refreshed) + timedelta(seconds=30)):
            self.assertFalse(asked & self._scanned())
            worklists.invalidate_recordset()
            self.assertNotEqual(worklists.mapped("last_refresh"), refreshed)

    def test_queries_of_an_idle_run_do_not_grow_with_lists(self):
        counts = []
        for number in (1, 9):
            for _list in range(number):
                self._customers_list()
            self._run()
            self._run()
            counts.append(self._count_queries(self._run))
        self._assert_no_more_queries(*counts)

    def test_only_lists_of_what_was_written_are_asked(self):
        self._partners(1)
        self._customers_list()
        self._invoices_list()
        self._run()
        self._posted((1, 10.0))
        self.env["res.partner.category"].create({"name": "Not read by any list"})
        self._run()
        self.assertNotIn("account_move", self._scanned())

    def test_returned_items_are_assigned_again(self):
        """Table: assignment of a list -> who has the item after it was returned.

        What clerks do with items is no reason to query the records of other lists.
        """
        self._partners(1, user_id=self.clerk.id)
        members = [Command.set(self.clerk.ids)]
        for assignment, values, again in (
            ("responsible", {"user_path": "user_id"}, self.clerk),
            ("user", {"user_id": self.clerk.id}, self.clerk),
            ("balanced", {"member_ids": members}, self.clerk),
            ("pull", {}, self.clerk.browse()),
        ):
            with self.subTest(assignment=assignment):
                worklist = self._customers_list(assignment=assignment, **values)
                self._run()
                item = self._open_items(worklist).with_user(self.clerk)
                if assignment == "pull":
                    item.action_claim()
                self.assertEqual(item.user_id, self.clerk)
                item.action_release()
                self._run()
                self.assertEqual(item.user_id, again)
                worklist.active = False

    def test_moments_are_asked_every_time(self):
        """Table: filters and whether they depend on the time of day."""
        for domain, is_momentary in (
            ("[('create_date', '<', '-2H')]", True),
            ("[('create_date', '<', '-3d')]", True),
            ("[('create_date', '<', 'now')]", True),
            ("[('write_date', '<', datetime.datetime.now())]", True),
            ("[('create_date', '<', '2026-01-01 09:30:00')]", True),
            ("[('create_date', '<', '2026-01-01')]", False),
            ("[('create_date', '<', 'today')]", False),
            ("[('name', '=', '3d')]", False),
            ("[]", False),
        ):
            with self.subTest(domain=domain):
                worklist = self._worklist(domain)
                self.assertEqual(worklist.is_momentary, is_momentary)
                rule = self._worklist([], {"domain": domain})
                self.assertEqual(rule.is_momentary, is_momentary)
        self.assertFalse(self.env["clerk.worklist"].new({}).is_momentary)

    def test_shipped_lists_are_not_asked_every_time(self):
        shipped = self.worklists.with_context(active_test=False).search(
            [("id", "in", self._shipped_ids())]
        )
        self.assertGreater(len(shipped), 10)
        self.assertFalse(shipped.filtered("is_momentary"))

    def test_error_of_a_preparation_is_kept_on_the_lists(self):
        """A model whose rows cannot be computed stops no list of another."""
        broken = self._worklist([], model="clerk.receivable")
        intact = self._customers_list()
        self._partners(2)
        self.env.cr.execute(
            SQL("ALTER TABLE clerk_receivable RENAME COLUMN over_limit TO lost")
        )
        self._run()
        (broken + intact).invalidate_recordset()
        self.assertTrue(broken.refresh_error)
        self.assertFalse(intact.refresh_error)
        self.assertEqual(len(self._open_items(intact)), 2)


@tagged("post_install", "-at_install")
class TestWorklistTraces(ScheduleCommon):
    """Refreshes consider only records for which something was written."""

    def _stale_row(self):
        """Return a list of two customers, of which one changed without a date."""
        missed, noticed = self._partners(2)
        score = {"kind": "measure", "measure_path": "color", "cap": 0}
        worklist = self._customers_list(score)
        self._run()
        self._age()
        self._run()
        self.env.cr.execute(
            SQL("UPDATE res_partner SET color = 5 WHERE id = %s", missed.id)
        )
        self.env.invalidate_all()
        noticed.color = 7
        self._run()
        return worklist, missed, noticed

    def _scores(self, worklist):
        self.env.invalidate_all()
        return {item.res_id: item.score for item in self._open_items(worklist)}

    def test_other_records_are_not_considered(self):
        """Would have caught: one change anywhere read the whole ledger again."""
        worklist, missed, noticed = self._stale_row()
        self.assertEqual(self._scores(worklist), {missed.id: 0, noticed.id: 7})

    def test_contacts_are_asked_by_lists_of_contacts_only(self):
        """Would have caught: any change of a contact queried the ledger."""
        self._posted((1, 10.0))
        self._customers_list()
        self._invoices_list()
        self._run()
        self._run()
        self.partner_b.color = 3
        self.assertNotIn("account_move", self._scanned())
        self.env["res.company"].browse(1).partner_id.tz = "Asia/Tokyo"
        self.assertIn("account_move", self._scanned())

    def test_what_was_missed_is_repaired_at_night_and_counted(self):
        worklist, missed, noticed = self._stale_row()
        compare = self.env.ref("invoicing_clerk.ir_cron_compare_worklists").sudo()
        for repaired in (1, 0):
            with self.subTest(repaired=repaired):
                with self.enter_registry_test_mode():
                    compare.method_direct_trigger()
                self.assertEqual(self._scores(worklist), {missed.id: 5, noticed.id: 7})
                self.assertEqual(worklist.repaired_count, repaired)

    def test_balances_that_were_missed_are_counted(self):
        worklist = self._worklist([("balance", "!=", 0)], model="clerk.receivable")
        invoice = self._posted((1, 10.0))
        self._run()
        self._age()
        self._run()
        self.env.cr.execute(
            SQL(
                "UPDATE account_move_line SET amount_residual = 4 WHERE move_id = %s"
                " AND amount_residual > 0",
                invoice.id,
            )
        )
        self.env.invalidate_all()
        self._run()
        balance = self.env["clerk.receivable"].sudo().search([])
        self.assertEqual(balance.balance, invoice.amount_total)
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoicing_clerk.ir_cron_compare_worklists"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((balance.balance, worklist.repaired_count), (4, 1))

    def test_reason_for_being_queried_whole(self):
        """Table: filters, and what of them changes without a trace."""
        for domain, model, reason in (
            ([("ref", "=", "x")], "res.partner", None),
            ([("parent_id.name", "=", "x")], "res.partner", None),
            ([("category_id", "child_of", 1)], "res.partner", None),
            ([("child_ids", "any", [("color", "=", 1)])], "res.partner", None),
            ([("is_unpaid", "=", True)], "account.move", None),
            ([("has_shared_vat", "=", True)], "res.partner", "Duplicate Tax ID"),
            ([("parent_id", "ilike", "x")], "res.partner", "Display Name"),
            (
                [("message_ids.notification_ids.notification_status", "=", "sent")],
                "res.partner",
                "Message",
            ),
            ([("create_date", "<", "-1H")], "res.partner", "time of day"),
        ):
            with self.subTest(domain=domain):
                for worklist in (
                    self._worklist(domain, model=model),
                    self._worklist([], {"domain": str(domain)}, model=model),
                ):
                    self.assertEqual(bool(worklist.whole_reason), bool(reason))
                    self.assertIn(reason or "", worklist.whole_reason or "")

    def test_shipped_lists_that_are_queried_whole(self):
        shipped = self.worklists.with_context(active_test=False).search(
            [("id", "in", self._shipped_ids())]
        )
        whole = shipped.filtered("whole_reason")
        expected = ("worklist_customer_data", "worklist_sending_failed")
        names = {each.get_external_id()[each.id].partition(".")[2] for each in whole}
        self.assertEqual(names, set(expected))

    def test_slow_lists_that_are_queried_whole_wait_for_their_turn(self):
        """A list of 9 seconds is queried every 15 minutes, a changed one at once."""
        self._partners(1)
        worklist = self._worklist([("has_shared_vat", "=", True)])
        with freeze_time(NOON):
            self._run()
        worklist.whole_seconds = 9
        for minutes, change, is_queried in (
            (5, None, False),
            (10, {"domain": "[('has_shared_vat', '=', False)]"}, True),
            (15, None, False),
            (26, None, True),
        ):
            with self.subTest(minutes=minutes):
                worklist.write(change or {})
                moment = NOON + timedelta(minutes=minutes)
                with freeze_time(moment):
                    self.env["res.partner"].create({"name": "Another"})
                    self._run()
                worklist.invalidate_recordset()
                self.assertEqual(worklist.last_refresh == moment, is_queried)
                worklist.whole_seconds = 9


@tagged("post_install", "-at_install")
class TestWorklistScheduleEquivalence(ScheduleCommon):
    """After a scheduled run, a full refresh of all lists changes nothing.

    What was written before a run has no date that the next run could notice.
    """

    @property_of(12)
    @given(acts=ACTS)
    @example(acts=[(act, 0) for act in PLAIN])
    @example(acts=[part for act in PLAIN for part in ((act, 1), ("run", 0))])
    def test_items_are_those_of_a_full_refresh(self, acts):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._follow(acts)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _follow(self, acts):
        self.now = NOON
        with freeze_time(self.now):
            self._set_up_lists()
            self._run()
        for act, which in [*acts, ("run", 0)]:
            with freeze_time(self.now):
                try:
                    with self.env.cr.savepoint():
                        getattr(self, f"_act_{act}")(which)
                except UserError:
                    continue

    def _set_up_lists(self):
        self.partners = self._partners(4, user_id=self.clerk.id)
        self.invoices = [self._posted((1, 100.0 * n)) for n in (1, 2, 3, 4)]
        score = {"kind": "measure", "measure_path": "color", "cap": 0}
        late = {"kind": "measure", "measure_path": "invoice_date_due"}
        old = str([("create_date", "<", "-1H")])
        self.tag = self.env["res.partner.category"].create({"name": "WL"})
        unpaid = {
            "domain": str(
                [
                    "|",
                    ("is_unpaid", "=", True),
                    ("line_ids.matched_credit_ids.amount", ">", 5),
                ]
            )
        }
        by_customer = {
            "domain": str(
                [
                    "|",
                    ("partner_id.color", ">", 5),
                    ("partner_id.category_id.name", "=", "WL"),
                ]
            )
        }
        self.lists = (
            self._customers_list(score)
            + self._customers_list(user_path="user_id", assignment="responsible")
            + self._customers_list(
                assignment="balanced",
                member_ids=[Command.set((self.clerk + self.colleague).ids)],
            )
            + self._customers_list({"domain": old})
            + self._invoices_list(late, unpaid, by_customer)
            + self._worklist(
                [("balance", "!=", 0)],
                *({"kind": "measure", "measure_path": path} for path in BALANCES),
                {"domain": str([("partner_id.has_unkept_promise", "=", True)])},
                model="clerk.receivable",
                partner_path="partner_id",
                amount_path="balance",
            )
        )

    def _rows(self):
        items = self.items.search([("worklist_id", "in", self.lists.ids)], order="id")
        return items._read_format(COLUMNS)

    # Acts

    def _act_run(self, _which):
        self._run()
        found = self._rows()
        for worklist in self.lists:
            self.assertTrue(worklist._refresh(), worklist.refresh_error)
        self.assertEqual(found, self._rows())
        self._age()

    def _partner(self, which):
        return self.partners.exists()[which : which + 1]

    def _invoice(self, which):
        return self.invoices[which].exists()

    def _item(self, which):
        items = self.items.search(
            [
                ("worklist_id", "=", self.lists[which].id),
                ("state", "in", ("open", "in_progress")),
            ],
            limit=1,
        )
        return items.with_user(self.clerk)

    def _sql(self, code, *args):
        self.env.flush_all()
        self.env.cr.execute(SQL(code, *args))
        self.env.invalidate_all()

    def _act_enter(self, which):
        self._partner(which).write({"ref": "WL", "active": True})

    def _act_leave(self, which):
        self._partner(which).ref = False

    def _act_score(self, which):
        self._partner(which).color = 7

    def _act_delete(self, which):
        self._partner(which).unlink()

    def _act_archive(self, which):
        self._partner(which).active = False

    def _act_create(self, _which):
        self._partners(1)

    def _act_merge(self, which):
        both = self._partner(which) + self._partner(which - 1)
        if len(both) > 1:
            merge = self.env["base.partner.merge.automatic.wizard"].sudo()
            merge._merge(both.ids, both[:1])

    def _act_post(self, which):
        self.invoices[which] = self._posted((1, 30.0 + which))

    def _act_pay(self, which):
        if self._invoice(which).state == "posted":
            self._pay(self._invoice(which), 20)

    def _act_unpay(self, which):
        self._invoice(which).line_ids.remove_move_reconcile()

    def _act_reset(self, which):
        self._invoice(which).button_draft()

    def _act_erase(self, which):
        self._invoice(which).button_draft()
        self._invoice(which).with_context(force_delete=True).unlink()

    def _act_move(self, which):
        """Post a document for another customer."""
        invoice = self._invoice(which)
        invoice.button_draft()
        invoice.partner_id = self._partner(which)
        invoice.action_post()

    def _act_unpost_payment(self, which):
        payments = self._invoice(which).matched_payment_ids
        payments[:1].move_id.button_draft()

    def _act_promise(self, which):
        if items := self._invoice(which).line_ids.filtered("date_maturity"):
            self.env["clerk.promise"].sudo().create(
                {
                    "item_ids": items.ids,
                    "amount": min(10, sum(items.mapped("amount_residual"))),
                    "date": self.now.date() + timedelta(days=1),
                }
            )

    def _act_dispute(self, which):
        if self._invoice(which).state == "posted":
            self._open_error(self._invoice(which), {"claimed_price_unit": 5})

    def _act_settle_dispute(self, which):
        errors = self._invoice(which).sudo().billing_error_ids
        errors.line_ids[:1].claimed_price_unit = 7

    def _act_under(self, which):
        """Make the customer of the documents a contact of another one."""
        self.partner_a.parent_id = self._partner(which)

    def _act_apart(self, _which):
        self.partner_a.parent_id = False

    def _act_tag(self, which):
        self._partner(which).category_id = self.tag

    def _act_terms(self, which):
        lines = self._invoice(which).line_ids.filtered("date_maturity")
        lines.date_maturity = NOON.date() - timedelta(days=20)

    def _act_claim(self, which):
        self._item(which).action_claim()

    def _act_release(self, which):
        item = self._item(which)
        if not item.user_id:
            item.action_claim()
        item.with_user(item.user_id).action_release()

    def _act_done(self, which):
        self._item(which).action_done()

    def _act_snooze(self, which):
        self._item(which)._snooze(self.now + timedelta(minutes=30), "later")

    def _act_rule(self, _which):
        self.lists[0].rule_ids.weight = 3

    def _act_domain(self, _which):
        self.lists[0].domain = str([("ref", "=", "WL"), ("color", "<", 6)])

    def _act_sql_domain(self, _which):
        self._sql(
            "UPDATE clerk_worklist SET domain = '[]' WHERE id = %s", self.lists[0].id
        )

    def _act_assign(self, which):
        self._partner(which).user_id = self.colleague

    def _act_leave_office(self, _which):
        self.clerk.active = False

    def _act_absence(self, _which):
        self.env["clerk.absence"].sudo().create(
            {
                "user_id": self.colleague.id,
                "date_from": self.now.date(),
                "date_to": self.now.date(),
                "reason": "Ill",
            }
        )

    def _act_rate(self, _which):
        rates = self.foreign_currency.rate_ids
        rates[:1].rate = 5

    def _act_hour(self, _which):
        self.now += timedelta(hours=1)

    def _act_day(self, _which):
        self.now += timedelta(days=1)

    def _act_back(self, _which):
        self.now -= timedelta(days=2)

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon


class CorrectionBatchCommon(CorrectionCommon):
    """Invoices of one product at a wrong price, and a batch that corrects them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reason = cls.env.ref("invoicing_clerk.reason_price")
        cls.widget = cls.env["product.product"].create(
            {"name": "Widget", "list_price": 10.0, "taxes_id": [Command.clear()]}
        )

    @classmethod
    def _invoice(cls, *lines, partner=None, invoice_date="2026-02-10", **values):
        """Post an invoice of widgets; each line is (quantity, price[, discount])."""
        taxes = cls.company_data["default_tax_sale"]
        rows = [
            {
                **cls._line_values(taxes, cls.company_data, *line),
                "product_id": cls.widget.id,
            }
            for line in lines or [(10, 12.0)]
        ]
        return cls._posted(
            partner=partner or cls.partner_a,
            invoice_date=invoice_date,
            invoice_line_ids=[Command.create(row) for row in rows],
            **values,
        )

    @classmethod
    def _batch(cls, user=None, **values):
        return (
            cls.env["clerk.correction.batch"]
            .with_user(user or cls.clerk)
            .create(
                {
                    "reason_id": cls.reason.id,
                    "change": "price",
                    "product_ids": [Command.set(cls.widget.ids)],
                    "price_unit": 10.0,
                    "date_from": "2026-02-01",
                    "date_to": "2026-03-31",
                    "date": "2026-04-01",
                    **values,
                }
            )
        )

    def _work(self):
        """Run the worker until nothing is left."""
        self.env.flush_all()
        with self._in_background():
            self.env.ref(
                "invoicing_clerk.ir_cron_correction_batch"
            ).method_direct_trigger()

    def _prepared(self, **values):
        batch = self._batch(**values)
        batch.action_prepare()
        self._work()
        self.assertEqual(batch.state, "ready")
        return batch

    def _applied(self, batch):
        batch.action_apply()
        self._work()
        self.assertEqual(batch.state, "done")
        return batch

    def _notes(self, batch):
        return batch.item_ids.correction_id.document_ids

    def _by_tag(self, moves):
        """Return the balance by tax tag and side, of posted items."""
        sums = {}
        for line in moves.line_ids:
            for tag in line.tax_tag_ids:
                key = (tag.id, bool(line.tax_line_id))
                sums[key] = round(sums.get(key, 0.0) + line.balance, 2)
        return sums


class TestCorrectionBatch(CorrectionBatchCommon):
    """Batches: what is found, prepared, applied, and what the sums say."""

    def test_from_a_selection_of_invoices_or_cases(self):
        invoices = self._invoice() + self._invoice()
        action = invoices.with_user(self.clerk).action_correct_together()
        batch = self.env[action["res_model"]].with_user(self.clerk)
        self.assertEqual(
            batch.with_context(**action["context"]).new().move_ids._origin, invoices
        )
        error = self._open_error(invoices, {"claimed_price_unit": 10.0})
        action = error.action_correct_together()
        batch = batch.with_context(**action["context"]).new()
        self.assertEqual(batch.error_ids._origin, error)
        self.assertEqual((batch.change, batch.reason_id), ("claims", error.reason_id))
        draft = self._invoice().copy()
        with self.assertRaisesRegex(UserError, "not a posted customer invoice"):
            (invoices | draft).with_user(self.clerk).action_correct_together()
        elsewhere = self._posted(company_data=self.company_b_data)
        both = self.clerk
        both.company_ids |= self.company_b
        with self.assertRaisesRegex(UserError, "belongs to several companies"):
            (invoices | elsewhere).with_user(both).with_context(
                allowed_company_ids=both.company_ids.ids
            ).action_correct_together()

    def test_notes_equal_the_preview_to_the_cent(self):
        partners = self.partner_a, self.partner_b
        moves = self.env["account.move"].union(
            *(
                self._invoice(
                    (number, 12.37),
                    (1, 10.0),
                    partner=partners[number % 2],
                    invoice_date=f"2026-0{2 + number % 2}-1{number}",
                )
                for number in range(1, 8)
            )
        )
        batch = self._prepared()
        items = batch.item_ids
        self.assertEqual(items.move_id, moves)
        self.assertEqual(set(items.mapped("state")), {"ready"})
        self.assertEqual(batch.ready_count, 7)
        preview = {item.move_id: item.amount for item in items}
        change = batch.amount_company
        self._applied(batch)
        self.assertEqual(batch.done_count, 7)
        for item in items:
            note = item.correction_id.document_ids
            self.assertEqual(
                note.amount_total_in_currency_signed, preview[item.move_id]
            )
            self.assertEqual(note.correction_id.batch_id, batch)
        notes = self._notes(batch)
        self.assertAlmostEqual(sum(notes.mapped("amount_total_signed")), change, 2)
        self.assertAlmostEqual(
            sum(notes.mapped("amount_untaxed_signed")),
            -sum(round(number * 2.37, 2) for number in range(1, 8)),
            2,
        )
        right = self.env["account.move"].union(
            *(self._invoice((number, 10.0), (1, 10.0)) for number in range(1, 8))
        )
        both = self._by_tag(moves | notes)
        self.assertEqual(both, self._by_tag(right))

    def test_one_case_for_each_customer(self):
        for partner in (self.partner_a, self.partner_a, self.partner_b):
            self._invoice(partner=partner)
        batch = self._prepared()
        cases = batch.item_ids.error_id
        self.assertEqual(sorted(cases.mapped("move_count")), [1, 2])
        self.assertEqual(cases.reason_id, self.reason)
        self._applied(batch)
        self.assertEqual(set(cases.mapped("state")), {"resolved"})

    def test_a_second_batch_finds_nothing_to_correct(self):
        self._invoice()
        self._applied(self._prepared())
        again = self._prepared()
        self.assertEqual(again.item_ids.mapped("state"), ["right"])
        self.assertFalse(again.item_ids.error_id)
        with self.assertRaisesRegex(UserError, "nothing to correct"):
            again.action_apply()

    def test_earlier_corrections_stay_in_force(self):
        move = self._invoice((10, 12.0))
        self._corrected(move, lines={0: {"quantity": 8}})
        batch = self._applied(self._prepared())
        note = batch.item_ids.correction_id.document_ids
        self.assertEqual(note.amount_untaxed, 16.0)

    def test_documents_that_do_not_match_are_left_alone(self):
        wanted = self._invoice()
        self._invoice(invoice_date="2026-04-10")
        self._posted((10, 12.0), invoice_date="2026-02-10")
        self._invoice(currency=self.foreign_currency)
        draft = self._invoice()
        draft.button_draft()
        credit = wanted._reverse_moves([{"invoice_date": date(2026, 2, 11)}])
        credit.action_post()
        batch = self._batch()
        batch.action_prepare()
        self.assertEqual(batch.item_ids.move_id, wanted)

    def test_changes(self):
        """Each kind of change, with the net amount of the note."""
        other = self.company_data["default_tax_sale"].copy(
            {"amount": 5.0, "name": "Reduced"}
        )
        wrong = self.company_data["default_tax_sale"]
        prices = self.env["product.pricelist"].create(
            {
                "name": "March",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "0_product_variant",
                            "product_id": self.widget.id,
                            "compute_price": "fixed",
                            "fixed_price": 9.0,
                        }
                    )
                ],
            }
        )
        cases = [
            ({"change": "price", "price_unit": 11.0}, -10.0),
            ({"change": "price", "price_unit": 13.5}, 15.0),
            ({"change": "discount", "discount": 25.0}, -30.0),
            ({"change": "pricelist", "pricelist_id": prices.id}, -30.0),
            (
                {
                    "change": "tax",
                    "wrong_tax_id": wrong.id,
                    "right_tax_id": other.id,
                },
                0.0,
            ),
        ]
        for values, net in cases:
            with self.subTest(**values):
                move = self._invoice()
                batch = self._applied(
                    self._prepared(move_ids=[Command.set(move.ids)], **values)
                )
                note = self._notes(batch)
                self.assertEqual(note.amount_untaxed_signed, net)
                if values["change"] == "tax":
                    self.assertEqual(note.amount_tax_signed, -12.0)

    def test_only_what_was_billed_too_high(self):
        self._invoice((10, 12.0), (10, 6.0))
        for side, net in (("high", -20.0), ("low", 40.0)):
            with self.subTest(side):
                batch = self._prepared(side=side)
                self.assertEqual(batch.item_ids.untaxed, net)
                batch.action_cancel()

    def test_claims_of_billing_errors(self):
        move = self._invoice()
        case = self._open_error(move, {"claimed_quantity": 7})
        batch = self._prepared(change="claims", error_ids=[Command.set(case.ids)])
        self._applied(batch)
        self.assertEqual(self._notes(batch).amount_untaxed, 36.0)
        self.assertEqual(case.state, "resolved")

    def test_the_preview_shows_customers_months_and_taxes(self):
        self._invoice((10, 12.0))
        self._invoice((5, 12.0), partner=self.partner_b, invoice_date="2026-03-10")
        html = str(self._prepared().summary_html)
        for text in (
            "partner_a",
            "partner_b",
            "2026-02",
            "2026-03",
            "Untaxed",
            "23.00",
        ):
            self.assertIn(text, html)


class TestCorrectionBatchQueries(CorrectionBatchCommon):
    """More documents cost few more queries: those of core's own posting."""

    def _both(self, number):
        """Return the queries to prepare and to apply a batch of so many documents."""
        for at in range(number):
            self._invoice((1 + at, 12.0))
        batch = self._batch()
        batch.action_prepare()
        prepared = self._count_queries(self._work)
        self.assertEqual(batch.ready_count, number)
        batch.action_apply()
        applied = self._count_queries(self._work)
        self.assertEqual(batch.done_count, number)
        return prepared, applied

    def test_queries_by_document(self):
        """Would have caught: 63 queries to prepare each document, 256 to apply it."""
        self._both(1)
        few, many = self._both(2), self._both(8)
        prepare, apply = (
            (more - less) / 6 for less, more in zip(few, many, strict=True)
        )
        self.assertLess(prepare, 25)
        self.assertLess(apply, 160)


class TestCorrectionBatchFaults(CorrectionBatchCommon):
    """Failures in a batch, which stay on their documents."""

    def test_what_cannot_be_prepared_is_said(self):
        good, bad = self._invoice(), self._invoice()
        self._corrected(bad, "credit_full")
        batch = self._prepared()
        state = {item.move_id: item.state for item in batch.item_ids}
        self.assertEqual(state[good], "ready")
        self.assertIn(state[bad], ("right", "unfit"))

    def test_one_that_fails_leaves_one_case_for_each_customer(self):
        """Would have caught: one bad document split the cases of its whole chunk."""
        for partner in (self.partner_a, self.partner_a, self.partner_b):
            self._invoice(partner=partner)
        bad = self._invoice(partner=self.partner_b)
        bad._reverse_moves([{"invoice_date": date(2026, 2, 11)}])
        batch = self._prepared()
        self.assertEqual(
            sorted(batch.item_ids.mapped("state")), ["ready"] * 3 + ["unfit"]
        )
        self.assertEqual(len(batch.item_ids.error_id), 2)

    def test_a_chunk_that_fails_is_done_one_by_one(self):
        """One document fails after others of its chunk were posted; these stay."""
        moves = self.env["account.move"].union(*(self._invoice() for _at in range(4)))
        batch = self._prepared()
        bad = batch.item_ids[2]
        bad.correction_id.line_ids.quantity = 9
        self._applied(batch)
        self.assertEqual(bad.state, "failed")
        self.assertEqual((batch.item_ids - bad).mapped("state"), ["done"] * 3)
        notes = self._notes(batch)
        self.assertEqual(notes.corrected_move_id, moves - bad.move_id)
        self.assertEqual(len(notes), 3)

    def test_what_is_done_is_not_done_again(self):
        self._invoice()
        batch = self._applied(self._prepared())
        notes = self._notes(batch)
        batch.item_ids.sudo().write({"state": "ready", "tries": 1})
        batch.sudo()._inside().state = "applying"
        self._work()
        self.assertEqual(batch.item_ids.state, "done")
        self.assertEqual(self._notes(batch), notes)

    def test_what_fails_does_not_stop_the_others(self):
        good, moved = self._invoice(), self._invoice()
        batch = self._prepared()
        correction = batch.item_ids.filtered(
            lambda each: each.move_id == moved
        ).correction_id
        correction.line_ids.quantity = 9
        self._applied(batch)
        items = {item.move_id: item for item in batch.item_ids}
        self.assertEqual(items[good].state, "done")
        self.assertEqual(items[moved].state, "failed")
        self.assertIn("has changed since", items[moved].note)
        self.assertIn("retry", batch.allowed_actions)
        self.assertFalse(correction.document_ids)

    def test_failed_documents_are_tried_again(self):
        move = self._invoice()
        batch = self._prepared()
        line = batch.item_ids.correction_id.line_ids
        line.quantity = 9
        self._applied(batch)
        line.quantity = 10
        batch.action_retry()
        self._work()
        self.assertEqual(batch.item_ids.state, "done")
        self.assertEqual(batch.item_ids.move_id, move)

    def test_incomplete_descriptions(self):
        """Table of batches that cannot be prepared, and what the refusal names."""
        self._invoice()
        cases = [
            ({"product_ids": [Command.clear()]}, "enter Products"),
            ({"date_to": False}, "enter Invoiced To"),
            ({"change": "tax", "wrong_tax_id": False}, "enter Wrong Tax"),
            ({"change": "pricelist"}, "enter Correct Price List"),
            ({"change": "claims"}, "enter Billing Errors"),
            ({"date_from": "2025-01-01", "date_to": "2025-01-31"}, "no posted invoice"),
        ]
        for values, words in cases:
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._batch(**values).action_prepare()
        for values in (
            {"discount": 101},
            {"price_unit": -1},
            {"date_to": "2026-01-01"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._batch(**values)

    def test_edit_cancels_what_was_prepared(self):
        self._invoice()
        batch = self._prepared()
        correction, case = batch.item_ids.correction_id, batch.item_ids.error_id
        with self.assertRaisesRegex(UserError, "Use Edit"):
            batch.price_unit = 9.0
        batch.action_edit()
        self.assertEqual((correction.state, case.state), ("cancelled", "cancelled"))
        batch.price_unit = 9.0
        batch.action_prepare()
        self._work()
        self.assertEqual(batch.item_ids.untaxed, -30.0)

    def test_a_batch_that_was_prepared_is_kept(self):
        self._invoice()
        batch = self._prepared()
        with self.assertRaisesRegex(UserError, "kept on record"):
            batch.unlink()


class CorrectionBatchLimitsCommon(CorrectionBatchCommon):
    """Clerks may correct 100.00 alone, and supervisors anything."""

    @classmethod
    def _allow_clerks_anything(cls):
        """Clerks may correct 100, and supervisors anything."""
        limits = cls.env["clerk.approval.limit"].sudo()
        limits.search([]).active = False
        clerks = cls.env.ref("invoicing_clerk.group_clerk")
        supervisors = cls.env.ref("invoicing_clerk.group_supervisor")
        limits.create(
            [
                {"group_id": clerks.id, "amount": 100.0},
                {"group_id": supervisors.id, "unlimited": True},
            ]
        )

    def _large(self, **values):
        """Prepare a batch of 5 notes over 23.00 each."""
        for _number in range(5):
            self._invoice()
        return self._prepared(**values)


class TestCorrectionBatchApproval(CorrectionBatchLimitsCommon):
    """The whole batch is at stake."""

    def test_many_small_corrections_need_approval(self):
        batch = self._large()
        self.assertEqual(batch.stake, 115.0)
        self.assertTrue(batch.approval_required)
        self.assertNotIn("apply", batch.allowed_actions)
        with self.assertRaisesRegex(UserError, "above the limit"):
            batch.action_apply()

    def test_no_correction_of_a_batch_is_applied_alone(self):
        correction = self._large().item_ids[:1].correction_id
        self.assertEqual(correction.stake, 115.0)
        with self.assertRaisesRegex(UserError, "needs approval"):
            correction.action_apply()

    def test_others_of_the_customer_add_up_once(self):
        other = self._correction(self._posted((10, 20.0)))
        other.line_ids.quantity = 9
        other.action_apply()
        self.assertEqual(self._large().stake, 138.0)

    def test_a_second_person_approves(self):
        batch = self._large()
        batch.action_request_approval()
        self.assertIn(self.supervisor, batch.activity_ids.user_id)
        with self.assertRaises(AccessError):
            batch.action_approve()
        supervised = batch.with_user(self.supervisor)
        supervised.action_approve()
        self.assertEqual(batch.state, "approved")
        self._applied(batch)
        correction = batch.item_ids[:1].correction_id
        self.assertEqual(correction.approved_by_id, self.supervisor)
        self.assertEqual(correction.proposed_by_id, self.clerk)

    def test_who_prepared_it_does_not_approve_it(self):
        for _number in range(5):
            self._invoice()
        batch = self._prepared(user=self.supervisor)
        limit = self.env["clerk.approval.limit"].sudo()
        limit.create({"user_id": self.supervisor.id, "amount": 10.0})
        self.env.invalidate_all()
        batch.action_request_approval()
        with self.assertRaisesRegex(AccessError, "somebody else must"):
            batch.action_approve()

    def test_a_refusal_has_a_reason(self):
        batch = self._large()
        batch.action_request_approval()
        dialog = (
            self.env["clerk.correction.refusal"]
            .with_user(self.supervisor)
            .create({"batch_id": batch.id, "reason": "Only March was wrong"})
        )
        dialog.action_refuse()
        self.assertEqual(batch.state, "ready")
        self.assertEqual(batch.refusal_reason, "Only March was wrong")

    def test_what_was_approved_is_what_is_applied(self):
        batch = self._large()
        batch.action_request_approval()
        batch.with_user(self.supervisor).action_approve()
        correction = batch.item_ids[:1].correction_id
        correction.line_ids.price_unit = 1.0
        self._applied(batch)
        self.assertFalse(correction.document_ids)
        self.assertEqual(batch.item_ids.mapped("state").count("done"), 4)


class TestCorrectionBatchLimits(CorrectionBatchLimitsCommon):
    """No correction of a batch gets around the limit of whoever applies it."""

    def _refused_alone(self, correction):
        correction.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "needs approval"):
            correction.action_apply()
        self.assertFalse(correction.document_ids)

    def test_one_that_was_changed_is_judged_by_its_own_stake(self):
        """Would have caught: a batch of 23.00 let a correction of 138.00 pass."""
        self._invoice()
        correction = self._prepared().item_ids.correction_id
        correction.line_ids.price_unit = 0.0
        self.assertEqual(correction.stake, 138.0)
        self._refused_alone(correction)

    def test_changed_ones_of_a_customer_add_up(self):
        self._invoice()
        self._invoice()
        corrections = self._prepared().item_ids.correction_id
        corrections.line_ids.write({"price_unit": 6.0})
        self.assertEqual(corrections.mapped("stake"), [138.0, 138.0])
        self.assertIn(corrections[1].name, corrections[0].stake_note)
        self._refused_alone(corrections[0])

    def test_one_that_was_left_out_is_judged_by_its_own_stake(self):
        """Would have caught: what the batch cannot correct was not at stake at all."""
        move = self._invoice()
        draft = move._reverse_moves([{"invoice_date": date(2026, 2, 11)}])
        batch = self._prepared()
        self.assertEqual(batch.item_ids.state, "unfit")
        correction = batch.item_ids.correction_id
        draft.unlink()
        correction.invalidate_recordset()
        correction.line_ids.price_unit = 0.0
        self.assertEqual(correction.stake, 138.0)
        self._refused_alone(correction)

    def test_what_was_left_out_and_applied_adds_up_with_the_batch(self):
        good, late = self._invoice(), self._invoice()
        draft = late._reverse_moves([{"invoice_date": date(2026, 2, 11)}])
        batch = self._prepared()
        self.assertEqual(batch.stake, 23.0)
        draft.unlink()
        items = {item.move_id: item for item in batch.item_ids}
        self.assertEqual(items[good].state, "ready")
        correction = items[late].correction_id
        correction.invalidate_recordset()
        correction.action_apply()
        batch.invalidate_recordset()
        self.assertEqual(batch.stake, 46.0)

    def test_a_proposal_of_its_own_does_not_change_what_the_batch_applies(self):
        """Would have caught: a clerk proposed a changed correction alone, took it back,
        and the batch applied the change under its own approval."""
        self._invoice()
        batch = self._prepared()
        correction = batch.item_ids.correction_id
        correction.line_ids.price_unit = 0.0
        correction.action_request_approval()
        correction.action_edit_again()
        self._applied(batch)
        self.assertEqual(batch.item_ids.state, "failed")
        self.assertIn("has changed since", batch.item_ids.note)
        self.assertFalse(correction.document_ids)

    def test_retry_asks_for_the_limit_of_whoever_retries(self):
        """Would have caught: a clerk tried again what only a supervisor may apply."""
        batch = self._large(user=self.supervisor)
        lines = batch.item_ids.correction_id.line_ids
        lines.write({"quantity": 9})
        self._applied(batch)
        lines.write({"quantity": 10})
        as_clerk = batch.with_user(self.clerk)
        self.assertFalse(as_clerk.allowed_actions)
        with self.assertRaisesRegex(UserError, "above the limit"):
            as_clerk.action_retry()
        self.assertEqual(set(batch.item_ids.mapped("state")), {"failed"})
        batch.action_retry()
        self._work()
        self.assertEqual(set(batch.item_ids.mapped("state")), {"done"})

    def test_what_was_approved_is_tried_again_by_clerks(self):
        batch = self._large()
        batch.action_request_approval()
        batch.with_user(self.supervisor).action_approve()
        lines = batch.item_ids.correction_id.line_ids
        lines.write({"quantity": 9})
        self._applied(batch)
        lines.write({"quantity": 10})
        batch.action_retry()
        self._work()
        self.assertEqual(set(batch.item_ids.mapped("state")), {"done"})


class TestCorrectionBatchRights(CorrectionBatchCommon):
    """Only clerks of the company work with a batch, and only by its steps."""

    def test_documents_are_of_the_company_of_the_batch(self):
        foreign = self._posted(company_data=self.company_b_data)
        case = self._case(foreign, self.clerk_b)
        clerk = self._new_user("batch_both", "invoicing_clerk.group_clerk")
        clerk.sudo().company_ids += self.company_b
        for values in (
            {"move_ids": [Command.set(foreign.ids)]},
            {"error_ids": [Command.set(case.ids)]},
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "belongs to another company"),
            ):
                self._batch(user=clerk, **values)

    def test_steps_are_not_forged(self):
        self._invoice()
        batch = self._prepared()
        for values in (
            {"state": "approved"},
            {"approved_by_id": self.clerk.id},
            {"author_ids": [Command.clear()]},
            {"user_id": self.supervisor.id},
            {"item_ids": [Command.clear()]},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError):
                batch.write(values)
        with self.assertRaises(AccessError):
            batch.item_ids.write({"stake": 0.0})
        with self.assertRaises(AccessError):
            batch.item_ids.correction_id.write({"batch_id": False})

    def test_auditors_read_and_outsiders_do_not(self):
        self._invoice()
        batch = self._prepared()
        self.assertEqual(
            batch.with_user(self.auditor).item_ids.mapped("state"), ["ready"]
        )
        with self.assertRaises(AccessError):
            batch.with_user(self.auditor).action_apply()
        stranger = self._new_user("batch_stranger", "base.group_user")
        with self.assertRaises(AccessError):
            batch.with_user(stranger).read(["name"])

    def test_clerks_of_another_company_see_nothing(self):
        self._invoice()
        batch = self._prepared()
        other = self._new_user(
            "batch_other", "invoicing_clerk.group_clerk", self.company_b
        )
        with self.assertRaises(AccessError):
            batch.with_user(other).read(["name"])
        with self.assertRaises(AccessError):
            batch.item_ids.with_user(other).read(["amount"])

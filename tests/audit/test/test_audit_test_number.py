from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.audit.test import audit_test as rules
from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

# Prefix and suffix of the numbers.
SERIES = (
    *(("INV/2026/", ""), ("FAC/2026/", ""), ("", "/26"), ("", "/25")),
    *(("INV/2026/", "A"), ("INV/2026/B", ""), ("", "/26 bis")),
)
# Ways to write the ninth number of INV/2026/ in a series of its own.
NINTH = (
    *(("INV/2026/", 9, suffix) for suffix in ("A", "a", "-A", "/B", " bis", ".ter")),
    *(("INV/2026/", 9, suffix) for suffix in ("(A)", " (b)", "*", "-CORR", "-STORNO")),
    *((f"INV/2026/00009{word}", 1, "") for word in ("R", "-R", "-REV-", " bis ")),
    *((f"INV/2026/{letter}", 9, "") for letter in ("A", "A-", "R.", "b")),
    *((f"INV/2026/00009{separator}", 1, "") for separator in ("-", "/", ".", " ")),
)
STATES = ("posted", "posted", "posted", "cancel", "draft")
# Kind of a number -> type of its entry.
KINDS = {"other": "out_invoice", "credit": "out_refund"}


@tagged("post_install", "-at_install")
class TestAuditTestNumber(AuditTestCommon):
    """Missing numbers are found, and nothing else is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_sale"].copy(
            {"code": "SEQ", "name": "Sequences"}
        )

    def _numbered(self, *numbers, day="2026-03-10", prefix="INV/2026/"):
        moves = self.env["account.move"]
        for number in numbers:
            move = self._invoice(100, day, journal_id=self.journal.id)
            self._number(move, prefix, number)
            moves += move
        return moves

    def _faults(self, run):
        return sorted(
            (each.reason, each.facts.get("low"), each.facts.get("high"))
            for each in run.exception_ids
            if each.reason in ("missing", "start")
        )

    def test_a_part_of_a_part(self):
        """A00002B was sought in the series of A00004, which belongs to that of 1."""
        moves = self._numbered(1, 2, 3, 4)
        self._number(moves[3], "INV/2026/A", 4)
        self._number(moves[1], "INV/2026/A", 2, "B")
        self.assertEqual(self._faults(self._run("SEQ")), [])

    def test_no_gap(self):
        self._numbered(1, 2, 3)
        run = self._run("SEQ")
        self.assertEqual(self._found(run), [])
        self.assertEqual(self._figures(run), {"series": 1, "missing": 0})
        self.assertEqual((run.population_count, run.population_amount), (3, 300))

    def test_a_gap_by_deletion(self):
        moves = self._numbered(1, 2, 3, 4)
        # People cannot delete what an open engagement covers; the system can.
        deleted = (moves[1] | moves[2]).with_user(SUPERUSER_ID)
        deleted.button_draft()
        deleted.with_context(force_delete=True).unlink()
        run = self._run("SEQ")
        self.assertEqual(self._faults(run), [("missing", 2, 3)])
        self.assertEqual(run.exception_ids.move_id, moves[3])
        self.assertIn(
            "numbers 2 to 3 of the series INV/2026/#", run.exception_ids.explanation
        )

    def test_a_gap_by_cancellation(self):
        moves = self._numbered(1, 2, 3)
        moves[1].button_cancel()
        run = self._run("SEQ")
        self.assertEqual(self._found(run), [("cancelled", moves[1].name, 100)])

    def test_the_number_of_a_draft(self):
        moves = self._numbered(1, 2)
        moves[1].button_draft()
        run = self._run("SEQ")
        self.assertEqual(self._found(run), [("draft", moves[1].name, 100)])

    def test_drafts_never_posted_have_no_number(self):
        self._numbered(1)
        self.env["account.move"].create(
            {"move_type": "out_invoice", "journal_id": self.journal.id, "name": "X/7"}
        )
        self.assertEqual(self._found(self._run("SEQ")), [])

    def test_a_series_that_starts_late(self):
        self._numbered(4, 5)
        run = self._run("SEQ")
        self.assertEqual(self._faults(run), [("start", 1, 3)])
        self.assertIn("starts at number 4", run.exception_ids.explanation)

    def test_a_prefix_that_changes_in_the_year(self):
        """A new prefix may continue the numbers, or start again."""
        self._numbered(1, 2)
        self._numbered(3, day="2026-04-01", prefix="FAC/2026/")
        self._numbered(1, day="2026-05-01", prefix="NEW/2026/")
        self.assertEqual(self._faults(self._run("SEQ")), [])

    def test_a_prefix_that_changes_with_a_gap(self):
        self._numbered(1, 2)
        self._numbered(5, day="2026-04-01", prefix="FAC/2026/")
        self.assertEqual(self._faults(self._run("SEQ")), [("missing", 3, 4)])

    def test_a_prefix_does_not_continue_credit_notes(self):
        """Credit notes have separate numbers, also right before the change."""
        invoices = self._numbered(1, 2)
        credit = self._credit(invoices[0], "2026-03-20")
        self._number(credit, "RINV/2026/", 1)
        self._numbered(3, day="2026-04-01", prefix="FAC/2026/")
        self.assertEqual(self._faults(self._run("SEQ")), [])

    def test_numbers_without_a_year_continue_from_before_the_period(self):
        self._numbered(7, day="2025-12-30", prefix="A-")
        self._numbered(8, 10, prefix="A-")
        self.assertEqual(self._faults(self._run("SEQ")), [("missing", 9, 9)])

    def test_a_number_with_a_letter_is_part_of_its_series(self):
        """Each was a series of its own, from which eight numbers were missing, and
        missing from the series that it fills."""
        for prefix, number, suffix in NINTH:
            with (
                self.subTest(written=f"{prefix}#{suffix}"),
                self.env.cr.savepoint() as point,
            ):
                odd = self._invoice(100, journal_id=self.journal.id)
                self._numbered(7, 8, 10, prefix="INV/2026/")
                self._number(odd, prefix, number, suffix)
                audit = self._audit(date_to="2026-06-30")
                run = self._run("SEQ", audit=audit)
                self.assertEqual(self._faults(run), [("start", 1, 6)])
                point.rollback()

    def test_a_letter_does_not_hide_a_gap(self):
        odd = self._invoice(100, journal_id=self.journal.id)
        self._numbered(*range(1, 9), prefix="INV/2026/")
        self._number(odd, "INV/2026/", 10, "A")
        self.assertEqual(self._faults(self._run("SEQ")), [("missing", 9, 9)])

    def test_two_series_of_letters_are_two(self):
        """Shops that number from 1 each, after the same prefix."""
        self._numbered(1, 2, 3, prefix="INV/2026/")
        self._numbered(1, 3, prefix="INV/2026/B")
        self.assertEqual(self._faults(self._run("SEQ")), [("missing", 2, 2)])

    def test_another_year_is_another_series(self):
        [old] = self._numbered(1, day="2025-11-11", prefix="")
        [new] = self._numbered(2, prefix="")
        self._number(old, "", 1, "/25")
        self._number(new, "", 2, "/26")
        self.assertEqual(self._faults(self._run("SEQ")), [("start", 1, 1)])

    def test_a_gap_after_the_period_is_not_of_it(self):
        self._numbered(1)
        self._numbered(3, day="2026-07-01")
        self.assertEqual(self._faults(self._run("SEQ")), [])

    def test_other_companies_have_numbers_of_their_own(self):
        self._numbered(1)
        other = self._posted(
            (1, 10), company_data=self.company_b_data, invoice_date="2026-03-10"
        )
        self._number(other, "INV/2026/", 9)
        self.assertEqual(self._faults(self._run("SEQ")), [])


@tagged("post_install", "-at_install")
class TestAuditTestNumberRule(AuditTestCommon):
    """SQL and rule find the same missing numbers in any set of numbers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls.env["account.move"]
        for _number in range(8):
            cls.pool += cls._posted((1, 10), taxes=cls.no_tax)

    @property_of(examples=40)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(SERIES),
                st.integers(1, 7),
                st.integers(-40, 220),
                st.sampled_from(STATES),
                st.sampled_from(sorted(KINDS)),
            ),
            min_size=1,
            max_size=8,
            unique_by=lambda row: row[:2],
        )
    )
    def test_finds_what_the_rule_finds(self, rows):
        with self.env.cr.savepoint() as point:
            numbers = self._as_numbers(rows)
            audit = self._audit(date_to="2026-06-30")
            wanted = rules.number_faults(numbers, date(2026, 1, 1), date(2026, 6, 30))
            run = self._planned("SEQ", audit=audit)
            run.action_run()
            self.assertEqual(self._as_faults(run), wanted)
            point.rollback()

    def _as_numbers(self, rows):
        """Return entries of the rows, as records and for the rule."""
        self._tamper(self.pool, name="/", state="draft", posted_before=False)
        numbers = []
        for move, row in zip(self.pool, rows, strict=False):
            (prefix, suffix), number, days, state, kind = row
            day = date(2026, 1, 1) + timedelta(days=days)
            values = {"date": day, "state": state, "move_type": KINDS[kind]}
            self._number(move, prefix, number, suffix, posted_before=True, **values)
            numbers.append(rules.Number(f"{prefix}#{suffix}", number, day, state, kind))
        return numbers

    def _as_faults(self, run):
        faults = set()
        for each in run.exception_ids:
            held = each.move_id.sequence_number
            faults.add(
                rules.NumberFault(
                    each.reason,
                    each.facts["series"],
                    each.facts.get("low", held),
                    each.facts.get("high", held),
                )
            )
        return faults

import time
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from odoo.addons.invoicing_clerk.models.statement import pdf_budget, statement_delivery
from odoo.addons.invoicing_clerk.models.statement import (
    statement_delivery_document as statement_document,
)
from odoo.addons.invoicing_clerk.models.statement.pdf_budget import (
    PdfBudget,
    PdfTimeoutError,
)
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)


def hang(budget, documents):
    """Return the seconds that a batch costs whose every call does not respond."""
    seconds = budget.seconds_for(documents)
    if seconds is None:
        return 0
    budget._end -= seconds
    budget.has_hung = True
    if documents == 1:
        return seconds
    half = documents // 2
    return seconds + hang(budget, half) + hang(budget, documents - half)


@tagged("at_install", "-post_install")
class TestPdfBudget(BaseCase):
    """The time of a batch whose every call hangs: it was 98 minutes for 50."""

    def test_total_is_bounded(self):
        for total in (60, 84, 240):
            for documents in (1, 2, 7, 50, 500):
                cost = hang(PdfBudget(60, 3, total), documents)
                self.assertLessEqual(cost, total + 1)

    def test_lines_take_time_too(self):
        """Table: documents, lines -> seconds. Would have caught: a document of 9,110
        lines had as long as one of ten, and was given up each time."""
        for documents, lines, expected in (
            *((1, 0, 63), (1, 1000, 83), (1, 9110, 245), (1, 50_000, 1000)),
            *((2, 1000, 86), (50, 5000, 310), (50, 50_000, 500)),
        ):
            with self.subTest(documents=documents, lines=lines):
                seconds = PdfBudget(60, 3, 1000).seconds_for(documents, lines)
                self.assertAlmostEqual(seconds, expected, delta=1)

    def test_within_the_limit_of_a_worker(self):
        for limit, expected in ((0, 240), (120, 84), (3600, 240)):
            with patch.dict(config.options, {"limit_time_real_cron": limit}):
                self.assertEqual(pdf_budget.batch_seconds(), expected)
        values = {"limit_time_real_cron": -1, "limit_time_real": 100}
        with patch.dict(config.options, values):
            self.assertEqual(pdf_budget.batch_seconds(), 70)

    def test_a_call_that_fails_otherwise_waits_no_less(self):
        budget = PdfBudget(60, 3, 1000)
        with self.assertRaises(ValueError), budget.call(50) as seconds:
            raise ValueError
        self.assertEqual(seconds, 210)
        self.assertEqual(budget.seconds_for(25), 135)

    def test_after_a_call_that_hangs_others_wait_less(self):
        budget = PdfBudget(60, 3, 1000)
        with self.assertRaises(PdfTimeoutError), budget.call(50) as seconds:
            raise PdfTimeoutError("It hangs.")
        self.assertEqual(seconds, 210)
        self.assertEqual(budget.seconds_for(50), 35)


@tagged("post_install", "-at_install")
class TestPdfProgramHangs(StatementSendCommon):
    """A program that never responds, in whole runs."""

    def test_run_is_done_in_a_bounded_time(self):
        self.startPatcher(patch.object(statement_document, "SECONDS", 2))
        self.startPatcher(patch.object(statement_document, "SECONDS_EACH", 0))
        self.startPatcher(patch.object(pdf_budget, "BATCH_SECONDS", 8))
        self.startPatcher(patch.object(pdf_budget, "AGAIN", 2))
        run = self._sending(self._customers(20))
        calls = self._with_program("sleep 300")
        begin = time.monotonic()
        self._work()
        self.assertLess(time.monotonic() - begin, 60)
        self.assertEqual(set(self._states(run)), {"failed"})
        self.assertLess(calls.read_text().count("call"), 20)
        errors = " ".join(run.statement_ids.mapped("delivery_error"))
        self.assertIn(f"in {statement_delivery.MAX_IN_VAIN} attempts in a row", errors)

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionQueries(CorrectionCommon):
    """More records cost no more queries."""

    def _fields_of(self, model, view_type):
        views = self.env[model].with_user(self.clerk).get_views([(False, view_type)])
        return {name: {} for name in views["models"][model]["fields"]}

    def _read_all(self, corrections, view_type):
        specification = self._fields_of(corrections._name, view_type)
        corrections.web_read(specification)
        return lambda: corrections.web_read(specification)

    def test_lists_are_flat(self):
        made = self.env["clerk.correction"].with_user(self.clerk)
        for index in range(10):
            move = self._posted((1, 10.0 + index))
            case = self._case(move)
            for _each in range(5):
                made += self._correction(move, case=case)
        for view_type in ("list", "kanban"):
            with self.subTest(view_type):
                few = self._count_queries(self._read_all(made[:1], view_type))
                many = self._count_queries(self._read_all(made, view_type))
                self._assert_no_more_queries(few, many)

    def test_preview_is_flat_in_lines(self):
        counts = []
        for lines in (4, 60):
            move = self._posted(*[(3, 10.0 + index) for index in range(lines)])
            correction = self._correction(move)
            correction.line_ids[3].quantity = 1
            counts.append(self._count_queries(correction.mapped, "preview"))
        self._assert_no_more_queries(*counts, margin=3)

    def test_family_of_many_documents_is_one_search(self):
        moves = self.env["account.move"].with_user(self.clerk)
        for index in range(8):
            move = self._posted((1, 10.0 + index))
            moves += move.with_user(self.clerk)
            self._corrected(move, lines={0: {"quantity": 0.5}})

        def family(documents):
            return lambda: documents.mapped("correction_family_ids")

        few, many = (self._count_queries(family(each)) for each in (moves[:1], moves))
        self._assert_no_more_queries(few, many)

    def _claimed_correction(self, lines):
        move = self._posted(*((3, 10.0 + index) for index in range(lines)))
        error = self._open_error(move)
        error.line_ids.claimed_quantity = 1
        # A request reads a record by its id, not from a list of others.
        correction = self._correction(move, case=error)
        return correction.browse(correction.id)

    def _assert_flat_in_lines(self, prepare):
        """:param prepare: returns an action on a correction"""
        prepare(self._claimed_correction(10))()  # warms what is cached for good
        few, many = (
            self._count_queries(prepare(self._claimed_correction(lines)))
            for lines in (10, 40)
        )
        self._assert_no_more_queries(few, many)

    def test_proposal_is_flat_in_lines(self):
        def prepare(correction):
            case = correction.error_id
            correction.unlink()
            return case.action_propose_correction

        self._assert_flat_in_lines(prepare)

    def test_save_is_flat_in_lines(self):
        def prepare(correction):
            values = {"quantity": 2}
            commands = [Command.update(line.id, values) for line in correction.line_ids]
            return lambda: correction.write({"line_ids": commands})

        self._assert_flat_in_lines(prepare)

    def test_reload_is_flat_in_lines(self):
        self._assert_flat_in_lines(lambda correction: correction.action_reload)

    def test_apply_is_flat_in_lines(self):
        self._assert_flat_in_lines(lambda correction: correction.action_apply)

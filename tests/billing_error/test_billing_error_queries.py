from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

# For caches that expire meanwhile; one query for each line would be thirty.
MARGIN = 3


@tagged("post_install", "-at_install")
class TestBillingErrorQueries(ClerkCommon):
    """A claim on forty lines costs as many queries as one on ten."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whole = cls.env.ref("invoicing_clerk.reason_dup")

    def _long(self, lines):
        return self._posted(*((3, 10.0 + index) for index in range(lines)))

    def _claim(self, lines):
        return self._open_error(self._long(lines))

    def _assert_flat(self, prepare):
        """:param prepare: returns an action on a number of invoice lines"""
        prepare(10)()  # warms what is cached for good
        few, many = (self._count_queries(prepare(lines)) for lines in (10, 40))
        self._assert_no_more_queries(few, many, MARGIN)

    def test_create(self):
        def prepare(lines):
            move, errors = self._long(lines), self.env["clerk.billing.error"]
            values = {"move_ids": [Command.set(move.ids)], "reason_id": self.whole.id}
            return lambda: errors.with_user(self.clerk).create(values)

        self._assert_flat(prepare)

    def test_load_lines(self):
        def prepare(lines):
            error = self._claim(lines)
            error.line_ids.unlink()
            return error.action_load_lines

        self._assert_flat(prepare)

    def test_onchange(self):
        def prepare(lines):
            move = self._long(lines)

            def enter():
                form = Form(self.env["clerk.billing.error"].with_user(self.clerk))
                form.partner_id = self.partner_a
                form.move_ids.add(move)

            return enter

        self._assert_flat(prepare)

    def test_onchange_of_a_saved_case(self):
        def prepare(lines):
            error = self._claim(lines)

            def change():
                Form(error).reason_id = self.whole

            return change

        self._assert_flat(prepare)

    def test_save_of_the_form(self):
        def prepare(lines):
            form = Form(self._claim(lines))
            form.reason_id = self.whole
            return form.save

        self._assert_flat(prepare)

    def test_save_of_all_lines(self):
        def prepare(lines):
            error = self._claim(lines)
            values = {"claimed_quantity": 1}
            commands = [Command.update(line.id, values) for line in error.line_ids]
            return lambda: error.write({"line_ids": commands})

        self._assert_flat(prepare)

    def test_change_of_the_reason(self):
        def prepare(lines):
            error = self._claim(lines)
            return lambda: error.write({"reason_id": self.whole.id})

        self._assert_flat(prepare)

    def test_open(self):
        names = self.env["clerk.billing.error.line"]._fields
        shown = {"line_ids": {"fields": {name: {} for name in names}, "limit": 200}}

        def prepare(lines):
            error = self._claim(lines)
            return lambda: error.web_read({"amount_disputed": {}, **shown})

        self._assert_flat(prepare)

    def test_step(self):
        self._assert_flat(lambda lines: self._claim(lines).action_investigate)

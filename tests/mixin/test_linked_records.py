from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests import surface
from odoo.addons.invoicing_clerk.tests.filled_common import FilledCommon

LINKS = ("many2one", "one2many", "many2many")
REFUSED = (AccessError, ValidationError)


@tagged("post_install", "-at_install")
class TestLinkedRecords(FilledCommon):
    """Nobody links a record that they cannot read, in a form or in a new record.

    A sweep: every field of ours that links records × ways to give it × people of
    another company. Would have caught that a form of a billing error, never saved,
    answered with the lines and prices of an invoice of another company, one of a call
    back with the number of its caller, and one of a correction with its customer.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strangers = cls.clerk_b
        for role in ("supervisor", "auditor"):
            group = f"invoicing_clerk.group_{role}"
            cls.strangers |= cls._new_user(f"{role}_b", group, company=cls.company_b)

    def _unreadable(self, name, user):
        """Return a record of the other company that the user cannot read."""
        model = self.env[name].sudo().with_context(active_test=False)
        if model._abstract or not model._auto:
            return model.browse()
        records = model.search([], limit=20)
        return next(
            (each for each in records if not each.with_user(user).has_access("read")),
            model.browse(),
        )

    def _links(self, user):
        """Yield each field of ours that links a record which the user cannot read."""
        targets = {}
        for name in surface.models_of_ours(self.env):
            for field in self.env[name]._fields.values():
                if field.type not in LINKS or field.name in ("create_uid", "write_uid"):
                    continue
                if field.comodel_name not in targets:
                    targets[field.comodel_name] = self._unreadable(
                        field.comodel_name, user
                    )
                if target := targets[field.comodel_name]:
                    yield self.env[name].with_user(user), field, target

    def _ways(self, model, field, target):
        """Yield name and arguments of each call that gives the link."""
        single = field.type == "many2one"
        value = target.id if single else [Command.link(target.id)]
        vals = {field.name: value}
        spec = {
            name: {}
            for name, each in model._fields.items()
            if model._has_field_access(each, "read")
        }
        yield "onchange", [[], vals, [field.name], spec], {}
        yield "onchange", [[], vals, [], spec], {}
        by_default = {"context": {f"default_{field.name}": value}}
        yield "onchange", [[], {}, [], spec], by_default
        if not field.readonly:
            yield "create", [[vals]], {}
            yield "web_save", [[], vals, {}], {}
        if not single:
            yield "onchange", [[], {field.name: [[1, target.id, {}]]}, [], spec], {}
            yield "onchange", [[], {field.name: [[6, 0, target.ids]]}, [], spec], {}

    @mute_logger("odoo.sql_db", "odoo.models")
    def test_no_form_and_no_record_links_what_its_user_cannot_read(self):
        tried = 0
        for user in self.strangers:
            for model, field, target in self._links(user):
                for method, args, kwargs in self._ways(model, field, target):
                    with self.subTest(user=user.login, field=str(field), by=method):
                        tried += 1
                        self.assertTrue(
                            self._is_refused(model, method, args, kwargs, target)
                        )
        self.assertGreater(tried, 500)

    def _is_refused(self, model, method, args, kwargs, target):
        """Return whether a call is refused, or drops the default of a derived field."""
        try:
            with self.env.cr.savepoint() as savepoint:
                answer = call_kw(model, method, args, kwargs)
                savepoint.rollback()
        except REFUSED:
            return True
        finally:
            self.env.invalidate_all(flush=False)
        names = [key.removeprefix("default_") for key in kwargs.get("context", {})]
        values = [answer["value"].get(name) for name in names]
        # Such as the author of a filter, who is whoever writes it.
        return bool(names) and all(
            not value or value == model.env.uid != target.id for value in values
        )

    def test_what_may_be_read_may_be_linked(self):
        """The same values pass for people of the company."""
        move = self._posted((1, 100.0))
        line = self.env["clerk.billing.error.line"].with_user(self.clerk)
        item = move.invoice_line_ids
        values = line.onchange({"move_line_id": item.id}, [], {"name": {}})["value"]
        self.assertEqual(values["name"], item.name)

    def test_missing_records_are_refused(self):
        errors = self.env["clerk.billing.error"].with_user(self.clerk)
        with self.assertRaisesRegex(AccessError, "that you have access to"):
            errors.onchange({"statement_id": 999_999_999}, [], {})

    def test_what_a_record_links_already_is_no_news(self):
        """A contact who moved to another company does not block the form."""
        call = self.env["clerk.call"].with_user(self.clerk)
        call = call.create({"partner_id": self.partner_a.id})
        self.partner_a.company_id = self.company_b
        self.env.flush_all()
        self.env.invalidate_all()
        given = {"partner_id": self.partner_a.id, "summary": "x"}
        self.assertTrue(call.onchange(given, ["summary"], {"summary": {}}))

    def test_queries_do_not_grow_with_records(self):
        moves = self.env["account.move"].concat(
            *(self._posted((1, 10.0)) for _ in range(6))
        )
        model = self.env["clerk.billing.error.line"].with_user(self.clerk)

        def check(some):
            model._check_linked(
                [{"move_line_id": line.id} for line in some.invoice_line_ids]
            )

        self._count_queries(check, moves)
        few = self._count_queries(check, moves[:1])
        self._assert_no_more_queries(few, self._count_queries(check, moves))

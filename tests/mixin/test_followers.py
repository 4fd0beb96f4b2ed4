from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)


class FollowerMixin:
    """A colleague who follows a record only for one status."""

    def _follow(self, record, state):
        subtype = self.env.ref(f"invoicing_clerk.{record._state_subtypes[state]}")
        record.sudo().message_subscribe(self.colleague.partner_id.ids, subtype.ids)
        return subtype

    def _tracked(self, record):
        """Return the record as users have it, after the transaction that created it.

        Core tracks no change in that transaction, and its tests track nothing at all.
        """
        self.env.flush_all()
        self.cr.precommit.run()
        return record.with_context(tracking_disable=False, mail_notrack=False)

    def _assert_told(self, record, subtype, count=1):
        self.env.flush_all()
        self.cr.precommit.run()
        self.env.invalidate_all()
        messages = record.sudo().message_ids.filtered(
            lambda each: each.subtype_id == subtype
        )
        self.assertEqual(len(messages), count)
        told = messages.notification_ids.res_partner_id
        self.assertEqual(told, self.colleague.partner_id if count else told.browse())


@tagged("post_install", "-at_install")
class TestSubtypes(FollowerMixin, CorrectionCommon):
    """Statuses that users can follow, for all models at once."""

    def _models(self):
        return {
            name: model
            for name, model in self.env.items()
            if getattr(model, "_state_subtypes", None) and not model._abstract
        }

    def test_subtypes_exist(self):
        """Would have caught: a misspelled status, or a subtype of another model, which
        core skips in silence; a subtype that customers could see."""
        models = self._models()
        self.assertGreaterEqual(len(models), 8)
        for name, model in models.items():
            states = dict(model._fields[model._followed_field].selection)
            for state, xml_id in model._state_subtypes.items():
                with self.subTest(model=name, state=state):
                    self.assertIn(state, states)
                    subtype = self.env.ref(f"invoicing_clerk.{xml_id}")
                    self.assertEqual(subtype.res_model, name)
                    self.assertTrue(subtype.internal)
                    self.assertTrue(subtype.description)

    def test_all_subtypes_are_used(self):
        used = {
            xml_id
            for model in self._models().values()
            for xml_id in model._state_subtypes.values()
        }
        shipped = self.env["ir.model.data"].search(
            [
                ("module", "=", "invoicing_clerk"),
                ("model", "=", "mail.message.subtype"),
                ("name", "like", "subtype_"),
                ("name", "not like", "mail_message_subtype"),
            ]
        )
        self.assertEqual(used, set(shipped.mapped("name")))

    def test_billing_error(self):
        for state, step in (("resolved", "resolve"), ("rejected", "reject")):
            case = self._tracked(self._case(self._posted()))
            subtype = self._follow(case, state)
            self._assert_told(case, subtype, 0)
            case._take_step(step, resolution="Explained.")
            self._assert_told(case, subtype)

    def test_correction(self):
        self._allow_clerks_anything()
        correction = self._tracked(self._correction(self._posted()))
        correction.line_ids[0].price_unit = 60.0
        subtype = self._follow(correction, "applied")
        correction.action_apply()
        self._assert_told(correction, subtype)

    def test_nobody_is_told_unasked(self):
        case = self._tracked(self._case(self._posted()))
        case._take_step("resolve", resolution="Explained.")
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertFalse(case.sudo().message_ids.notification_ids)


@tagged("post_install", "-at_install")
class TestPromiseFollowers(FollowerMixin, PromiseCommon):
    """Promises, whose verdicts are not tracked."""

    def test_promise(self):
        kept, broken = (self._old_promise(self._untaxed()) for _at in range(2))
        subtypes = [self._follow(kept, "kept"), self._follow(broken, "broken")]
        self._paid_on(kept.move_ids, -9)
        (kept | broken)._judge()
        for promise, subtype in zip((kept, broken), subtypes, strict=True):
            self._assert_told(promise, subtype)
        (kept | broken)._judge()
        self._assert_told(broken, subtypes[1])


@tagged("post_install", "-at_install")
class TestStatementFollowers(FollowerMixin, StatementSendCommon):
    """Statements and their run, which workers send."""

    def test_statement(self):
        customers = self._customers(2)
        run = self._sending(customers)
        first, second = run.statement_ids
        run_subtype = self._follow(run, "done")
        subtype = self._follow(first, "sent")
        self._work()
        self.assertEqual(run.state, "done")
        self._assert_told(run, run_subtype)
        self._assert_told(first, subtype)
        self._assert_told(second, subtype, 0)

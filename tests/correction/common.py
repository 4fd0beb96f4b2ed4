from odoo.fields import Command

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class CorrectionCommon(ClerkCommon):
    """Cases and corrections as a clerk makes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._allow_clerks_anything()

    @classmethod
    def _allow_clerks_anything(cls):
        """Lift the limits, which only the tests of approval check."""
        clerks = cls.env.ref("invoicing_clerk.group_clerk")
        cls.env["clerk.approval.limit"].sudo().create(
            [
                {"group_id": clerks.id, "remedy_id": remedy.id, "unlimited": True}
                for remedy in (
                    cls.env["clerk.remedy"],
                    cls._remedy("write_off"),
                    cls._remedy("reallocate"),
                )
            ]
        )

    @classmethod
    def _remedy(cls, code):
        return cls.env["clerk.remedy"].sudo().search([("code", "=", code)])

    @classmethod
    def _case(cls, moves, user=None, **values):
        return (
            cls.env["clerk.billing.error"]
            .with_user(user or cls.clerk)
            .create({"move_ids": [Command.set(moves.ids)], **values})
        )

    @classmethod
    def _correction(cls, move, remedy="correct_lines", user=None, case=None, **values):
        case = case or cls._case(move, user)
        return case.env["clerk.correction"].create(
            {
                "error_id": case.id,
                "move_id": move.id,
                "remedy_id": cls._remedy(remedy).id,
                **values,
            }
        )

    @classmethod
    def _corrected(cls, move, remedy="correct_lines", lines=None, **values):
        """Apply a correction; ``lines`` maps a line's index to its new values."""
        correction = cls._correction(move, remedy, **values)
        for index, terms in (lines or {}).items():
            correction.line_ids[index].write(terms)
        correction.action_apply()
        return correction

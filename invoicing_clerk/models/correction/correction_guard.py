from odoo import models
from odoo.exceptions import AccessError

from ..mixin.context_defaults import without_defaults

# Marks writes of our own. No caller from outside can send this very object, as it could
# send any other value of a context.
_INSIDE = object()


class CorrectionGuard(models.AbstractModel):
    """Fields that only the steps of a correction set, however they are written."""

    _name = "clerk.correction.guard"
    _description = "Guarded Fields"

    _guarded_fields = frozenset()

    def _inside(self):
        """The same records, for writes that are no edit by a person."""
        return self.with_context(**self._inside_context())

    def _inside_context(self):
        return {"clerk_correction_inside": _INSIDE}

    def _is_inside(self):
        return self.env.context.get("clerk_correction_inside") is _INSIDE

    def _without_forged_defaults(self):
        """Drop defaults of guarded fields, which a context may bring along."""
        if self._is_inside():
            return self
        return without_defaults(self, self._guarded_fields)

    def _check_unguarded(self, vals):
        """Refuse a write from outside to what the steps alone may set.

        :raises AccessError: names the fields and what to do
        """
        forged = self._guarded_fields & vals.keys()
        if forged and not self._is_inside() and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s: corrections set this by their steps only. Ask for "
                    "approval, approve, refuse or apply.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(forged)
                    ),
                )
            )

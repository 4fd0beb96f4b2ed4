from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import ValidationError


class ClerkChecked(models.AbstractModel):
    """Users who are named in fields that people write.

    A view offers colleagues only; other programs may name anybody. Who is named gets
    work, notifications and replies, so it is a user of the company of the record, who
    may read it.
    """

    _inherit = "clerk.checked"

    @api.model
    def _named_users(self):
        """Return the names of fields of ours in which people name users."""
        if not self._name.startswith("clerk."):
            return []
        guarded = getattr(self, "_guarded_names", frozenset)()
        return [
            name
            for name, field in self._fields.items()
            if field.comodel_name == "res.users"
            and field.store
            and field.type in ("many2one", "many2many")
            and not (field.readonly or field.related or name in guarded)
            and name not in models.MAGIC_COLUMNS
        ]

    @api.constrains(lambda self: self._named_users())
    def _check_named_users(self):
        """:raises ValidationError: a user is not one of the record's company, or may
        not read such records"""
        for name in self._named_users():
            for record in self:
                # sudo: only tells whether they may be named.
                for user in record[name].sudo():
                    if obstacle := record._named_obstacle(user):
                        raise ValidationError(obstacle)

    def _named_obstacle(self, user):
        if user.id == SUPERUSER_ID:
            return None
        company = self["company_id"] if "company_id" in self._fields else None
        if user.share:
            return self.env._("%s is not a user of your company.", user.name)
        if company and company not in user.company_ids:
            return self.env._(
                "%(user)s has no access to %(company)s. Select another user.",
                user=user.name,
                company=company.display_name,
            )
        # sudo(False): constraints run as the superuser, who may read anything.
        reader = self.browse().with_user(user).sudo(False)
        if not self._transient and not reader.has_access("read"):
            return self.env._(
                "%(user)s has no access to records of the type “%(type)s”. Select "
                "another user, or have access rights granted.",
                user=user.name,
                type=self._description,
            )
        return None

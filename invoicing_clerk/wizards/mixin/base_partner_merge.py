from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of customers, of whom records of this addon may exist.

    Core updates foreign keys by SQL: a unique index over a customer stops the merge,
    and rows are deleted where a constraint does. So a package whose rows are unique by
    customer extends ``_update_foreign_keys``, and makes room before core moves them:
    computed rows are removed, and what was sent is told apart by the name under which
    it was sent. It extends ``_update_reference_fields_generic`` for rows that are
    unique by model and id.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        self._move_references(referenced_model, src_records, dst_record)
        return super()._update_reference_fields_generic(
            referenced_model, src_records, dst_record, additional_update_records
        )

    @api.model
    def _move_references(self, referenced_model, sources, target):
        """Move the references by model and id, which core knows of its own models."""
        self.env.flush_all()
        for field in self._moved_references():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(id)s = %(target)s"
                    " WHERE %(model)s = %(name)s AND %(id)s IN %(sources)s",
                    table=SQL.identifier(self.env[field.model_name]._table),
                    id=SQL.identifier(field.name),
                    model=SQL.identifier(field.model_field),
                    name=referenced_model,
                    target=target.id,
                    sources=sources._ids or (0,),
                )
            )
        self.env.invalidate_all()

    @api.model
    def _moved_references(self):
        """Return the fields of this addon that refer to a record by model and id.

        Those whose model belongs to another record, such as a snapshot, are frozen:
        they say which records there were.
        """
        return [
            field
            for name, model in self.env.registry.items()
            if name.startswith("clerk.") and model._auto and not model._abstract
            for field in model._fields.values()
            if field.type == "many2one_reference"
            and field.store
            and model._fields[field.model_field].store
        ]

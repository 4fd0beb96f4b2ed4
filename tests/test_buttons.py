from lxml import etree

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestButtons(TransactionCase):
    """Buttons of our views call methods that take records, as the web client does.

    Would have caught *Find New Payments*, whose method was one of the model: the client
    sends ids along, which such a method takes for an argument.
    """

    def _views(self):
        data = self.env["ir.model.data"].search(
            [("model", "=", "ir.ui.view"), ("module", "=", "invoicing_clerk")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        return views.filtered(lambda view: view.model in self.env)

    def _model_of(self, button, model):
        """Return the model of the view in which a button stands, lists in it too."""
        for field in reversed([*button.iterancestors("field")]):
            model = self.env[model]._fields[field.get("name")].comodel_name or model
        return self.env[model]

    def _buttons(self):
        for view in self._views():
            arch = etree.fromstring(view.arch_db)
            for button in arch.iter("button"):
                if button.get("type") == "object":
                    yield view, self._model_of(button, view.model), button.get("name")

    def test_their_methods_take_records(self):
        buttons = list(self._buttons())
        self.assertGreater(len(buttons), 200)
        for view, model, name in buttons:
            with self.subTest(view=view.name, button=name):
                method = getattr(type(model), name, None)
                self.assertTrue(method, "there is no such method")
                self.assertFalse(getattr(method, "_api_model", False))

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


class MixinCommon(ClerkCommon):
    """All models that share a mixin, found in the registry: none can be forgotten."""

    @classmethod
    def _adopters(cls, mixin):
        kind = cls.env.registry[mixin]
        return [
            cls.env[name]
            for name, model in cls.env.registry.items()
            if issubclass(model, kind) and not model._abstract
        ]

    def _people(self):
        return self.clerk, self.supervisor, self.auditor

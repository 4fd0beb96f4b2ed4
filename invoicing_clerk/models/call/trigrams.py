from odoo.modules.db import FunctionStatus


def trigrams(model, *names):
    """Return the definition of an index for ``ILIKE`` on fields of a model, as core
    defines its own: without accents where the database can. Fields of modules that are
    not installed are left out.

    Without a list of pending entries, which each search would have to read.
    """

    def definition(registry):
        if not registry.has_trigram:
            return ""
        plain = registry.has_unaccent != FunctionStatus.INDEXABLE
        columns = (
            f"{name if plain else registry.unaccent(name)} gin_trgm_ops"
            for name in names
            if name in registry[model]._fields
        )
        return f"USING gin ({', '.join(columns)}) WITH (fastupdate = off)"

    return definition

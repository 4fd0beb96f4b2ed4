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


def whole(registry):
    """Return an SQL template of a text without capitals, to compare it as a whole.

    In an index and in a search alike. Trigrams of a whole name are slow where many
    names have a word of it. Without accents where the database can index that; cut off,
    as rows of an index must not be long.
    """
    is_indexable = registry.has_unaccent == FunctionStatus.INDEXABLE
    text = registry.unaccent("%s") if is_indexable else "%s"
    return f"LEFT(LOWER({text}), 200)"

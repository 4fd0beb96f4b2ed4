def without_defaults(records, names):
    """The same records in a context that brings no defaults of these fields.

    Who creates a record may send ``default_`` values along with it. For fields that
    steps alone set, they would pass a check of the values that were given.
    """
    return _without(records, {f"default_{name}" for name in names})


def without_all_defaults(records):
    """The same records in a context that brings no defaults at all."""
    return _without(
        records, {key for key in records.env.context if key.startswith("default_")}
    )


def _without(records, keys):
    forged = keys & records.env.context.keys()
    if not forged:
        return records
    context = {k: v for k, v in records.env.context.items() if k not in forged}
    return records.with_context(context)  # pylint: disable=context-overridden

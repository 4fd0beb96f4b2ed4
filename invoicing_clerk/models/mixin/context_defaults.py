def without_defaults(records, names):
    """The same records in a context that brings no defaults of these fields.

    Who creates a record may send ``default_`` values along with it. For fields that
    steps alone set, they would pass a check of the values that were given.
    """
    forged = {f"default_{name}" for name in names} & records.env.context.keys()
    if not forged:
        return records
    context = {k: v for k, v in records.env.context.items() if k not in forged}
    return records.with_context(context)  # pylint: disable=context-overridden

from contextlib import contextmanager

KEY = "clerk_note_values"


@contextmanager
def making_note(env, values):
    """Let core's wizards take the values of a note from the correction that makes it.

    They are kept beside the context, which is thereby the same for all notes of a
    batch: Odoo compares each environment that is asked for with all those in use.
    """
    env.cr.cache[KEY] = values
    try:
        yield
    finally:
        del env.cr.cache[KEY]


def note_values(move):
    """Return the values of the note that a correction of the document makes, if any."""
    return move.env.cr.cache.get(KEY, {}) if move._is_inside() else {}

from odoo.fields import Domain

# Links of a note to the document that it amends, and types of both.
LINKS_TO_ORIGINAL = ("corrected_move_id", "reversed_entry_id", "debit_origin_id")
DOCUMENT_TYPES = ("out_invoice", "out_refund")
KEY = "clerk_untouched"


class Untouched:
    """Documents that no note or correction has amended so far, found at once.

    Each reading of a document searches for its notes and corrections. Where many are
    read, most have none: ``with_untouched`` searches once for all of them. A document
    that a correction amends is read as usual from then on (``touch``). The context
    keeps it, which callers cannot forge: nothing that they send is of this class.
    """

    def __init__(self, moves):
        self.ids = set(moves.ids) - set(self._amended(moves).ids)

    def _amended(self, moves):
        linked = moves.env["account.move"].search(
            Domain("state", "in", ["draft", "posted"])
            & Domain("move_type", "in", DOCUMENT_TYPES)
            & Domain.OR(Domain(link, "in", moves.ids) for link in LINKS_TO_ORIGINAL)
        )
        applied = moves.env["clerk.correction"].search(
            Domain("move_id", "in", moves.ids) & Domain("state", "=", "applied")
        )
        return applied.move_id.union(*(linked[link] for link in LINKS_TO_ORIGINAL))


def with_untouched(records, moves):
    """Return the same records, for reading many documents."""
    return records.with_context(**{KEY: Untouched(moves)})


def is_untouched(move):
    """Return True if a document is known to have no notes and corrections."""
    known = move.env.context.get(KEY)
    return isinstance(known, Untouched) and move.id in known.ids


def touch(move):
    """Read a document as usual from now on."""
    if is_untouched(move):
        move.env.context[KEY].ids.discard(move.id)

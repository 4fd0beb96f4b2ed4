from odoo.exceptions import LockError
from odoo.tools import SQL


def lock(refusal, *batches):
    """Lock records for this transaction, or say who or what is in the way.

    :param refusal: returns a sentence: what happens at the same time, and what to do;
        called only where it is needed, as it may read names
    :raises LockError: with the sentence, where another transaction holds one of them
    """
    try:
        for records in batches:
            records.lock_for_update(allow_referencing=True)
    except LockError as error:
        raise LockError(refusal()) from error


def take_turns(refusal, records):
    """Let transactions that count what belongs to these records follow each other.

    What others have made is read as it was when the transaction began. The rows are
    written without a change, so that one that began before another was complete is
    tried again by the server, and then sees it. It needs no right to change them.

    :param refusal: see `lock`
    :raises LockError: see `lock`
    """
    lock(refusal, records)
    if records:
        records.env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id IN %s",
                SQL.identifier(records._table),
                records._ids,
            )
        )


def is_alone(env, name):
    """Return whether no other transaction does what has this name; none can, from now
    until this one ends."""
    [[is_free]] = env.execute_query(
        SQL("SELECT PG_TRY_ADVISORY_XACT_LOCK(HASHTEXT(%s))", name)
    )
    return is_free

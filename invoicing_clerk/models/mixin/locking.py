from odoo.exceptions import LockError


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

import logging

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


def attempt(env, work):
    """Do a part of the work, or undo it and return why it failed.

    Pending changes are written before the savepoint: an error in them is not one of
    this part, and would leave the transaction aborted. Errors that do not
    speak to the user are logged.

    :param work: a function without arguments
    :return: the exception, or None
    :raises psycopg2.OperationalError: a conflict with another transaction, after which
        the server or the worker repeats the whole
    """
    env.cr.flush()
    try:
        with env.cr.savepoint():
            work()
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception as error:
        if not isinstance(error, UserError):
            _logger.info("A part of the work failed", exc_info=True)
        return error
    return None


def halves(records):
    """Return the two halves of records."""
    half = len(records) // 2
    return records[:half], records[half:]


def attempt_in_parts(records, work, split=halves, is_of_all=None):
    """Do the work on records at once; if it fails, on parts of them.

    Parts are split until each record that fails is alone: it does not stop the others,
    and nothing that was done is done again. What fails is undone, and can be tried
    again. Write an error where it is yielded, before the next part is attempted::

        for part, error in attempt_in_parts(records, lambda part: part._do()):
            if error:
                part._fail(reason_of(error))

    :param work: a function of records. One that has no time left returns without work.
    :param split: a function that returns the parts of records
    :param is_of_all: a function of an error: whether each part would fail alike
    :return: an iterator over ``(records, error)``; the error is None where the work was
        done, and that of one record, or of all
    """
    if not records:
        return
    error = attempt(records.env, lambda: work(records))
    if not error or len(records) == 1 or (is_of_all and is_of_all(error)):
        yield records, error
        return
    for part in split(records):
        yield from attempt_in_parts(part, work, split, is_of_all)


def reason_of(error):
    """Return why a part of the work failed, as text; None if it did not."""
    return str(error) if isinstance(error, UserError) else error and first_line(error)


def first_line(error):
    """Return the first line of an error: those of the database have more."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__

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


def reason_of(error):
    """Return why a part of the work failed, as text; None if it did not."""
    return str(error) if isinstance(error, UserError) else error and first_line(error)


def first_line(error):
    """Return the first line of an error: those of the database have more."""
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__

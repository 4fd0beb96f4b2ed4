from odoo.tools import format_date


def lock_date_obstacle(company, date, journal):
    """Return which lock date forbids entries on a date; nothing if none does."""
    locks = company._get_violated_lock_dates(date, False, journal)
    return locks and company.env._(
        "The date %(date)s is locked (%(locks)s). Change the date, or ask an "
        "accountant.",
        date=format_date(company.env, date),
        locks=company._format_lock_dates(locks),
    )

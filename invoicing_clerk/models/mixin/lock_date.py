from datetime import timedelta

from odoo import fields
from odoo.tools import format_date

from ...rules.entered_date import MOST_DAYS


def lock_date_obstacle(company, date, journal):
    """Return which lock date forbids entries on a date; nothing if none does."""
    locks = company._get_violated_lock_dates(date, False, journal)
    return locks and company.env._(
        "The date %(date)s is locked (%(locks)s). Change the date, or ask an "
        "accountant.",
        date=format_date(company.env, date),
        locks=company._format_lock_dates(locks),
    )


def distant_date_obstacle(env, date, days=MOST_DAYS):
    """Return that a date is too far ahead, or nothing: its year may be a typo."""
    last = fields.Date.context_today(env["res.company"]) + timedelta(days)
    if not date or date <= last:
        return None
    return env._(
        "The date %(date)s is too far ahead. Enter %(last)s or an earlier day.",
        date=format_date(env, date),
        last=format_date(env, last),
    )


def entry_date_obstacle(company, date, journal):
    """Return why nothing is booked on a date, or nothing."""
    return distant_date_obstacle(company.env, date) or lock_date_obstacle(
        company, date, journal
    )

from datetime import datetime, time, timedelta

from pytz import timezone

from odoo import fields

from ...rules.working_day import LONGEST_CLOSURE, add_working_days

# Calendar days for each working day, holidays included.
STRETCH = 2


def closed_days(company, first, last):
    """Return the days on which a company does not work, by its working hours.

    These are free days of the week and public holidays. A company without working
    hours works on all days.

    :param first: the first day asked for
    :param last: the last day asked for
    """
    calendar = company.resource_calendar_id
    if not calendar:
        return set()
    zone = timezone(calendar.tz or "UTC")
    unusual = calendar._get_unusual_days(
        zone.localize(datetime.combine(first, time.min)),
        zone.localize(datetime.combine(last, time.max)),
        company,
    )
    return {fields.Date.to_date(day) for day, closed in unusual.items() if closed}


def working_days_later(company, day, number):
    """Return the day that is a number of working days of a company after a day."""
    last = day + timedelta(days=STRETCH * number + LONGEST_CLOSURE)
    return add_working_days(day, number, closed_days(company, day, last))

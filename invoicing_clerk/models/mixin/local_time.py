from odoo.tools import SQL


def local_time_sql(column, zone):
    """Return SQL of a UTC timestamp in a time zone.

    :param zone: name of a time zone, or SQL of one
    """
    return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", column, zone)


def local_day_sql(column, zone):
    """Return SQL of the day of a UTC timestamp in a time zone."""
    return SQL("%s::date", local_time_sql(column, zone))

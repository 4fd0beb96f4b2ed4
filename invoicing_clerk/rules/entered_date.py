"""Limits of the dates that people enter: a year that is far ahead is a typo."""

# Entries: a payment is posted late, and a check dated ahead, by a year at most.
MOST_DAYS = 366
# Promises: the last payments of long plans.
PROMISE_DAYS = 5 * 366

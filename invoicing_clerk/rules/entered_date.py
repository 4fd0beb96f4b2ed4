"""How far ahead the dates are that people enter: a year that is off is a typo."""

# Entries: a payment is posted late, and a check dated ahead, by a year at most.
MOST_DAYS = 366
# Promises: the last payments of long plans.
PROMISE_DAYS = 5 * 366

"""Ageing of open items, for balances, pages of customers, statements and reports alike.

SQL numbers buckets in the same way: ``WIDTH_BUCKET(days, bucket_starts(width))``.
"""

from bisect import bisect_right

OVERDUE_BUCKETS = 5


def bucket_starts(width: int = 30, count: int = OVERDUE_BUCKETS) -> list[int]:
    """Return the days overdue at which each overdue bucket starts.

    >>> bucket_starts()
    [1, 31, 61, 91, 121]
    >>> bucket_starts(15, 2)
    [1, 16]
    """
    return [width * number + 1 for number in range(count)]


def bucket(days_overdue: int, width: int = 30, count: int = OVERDUE_BUCKETS) -> int:
    """Return the ageing bucket: 0 is not due, 1 the first ``width`` days, 5 the last.

    >>> [bucket(days) for days in (-31, 0, 1, 30, 31, 60, 61, 90, 91, 120, 121, 900)]
    [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    >>> bucket(15, width=7), bucket(15, width=7, count=2)
    (3, 2)
    """
    return bisect_right(bucket_starts(width, count), days_overdue)


def bucket_names(width: int = 30, count: int = OVERDUE_BUCKETS) -> list[str]:
    """Return the names of the overdue buckets, in days.

    >>> bucket_names()
    ['1–30', '31–60', '61–90', '91–120', '> 120']
    >>> bucket_names(1, 2), bucket_names(2, 2), bucket_names(30, 1)
    (['1', '> 1'], ['1–2', '> 2'], ['> 0'])
    """
    starts = bucket_starts(width, count)
    names = [
        f"{start}–{following - 1}" if following - start > 1 else f"{start}"
        for start, following in zip(starts[:-1], starts[1:], strict=True)
    ]
    return [*names, f"> {starts[-1] - 1}"]

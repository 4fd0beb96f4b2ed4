"""Batches of documents that are made in one call."""

from collections.abc import Iterable, Iterator


def batch_sizes(weights: Iterable[int], most: int, heaviest: int) -> Iterator[int]:
    """Yield the sizes of batches, in order.

    A batch has at most so many documents, and no more weight than the heaviest one; a
    document that weighs more is alone.

    >>> list(batch_sizes([1, 1, 1, 1, 1], 2, 100))
    [2, 2, 1]
    >>> list(batch_sizes([40, 70, 30, 500, 1], 10, 100))
    [1, 2, 1, 1]
    >>> list(batch_sizes([], 2, 100))
    []
    """
    size = total = 0
    for weight in weights:
        if size and (size == most or total + weight > heaviest):
            yield size
            size = total = 0
        size += 1
        total += weight
    if size:
        yield size

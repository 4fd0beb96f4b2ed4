"""Who works on what, shared fairly: which items change hands, and no others.

Fair means in proportion to capacity, within one item: nobody has so much that, even
after giving an item away, they had more for their capacity than the colleague who
takes it. Every move serves that, and who has a fair share keeps what they have.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import lcm

Able = frozenset[int]


@dataclass(frozen=True)
class Item:
    """An open item: who has it, if anybody, and who may have it.

    ``able`` are the people with the skill and the right for it. What is in progress
    ``stays`` with its holder, whoever that is, and is part of their load.
    """

    id: int
    holder: int | None
    able: Able
    stays: bool = False


def share(items: Iterable[Item], capacities: Mapping[int, int]) -> dict[int, int]:
    """Tell for each item that should change hands to whom it goes.

    ``items`` come most urgent first: the urgent ones are dealt out evenly, and who
    gives something away keeps what is most urgent. ``capacities`` are in percent; who
    is absent has 0. An item of somebody without capacity goes to a colleague, and
    stays where no colleague may have it.

    Ben is away; what he started stays his, the rest is dealt out:

    >>> all_three = frozenset({1, 2, 3})
    >>> team = {1: 100, 2: 0, 3: 100}
    >>> share([Item(10, 2, all_three, stays=True), Item(11, 2, all_three),
    ...     Item(12, 2, all_three), Item(13, 3, all_three)], team)
    {11: 1, 12: 1}

    Half the capacity, half the load; and the most urgent ones are kept:

    >>> share([Item(number, 1, all_three) for number in range(6)], {1: 100, 3: 50})
    {4: 3, 5: 3}

    An item that only two people can work on makes room by another's:

    >>> share([Item(1, 1, frozenset({1, 2})), Item(2, 1, frozenset({1, 2})),
    ...     Item(3, 2, frozenset({2, 3}))], {1: 100, 2: 100, 3: 100})
    {2: 2, 3: 3}

    Who has a fair share keeps it:

    >>> share([Item(1, 1, all_three), Item(2, 1, all_three), Item(3, 3, all_three)],
    ...     {1: 100, 3: 100})
    {}
    """
    table = _Table(items, capacities)
    table.deal()
    table.level()
    return table.moves()


class _Table:
    """The hands of all people while items are dealt out and passed on."""

    def __init__(self, items: Iterable[Item], capacities: Mapping[int, int]) -> None:
        working = {who: size for who, size in capacities.items() if size > 0}
        whole = lcm(*working.values())
        # What one more item weighs for somebody: exact, and less for who can do more.
        self.weight = {who: whole // size for who, size in working.items()}
        self.load = Counter(dict.fromkeys(working, 0))
        self.before: dict[int, int | None] = {}
        self.after: dict[int, int] = {}
        self.homeless: list[tuple[int, Able]] = []
        # (who has them, who may have them) -> items, the most urgent first
        self.hands: dict[tuple[int, Able], list[int]] = {}
        for item in items:
            self._put_down(item)

    def _put_down(self, item: Item) -> None:
        able = item.able.intersection(self.weight)
        self.before[item.id] = item.holder
        if item.stays or not able:
            # It is part of the holder's load and of nothing else.
            if item.holder is not None and item.holder in self.load:
                self.load[item.holder] += 1
        elif item.holder is not None and item.holder in able:
            self._give(item.id, able, item.holder)
        else:
            self.homeless.append((item.id, able))

    def _give(self, item: int, able: Able, who: int) -> None:
        self.hands.setdefault((who, able), []).append(item)
        self.after[item] = who
        self.load[who] += 1

    def moves(self) -> dict[int, int]:
        return {
            item: who
            for item, who in sorted(self.after.items())
            if self.before[item] != who
        }

    def _with_one_more(self, who: int) -> tuple[int, int]:
        return (self.load[who] + 1) * self.weight[who], who

    def deal(self) -> None:
        """Give each item that has no home to who has least with it."""
        for item, able in self.homeless:
            self._give(item, able, min(able, key=self._with_one_more))

    def level(self) -> None:
        """Pass items on, from hand to hand where it takes that, until all is fair."""
        while path := self._direct() or self._around():
            for giver, able, taker in path:
                self._pass_on(giver, able, taker)

    def _relief(self, giver: int, taker: int) -> int:
        """By how much the giver has more than the taker would have; fair below 1."""
        given = self.load[giver] * self.weight[giver]
        return given - self._with_one_more(taker)[0]

    def _direct(self) -> list[tuple[int, Able, int]]:
        """The single move that helps most, if any helps."""
        best: list[tuple[int, Able, int]] = []
        most = 0
        takers: dict[Able, int] = {}
        for giver, able in self._held():
            if able not in takers:
                takers[able] = min(able, key=self._with_one_more)
            taker = takers[able]
            if (relief := self._relief(giver, taker)) > most:
                most, best = relief, [(giver, able, taker)]
        return best

    def _held(self) -> Iterator[tuple[int, Able]]:
        return (hand for hand, items in self.hands.items() if items)

    def _around(self) -> list[tuple[int, Able, int]]:
        """The shortest way to pass load on through others, from who has most."""
        by_load = sorted(self.load, key=lambda who: -self.load[who] * self.weight[who])
        for start in by_load:
            if path := self._path_from(start):
                return path
        return []

    def _path_from(self, start: int) -> list[tuple[int, Able, int]]:
        came: dict[int, tuple[int, Able, int] | None] = {start: None}
        queue = deque([start])
        while queue:
            who = queue.popleft()
            if self._relief(start, who) > 0:
                return self._steps(came, who)
            for giver, able in self._held():
                if giver == who:
                    for taker in sorted(able.difference(came)):
                        came[taker] = (giver, able, taker)
                        queue.append(taker)
        return []

    def _steps(
        self, came: Mapping[int, tuple[int, Able, int] | None], end: int
    ) -> list[tuple[int, Able, int]]:
        """The way to ``end``, its last step first: who passes on has room then."""
        steps = []
        while step := came[end]:
            steps.append(step)
            end = step[0]
        return steps

    def _pass_on(self, giver: int, able: Able, taker: int) -> None:
        """Pass on what was the taker's, else what came anew, else the least urgent."""
        hand = self.hands[giver, able]
        item = next(
            (item for item in hand if self.before[item] == taker),
            next(
                (item for item in reversed(hand) if self.before[item] != giver),
                hand[-1],
            ),
        )
        hand.remove(item)
        self.load[giver] -= 1
        self._give(item, able, taker)

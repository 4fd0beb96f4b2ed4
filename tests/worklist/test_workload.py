from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.worklist.workload import Item, share
from odoo.addons.invoicing_clerk.tests.properties import property_of

PEOPLE = range(1, 6)
PROPERTY = property_of(100)


@st.composite
def teams(draw, skilled=True, fixed=True, most=30):
    """Draw capacities of a few people, and items that they and others hold."""
    sizes = st.sampled_from([0, 25, 50, 80, 100, 120])
    capacities = draw(st.dictionaries(st.sampled_from(PEOPLE), sizes, min_size=1))
    able = st.frozensets(st.sampled_from(PEOPLE)) if skilled else st.just(set(PEOPLE))
    items = draw(
        st.lists(
            st.tuples(
                st.one_of(st.none(), st.sampled_from(PEOPLE)),
                able.map(frozenset),
                st.booleans() if fixed else st.just(False),
            ),
            max_size=most,
        )
    )
    return capacities, [
        Item(number, holder, able, stays and holder is not None)
        for number, (holder, able, stays) in enumerate(items)
    ]


def shared(items, moves):
    """Return the items as they are after the moves."""
    return [
        Item(item.id, moves.get(item.id, item.holder), item.able, item.stays)
        for item in items
    ]


def loads(items, capacities):
    """Return the number of items of each person, without unassigned ones."""
    return {
        who: sum(item.holder == who for item in items)
        for who, size in capacities.items()
        if size
    }


def unfairness(items, capacities):
    """Return a measure of unfairness, which is lowest in a fair distribution."""
    load = loads(items, capacities)
    return sum(
        Fraction(count * (count + 1), 2 * capacities[who])
        for who, count in load.items()
    )


def ways(items, capacities):
    """Yield every distribution among people who are able."""
    working = {who for who, size in capacities.items() if size}
    able = [
        [item.holder]
        if item.stays or not item.able & working
        else sorted(item.able & working)
        for item in items
    ]
    for holders in product(*able):
        moved = {item.id: who for item, who in zip(items, holders, strict=True) if who}
        yield shared(items, moved)


@tagged("post_install", "-at_install")
class TestWorkloadRule(BaseCase):
    """Work of any team is shared fairly, with no more moves than necessary."""

    @PROPERTY
    @given(teams())
    def test_only_able_and_present_people_get_items(self, team):
        capacities, items = team
        by_id = {item.id: item for item in items}
        for item_id, taker in share(items, capacities).items():
            item = by_id[item_id]
            self.assertFalse(item.stays, "what is in progress stays")
            self.assertIn(taker, item.able)
            self.assertGreater(capacities.get(taker, 0), 0)
            self.assertNotEqual(taker, item.holder)

    @PROPERTY
    @given(teams())
    def test_no_single_move_makes_it_fairer(self, team):
        capacities, items = team
        after = shared(items, share(items, capacities))
        load = loads(after, capacities)
        for item in after:
            if item.stays or item.holder not in load:
                continue
            for other in item.able & load.keys():
                if item.holder in item.able and other != item.holder:
                    self.assertLessEqual(
                        load[item.holder] * capacities[other],
                        (load[other] + 1) * capacities[item.holder],
                    )

    @PROPERTY
    @given(teams(most=6))
    def test_no_other_distribution_is_fairer(self, team):
        capacities, items = team
        after = shared(items, share(items, capacities))
        fairest = min(unfairness(way, capacities) for way in ways(items, capacities))
        self.assertEqual(unfairness(after, capacities), fairest)

    @PROPERTY
    @given(teams())
    def test_items_of_unable_people_are_reassigned(self, team):
        capacities, items = team
        for item in shared(items, share(items, capacities)):
            able = {who for who in item.able if capacities.get(who)}
            if able and not item.stays:
                self.assertIn(item.holder, able)

    @PROPERTY
    @given(teams(skilled=False, fixed=False))
    def test_loads_are_in_proportion_within_one_item(self, team):
        capacities, items = team
        load = loads(shared(items, share(items, capacities)), capacities)
        for one in load:
            for other in load:
                self.assertLessEqual(
                    load[one] * capacities[other],
                    (load[other] + 1) * capacities[one],
                )

    @PROPERTY
    @given(teams(skilled=False))
    def test_nobody_gets_and_gives(self, team):
        capacities, items = team
        moves = share(items, capacities)
        takers = set(moves.values())
        givers = {item.holder for item in items if item.id in moves}
        self.assertFalse(takers & givers, "fewer moves would do the same")

    @PROPERTY
    @given(teams())
    def test_applied_twice_changes_nothing_more(self, team):
        capacities, items = team
        moves = share(items, capacities)
        self.assertEqual(share(shared(items, moves), capacities), {})

    @PROPERTY
    @given(teams())
    def test_moves_do_not_depend_on_the_order_of_people(self, team):
        capacities, items = team
        turned = dict(reversed(capacities.items()))
        self.assertEqual(share(items, capacities), share(items, turned))

    def test_an_item_in_progress_counts_once(self):
        both = frozenset({1, 2})
        items = [Item(1, 1, both, stays=True), Item(2, None, both), Item(3, None, both)]
        self.assertEqual(share(items, {1: 100, 2: 100}), {2: 2, 3: 1})

    def test_new_items_are_passed_on_first(self):
        both, one = frozenset({1, 2}), frozenset({1})
        items = [Item(1, 1, both), Item(2, None, both), Item(3, None, one)]
        self.assertEqual(share(items, {1: 100, 2: 50}), {2: 2, 3: 1})

    def test_items_are_passed_on_directly_if_possible(self):
        items = [Item(1, 3, frozenset({2, 3})), Item(2, None, frozenset({1, 3}))]
        self.assertEqual(share(items, {1: 25, 2: 50, 3: 25}), {1: 2, 2: 1})

    def test_one_percent_is_a_capacity(self):
        self.assertEqual(share([Item(1, None, frozenset({1}))], {1: 1}), {1: 1})

    def test_many_items_of_a_large_team(self):
        everybody = frozenset(range(20))
        items = [Item(number, 0, everybody) for number in range(2000)]
        moves = share(items, dict.fromkeys(range(20), 100))
        self.assertEqual(len(moves), 1900)
        self.assertEqual(min(moves), 100, "the most urgent ones are kept")

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symaug.semantics.group import MAX_ORDER, Group, GroupTooLarge, close
from symaug.semantics.signed_permutation import SignedPermutation

KLEIN = close(
    {"a": SignedPermutation.of([1, 0, 2, 3]), "b": SignedPermutation.of([0, 1, 3, 2])},
    SignedPermutation.identity(4),
    SignedPermutation.compose,
)[0]


def test_names_come_breadth_first_with_the_right_factor_applied_first():
    assert KLEIN.elements == ("e", "a", "b", "a*b")
    assert KLEIN.table == ((0, 1, 2, 3), (1, 0, 3, 2), (2, 3, 0, 1), (3, 2, 1, 0))
    assert KLEIN.identity == 0 and KLEIN.order == 4


def test_dihedral_group_of_the_square():
    turn, mirror = SignedPermutation.of([1, 2, 3, 0]), SignedPermutation.of([1, 0, 3, 2])
    group, values = close({"r": turn, "m": mirror}, SignedPermutation.identity(4), SignedPermutation.compose)
    assert group.order == 8
    assert group.elements[:3] == ("e", "r", "m")
    assert values[group.index("r*m")] == turn @ mirror != mirror @ turn == values[group.index("m*r")]
    assert group.axiom_violations() == []


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_closure_is_a_group_and_its_values_multiply_by_its_table(data):
    size = data.draw(st.integers(2, 3))
    generators = {}
    for name in ("a", "b"):
        index = data.draw(st.permutations(range(size)))
        sign = data.draw(st.lists(st.sampled_from([1, -1]), min_size=size, max_size=size))
        generators[name] = SignedPermutation.of(index, sign)
    try:
        group, values = close(generators, SignedPermutation.identity(size), SignedPermutation.compose)
    except GroupTooLarge:
        return
    for i in range(group.order):
        assert values[i].inverse() == values[group.inverse(i)]
        for j in range(group.order):
            assert values[i] @ values[j] == values[group.product(i, j)]
    if group.order <= 48:  # the axioms are checked on all triples
        names = set(group.generators) & set(group.elements)
        assert replace(group, generators=tuple(sorted(names))).axiom_violations() == []


def test_a_closure_that_grows_too_large_is_refused():
    def add(a: int, b: int) -> int:
        return a + b

    with pytest.raises(GroupTooLarge):
        close({"one": 1}, 0, add)
    assert close({"one": 1}, 0, lambda a, b: (a + b) % MAX_ORDER)[0].order == MAX_ORDER


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (replace(KLEIN, elements=("e", "a", "a", "a*b")), "share a name"),
        (replace(KLEIN, table=KLEIN.table[:3]), "not 4 by 4"),
        (replace(KLEIN, table=(*KLEIN.table[:3], (3, 2, 1, 7))), "not an element"),
        (replace(KLEIN, table=((1, 0, 2, 3), *KLEIN.table[1:])), "not the identity"),
        (replace(KLEIN, table=(*KLEIN.table[:3], (3, 2, 2, 0))), "no inverse"),
        (replace(KLEIN, generators=("c",)), "generator"),
    ],
)
def test_each_broken_axiom_is_found(broken: Group, words: str):
    assert words in " ".join(broken.axiom_violations())


def test_a_latin_square_that_is_not_associative_is_no_group():
    table = ((0, 1, 2, 3, 4), (1, 0, 3, 4, 2), (2, 4, 0, 1, 3), (3, 2, 4, 0, 1), (4, 3, 1, 2, 0))
    loop = Group(("e", "a", "b", "c", "d"), table, ("a", "b"))
    assert "not associative" in " ".join(loop.axiom_violations())


def test_elements_are_found_by_name():
    assert KLEIN.index("a*b") == 3
    with pytest.raises(KeyError):
        KLEIN.index("b*a")

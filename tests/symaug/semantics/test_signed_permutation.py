from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symaug.semantics.linear_map import direct_sum
from symaug.semantics.signed_permutation import SignedPermutation

OFFSETS = st.one_of(st.just(0.0), st.integers(-8, 8).map(lambda k: k / 4))  # exact in binary: sums stay exact


@st.composite
def maps(draw: st.DrawFn, size: int | None = None, affine: bool = True) -> SignedPermutation:
    n = draw(st.integers(0, 8)) if size is None else size
    index = draw(st.permutations(range(n)))
    sign = draw(st.lists(st.sampled_from([1, -1]), min_size=n, max_size=n))
    offset = draw(st.lists(OFFSETS if affine else st.just(0.0), min_size=n, max_size=n))
    return SignedPermutation.of(index, sign, offset)


@st.composite
def equal_sizes(draw: st.DrawFn, count: int) -> list[SignedPermutation]:
    n = draw(st.integers(0, 8))
    return [draw(maps(n)) for _ in range(count)]


def test_the_convention_is_a_gather():
    # y[0] = -x[2], y[1] = x[0] + 0.5, y[2] = x[1]
    action = SignedPermutation.of([2, 0, 1], [-1, 1, 1], [0.0, 0.5, 0.0])
    assert action.apply([10.0, 20.0, 30.0]) == [-30.0, 10.5, 20.0]


def test_a_product_applies_its_right_factor_first():
    swap = SignedPermutation.of([1, 0, 2])
    cycle = SignedPermutation.of([1, 2, 0])
    x = [1, 2, 3]
    assert cycle.apply(x) == [2, 3, 1]
    assert (swap @ cycle).apply(x) == swap.apply([2, 3, 1]) == [3, 2, 1]
    assert (cycle @ swap).apply(x) == cycle.apply([2, 1, 3]) == [1, 3, 2]


@given(equal_sizes(2), st.data())
def test_composing_is_applying_one_after_the_other(pair, data):
    a, b = pair
    x = data.draw(st.lists(st.integers(-100, 100).map(float), min_size=len(a), max_size=len(a)))
    assert (a @ b).apply(x) == a.apply(b.apply(x))


@given(equal_sizes(3))
def test_group_axioms(triple):
    a, b, c = triple
    e = SignedPermutation.identity(len(a))
    assert (a @ b) @ c == a @ (b @ c)
    assert a @ e == a == e @ a
    assert a @ a.inverse() == e == a.inverse() @ a
    assert (a @ b).inverse() == b.inverse() @ a.inverse()


@given(maps())
def test_text_round_trips(action):
    assert SignedPermutation.parse(str(action)) == action


def test_text_is_readable():
    assert str(SignedPermutation.of([1, 0], [1, -1], [0.0, 1.5])) == "+1 -0+1.5"


@pytest.mark.parametrize("text", ["1 0", "+1 +1", "+0 +2", "+0x", "+0 -1+", "+-1"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match="permutation"):
        SignedPermutation.parse(text)


@given(maps(), maps())
def test_direct_sum_acts_on_both_halves(a, b):
    x = list(range(1, len(a) + 1))
    y = list(range(50, 50 + len(b)))
    assert direct_sum([a, b]).apply(x + y) == a.apply(x) + b.apply(y)


@given(maps(affine=False), maps(affine=False))
def test_tensor_acts_on_the_kronecker_product(a, b):
    x = list(range(1, len(a) + 1))
    y = list(range(2, len(b) + 2))
    assert a.tensor(b).apply([i * j for i in x for j in y]) == [i * j for i in a.apply(x) for j in b.apply(y)]


@given(st.data())
def test_tensor_is_a_homomorphism(data):
    n, m = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    a, b = (data.draw(maps(n, affine=False)) for _ in range(2))
    c, d = (data.draw(maps(m, affine=False)) for _ in range(2))
    assert (a @ b).tensor(c @ d) == a.tensor(c) @ b.tensor(d)


def test_tensor_refuses_offsets():
    with pytest.raises(ValueError, match="offsets"):
        SignedPermutation.of([0], offset=[1.0]).tensor(SignedPermutation.identity(2))


def test_restricting_to_a_closed_subset_keeps_the_given_order():
    action = SignedPermutation.of([1, 0, 3, 2], [1, -1, 1, -1])
    assert action.restrict([3, 2]) == SignedPermutation.of([1, 0], [-1, 1])
    assert action.restrict([0, 2]) is None


@pytest.mark.parametrize(
    ("index", "sign", "offset"),
    [
        ((0, 0), (1, 1), (0.0, 0.0)),
        ((0, 2), (1, 1), (0.0, 0.0)),
        ((0, 1), (1, 0), (0.0, 0.0)),
        ((0, 1), (1,), (0.0, 0.0)),
        ((0, 1), (1, 1), (0.0,)),
    ],
)
def test_what_is_no_signed_permutation_cannot_be_built(index, sign, offset):
    with pytest.raises(ValueError, match=r"permutation|lengths|signs"):
        SignedPermutation(index, sign, offset)


def test_mismatched_sizes_are_refused():
    with pytest.raises(ValueError, match="compose"):
        SignedPermutation.identity(2).compose(SignedPermutation.identity(3))
    with pytest.raises(ValueError, match="expected 2"):
        SignedPermutation.identity(2).apply([1, 2, 3])

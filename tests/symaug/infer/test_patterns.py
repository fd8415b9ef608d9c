"""Short words for sets of names: whatever the names, they mean exactly the set."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from symaug.infer.patterns import covering, listing
from symaug.syntax.names import expand, select

WORDS = st.lists(
    st.sampled_from(["left", "right", "hip", "knee", "1", "2", "roll", "yaw"]), min_size=1, max_size=4
)
NAMES = st.lists(st.builds("_".join, WORDS) | st.builds("".join, WORDS), min_size=1, max_size=12, unique=True)


@settings(max_examples=100, deadline=None)
@given(NAMES, st.data())
def test_patterns_match_what_was_chosen_and_nothing_else(names, data):
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True))
    matched = {name for pattern in covering(chosen, names) for name in select(pattern, names)[0]}
    assert matched == set(chosen)
    assert all(not select(pattern, names)[1] for pattern in covering(chosen, names))


@settings(max_examples=100, deadline=None)
@given(NAMES)
def test_a_listing_expands_to_the_names_in_their_order(names):
    owner = {name: name[:4] for name in names}
    assert [name for pattern in listing(names, owner) for name in expand(pattern)] == names


def test_words_that_a_person_would_choose():
    legs = [f"{leg}_{joint}" for leg in ("LF", "LH", "RF", "RH") for joint in ("HAA", "HFE", "KFE")]
    assert listing(legs, {leg: leg[:2] for leg in legs}) == ["{LF,LH,RF,RH}_{HAA,HFE,KFE}"]
    assert covering([leg for leg in legs if "HAA" in leg], legs) == ["*_HAA"]
    assert covering(legs, legs) == ["*"]
    arms = [f"arm_{side}_{k}_joint" for side in ("left", "right") for k in range(1, 8)]
    assert covering([arm for arm in arms if arm[-7] in "1356"], arms) == ["*_{1,3,5,6}_*"]

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symaug.checks.names import as_patterns, listed

LEGS = [f"{leg}_{joint}" for leg in ("LF", "LH", "RF", "RH") for joint in ("HAA", "HFE", "KFE")]


@pytest.mark.parametrize(
    "chosen, patterns",
    [
        (["LF_KFE", "LH_KFE", "RF_KFE", "RH_KFE"], ["*_KFE"]),
        (["LF_HAA", "LF_HFE", "LF_KFE", "RH_KFE"], ["LF_*", "RH_KFE"]),
        (["LF_KFE", "RF_KFE"], ["LF_KFE", "RF_KFE"]),
        (LEGS, ["*"]),
        ([], []),
    ],
)
def test_orbits_and_limbs_become_patterns(chosen, patterns):
    assert as_patterns(chosen, LEGS) == patterns


@given(st.sets(st.sampled_from(LEGS)))
def test_patterns_match_exactly_what_was_chosen(chosen):
    patterns = as_patterns(sorted(chosen), LEGS)
    assert {name for name in LEGS if any(fnmatchcase(name, p) for p in patterns)} == chosen


def test_long_lists_are_cut():
    assert listed(LEGS[:2]) == "LF_HAA, LF_HFE"
    assert listed(LEGS, 2) == "LF_HAA, LF_HFE and 10 more"

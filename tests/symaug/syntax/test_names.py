from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symaug.syntax.names import PatternError, expand, matches, select

JOINTS = ["LF_HAA", "LF_HFE", "RF_HAA", "RF_HFE"]


def test_braces_expand_leftmost_slowest():
    assert expand("{L,R}{1,2}x") == ["L1x", "L2x", "R1x", "R2x"]
    assert expand("plain") == ["plain"]
    assert expand("{LF, RF}_*") == ["LF_*", "RF_*"]


@pytest.mark.parametrize(
    ("pattern", "start", "end"),
    [("{a", 0, 1), ("a}", 1, 2), ("{a,{b}}", 3, 4), ("x{a,}", 1, 5), ("{}", 0, 2), ("{a b}", 0, 5)],
)
def test_malformed_braces_are_pointed_at(pattern, start, end):
    with pytest.raises(PatternError) as error:
        expand(pattern)
    assert (error.value.start, error.value.end) == (start, end)


def test_too_many_alternatives_are_refused():
    with pytest.raises(PatternError, match="more than"):
        expand("{0,1,2,3,4,5,6,7,8,9}" * 5)


@given(st.text(alphabet="ab*?", max_size=8), st.text(alphabet="ab", max_size=8))
def test_globs_match_as_the_shell_does(pattern, name):
    assert matches(pattern, name) == fnmatch.fnmatchcase(name, pattern)


def test_a_hostile_glob_takes_no_time():
    assert not matches("*a" * 2000 + "b", "a" * 5000)


def test_selection_goes_by_alternatives_then_by_names_and_tells_what_matched_nothing():
    assert select("{RF,LF}_H*", JOINTS) == (["RF_HAA", "RF_HFE", "LF_HAA", "LF_HFE"], [])
    assert select("{RF,LF}_{HFE,HAA}", JOINTS) == (["RF_HFE", "RF_HAA", "LF_HFE", "LF_HAA"], [])
    assert select("*_HFE", JOINTS) == (["LF_HFE", "RF_HFE"], [])
    assert select("{LF,LX}_HAA", JOINTS) == (["LF_HAA"], ["LX_HAA"])

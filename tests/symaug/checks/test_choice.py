from __future__ import annotations

import pytest

from symaug.checks.choice import Choice, check_names
from symaug.checks.subject import load_subject
from symaug.checks.validate import validate
from symaug.diagnostics import UserError
from symaug.shipped import list_robots, list_specs

KNOWN = ("algebra/group", "geometry/joint axes", "geometry/joint limits", "environment/observations/policy")


@pytest.mark.parametrize("document", [*list_specs(), *list_robots()])
def test_every_check_that_runs_is_known_by_its_name(document):
    subject = load_subject(document)
    known = check_names(subject.program)
    names = [check.name for check in validate(subject, samples=1).checks]
    whole_areas = {name for name in names if "/" not in name}
    assert whole_areas <= {"geometry", "dynamics"}
    assert set(names) - whole_areas <= set(known)
    order = [known.index(name) for name in names if name not in whole_areas]
    assert order == sorted(order), "names are listed in the order in which checks run"


@pytest.mark.parametrize(
    ("only", "skip", "wanted"),
    [
        ((), (), KNOWN),
        (("geometry",), (), KNOWN[1:3]),
        (("geometry/*",), ("*limits",), KNOWN[1:2]),
        ((), ("geometry", "algebra/*"), KNOWN[3:]),
        (("environment/observations",), (), KNOWN[3:]),
        (("algebra/group", "geometry/joint [al]*"), ("geometry/joint axes",), (KNOWN[0], KNOWN[2])),
    ],
)
def test_patterns_choose(only, skip, wanted):
    choice = Choice.of(only, skip, KNOWN)
    assert tuple(filter(choice.wants, KNOWN)) == wanted


def test_all_patterns_that_match_nothing_are_told_at_once():
    with pytest.raises(UserError) as error:
        Choice.of(["geometri", "algebra"], ["dynamics/*"], KNOWN)
    assert [d.code for d in error.value.diagnostics] == ["SA607", "SA607"]
    assert "`geometry`" in str(error.value.diagnostics[1].helps) + str(error.value.diagnostics[0].helps)

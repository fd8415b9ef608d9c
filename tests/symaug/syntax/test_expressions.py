from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from symaug.diagnostics import SpecError
from symaug.syntax import expressions as ast
from symaug.syntax import parser
from symaug.syntax.source import Text

NAMES = st.sampled_from(["vector", "joints", "limbs", "x9_", "e", "default", "flip"]).map(ast.Word)
PATTERNS = st.sampled_from(["LF_*", "*", "{LF,RF}_HAA", "xy", "a-b.c", "?_1", "by"]).map(ast.Word)
SOME_PATTERNS = st.lists(PATTERNS, min_size=1, max_size=3).map(tuple)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=32)

LEAVES = st.builds(ast.Named, NAMES, st.just(()) | SOME_PATTERNS)
ARGUMENTS = st.one_of(
    st.builds(ast.Dimensions, st.lists(st.integers(0, 99), min_size=2, max_size=3).map(tuple)),
    st.builds(ast.Option, NAMES, NAMES),
)


def larger(types: st.SearchStrategy) -> st.SearchStrategy:
    arguments = st.lists(
        types | ARGUMENTS | st.builds(ast.Count, st.integers(0, 999)), min_size=1, max_size=3
    )
    factors = st.lists(types, min_size=1, max_size=3)
    return st.one_of(
        st.builds(ast.Call, NAMES, arguments.map(tuple)),
        st.builds(ast.Sum, st.lists(types, min_size=2, max_size=3).map(tuple)),
        st.builds(ast.Product, st.tuples(st.builds(ast.Count, st.integers(0, 9)), types)),
        st.builds(ast.Product, factors.filter(lambda items: len(items) > 1).map(tuple)),
    )


TYPES = st.recursive(LEAVES, larger, max_leaves=8)
CLAUSES = st.one_of(
    st.builds(ast.Reflect, st.sampled_from("xyz")),
    st.builds(
        ast.Rotate,
        st.sampled_from("xyz"),
        st.integers(-720, 720).map(float) | NUMBERS,
        st.integers(1, 99),
    ),
    st.builds(
        ast.Shift,
        st.lists(PATTERNS.filter(lambda word: word.text != "by"), min_size=1, max_size=3).map(tuple),
        st.builds(ast.Quantity, NUMBERS, st.sampled_from(["", "deg", "m"])),
    ),
    st.builds(ast.Swap, st.lists(st.builds(ast.Cycle, SOME_PATTERNS), min_size=1, max_size=3).map(tuple)),
    st.builds(ast.Rename, PATTERNS, PATTERNS),
    st.builds(ast.Flip, SOME_PATTERNS),
)
POWERS = st.builds(ast.Power, NAMES, st.integers(1, 9))
WORDS = st.builds(ast.RelationWord, st.lists(POWERS, min_size=1, max_size=3).map(tuple))


@given(TYPES)
def test_types_round_trip(tree):
    assert parser.parse_type(Text.alone(str(tree))) == tree


@given(st.lists(CLAUSES, min_size=1, max_size=4).map(tuple))
def test_generators_round_trip(clauses):
    tree = ast.Generator(clauses)
    assert parser.parse_generator(Text.alone(str(tree))) == tree


@given(st.lists(WORDS, min_size=2, max_size=3).map(tuple))
def test_relations_round_trip(words):
    tree = ast.Relation(words)
    assert parser.parse_relation(Text.alone(str(tree))) == tree


@given(NUMBERS, st.sampled_from(["", "deg", "m/s", "rad"]))
def test_quantities_round_trip(value, unit):
    tree = ast.Quantity(value, unit)
    assert parser.parse_quantity(Text.alone(str(tree))) == tree


@given(NUMBERS, NUMBERS, st.sampled_from(["", "deg"]), st.booleans())
def test_ranges_round_trip(a, b, unit, relative):
    tree = ast.Range(min(a, b), max(a, b), unit, relative)
    assert parser.parse_range(Text.alone(str(tree))) == tree


UNITS = st.sampled_from(["", "m", "kg", "rad/s", "lb"])
ENDS = NUMBERS | st.sampled_from([float("inf"), float("-inf")])
EXTENTS = st.builds(ast.Extent, st.none() | NAMES, st.builds(ast.Range, ENDS, ENDS, UNITS))
TASKS = st.one_of(
    st.builds(ast.TaskPattern, st.just(ast.Word("fail")), st.just(()) | SOME_PATTERNS),
    st.builds(
        ast.TaskPattern,
        st.sampled_from(["payload", "command"]).map(ast.Word),
        st.just(()),
        st.lists(EXTENTS, max_size=4).map(tuple),
    ),
    st.builds(
        ast.TaskPattern,
        st.sampled_from(["none", "failure", "payload2", "x"]).map(ast.Word),
        st.sampled_from(["", "LF_* {A,B}", "x 0..1, 2 kg", "+"]).map(
            lambda raw: (ast.Word(raw),) if raw else ()
        ),
    ),
)


@given(st.lists(TASKS, min_size=1, max_size=3))
def test_tasks_round_trip(tasks):
    assert parser.parse_tasks(Text.alone(" + ".join(map(str, tasks)))) == tuple(tasks)


def test_what_binds_tighter():
    tree = parser.parse_type(Text.alone("3 * joints + limbs*vector[xy]"))
    assert isinstance(tree, ast.Sum)
    assert [type(part) for part in tree.parts] == [ast.Product, ast.Product]
    assert str(tree) == "3 * joints + limbs * vector[xy]"
    assert str(parser.parse_type(Text.alone("3*( joints+limbs )"))) == "3 * (joints + limbs)"


def test_spans_cover_what_was_written():
    tree = parser.parse_type(Text.alone("vector + history( 3 , joints[LF_*] )"))
    assert isinstance(tree, ast.Sum)
    call = tree.parts[1]
    assert isinstance(call, ast.Call) and call.span is not None
    assert (call.span.column, call.span.end_column) == (10, 37)
    joints = call.arguments[1]
    assert isinstance(joints, ast.Named)
    selected = joints.selection[0].span
    assert selected is not None and (selected.column, selected.end_column) == (30, 34)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("vector[xy]", "vector[xy"),
        ("vector", "vector vector"),
        ("3 * joints", "3 joints"),
        ("joints[LF_* RF_*]", "joints[LF_*, RF_*]"),
        ("joints[LF_*]", "joints[]"),
        ("grid(17 x 11, order=xy)", "grid(17 x, order=xy)"),
        ("(vector)", "(vector"),
        ("unsigned(joints)", "unsigned()"),
        ("vector + scalar", "vector + + scalar"),
    ],
)
def test_each_bad_type_stands_beside_its_nearest_good_one(good, bad):
    parser.parse_type(Text.alone(good))
    with pytest.raises(SpecError) as error:
        parser.parse_type(Text.alone(bad))
    assert error.value.diagnostics[0].code in ("SA101", "SA102")


def test_parentheses_do_not_nest_without_end():
    parser.parse_type(Text.alone("(" * 40 + "vector" + ")" * 40))
    with pytest.raises(SpecError):
        parser.parse_type(Text.alone("(" * 41 + "vector" + ")" * 41))


@given(st.text(alphabet="vectorjints[](){}*+-,=^<>. 123xyzLF_HA@é\n\t", max_size=30))
def test_no_text_raises_anything_but_our_own_error(value):
    for parse in (
        parser.parse_type,
        parser.parse_generator,
        parser.parse_relation,
        parser.parse_quantity,
        parser.parse_range,
        parser.parse_tasks,
        parser.parse_names,
    ):
        try:
            parse(Text.alone(value))
        except SpecError as error:
            assert all(d.span is not None for d in error.diagnostics)

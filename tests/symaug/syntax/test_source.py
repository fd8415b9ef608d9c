from __future__ import annotations

from pathlib import Path

import pytest

from symaug.diagnostics import SpecError, render_full
from symaug.syntax.reader import read_source
from symaug.syntax.source import Source, Text


def source(tmp_path: Path, text: str) -> Source:
    file = tmp_path / "document.yaml"
    file.write_bytes(text.encode("utf-8"))
    return read_source(file)


def where(text: Text | None, part: str) -> tuple[int, int, int, int]:
    assert text is not None
    start = text.value.index(part)
    span = text.span(start, start + len(part))
    return span.line, span.column, span.end_line, span.end_column


def test_values_stay_text_and_empty_ones_are_none(tmp_path):
    read = source(tmp_path, "a: 0.4\nb: yes\nc: {d: 'no'}\ne:\nf: [1, ~]\n")
    assert read.data == {"a": "0.4", "b": "yes", "c": {"d": "no"}, "e": None, "f": ["1", None]}


def test_keys_and_values_know_where_they_stand(tmp_path):
    read = source(tmp_path, "a: 1\nbc:\n  d: [x, yz]\n")
    span = read.key("bc", "d")
    assert (span.line, span.column, span.end_column) == (3, 3, 4)
    span = read.value("bc", "d", "1")
    assert (span.line, span.column, span.end_column) == (3, 10, 12)
    assert read.value("bc", "missing", "deeper") == read.value("bc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: one two\n", (1, 8, 1, 11)),
        ('a: "one two"\n', (1, 9, 1, 12)),
        ("a: 'it''s two'\n", (1, 11, 1, 14)),
        ('a: "\\u0041\\t\\"two"\n', (1, 15, 1, 18)),
        ('a: "x\n  \\ttwo"\n', (2, 5, 2, 8)),
        ("a: one\n  two\n", (2, 3, 2, 6)),
        ("a: one\n\n  two\n", (3, 3, 3, 6)),
        ("a: >-\n  one\n  two\n", (3, 3, 3, 6)),
        ("a: |\n  one\n  two\n", (3, 3, 3, 6)),
        ('a: "one \\\n  two"\n', (2, 3, 2, 6)),
        ("# ünï\na: {b: x}\nc: é two\n", None),
    ],
)
def test_every_character_of_a_value_knows_where_it_was_written(tmp_path, text, expected):
    read = source(tmp_path, text)
    if expected is None:
        assert where(read.get("c"), "two") == (3, 6, 3, 9)
    else:
        assert where(read.get("a"), "two") == expected


def test_windows_line_ends_and_a_byte_order_mark_do_not_move_positions(tmp_path):
    read = source(tmp_path, "\ufeffa: one\r\nb: two\r\n")
    assert where(read.get("b"), "two") == (2, 4, 2, 7)


def code_of(read) -> str:
    with pytest.raises(SpecError) as error:
        read()
    (diagnostic,) = error.value.diagnostics
    return diagnostic.code


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b\n", "just text\n"])
def test_a_document_is_a_mapping(tmp_path, text):
    assert code_of(lambda: source(tmp_path, text)) == "SA004"


def test_what_cannot_be_read_is_said_plainly(tmp_path):
    assert code_of(lambda: read_source(tmp_path)) == "SA001"
    assert code_of(lambda: read_source(tmp_path / "missing.yaml")) == "SA001"
    assert code_of(lambda: read_source(tmp_path / "null\0byte.yaml")) == "SA001"
    (tmp_path / "large.yaml").write_bytes(b"#" * 200_001)
    assert code_of(lambda: read_source(tmp_path / "large.yaml")) == "SA001"


def test_other_encodings_are_pointed_at(tmp_path):
    file = tmp_path / "latin.yaml"
    file.write_bytes("a: 1\n名: gr".encode() + b"\xfc\xdfe\n")
    with pytest.raises(SpecError) as error:
        read_source(file)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA002"
    assert render_full(diagnostic).splitlines()[2:] == [
        "  |",
        "2 | 名: gr\ufffd\ufffde",
        "  |       ^ byte 0xfc",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: \x00\n",
        "a: [\n",
        "{" * 5000,
        "- " * 5000,
        'a: "\\U99999999"\n',
        "a: 1\n---\nb: 2\n",
        "%x\n",
        "a: 'b\n",
        "a:\n- b\n c: d\n",
    ],
)
def test_what_is_no_yaml_is_one_error_with_a_place(tmp_path, text):
    with pytest.raises(SpecError) as error:
        source(tmp_path, text)
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.code == "SA003" and diagnostic.span is not None


def test_all_repeated_keys_are_reported(tmp_path):
    read = source(tmp_path, "a: 1\nb: {c: 1, c: 2}\na: 2\nd: 3\n")
    assert [d.code for d in read.problems] == ["SA005", "SA005"]
    assert read.problems[1].secondary[0][0].line == 1
    assert read.data == {"a": "1", "b": {"c": "1"}, "d": "3"}

"""What the lines under a diagnostic look like, for text that is not plain ASCII on one short line."""

from __future__ import annotations

import pytest

from symaug.diagnostics import Diagnostic, Span, render_concise, render_full
from symaug.snippets import MAX_COLUMNS, Mark, draw


def picture(text: str, *spans: tuple[int, int, int, int] | tuple[int, int, int, int, str]) -> str:
    """The drawing of spans, the first with carets and the label `here`, the others with dashes."""
    marks = [
        Mark(Span("f", *span[:4]), *(span[4:] or ("here",)), "-" if rank else "^")
        for rank, span in enumerate(spans)
    ]
    return "\n".join(draw(marks, text, 1)[1:])


def test_a_tab_is_as_wide_as_the_gap_it_makes():
    assert (
        picture("a:\tvectr\n", (1, 4, 1, 9))
        == """\
1 | a:  vectr
  |     ^^^^^ here"""
    )


def test_wide_characters_take_two_columns_and_accents_none():
    assert (
        picture("名: e\u0301 vectr", (1, 7, 1, 12))
        == """\
1 | 名: e\u0301 vectr
  |       ^^^^^ here"""
    )
    assert picture("脚: x", (1, 1, 1, 2)).endswith("\n  | ^^ here")


def test_what_would_not_show_or_would_move_the_cursor_is_one_visible_cell():
    assert (
        picture("a\x1b[2Jb\u202ec\u00a0d", (1, 10, 1, 11))
        == """\
1 | a\ufffd[2Jb\ufffdc d
  |          ^ here"""
    )


def test_a_long_line_is_cut_to_what_is_underlined():
    text = "a: " + "x" * 300 + " vectr " + "y" * 300
    line, underline = picture(text, (1, 305, 1, 310)).split("\n")
    shown, marked = line[4:], underline[4:]
    assert len(shown) == MAX_COLUMNS and shown[0] == shown[-1] == "…"
    assert shown[marked.index("^") : marked.rindex("^") + 1] == "vectr"
    assert marked.endswith(" here")


def test_a_long_line_is_cut_between_wide_characters():
    text = "脚" * 200 + "vectr" + "脚" * 200
    line, underline = picture(text, (1, 201, 1, 206)).split("\n")
    columns = [4]
    for character in line[4:]:
        columns.append(columns[-1] + (2 if character == "脚" else 1))
    assert columns[line.index("v") - 4] == underline.index("^")
    assert columns[-1] <= 4 + MAX_COLUMNS


def test_an_underlining_longer_than_the_screen_ends_with_it():
    line, underline = picture("x" * 500, (1, 201, 1, 401)).split("\n")
    assert len(line) == 4 + MAX_COLUMNS
    assert underline == "  | " + " " * 20 + "^" * (MAX_COLUMNS - 20) + " here"


def test_two_marks_far_apart_on_a_long_line_are_both_seen():
    text = "abc" + "x" * 300 + "def"
    drawn = picture(text, (1, 304, 1, 307), (1, 1, 1, 4, "first here"))
    first, first_mark, second, second_mark = drawn.split("\n")
    assert first.startswith("1 | abcx") and first_mark == "  | --- first here"
    assert second.endswith("xdef") and second_mark.index("^") == second.index("def")


def test_two_marks_on_one_line_share_it():
    assert (
        picture("swap (LF RF)(LF RH)", (1, 14, 1, 16), (1, 7, 1, 9, "first moved here"))
        == """\
1 | swap (LF RF)(LF RH)
  |       -- first moved here
  |              ^^ here"""
    )


def test_a_span_over_some_lines_underlines_what_it_covers_of_each():
    assert (
        picture("a: one\n\n   two\n   three four\n", (1, 4, 4, 9))
        == """\
1 | a: one
  |    ^^^
...
3 |    two
  |    ^^^
4 |    three four
  |    ^^^^^ here"""
    )


def test_a_span_over_many_lines_shows_its_ends():
    text = "a:\n" + "".join(f"  line {k}\n" for k in range(2, 9))
    assert (
        picture(text, (2, 3, 8, 9))
        == """\
2 |   line 2
  |   ^^^^^^
...
8 |   line 8
  |   ^^^^^^ here"""
    )


def test_a_span_that_ends_with_a_line_break_does_not_reach_into_the_next_line():
    assert (
        picture("a: one\nb: two\n", (1, 4, 2, 1))
        == """\
1 | a: one
  |    ^^^ here"""
    )


@pytest.mark.parametrize("text", ["a: [\n\n", "a: [\r\n\r\n", "a: [\u2028\u2028"])
def test_the_end_of_a_file_comes_with_what_stands_before_it(text):
    assert (
        picture(text, (3, 1, 3, 1))
        == """\
1 | a: [
...
3 |
  | ^ here"""
    )


def test_the_end_of_the_last_line_and_an_empty_file_have_a_place_too():
    assert picture("a: [", (1, 5, 1, 5)) == "1 | a: [\n  |     ^ here"
    assert picture("", (1, 1, 1, 1)) == "1 |\n  | ^ here"


def test_lines_that_are_gone_are_left_out():
    assert picture("a\n", (7, 1, 7, 2)) == ""


def test_a_message_cannot_move_the_cursor_or_break_the_line():
    odd = Diagnostic(
        "SA011", "`a\x1b[2J\nb\u00a0c` cannot be a name", Span("f\n", 1, 1, 1, 2), "l\n", helps=("a\nb",)
    )
    assert render_concise(odd) == r"f\n:1:1: error[SA011] `a\x1b[2J\nb\xa0c` cannot be a name"
    full = render_full(odd, lambda file: "x")
    assert "\x1b" not in full
    assert full.splitlines()[-2:] == ["  = help: a", "    b"]
    assert len(full.splitlines()) == 8

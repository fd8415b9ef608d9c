from __future__ import annotations

from symaug.diagnostics import (
    CODES,
    Diagnostic,
    Span,
    SpecError,
    UserError,
    did_you_mean,
    nearest,
    render_concise,
    render_full,
    to_json,
)

TEXT = "a: 1\norder: 2\n\n\nlegs: (LF RF LH)(RH)\n"
DIAGNOSTIC = Diagnostic(
    "SA211",
    "generator `sagittal` is not an involution",
    Span("r.yaml", 5, 7, 5, 17),
    "this cycle has length 3",
    ((Span("r.yaml", 2, 8, 2, 9), "promised here"),),
    ("applying it twice moves `LF`",),
    ("a mirror swaps pairs:\n(LF RF)(LH RH)",),
)


def test_in_full():
    assert (
        render_full(DIAGNOSTIC, lambda file: TEXT)
        == """\
error[SA211]: generator `sagittal` is not an involution
 --> r.yaml:5:7
  |
2 | order: 2
  |        - promised here
...
5 | legs: (LF RF LH)(RH)
  |       ^^^^^^^^^^ this cycle has length 3
  |
  = note: applying it twice moves `LF`
  = help: a mirror swaps pairs:
    (LF RF)(LH RH)"""
    )


def test_in_full_across_two_files_and_without_their_text():
    other = Diagnostic("SA010", "m", Span("a", 1, 1, 1, 2), "", ((Span("b", 12, 1, 12, 2), "here"),))
    assert (
        render_full(other, lambda file: "x" if file == "a" else None)
        == """\
error[SA010]: m
  --> a:1:1
   |
 1 | x
   | ^
  ::: b:12:1"""
    )


def test_in_one_line():
    assert render_concise(DIAGNOSTIC) == "r.yaml:5:7: error[SA211] generator `sagittal` is not an involution"
    assert render_concise(Diagnostic("SA001", "m")) == "error[SA001] m"


def test_as_json():
    content = to_json(DIAGNOSTIC)
    assert content["span"] == {"file": "r.yaml", "line": 5, "column": 7, "end_line": 5, "end_column": 17}
    assert content["secondary"] == [
        {
            "span": {"file": "r.yaml", "line": 2, "column": 8, "end_line": 2, "end_column": 9},
            "label": "promised here",
        }
    ]
    assert content["code"] == "SA211" and content["severity"] == "error"


def test_an_error_holds_its_diagnostics_once_and_in_order():
    late, early = (
        Diagnostic("SA101", "b", Span("f", 9, 1, 9, 2)),
        Diagnostic("SA301", "a", Span("f", 2, 5, 2, 6)),
    )
    error = SpecError([late, early, late])
    assert error.diagnostics == (early, late)
    assert str(error) == "f:2:5: error[SA301] a\nf:9:1: error[SA101] b"
    assert isinstance(SpecError.of("SA001", "m"), SpecError) and isinstance(error, UserError)


def test_nearest_names():
    assert nearest("jonts", ["joints", "limbs", "joint"]) == ["joints", "joint"]
    assert nearest("XYZZY", ["joints", "limbs"]) == []
    assert did_you_mean("XYZZY", ["b", "a"]) == ("known names: `a`, `b`",)
    assert did_you_mean("x", []) == ()
    (many,) = did_you_mean("x" * 10_000, [f"n{k}" for k in range(10, 30)])
    assert many.startswith("known names: `n10`, ") and many.endswith(", `n20` and 9 more")


def test_codes_are_listed_in_order():
    assert list(CODES) == sorted(CODES)
    assert all(len(code) == 5 and title[0].islower() and title[-1] != "." for code, title in CODES.items())

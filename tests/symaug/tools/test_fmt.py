"""The formatter: what it makes of a messy document, and that it changes nothing that is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import symaug
from symaug.diagnostics import SpecError, UserError
from symaug.shipped import robots_dir, specs_dir
from symaug.tools.fmt import difference, format_file, format_text
from symaug.tools.fmt.canonical import quoted
from tests.symaug.documents import ROBOT, SPEC, write

SHIPPED = [*sorted(robots_dir().glob("*/robot.yaml")), *sorted(specs_dir().glob("*/*.yaml"))]

MESSY = """\
# header

symmetry:   # the block
  relations: [sagittal^2 =   e, "e=sagittal"]  # c1
  generators:
     sagittal:    reflect   y, swap (LF RF) (LH   RH),flip *_HAA          # left <-> right

     # before
     transversal: >-   # folded
        reflect x,
        swap (LF LH)(RF RH),
        flip *_HFE *_KFE
     # end of the generators
  # end of the symmetry

robot: "quad"
limbs: {LF: LF_*, LH: LH_*,
   # inside
   RF: "RF_*",   # rf
   RH: RH_* }   # after the brace
joints: "{LF, LH,RF,RH}_{HAA,HFE,KFE}"


joint_orders:
    wrapped: "{LF,LH,RF,RH}_HAA
       {LF,LH,RF,RH}_HFE   {LF,LH,RF,RH}_KFE"

    plain: 'LF_HAA'   #c
default_pose: {"*_HAA": 0.0, "*_HFE": -.4, "*_KFE": 20deg}
# end
"""

TIDY = """\
# header

robot: quad
joints: "{LF,LH,RF,RH}_{HAA,HFE,KFE}"
limbs:  # after the brace
  LF: LF_*
  LH: LH_*
  # inside
  RF: RF_*  # rf
  RH: RH_*

joint_orders:
  wrapped: >-
    {LF,LH,RF,RH}_HAA
    {LF,LH,RF,RH}_HFE {LF,LH,RF,RH}_KFE

  plain: LF_HAA  #c
default_pose: {"*_HAA": 0, "*_HFE": -0.4, "*_KFE": 20 deg}
symmetry:  # the block
  generators:
    sagittal: reflect y, swap (LF RF)(LH RH), flip *_HAA  # left <-> right

    # before
    transversal: >-  # folded
      reflect x,
      swap (LF LH)(RF RH),
      flip *_HFE *_KFE
    # end of the generators
  relations: [sagittal^2 = e, e = sagittal]  # c1
  # end of the symmetry
# end
"""


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_shipped_documents_are_canonical(file):
    text = file.read_text(encoding="utf-8")
    assert difference(text, format_text(text, file), file.name) == ""


def test_a_messy_document():
    assert format_text(MESSY) == TIDY
    assert format_text(TIDY) == TIDY


def test_values_stand_in_one_column_up_to_a_blank_line_or_a_value_below():
    terms = "    a: vector\n    long_name: scalar\n\n    b: limbs\n"
    text = f"spec: s\nrobot: r\nobservations:\n  policy:\n{terms}actions: joints\n"
    assert "    a:         vector\n    long_name: scalar\n\n    b: limbs\n" in format_text(text)


def test_comments_behind_values_stand_in_one_column():
    text = SPEC.replace("gravity: vector", "gravity: vector # one").replace(
        "command: vector[xy]", "command:   vector[xy]"
    )
    text = text.replace("joint_pos: joints\n", "joint_pos: joints # two\n", 1)
    made = format_text(text).splitlines()
    assert len({line.index("#") for line in made if line.endswith(("# one",))}) == 1
    text = text.replace("+ pseudovector[z]", "+ pseudovector[z]   # three")
    columns = {line.index("#") for line in format_text(text).splitlines() if "#" in line}
    assert len(columns) == 1


def test_brackets_that_do_not_fit_on_a_line_become_a_block():
    limbs = ", ".join(f"limb_number_{n}: joint_number_{n}" for n in range(5))
    made = format_text(ROBOT.replace("{LF: LF_*, LH: LH_*, RF: RF_*, RH: RH_*}", f"{{{limbs}}}"))
    assert "limbs:\n  limb_number_0: joint_number_0\n  limb_number_1: joint_number_1\n" in made


def test_a_long_list_is_folded_between_names_and_keeps_the_lines_of_its_author():
    names = [f"joint_with_a_long_name_{n}" for n in range(9)]
    made = format_text(ROBOT.replace('"{LF,LH,RF,RH}_{HAA,HFE,KFE}"', " ".join(names), 1))
    assert "joints: >-\n  joint_with_a_long_name_0 " in made
    assert max(map(len, made.splitlines())) <= 110
    assert yaml.safe_load(made)["joints"].split() == names
    lines = "\n  ".join([" ".join(names[:2]), " ".join(names[2:3]), " ".join(names[3:])])
    made = format_text(ROBOT.replace('"{LF,LH,RF,RH}_{HAA,HFE,KFE}"', lines, 1))
    assert f"{names[1]}\n  {names[2]}\n  {names[3]}" in made


def test_what_leaves_out_an_inherited_key_stays():
    text = "spec: s\nextend: t\nmemory: ~  # none\nobservations: {policy: {a: null, b: include}}\n"
    made = format_text(text)
    assert "policy: {a: null, b: include}" in made and "memory: null  # none" in made


def test_a_memory_is_a_type_or_a_word():
    memory = "memory: {critic:   16*limbs  +( 8*regular),actor: replay }\n"
    made = format_text(SPEC.replace("memory: {actor: replay, critic: replay}\n", memory))
    assert "memory: {actor: replay, critic: 16 * limbs + 8 * regular}\n" in made
    parts = [f"{count} * unsigned(joints[*_{joint}])" for count in (11, 22) for joint in ("HAA", "HFE")]
    long = "memory:\n  actor: " + " + ".join(parts) + "\n"
    made = format_text(SPEC.replace("memory: {actor: replay, critic: replay}\n", long))
    assert max(map(len, made.splitlines())) <= 110
    assert yaml.safe_load(made)["memory"]["actor"] == " + ".join(parts)


def test_a_hash_inside_quotes_is_no_comment():
    made = format_text(ROBOT.replace("robot: quad\n", 'robot: quad\nmodel: "a #1.xml" # really\n'))
    assert 'model: "a #1.xml"  # really\n' in made


def test_line_ends_and_byte_order_mark_become_canonical(tmp_path):
    file = tmp_path / "robot.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + ROBOT.replace("\n", "\r\n").encode())
    format_file(file)
    assert file.read_bytes() == format_text(ROBOT).encode()
    assert b"\r" not in file.read_bytes()


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.yaml").write_text(MESSY)
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    format_file(tmp_path / "link.yaml")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text() == TIDY


def test_a_wrong_document_is_left_alone_and_all_of_it_is_told(tmp_path):
    file = tmp_path / "robot.yaml"
    wrong = ROBOT.replace("flip *_HAA", "flp *_HAA").replace("joint_orders", "joint_oders") + "# comment\n"
    file.write_text(wrong)
    with pytest.raises(SpecError) as error:
        format_file(file)
    assert [diagnostic.code for diagnostic in error.value.diagnostics] == ["SA006", "SA101"]
    assert file.read_text() == wrong


def test_a_file_that_cannot_be_read_or_written_is_told(tmp_path):
    with pytest.raises(SpecError) as unreadable:
        format_file(tmp_path / "missing.yaml")
    assert unreadable.value.diagnostics[0].code == "SA001"


def test_a_file_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    import symaug.tools.fmt as fmt

    def refuse(path, data):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(fmt, "write_atomic", refuse)
    (tmp_path / "robot.yaml").write_text(MESSY)
    with pytest.raises(UserError) as error:
        format_file(tmp_path / "robot.yaml")
    assert error.value.diagnostics[0].code == "SA701"


def test_checking_writes_nothing(tmp_path):
    file = tmp_path / "robot.yaml"
    file.write_text(MESSY)
    assert format_file(file, write=False) == (MESSY, TIDY)
    assert file.read_text() == MESSY


def test_a_change_of_meaning_is_caught(monkeypatch):
    from symaug.tools.fmt.printer import Printer

    right = Printer.document
    monkeypatch.setattr(Printer, "document", lambda self, tree: right(self, tree).replace("LF_*", "LH_*", 1))
    with pytest.raises(AssertionError, match="would change"):
        format_text(ROBOT)
    monkeypatch.setattr(Printer, "document", lambda self, tree: right(self, tree).replace("# header", "", 1))
    with pytest.raises(AssertionError, match="would change"):
        format_text(MESSY)


@st.composite
def disturbed(draw, text: str) -> tuple[str, int]:
    """The document with comments, blank lines and blanks put in, and how many comments."""
    lines, comments = [], 0
    for line in text.splitlines():
        what = draw(st.sampled_from(["", "", "", "above", "blank", "behind", "wide"]))
        indent = " " * draw(st.integers(0, 8)) if what == "above" else ""
        comments += what in ("above", "behind")
        lines += [f"{indent}# about this"] if what == "above" else [""] * (what == "blank") * 2
        line = re.sub(r"(?<=[a-z]): (?=\S)", ":   ", line) if what == "wide" else line
        lines.append(line + "  # behind" * (what == "behind"))
    return "\n".join(lines), comments


@given(st.data())
def test_formatting_keeps_all_comments_and_settles_at_once(data):
    text, comments = data.draw(disturbed(data.draw(st.sampled_from([ROBOT, SPEC]))))
    made = format_text(text)
    assert made.count("#") == text.count("#") == comments
    assert format_text(made) == made


def test_the_compiled_program_is_the_same(tmp_path):
    spec = write(tmp_path, MESSY_ROBOT, SPEC.replace(": ", ":    ").replace("vector[xy] +", "vector[ xy ]+"))
    before = symaug.compile(spec)
    for file in tmp_path.rglob("*.yaml"):
        text, formatted = format_file(file)
        assert text != formatted
    after = symaug.compile(spec)
    assert (before.spaces, before.group, before.tasks) == (after.spaces, after.group, after.tasks)
    assert list(before.spaces) == list(after.spaces)


MESSY_ROBOT = "\n".join(reversed(re.split(r"\n(?=\w)", ROBOT.strip()))) + "\n"
"""The robot with its keys in the opposite order."""

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from(" :#-?*&!|>'\"%@`,[]{}~")
)


@given(TEXTS, st.booleans())
def test_quoting_is_read_back(text, flow):
    written = quoted(text, flow=flow)
    document = f"{{{written}: {written}, b: {written}}}" if flow else f"{written}: {written}"
    content = yaml.load(document, yaml.BaseLoader)
    assert content[text] == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("LF_*", "LF_*"),
        ("*_HAA", '"*_HAA"'),
        ("{L,R}_a", '"{L,R}_a"'),
        ("-0.5..0.5", "-0.5..0.5"),
        ("yes", '"yes"'),
        ("null", '"null"'),
        ("", '""'),
        ("y", "y"),
    ],
)
def test_quotes_stand_only_where_they_are_needed(text, written):
    assert quoted(text, flow=False) == written


def test_brackets_need_quotes_inside_brackets():
    assert quoted("joints[*_KFE]", flow=False) == "joints[*_KFE]"
    assert quoted("joints[*_KFE]", flow=True) == '"joints[*_KFE]"'


def test_a_difference_of_line_ends_alone_is_told(tmp_path: Path):
    assert difference("a\r\n", "a\n", "x.yaml") == "x.yaml: line ends only\n"

"""`symaug init`: drafts compile, are formatted, and mark what nobody can know."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

import symaug
from symaug.checks.drafting import USUAL, draft_spec
from symaug.checks.terms.naming import Namer
from symaug.checks.validate import validate
from symaug.semantics.robot import load_robot_symmetry
from symaug.shipped import list_robots
from symaug.tools.fmt import format_text
from symaug_cli.app import app

TERMS = ",".join(USUAL)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments: str, **options):
    return CliRunner().invoke(app, ["init", *arguments], **options)


def types_of(text: str) -> dict[str, str]:
    lines = [line.partition("#")[0] for line in text.splitlines() if line.startswith("    ")]
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_well_known_names_get_their_types():
    result = run("go2", "--observations", TERMS)
    assert result.exit_code == 0 and "CHECK" not in result.output
    assert types_of(result.stdout) == {
        "base_lin_vel": "vector",
        "base_ang_vel": "pseudovector",
        "projected_gravity": "vector",
        "velocity_command": "vector[xy] + pseudovector[z]",
        "joint_pos": "joints",
        "joint_vel": "joints",
        "last_action": "joints",
    }


def test_a_draft_compiles_is_formatted_and_passes_its_checks(tmp_path):
    path = tmp_path / "specs" / "mine" / "walk.yaml"
    result = run("anymal_d", "--observations", TERMS, "--joint-order", "isaaclab", "-o", str(path))
    assert result.exit_code == 0, result.output
    text = path.read_text(encoding="utf-8")
    assert format_text(text) == text
    assert symaug.compile(path).space("observations/policy").width == 48
    assert validate(path, only=("algebra", "terms"), samples=4).ok


@pytest.mark.parametrize("robot", list_robots())
def test_every_shipped_robot_can_be_begun_with(robot, tmp_path):
    names = ["joint_pos", "joint_vel", "last_action", "something_else"]
    draft = draft_spec(robot, names, output=tmp_path / "spec.yaml")
    (tmp_path / "spec.yaml").write_text(draft.text, encoding="utf-8")
    assert draft.doubtful == ("something_else",)
    width = symaug.compile(tmp_path / "spec.yaml").space("observations/policy").width
    assert width == 3 * len(load_robot_symmetry(robot).joints) + 1


def test_what_a_name_does_not_say_is_marked():
    result = run("a1", "--observations", "base_linvel,height_scan,joint_pos")
    assert result.exit_code == 0
    marked = {line.split(":")[0].strip(): line for line in result.stdout.splitlines() if "CHECK" in line}
    assert set(marked) == {"base_linvel", "height_scan"}
    assert "did you mean `base_lin_vel`" in marked["base_linvel"]
    assert "look at the lines marked CHECK: base_linvel, height_scan" in result.stderr


@pytest.mark.parametrize(
    ("name", "width", "type_", "words"),
    [
        ("joint_pos", 12, "joints", ""),
        ("joint_pos", 36, "history(3, joints)", "order=term"),
        ("base_ang_vel", 3, "pseudovector", ""),
        ("height_scan", 187, "grid(17 x 11, order=xy)", ""),
        ("gait", 4, "4 * scalar", "`limbs`"),
        ("thing", 3, "3 * scalar", "`pseudovector`"),
        ("thing", 1, "scalar", "`pseudoscalar`"),
        ("thing", 5, "5 * scalar", "5 numbers"),
    ],
)
def test_a_width_says_more_than_a_name(name, width, type_, words):
    robot = load_robot_symmetry("anymal_d")
    namer = Namer(robot, robot.joints)
    guess = namer.guess(name, width)
    assert guess.type == type_ and namer.width_of(guess.type) == width
    assert words in guess.doubt and bool(words) == bool(guess.doubt)


def test_an_environment_says_names_widths_and_order(tmp_path):
    pytest.importorskip("mujoco")
    path = tmp_path / "spec.yaml"
    result = run("anymal_d", "--env", "anymal_d/velocity/joint_failure", "-o", str(path))
    assert result.exit_code == 0, result.output
    program, shipped = symaug.compile(path), symaug.compile("anymal_d/velocity")
    assert program.joint_order == shipped.joint_order
    ours, theirs = (each.space("observations/policy") for each in (program, shipped))
    assert [(term.width, term.type) for term in ours.terms] == [
        (term.width, term.type) for term in theirs.terms
    ]


def test_an_environment_of_another_robot_is_refused():
    pytest.importorskip("mujoco")
    result = run("g1", "--env", "anymal_d/velocity/joint_failure")
    assert result.exit_code == 2 and "error[SA706]" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("go3", "--observations", "joint_pos"), "SA010", "`go2`"),
        (("go2", "--observations", "joint_pos", "--joint-order", "isaclab"), "SA713", "`isaaclab`"),
        (("go2", "--observations", "a b"), "SA011", "`a b`"),
        (("go2", "--observations", "joint_pos,joint_pos"), "SA005", "twice"),
        (("go2",), "SA804", "--observations"),
        ((), "SA804", "which robot"),
        (("go2", "--observations", "joint_pos", "--env", "x:y"), "SA804", "--env"),
    ],
)
def test_mistakes_end_with_2_and_a_message(arguments, code, words):
    result = run(*arguments)
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stderr and words in result.stderr


def test_nothing_is_written_over_without_force(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text("mine\n", encoding="utf-8")
    refused = run("go2", "--observations", "joint_pos", "-o", str(path))
    assert refused.exit_code == 2 and "error[SA806]" in refused.stderr
    assert path.read_text(encoding="utf-8") == "mine\n"
    assert run("go2", "--observations", "joint_pos", "-o", str(path), "--force").exit_code == 0
    assert "joint_pos" in path.read_text(encoding="utf-8")


def test_a_robot_of_ones_own_is_named_by_its_path_or_its_name(tmp_path):
    text = 'robot: mine\njoints: "{L,R}_hip"\nlimbs: {L: L_*, R: R_*}\n'
    text += "symmetry: {generators: {sagittal: 'reflect y, swap (L R), flip *_hip'}}\n"
    for place in ("robots/mine/robot.yaml", "elsewhere/quad.yaml"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_text(text, encoding="utf-8")
        out = tmp_path / "specs" / "mine" / f"{len(place)}.yaml"
        assert run(place, "--observations", "joint_pos", "-o", str(out)).exit_code == 0
        assert symaug.compile(out).robot == "mine"
    assert "robot: mine\n" in (tmp_path / "specs/mine/22.yaml").read_text(encoding="utf-8")
    assert "robot: ../../elsewhere/quad.yaml\n" in (tmp_path / "specs/mine/19.yaml").read_text(
        encoding="utf-8"
    )


def test_on_a_terminal_it_asks(tmp_path, monkeypatch):
    monkeypatch.setattr("symaug_cli.commands.init._is_terminal", lambda: True)
    answers = "nonsense\ngo2\nisaaclab\njoint_pos,joint_vel\nspecs/go2/walk.yaml\n"
    result = run(input=answers)
    assert result.exit_code == 0, result.output
    text = (tmp_path / "specs/go2/walk.yaml").read_text(encoding="utf-8")
    assert "joint_order: isaaclab" in text and "spec: go2/walk" in text
    assert types_of(text) == {"joint_pos": "joints", "joint_vel": "joints"}
    assert "`nonsense`" in result.stderr

"""Every code of the language: a bad document that yields exactly it, at exactly that place.

Each case edits one place of a good pair of documents (the good neighbour compiles, see the first test). The
`at` of a case is the text that must be underlined, as it stands in the edited document.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import symaug
from symaug.diagnostics import CODES, SpecError, render_full
from tests.symaug.documents import ROBOT, SPEC, write


@dataclass(frozen=True)
class Case:
    code: str
    old: str
    new: str
    at: str
    words: str
    help: str = ""
    besides: tuple[str, str] = ("", "")  # a second edit, so that the first has no second consequence

    def __str__(self) -> str:
        return f"{self.code} {self.new or self.old}".replace("\n", " ").strip()[:60]


FLIP_HAA = "flip *_HAA"
SWAP = "swap (LF RF)(LH RH)"
TRAIN = "train: fail(LF_*)"
PAYLOAD = "train: payload(x 0..0.3 m, 2..6 kg)"
NO_RELATIONS = (ROBOT[ROBOT.index("  relations:") :], "")
CASES = [
    # --- SA0xx: files, YAML, structure -----------------------------------------------------------------
    Case("SA003", "robot: quad\njoints", "robot: quad: x\njoints", ":", "a `:` where no key can stand"),
    Case("SA003", "test: fail(*)", 'test: "fail(*)', '"', "a quote that is never closed"),
    Case("SA003", "actor: replay,", "actor: [replay,", "}", "missing comma inside"),
    Case("SA003", "    command:", "\tcommand:", "\t", "a tab where only spaces may indent"),
    Case("SA003", "actions:", " actions:", "a", "indentation fits nothing above it"),
    Case("SA005", "  policy:\n", "  policy:\n    gravity: vector\n", "gravity", "`gravity` is given twice"),
    Case("SA006", "actions:", "action: joints\nactions:", "action", "unknown key `action`", "`actions`"),
    Case("SA006", "  relations:", "  relation:", "relation", "unknown key `relation`", "`relations`"),
    Case(
        "SA007", "actions: joints\n", "", "", "the document needs the key `actions`", "add `actions: joints`"
    ),
    Case("SA007", "  test: fail(*)\n", "", "tasks", "`tasks` needs the key `test`"),
    Case(
        "SA008",
        "gravity: vector",
        "gravity: [x, y]",
        "[x, y]",
        "`gravity` must be text, not a list",
        "one text",
    ),
    Case("SA008", "knees: joints[*_KFE]", "knees:", "knees", "`knees` is empty"),
    Case("SA301", "actor: replay", "actor: replai", "replai", "unknown type `replai`", "`replay`"),
    Case(
        "SA008", "base_yaw: -180..180 deg", "base_yaw: {x: 0..1}", "{x: 0..1}", "`base_yaw` needs one range"
    ),
    Case("SA008", "{x: -0.5..0.5, y: -0.5..0.5}", "-1..1", "-1..1", "a range for each axis"),
    Case("SA008", "{x: -0.5..0.5, y: -0.5..0.5}", "{x: [1]}", "[1]", "`x` must be text, not a list"),
    Case("SA009", "actions: joints", "actions: &a joints", "&", "anchor `&a`"),
    Case("SA009", "actions: joints", "actions: *joints", "*joints", "alias `*joints`"),
    Case("SA009", "actions: joints", "actions: !!str joints", "!", "tag"),
    Case("SA010", "robot: quad\njoint_order", "robot: quat\njoint_order", "quat", "no robot named `quat`"),
    Case("SA011", "  policy:", "  pol/icy:", "pol/icy", "`pol/icy` cannot be a name"),
    Case("SA011", "spec: quad/walk", "spec: quad walk", "quad walk", "cannot name a spec"),
    Case(
        "SA011",
        "    sagittal: r",
        "    left-right: r",
        "left-right",
        "cannot name a generator",
        "",
        NO_RELATIONS,
    ),
    # --- SA1xx: expressions ------------------------------------------------------------------------------
    Case("SA101", "gravity: vector", "gravity: vector; scalar", ";", "unexpected `;` in a type"),
    Case("SA101", "joints[*_KFE]", "joints[LF_KFE, RF_*]", ",", "unexpected `,`", "separated by blanks"),
    Case("SA101", "gravity: vector", "gravity: -vector", "-", "unexpected `-`", "pseudovector"),
    Case("SA101", "reflect y, " + SWAP, "relfect y, " + SWAP, "relfect", "unexpected `relfect`", "`reflect`"),
    Case("SA101", "reflect y, " + SWAP, "reflect w, " + SWAP, "w", "unexpected `w`"),
    Case("SA101", ", " + FLIP_HAA, " " + FLIP_HAA, "flip", "unexpected `flip`", "separated by commas"),
    Case("SA101", "-180..180 deg", "-180 - 180", "-", "unexpected `-` in a range", "two dots"),
    Case(
        "SA101",
        "transversal^2 = e",
        "transversal^2 = 1",
        "1",
        "unexpected `1`",
        "the identity is written `e`",
    ),
    Case(
        "SA101", "{LF,LH,RF,RH}_HAA {", "{LF,LH,RF,RH}_HAA, {", ",", "unexpected `,`", "separated by blanks"
    ),
    Case("SA102", "vector[xy] + pseudovector[z]", "vector[xy] +", "+", "this type ends too early"),
    Case("SA102", "unsigned(joints)", "unsigned(joints", "unsigned(joints", "this type ends too early"),
    Case("SA102", "gravity: vector", 'gravity: ""', "", "this type is empty"),
    Case("SA103", "{LF,LH,RF,RH}_HAA {", "{LF,LH,RF,RH_HAA {", "{", "`{` is never closed"),
    Case("SA103", '"{LF,LH,RF,RH}_{', '"{LF,,RF,RH}_{', "{LF,,RF,RH}", "an empty alternative"),
    Case(
        "SA103",
        "HAA,HFE,KFE}",
        "HAA,HFE,K*}",
        "{LF,LH,RF,RH}_{HAA,HFE,K*}",
        "has a wildcard",
        "spell the names",
    ),
    Case("SA104", "-180..180 deg", "-180..180 degrees", "degrees", "unknown unit `degrees`", "`deg`"),
    Case("SA104", "-180..180 deg", "-1e999..180 deg", "-1e999", "the number `-1e999` is too large"),
    Case("SA104", "0.5..1.5", "0.5..1.5 rad", "rad", "has no unit"),
    Case("SA105", "-180..180 deg", "180..-180 deg", "180..-180", "runs backwards", "`-180..180`"),
    Case("SA106", "-180..180 deg", "-1..1 m", "m", "an angle cannot be given in `m`", "`rad` or `deg`"),
    Case("SA106", "{x: -0.5..0.5, y", "{x: -9..9 deg/s, y", "deg/s", "a speed cannot be given", "`m/s`"),
    Case(
        "SA106", '"*F_KFE": -0.8', '"*F_KFE": -0.8 kg', "kg", "an angle or a length cannot be given in `kg`"
    ),
    Case("SA106", TRAIN, PAYLOAD.replace("6 kg", "6 rad"), "rad", "a mass cannot be given in `rad`", "`kg`"),
    Case("SA106", TRAIN, "train: command(x 0..1 rad/s)", "rad/s", "a speed cannot be given in `rad/s`"),
    # --- SA2xx: robot, symmetry, group ---------------------------------------------------------------------
    Case(
        "SA201", '_{HAA,HFE,KFE}"', '_{HAA,HFE,KFE} LF_KFE"', "LF_KFE", "the joint `LF_KFE` is listed twice"
    ),
    Case("SA201", '_KFE"\ndef', '_KFE LF_*"\ndef', "LF_*", "is listed twice"),
    Case("SA202", "flip *_HAA", "flip *_HA", "*_HA", "`*_HA` matches no joint", "`LF_HAA`"),
    Case("SA202", "LF: LF_*", "LF: LF_HAAA", "LF_HAAA", "no joint named `LF_HAAA`", "`LF_HAA`"),
    Case("SA202", "joints[*_KFE]", "joints[*_KEF]", "*_KEF", "`*_KEF` matches no joint"),
    Case("SA202", "train: fail(LF_*)", "train: fail(LX_*)", "LX_*", "`LX_*` matches no joint"),
    Case("SA202", '"*_HAA": 0.0', '"*_HIP": 0.0', '"*_HIP"', "`*_HIP` matches no joint"),
    Case("SA202", SWAP, "rename left <-> right", "rename left <-> right", "no joint has `left` or `right`"),
    Case(
        "SA203", "RH: RH_*", "RH: RH_H*", "limbs", "the joint `RH_KFE` belongs to no limb", "limb of its own"
    ),
    Case("SA204", "RH: RH_*", "RH: RH_* LF_HAA", "RH_* LF_HAA", "belongs to `LF` and to `RH`"),
    Case(
        "SA205",
        'sim: "{LF,LH,RF,RH}_HAA ',
        'sim: "{LF,LH,RF}_HAA ',
        "{LF,LH,RF}_HAA {LF,LH,RF,RH}_HFE {LF,LH,RF,RH}_KFE",
        "the joint order `sim` leaves out `RH_HAA`",
    ),
    Case("SA206", '  "*_HAA": 0.0\n', "", "default_pose", "the default pose leaves out `LF_HAA`"),
    Case("SA206", '"*F_KFE": -0.8', '"*F_*E": -0.8', '"*F_*E"', "is given two default positions"),
    Case("SA207", "reflect y, " + SWAP, SWAP, SWAP + ", " + FLIP_HAA, "does not say how the base moves"),
    Case("SA207", "reflect y, ", "reflect y, reflect z, ", "reflect z", "moves the base twice"),
    Case("SA207", SWAP, "swap (LF RF)(LH RH)(LF)", "(LF)", "the cycle `(LF)` moves nothing"),
    Case("SA208", "(LF RF)(LH RH)", "(LF RF)(LH RG)", "RG", "no limb or joint named `RG`", "`RF`"),
    Case("SA208", SWAP, "rename LF <-> RX", "rename LF <-> RX", "`LF_HAA` would be renamed to `RX_HAA`"),
    Case("SA209", "(LF RF)(LH RH)", "(LF RF)(LF RH)", "LF", "generator `sagittal` moves `LF` twice"),
    Case("SA209", FLIP_HAA, "flip *_HAA, flip LF_HAA", "flip LF_HAA", "flips `LF_HAA` twice"),
    Case(
        "SA210",
        "(LF RF)(LH RH)",
        "(LF RF)(LH RH_HAA)",
        "RH_HAA",
        "`LH` has 3 joints, but `RH_HAA` has 1 joint",
    ),
    Case("SA211", "(LF RF)(LH RH)", "(LF RF LH)", "(LF RF LH)", "is not an involution", "swaps pairs"),
    Case(
        "SA211",
        FLIP_HAA,
        "flip LF_HAA",
        "flip LF_HAA",
        "does not undo itself on `LF_HAA`",
        "both `LF_HAA` and",
    ),
    Case("SA213", "transversal^2 = e", "transverse^2 = e", "transverse", "no generator named `transverse`"),
    Case(
        "SA214",
        "sagittal^2 = transversal^2 = e",
        "sagittal = transversal",
        "sagittal = transversal",
        "the relation `sagittal = transversal` does not hold",
    ),
    Case("SA216", '"*F_KFE": -0.8', '"*F_KFE": 0.8', "default_pose", "is not symmetric under `transversal`"),
    Case("SA216", '"*H_HFE": -0.4', '"*H_HFE": -0.5', "default_pose", "is not symmetric under `transversal`"),
    Case("SA218", "    sagittal: r", "    e: r", "e", "a generator cannot be called `e`", "", NO_RELATIONS),
    Case("SA219", "reflect y", "rotate z by 51.4 deg", "rotate z by 51.4 deg", "do not come back", "360/7"),
    Case("SA106", FLIP_HAA, "flip *_HAA, shift *_HAA by 2 kg", "kg", "cannot be given in `kg`", "`rad`"),
    Case(
        "SA209",
        FLIP_HAA,
        "flip *_HAA, shift *_HAA by 5 deg, shift LF_HAA by 5 deg",
        "shift LF_HAA by 5 deg",
        "shifts `LF_HAA` twice",
    ),
    Case(
        "SA211",
        FLIP_HAA,
        "flip *_HAA, shift LF_HFE by 5 deg",
        "shift LF_HFE by 5 deg",
        "does not bring `LF_HFE` back",
        "shift `RF_HFE` by the opposite amount",
    ),
    Case("SA212", "reflect y", "rotate z by 360 deg", "rotate z by 360 deg", "does not move the base"),
    # --- SA3xx: types ------------------------------------------------------------------------------
    Case("SA301", "gravity: vector", "gravity: vectr", "vectr", "unknown type `vectr`", "`vector`"),
    Case("SA301", "unsigned(joints)", "unsigned(joint)", "joint", "unknown type `joint`", "`joints`"),
    Case(
        "SA303",
        "joints[*_KFE]",
        "joints[L*_KFE]",
        "L*_KFE",
        "not closed under `sagittal`",
        "include `RF_KFE`",
    ),
    Case("SA303", "contacts: limbs", "contacts: limbs[LF RF]", "LF RF", "not closed under `transversal`"),
    Case("SA304", "joint_order: sim", "joint_order: simm", "simm", "no joint order named `simm`", "`sim`"),
    Case(
        "SA305", "history(3, joints", "history(joints, 3", "history(joints, 3, order=time)", "takes a number"
    ),
    Case("SA305", "order=time", "order=times", "times", "the order of a history cannot be `times`", "`time`"),
    Case("SA305", "order=time", "ordr=time", "ordr", "`history` has no option `ordr`", "`order`"),
    Case("SA305", "5 x 3, order=xy", "5 x 3", "grid(5 x 3)", "`grid` does not say its order", "`order=xy`"),
    Case("SA305", "unsigned(joints)", "unsigned(vector)", "vector", "`unsigned` is for joints"),
    Case("SA305", "unsigned(joints)", "unsigned", "unsigned", "`unsigned` needs arguments"),
    Case("SA305", "unsigned(joints)", "joints * 3", "3", "the number `3` comes last", "`3 * joints`"),
    Case("SA305", "unsigned(joints)", "0 * joints", "0", "repeated at least once"),
    Case("SA305", "unsigned(joints)", "vector(xy)", "vector(xy)", "`vector` takes no arguments", "brackets"),
    Case("SA307", "gravity: vector", "gravity: scalar[x]", "x", "has no parts"),
    Case("SA308", "vector[xy] + p", "vector[xw] + p", "w", "`w` is not an axis"),
    Case("SA308", "vector[xy] + p", "vector[xyx] + p", "x", "`x` is named twice"),
    Case("SA308", "{x: -0.5..0.5, y", "{x: -0.5..0.5, w", "w", "`w` is not an axis"),
    Case(
        "SA309", "history(3, joints", "history(99999, joints", "history(99999, joints, order=time)", "numbers"
    ),
    # --- SA4xx: tasks and resets ---------------------------------------------------------------------------
    Case("SA401", "train: fail(LF_*)", "train: fial(LF_*)", "fial", "unknown task `fial`", "`fail`"),
    Case("SA401", TRAIN, "train: paylod(2..6 kg)", "paylod", "unknown task `paylod`", "`payload`"),
    Case("SA101", TRAIN, "train: fail(LF_*, RF_*)", ",", "unexpected `,`", "`fail(LF_* RF_*)`"),
    Case("SA101", TRAIN, "train: fail(LF_*), none", ",", "unexpected `,`", "joined by `+`"),
    Case("SA101", TRAIN, PAYLOAD.replace("0..0.3", "0-0.3"), "-", "unexpected `-`", "two dots"),
    Case("SA101", TRAIN, PAYLOAD.replace("0..0.3", "0 to 0.3"), "0", "unexpected `0`", "two dots"),
    Case("SA101", TRAIN, PAYLOAD.replace("m, 2", "m y 2"), "y", "unexpected `y`", "separated by commas"),
    Case("SA104", TRAIN, PAYLOAD.replace("kg", "lb"), "lb", "unknown unit `lb`", "`kg`"),
    Case("SA105", TRAIN, PAYLOAD.replace("2..6", "6..2"), "6..2 kg", "`6..2` runs backwards", "`2..6`"),
    Case("SA403", TRAIN, "train: fail", "fail", "does not say which joints", "`fail(LF_*)`"),
    Case("SA403", TRAIN, "train: payload", "payload", "does not say which range", "`payload(x 0..0.3 m"),
    Case("SA403", TRAIN, "train: none(LF_*)", "LF_*", "`none` takes no arguments", "write `none`"),
    Case("SA404", TRAIN, PAYLOAD.replace("x", "yaw"), "yaw", "a payload has no axis `yaw`"),
    Case("SA404", TRAIN, PAYLOAD.replace("2..6", "mass 2..6"), "mass", "no axis `mass`", "without an axis"),
    Case(
        "SA404", TRAIN, PAYLOAD.replace("x ", ""), "0..0.3 m", "does not say along which axis", "`x 0..0.3 m`"
    ),
    Case("SA404", TRAIN, "train: command(0..1 rad/s)", "0..1 rad/s", "along which axis", "`roll 0..1 rad/s`"),
    Case("SA404", TRAIN, "train: command(0..1)", "0..1", "does not say along which axis", "`x 0..1`"),
    Case("SA405", TRAIN, PAYLOAD.replace("2..6", "x 1 m, 2..6"), "x 1 m", "the axis `x` is given twice"),
    Case("SA405", TRAIN, PAYLOAD.replace("kg)", "kg, 7 kg)"), "7 kg", "the mass is given twice"),
    Case(
        "SA406",
        TRAIN,
        "train: payload(x 0..0.3 m)",
        "payload(x 0..0.3 m)",
        "does not say the mass",
        "`payload(x 0..0.3 m, 2..6 kg)`",
    ),
    Case("SA407", TRAIN, PAYLOAD.replace("2..6", "-2..6"), "-2..6 kg", "a mass cannot be negative"),
    Case("SA407", TRAIN, PAYLOAD.replace("2..6", "2..inf"), "2..inf kg", "a mass cannot be infinite"),
    Case("SA407", TRAIN, PAYLOAD.replace("0..0.3", "inf"), "inf m", "nothing lies at `inf`", "`0..inf`"),
    Case("SA407", TRAIN, "train: command(x 0..inf)", "0..inf", "a speed cannot be infinite"),
    Case(
        "SA408", TRAIN, "train: " + "payload(1) + " * 100 + "payload(2)", "payload(2)", "at most 100 ranges"
    ),
    Case("SA409", "-180..180 deg", "default * 0..2", "default * 0..2", "`base_yaw` has no default", "`0..2`"),
    Case("SA402", "  base_yaw:", "  base_jaw:", "base_jaw", "nothing called `base_jaw`", "`base_yaw`"),
]


def test_the_good_neighbour_compiles(tmp_path):
    program = symaug.compile(write(tmp_path))
    assert program.space("observations/policy").width == 3 + 3 + 12 + 4 + 4 + 12 + 36 + 15 + 12


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_mistake_yields_its_code_at_its_place(case, tmp_path):
    in_robot = case.old in ROBOT
    assert in_robot != (case.old in SPEC), "a case edits one document"
    text = (ROBOT if in_robot else SPEC).replace(case.old, case.new, 1).replace(*case.besides)
    assert text != (ROBOT if in_robot else SPEC)
    path = write(tmp_path, **{"robot" if in_robot else "spec": text})
    with pytest.raises(SpecError) as error:
        symaug.compile(path)
    (diagnostic,) = error.value.diagnostics
    full = render_full(diagnostic)
    assert diagnostic.code == case.code, full
    assert case.words in diagnostic.message, full
    assert any(case.help in line for line in (*diagnostic.helps, "")), full
    span = diagnostic.span
    assert span is not None
    assert span.file.endswith("robot.yaml" if in_robot else "walk.yaml")
    assert span.line == span.end_line, full
    line = text.splitlines(keepends=True)[span.line - 1]
    if case.at:
        assert line[span.column - 1 : span.end_column - 1] == case.at, full


def test_every_code_of_the_language_has_a_case():
    raised_elsewhere = {
        "SA001",  # files: test_files
        "SA002",
        "SA004",
        *("SA012", "SA013"),  # syntax/test_extending
        *("SA014", "SA015", "SA016"),  # syntax/test_blocks
        "SA215",  # groups: semantics/test_symmetry
        "SA217",
        "SA302",
        "SA306",
        *("SA310", "SA311", "SA312", "SA313"),  # semantics/test_constructors
        "SA314",  # semantics/test_memory
    }
    language = {code for code in CODES if code < "SA5"}
    assert language - raised_elsewhere == {case.code for case in CASES}


def test_all_mistakes_of_both_documents_come_in_one_run_sorted_by_place(tmp_path):
    robot = ROBOT.replace("flip *_HAA", "flip *_HA").replace('"*F_KFE": -0.8', '"*F_KFE": -0.8 degg')
    spec = SPEC.replace("gravity: vector", "gravity: vectr").replace("limbs * vector", "limbs ** vector")
    spec = spec.replace("train: fail(LF_*)", "train: fial(*)").replace("180 deg", "-200 deg")
    with pytest.raises(SpecError) as error:
        symaug.compile(write(tmp_path, robot, spec))
    found = [(d.code, d.span.file.rpartition("/")[2], d.span.line) for d in error.value.diagnostics if d.span]
    assert found == [
        ("SA104", "robot.yaml", 10),
        ("SA202", "robot.yaml", 14),
        ("SA101", "walk.yaml", 14),
        ("SA105", "walk.yaml", 18),
        ("SA401", "walk.yaml", 22),
    ]

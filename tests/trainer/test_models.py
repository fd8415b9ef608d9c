"""Models that cannot break the symmetry: after fifty updates of rsl_rl's own PPO they still do not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from rsl_rl.models import MLPModel, RNNModel
from tensordict import TensorDict

import symaug
from symaug.diagnostics import UserError
from tests.symaug.semantics.known_robots import ROBOTS
from tests.trainer.random_world import RandomWorld
from tests.trainer.rollouts import iterate, make_runner, train_config

SHIPPED = ("anymal_d/velocity", "g1/velocity", "ant/run", "trifinger/cube", "aloha/either_hand")
"""K4, C2, D4, C3 (which mixes numbers, and shifts joints), C2 that exchanges two arms."""
GAUSSIAN, STATE_DEPENDENT = "GaussianDistribution", "HeteroscedasticGaussianDistribution"
STEPS = 7


@pytest.fixture(scope="module")
def spec_of(tmp_path_factory):
    """The path of a small spec for a group that no shipped spec has."""

    def write(group: str) -> str:
        folder = tmp_path_factory.mktemp(group)
        (folder / "robot.yaml").write_text(f"robot: {group}\n{ROBOTS[group][0]}", encoding="utf-8")
        (folder / "spec.yaml").write_text(
            f"spec: {group}/walk\nrobot: ./robot.yaml\n"
            "observations:\n"
            "  policy: {v: vector, w: pseudovector, q: positions(joints), c: limbs, t: scalar}\n"
            "actions: joints\n",
            encoding="utf-8",
        )
        return str(folder / "spec.yaml")

    return write


def equivariant_config(spec: str, kind: str, *, noise: str = GAUSSIAN, skip: bool = False, **network) -> dict:
    """A small configuration of rsl_rl's own PPO: `kind` is lstm, gru or mlp."""
    recurrent = kind != "mlp"
    config = train_config(
        "rsl_rl.algorithms:PPO", recurrent=recurrent, normalize=True, rnn_type=kind if recurrent else "lstm"
    )
    order = symaug.compile(spec).group.order
    for model in (config["actor"], config["critic"]):
        name = "EquivariantRNNModel" if recurrent else "EquivariantMLPModel"
        model |= {"class_name": f"symaug_trainer:{name}", "spec": spec, "hidden_dims": [2 * order, 2 * order]}
        model |= {"rnn_hidden_dim": 2 * order, "skip": skip} if recurrent else {}
        model |= network
    config["actor"]["distribution_cfg"] = {"class_name": noise, "init_std": 0.6, "std_type": "log"}
    return config


def trained(spec: str, config: dict, updates: int = 50):
    runner = make_runner(RandomWorld(symaug.compile(spec)), config)
    for _ in iterate(runner, updates):
        pass
    return runner.alg


def answers(algorithm, observations: torch.Tensor) -> dict[str, torch.Tensor]:
    """What actor and critic say at the end of a sequence [T, B, width], begun with an empty memory."""
    actor, critic = algorithm.actor, algorithm.critic
    actor.reset()
    critic.reset()
    with torch.no_grad():
        for seen in observations[:-1]:
            actor(TensorDict({"policy": seen}, [len(seen)]))
            critic(TensorDict({"policy": seen}, [len(seen)]))
        last = TensorDict({"policy": observations[-1]}, [observations.shape[1]])
        said = {"value": critic(last)}
        actor(last, stochastic_output=True)
    said |= {"mean": actor.output_mean, "std": actor.output_std}
    for name, model in (("actor", actor), ("critic", critic)):
        state = model.get_hidden_state()
        if state is not None:
            said[f"memory/{name}"] = torch.cat([state] if isinstance(state, torch.Tensor) else list(state))
    return said


def broken_by(algorithm, spec: str) -> float:
    """The largest difference between an answer to an image and the answer's image, over all elements."""
    program = symaug.compile(spec)
    observation, action = (program.space(name) for name in ("observations/policy", "actions"))
    transforms = {
        "mean": action,
        "std": symaug.nn.magnitudes(action),
        "value": symaug.nn.trivial(program.group, 1),
    }
    seen = torch.randn(STEPS, 5, observation.width, generator=torch.Generator().manual_seed(1))
    here = answers(algorithm, seen)
    for name in here:
        if name.startswith("memory"):
            width = here[name].shape[-1]
            transforms[name] = symaug.nn.regular(program.group, width // program.group.order)
    worst = 0.0
    for element in program.group.elements:
        there = answers(algorithm, symaug.Transform(observation, program.group).apply(seen, element))
        for name, space in transforms.items():
            image = symaug.Transform(space, program.group).apply(here[name], element)
            worst = max(worst, float((there[name] - image).abs().max()))
    return worst


@pytest.mark.parametrize("kind", ["lstm", "gru", "mlp"])
@pytest.mark.parametrize("spec", SHIPPED)
def test_fifty_updates_leave_the_symmetry_as_it_was(spec, kind):
    algorithm = trained(spec, equivariant_config(spec, kind))
    assert broken_by(algorithm, spec) < 1e-5


@pytest.mark.parametrize("group", ["C3", "D3", "C6", "C2xC2xC2", "shifted"])
def test_so_they_do_for_groups_that_no_shipped_spec_has(spec_of, group):
    spec = spec_of(group)
    assert broken_by(trained(spec, equivariant_config(spec, "lstm")), spec) < 1e-5


@pytest.mark.parametrize("kind", ["lstm", "mlp"])
def test_plain_models_do_not(kind):
    config = equivariant_config("anymal_d/velocity", kind)
    for model in (config["actor"], config["critic"]):
        model.pop("spec")
        model.pop("skip", None)
        model["class_name"] = f"rsl_rl.models:{'MLPModel' if kind == 'mlp' else 'RNNModel'}"
    assert broken_by(trained("anymal_d/velocity", config, updates=2), "anymal_d/velocity") > 0.01


@pytest.mark.parametrize("kind", ["lstm", "gru"])
@pytest.mark.parametrize("noise", [GAUSSIAN, STATE_DEPENDENT])
def test_with_a_skip_past_the_memory_and_noise_that_depends_on_the_state(kind, noise):
    config = equivariant_config("anymal_d/velocity", kind, noise=noise, skip=True)
    assert broken_by(trained("anymal_d/velocity", config), "anymal_d/velocity") < 1e-5


def test_they_learn_and_the_noise_starts_as_asked():
    algorithm = trained(
        "anymal_d/velocity", equivariant_config("anymal_d/velocity", "lstm", noise=STATE_DEPENDENT), 0
    )
    first = answers(algorithm, torch.randn(1, 4, 48))
    torch.testing.assert_close(first["std"], torch.full((4, 12), 0.6))
    runner = make_runner(
        RandomWorld(symaug.compile("anymal_d/velocity")), equivariant_config("anymal_d/velocity", "lstm")
    )
    before = [parameter.clone() for parameter in runner.alg.actor.parameters()]
    list(iterate(runner, 1))
    assert all(not torch.equal(a, b) for a, b in zip(before, runner.alg.actor.parameters(), strict=True))


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize("kind", ["lstm", "gru", "mlp"])
def test_rsl_rls_own_exports_compute_the_same(tmp_path, kind, skip):
    if kind == "mlp" and skip:
        pytest.skip("a perceptron has no memory to skip")
    spec = "anymal_d/velocity"
    actor = trained(spec, equivariant_config(spec, kind, skip=skip), updates=2).actor.eval()
    scripted = torch.jit.script(actor.as_jit())
    scripted.save(str(tmp_path / "policy.pt"))
    loaded = torch.jit.load(str(tmp_path / "policy.pt"))
    exported = actor.as_onnx(verbose=False)
    state = exported.get_dummy_inputs()[1:]
    actor.reset()
    for seen in torch.randn(STEPS, 1, 48):
        with torch.no_grad():
            said = actor(TensorDict({"policy": seen}, [1]))
            torch.testing.assert_close(loaded(seen), said)
            onnx, *state = [part for part in _tuple(exported(seen, *state)) if part is not None]
            torch.testing.assert_close(onnx, said)
    kinds = {type(module) for module in exported.modules()}
    assert kinds & {torch.nn.Linear} and not any("symaug.nn" in module.__module__ for module in kinds)


def _tuple(output):
    return output if isinstance(output, tuple) else (output,)


def test_the_onnx_file_computes_the_same(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    spec = "anymal_d/velocity"
    actor = trained(spec, equivariant_config(spec, "lstm"), updates=2).actor.eval()
    exported = actor.as_onnx()
    path = str(tmp_path / "policy.onnx")
    torch.onnx.export(
        exported,
        exported.get_dummy_inputs(),
        path,
        input_names=exported.input_names,
        output_names=exported.output_names,
        dynamo=False,
    )
    session = onnxruntime.InferenceSession(path)
    h, c = (part.numpy() for part in exported.get_dummy_inputs()[1:])
    actor.reset()
    for seen in torch.randn(STEPS, 1, 48):
        action, h, c = session.run(None, {"obs": seen.numpy(), "h_in": h, "c_in": c})
        with torch.no_grad():
            torch.testing.assert_close(torch.from_numpy(action), actor(TensorDict({"policy": seen}, [1])))


@pytest.mark.parametrize("kind", ["lstm", "mlp"])
def test_checkpoints_load_back(kind):
    spec = "anymal_d/velocity"
    one = trained(spec, equivariant_config(spec, kind), updates=2)
    other = make_runner(RandomWorld(symaug.compile(spec)), equivariant_config(spec, kind), seed=9).alg
    seen = torch.randn(STEPS, 3, 48)
    assert not torch.equal(answers(one, seen)["mean"], answers(other, seen)["mean"])
    other.load(one.save(), None, True)
    for name, said in answers(one, seen).items():
        assert torch.equal(answers(other, seen)[name], said), name


def test_models_are_rsl_rls_own_to_whoever_asks():
    algorithm = trained("anymal_d/velocity", equivariant_config("anymal_d/velocity", "lstm"), updates=0)
    assert isinstance(algorithm.actor, RNNModel) and isinstance(algorithm.critic, MLPModel)
    assert algorithm.actor.is_recurrent


@pytest.mark.parametrize(
    ("spec", "network", "code", "words"),
    [
        ("anymal_d/velocity", {"rnn_hidden_dim": 30}, "SA714", "28 or 32"),
        ("anymal_d/velocity", {"hidden_dims": [16, 18]}, "SA714", "`hidden_dims` is 18"),
        ("anymal_d/velocity", {"hidden_dims": [2]}, "SA714", "4 or 8"),
        ("anymal_d/velocity_rough", {}, "SA706", "reads 48 numbers"),
    ],
)
def test_what_the_group_does_not_permit_is_refused(spec, network, code, words):
    config = equivariant_config("anymal_d/velocity", "lstm", **network)
    config["actor"]["spec"] = spec
    with pytest.raises(UserError, match=code) as caught:
        make_runner(RandomWorld(symaug.compile("anymal_d/velocity")), config)
    (diagnostic,) = caught.value.diagnostics
    assert words in " ".join((diagnostic.message, *diagnostic.helps))


def test_a_distribution_without_symmetric_form_is_refused():
    config = equivariant_config("anymal_d/velocity", "lstm")
    config["actor"]["distribution_cfg"] = {"class_name": "BetaDistribution"}
    with pytest.raises(UserError, match=r"SA714.*BetaDistribution"):
        make_runner(RandomWorld(symaug.compile("anymal_d/velocity")), config)


def test_a_spec_file_of_ones_own_and_a_compiled_program_serve_alike(tmp_path: Path):
    program = symaug.compile("anymal_d/velocity")
    (tmp_path / "program.json").write_text(program.to_json(), encoding="utf-8")
    spec = str(tmp_path / "program.json")
    assert broken_by(trained(spec, equivariant_config(spec, "mlp"), updates=1), spec) < 1e-5

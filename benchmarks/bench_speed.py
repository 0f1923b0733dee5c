"""What pytest-benchmark times: every task with this library, and beside it the same task with what it is compared with.

The cases run in turns (A B C A B C ...), so that a slow moment of the machine meets both sides of a ratio. `run.py`
starts this file and makes the table.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
import yaml_edit
from pytest_benchmark.fixture import BenchmarkFixture
from ruamel.yaml import YAML

import kubeadm_cfg as kc
from fleet import DATA, fleet

TEXTS = {
    "typical": (DATA / "typical.yaml").read_text(encoding="utf-8"),
    "large": (DATA / "large.yaml").read_text(encoding="utf-8"),
    "fleet": fleet(),
}
MAX_PODS, POD_SUBNET = ("maxPods", 111), ("networking.podSubnet", "10.245.0.0/16")
# Which document of the text holds the edited value, and the edit.
EDITS: dict[tuple[str, str], tuple[int, str, Any]] = {
    ("typical", "maxPods"): (2, *MAX_PODS),
    ("typical", "podSubnet"): (1, *POD_SUBNET),
    ("large", "maxPods"): (0, *MAX_PODS),
}


class Case(NamedTuple):
    task: str
    input: str
    engine: str
    run: Callable[[], Any]
    rounds: int
    turns: int = 7

    @property
    def name(self) -> str:
        return f"{self.task}, {self.input}, {self.engine}"


def typed_load(text: str) -> list[Any]:
    return [document.obj for document in kc.loads(text).documents]


def typed_load_and_to_dict(text: str) -> list[Any]:
    return [kc.to_dict(document.obj) for document in kc.loads(text).documents]


def csafe_load(text: str) -> list[Any]:
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def edit_by_path(text: str, document: int, path: str, value: Any) -> str:
    f = kc.loads(text)
    f.documents[document].set(path, value)
    return f.text


def edit_typed(text: str, _document: int, path: str, value: Any) -> str:
    f = kc.loads(text)
    if path == "maxPods":
        f.kubelet.max_pods = value
    else:
        f.cluster.networking.pod_subnet = value
    return f.text


def edit_yaml_edit(text: str, document: int, path: str, value: Any) -> str:
    f = yaml_edit.YamlFile.parse(text)
    f[document].set_path(path, value)
    return str(f)


def edit_ruamel(text: str, document: int, path: str, value: Any) -> str:
    round_trip = YAML()
    round_trip.preserve_quotes = True
    documents = list(round_trip.load_all(text))
    *parents, last = path.split(".")
    place = documents[document]
    for parent in parents:
        place = place[parent]
    place[last] = value
    out = io.StringIO()
    round_trip.dump_all(documents, out)
    return out.getvalue()


def save(path: Path, document: int, key: str, value: Any) -> None:
    f = kc.load(path)
    f.documents[document].set(key, value)
    f.save()


def save_yaml_edit(path: Path, document: int, key: str, value: Any) -> None:
    path.write_text(edit_yaml_edit(path.read_text(encoding="utf-8"), document, key, value), encoding="utf-8")


def cases() -> list[Case]:
    found = []
    for name, rounds, turns in (("typical", 40, 7), ("large", 20, 7), ("fleet", 1, 3)):
        text = TEXTS[name]
        for task, run in (
            ("typed load", typed_load),
            ("plain load", csafe_load),
            ("typed load + to_dict", typed_load_and_to_dict),
        ):
            engine = "PyYAML" if run is csafe_load else "kubeadm_cfg"
            found.append(Case(task, name, engine, lambda run=run, text=text: run(text), rounds, turns))
    for (name, what), edit in EDITS.items():
        for task, engine, run, rounds in (
            ("edit by path", "kubeadm_cfg", edit_by_path, 100),
            ("edit", "yaml-edit", edit_yaml_edit, 100),
            ("typed edit", "kubeadm_cfg", edit_typed, 100),
            ("edit", "ruamel.yaml", edit_ruamel, 4),
        ):
            arguments = (TEXTS[name], *edit)
            found.append(
                Case(task, f"{name}, {what}", engine, lambda run=run, arguments=arguments: run(*arguments), rounds)
            )
    return found


TURNS = [
    pytest.param(turn, case, id=f"{turn}-{case.name}")
    for turn in range(max(case.turns for case in cases()))
    for case in cases()
    if turn < case.turns
]


@pytest.mark.parametrize(("turn", "case"), TURNS)
def bench_task(benchmark: BenchmarkFixture, turn: int, case: Case) -> None:
    benchmark.extra_info.update(task=case.task, input=case.input, engine=case.engine, turn=turn)
    benchmark.pedantic(case.run, rounds=case.rounds, iterations=1, warmup_rounds=min(2, case.rounds - 1))


@pytest.mark.parametrize("turn", range(7))
@pytest.mark.parametrize(
    ("task", "engine", "run"), [("save()", "kubeadm_cfg", save), ("write", "yaml-edit", save_yaml_edit)]
)
def bench_save(
    benchmark: BenchmarkFixture, tmp_path: Path, turn: int, task: str, engine: str, run: Callable[..., None]
) -> None:
    path = tmp_path / "kubeadm.yaml"
    edit = EDITS["typical", "maxPods"]

    def fresh() -> tuple[tuple[Any, ...], dict[str, Any]]:
        path.write_text(TEXTS["typical"], encoding="utf-8")
        return (path, *edit), {}

    benchmark.extra_info.update(task=task, input="typical, maxPods", engine=engine, turn=turn)
    benchmark.pedantic(run, setup=fresh, rounds=30, iterations=1)
    assert "maxPods: 111\n" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("what", EDITS)
def bench_nothing_wrong_is_timed(what: tuple[str, str]) -> None:
    """All engines make the same edit; the reading ones see the same number of documents."""
    text, edit = TEXTS[what[0]], EDITS[what]
    wanted = csafe_load(edit_by_path(text, *edit))
    assert wanted != csafe_load(text)
    assert csafe_load(edit_typed(text, *edit)) == wanted
    assert csafe_load(edit_yaml_edit(text, *edit)) == wanted
    assert csafe_load(edit_ruamel(text, *edit)) == wanted
    plain = csafe_load(text)
    assert [obj.kind for obj in typed_load(text)] == [document["kind"] for document in plain]
    # Values may differ in spelling: 60s becomes 1m0s.
    assert [set(document) for document in typed_load_and_to_dict(text)] == [set(document) for document in plain]

"""Code that names no version works with all of them: looking up, ensuring, arguments. Scripts stand in docs/."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg import kubeadm, testing
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.kinds import KINDS

VERSIONS = ("v1beta1", "v1beta2", "v1beta3", "v1beta4", "v1")
KUBEADM = [pair for pair in KINDS if pair[0].startswith("kubeadm.k8s.io/") and pair[1] != "ClusterStatus"]


def version(name: str) -> Any:
    return import_module(f"kubeadm_cfg.kubeadm.{name}")


@pytest.mark.parametrize(("api_version", "kind"), KUBEADM)
def test_a_document_is_found_by_name_by_its_class_and_by_the_base_of_all_versions(api_version: str, kind: str) -> None:
    cls: Any = kind_of(api_version, kind)
    base = getattr(kubeadm, f"Any{kind}")
    f = kc.loads(kc.dumps(cls()))
    assert issubclass(cls, base)
    assert f.get(kind) is f.get(cls) is f.get(base) is f.ensure(kind) is f.ensure(base) is f.all(base)[0]
    others = [kind_of(*pair) for pair in KUBEADM if pair[1] == kind and pair[0] != api_version]
    assert [f.get(other) for other in others if other] == [None] * len(others)


@pytest.mark.parametrize("name", VERSIONS)
@pytest.mark.parametrize("missing", ["init", "cluster", "join"])
def test_what_is_missing_is_made_in_the_file_s_own_version(name: str, missing: str) -> None:
    present = "ClusterConfiguration" if missing != "cluster" else "InitConfiguration"
    f = kc.loads(kc.dumps(getattr(version(name), present)()))
    made = f.ensure(missing)
    assert made.api_version == f"kubeadm.k8s.io/{name}"
    assert made is f.get(made.kind)
    assert f.text.endswith(f"---\napiVersion: kubeadm.k8s.io/{name}\nkind: {made.kind}\n")
    assert "kubelet" not in f
    assert f.ensure("kubelet").api_version == "kubelet.config.k8s.io/v1beta1"


NAMES = st.sampled_from(["audit-log-path", "v", "feature-gates"])


@pytest.mark.law
@given(
    testing.texts("ClusterConfiguration", max_documents=1),
    st.dictionaries(NAMES, st.sampled_from(["", "x", "7", "a=b", "yes"]), min_size=1),
    st.sets(NAMES),
)
def test_arguments_are_set_and_taken_away_alike_in_both_forms(text: str, new: dict[str, str], gone: set[str]) -> None:
    f = kc.loads(text)
    args = kc.args(f.cluster.api_server)
    wanted = {**args, **new}
    args.update(new)
    for name in gone:
        args.pop(name, None)
        wanted.pop(name, None)
    again = kc.loads(f.text)
    assert dict(kc.args(again.cluster.api_server)) == wanted
    for name, value in wanted.items():
        assert again.documents[0].get(["apiServer", "extraArgs", name]) == value

"""The public strategies: what they draw decodes, is written, read back and edited; what they call valid is accepted."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg import testing
from kubeadm_cfg.convert import findings, kind_of
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import Kind
from kubeadm_cfg.kubeadm import AnyClusterConfiguration, v1beta3
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration
from kubeadm_cfg.schema import MINORS, kinds_read_by

pytestmark = pytest.mark.law
FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


# -- the laws of objects -----------------------------------------------------------------------------------------------
@given(testing.objects())
def test_an_object_is_read_back_from_its_plain_data(obj: Any) -> None:
    assert kc.from_dict(kc.to_dict(obj)) == obj


@given(testing.objects())
def test_an_object_is_read_back_from_its_text(obj: Any) -> None:
    assert [document.obj for document in kc.loads(kc.dumps(obj)).documents] == [obj]


@given(testing.objects())
def test_copies_are_equal_and_apart(obj: Any) -> None:
    for other in (copy.copy(obj), copy.deepcopy(obj), pickle.loads(pickle.dumps(obj))):
        assert other == obj
        assert type(other) is type(obj)
    other = copy.deepcopy(obj)
    for name in kc.to_dict(obj).keys() - {"apiVersion", "kind"}:
        setattr(other, next(field[1] for field in obj._fields_ if field[0] == name), None)
    assert kc.to_dict(other).keys() == {"apiVersion", "kind"}
    assert (other == obj) == (kc.to_dict(obj).keys() == {"apiVersion", "kind"})


# -- what is drawn -----------------------------------------------------------------------------------------------------
@given(testing.documents())
def test_whatever_is_drawn_decodes(data: dict[str, Any]) -> None:
    cls: Any = kind_of(data["apiVersion"], data["kind"])
    assert findings(cls, data) == []


@given(st.sampled_from(MINORS).flatmap(lambda minor: st.tuples(st.just(minor), testing.documents(kubernetes=minor))))
def test_of_a_minor_are_only_the_versions_and_fields_that_it_has(drawn: tuple[str, dict[str, Any]]) -> None:
    minor, data = drawn
    assert (data["apiVersion"], data["kind"]) in kinds_read_by(minor)
    report = kc.check_text(kc.dumps(kc.from_dict(data)), kubernetes=minor, rules="kubernetes")
    assert not [problem for problem in report if problem.code.startswith(("yaml.", "decode.", "strict."))]


@pytest.mark.parametrize("kind", sorted({kind for api_version, kind in KINDS if api_version != "kubeadm.k8s.io/v1"}))
@FEW
@given(data=st.data())
def test_what_is_called_valid_is_accepted_by_the_programs(kind: str, data: st.DataObject) -> None:
    minors = [minor for minor in MINORS if kinds_read_by(minor, [kind])]
    minor = data.draw(st.sampled_from(minors)) if minors else None
    if minor is None:
        with pytest.raises(ValueError, match="reads none"):
            data.draw(testing.objects(kind, valid=True))
        return
    obj = data.draw(testing.objects(kind, kubernetes=minor, valid=True))
    assert kc.check_text(kc.dumps(obj), kubernetes=minor, rules="kubernetes").ok


@pytest.mark.parametrize("path", ["networking.podSubnet", "controlPlaneEndpoint", "apiServer"])
def test_what_is_valid_holds_something_all_the_same(path: str) -> None:
    strategy = testing.documents("ClusterConfiguration", kubernetes="1.34", valid=True)
    top, _, below = path.partition(".")
    look = settings(max_examples=200, database=None, derandomize=True)
    assert find(strategy, lambda data: bool(data.get(top)) and (not below or below in data[top]), settings=look)


@given(st.data())
def test_a_kind_is_a_name_a_class_a_base_or_several_of_them(data: st.DataObject) -> None:
    assert isinstance(data.draw(testing.objects("ClusterConfiguration")), AnyClusterConfiguration)
    assert isinstance(data.draw(testing.objects(AnyClusterConfiguration)), AnyClusterConfiguration)
    assert type(data.draw(testing.objects(v1beta3.ClusterConfiguration))) is v1beta3.ClusterConfiguration
    several = data.draw(testing.objects([KubeletConfiguration, v1beta3.ClusterConfiguration]))
    assert isinstance(several, (KubeletConfiguration, v1beta3.ClusterConfiguration))


@given(st.data())
def test_a_kind_that_no_minor_reads_is_a_wrong_argument(data: st.DataObject) -> None:
    with pytest.raises(ValueError, match=r"Kubernetes 1\.22 reads none of these: UpgradeConfiguration"):
        data.draw(testing.documents("UpgradeConfiguration", kubernetes="1.22"))


# -- texts and edits ---------------------------------------------------------------------------------------------------
@given(st.lists(testing.documents(unknown_fields=True), min_size=1, max_size=3), testing.styles())
def test_a_text_in_any_style_says_what_it_was_made_from(documents: list[dict[str, Any]], style: testing.Style) -> None:
    f = kc.loads(testing.rendered(documents, style))
    assert [document.to_dict() for document in f.documents] == documents


@given(testing.texts())
def test_a_text_is_a_file_of_known_kinds_and_given_back_unchanged(text: str) -> None:
    f = kc.loads(text)
    assert f.text == text
    assert all(document.obj is not None for document in f.documents)


@given(testing.texts(kubernetes="1.34", valid=True, max_documents=1))
@FEW
def test_a_valid_text_is_accepted(text: str) -> None:
    assert kc.check_text(text, kubernetes="1.34", rules="kubernetes").ok


CLASSES: list[type[Kind]] = [cls for pair in sorted(KINDS) if (cls := kind_of(*pair)) is not None]


@given(st.sampled_from(CLASSES).flatmap(lambda cls: st.tuples(st.just(cls), testing.edits(cls))))
def test_an_edit_can_be_made_on_an_empty_object(drawn: tuple[Any, testing.Edit]) -> None:
    cls, edit = drawn
    f = kc.loads(kc.dumps(cls()))
    obj: Any = f.documents[0].obj
    edit.make(obj)
    assert kc.loads(f.text).documents[0].obj == obj


# -- the package -------------------------------------------------------------------------------------------------------
def test_hypothesis_is_imported_when_a_strategy_is_asked_for() -> None:
    program = (
        "import sys, kubeadm_cfg.testing as t; print('hypothesis' in sys.modules, sorted(t.__all__) == sorted(dir(t)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.split() == ["False", "True"]
    program = (
        "import sys; sys.modules['hypothesis'] = None\nimport kubeadm_cfg.testing as t\nprint(t.assert_rule.__name__)\n"
        "try: t.objects\nexcept ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert done.stdout.splitlines() == [
        "assert_rule",
        "objects needs Hypothesis: pip install 'kubeadm-cfg[testing]'",
    ]
    with pytest.raises(AttributeError, match="nothing"):
        _ = testing.nothing  # type: ignore[attr-defined]  # that is the point


@given(testing.nearly_yaml())
def test_whatever_is_nearly_yaml_gets_a_report(text: str) -> None:
    report = kc.check_text(text)
    assert report.ok == (not report.errors)

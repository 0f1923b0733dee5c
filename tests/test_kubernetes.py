"""Kubernetes over its minors: releases, support windows, API versions, and kubeadm's own gates."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.kubernetes import NEWEST, OLDEST


def test_the_minors_follow_one_another_and_are_supported_for_a_year_and_more() -> None:
    known = kc.kubernetes.minors()
    assert [minor.number for minor in known] == list(range(OLDEST, NEWEST + 1))
    for earlier, later in pairwise(known):
        assert earlier.released < later.released < earlier.end_of_life < later.end_of_life


def test_three_minors_are_supported_at_a_time() -> None:
    supported = [str(minor) for minor in kc.kubernetes.minors() if minor.is_supported(date(2026, 11, 28))]
    assert supported == ["1.35", "1.36", "1.37"]


@pytest.mark.parametrize(("text", "number"), [("1.31", 31), ("v1.31.2", 31), ("v1.31.0-rc.1+x", 31)])
def test_a_version_has_a_minor(text: str, number: int) -> None:
    assert kc.kubernetes.minor(text).number == number


@pytest.mark.parametrize("text", ["1.21", "1.99", "stable-1", "", "2.31", "1.310x"])
def test_what_is_no_known_version_has_none(text: str) -> None:
    with pytest.raises(KeyError):
        kc.kubernetes.minor(text)


@pytest.mark.parametrize(
    ("name", "minor", "standing"),
    [
        ("v1alpha1", "1.22", "removed"),
        ("v1beta2", "1.23", "read"),
        ("v1beta2", "1.26", "deprecated"),
        ("kubeadm.k8s.io/v1beta2", "1.27", "removed"),
        ("v1beta3", "1.21", None),
        ("v1beta4", "1.27", None),
        ("v1beta4", "1.28", "experimental"),
        ("v1beta4", "1.31", "read"),
        ("v1", "1.36", None),
        ("v1", "1.37", "experimental"),
    ],
)
def test_an_api_version_comes_and_goes(name: str, minor: str, standing: str | None) -> None:
    assert kc.kubernetes.api_version(name).at(minor) == standing
    assert kc.kubernetes.api_version(name).is_read(minor) is (standing in ("read", "deprecated"))


@pytest.mark.parametrize(
    ("minor", "names"),
    [
        ("1.23", {"IPv6DualStack", "PublicKeysECDSA", "RootlessControlPlane", "UnversionedKubeletConfigMap"}),
        ("1.29", {"EtcdLearnerMode", "PublicKeysECDSA", "RootlessControlPlane", "UpgradeAddonsBeforeControlPlane"}),
        ("1.36", {"NodeLocalCRISocket", "PublicKeysECDSA", "RootlessControlPlane"}),
        ("1.37", {"RootlessControlPlane"}),
    ],
)
def test_kubeadm_has_gates_of_its_own(minor: str, names: set[str]) -> None:
    assert {name for name, gate in kc.kubernetes.kubeadm_gates().items() if gate.at(minor)} == names


def test_a_feature_gate_is_found_here_too() -> None:
    assert kc.kubernetes.feature_gate("NFTablesProxyMode").at("1.31").stage == "Beta"  # type: ignore[union-attr]  # it exists

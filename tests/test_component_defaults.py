"""What the kubelet and kube-proxy of each minor fill in, as their own defaulting did it."""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from corpora import Case, rows
from kubeadm_cfg.defaults.component import as_validated, defaulted
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration, Taint
from kubeadm_cfg.kubeproxy.v1alpha1 import KubeProxyConfiguration

CASES = rows("component-defaults.jsonl")


def contained(wanted: Any, actual: Any) -> bool:
    """Whether `actual` holds everything in `wanted`; the cases name the fields they are about."""
    if isinstance(wanted, dict):
        return isinstance(actual, dict) and all(contained(value, actual.get(key)) for key, value in wanted.items())
    return bool(wanted == actual)


@pytest.mark.corpus
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_defaults_are_those_of_the_program(case: Case) -> None:
    obj = kc.loads(case["yaml"]).documents[0].obj
    assert isinstance(obj, (KubeletConfiguration, KubeProxyConfiguration))
    before = kc.to_dict(obj)
    filled = kc.to_dict(defaulted(obj, int(case["kubernetes"].split(".")[1])))
    assert contained(case["json"], filled)
    assert kc.to_dict(obj) == before


def test_an_explicit_zero_stays_where_defaulting_fills_pointers_only() -> None:
    config = KubeletConfiguration(registry_pull_qps=0, registry_burst=0)
    filled = defaulted(config, 31)
    assert (filled.registry_pull_qps, filled.registry_burst) == (0, 10)


@pytest.mark.parametrize(("minor", "burst"), [(26, 10), (27, 100)])
def test_a_default_that_changed_is_the_one_of_the_minor(minor: int, burst: int) -> None:
    assert defaulted(KubeletConfiguration(), minor).event_burst == burst


@pytest.mark.parametrize(
    ("address", "healthz"),
    [
        ("", "0.0.0.0:10256"),
        ("::", "[::]:10256"),
        ("10.0.0.1", "0.0.0.0:10256"),
        ("010.0.0.1", "0.0.0.0:10256"),
        ("::ffff:10.0.0.1", "0.0.0.0:10256"),
        ("no address", "[::]:10256"),
    ],
)
def test_kube_proxy_serves_health_on_the_family_it_binds(address: str, healthz: str) -> None:
    assert defaulted(KubeProxyConfiguration(bind_address=address), 31).healthz_bind_address == healthz


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        ("::1", "[::1]:10249"),
        ("127.0.0.1", "127.0.0.1:10249"),
        ("127.0.0.01", "127.0.0.01:10249"),
        ("h:1", "h:1"),
        ("[::1]", "[::1]"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1:10249"),
    ],
)
def test_an_address_without_port_gets_the_port_of_metrics(given: str, filled: str) -> None:
    assert defaulted(KubeProxyConfiguration(metrics_bind_address=given), 31).metrics_bind_address == filled


def test_kube_proxy_on_linux_takes_an_empty_mode_for_iptables() -> None:
    loaded = as_validated(KubeProxyConfiguration(), 31)
    assert (loaded.mode, loaded.detect_local_mode) == ("iptables", "ClusterCIDR")


def test_a_time_at_the_end_of_the_year_9999_is_left_as_it_is() -> None:
    config = KubeletConfiguration()
    config.register_with_taints = [Taint(key="a", effect="NoSchedule", time_added="9999-12-31T23:59:59-01:00")]
    assert defaulted(config, 34).register_with_taints[0].time_added == "9999-12-31T23:59:59-01:00"

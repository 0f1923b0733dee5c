"""Laws of advice: every combination of arguments has an answer or a clear error, and what is applied holds."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg import flannel
from kubeadm_cfg.advise import Advice
from kubeadm_cfg.advisor.placing import InDocument

WX_OMEGA = Path(__file__).parents[1] / "examples" / "wx-omega"
FUNCTIONS = [name for name in kc.advise.__all__ if inspect.isfunction(getattr(kc.advise, name)) and name != "cluster"]

# -- arguments --------------------------------------------------------------------------------------------------------
VERSIONS = st.sampled_from(["1.22", "v1.28.3", "1.31", "1.34", "1.35.0-rc.1", "1.37", "1.40"])
RANGES = [
    "10.0.0.0/8",
    "10.244.0.0/16",
    "10.96.0.0/12",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fd00:10:244::/56",
    "10.0.0.7",
]
ROUTES = (
    "default via 192.168.6.1 dev eth0\n192.168.6.0/24 dev eth0 proto kernel scope link\n10.244.1.0/24 dev flannel.1\n"
)
BY_NAME: dict[str, st.SearchStrategy[Any]] = {
    "kubernetes": VERSIONS,
    "current": VERSIONS | st.sampled_from(["ipvs", "iptables", "nftables", "192.168.6.9:6443"]),
    "kernel": st.sampled_from(["4.18.0-553.el8", "5.4", "5.13", "6.1.0-13-amd64"]),
    "nft": st.booleans() | st.sampled_from(["1.0.0", "1.0.1"]),
    "release": st.sampled_from(["v0.10.0", "v0.15.0", "v0.19.2", "v0.28.9"]),
    "runtime_version": st.sampled_from(["1.7.29", "2.0.0"]),
    "arch": st.sampled_from(["amd64", "arm64"]),
    "services": st.integers(0, 200_000),
    "nodes": st.integers(1, 100_000),
    "pods_per_node": st.integers(1, 2000),
    "node_mask": st.integers(8, 30),
    "want": st.integers(1, 2000),
    "port": st.integers(1, 65535),
    "control_planes": st.integers(1, 7),
    "taken": st.lists(st.sampled_from(RANGES), max_size=3),
    "node_addresses": st.lists(st.sampled_from(["192.168.6.9", "fd00::9"]), max_size=2),
    "routes": st.just(ROUTES),
    "ula": st.just("fd12:3456:789a::/48"),
    "pod_subnet": st.sampled_from(RANGES[:5]),
    "service_subnet": st.sampled_from(RANGES[:5]),
    "cloud": st.sampled_from(["aws", "azure", "gcp"]),
    "name": st.sampled_from(["cp-1", "Node_1.Example", "192.168.6.9", "", "-"]),
    "hostname": st.sampled_from(["cp-1", "Node_1", "192.168.6.9"]),
    "address": st.sampled_from(["192.168.6.9", "fd00::9"]),
    "registry": st.sampled_from(["https://r.example.com/k8s/", "192.168.6.164:5000"]),
    "today": st.dates(),
    "balancer": st.sampled_from(["external", "kube-vip", "keepalived", "haproxy-local"]),
    "families": st.sampled_from(["ipv4", "ipv6", "dual"]),
}
JUNK = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.lists(st.text(max_size=4) | st.integers(), max_size=2)
    | st.just(object())
)


def _words(hint: Any) -> list[str]:
    """The words of the Literals in a type hint."""
    found = [word for word in get_args(hint) if isinstance(word, str)]
    return found + [word for part in get_args(hint) if not isinstance(part, str) for word in _words(part)]


def _valid(name: str, parameter: str) -> st.SearchStrategy[Any]:
    hint = get_type_hints(getattr(kc.advise, name), localns={"Host": kc.Host})[parameter]
    words = _words(hint)
    if words:
        one = st.sampled_from(words)
        return st.lists(one, max_size=4, unique=True) if parameter == "needs" else one
    if parameter in BY_NAME:
        return BY_NAME[parameter]
    assert bool in get_args(hint) or hint is bool, f"{name}: how is {parameter} tried?"
    return st.booleans()


def arguments(name: str, values: Any = _valid) -> st.SearchStrategy[dict[str, Any]]:
    parameters = [one for one in inspect.signature(getattr(kc.advise, name)).parameters if one not in ("f", "host")]
    return st.fixed_dictionaries({}, optional={one: values(name, one) for one in parameters})


@st.composite
def calls(draw: st.DrawFn, values: Any = _valid) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(FUNCTIONS))
    return name, draw(arguments(name, values))


def ask(call: tuple[str, dict[str, Any]]) -> Advice | None:
    """The advice, or None after a clear error."""
    name, given_arguments = call
    try:
        advice: Advice = getattr(kc.advise, name)(**given_arguments)
    except ValueError as error:
        message = str(error)
    else:
        return advice
    assert len(message) > 20
    return None


# -- answers ----------------------------------------------------------------------------------------------------------
@given(calls())
def test_what_can_be_meant_has_an_answer(call: tuple[str, dict[str, Any]]) -> None:
    advice = ask(call)
    if advice is None:
        assert call[0] not in ("proxy_mode", "ipvs_scheduler", "flannel_backend", "cgroup_driver")
        return
    scores = [score for _, score in advice.ranking if isinstance(score, int)]
    out = [why for _, why in advice.ranking if isinstance(why, str)]
    ids = {one.id for one in advice.reasons}
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 5 for score in scores)
    assert [why for _, why in advice.ranking[len(scores) :]] == out
    assert set(out) <= ids
    if advice.ranking:
        assert advice.choice == (advice.ranking[0][0] if scores else None)
    assert advice.reasons or call[0] in ("pod_network", "service_network", "max_pods")  # IPv6 alone; what fits
    assert json.loads(json.dumps(advice.to_dict()))["function"] == call[0]


@given(calls(lambda name, parameter: JUNK | _valid(name, parameter)))
def test_what_cannot_be_meant_is_a_value_error(call: tuple[str, dict[str, Any]]) -> None:
    ask(call)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_wrong_word_is_answered_with_the_words_there_are(name: str) -> None:
    for parameter, hint in get_type_hints(getattr(kc.advise, name), localns={"Host": kc.Host}).items():
        words = _words(hint) if parameter not in ("f", "host", "return") else []
        if words:
            wrong = ["quick"] if parameter == "needs" else "quick"
            with pytest.raises(ValueError, match=f'{parameter} .*"{words[0]}"'):
                getattr(kc.advise, name)(**{parameter: wrong})


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kubernetes", ["1.21", "1.9.3", "2.0", "one", "", 1.34, 34])
def test_a_version_that_is_none_or_too_old_is_a_value_error(name: str, kubernetes: Any) -> None:
    with pytest.raises(ValueError, match=r"1\.22|kubernetes is"):
        getattr(kc.advise, name)(kubernetes=kubernetes)


@given(calls())
def test_an_advice_is_a_value(call: tuple[str, dict[str, Any]]) -> None:
    advice = ask(call)
    assert pickle.loads(pickle.dumps(advice)) == copy.deepcopy(advice) == ask(call)


@given(calls())
def test_an_explanation_says_the_choice_and_every_warning_in_both_languages(call: tuple[str, dict[str, Any]]) -> None:
    advice = ask(call)
    if advice is None:
        return
    for language in ("en", "zh"):
        text = advice.explain(language)
        assert "{" not in text
        assert "None" not in text.replace(str(call[1].get("name")), "")
        for one in advice.warnings:
            assert one.in_language(language) in text
    if advice.choice is not None:
        assert str(advice.choice) in advice.explain()
    assert advice._repr_html_().count("<li>") == len(advice.reasons) + len(advice.warnings)


# -- files ------------------------------------------------------------------------------------------------------------
V1BETA4 = """\
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: {name: cp-1}
---
# the cluster
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v1.34.2
controllerManager:
  extraArgs:
  - name: node-cidr-mask-size-ipv4
    value: "24"
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clusterCIDR: 10.0.0.0/16
mode: ""   # unset
ipvs: {strictARP: false}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDNS: [10.96.0.10]
"""
DUMP = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy}
data:
  config.conf: |-
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    mode: iptables
"""
JOIN = "apiVersion: kubeadm.k8s.io/v1beta3\nkind: JoinConfiguration\nnodeRegistration:\n  name: Node_1\n"
FILES: dict[str, Any] = {
    "the example": lambda: kc.load(WX_OMEGA / "kubeadm.yaml"),
    "v1beta4": lambda: kc.loads(V1BETA4),
    "a node that joins": lambda: kc.loads(JOIN),
    "nothing": lambda: kc.loads(""),
    "only a comment": lambda: kc.loads("# to be written\n"),
    "a dump": lambda: kc.loads(DUMP),
    "CRLF": lambda: kc.loads(V1BETA4.replace("\n", "\r\n")),
    "a manifest": lambda: kc.load(WX_OMEGA / "030-flannel.yaml"),
    "net-conf.json": lambda: flannel.loads('{"network": "10.244.0.0/16", "backend": {"type": "vxlan", "MTU": 1400}}\n'),
    "no backend": lambda: flannel.loads('{"Network": "10.244.0.0/16"}'),
    "config.toml": lambda: kc.containerd.load(WX_OMEGA / "containerd-config.toml"),
    "version 3": lambda: kc.containerd.loads("version = 3\n"),
    "no toml yet": lambda: kc.containerd.loads(""),
}


def again(file: Any) -> Any:
    """The file as it would be read after saving."""
    if isinstance(file, kc.containerd.ConfigToml):
        return kc.containerd.loads(file.text)
    if isinstance(file, flannel.FlannelFile):
        return flannel.loads(file.text)
    return kc.loads(file.text, strict=True)


@given(calls(), st.sampled_from(sorted(FILES)), st.sampled_from([False, True, "zh"]))
def test_applying_twice_is_applying_once_and_the_file_says_what_was_chosen(
    call: tuple[str, dict[str, Any]], name: str, comment: Any
) -> None:
    advice = ask(call)
    if advice is None:
        return
    file = FILES[name]()
    before = file.text
    problems = advice.apply(file, comment=comment)
    once = file.text
    advice.apply(file, comment=comment)
    assert file.text == once
    read = again(file)
    assert read.text == once
    if not advice.edits:
        assert (once, problems) == (before, [])
    elif any(problem.code == "advice.no-place" for problem in problems):
        assert once == before
    elif not problems:
        for edit in advice.edits:
            assert says(read, edit), f"{edit} in:\n{once}"


def says(file: Any, edit: Any) -> bool:
    """Whether the edit has nothing left to write."""
    if isinstance(edit, InDocument) and edit.fits(file):
        return all(document.get(edit.path) == edit.value for document in edit._documents(file))
    if not edit.fits(file):
        return True
    text = file.text
    list(edit.place(file, None))
    return bool(file.text == text)


@given(calls(), st.sampled_from(sorted(FILES)))
def test_what_is_not_set_stays_byte_for_byte(call: tuple[str, dict[str, Any]], name: str) -> None:
    advice = ask(call)
    if advice is None:
        return
    file = FILES[name]()
    before = file.text.splitlines()
    advice.apply(file)
    removed = [line for line in file.diff().splitlines()[2:] if line.startswith("-")]
    assert len(removed) <= len(advice.edits) + 1
    assert sum(line in file.text.splitlines() for line in before) >= len(before) - len(removed)


@given(st.lists(st.sampled_from(sorted(FILES)), min_size=1, max_size=3, unique=True), st.lists(calls(), max_size=3))
def test_a_cluster_that_follows_all_advice_is_advised_nothing_more(
    names: list[str], told: list[tuple[str, dict[str, Any]]]
) -> None:
    files = [FILES[name]() for name in names]
    for file, name in zip(files, names, strict=True):
        file.name = name
    arguments = dict(told)
    try:
        found = kc.advise.cluster(*files, arguments=arguments)
    except ValueError:
        assert arguments
        return
    assert all(file.diff() == "" for file in files)
    found.apply()
    assert "".join(file.diff() for file in files) == found.diff()
    assert kc.advise.cluster(*files, arguments=arguments).diff() == ""
    for file in files:
        again(file)
    assert found.explain("en") != found.explain("zh")


@pytest.mark.parametrize("value", ["kubeadm.yaml", 3, {}])
def test_what_is_no_file_is_a_value_error(value: Any) -> None:
    with pytest.raises(ValueError, match="f is a file"):
        kc.advise.proxy_mode(f=value)
    with pytest.raises(ValueError, match="f is a file"):
        kc.advise.proxy_mode().apply(value)


def test_files_and_host_say_what_was_not_given() -> None:
    f = kc.load(WX_OMEGA / "kubeadm.yaml")
    assert kc.advise.proxy_mode(f=f) == kc.advise.proxy_mode(kubernetes="1.27", current="ipvs")
    assert kc.advise.proxy_mode(f=f, kubernetes="1.37").choice == "nftables"
    host = kc.Host(
        kernel="5.4.0-150", modules=["ip_vs", "ip_set"], cgroup="v2", cri_socket="unix:///run/crio/crio.sock"
    )
    assert kc.advise.proxy_mode(host=host) == kc.advise.proxy_mode(kernel="5.4.0-150", ipvs=True)
    assert kc.advise.cgroup_driver(host=host) == kc.advise.cgroup_driver(cgroup="v2", runtime="cri-o")
    toml = kc.containerd.load(WX_OMEGA / "containerd-config.toml")
    assert kc.advise.cgroup_driver(f=[f, toml]) == kc.advise.cgroup_driver(
        kubernetes="1.27", runtime="containerd", runtime_driver="cgroupfs"
    )
    net_conf = flannel.loads('{"EnableIPv6": true, "IPv6Network": "fd00::/48"}')
    assert kc.advise.flannel_backend(f=net_conf) == kc.advise.flannel_backend(families="dual")


def test_a_comment_says_why_above_what_is_written_and_keeps_the_one_that_is_there() -> None:
    f = kc.loads(
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n# tuned 2023\nmode: ipvs  # fast\n"
    )
    advice = kc.advise.proxy_mode(kubernetes="1.36", kernel="6.6")
    advice.apply(f, comment=True)
    lines = f.text.splitlines()
    assert lines[2] == "# tuned 2023"
    assert lines[3].startswith("# nftables mode is stable since 1.33;")
    assert lines[4] == "mode: nftables  # fast"


@pytest.mark.parametrize(("language", "why"), [("en", "# It sends a new connection"), ("zh", "# 它把新连接")])
def test_a_comment_says_what_the_choice_is_where_that_can_be_said(language: Any, why: str) -> None:
    f = kc.loads(DUMP.replace("mode: iptables", "mode: ipvs"))
    kc.advise.ipvs_scheduler(traffic="long-lived").apply(f, comment=language)
    above, line = f.text.splitlines()[-2:]
    assert above.strip().startswith(why)
    assert line.strip() == "scheduler: lc"


def test_a_comment_in_toml_stands_above_the_key() -> None:
    f = kc.containerd.load(WX_OMEGA / "containerd-config.toml")
    kc.advise.cgroup_driver().apply(f, comment="zh")
    above, line = f.text.splitlines()[-2:]
    assert above.strip().startswith("# 以 systemd 为 init 系统时，cgroup 由它管理")
    assert line == "      SystemdCgroup = true"


def test_a_file_that_has_no_place_for_the_advice_is_told_so() -> None:
    for file in (flannel.loads("{}"), kc.containerd.loads(""), kc.loads("apiVersion: v1\nkind: Service\n")):
        (problem,) = kc.advise.proxy_mode().apply(file)
        assert problem.code == "advice.no-place"
        assert "mode" in (problem.remedy or "")


def test_what_an_alias_shares_is_left_and_reported() -> None:
    f = kc.loads(
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n"
        "bindAddress: &mode ipvs\nmode: *mode\n"
    )
    (problem,) = kc.advise.proxy_mode(kubernetes="1.36").apply(f)
    assert problem.code == "advice.refused"
    assert f.diff() == ""


def test_a_document_of_an_unknown_version_is_left_and_none_put_beside_it() -> None:
    f = kc.loads(JOIN + "---\napiVersion: kubelet.config.k8s.io/v9\nkind: KubeletConfiguration\n")
    (problem,) = kc.advise.cgroup_driver().apply(f)
    assert (problem.code, f.diff()) == ("advice.refused", "")
    assert "kubelet.config.k8s.io/v9" in problem.message

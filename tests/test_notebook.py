"""Objects, documents and files at a prompt and in notebooks: short texts, tables, completion, and no secrets."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given

import kubeadm_cfg as kc
from kubeadm_cfg import testing
from kubeadm_cfg.convert import kind_of
from kubeadm_cfg.kinds import KINDS
from kubeadm_cfg.kinds._base import fields_of
from kubeadm_cfg.kubeadm import v1beta3, v1beta4
from kubeadm_cfg.kubelet.v1beta1 import KubeletConfiguration

TOKEN, KEY = "abcdef.0123456789abcdef", "0123456789abcdef" * 4
INIT = v1beta4.InitConfiguration(
    certificate_key=KEY,
    bootstrap_tokens=[v1beta4.BootstrapToken(token=TOKEN, ttl="1h", description=f"made for {TOKEN}")],
    node_registration=v1beta4.NodeRegistrationOptions(
        kubelet_extra_args=[v1beta4.Arg(name="x", value=TOKEN)], taints=[]
    ),
)
JOIN = v1beta3.JoinConfiguration(
    discovery=v1beta3.Discovery(
        tls_bootstrap_token=TOKEN, bootstrap_token=v1beta3.BootstrapTokenDiscovery(token="not even a token")
    ),
    control_plane=v1beta3.JoinControlPlane(certificate_key="short"),
)


class Balanced(HTMLParser):
    """Every tag that is opened is closed, in turn."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def cells(html: str) -> list[tuple[str, str]]:
    return re.findall(r"<th[^>]*>([^<]*)</th><td[^>]*>([^<]*)</td>", html)


def test_a_table_has_what_is_set_by_path_and_says_what_it_is_for() -> None:
    html = INIT._repr_html_()
    assert "<caption>InitConfiguration (kubeadm.k8s.io/v1beta4)</caption>" in html
    assert 'title="Lifetime of the token; excludes expires. Default 24h."' in html
    assert cells(html) == [
        ("bootstrapTokens[0].token", "***"),
        ("bootstrapTokens[0].description", "made for abcdef.****************"),
        ("bootstrapTokens[0].ttl", "1h0m0s"),
        ("nodeRegistration.taints", "[]"),
        ("nodeRegistration.kubeletExtraArgs[0].name", "x"),
        ("nodeRegistration.kubeletExtraArgs[0].value", "abcdef.****************"),
        ("certificateKey", "***"),
    ]


def test_null_empty_and_maps_are_told_apart() -> None:
    kubelet = KubeletConfiguration(cluster_domain="", feature_gates={"A": True, "<b>": False})
    kc.set_null(kubelet, "cluster_dns")
    kubelet.logging = type(kubelet.logging)()
    assert cells(kubelet._repr_html_()) == [
        ("clusterDomain", "&quot;&quot;"),
        ("clusterDNS", "null"),
        ("featureGates", "{&quot;A&quot;: true, &quot;&lt;b&gt;&quot;: false}"),
        ("logging", "{}"),
    ]
    assert cells(v1beta4.Networking(pod_subnet="10.244.0.0/16")._repr_html_()) == [("podSubnet", "10.244.0.0/16")]


@pytest.mark.parametrize("obj", [INIT, JOIN], ids=["init", "join"])
def test_no_way_of_showing_an_object_shows_a_secret(obj: Any) -> None:
    f = kc.loads(kc.dumps(obj))
    document = f.documents[0]
    shown = [repr(obj), str(obj), f"{obj}", obj._repr_html_(), repr([obj]), repr({"a": obj}), repr(f), repr(document)]
    shown += [f._repr_html_(), document._repr_html_(), str(kc.diff(type(obj)(), obj))]
    if obj is INIT:
        shown.append(repr(kc.args(obj.node_registration)))
    for text in shown:
        assert TOKEN[7:] not in text
        assert KEY[:16] not in text


def test_a_secret_field_is_masked_whatever_stands_in_it() -> None:
    for text in (repr(JOIN), JOIN._repr_html_()):
        assert "not even" not in text
        assert "short" not in text


def test_a_file_shows_its_documents_as_they_are_now() -> None:
    f = kc.loads("kind: Note\ntext: <b>\n---\n" + kc.dumps(INIT), name="a&b.yaml")
    f.init.bootstrap_tokens[0].ttl = "2h"
    html = f._repr_html_()
    assert "<strong>a&amp;b.yaml</strong>" in html
    assert "<summary>Note (?)</summary><pre>kind: Note\ntext: &lt;b&gt;</pre>" in html
    assert "ttl: 2h" in html
    f.init.bootstrap_tokens[0].description = 5  # type: ignore[assignment]  # that is the point
    assert "description must be a text" in f._repr_html_()


@given(testing.objects())
def test_every_object_has_a_short_text_and_a_table_that_is_html(obj: Any) -> None:
    assert repr(obj).startswith(f"{type(obj).__name__}(")
    Balanced(obj._repr_html_())


@given(testing.texts())
def test_every_file_has_html(text: str) -> None:
    Balanced(kc.loads(text)._repr_html_())


@pytest.mark.parametrize("pair", sorted(KINDS), ids=str)
def test_completion_offers_every_field(pair: tuple[str, str]) -> None:
    cls: Any = kind_of(*pair)
    assert {field.attribute for field in fields_of(cls)} <= set(dir(cls()))


def test_completion_offers_the_versions_and_the_arguments_that_are_there() -> None:
    assert {"v1beta1", "v1beta4", "AnyClusterConfiguration"} <= set(dir(kc.kubeadm))
    assert {"kubeadm", "testing", "load", "args"} <= set(dir(kc))
    args: Any = kc.args(INIT.node_registration)
    assert args._ipython_key_completions_() == ["x"]
    assert {"cluster", "kubelet", "documents", "text", "diff", "save"} <= set(dir(kc.loads("")))

"""Extra arguments as one mapping over both forms."""

from __future__ import annotations

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.kubeadm import v1beta3, v1beta4

BETA3 = """\
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
apiServer:
  extraArgs:
    audit-log-maxage: "7"  # a week
    v: "2"
"""
BETA4 = """\
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
    - name: audit-log-maxage
      value: "7"  # a week
    - name: v
      value: "2"
"""


@pytest.mark.parametrize("text", [BETA3, BETA4])
def test_both_forms_read_as_one_mapping(text: str) -> None:
    given = kc.args(kc.loads(text).cluster.api_server)
    assert dict(given) == {"audit-log-maxage": "7", "v": "2"}
    assert len(given) == 2
    assert "v" in given
    assert given.getlist("v") == ["2"]
    with pytest.raises(KeyError):
        given["profiling"]


@pytest.mark.parametrize("text", [BETA3, BETA4])
def test_a_change_moves_only_its_own_bytes(text: str) -> None:
    f = kc.loads(text)
    kc.args(f.cluster.api_server)["audit-log-maxage"] = "30"
    assert f.text == text.replace('"7"', '"30"')


@pytest.mark.parametrize(
    ("text", "added"),
    [(BETA3, '    watch-cache: "false"\n'), (BETA4, '    - name: watch-cache\n      value: "false"\n')],
)
def test_an_argument_is_added_and_taken_away(text: str, added: str) -> None:
    f = kc.loads(text)
    given = kc.args(f.cluster.api_server)
    given["watch-cache"] = "false"
    assert f.text == text + added
    del given["watch-cache"]
    assert f.text == text


@pytest.mark.parametrize("head", ["v1beta3", "v1beta4"])
def test_arguments_come_into_being_where_there_are_none(head: str) -> None:
    f = kc.loads(f"apiVersion: kubeadm.k8s.io/{head}\nkind: InitConfiguration\n")
    kc.args(f.init.node_registration)["node-ip"] = "10.0.0.7"
    assert kc.loads(f.text).documents[0].get("nodeRegistration.kubeletExtraArgs[node-ip]") == "10.0.0.7"


def test_a_flag_may_come_several_times_in_the_list_form() -> None:
    server = v1beta4.APIServer()
    given = kc.args(server)
    given.setlist("service-account-issuer", ["https://new", "https://old"])
    given["v"] = "2"
    assert given.getlist("service-account-issuer") == ["https://new", "https://old"]
    assert given["service-account-issuer"] == "https://old"  # the last one wins
    assert list(given) == ["service-account-issuer", "v"]
    given["service-account-issuer"] = "https://one"
    assert [(item.name, item.value) for item in server.extra_args] == [
        ("service-account-issuer", "https://one"),
        ("v", "2"),
    ]


def test_the_map_form_has_room_for_one_value() -> None:
    with pytest.raises(ValueError, match="one value"):
        kc.args(v1beta3.APIServer()).setlist("v", ["1", "2"])


def test_what_holds_no_arguments_is_refused() -> None:
    with pytest.raises(TypeError, match="holds no extra arguments"):
        kc.args(v1beta4.Networking())

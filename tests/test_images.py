"""What is pulled: the lists of every release that is known, the rules of kubeadm's images.go, and the mirror script."""

from __future__ import annotations

import io
import json
import shlex
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from kubeadm_cfg import flannel
from kubeadm_cfg.__main__ import main

EXAMPLE = Path(__file__).parents[1] / "examples" / "wx-omega"
FACTS = json.loads((resources.files("kubeadm_cfg") / "data" / "kubeadm-api.json").read_text("utf-8"))["images"]


def patches(row: dict[str, Any]) -> list[str]:
    """Every release from one to the other, pre-releases at the ends included."""
    first, last = row["from"], row["to"]
    head, _, start = first.partition("-")[0].rpartition(".")
    end = last.partition("-")[0].rpartition(".")[2]
    return list(dict.fromkeys([first, *(f"{head}.{patch}" for patch in range(int(start), int(end) + 1)), last]))


RECORDED = [(v, row["images"]) for minor in FACTS["per_minor"] for row in minor["by_patch"] for v in patches(row)]


def cluster(text: str = "", version: str = "v1.34.1", api: str = "v1beta4") -> kc.ConfigFile:
    return kc.loads(
        f"apiVersion: kubeadm.k8s.io/{api}\nkind: ClusterConfiguration\nkubernetesVersion: {version}\n{text}"
    )


def pulled(*files: Any, **options: Any) -> list[str]:
    return [row.image for row in kc.images(*files, **options)]


@pytest.mark.parametrize(("version", "tags"), RECORDED, ids=[version for version, _ in RECORDED])
def test_each_release_pulls_what_is_recorded_of_it(version: str, tags: dict[str, str]) -> None:
    found = kc.images(cluster(version=version, api="v1beta3"))
    assert [row.name for row in found] == [
        "kube-apiserver",
        "kube-controller-manager",
        "kube-scheduler",
        "kube-proxy",
        "coredns",
        "pause",
        "etcd",
    ]
    assert {row.tag for row in found[:4]} == {version}
    assert {row.name: row.tag for row in found[4:]} == tags
    repository = found[0].image.partition("/")[0]
    assert found[4].image == f"{repository}/coredns/coredns:{tags['coredns']}"
    assert pulled(kubernetes=version) == [row.image for row in found]


@pytest.mark.parametrize(
    ("version", "repository"),
    [
        ("1.22.17", "k8s.gcr.io"),
        ("1.23.14", "k8s.gcr.io"),
        ("1.23.15", "registry.k8s.io"),
        ("1.24.8", "k8s.gcr.io"),
        ("1.24.9", "registry.k8s.io"),
        ("1.25.0", "registry.k8s.io"),
    ],
)
def test_the_default_repository_changed_in_a_patch(version: str, repository: str) -> None:
    assert {image.partition("/")[0] for image in pulled(kubernetes=version)} == {repository}


@pytest.mark.parametrize(
    ("text", "coredns"),
    [
        ("", "registry.k8s.io/coredns/coredns:v1.12.1"),
        ("imageRepository: registry.k8s.io\n", "registry.k8s.io/coredns/coredns:v1.12.1"),
        ("imageRepository: k8s.gcr.io\n", "k8s.gcr.io/coredns:v1.12.1"),
        ("imageRepository: reg.test/k8s\n", "reg.test/k8s/coredns:v1.12.1"),
        ("dns: {imageRepository: reg.test/dns}\n", "reg.test/dns/coredns:v1.12.1"),
        (
            "imageRepository: reg.test\ndns: {imageRepository: registry.k8s.io}\n",
            "registry.k8s.io/coredns/coredns:v1.12.1",
        ),
        ("dns: {imageTag: v1.11.3}\n", "registry.k8s.io/coredns/coredns:v1.11.3"),
    ],
)
def test_the_path_of_coredns_follows_an_equality(text: str, coredns: str) -> None:
    assert [image for image in pulled(cluster(text)) if "/coredns" in image] == [coredns]


def test_a_setting_for_one_image_changes_no_other() -> None:
    plain = pulled(cluster())
    changed = pulled(cluster("etcd: {local: {imageRepository: reg.test, imageTag: 3.5.24-0}}\n"))
    assert [image for image in changed if image not in plain] == ["reg.test/etcd:3.5.24-0"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("proxy: {disabled: true}\n", "kube-proxy"),
        ("dns: {disabled: true}\n", "coredns"),
        (
            "etcd: {external: {endpoints: ['https://10.0.0.1:2379'], caFile: '', certFile: '', keyFile: ''}}\n",
            "etcd",
        ),
    ],
)
def test_what_is_not_installed_is_not_pulled(text: str, name: str) -> None:
    have, all_of_them = ([row.name for row in kc.images(file)] for file in (cluster(text, api="v1beta4"), cluster()))
    assert [other for other in all_of_them if other != name] == have


def test_only_etcd_follows_an_earlier_kubernetes_version() -> None:
    assert pulled(cluster(version="v1.33.4"), kubeadm="1.34.9")[3:] == [
        "registry.k8s.io/kube-proxy:v1.33.4",
        "registry.k8s.io/coredns/coredns:v1.12.1",
        "registry.k8s.io/pause:3.10.1",
        "registry.k8s.io/etcd:3.5.24-0",
    ]
    assert pulled(cluster(version="v1.35.0"), kubeadm="1.36.3")[-1] == "registry.k8s.io/etcd:3.6.8-0"
    assert pulled(cluster(version="v1.35.0"), kubeadm="1.34.9")[-1] == "registry.k8s.io/etcd:3.6.5-0"


@pytest.mark.parametrize(
    ("text", "kubeadm", "version"),
    [
        ("stable-1.27", None, "v1.27.16"),
        ("stable-1", "1.34.2", "v1.34.10"),
        ("stable", None, "v1.36.3"),
        ("latest-1.30", None, "v1.30.14"),
        ("stable-1.36", "1.34.2", "v1.34.10"),
        ("release/v1.33.1", None, "v1.33.1"),
        ("1.31.2", None, "v1.31.2"),
        ("v1.31.2+build.7", None, "v1.31.2_build.7"),
        ("v1.99999.0", None, None),
        ("1.27", None, None),
        ("v1.27.01", None, None),
        ("v1.21.4", None, None),
        ("newest", None, None),
    ],
)
def test_a_kubernetes_version_is_exact_or_a_label(text: str, kubeadm: str | None, version: str | None) -> None:
    file = cluster(version=f'"{text}"')
    if version is None:
        with pytest.raises(kc.ConfigError):
            kc.images(file)
    else:
        assert kc.images(file, kubeadm=kubeadm)[0].tag == version


PARTS = ["v", "1.", "34", ".", "0", "-rc.1", "+b", "stable", "latest", "-1", "-1.30", "ci/", "release/", " "]
VERSIONS = st.text(max_size=8) | st.lists(st.sampled_from(PARTS), max_size=5).map("".join)


@given(VERSIONS, st.sampled_from([None, "1.27", "1.36.3", "1.22.0"]))
def test_a_version_has_its_images_or_is_refused(text: str, kubeadm: str | None) -> None:
    try:
        found = kc.images(kubernetes=text, kubeadm=kubeadm)
    except kc.ConfigError:
        return
    assert [row.name for row in found] == [row.name for row in kc.images()]
    assert all(row.image == f"{row.image.rpartition(':')[0]}:{row.tag}" for row in found)


def test_a_ci_version_has_a_registry_of_its_own() -> None:
    file = cluster(version="ci/v1.34.0-alpha.1.5", text="")
    assert pulled(file)[0] == "gcr.io/k8s-staging-ci-images/kube-apiserver:v1.34.0-alpha.1.5"
    assert pulled(file)[5].startswith("registry.k8s.io/pause:")
    own = cluster(version="ci/v1.34.0-alpha.1.5", text="imageRepository: reg.test\n")
    assert pulled(own)[0] == "reg.test/kube-apiserver:v1.34.0-alpha.1.5"


def test_a_minor_is_the_files_own_release_or_the_newest_known() -> None:
    assert kc.images(cluster(version="v1.31.2"), kubernetes="1.31").kubernetes == "v1.31.2"
    assert kc.images(cluster(version="v1.31.2"), kubernetes="1.30").kubernetes == "v1.30.14"
    with pytest.raises(TypeError):
        kc.images(kubernetes=1.3)  # type: ignore[arg-type]  # 1.30 and 1.3 would be the same


def test_containerd_has_a_sandbox_image_of_its_own() -> None:
    config = kc.containerd.load(EXAMPLE / "containerd-config.toml")
    found = kc.images(kc.load(EXAMPLE / "kubeadm.yaml"), config)
    assert [(row.image, "same" in row.why) for row in found if row.pulled_by == "containerd"] == [
        ("192.168.6.164:5000/well-known/pause:3.9", True)
    ]
    older = kc.images(kubernetes="1.34.1", containerd="1.7.34")[-1]
    assert (older.image, older.pulled_by) == ("registry.k8s.io/pause:3.8", "containerd")
    assert "kubeadm warns" in older.why


def test_flannel_pulls_what_its_manifest_names() -> None:
    manifest = kc.loads(
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kube-flannel-ds}\nspec: {template: {spec: {"
        "initContainers: [{name: a, image: reg.test/flannel-cni-plugin:v1.2.0}], "
        "containers: [{name: b, image: 'reg.test/flannel:v0.22.2'}, {name: c}]}}}\n"
    )
    rows = [row for row in kc.images(cluster(), manifest) if row.pulled_by == "flannel"]
    assert [(row.image, row.origin) for row in rows] == [
        ("reg.test/flannel-cni-plugin:v1.2.0", "docker.io/flannel/flannel-cni-plugin:v1.2.0"),
        ("reg.test/flannel:v0.22.2", "docker.io/flannel/flannel:v0.22.2"),
    ]


@pytest.mark.parametrize("row", flannel.facts()["manifest"]["images_per_tag"], ids=lambda row: row["tag"])
def test_flannel_pulls_what_is_recorded_of_its_release(row: dict[str, str | None]) -> None:
    named = [image for image in (row["flannel_image"], row["cni_plugin_image"]) if image]
    assert [found.image for found in kc.images(flannel=row["tag"]) if found.pulled_by == "flannel"] == named


def test_files_are_given_by_path_and_a_directory_by_its_content(tmp_path: Path) -> None:
    loaded: list[Any] = [
        kc.load(EXAMPLE / "030-flannel.yaml"),
        kc.containerd.load(EXAMPLE / "containerd-config.toml"),
        kc.load(EXAMPLE / "kubeadm.yaml"),
    ]
    assert kc.images(EXAMPLE) == kc.images(*loaded) == kc.images(*sorted(map(str, EXAMPLE.iterdir())))
    assert kc.ports(EXAMPLE) == kc.ports(*loaded)
    (tmp_path / "net-conf.json").write_text('{"Network": "10.1.0.0/16", "Backend": {"Type": "ipip"}}')
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "service.yaml").write_text("apiVersion: v1\nkind: Service\n")
    assert [row.protocol for row in kc.ports(tmp_path) if row.name == "flannel ipip"] == ["ipip"]
    with pytest.raises(FileNotFoundError):
        kc.images(tmp_path / "kubeadm.yaml")
    with pytest.raises(TypeError, match=r"kc\.load"):
        kc.images(5)  # type: ignore[arg-type]  # that is the point


def test_a_net_conf_alone_stands_for_the_newest_flannel() -> None:
    found = kc.images(kc.load(EXAMPLE / "030-flannel.yaml"))
    assert [row.image for row in found if row.pulled_by == "flannel"] == flannel.manifest()["images"]


def copies(script: str) -> list[list[str]]:
    return [shlex.split(line)[1:] for line in script.splitlines() if line.startswith("copy ")]


def test_a_mirror_has_every_image_under_the_name_that_will_be_asked_for() -> None:
    before = kc.images(kubernetes="1.34.1", containerd="2.2.7", flannel="v0.28.9")
    targets = {target for _, target in copies(before.mirror_script("https://reg.test/k8s/"))}
    after = kc.images(cluster("imageRepository: reg.test/k8s\n"))
    assert {row.image for row in after} <= targets
    assert [source for source, target in copies(before.mirror_script("reg.test/k8s"))][:7] == [
        row.image for row in before[:7]
    ]


def test_a_mirror_that_keeps_paths_needs_the_repository_of_the_dns() -> None:
    script = kc.images(kubernetes="1.34.1").mirror_script("reg.test/k8s", keeps_paths=True)
    file = cluster("imageRepository: reg.test/k8s\ndns: {imageRepository: reg.test/k8s/coredns}\n")
    assert {row.image for row in kc.images(file)} == {target for _, target in copies(script)}
    assert "#   dns.imageRepository: reg.test/k8s/coredns" in script


def test_files_that_name_the_mirror_already_are_filled_from_where_images_are_published() -> None:
    files: list[Any] = [kc.load(EXAMPLE / "kubeadm.yaml"), kc.containerd.load(EXAMPLE / "containerd-config.toml")]
    script = kc.images(*files).mirror_script("192.168.6.164:5000/well-known")
    assert ["registry.k8s.io/coredns/coredns:v1.10.1", "192.168.6.164:5000/well-known/coredns:v1.10.1"] in copies(
        script
    )
    assert {target for _, target in copies(script)} == {row.image for row in kc.images(*files)}
    assert {source.partition("/")[0] for source, _ in copies(script)} == {"registry.k8s.io"}


@pytest.mark.parametrize(
    "registry", ["", "/", "http://", "a b", "reg.test/$(id)", "reg.test/K8S", "reg.test:x", "a\nb"]
)
def test_what_is_no_repository_is_refused(registry: str) -> None:
    with pytest.raises(kc.ConfigError):
        kc.images().mirror_script(registry)


def test_an_unknown_tool_is_refused() -> None:
    with pytest.raises(ValueError, match="docker, nerdctl, ctr, skopeo"):
        kc.images().mirror_script("reg.test", tool="podman")  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("tool", ["docker", "nerdctl", "ctr", "skopeo"])
@pytest.mark.parametrize("plain_http", [True, False])
def test_a_shell_reads_the_script(tool: Any, plain_http: bool) -> None:
    script = kc.images(flannel="v0.17.0").mirror_script("127.0.0.1:5000", tool=tool, plain_http=plain_http)
    assert subprocess.run(["sh", "-n"], input=script, text=True, timeout=60).returncode == 0
    assert all("." in source.partition("/")[0] for source, _ in copies(script))


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_a_text_of_a_file_never_becomes_a_command(text: str) -> None:
    file = cluster()
    file.cluster.dns.image_tag = text
    file.cluster.image_repository = text
    script = kc.images(file).mirror_script("reg.test")
    echoed = script.replace(
        script[script.index("copy() {") : script.index("}\n") + 2], "copy() { printf '%s\\0' \"$1\"; }\n"
    )
    done = subprocess.run(["sh"], input=echoed.encode(), capture_output=True, timeout=60, check=True)
    assert done.stdout.decode().split("\0")[4].startswith(f"registry.k8s.io/coredns/coredns:{text}")
    assert len(done.stdout.decode().split("\0")) == 8


def test_the_list_is_text_markdown_html_and_data() -> None:
    found = kc.images(kubernetes="1.34.1")
    assert str(found).splitlines()[0].startswith("registry.k8s.io/kube-apiserver:v1.34.1")
    assert found.to_markdown().splitlines()[0] == "| image | pulled by | why |"
    assert "<td>registry.k8s.io/pause:3.10.1</td>" in found._repr_html_()
    assert found.to_dict()["images"][5]["origin"] == "registry.k8s.io/pause:3.10.1"
    assert [str(row) for row in found] == pulled(kubernetes="1.34.1")


def test_the_command_reads_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("images", "ports"):
        stdin = io.TextIOWrapper(io.BytesIO((EXAMPLE / "kubeadm.yaml").read_bytes()))
        monkeypatch.setattr("sys.stdin", stdin)
        assert main([command, "-"]) == 0
        assert "192.168.6.1" in capsys.readouterr().out


def test_the_command_prints_the_list_or_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(EXAMPLE / name) for name in ("kubeadm.yaml", "030-flannel.yaml", "containerd-config.toml")]
    assert main(["images", *files]) == 0
    assert capsys.readouterr().out.splitlines()[0].split()[0] == "192.168.6.164:5000/well-known/kube-apiserver:v1.27.8"
    assert main(["images", "-k", "1.30", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["kubernetes"] == "v1.30.14"
    assert main(["images", "--mirror", "reg.test", "--tool", "skopeo", "--plain-http"]) == 0
    assert "skopeo copy" in capsys.readouterr().out
    assert main(["images", "--mirror", "no registry"]) == 2
    assert main(["images", "-k", "1.5"]) == 2


def daemon_set(*names: str) -> kc.ConfigFile:
    containers = ", ".join(f"{{name: c, image: '{name}'}}" for name in names)
    return kc.loads(
        "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kube-flannel-ds}\n"
        f"spec: {{template: {{spec: {{containers: [{containers}]}}}}}}\n"
    )


def test_an_image_only_the_mirror_has_is_not_copied() -> None:
    script = kc.images(daemon_set("reg.test/k8s/flannel:patched")).mirror_script("reg.test/k8s")
    assert "# Not copied, for it is not known where it comes from: reg.test/k8s/flannel:patched" in script
    assert not any("patched" in source for source, _ in copies(script))


def test_two_images_of_one_name_need_their_paths() -> None:
    found = kc.images(daemon_set("a.test/x/flannel:v1", "b.test/y/flannel:v1"))
    with pytest.raises(kc.ConfigError, match="keep their paths"):
        found.mirror_script("reg.test")
    assert ["b.test/y/flannel:v1", "reg.test/y/flannel:v1"] in copies(found.mirror_script("reg.test", keeps_paths=True))


def test_a_manifest_without_pods_pulls_nothing() -> None:
    text = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: kube-flannel-ds}\nspec: {template: {spec: null}}\n"
    assert pulled(kc.loads(text)) == pulled()


def test_containerd_without_a_sandbox_image_pulls_none() -> None:
    for text in (
        '[plugins."io.containerd.grpc.v1.cri"]\nsandbox_image = ""\n',
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n',
    ):
        assert pulled(kc.containerd.loads(f"version = 2\n{text}"), containerd="1.7.34") == pulled()

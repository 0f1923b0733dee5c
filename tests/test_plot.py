"""Charts: what they hold as data, what stands in the picture, and that the same chart is the same file."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import colors, font_manager
from netaddr import IPNetwork

import kubeadm_cfg as kc
from kubeadm_cfg.charts import chart as chart_module
from kubeadm_cfg.charts import comparison_drawing
from kubeadm_cfg.charts.axis import axis_of
from kubeadm_cfg.charts.chart import Chart
from kubeadm_cfg.charts.comparing import Cell, Comparison
from kubeadm_cfg.charts.ranges import plan_of

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "wx-omega"
PNG = b"\x89PNG\r\n\x1a\n"


def cluster(pods: str = "", services: str = "", more: str = "") -> kc.ConfigFile:
    networking = {"podSubnet": pods, "serviceSubnet": services}
    lines = "".join(f"  {key}: {value}\n" for key, value in networking.items() if value)
    return kc.loads(
        "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
        + (f"networking:\n{lines}" if lines else "")
        + more
    )


def svg(chart: Chart[Any]) -> str:
    written = io.BytesIO()
    chart.savefig(written, format="svg")
    return written.getvalue().decode("utf-8")


def texts(chart: Chart[Any]) -> list[str]:
    """Every text of the picture, line by line."""
    return re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", svg(chart))


# What a plan holds.


def test_the_plan_of_the_example_has_its_ranges_and_what_fits() -> None:
    plan = plan_of([kc.load(EXAMPLE / "kubeadm.yaml"), kc.load(EXAMPLE / "030-flannel.yaml")])
    (family,) = plan.families
    assert [(span.role, str(span)) for span in family.spans] == [
        ("hosts", "controlPlaneEndpoint 192.168.6.159"),
        ("hosts", "imageRepository 192.168.6.164"),
        ("services", "networking.serviceSubnet 172.32.0.0/16"),
        ("pods", "networking.podSubnet 172.31.0.0/16"),
        ("flannel", "net-conf.json Network 10.244.0.0/16"),
    ]
    assert plan.overlaps == ()
    assert [str(span) for span in family.outside] == ["networking.podSubnet 172.31.0.0/16"]
    assert family.services == 65_534
    assert family.capacity is not None
    assert (family.capacity.nodes, family.capacity.prefix, family.capacity.addresses) == (256, 24, 253)
    assert (family.capacity.wanted, family.capacity.pods_per_node, family.capacity.pods) == (64, 64, 16_384)


@pytest.mark.parametrize(
    ("pods", "services", "hosts", "overlaps"),
    [
        ("10.244.0.0/16", "10.96.0.0/12", ["192.168.0.0/24"], []),
        (
            "10.96.0.0/16",
            "10.96.0.0/12",
            [],
            ["networking.serviceSubnet 10.96.0.0/12 and networking.podSubnet 10.96.0.0/16"],
        ),
        (
            "10.244.0.0/16",
            "10.96.0.0/12",
            ["10.0.0.0/8"],
            [
                "hosts 10.0.0.0/8 and networking.serviceSubnet 10.96.0.0/12",
                "hosts 10.0.0.0/8 and networking.podSubnet 10.244.0.0/16",
            ],
        ),
        ("10.244.0.0/16", "10.96.0.0/12", ["10.244.3.7"], ["hosts 10.244.3.7 and networking.podSubnet 10.244.0.0/16"]),
        ("10.244.0.0/16", "10.96.0.0/12", ["10.243.255.255", "10.245.0.0"], []),
        ("10.244.0.0/16", "", ["10.96.0.1"], ["hosts 10.96.0.1 and networking.serviceSubnet 10.96.0.0/12"]),
        (
            "fd00:10:244::/56",
            "fd00:10:96::/112",
            ["fd00:10:244::1"],
            ["hosts fd00:10:244::1 and networking.podSubnet fd00:10:244::/56"],
        ),
    ],
)
def test_an_overlap_is_of_different_users(pods: str, services: str, hosts: list[str], overlaps: list[str]) -> None:
    assert [str(overlap) for overlap in plan_of([cluster(pods, services)], hosts).overlaps] == overlaps


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("192.168.6.0/24 dev eth0 proto kernel scope link src 192.168.6.149", True),
        ("10.1.2.3 dev ppp0", True),
        ("172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown", True),
        ("10.244.5.0/24 dev docker0 scope link", True),
        ("10.0.0.0/8 via 192.168.6.1 dev eth0", True),
        ("unicast 10.7.0.0/16 dev eth1", True),
        ("default via 192.168.6.1 dev eth0", False),
        ("blackhole 10.244.0.0/24", False),
        ("10.244.0.0/24 dev cni0 proto kernel scope link src 10.244.0.1", False),
        ("10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink", False),
        ("10.244.1.0/24 via 192.168.6.150 dev eth0", False),
        ("10.96.0.1 dev kube-ipvs0 scope link", False),
        ("10.244.0.7 dev veth12ab scope link", False),
        ("169.254.0.0/16 dev eth0 scope link", False),
        ("fe80::/64 dev eth0 proto kernel metric 256", False),
        ("", False),
        ("RTNETLINK answers: nonsense", False),
    ],
)  # fmt: skip
def test_a_route_counts_when_it_is_the_hosts_own(line: str, counts: bool) -> None:
    hosts = [kc.Host(name="n", routes=[line])]
    found = [span for family in plan_of([cluster("10.244.0.0/16")], hosts).families for span in family.spans]
    assert any(span.role == "hosts" for span in found) is counts


def test_addresses_of_the_clusters_own_devices_do_not_count() -> None:
    routes = ["192.168.6.0/24 dev eth0", "10.244.0.0/24 dev cni0"]
    host = kc.Host(name="n", addresses=["127.0.0.1", "192.168.6.5", "10.244.0.1", "10.96.0.1"], routes=routes)
    assert plan_of([cluster("10.244.0.0/16")], [host]).overlaps == ()
    (family,) = plan_of([cluster("10.244.0.0/16")], [host]).families
    assert [str(span) for span in family.spans if span.role == "hosts"] == ["n eth0 192.168.6.0/24", "n 192.168.6.5"]


def test_without_routes_every_address_of_a_host_counts() -> None:
    plan = plan_of([cluster("10.244.0.0/16")], [kc.Host(addresses=["10.244.0.1"])])
    assert [str(overlap.one) for overlap in plan.overlaps] == ["host 1 10.244.0.1"]


@pytest.mark.parametrize(
    ("more", "nodes", "prefix"),
    [
        ("", 256, 24),
        ("controllerManager:\n  extraArgs:\n  - {name: node-cidr-mask-size, value: '26'}\n", 1024, 26),
        ("controllerManager:\n  extraArgs:\n  - {name: node-cidr-mask-size-ipv4, value: '22'}\n", 64, 22),
    ],
)
def test_nodes_follow_from_their_mask(more: str, nodes: int, prefix: int) -> None:
    (family,) = plan_of([cluster("10.244.0.0/16", more=more)]).families
    assert family.capacity is not None
    assert (family.capacity.nodes, family.capacity.prefix) == (nodes, prefix)
    assert str(family.first_node) == f"10.244.0.0/{prefix}"


def test_a_plan_without_a_cluster_or_with_wrong_hosts_is_refused() -> None:
    with pytest.raises(kc.MissingDocument, match="ClusterConfiguration"):
        kc.plot.address_plan(kc.loads("apiVersion: v1\nkind: ConfigMap\n"))
    with pytest.raises(kc.ConfigError, match="neither an address nor a CIDR"):
        kc.plot.address_plan(cluster("10.244.0.0/16"), hosts=["10.0.0.0/33"])
    with pytest.raises(kc.ConfigError, match="is no CIDR"):
        kc.plot.address_plan(cluster("10.244.0.0"))


# The axis.


networks = st.builds(
    lambda address, length: IPNetwork(f"{address}/{length}").cidr,
    st.ip_addresses(v=4).map(str),
    st.integers(4, 32),
)


@pytest.mark.law
@given(st.lists(networks, min_size=1, max_size=8))
def test_law_the_axis_keeps_the_order_of_addresses_and_shows_every_range(found: list[IPNetwork]) -> None:
    axis = axis_of(found)
    edges = sorted({edge for network in found for edge in (int(network.first), int(network.last))})
    positions = [axis.at(edge) for edge in edges]
    assert positions == sorted(set(positions))
    assert axis.positions[0] <= positions[0] <= positions[-1] <= axis.positions[-1]
    for network in found:
        if network.size > 1:
            assert axis.at(int(network.last) + 1) - axis.at(int(network.first)) >= 1


# The picture.


def test_every_range_is_drawn_once() -> None:
    chart = kc.plot.address_plan(cluster("10.244.0.0/16", "10.96.0.0/12"), hosts=["192.168.0.0/24", "192.168.0.9"])
    drawn = re.findall(r'id="(span-[a-z]+)"', svg(chart))
    assert sorted(drawn) == ["span-hosts", "span-hosts", "span-pods", "span-services"]


def test_overlaps_are_red_and_named() -> None:
    chart = kc.plot.address_plan(cluster("10.96.0.0/16", "10.96.0.0/12"), hosts=["10.97.0.0/24"])
    (axes,) = chart.figure.axes
    red = [patch for patch in axes.patches if str(patch.get_gid()).startswith("overlap-")]
    assert {colors.to_hex(patch.get_facecolor()) for patch in red} == {"#d62728"}
    assert len(red) == len(chart.data.overlaps) == 2
    assert "Address plan of kubernetes: 2 overlaps" in texts(chart)
    assert "overlap: hosts 10.97.0.0/24 and networking.serviceSubnet 10.96.0.0/12" in texts(chart)


def test_a_plan_without_overlaps_has_nothing_red() -> None:
    chart = kc.plot.address_plan(cluster("10.244.0.0/16", "10.96.0.0/12"))
    assert "#d62728" not in svg(chart)
    assert "Address plan of kubernetes: no overlap" in texts(chart)


def test_what_fits_stands_beside_its_range() -> None:
    told = "\n".join(texts(kc.plot.address_plan(cluster("10.244.0.0/16", "10.96.0.0/12"))))
    for text in (
        "10.244.0.0/16",
        "10.96.0.0/12",
        "1,048,574 services",
        "256 nodes, /24 each",
        "110 pods a node (maxPods 110, addresses 253)",
        "28,160 pods in all",
        "first node 10.244.0.0/24",
    ):
        assert text in told


def test_dual_stack_has_an_axis_for_each_family() -> None:
    chart = kc.plot.address_plan(cluster("10.244.0.0/16,fd00:10:244::/56", "10.96.0.0/16,fd00:10:96::/112"))
    assert [family.version for family in chart.data.families] == [4, 6]
    assert len(chart.figure.axes) == 2
    told = texts(chart)
    assert "256 nodes, /64 each" in told
    assert "65,535 services" in told
    assert "110 pods a node (maxPods 110, addresses 2^64)" in told


def test_a_range_too_narrow_for_its_name_shows_its_length_or_nothing() -> None:
    hosts = [f"172.{number}.0.0/16" for number in range(1, 29, 2)]
    told = texts(kc.plot.address_plan(cluster("10.244.0.0/16"), hosts=hosts))
    assert "10.244.0.0/16" not in told
    assert told.count("/16") == 15
    many = [f"172.16.{number}.0/24" for number in range(1, 121, 2)]
    assert "/24" not in texts(kc.plot.address_plan(cluster("10.244.0.0/16"), hosts=many))


def test_the_network_of_pods_and_flannel_is_counted_once() -> None:
    both = [cluster("10.244.0.0/16"), kc.load(EXAMPLE / "030-flannel.yaml")]
    assert len(plan_of(both, ["10.244.9.0/24"]).overlaps) == 1
    assert len(plan_of([cluster("10.0.0.0/16"), both[1]], ["10.244.9.0/24"]).overlaps) == 1


def test_containerds_file_may_be_among_the_files_and_pods_may_be_absent() -> None:
    containerd = kc.containerd.load(EXAMPLE / "containerd-config.toml")
    (family,) = kc.plot.address_plan(containerd, cluster()).data.families
    assert [str(span) for span in family.spans] == ["networking.serviceSubnet 10.96.0.0/12"]
    assert family.capacity is None


def test_flannels_file_may_be_its_net_conf_alone() -> None:
    net_conf = kc.flannel.loads('{"Network": "10.1.0.0/16", "IPv6Network": "fd00:1::/56", "EnableIPv6": true}')
    four, six = kc.plot.address_plan(cluster("10.244.0.0/16"), net_conf).data.families
    assert [str(span) for span in four.spans if span.role == "flannel"] == ["net-conf.json Network 10.1.0.0/16"]
    assert [str(span) for span in four.outside] == ["networking.podSubnet 10.244.0.0/16"]
    assert [str(span) for span in six.spans] == ["net-conf.json IPv6Network fd00:1::/56"]


def test_of_many_addresses_the_first_are_named() -> None:
    chart = kc.plot.address_plan(cluster("10.244.0.0/16"), hosts=[f"192.168.0.{number}" for number in range(1, 10)])
    (line,) = [text for text in texts(chart) if text.startswith("◆")]
    assert line.endswith("hosts 192.168.0.6   +3")


def test_the_same_chart_is_the_same_file(tmp_path: Path) -> None:
    for suffix in ("svg", "png", "pdf"):
        for name in ("a", "b"):
            kc.plot.address_plan(cluster("10.244.0.0/16")).savefig(tmp_path / f"{name}.{suffix}")
        first = (tmp_path / f"a.{suffix}").read_bytes()
        assert first == (tmp_path / f"b.{suffix}").read_bytes()
        assert len(first) > 1000


def test_a_chart_shows_in_jupyter_and_is_png_without_a_suffix(tmp_path: Path) -> None:
    chart = kc.plot.address_plan(cluster("10.244.0.0/16"))
    assert chart._repr_png_().startswith(PNG)
    chart.savefig(tmp_path / "plain")
    assert (tmp_path / "plain").read_bytes() == chart._repr_png_()
    with pytest.raises(ValueError, match="nonsense"):
        chart.savefig(tmp_path / "chart.nonsense")


def test_the_users_style_does_not_change_a_chart() -> None:
    import matplotlib as mpl

    plain = svg(kc.plot.address_plan(cluster("10.244.0.0/16")))
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30, "font.family": "monospace"}):
        assert svg(kc.plot.address_plan(cluster("10.244.0.0/16"))) == plain


# Comparisons.


def column(chart: Chart[Comparison], title: str) -> dict[str, Cell]:
    number = [heading.title.en for heading in chart.data.columns].index(title)
    return {option: chart.data.cell(option, number) for option in chart.data.options}


@pytest.mark.parametrize("minor", ["1.22", "1.27", "1.31", "1.34", "1.35", "1.37"])
def test_modes_show_the_stars_of_the_guide_and_the_ranking_of_the_minor(minor: str) -> None:
    chart = kc.plot.modes(kubernetes=minor)
    for mode, cell in column(chart, "recommendation").items():
        row = kc.advise.tables.PROXY_MODES.get(mode)
        assert cell.score == (row.recommendation if row else None)
    for title, asked in {
        "production": kc.advise.proxy_mode(kubernetes=minor),
        "development": kc.advise.proxy_mode(kubernetes=minor, environment="development"),
        "Windows nodes": kc.advise.proxy_mode(kubernetes=minor, platform="windows"),
    }.items():
        cells = column(chart, title)
        scores = {option: place if isinstance(place, int) else None for option, place in asked.ranking}
        assert {option: cell.score for option, cell in cells.items()} == scores
        assert [option for option, cell in cells.items() if cell.is_choice] == [asked.choice]
        assert all((cell.score is None) == (cell.note is not None) for cell in cells.values())


def test_modes_by_minor_show_when_the_guide_stops_being_right() -> None:
    data = kc.plot.modes_by_minor().data
    choices = {
        heading.title.en: next(option for option in data.options if data.cell(option, number).is_choice)
        for number, heading in enumerate(data.columns)
    }
    assert {minor for minor, choice in choices.items() if choice == "ipvs"} == {f"1.{minor}" for minor in range(22, 33)}
    assert {minor for minor, choice in choices.items() if choice == "nftables"} == {
        f"1.{minor}" for minor in range(33, 38)
    }
    assert all(data.cell("ipvs", number).in_guide for number in range(len(data.columns)))
    development = kc.plot.modes_by_minor(environment="development").data
    assert all(development.cell("iptables", number).is_choice for number in range(len(development.columns)))


@pytest.mark.parametrize("release", ["v0.19.2", "v0.20.0", "v0.28.9"])
def test_backends_show_the_ranking_of_every_environment(release: str) -> None:
    chart = kc.plot.backends(release=release)
    for title, environment in (("cloud", "cloud"), ("one LAN", "lan"), ("special", "special"), ("AWS", "aws")):
        asked = kc.advise.flannel_backend(release=release, environment=environment)  # type: ignore[arg-type]  # a word
        cells = column(chart, title)
        scores = {option: place if isinstance(place, int) else None for option, place in asked.ranking}
        assert {option: cell.score for option, cell in cells.items()} == scores
    assert column(chart, "AWS")["aws-vpc"].in_guide
    assert (column(chart, "AWS")["aws-vpc"].score is None) == (release != "v0.19.2")


def test_what_the_guide_says_is_marked_where_its_table_has_it() -> None:
    data = kc.plot.backends().data
    marked = {option for option, row in zip(data.options, data.cells, strict=True) for cell in row if cell.in_guide}
    assert marked == {row.backend for row in kc.advise.tables.BACKEND_SELECTION if row.verdict == "use"}


def test_a_comparison_draws_a_cell_for_every_option_and_column_and_its_notes() -> None:
    chart = kc.plot.modes(kubernetes="1.34")
    picture = svg(chart)
    assert picture.count('id="cell"') == 5 * 7
    assert picture.count('id="choice"') == picture.count('id="guide"') == 3
    told = texts(chart)
    assert [text for text in told if text == "★★★★★"] == ["★★★★★"] * 9
    assert {"ipvs", "iptables", "nftables", "userspace", "kernelspace", "the guide", "Kubernetes 1.34"} <= set(told)
    for number, note in enumerate(chart.data.notes, 1):
        assert f"✕{number}  {note.en}" in told
    (axes,) = chart.figure.axes
    drawn = {colors.to_hex(patch.get_facecolor()) for patch in axes.patches if patch.get_gid() == "cell"}
    assert drawn <= {*comparison_drawing.COLOURS, comparison_drawing.EXCLUDED}


def test_wrong_versions_and_environments_are_refused() -> None:
    with pytest.raises(ValueError, match="1\\.21"):
        kc.plot.modes(kubernetes="1.21")
    with pytest.raises(ValueError, match="testing"):
        kc.plot.modes_by_minor(environment="testing")  # type: ignore[arg-type]  # wrong on purpose
    with pytest.raises(ValueError, match="newest"):
        kc.plot.backends(release="newest")


# Languages and what is not installed.


def test_without_a_font_for_it_chinese_becomes_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart_module, "_CHINESE", ("No Such Font",))
    chart = kc.plot.address_plan(cluster("10.244.0.0/16"), language="zh")
    assert chart.language == "en"
    assert svg(chart) == svg(kc.plot.address_plan(cluster("10.244.0.0/16")))


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_with_a_font_the_texts_are_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    named = next(font.name for font in font_manager.fontManager.ttflist if font.name != "DejaVu Sans")
    monkeypatch.setattr(chart_module, "_CHINESE", (named,))
    chart = kc.plot.address_plan(cluster("10.244.0.0/16", "10.96.0.0/12"), language="zh")
    assert chart.language == "zh"
    told = texts(chart)
    assert "kubernetes 的地址规划：没有重叠" in told
    assert "1,048,574 个 Service" in told
    assert "共 28,160 个 Pod" in told
    assert "主机网络" not in told
    assert "粗框：建议的选择   ● 指南的选择   ✕ 不可用或不合适，见编号" in texts(kc.plot.modes(language="zh"))


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'zh' or 'en'"):
        kc.plot.address_plan(cluster("10.244.0.0/16"), language="de")  # type: ignore[arg-type]  # wrong on purpose


def test_without_matplotlib_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ModuleNotFoundError, match=re.escape("pip install 'kubeadm-cfg[plot]'")):
        kc.plot.address_plan(cluster("10.244.0.0/16"))


def test_naming_the_module_does_not_import_matplotlib() -> None:
    code = "import sys, kubeadm_cfg; kubeadm_cfg.plot.address_plan; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8", timeout=60)
    assert done.stdout == "False\n"

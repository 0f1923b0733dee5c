"""The selection tables hold the guide word for word, in both languages, and say what has changed since."""

from __future__ import annotations

import copy
import io
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import attrs
import pytest
from rich.console import Console

import kubeadm_cfg as kc
from kubeadm_cfg.advisor import tables

DATA = json.loads((Path(__file__).parent / "data" / "seed-tables.json").read_text(encoding="utf-8"))
HELD = [
    *map(attrs.asdict, (tables.TITLE, tables.OVERVIEW, *tables.HEADINGS)),
    *(table.to_dict() for table in tables.TABLES),
]

MODES = """\
| 模式 | 性能 | 兼容性 | 功能 | 推荐度 | 适用场景 |
|------|------|--------|------|--------|----------|
| **ipvs** | ⭐⭐⭐⭐⭐ | ⭐⭐⭐⭐ | ⭐⭐⭐⭐⭐ | ⭐⭐⭐⭐⭐ | 生产环境 |
| **iptables** | ⭐⭐⭐ | ⭐⭐⭐⭐⭐ | ⭐⭐⭐⭐⭐ | ⭐⭐⭐⭐ | 开发测试 |
| **userspace** | ⭐ | ⭐⭐⭐⭐⭐ | ⭐⭐ | ⭐ | 已废弃 |
| **kernelspace** | ⭐⭐⭐⭐ | ⭐⭐ | ⭐⭐⭐ | ⭐⭐⭐ | Windows 节点 |
"""

BACKENDS = """\
| 环境类型 | 推荐 Backend | 原因 |
|---------|-------------|------|
| 云主机/跨三层网络 | vxlan | 兼容性最好，无需额外配置 |
| 同一局域网/物理机 | host-gw | 性能最佳 |
| 特殊网络环境 | ipip | 兼容性好 |
| AWS 环境 | aws-vpc | 原生集成 |
| 避免使用 | udp | 性能差 |
"""


def wordings(data: Any) -> Iterator[tuple[str, str]]:
    """Every text that the guide has, with its English."""
    if isinstance(data, dict):
        if "zh" in data:
            yield data["zh"], data["en"]
        for value in data.values():
            yield from wordings(value)
    elif isinstance(data, list):
        for value in data:
            yield from wordings(value)


def leaves(data: Any) -> Iterator[Any]:
    match data:
        case dict():
            for value in data.values():
                yield from leaves(value)
        case list():
            for value in data:
                yield from leaves(value)
        case _:
            yield data


def test_the_two_tables_of_the_guide_come_back_in_markdown() -> None:
    assert tables.PROXY_MODES.to_markdown("zh") == MODES
    assert tables.BACKEND_SELECTION.to_markdown("zh") == BACKENDS


def test_every_text_of_the_guide_is_there_beside_its_english() -> None:
    held = set(wordings(HELD))
    kinds = {(row["apiVersion"], row["kind"]) for row in DATA["config_file"]["documents"]}
    assert len(kinds) == 4
    assert [pair for pair in wordings(DATA) if pair not in held] == []


def test_every_value_of_the_guide_is_there() -> None:
    held = {value for value in leaves(HELD) if isinstance(value, str)}
    whole = "\n".join(held)
    ignored = {"⭐", True, False}  # how the guide draws its tables
    keys = {"key", "order"}
    wanted = [value for value in leaves(without(DATA, keys)) if value not in ignored]
    assert len(wanted) > 400
    assert [value for value in wanted if str(value) not in whole] == []


def without(data: Any, keys: set[str]) -> Any:
    match data:
        case dict():
            return {key: without(value, keys) for key, value in data.items() if key not in keys}
        case list():
            return [without(value, keys) for value in data]
        case _:
            return data


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cell_of_the_comparison_is_there(language: tables.Language) -> None:
    lines = tables.PROXY_MODES.to_markdown(language).splitlines()
    for line, row in zip(lines[2:], DATA["kube_proxy_modes"]["comparison_table"]["rows"], strict=True):
        stars = ["⭐" * row[key] for key in ("performance", "compatibility", "features", "recommendation")]
        assert line.strip("| ").split(" | ") == [f"**{row['mode']}**", *stars, row["scenario"][language]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cell_of_the_backend_selection_is_there(language: tables.Language) -> None:
    lines = tables.BACKEND_SELECTION.to_markdown(language).splitlines()
    for line, row in zip(lines[2:], DATA["flannel_backends"]["selection_table"]["rows"], strict=True):
        cells = [row["environment"][language], row["backend"], row["reason"][language]]
        assert line.strip("| ").split(" | ") == cells


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_modes_say_their_traits_and_scenarios(language: tables.Language) -> None:
    for mode in DATA["kube_proxy_modes"]["modes"]:
        text = tables.PROXY_MODES[mode["id"]].to_markdown(language)
        told = [mode["heading"], *mode["traits"], *mode["scenarios"]]
        assert [entry[language] for entry in told if entry[language] not in text] == []
        assert mode["yaml"] in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_backends_say_how_they_work_and_what_for(language: tables.Language) -> None:
    for backend in DATA["flannel_backends"]["backends"]:
        row = tables.FLANNEL_BACKENDS[backend["id"]]
        text = row.to_markdown(language)
        told = [backend["heading"], backend["principle"], *backend["pros"], *backend["cons"], backend["scenario"]]
        assert [entry[language] for entry in told if entry[language] not in text] == []
        assert row.net_conf == backend["json"]


def test_both_full_examples_are_word_for_word() -> None:
    assert tables.EXAMPLES["seed-ipvs-example"].text == DATA["kube_proxy_modes"]["full_example"]["yaml"]
    assert tables.EXAMPLES["net-conf-example"].text == DATA["flannel_backends"]["net_conf_example"]["json_text"]


def test_the_examples_are_read_as_the_guide_means_them() -> None:
    f = kc.loads(tables.EXAMPLES["kubeadm.yaml"].text)
    for document, row in zip(f.documents, DATA["config_file"]["documents"], strict=True):
        assert (document.api_version, document.kind) == (row["apiVersion"], row["kind"])
        assert [document.get(field["path"]) for field in row["fields"]] == [field["value"] for field in row["fields"]]
    proxy = kc.loads(tables.EXAMPLES["seed-ipvs-example"].text)
    fields = DATA["kube_proxy_modes"]["full_example"]["fields"]
    assert [proxy.documents[0].get(field["path"]) for field in fields] == [field["value"] for field in fields]


def test_rows_are_in_the_order_of_the_guide() -> None:
    modes, flannel, problems = (
        DATA["kube_proxy_modes"]["modes"],
        DATA["flannel_backends"],
        DATA["troubleshooting"]["common_problems"],
    )
    assert tables.PROXY_MODES.ids == tuple(row["id"] for row in sorted(modes, key=lambda row: row["order"]))
    assert tables.FLANNEL_BACKENDS.ids == tuple(row["id"] for row in flannel["backends"])
    assert tables.BACKEND_SELECTION.ids == tuple(row["backend"] for row in flannel["selection_table"]["rows"])
    assert tables.COMMON_PROBLEMS.ids == tuple(row["id"] for row in sorted(problems, key=lambda row: row["order"]))
    assert tables.RELATED_FILES.ids == tuple(row["name"] for row in DATA["related_files"])
    assert [heading.zh for heading in tables.HEADINGS] == [row["zh"] for row in DATA["section_headings"]]


def test_the_schedulers_of_the_guide_come_first_and_in_its_order() -> None:
    named = [row.id for row in tables.IPVS_SCHEDULERS if row.in_guide]
    assert named == DATA["kube_proxy_modes"]["full_example"]["schedulers"]
    assert tables.IPVS_SCHEDULERS.ids[: len(named)] == tuple(named)
    assert {row.since for row in tables.IPVS_SCHEDULERS if not row.in_guide} == {"1.27"}


def test_the_trait_of_ipvs_names_the_schedulers_as_their_rows_do() -> None:
    trait = next(trait for trait in tables.PROXY_MODES["ipvs"].traits if trait.schedulers)
    for name in trait.schedulers:
        assert f"{name}（{tables.IPVS_SCHEDULERS[name].long.zh}）" in trait.text.zh
        assert f"{name} ({tables.IPVS_SCHEDULERS[name].long.en})" in trait.text.en


@pytest.mark.parametrize(
    ("table", "name", "row"),
    [
        (tables.PROXY_MODES, "ipvs", "ipvs"),
        (tables.BACKEND_SELECTION, "udp", "udp"),
        (tables.TROUBLESHOOTING, "ip route show", "ip route show"),
        (tables.FIELD_NOTES, "cgroup-match-runtime", "seed-kubelet.cgroupDriver"),
        (tables.FIELD_NOTES, "cgroupDriver", "seed-kubelet.cgroupDriver"),
        (tables.FIELD_NOTES, "networking.podSubnet", "seed-cluster.networking.podSubnet"),
        (tables.FIELD_NOTES, "podsubnet-matches-cni", "networking.networking.podSubnet"),
    ],
)
def test_a_row_is_found_by_its_names(table: tables.Table[tables.Row], name: str, row: str) -> None:
    assert table[name].id == row
    assert name in table
    assert table.get(name) is table[name]


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.id)
def test_a_table_is_iterated_in_order_and_ids_are_its_own(table: tables.Table[tables.Row]) -> None:
    assert [row.id for row in table] == list(table.ids)
    assert len(set(table.ids)) == len(table) > 0
    for row in table:
        assert table[row.id] is row


def test_an_unknown_row_is_a_key_error_that_names_the_rows() -> None:
    with pytest.raises(KeyError, match="ipvs, iptables, userspace, kernelspace"):
        tables.PROXY_MODES["ebpf"]
    assert "ebpf" not in tables.PROXY_MODES
    assert tables.PROXY_MODES.get("ebpf") is None


def test_a_wrong_language_is_refused() -> None:
    for show in (tables.PROXY_MODES.to_markdown, tables.PROXY_MODES.to_html, tables.EXAMPLES.to_markdown):
        with pytest.raises(ValueError, match="'zh' or 'en'"):
            show("de")  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.id)
def test_tables_cannot_be_changed_and_survive_copies(table: tables.Table[tables.Row]) -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        table.rows = ()  # type: ignore[misc]  # frozen
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        table.rows[0].id = ""  # type: ignore[misc]  # frozen
    assert copy.deepcopy(table) == table == pickle.loads(pickle.dumps(table))
    assert hash(copy.copy(table)) == hash(table)


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.id)
def test_plain_data_is_json(table: tables.Table[tables.Row]) -> None:
    data = table.to_dict()
    assert json.loads(json.dumps(data)) == data
    assert [row["id"] for row in data["rows"]] == list(table.ids)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.id)
def test_every_form_shows_every_row(table: tables.Table[tables.Row], language: tables.Language) -> None:
    printed = io.StringIO()
    Console(width=1000, file=printed).print(table.to_rich(language))
    plain, html, markdown = printed.getvalue(), table.to_html(language), table.to_markdown(language)
    assert table.heading[language] in plain
    assert table.heading[language] in html
    assert html.count("<tr>") == len(table) + 1
    for row in table:
        for cell in row.cells(table.columns, language):
            for line in cell.split("\n"):
                assert line in plain
                assert line in markdown


def test_without_rich_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich.table", None)
    with pytest.raises(ModuleNotFoundError, match=re.escape("pip install 'kubeadm-cfg[cli]'")):
        tables.PROXY_MODES.to_rich()


def test_html_is_escaped() -> None:
    column = tables.Column("id", tables.Wording("<a>", "<a>"))
    table = tables.Table("t", tables.Wording("&", "&"), (column,), (tables.Row("<script>"),))
    assert "<script>" not in table.to_html() + table._repr_html_()
    assert "&lt;script&gt;" in table.to_html()
    assert tables.PROXY_MODES._repr_html_() == tables.PROXY_MODES.to_html("en")


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    column = tables.Column("id", tables.Wording("a", "a"))
    table = tables.Table("t", tables.Wording("a", "a"), (column,), (tables.Row("a|b"),))
    assert table.to_markdown().splitlines()[2] == "| a\\|b |"


def test_every_correction_stands_beside_what_it_corrects() -> None:
    placed = [correction for table in tables.TABLES for correction in table.corrections]
    placed += [correction for table in tables.TABLES for row in table for correction in row.corrections]
    assert {correction.id for correction in placed} == set(tables.CORRECTIONS.ids)
    for correction in tables.CORRECTIONS:
        assert correction.source
        assert correction.fact.zh
        assert correction.fact.en


@pytest.mark.parametrize(
    ("row", "correction", "dates"),
    [
        (tables.PROXY_MODES["ipvs"], "c-ipvs-deprecated", {"deprecated": "1.35", "gated": "1.37"}),
        (tables.PROXY_MODES["userspace"], "c-userspace-version", {"deprecated": "1.23", "removed": "1.26"}),
        (tables.PROXY_MODES["userspace"], "c-userspace-compat", {"removed": "1.26"}),
        (
            tables.FLANNEL_BACKENDS["aws-vpc"],
            "c-aws-vpc-removed",
            {"last_release_with": "v0.19.2", "removed": "v0.20.0"},
        ),
        (tables.FIELD_NOTES["cgroup-match-runtime"], "c-cgroupfs", {"default": "1.22"}),
        (tables.FIELD_NOTES["networking.serviceSubnet"], "c-service-subnet-public", {}),
        (tables.EXAMPLES["seed-init"], "c-v1beta3", {"superseded": "1.31"}),
    ],
)
def test_corrections_are_dated(row: tables.Row, correction: str, dates: dict[str, str]) -> None:
    found = next(entry for entry in row.corrections if entry.id == correction)
    assert {date.event: date.version for date in found.since} == dates


def test_what_an_advice_overrides_is_an_entry_of_the_tables() -> None:
    minors = [str(minor) for minor in kc.kubernetes.minors()]
    given = [kc.advise.proxy_mode(kubernetes=minor) for minor in minors]
    given += [kc.advise.flannel_backend(release=release, environment="aws") for release in ("v0.19.2", "v0.20.0")]
    given += [kc.advise.cgroup_driver(kubernetes="1.34"), kc.advise.pod_network(taken=["10.244.0.0/16"])]
    overridden = {reason.overrides for advice in given for reason in advice.reasons if reason.overrides}
    assert overridden == {"ipvs", "aws-vpc", "seed-kubelet", "recommended-subnets"}
    assert all(tables.entries(name) for name in overridden)
    assert tables.entries("nonsense") == ()


def test_what_the_guide_lacks_is_said_of_the_whole_table() -> None:
    (nftables,) = tables.PROXY_MODES.corrections
    assert nftables.dates("en") == "alpha in 1.29; beta in 1.31; stable in 1.33"
    assert nftables.dates("zh") == "1.29 alpha；1.31 beta；1.33 稳定"
    assert [correction.id for correction in tables.FLANNEL_BACKENDS.corrections] == ["c-wireguard-missing"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("table", tables.TABLES, ids=lambda table: table.id)
def test_html_says_the_corrections_and_a_terminal_names_them(
    table: tables.Table[tables.Row], language: tables.Language
) -> None:
    printed = io.StringIO()
    Console(width=1000, file=printed).print(table.to_rich(language))
    html = table.to_html(language)
    for correction in table.all_corrections:
        assert f"<li><code>{correction.id}</code> {escape(correction.fact[language])}</li>" in html
        assert correction.id in printed.getvalue()
    assert ("<details>" in html) is bool(table.all_corrections)


def test_a_text_with_corrections_says_them() -> None:
    text = tables.EXAMPLES["seed-init"].to_markdown("zh")
    assert text.endswith("> **更正** `c-v1beta3` (1.31 被取代)：" + tables.CORRECTIONS["c-v1beta3"].fact.zh + "\n")


def test_the_pages_about_the_tables_are_current() -> None:
    tool = Path(__file__).parents[1] / "tools" / "write_selection_pages.py"
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, encoding="utf-8", timeout=120)
    assert (done.returncode, done.stdout) == (0, "current\n"), done.stderr

"""The selection tables of a kubeadm guide as data, in Chinese word for word and in English, with what changed since.

The contents are read from data/seed-tables.json; which answer follows from them today is for the advice functions.

>>> print(BACKEND_SELECTION.to_markdown("zh").splitlines()[0])
| 环境类型 | 推荐 Backend | 原因 |
>>> FIELD_NOTES["cgroup-match-runtime"].note["zh"]
'建议与容器运行时保持一致'
>>> [correction.id for correction in FLANNEL_BACKENDS["aws-vpc"].corrections]
['c-aws-vpc-removed']
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final, Literal

from kubeadm_cfg.advisor.rows import (
    Backend,
    CommonProblem,
    Example,
    Examples,
    FieldNote,
    NetworkNote,
    ProxyMode,
    RelatedFile,
    Scheduler,
    Selection,
    Trait,
    TroubleshootingCommand,
)
from kubeadm_cfg.advisor.table import CORRECTIONS as HEADING_OF_CORRECTIONS
from kubeadm_cfg.advisor.table import Column, Correction, Date, Language, Row, ShownAs, Table, Wording

__all__ = [
    "BACKEND_SELECTION",
    "COMMON_PROBLEMS",
    "CORRECTIONS",
    "EXAMPLES",
    "FIELD_NOTES",
    "FLANNEL_BACKENDS",
    "HEADINGS",
    "IPVS_SCHEDULERS",
    "NETWORKS",
    "OVERVIEW",
    "PROXY_MODES",
    "RELATED_FILES",
    "TABLES",
    "TITLE",
    "TROUBLESHOOTING",
    "Column",
    "Correction",
    "Language",
    "Row",
    "Table",
    "Wording",
    "entries",
]

Data = dict[str, Any]

_IDS: Final = {"mode": "id", "name": "id"}


def _read() -> Data:
    found: Data = json.loads(files("kubeadm_cfg").joinpath("data/seed-tables.json").read_text(encoding="utf-8"))
    return found


def _wording(found: Data) -> Wording:
    return Wording(found["zh"], found["en"])


def _wordings(found: list[Data]) -> tuple[Wording, ...]:
    return tuple(map(_wording, found))


def _columns(found: list[Data], **shown_as: ShownAs) -> tuple[Column, ...]:
    """Columns as the facts have them; `mode` and `name` are what the rows are found by."""
    keys = ((_IDS.get(str(entry["key"]), str(entry["key"])), entry) for entry in found)
    return tuple(Column(key, _wording(entry), shown_as.get(key, "text"), entry.get("dashes")) for key, entry in keys)


def _column(key: str, zh: str, en: str, shown_as: ShownAs = "text") -> Column:
    return Column(key, Wording(zh, en), shown_as)


def _correction(found: Data) -> Correction:
    dates = tuple(Date(event, version) for event, version in found["since"].items())
    return Correction(
        found["id"], found["applies_to"], found["verdict"], _wording(found["fact"]), dates, tuple(found["source"])
    )


def _on(*names: str | None) -> tuple[Correction, ...]:
    """The corrections of an entry, which has these names."""
    return tuple(row for row in CORRECTIONS if row.applies_to in names)


def _proxy_mode(found: Data, stars: Data) -> ProxyMode:
    traits = tuple(Trait(entry["id"], _wording(entry), tuple(entry.get("schedulers", ()))) for entry in found["traits"])
    name = found["id"]
    return ProxyMode(
        name,
        _wording(found["heading"]),
        tuple(found["labels"]),
        found["yaml"],
        traits,
        _wordings(found["scenarios"]),
        **{key: stars[key] for key in _RATED},
        scenario=_wording(stars["scenario"]),
        corrections=_on(name, *(trait.id for trait in traits), *(f"comparison_table.{name}.{key}" for key in _RATED)),
    )


def _scheduler(found: Data, named: list[str]) -> Scheduler:
    long, does, suits = (_wording(found[key]) for key in ("long", "does", "suits"))
    return Scheduler(found["name"], long, does, suits, found["since"], found["kernel"], found["name"] in named)


def _backend(found: Data) -> Backend:
    return Backend(
        found["id"],
        _wording(found["heading"]),
        tuple(found["labels"]),
        json.dumps(found["json"], indent=2),
        _wording(found["principle"]),
        _wordings(found["pros"]),
        _wordings(found["cons"]),
        _wording(found["scenario"]),
        corrections=_on(found["id"]),
    )


def _selection(found: Data) -> Selection:
    return Selection(
        found["backend"], _wording(found["environment"]), found["backend"], _wording(found["reason"]), found["verdict"]
    )


def _network_notes(found: Data) -> list[NetworkNote]:
    recommended, told = found["recommended"], ("PodSubnet 和 ServiceSubnet", "推荐配置", "注意事项")
    field, recommendation, caution = (_SECTIONS[heading] for heading in told)
    names = ("podSubnet", "serviceSubnet")
    return [
        *(
            NetworkNote(row["id"], "field", field, row["path"], None, _wording(row["text"]), corrections=_on(row["id"]))
            for row in found["fields"]
        ),
        *(
            NetworkNote(
                f"{recommended['id']}.{name}",
                "recommendation",
                recommendation,
                f"networking.{name}",
                recommended[name]["value"],
                _wording(recommended[name]["comment"]),
                corrections=_on(recommended["id"]),
            )
            for name in names
        ),
        *(
            NetworkNote(row["id"], "caution", caution, None, None, _wording(row), tuple(row.get("commands", ())))
            for row in found["cautions"]
        ),
    ]


def _field_note(document: str, found: Data) -> FieldNote:
    path, advice, note = found["path"], found.get("advice_id"), found.get("comment")
    value = found["value"]
    return FieldNote(
        f"{document}.{path}",
        document,
        path,
        tuple(value) if isinstance(value, list) else value,
        _wording(note) if note else None,
        advice,
        corrections=_on(f"{document}.{path.rpartition('.')[2]}", advice),
    )


def _commands(group: Data) -> list[TroubleshootingCommand]:
    heading = _wording(group["heading"])
    return [
        TroubleshootingCommand(row["command"], group["id"], heading, _wording(row["checks"]), row.get("condition"))
        for row in group["commands"]
    ]


def _examples() -> list[Example]:
    file, documents = _SEED["config_file"], _SEED["config_file"]["documents"]
    network, proxy = _SEED["networking"]["recommended"], _SEED["kube_proxy_modes"]["full_example"]
    net_conf = _SEED["flannel_backends"]["net_conf_example"]
    told: list[tuple[str, Wording, Literal["yaml", "json"], str]] = [
        (proxy["id"], _wording(proxy["heading"]), "yaml", proxy["yaml"]),
        ("net-conf-example", _wording(net_conf["heading"]), "json", net_conf["json_text"]),
        (file["id"], _wording(file["description"]), "yaml", "---\n".join(row["yaml"] for row in documents)),
        *((row["id"], Wording(row["kind"], row["kind"]), "yaml", row["yaml"]) for row in documents),
        (network["id"], _SECTIONS["推荐配置"], "yaml", network["yaml"]),
    ]
    return [Example(name, heading, language, text, corrections=_on(name)) for name, heading, language, text in told]


_SEED: Final = _read()

TITLE: Final = _wording(_SEED["title"])
OVERVIEW: Final = _wording(_SEED["overview"])
HEADINGS: Final = _wordings(_SEED["section_headings"])
"""The headings of the guide, in its order."""
_SECTIONS: Final = {heading.zh: heading for heading in HEADINGS}

CORRECTIONS: Final[Table[Correction]] = Table(
    "corrections",
    HEADING_OF_CORRECTIONS,
    (
        _column("id", "编号", "id", "code"),
        _column("applies_to", "涉及", "about", "code"),
        _column("judgement", "判断", "verdict"),
        _column("fact", "事实", "fact"),
        _column("source", "来源", "source"),
    ),
    tuple(map(_correction, _SEED["corrections"])),
)
"""What changed since the guide was written or was never right, each with its dates and sources."""

_MODES: Final = _SEED["kube_proxy_modes"]
_STARS: Final = {row["mode"]: row for row in _MODES["comparison_table"]["rows"]}
_RATED: Final[dict[str, ShownAs]] = dict.fromkeys(
    ("performance", "compatibility", "features", "recommendation"), "stars"
)

PROXY_MODES: Final[Table[ProxyMode]] = Table(
    "kube_proxy_modes",
    _SECTIONS["KubeProxy Mode 对比表"],
    _columns(_MODES["comparison_table"]["columns"], id="bold", **_RATED),
    tuple(_proxy_mode(mode, _STARS[mode["id"]]) for mode in _MODES["modes"]),
    _wording(_MODES["intro"]),
    _on("kube_proxy_modes"),
)
"""The modes of kube-proxy: traits, scenarios and stars. `to_markdown` gives the comparison table."""

IPVS_SCHEDULERS: Final[Table[Scheduler]] = Table(
    "ipvs_schedulers",
    _wording(_SEED["ipvs_schedulers"]["heading"]),
    _columns(_SEED["ipvs_schedulers"]["columns"], id="code"),
    tuple(_scheduler(row, _MODES["full_example"]["schedulers"]) for row in _SEED["ipvs_schedulers"]["list"]),
    corrections=_on("ipvs-algos", "seed-ipvs-example"),
)
"""The schedulers of IPVS: the ten the guide names, then those that kube-proxy takes since 1.27."""

NETWORKS: Final[Table[NetworkNote]] = Table(
    "networking",
    _SECTIONS["网络配置说明"],
    (
        _column("heading", "类别", "kind"),
        _column("path", "字段", "field", "code"),
        _column("value", "推荐值", "recommended", "code"),
        _column("text", "说明", "note"),
    ),
    tuple(_network_notes(_SEED["networking"])),
)
"""What the ranges are for, the recommended ones, and what to be careful of."""

FLANNEL_BACKENDS: Final[Table[Backend]] = Table(
    "flannel_backends",
    _SECTIONS["Flannel Backend 类型说明"],
    (
        _column("id", "类型", "type", "bold"),
        _column("principle", "原理", "principle"),
        _column("pros", "优点", "advantages"),
        _column("cons", "缺点", "drawbacks"),
        _column("scenario", "适用", "suited to"),
    ),
    tuple(map(_backend, _SEED["flannel_backends"]["backends"])),
    _wording(_SEED["flannel_backends"]["intro"]),
    _on("flannel_backends"),
)
"""The backends of flannel: how each works, for and against it, and where it belongs."""

_CHOICE: Final = _SEED["flannel_backends"]["selection_table"]

BACKEND_SELECTION: Final[Table[Selection]] = Table(
    "selection_table",
    _wording(_CHOICE["heading"]),
    _columns(_CHOICE["columns"]),
    tuple(map(_selection, _CHOICE["rows"])),
    corrections=_on("selection_table"),
)
"""Which backend for which environment. A row is found by its backend."""

FIELD_NOTES: Final[Table[FieldNote]] = Table(
    "field_notes",
    _SECTIONS["配置文件说明"],
    (
        _column("document", "文档", "document"),
        _column("path", "字段", "field", "code"),
        _column("shown_value", "示例值", "value in the guide", "code"),
        _column("note", "说明", "note"),
    ),
    (
        *(
            _field_note(document["id"], field)
            for document in [*_SEED["config_file"]["documents"], _MODES["full_example"]]
            for field in document["fields"]
        ),
        *(
            _field_note("networking", {**row, "comment": row["text"], "value": None, "advice_id": row["id"]})
            for row in _SEED["networking"]["fields"]
        ),
    ),
)
"""What the guide says of each field. A row is found by document and path, by the id of its advice, or by the path."""

TROUBLESHOOTING: Final[Table[TroubleshootingCommand]] = Table(
    "troubleshooting",
    _SECTIONS["故障排除"],
    (
        _column("group_heading", "目的", "purpose"),
        _column("command", "命令", "command", "code"),
        _column("checks", "检查内容", "shows"),
    ),
    tuple(row for group in _SEED["troubleshooting"]["groups"] for row in _commands(group)),
    corrections=_on(*(group["id"] for group in _SEED["troubleshooting"]["groups"])),
)
"""The commands to run when something is wrong. A row is found by its command line."""

COMMON_PROBLEMS: Final[Table[CommonProblem]] = Table(
    "common_problems",
    _SECTIONS["常见问题"],
    (_column("name", "问题", "problem", "bold"), _column("advice", "建议", "advice")),
    tuple(
        CommonProblem(row["id"], _wording(row["name"]), _wording(row["advice"]))
        for row in _SEED["troubleshooting"]["common_problems"]
    ),
)
"""The problems that are often met."""

RELATED_FILES: Final[Table[RelatedFile]] = Table(
    "related_files",
    _SECTIONS["相关文件"],
    (_column("id", "文件", "file", "code"), _column("text", "说明", "holds")),
    tuple(RelatedFile(row["name"], _wording(row["text"])) for row in _SEED["related_files"]),
)
"""The files that belong to the guide's cluster."""

EXAMPLES: Final = Examples(
    "examples",
    _SECTIONS["配置示例"],
    (
        _column("id", "示例", "example", "code"),
        _column("heading", "说明", "holds"),
        _column("text", "内容", "text", "block"),
    ),
    tuple(_examples()),
)
"""The guide's examples word for word: both full ones first, then its kubeadm.yaml, whole and by document."""

TABLES: Final[tuple[Table[Row], ...]] = (
    PROXY_MODES,
    IPVS_SCHEDULERS,
    NETWORKS,
    FLANNEL_BACKENDS,
    BACKEND_SELECTION,
    FIELD_NOTES,
    TROUBLESHOOTING,
    COMMON_PROBLEMS,
    RELATED_FILES,
    EXAMPLES,
    CORRECTIONS,
)
"""All of them."""


def entries(name: str) -> tuple[Row, ...]:
    """Every row of any table that is found by that name, such as what an advice overrides; none of an unknown name.

    >>> [type(row).__name__ for row in entries("aws-vpc")]
    ['Backend', 'Selection']
    """
    return tuple(row for table in TABLES if (row := table.get(name)) is not None)

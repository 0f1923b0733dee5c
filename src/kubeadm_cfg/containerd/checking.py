"""`effective` and `check_text`: the values in force in a release, and whether its CRI plugin loads with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kubeadm_cfg.containerd.decoding import Decoded, decode
from kubeadm_cfg.containerd.fitting import Table, is_duration
from kubeadm_cfg.containerd.loading import read_as
from kubeadm_cfg.containerd.releases import CRI, IMAGES, RUNTIME, Release
from kubeadm_cfg.containerd.scan import key_path, key_text, sections
from kubeadm_cfg.errors import ConfigError
from kubeadm_cfg.report import Problem, Report, problem_at
from kubeadm_cfg.source.encoding import decoded as decoded_bytes

__all__ = ["check_text", "effective", "placed", "text_of"]

_BOM: Final = "\ufeff"


def text_of(toml: str | bytes, name: str = "config.toml") -> str:
    """The text with its byte order mark, which releases treat differently."""
    if isinstance(toml, str):
        return toml
    text, bom = decoded_bytes(toml, name)
    return _BOM + text if bom else text


def effective(toml: str | bytes, release: str, files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The values in force once a release of containerd has read a config.toml, its imports and its own defaults.

    Args:
        toml: the text of config.toml.
        release: the containerd release, like ``"2.2.7"``; ``"2.2"`` is its newest patch.
        files: path -> text of the files that `imports` names.

    Returns:
        `version` (of the configuration the release works with), `sandbox_image`, `SystemdCgroup` (of runc),
        `config_path`, `mirrors` (host -> endpoints), `default_runtime_name`, `runtimes`, `snapshotter`,
        `disabled_plugins` and more.

    Raises:
        ConfigError: the release does not start with this file.

    The rules are what ``containerd config dump`` of each release prints.

    >>> effective("version = 3", "2.2.7")["sandbox_image"]
    'registry.k8s.io/pause:3.10.1'
    """
    return _facts(decode(text_of(toml), Release.of(release), files or {}))


def _facts(decoded: Decoded) -> dict[str, Any]:
    release, config = decoded.release, decoded.config
    images, runtime = decoded.plugin(IMAGES), decoded.plugin(RUNTIME)
    inner = runtime["containerd"]
    registry = images["registry"]
    facts: dict[str, Any] = {
        "version": release.config_version,
        "cri_plugin_present": not decoded.disabled,
        "disabled_plugins": list(config["disabled_plugins"]),
        "required_plugins": list(config["required_plugins"]),
        "root": config["root"],
        "state": config["state"],
        "grpc_address": _grpc_address(decoded),
        "oom_score": config["oom_score"],
        "cgroup_path": config["cgroup"]["path"],
    }
    if decoded.disabled and not release.split:
        return facts
    runtimes = {name: _runtime(entry, release) for name, entry in inner["runtimes"].items()}
    facts |= {
        "sandbox_image": images["pinned_images"]["sandbox"] if release.split else images["sandbox_image"],
        "config_path": registry["config_path"],
        "mirrors": {host: list(mirror.get("endpoint", [])) for host, mirror in registry["mirrors"].items()},
        "registry_configs": sorted(registry["configs"]),
        "snapshotter": images["snapshotter"] if release.split else inner["snapshotter"],
        "max_concurrent_downloads": images["max_concurrent_downloads"],
        "default_runtime_name": inner["default_runtime_name"],
        "runtimes": runtimes,
        "SystemdCgroup": runtimes.get("runc", {}).get("SystemdCgroup"),
        "max_container_log_line_size": runtime["max_container_log_line_size"],
        "cni": {key: runtime["cni"][key] for key in ("bin_dir", "bin_dirs", "conf_dir") if key in runtime["cni"]},
        "enable_unprivileged_ports": runtime["enable_unprivileged_ports"],
    }
    if not decoded.disabled:
        server = decoded.plugin(CRI)
        facts |= {key: server[key] for key in ("stream_server_port", "stream_idle_timeout")}
    if release.split:
        facts |= {"cri_images_present": True, "cri_runtime_present": True}
    if release >= (2, 1, 0):
        facts["use_local_image_pull"] = images["use_local_image_pull"]
        facts["use_local_image_pull_effective"] = bool(_local_pull(images))
    if release >= (2, 2, 0):
        facts["config_path_at_start"] = registry["config_path"] or (
            "" if registry["mirrors"] else release.config_path_at_start
        )
    return facts


def _grpc_address(decoded: Decoded) -> str:
    server = decoded.config["plugins"].get("io.containerd.server.v1.grpc")
    address = server["address"] if isinstance(server, dict) else decoded.config["grpc"]["address"]
    return str(address)


def _runtime(entry: Table, release: Release) -> dict[str, Any]:
    options = entry.get("options", {})
    sandboxer = entry.get("sandboxer" if release.split else "sandbox_mode", "")
    return {
        "runtime_type": entry.get("runtime_type", ""),
        "SystemdCgroup": options.get("SystemdCgroup"),
        "BinaryName": options.get("BinaryName"),
        "sandboxer": sandboxer if release >= (1, 7, 0) else None,
    }


def _local_pull(images: Table) -> list[str]:
    """The settings that switch pulls from the transfer service back to the local client (2.1 and later)."""
    registry = images["registry"]
    found = [f"registry.{key}" for key in ("mirrors", "configs", "auths") if registry[key]]
    found += ["max_concurrent_downloads"] if images["max_concurrent_downloads"] != 3 else []
    found += [
        key for key in ("use_local_image_pull", "discard_unpacked_layers", "image_pull_with_sync_fs") if images.get(key)
    ]
    return found + ([] if images["disable_snapshot_annotations"] else ["disable_snapshot_annotations"])


# -- what the CRI plugin refuses ----------------------------------------------------------------------------------
_Rule = Callable[[Decoded], "Iterator[tuple[str, str, str]]"]
_Found = tuple[str, str, str]  # code, the last keys of the path, message


def _default_runtime(decoded: Decoded) -> Iterator[_Found]:
    inner = decoded.plugin(RUNTIME)["containerd"]
    name = inner["default_runtime_name"]
    if not decoded.release.split and inner.get("default_runtime", {}).get("runtime_type"):
        return  # the deprecated table takes its place
    if not name:
        yield "default-runtime-empty", "containerd.default_runtime_name", "default_runtime_name is empty"
    elif name not in inner["runtimes"]:
        yield (
            "default-runtime-undefined",
            "containerd.default_runtime_name",
            f"default_runtime_name is {name!r}, runtimes has {', '.join(map(repr, inner['runtimes'])) or 'no entry'}",
        )


def _registry(decoded: Decoded) -> Iterator[_Found]:
    registry = decoded.plugin(IMAGES)["registry"]
    if not registry["config_path"]:
        return
    if registry["mirrors"]:
        built_in = " (2.2.0 and 2.2.1 set config_path by themselves)" if decoded.release.built_in_config_path else ""
        yield "mirrors-with-config-path", "registry.mirrors", f"mirrors and config_path are both set{built_in}"
    if not decoded.release.split and any("tls" in entry for entry in registry["configs"].values()):
        yield "tls-with-config-path", "registry.configs", "configs.*.tls and config_path are both set"


def _durations(decoded: Decoded) -> Iterator[_Found]:
    runtime: tuple[str, ...] = ("drain_exec_sync_io_timeout", "stats_retention_period")
    if decoded.release >= (2, 3, 0):  # a number of seconds before, and in the images plugin still
        runtime = (*runtime, "stats_collect_period")
    tables = {IMAGES: ("image_pull_progress_timeout",), RUNTIME: runtime}
    for plugin, keys in {**tables, CRI: ("stream_idle_timeout",)}.items():
        if plugin == CRI and decoded.disabled:
            continue
        for key in keys:
            value = decoded.plugin(plugin).get(key, "")
            if value and not is_duration(value):
                yield "bad-duration", key, f"{key} is {value!r}, which is no duration like 30s or 4h"


def _shim_v1(decoded: Decoded) -> Iterator[_Found]:
    """Keys of 1.x that worked only with the shim that was removed before."""
    if decoded.release.split:
        return
    table = decoded.plugin(RUNTIME)
    inner = table["containerd"]
    linux = "io.containerd.runtime.v1.linux"
    default = inner["runtimes"].get(inner["default_runtime_name"], {}).get("runtime_type")
    if table["systemd_cgroup"] and default != linux:
        yield (
            "legacy-systemd-cgroup",
            "systemd_cgroup",
            "systemd_cgroup works with the removed v1 shim only; SystemdCgroup belongs into the runtime's options",
        )
    if inner["no_pivot"] and default != linux:
        yield "shim-v1-only-key", "containerd.no_pivot", "no_pivot works with the removed v1 shim only"
    for name, entry in inner["runtimes"].items():
        for key in ("runtime_engine", "runtime_root"):
            if entry.get(key) and entry.get("runtime_type") != linux:
                path = f"containerd.runtimes.{key_text(name)}.{key}"
                yield "shim-v1-only-key", path, f"{key} works with the removed v1 shim only"


def _runtimes(decoded: Decoded) -> Iterator[_Found]:
    if decoded.release < (1, 7, 0):
        return
    for name, entry in decoded.plugin(RUNTIME)["containerd"]["runtimes"].items():
        path = f"containerd.runtimes.{key_text(name)}"
        key = "privileged_without_host_devices"
        if entry.get(f"{key}_all_devices_allowed") and not entry.get(key):
            yield "devices", f"{path}.{key}_all_devices_allowed", f"{key}_all_devices_allowed needs {key}"
        if decoded.release.split and entry.get("io_type", "") not in ("", "fifo", "streaming"):
            yield "io-type", f"{path}.io_type", "io_type is neither fifo nor streaming"


def _cni(decoded: Decoded) -> Iterator[_Found]:
    cni = decoded.plugin(RUNTIME)["cni"]
    if cni.get("bin_dir") and cni.get("bin_dirs") and cni["bin_dirs"] != ["/opt/cni/bin"]:
        yield "cni-bin-dirs", "cni.bin_dir", "bin_dir and bin_dirs are both set"


_RULES: Final[tuple[_Rule, ...]] = (_default_runtime, _registry, _durations, _shim_v1, _runtimes, _cni)


# -- what works, but not as it looks ------------------------------------------------------------------------------
def _silent(decoded: Decoded, toml: Table) -> Iterator[_Found]:
    release = decoded.release
    for plugin, keys in decoded.unknown:
        shown = ".".join(map(key_text, keys))
        yield "containerd.unknown", shown, f"{plugin} of this release has no key {shown}; it is ignored"
    for path in decoded.missing:
        yield (
            "containerd.import-missing",
            "imports",
            f"the imported file {path!r} is not given; the daemon refuses without it",
        )
    if decoded.disabled:
        yield (
            "containerd.disabled",
            "disabled_plugins",
            "the CRI plugin is switched off: kubelet finds no runtime service",
        )
        if not release.split:
            return
    registry = decoded.plugin(IMAGES)["registry"]
    if ":" in registry["config_path"] and release >= (2, 1, 0):
        yield (
            "containerd.config-path-list",
            "registry.config_path",
            "pulls take the list of directories for one path and find no hosts.toml; write one directory",
        )
    for key in ("mirrors", "configs", "auths"):
        if registry[key]:
            yield "containerd.deprecated", f"registry.{key}", f"registry.{key} is deprecated; write hosts.toml files"
    runtime = decoded.plugin(RUNTIME)
    if release >= (2, 1, 0) and runtime["cni"].get("bin_dir"):
        yield "containerd.deprecated", "cni.bin_dir", "cni.bin_dir is deprecated; write bin_dirs, a list"
    if release >= (2, 2, 0) and not runtime["enable_cdi"]:
        yield "containerd.deprecated", "enable_cdi", "enable_cdi is deprecated; CDI will be on in every release"
    for name, entry in runtime["containerd"]["runtimes"].items():
        value = entry.get("options", {}).get("SystemdCgroup", False)
        if not isinstance(value, bool):
            path = f"containerd.runtimes.{key_text(name)}.options.SystemdCgroup"
            yield (
                "containerd.options-type",
                path,
                f"SystemdCgroup is {value!r}, not true or false: no pod of {name} starts",
            )
    yield from _ignored_tables(decoded, toml)
    yield from _ignored_sections(decoded, toml)


# The sections that are plugins in version 4; debug keeps its other keys.
_SECTIONS: Final = {"grpc": None, "ttrpc": None, "metrics": None, "debug": ("address", "uid", "gid")}


def _ignored_sections(decoded: Decoded, toml: Table) -> Iterator[_Found]:
    """What version 4 has elsewhere: a file of that version is not migrated, so that the plugins keep their defaults."""
    for section, keys in _SECTIONS.items():
        table = toml.get(section)
        found = [key for key in table if keys is None or key in keys] if isinstance(table, dict) else []
        if found and decoded.version >= 4:  # the version
            message = f"{section} is not read in version 4; write plugins.'io.containerd.server.v1.{section}'"
            yield "containerd.ignored", f"{section}.{found[0]}", message


def _ignored_tables(decoded: Decoded, toml: Table) -> Iterator[_Found]:
    """Plugin tables under a name this release does not look at in a file of this version."""
    plugins = toml.get("plugins")
    version, release = decoded.version, decoded.release
    for name in plugins if isinstance(plugins, dict) else ():
        old = name in (CRI, "cri")
        new = name in (IMAGES, RUNTIME)
        if (
            (new and not release.split)
            or (name == "cri" and version >= 2)
            or (name == CRI and version < 2 and not release.split)
        ):
            yield (
                "containerd.ignored",
                f"plugins.{key_text(name)}",
                f"this release does not read {name} in a file of version {version}",
            )
        if old and release.split and version < 2 and release < (2, 3, 0):
            yield (
                "containerd.ignored",
                f"plugins.{key_text(name)}",
                "2.0 to 2.2 lose the CRI settings of a file without version = 2",
            )
    inner = plugins.get(CRI) if isinstance(plugins, dict) else None
    inner = inner.get("containerd") if isinstance(inner, dict) else None
    if release.split and version == 2 and isinstance(inner, dict) and "runtimes" not in inner:
        for key in ("snapshotter", "disable_snapshot_annotations", "discard_unpacked_layers"):
            if key in inner:
                yield (
                    "containerd.lost",
                    f"containerd.{key}",
                    f"2.x loses {key} of a file without a containerd.runtimes table",
                )


def check_text(
    toml: str | bytes, release: str = "2.2.7", files: Mapping[str, str] | None = None, name: str = "config.toml"
) -> Report:
    """Whether a release of containerd starts with a config.toml and loads its CRI plugin, and what fails in silence.

    Codes `toml.*` and `containerd.refused*`: the file is not read. `containerd.cri*`: it is read, but the CRI plugin
    does not load, so that kubelet finds no runtime. Everything else is a warning. Bad input never raises; an unknown
    release is a problem of its own.

    Args:
        toml: the text of config.toml.
        release: the containerd release, like ``"2.2.7"``.
        files: path -> text of the files that `imports` names.
        name: what messages call the file.

    >>> [p.code for p in check_text("required_plugins = [").errors]
    ['toml.syntax']
    """
    text = ""
    try:
        known = Release.of(release)
        text = text_of(toml, name)
        decoded = decode(text, known, files or {}, name)
        main = read_as(text, known, name)
    except ConfigError as error:
        problems = error.problems or (Problem("error", "containerd.refused", str(error), file=name),)
        return Report([placed(problem, text.removeprefix(_BOM), name) for problem in problems], [name])
    text = text.removeprefix(_BOM)
    found: list[Problem] = []
    for rule in _RULES:
        if decoded.disabled and not decoded.release.split:
            break
        found += [_problem("error", f"containerd.cri.{code}", path, why) for code, path, why in rule(decoded)]
    found += [_problem("warning", *given) for given in _silent(decoded, main)]
    return Report([placed(problem, text, name) for problem in found], [name])


def _problem(severity: Any, code: str, path: str, message: str) -> Problem:
    return Problem(severity, code, message, path=path)


def placed(problem: Problem, text: str, name: str) -> Problem:
    """The problem at the line of its path, found by the last keys of it."""
    if problem.line is not None or problem.path is None:
        problem.file = problem.file or name
        return problem
    try:
        wanted = key_path(problem.path)
        places = [(entry.path, entry.key.start) for section in sections(text) for entry in section.entries]
        places += [(section.path, section.key.start) for section in sections(text) if section.path]
    except (ValueError, IndexError):  # a text that only 1.x reads
        places, wanted = [], ()
    for path, offset in sorted(places, key=lambda place: (place[0][-len(wanted) :] != wanted, place[1])):
        if any(path[start : start + len(wanted)] == wanted for start in range(len(path))):
            return problem_at(
                name, text, offset, problem.message, code=problem.code, severity=problem.severity,
                type=problem.type, path=problem.path, remedy=problem.remedy,
            )  # fmt: skip
    problem.file = name
    return problem

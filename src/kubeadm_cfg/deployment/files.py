"""The files of one cluster, loaded: files that are given, those at a path, those of a directory by their content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from kubeadm_cfg.checks.intake import Source
    from kubeadm_cfg.containerd.file import ConfigToml
    from kubeadm_cfg.file import ConfigFile

__all__ = ["Given", "cluster_files"]

Given: TypeAlias = "ConfigFile | ConfigToml | str | PathLike[str]"


def cluster_files(given: Iterable[Given]) -> list[ConfigFile | ConfigToml]:
    """The files, in the order given; of a directory what belongs to its own cluster, foreign files left out.

    Raises:
        OSError: a file cannot be read.
        ParseError: a file cannot be loaded as what it is.
        TypeError: something is neither a file nor a path.
    """
    return [file for one in given for file in _loaded(one)]


def _loaded(one: Any) -> Iterator[ConfigFile | ConfigToml]:
    from kubeadm_cfg.checks.intake import clusters
    from kubeadm_cfg.containerd.file import ConfigToml
    from kubeadm_cfg.file import ConfigFile

    if isinstance(one, (ConfigFile, ConfigToml)):
        yield one
        return
    if not isinstance(one, (str, PathLike)):
        raise TypeError(f"a file is what kc.load, kc.flannel.load or kc.containerd.load gives, or a path, not {one!r}")
    for source in next(iter(clusters([cast("str", one)])), []):
        if source.what != "foreign" or source.is_given:
            yield _as_what_it_is(source)


def _as_what_it_is(source: Source) -> ConfigFile | ConfigToml:
    from kubeadm_cfg import containerd, flannel
    from kubeadm_cfg.file import loads

    is_toml = source.what == "containerd" or source.name.endswith(".toml")
    load = containerd.loads if is_toml else flannel.loads if source.what == "flannel" else loads
    made: ConfigFile | ConfigToml = load(source.text, source.name)
    made.path = Path(source.name)  # so that it can be saved
    return made

"""Charts of a cluster and of the choices (extra `plot`): they show in Jupyter and are saved as SVG or PNG."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.table import Language
    from kubeadm_cfg.charts.chart import Chart
    from kubeadm_cfg.charts.comparing import Comparison
    from kubeadm_cfg.charts.ranges import AddressPlan
    from kubeadm_cfg.containerd.file import ConfigToml
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.host import Host

__all__ = ["address_plan", "backends", "modes", "modes_by_minor"]


def address_plan(
    *files: ConfigFile | ConfigToml, hosts: Iterable[Host | str] = (), language: Language = "en"
) -> Chart[AddressPlan]:
    r"""The ranges of hosts, services, pods and flannel on one axis for each family, overlaps in red, and what fits.

    The axis keeps the order of addresses and not their distances: each piece grows with the logarithm of its size.

    Args:
        files: loaded files of one cluster, in any order; one has a ClusterConfiguration. containerd's say nothing here.
        hosts: the machines; or their networks and addresses as texts, such as ``"192.168.6.0/24"``.
        language: of the texts; ``"zh"`` needs a font with Chinese characters, without one they are English.

    Raises:
        MissingDocument: no file has a ClusterConfiguration.
        ConfigError: a range is no CIDR, or a host neither an address nor a CIDR.
        ModuleNotFoundError: matplotlib is not installed.

    >>> import kubeadm_cfg as kc
    >>> f = kc.loads(
    ...     "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n"
    ...     "networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}\n"
    ... )
    >>> chart = kc.plot.address_plan(f, hosts=["10.100.0.0/16"])
    >>> [str(overlap) for overlap in chart.data.overlaps]
    ['hosts 10.100.0.0/16 and networking.serviceSubnet 10.96.0.0/12']
    >>> chart.data.families[0].capacity.pods
    28160
    """
    from kubeadm_cfg.charts.address_drawing import drawn
    from kubeadm_cfg.charts.ranges import plan_of
    from kubeadm_cfg.file import ConfigFile

    configs = [file for file in files if isinstance(file, ConfigFile)]
    plan = plan_of(configs, hosts)
    name = next((cluster.cluster_name for file in configs if (cluster := file.get("ClusterConfiguration"))), None)
    return drawn(plan, name or "kubernetes", language)


def modes(*, kubernetes: str | None = None, language: Language = "en") -> Chart[Comparison]:
    """The modes of kube-proxy beside each other: the guide's stars, then what is advised in that minor.

    Args:
        kubernetes: a version such as ``"1.34"``; by default the newest minor known.
        language: of the texts; ``"zh"`` needs a font with Chinese characters, without one they are English.

    Raises:
        ValueError: no version, or one before the oldest minor known.
        ModuleNotFoundError: matplotlib is not installed.

    Source: `advise.tables.PROXY_MODES` and `advise.proxy_mode`.

    >>> import kubeadm_cfg as kc
    >>> chart = kc.plot.modes(kubernetes="1.34")
    >>> production = [column.title.en for column in chart.data.columns].index("production")
    >>> [(mode, chart.data.cell(mode, production).score) for mode in chart.data.options[:3]]
    [('ipvs', 4), ('iptables', 3), ('nftables', 5)]
    """
    from kubeadm_cfg.charts.comparing import of_modes
    from kubeadm_cfg.charts.comparison_drawing import drawn

    return drawn(of_modes(kubernetes), language)


def modes_by_minor(
    *, environment: Literal["production", "development"] = "production", language: Language = "en"
) -> Chart[Comparison]:
    """What is advised for kube-proxy on Linux in every minor that is known, and what the guide says.

    Args:
        environment: what the cluster is for.
        language: of the texts; ``"zh"`` needs a font with Chinese characters, without one they are English.

    Raises:
        ValueError: another environment.
        ModuleNotFoundError: matplotlib is not installed.

    Source: `advise.proxy_mode`.

    >>> import kubeadm_cfg as kc
    >>> data = kc.plot.modes_by_minor().data
    >>> [data.cell("ipvs", number).score for number in range(len(data.columns))]
    [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 2, 2, 1]
    """
    from kubeadm_cfg.charts.comparing import of_modes_by_minor
    from kubeadm_cfg.charts.comparison_drawing import drawn

    return drawn(of_modes_by_minor(environment), language)


def backends(*, release: str | None = None, language: Language = "en") -> Chart[Comparison]:
    """The backends of flannel beside each other: what is advised in each environment with that release.

    Args:
        release: of flannel, such as ``"v0.28.9"``; by default the newest known.
        language: of the texts; ``"zh"`` needs a font with Chinese characters, without one they are English.

    Raises:
        ValueError: no release.
        ModuleNotFoundError: matplotlib is not installed.

    Source: `advise.flannel_backend` and the guide's `advise.tables.BACKEND_SELECTION`.

    >>> import kubeadm_cfg as kc
    >>> data = kc.plot.backends(release="v0.28.9").data
    >>> data.columns[6].title.en, data.cell("aws-vpc", 6).score, data.cell("vxlan", 6).is_choice
    ('AWS', None, True)
    """
    from kubeadm_cfg.charts.comparing import of_backends
    from kubeadm_cfg.charts.comparison_drawing import drawn

    return drawn(of_backends(release), language)

"""Charts of a cluster and of the choices (extra `plot`): they show in Jupyter and are saved as SVG or PNG."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kubeadm_cfg.advisor.table import Language
    from kubeadm_cfg.charts.chart import Chart
    from kubeadm_cfg.charts.ranges import AddressPlan
    from kubeadm_cfg.file import ConfigFile
    from kubeadm_cfg.host import Host

__all__ = ["address_plan"]


def address_plan(*files: ConfigFile, hosts: Iterable[Host | str] = (), language: Language = "en") -> Chart[AddressPlan]:
    r"""The ranges of hosts, services, pods and flannel on one axis for each family, overlaps in red, and what fits.

    The axis keeps the order of addresses and not their distances: each piece grows with the logarithm of its size.

    Args:
        files: loaded files of one cluster, in any order; one has a ClusterConfiguration.
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

    plan = plan_of(files, hosts)
    name = next((cluster.cluster_name for file in files if (cluster := file.get("ClusterConfiguration"))), None)
    return drawn(plan, name or "kubernetes", language)

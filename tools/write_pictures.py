"""Writes docs/images/: the charts that pages show, in English, and in Chinese where a font for it is installed."""

from __future__ import annotations

from pathlib import Path

import kubeadm_cfg as kc
from kubeadm_cfg.advisor.table import Language

ROOT = Path(__file__).resolve().parent.parent
HOST = kc.Host(
    name="cp-1",
    addresses=["192.168.6.149"],
    routes=["192.168.6.0/24 dev eth0 scope link src 192.168.6.149", "172.31.0.0/20 dev docker0 scope link"],
)


def write(language: Language, suffix: str) -> None:
    """The pictures in one language."""
    files = [kc.load(ROOT / "examples" / "wx-omega" / name) for name in ("kubeadm.yaml", "030-flannel.yaml")]
    charts = {
        "address-plan": kc.plot.address_plan(*files, hosts=[HOST], language=language),
        "modes-by-minor": kc.plot.modes_by_minor(language=language),
        "backends": kc.plot.backends(language=language),
    }
    for name, chart in charts.items():
        if chart.language == language:
            chart.savefig(ROOT / "docs" / "images" / f"{name}{suffix}.png")


if __name__ == "__main__":
    (ROOT / "docs" / "images").mkdir(exist_ok=True)
    write("en", "")
    write("zh", ".zh")

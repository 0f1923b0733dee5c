"""The text of a fleet: many clusters in one file, each typical.yaml with names, addresses and numbers of its own."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"
DOCUMENTS_PER_CLUSTER = 4


def fleet(documents: int = 10_000) -> str:
    """One text of that many documents; the same text on every machine."""
    typical = (DATA / "typical.yaml").read_text(encoding="utf-8")
    return "---\n".join(cluster(typical, number) for number in range(documents // DOCUMENTS_PER_CLUSTER))


def cluster(typical: str, number: int) -> str:
    """One of them."""
    return (
        typical.replace("192.0.2.10 ", f"10.{number >> 8}.{number & 255}.10 ")
        .replace("name: cp-0", f"name: cp-{number}")
        .replace("clusterName: lab", f"clusterName: lab-{number}")
        .replace("lb.example.test", f"lb-{number}.example.test")
        .replace("maxPods: 110", f"maxPods: {110 + number % 140}")
    )

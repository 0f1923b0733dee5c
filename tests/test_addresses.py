"""Addresses and ranges: what Go's net package reads, and what it refuses."""

from __future__ import annotations

import pytest

from kubeadm_cfg.addresses import parse_cidr, parse_ip


@pytest.mark.parametrize(
    "text", ["10.96.0.10", "0.0.0.0", "::", "::1", "fd00::", "1:2:3:4:5:6:7::", "::ffff:10.0.0.1", "A:b::C"]
)
def test_go_reads_the_address(text: str) -> None:
    assert parse_ip(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "", " 10.0.0.1", "010.0.0.1", "10.0.0", "10.0.0.256", "10.0.0.1/8", "10.0.0.1:80", "fe80::1%eth0", "1::2::3",
        "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "fd00::1:", ":::", "12345::", "1.2.3.4::", "[::1]", "\uff11.2.3.4",
    ],
)  # fmt: skip
def test_go_refuses_the_address(text: str) -> None:
    assert parse_ip(text) is None


@pytest.mark.parametrize(
    ("text", "network"),
    [("10.244.1.2/16", "10.244.0.0/16"), ("fd00::1/48", "fd00::/48"), ("10.0.0.1/32", "10.0.0.1/32")],
)
def test_go_reads_the_range_and_its_network(text: str, network: str) -> None:
    parsed = parse_cidr(text)
    assert parsed is not None
    assert str(parsed.cidr) == network


@pytest.mark.parametrize(
    "text",
    ["10.0.0.0", "10.0.0.0/", "10.0.0.0/+8", "10.0.0.0/33", "fd00::/129", "10.0.0.0/255.0.0.0", "10/8", "/8", ""],
)
def test_go_refuses_the_range(text: str) -> None:
    assert parse_cidr(text) is None

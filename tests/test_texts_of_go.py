"""Texts inside values, read as Go's library and those of Kubernetes read them: numbers, ports, URLs, image names."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeadm_cfg.addresses import sloppy_cidr, sloppy_ip
from kubeadm_cfg.checks.grammar import (
    Url,
    UrlError,
    host_port,
    is_endpoint,
    is_full_image_name,
    is_repository,
    is_san,
    parse_url,
)
from kubeadm_cfg.numbers import atoi, is_port, is_port_range


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("24", 24), ("+24", 24), ("-1", -1), ("0024", 24), ("0" * 5000 + "7", 7), ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None), ("9" * 5000, None), ("", None), ("+", None), ("0x18", None), ("1_000", None),
        (" 24", None), ("24.0", None), ("\u0664", None),
    ],
)  # fmt: skip
def test_a_number_is_what_atoi_reads(text: str, number: int | None) -> None:
    assert atoi(text) == number


@pytest.mark.parametrize(
    ("text", "is_one"), [("1", True), ("65535", True), ("0", False), ("65536", False), ("-1", False)]
)
def test_ports_lie_between_1_and_65535(text: str, is_one: bool) -> None:
    assert is_port(text) is is_one


@pytest.mark.parametrize("text", ["30000-32767", "80", "80-80", "80+8", " 80-90 ", "0"])
def test_a_range_of_ports(text: str) -> None:
    assert is_port_range(text)


@pytest.mark.parametrize(
    "text", ["2000-1000", "80 - 90", "-80", "+80", "80-", "1-2-3", "1-+2", "65536", "1-65536", "65535+1", "a", "80--90"]
)
def test_no_range_of_ports(text: str) -> None:
    assert not is_port_range(text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("lb:6443", ("lb", "6443")),
        ("[fd00::1]:6443", ("fd00::1", "6443")),
        ("lb:", ("lb", "")),
        (":6443", ("", "6443")),
        ("lb", None),
        ("fd00::1", None),
        ("[fd00::1]", None),
        ("[fd00::1]x:6443", None),
        ("a[b]:1", None),
        ("[a:1", None),
    ],
)
def test_host_and_port_are_cut_apart(text: str, cut: tuple[str, str] | None) -> None:
    assert host_port(text) == cut


@pytest.mark.parametrize(
    "text", ["lb", "lb:6443", "lb:", "10.0.0.1", "010.0.0.1:06443", "fd00::1", "[fd00::1]:6443", "1.2.3.4.5"]
)
def test_an_endpoint_of_the_control_plane(text: str) -> None:
    assert is_endpoint(text)


@pytest.mark.parametrize(
    "text", ["[fd00::1]", "https://lb", "lb:0", "lb:65536", "lb:x", ":6443", "LB", "lb_1", "lb/x", "fe80::1%eth0"]
)
def test_no_endpoint_of_the_control_plane(text: str) -> None:
    assert not is_endpoint(text)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://10.0.0.1:2379", Url("https", "")),
        ("HTTPS://a/b", Url("https", "/b")),
        ("etcd:2379", Url("etcd", "")),
        ("etcd-1.example.org", Url("", "etcd-1.example.org")),
        ("file:///etc/x", Url("file", "/etc/x")),
        ("file://", Url("file", "")),
        ("unix:///run/x.sock", Url("unix", "/run/x.sock")),
        ("http://a:1?b/c", Url("http", "")),
        ("http://[fe80::1%25eth0]:80/", Url("http", "/")),
        ('http://a"<b>/', Url("http", "/")),
        ("http://user:pass@a/", Url("http", "/")),
        ("", Url("", "")),
        ("///x", Url("", "///x")),
    ],
)
def test_a_url_is_taken_apart(text: str, url: Url) -> None:
    assert parse_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1:2379", ":2379", "http://a b/", "http://a:x/", "http://[fd00::1", "http://a%41/", "http://a/%zz",
        "http://us er@a/", "http://a\\b", "http://a\n", "http://a/#%zz", "1a:b",
    ],
)  # fmt: skip
def test_go_refuses_the_url(text: str) -> None:
    with pytest.raises(UrlError):
        parse_url(text)


@pytest.mark.parametrize("text", ["registry.k8s.io", "10.0.0.1:5000/a", "Host:5/a", "a", "a/b__c-d.e", "a" * 300])
def test_images_can_be_named_below(text: str) -> None:
    assert is_repository(text)


@pytest.mark.parametrize("text", ["https://a", "a/", "a//b", "a/B", "a:tag/b", "a/b:1", "a@sha256:0", " a", "a/b___c"])
def test_no_images_can_be_named_below(text: str) -> None:
    assert not is_repository(text)


@pytest.mark.parametrize("text", ["registry.test/a", "localhost/a", "a:5000/b/c", "docker.io/library/nginx", "Host/a"])
def test_a_full_image_name(text: str) -> None:
    assert is_full_image_name(text)


@pytest.mark.parametrize(
    "text", ["nginx", "library/nginx", "docker.io/nginx", "a.io/b:1", "index.docker.io/a/b", "a.io/B"]
)
def test_no_full_image_name(text: str) -> None:
    assert not is_full_image_name(text)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a.b", True), ("*.a", True), ("*", False), ("*.*.a", False), ("a_b", False), ("10.0.0.0/8", False),
        ("a" * 253, True), ("a" * 254, False), ("*." + "a" * 251, True), ("*." + "a" * 252, False),
    ],
)  # fmt: skip
def test_what_stands_in_a_certificate(text: str, fits: bool) -> None:
    assert is_san(text) is fits


@pytest.mark.parametrize(
    ("text", "network"),
    [("010.000.0.0/08", "10.0.0.0/8"), ("::ffff:010.0.0.0/104", "::ffff:10.0.0.0/104"), ("fd00::/048", "fd00::/48")],
)
def test_zeros_before_numbers_do_not_count_in_sloppy_ranges(text: str, network: str) -> None:
    assert str(sloppy_cidr(text)) == network


@given(st.text(alphabet="a0:/?#[]@%.x -\\*", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (
        atoi,
        is_port_range,
        host_port,
        is_endpoint,
        is_repository,
        is_full_image_name,
        sloppy_ip,
        sloppy_cidr,
    ):
        read(text)
    with suppress(UrlError):
        assert parse_url(text).scheme.islower() or not parse_url(text).scheme

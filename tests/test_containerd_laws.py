"""Laws of containerd files: bytes stay, one edit changes one place, what is written for a registry is plain HTTP."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kubeadm_cfg as kc
from corpora import rows

pytestmark = pytest.mark.law

RELEASES = (
    "1.5.0",
    "1.6.20",
    "1.6.39",
    "1.7.0",
    "1.7.31",
    "1.7.34",
    "2.0.11",
    "2.1.9",
    "2.2.0",
    "2.2.1",
    "2.2.7",
    "2.3.4",
)
TEXTS = [
    *sorted({case["toml"] for case in rows("containerd.jsonl") if case["kind"] == "config"}),
    "a = [ # why\n  1, # one\n  2,\n]\nb.c.d = {x = 1, y = {z = '''q'''}}\n[t] # table\n\n[t.u]\nk = 1979-05-27\n",
    '[[a]]\nx = """\nmany # lines\n"""\n[[a]]\n[a.b]\ny = "\\u00e9"\n# end',
]
HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,8}(\.[a-z0-9]{1,8}){0,2}(:[1-9][0-9]{0,3})?", fullmatch=True) | st.sampled_from(
    ["192.168.6.164:5000", "localhost:5000", "localhost", "127.0.0.1:80", "[fd00::1]:5000", "docker.io"]
)


def loaded(text: str) -> Any:
    try:
        return kc.containerd.loads(text)
    except kc.ConfigError:
        return None


@given(st.sampled_from(TEXTS), st.booleans(), st.booleans())
def test_a_text_that_is_not_edited_comes_back_byte_for_byte(text: str, bom: bool, crlf: bool) -> None:
    data = ("\ufeff" if bom else "").encode() + (text.replace("\n", "\r\n") if crlf else text).encode()
    try:
        f = kc.containerd.loads(data)
    except kc.ConfigError:
        return
    assert bytes(f) == data
    assert f.diff() == ""


KEYS = st.sampled_from(["version", "root", "plugins", "io.containerd.grpc.v1.cri", "t", "a", "b", "x", "k", "é", ""])
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=4) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(TEXTS), st.lists(KEYS, min_size=1, max_size=4), VALUES, st.booleans())
def test_an_edit_says_what_was_meant_or_moves_no_byte(text: str, keys: list[str], value: Any, crlf: bool) -> None:
    f = loaded(text.replace("\n", "\r\n") if crlf else text)
    if f is None:
        return
    before = f.text
    try:
        f.set(keys, value)
    except kc.EditError:
        assert f.text == before
        return
    assert f.get(keys) == value
    changed = f.text
    f.set(keys, value)
    assert f.text == changed


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(value, dict) or not value:
        return [path]
    return [leaf for key, item in value.items() for leaf in leaves(item, (*path, key))]


def untouched(before: str, after: str) -> int:
    """How many characters at the beginning and at the end are the same."""
    start = common(before, after)
    return start + common(before[start:][::-1], after[start:][::-1])


def common(a: str, b: str) -> int:
    return next((number for number, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@given(st.sampled_from(TEXTS), st.data(), st.booleans())
def test_one_edit_changes_one_place(text: str, data: st.DataObject, crlf: bool) -> None:
    f = loaded(text.replace("\n", "\r\n") if crlf else text)
    if f is None or not f.to_dict():
        return
    path = data.draw(st.sampled_from(leaves(f.to_dict())))
    before = f.text
    if isinstance(f.get(path), (dict, list)):
        return
    f.set(path, "another value")
    assert f.text.count('"another value"') == 1
    line = next(number for number, one in enumerate(f.text.splitlines()) if "another value" in one)
    old = before.splitlines()
    taken = len(old) - len(f.text.splitlines()) + 1  # a text of several lines becomes one line
    assert f.text.splitlines()[:line] == old[:line]
    assert f.text.splitlines()[line + 1 :] == old[line + taken :]

    g = loaded(before)
    g.set([*path[:-1], "a new key"], 1)
    assert untouched(before, g.text) == len(before)


@given(st.sampled_from(TEXTS), st.lists(KEYS, min_size=1, max_size=3))
def test_what_is_set_and_taken_out_again_leaves_the_text_as_it_was(text: str, keys: list[str]) -> None:
    f = loaded(text)
    if f is None or (len(keys) > 1 and f.get(keys[:-1], None) is None) or f.get(keys, None) is not None:
        return
    try:
        f.set(keys, 1)
    except kc.EditError:
        return
    assert f.get(keys) == 1
    f.unset(keys)
    assert f.to_dict() == kc.containerd.loads(text).to_dict()


@given(HOSTS, st.sampled_from(RELEASES), st.sampled_from(["hosts", "mirrors"]))
def test_what_is_written_for_an_http_registry_is_plain_http(host: str, release: str, way: Any) -> None:
    try:
        files = kc.containerd.http_registry(host, release, way=way)
    except kc.ConfigError:
        assert way == "mirrors"
        assert release in ("2.2.0", "2.2.1")
        return
    report = kc.containerd.check_text(files["/etc/containerd/config.toml"], release)
    assert report.ok, report
    tries = kc.containerd.resolve_hosts(files, host, release)["tries"]
    if way == "mirrors" and host == "docker.io":
        tries = tries[:1]  # the registry behind that name has another one
    assert {(one["scheme"], one["host"], one["path"]) for one in tries} == {("http", host, "/v2")}
    assert not any("https_first_then_http" in one for one in tries)


@given(st.binary(max_size=60) | st.text(max_size=60) | st.sampled_from(TEXTS), st.sampled_from(RELEASES), st.data())
def test_any_bytes_give_a_result_or_a_config_error(raw: Any, release: str, data: st.DataObject) -> None:
    if isinstance(raw, str) and raw:
        start = data.draw(st.integers(0, len(raw) - 1))
        raw = (
            raw[:start]
            + data.draw(st.sampled_from(["", "[", "=", '"', "{", "\n", "1", "[a]\n", "#", "{\n}", '"\\/"', "# \x01\n"]))
            + raw[start + 1 :]
        )
    report = kc.containerd.check_text(raw, release)
    text = raw if isinstance(raw, str) else raw.decode("latin-1")
    for call in (
        lambda: kc.containerd.effective(raw, release),
        lambda: kc.containerd.loads(raw).migrate(),
        lambda: kc.containerd.resolve_hosts({"a.test/hosts.toml": text}, "a.test", release),
    ):
        with contextlib.suppress(kc.ConfigError):
            call()
    assert str(report) or report.ok


ITEMS = st.lists(st.sampled_from(["a", "b", "it's", 'say "x"', "c d"]) | st.integers(0, 3), max_size=5)


@given(ITEMS, ITEMS, st.sampled_from(["[{}]", "[\n  {}\n] # why", "[ {} ,]"]), st.booleans(), st.booleans())
def test_a_list_says_what_was_meant_and_what_stays_keeps_its_text(
    before: list[Any], after: list[Any], frame: str, lines: bool, crlf: bool
) -> None:
    from kubeadm_cfg.containerd.rendering import rendered

    text = f"k = {frame.format((',' + chr(10) + '  ' if lines else ', ').join(map(rendered, before)))}\nz = 1 # end\n"
    f = loaded(text.replace("\n", "\r\n") if crlf else text)
    if f is None:
        return
    old = f.text
    f.set("k", after)
    assert f.get("k") == after
    assert f.text.endswith("z = 1 # end\r\n" if crlf else "z = 1 # end\n")
    assert ("# why" in f.text) == ("# why" in text)
    assert ("\r\n" in f.text) == crlf
    f.set("k", before)
    assert f.get("k") == before
    if before == after:
        assert f.text == old


ENDPOINTS = st.lists(
    st.sampled_from(
        ["http://10.0.0.5:5000", "https://m.test", "m.test", "https://m.test/proxy", "http://[fd00::1]:5000", "r.test"]
    ),
    max_size=3,
)
IMAGE_HOSTS = ("r.test", "docker.io", "10.0.0.5:5000", "[fd00::1]:5000", "z.test")


@given(
    st.dictionaries(st.sampled_from([*IMAGE_HOSTS[:4], "*"]), ENDPOINTS, min_size=1, max_size=3),
    st.sampled_from([release for release in RELEASES if release not in ("1.5.0", "2.2.0", "2.2.1")]),
)
def test_hosts_toml_files_lead_where_the_mirrors_led(mirrors: dict[str, list[str]], release: str) -> None:
    f = kc.containerd.loads("version = 2\n")
    f.mirrors = {host: {"endpoint": endpoints} for host, endpoints in mirrors.items()}
    config = "/etc/containerd/config.toml"
    before = {config: f.text}
    if any("[" in host for host in mirrors) and not kc.containerd.check_text(f.text, release).ok:
        return  # 1.x reads no brackets in a header
    after = f.mirrors_to_hosts(release) | {config: f.text}
    assert "mirrors" not in f.text
    assert f.check(release).ok
    for image_host in IMAGE_HOSTS:
        old, new = (kc.containerd.resolve_hosts(files, image_host, release) for files in (before, after))
        assert not new["file_ignored"]
        ways = [[(one["scheme"], one["host"], one["path"]) for one in found["tries"]] for found in (old, new)]
        assert list(dict.fromkeys(ways[0])) == list(dict.fromkeys(ways[1]))

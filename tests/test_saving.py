"""Files on disk: written whole or not at all, and never over what somebody else wrote; bad input never touches them."""

from __future__ import annotations

import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kubeadm_cfg as kc

TEXT = """\
# owned by the platform team
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
maxPods: 110   # per node
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "kubelet.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def test_a_save_writes_the_edit_and_says_so(path: Path) -> None:
    f = kc.load(path)
    f.kubelet.max_pods = 64
    assert f.save() is True
    assert path.read_text(encoding="utf-8") == TEXT.replace("110", "64")
    assert f.diff() == ""


def test_nothing_changed_nothing_written(path: Path) -> None:
    before = path.stat()
    f = kc.load(path)
    f.kubelet.max_pods = 64
    f.kubelet.max_pods = 110
    assert f.save() is False
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_mode_and_symlink_stay(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    f = kc.load(link)
    f.kubelet.max_pods = 64
    f.save()
    assert link.is_symlink()
    assert "64" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_backup_keeps_the_old_file(path: Path) -> None:
    f = kc.load(path)
    f.kubelet.max_pods = 64
    f.save(backup=True)
    assert path.with_name("kubelet.yaml.bak").read_text(encoding="utf-8") == TEXT


def test_no_other_file_is_left_behind(path: Path) -> None:
    f = kc.load(path)
    f.kubelet.max_pods = 64
    f.save()
    assert [entry.name for entry in path.parent.iterdir()] == ["kubelet.yaml"]


@pytest.mark.parametrize("change", ["changed", "removed"])
def test_a_file_that_changed_meanwhile_is_not_written_over(path: Path, change: str) -> None:
    f = kc.load(path)
    f.kubelet.max_pods = 64
    if change == "changed":
        path.write_text("other", encoding="utf-8")
    else:
        path.unlink()
    with pytest.raises(kc.StaleFileError, match=change):
        f.save()
    assert not path.exists() or path.read_text(encoding="utf-8") == "other"
    assert f.save(force=True)
    assert path.read_text(encoding="utf-8") == TEXT.replace("110", "64")


def test_save_all_checks_every_file_before_it_writes_the_first(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEXT, encoding="utf-8")
    files = [kc.load(path), kc.load(other)]
    for f in files:
        f.kubelet.max_pods = 64
    other.write_text("changed", encoding="utf-8")
    with pytest.raises(kc.StaleFileError):
        kc.save_all(files)
    assert path.read_text(encoding="utf-8") == TEXT
    assert kc.save_all(files, force=True) == [True, True]


def test_a_text_has_no_place_of_its_own(tmp_path: Path) -> None:
    f = kc.loads(TEXT)
    with pytest.raises(ValueError, match="save\\(path\\)"):
        f.save()
    assert f.save(tmp_path / "new.yaml")
    assert (tmp_path / "new.yaml").read_text(encoding="utf-8") == TEXT
    f.kubelet.max_pods = 64
    assert f.save()
    assert "64" in (tmp_path / "new.yaml").read_text(encoding="utf-8")


KILLED = """
import sys
import kubeadm_cfg as kc
f = kc.load(sys.argv[1])
for turn in range(1_000_000):
    f.kubelet.max_pods = (111, 222)[turn % 2]
    f.save()
    if turn == 0:
        print("ready", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is how a crash is made here, and Windows has none")
def test_kill_9_at_any_moment_leaves_the_old_file_or_the_new_one(path: Path) -> None:
    # Large enough that a write in place would be caught half done.
    filler = "".join(f"# line {number} of a long file\n" for number in range(20_000))
    whole = {TEXT.replace("110", str(pods)) + filler for pods in (111, 222)}
    path.write_text(TEXT + filler, encoding="utf-8")
    moments = random.Random(7)
    for _ in range(8):
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(moments.uniform(0.0, 0.12))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert path.read_text(encoding="utf-8") in whole


BAD = {
    "not UTF-8": (b"apiVersion: v1\nkind: \xff\n", 2, 7),
    "broken YAML": (b"a: 1\nb: [1, 2\nc: 3\n", None, None),
    "nested brackets": (b"a: " + b"[" * 100_000, 1, None),
    "NUL": (b"a: 1\nb: \x00\n", 2, 4),
    "aliases": (
        b"a: &a [x,x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(9)),
        None,
        None,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named_with_its_place_within_a_second(name: str, tmp_path: Path) -> None:
    data, line, column = BAD[name]
    path = tmp_path / "bad.yaml"
    path.write_bytes(data)
    started = time.perf_counter()
    with pytest.raises(kc.ParseError) as caught:
        kc.load(path)
    assert time.perf_counter() - started < 1
    problem = caught.value.problems[0]
    assert problem.file == str(path)
    assert problem.line is not None
    assert problem.column is not None
    assert line in (None, problem.line)
    assert column in (None, problem.column)
    assert str(caught.value).startswith(f"{path}:{problem.line}:{problem.column}: error: ")
    assert path.read_bytes() == data
    assert [entry.name for entry in tmp_path.iterdir()] == ["bad.yaml"]


def test_a_wrong_type_is_a_decode_error_at_its_value(tmp_path: Path) -> None:
    path = tmp_path / "kubelet.yaml"
    path.write_text(TEXT.replace("110", "many"), encoding="utf-8")
    for strict in (True, False):
        with pytest.raises(kc.DecodeError) as caught:
            assert kc.load(path, strict=strict).kubelet is not None
        assert [(p.line, p.column) for p in caught.value.problems] == [(4, 10)]


def test_every_broken_document_is_listed() -> None:
    with pytest.raises(kc.ParseError) as caught:
        kc.loads("a: [\n---\nb: 1\n---\nc: {\n", name="two.yaml")
    assert [problem.document for problem in caught.value.problems] == [0, 2]


@pytest.mark.slow
def test_ten_thousand_documents_are_no_attack() -> None:
    f = kc.loads("---\n".join([TEXT] * 10_000))
    assert len(f.documents) == 10_000
    f.documents[-1].set("maxPods", 1)
    assert f.text.endswith("maxPods: 1   # per node\n")

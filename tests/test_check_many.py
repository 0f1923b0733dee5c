"""check_many: many clusters, in their order, by one process or several, with the same results."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

import kubeadm_cfg as kc
from kubeadm_cfg.checks.asking import check
from kubeadm_cfg.checks.many import check_many

TEXT = (
    "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nclusterName: c{}\nnetworking: {{podSubnet: {}}}\n"
)


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    made = [tmp_path / f"{number:03}.yaml" for number in range(40)]
    for number, path in enumerate(made):
        path.write_text(TEXT.format(number, "10.244.0.0/16" if number % 3 else "10.244.0.0"), encoding="utf-8")
    return made


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_group_has_the_report_that_check_gives(paths: list[Path], jobs: int) -> None:
    found = list(check_many(paths, jobs=jobs, kubernetes="1.34"))
    assert [path for path, _ in found] == paths
    for path, (_, report) in zip(paths, found, strict=True):
        assert report.to_dict() == check(path, kubernetes="1.34").to_dict()


def test_a_group_of_several_files_is_one_cluster(paths: list[Path]) -> None:
    groups = [paths[:2], paths[2:3]]
    found = list(check_many(groups, jobs=2))
    assert [group for group, _ in found] == groups
    assert [len(report.files) for _, report in found] == [2, 1]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_file_that_is_not_there_is_a_problem_of_its_own(paths: list[Path], jobs: int) -> None:
    found = [report for _, report in check_many([paths[0], "missing.yaml", paths[1]], jobs=jobs)]
    assert [report.errors[0].code for report in found if not report.ok][-1] == "file.unreadable"
    assert [problem.file for problem in found[1]] == ["missing.yaml"]
    assert len(found) == 3


def test_groups_are_read_as_the_work_goes_on(paths: list[Path]) -> None:
    endless = (paths[number % 40] for number in count())
    found = check_many(endless, jobs=2)
    assert next(found)[0] == paths[0]
    assert next(found)[0] == paths[1]
    found.close()  # type: ignore[attr-defined]  # an iterator in its type, a generator in fact


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_is_told(paths: list[Path], jobs: int) -> None:
    told: list[tuple[int, int | None]] = []
    list(check_many(paths[:3], jobs=jobs, progress=lambda done, total: told.append((done, total))))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    told.clear()
    list(check_many(iter(paths[:1]), jobs=1, progress=lambda done, total: told.append((done, total))))
    assert told == [(0, None), (1, None)]


def test_no_process_is_a_value_error(paths: list[Path]) -> None:
    with pytest.raises(ValueError, match="jobs is at least 1"):
        check_many(paths, jobs=0)
    with pytest.raises(ValueError, match="no command"):
        list(check_many(paths, jobs=2, command="apply"))


def test_a_fix_of_another_process_is_told_but_not_made(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(TEXT.format(0, "10.244.0.0/16").replace("clusterName", "clustername"), encoding="utf-8")
    (_, here), (_, there) = (next(iter(check_many([path, path], jobs=jobs, kubernetes="1.34"))) for jobs in (1, 2))
    assert here.to_dict() == there.to_dict()
    assert here.to_sarif() == there.to_sarif()
    assert str(here) == str(there)
    fix = there.errors[0].fix
    assert "+clusterName" in fix.diff()
    with pytest.raises(kc.EditError, match="another process"):
        fix.apply()
    assert list(there.fix()) == []

"""What comes out of a text is what comes out of Kubernetes' decoder: values, canonical forms, what is dropped.

`decode-values.jsonl` holds many values in a field of each type, with the verdict of apimachinery 0.37.2; its `json`, as
that of `decode.jsonl` here, is without what Go's omitempty leaves out.
"""

from __future__ import annotations

from typing import Any

import pytest

import kubeadm_cfg as kc
from corpora import Case, rows

FATAL = ("split", "interpret", "decode", "marshal")


def pruned(value: Any) -> Any:
    """Without zero values: whether Go writes those depends on omitempty."""
    if isinstance(value, dict):
        kept = {key: pruned(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if not is_zero(item) and (key, item) != ("infoBufferSize", "0")}
    return [pruned(item) for item in value] if isinstance(value, list) else value


def is_zero(value: Any) -> bool:
    return value in (None, "", "0s", {}, []) or value is False or (type(value) in (int, float) and value == 0)


@pytest.mark.corpus
@pytest.mark.parametrize("case", rows("decode-values.jsonl"), ids=lambda case: case["id"])
def test_a_value_is_taken_or_refused_and_comes_out_as_in_kubernetes(case: Case) -> None:
    report = kc.check_text(case["yaml"], rules="decode")
    codes = {problem.code.split(".")[0] for problem in report.errors}
    assert bool(codes & {"yaml", "decode"}) == (case["stage"] in FATAL)
    if "json" in case:
        assert bool({problem.type for problem in report} & {"Unknown", "Duplicate"}) == (case["stage"] == "strict")
        (document,) = kc.loads(case["yaml"]).documents
        assert document.obj is not None
        assert pruned(kc.to_dict(document.obj)) == case["json"]
    elif case["stage"] == "decode":
        with pytest.raises(kc.ConfigError):
            _ = kc.loads(case["yaml"]).documents[0].obj


@pytest.mark.corpus
@pytest.mark.parametrize("case", rows("decode.jsonl"), ids=lambda case: case["id"])
def test_the_objects_of_a_file_are_those_of_kubernetes(case: Case) -> None:
    if any(document["stage"] in FATAL for document in case["docs"]):
        assert kc.check_text(case["yaml"], rules="decode").errors
        return
    wanted = [document["json"] for document in case["docs"] if document["stage"] in ("done", "strict")]
    objects = [document.obj for document in kc.loads(case["yaml"]).documents if document.obj is not None]
    assert [pruned(kc.to_dict(obj)) for obj in objects] == [pruned(json) for json in wanted]

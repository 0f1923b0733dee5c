"""Durations, quantities, times and tokens read and print as Go does."""

from __future__ import annotations

import copy
import pickle
import struct
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubeadm_cfg.quantities import canonical_quantity
from kubeadm_cfg.values import Duration, bootstrap_token, canonical_timestamp, float32, number_text

NANOSECONDS = st.integers(-(1 << 63), (1 << 63) - 1)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0", "0s"),
        ("0s", "0s"),
        ("30s", "30s"),
        ("60s", "1m0s"),
        ("90m", "1h30m0s"),
        ("1.5h", "1h30m0s"),
        ("24h", "24h0m0s"),
        (".5s", "500ms"),
        ("1.s", "1s"),
        ("100ms", "100ms"),
        ("1us", "1\u00b5s"),
        ("1\u00b5s", "1\u00b5s"),
        ("1\u03bcs", "1\u00b5s"),
        ("1500us", "1.5ms"),
        ("1ns", "1ns"),
        ("0.0000000001s", "0s"),
        ("1.000000001s", "1.000000001s"),
        ("+5s", "5s"),
        ("-5s", "-5s"),
        ("-1h0.5s", "-1h0m0.5s"),
        ("1h1h", "2h0m0s"),
        ("2562047h47m16.854775807s", "2562047h47m16.854775807s"),
        ("-9223372036854775808ns", "-2562047h47m16.854775808s"),
        ("0.3333333333333333333h", "20m0s"),
    ],
)
def test_a_duration_prints_as_go_prints_it(text: str, canonical: str) -> None:
    assert str(Duration(text)) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "+",
        "5",
        "1d",
        "30S",
        "1m30",
        "1_0s",
        "1:30",
        " 5s",
        "5s ",
        "1 s",
        ".s",
        "1e3s",
        "2562048h",
        "s",
        "1.2.3s",
    ],
)
def test_a_text_that_go_refuses_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="duration"):
        Duration(text)


@pytest.mark.parametrize("value", [1.5, True, None, []])
def test_only_texts_timedeltas_and_nanoseconds_become_durations(value: object) -> None:
    with pytest.raises(TypeError, match="duration"):
        Duration(value)  # type: ignore[arg-type]  # the point of the test


def test_a_duration_out_of_go_s_range_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="out of range"):
        Duration(timedelta(days=200_000))


def test_a_duration_keeps_the_text_it_was_given() -> None:
    assert (Duration("60s").written, repr(Duration("60s")), Duration(timedelta(minutes=1)).written) == (
        "60s",
        "Duration('60s')",
        "1m0s",
    )
    assert Duration(5_000_000_000).written == 5_000_000_000
    assert Duration(Duration("60s")).written == "60s"


def test_durations_compare_and_hash_by_length() -> None:
    assert Duration("60s") == Duration("1m") == timedelta(minutes=1)
    assert len({Duration("60s"), Duration("1m"), timedelta(minutes=1)}) == 1
    assert Duration("1m") < Duration("61s") <= timedelta(seconds=61)
    assert Duration("2m") > timedelta(seconds=61)
    assert Duration("2m") >= Duration("120s")
    assert Duration("1ns") != Duration("2ns")
    assert len({Duration("1ns"), Duration(1)}) == 1
    assert Duration("1m") != "1m"
    with pytest.raises(TypeError):
        _ = Duration("1m") < 60  # type: ignore[operator]  # the point of the test


def test_durations_add_and_multiply() -> None:
    assert str(Duration("1m") + Duration("30s")) == "1m30s"
    assert str(timedelta(seconds=30) + Duration("1m")) == "1m30s"
    assert str(Duration("1m") - timedelta(seconds=90)) == "-30s"
    assert str(timedelta(seconds=90) - Duration("1m")) == "30s"
    assert str(2 * Duration("45s")) == "1m30s"
    assert str(-Duration("1s")) == "-1s"
    assert not Duration("0s")
    assert Duration("1ns")
    assert Duration("1m30.5s").total_seconds() == 90.5


def test_a_duration_never_changes() -> None:
    with pytest.raises(AttributeError, match="does not change"):
        Duration("1s").nanoseconds = 2
    with pytest.raises(AttributeError, match="does not change"):
        del Duration("1s").written


@pytest.mark.law
@given(NANOSECONDS)
def test_the_canonical_text_of_any_duration_reads_back_as_the_same_length(nanoseconds: int) -> None:
    duration = Duration(nanoseconds)
    again = Duration(str(duration))
    assert again == duration
    assert str(again) == str(duration)
    assert again.nanoseconds == nanoseconds


@pytest.mark.law
@given(NANOSECONDS)
def test_copying_and_pickling_keep_length_and_text(nanoseconds: int) -> None:
    for duration in (Duration(nanoseconds), Duration(str(Duration(nanoseconds)))):
        for again in (copy.copy(duration), copy.deepcopy(duration), pickle.loads(pickle.dumps(duration))):
            assert (again, again.written) == (duration, duration.written)


@pytest.mark.law
@given(st.timedeltas(min_value=timedelta(days=-106_000), max_value=timedelta(days=106_000)))
def test_a_timedelta_comes_back_and_has_the_same_hash(delta: timedelta) -> None:
    duration = Duration(delta)
    assert duration.timedelta() == delta
    assert hash(duration) == hash(delta)


@pytest.mark.parametrize(
    ("given_", "canonical"),
    [
        ("0", "0"),
        ("0Gi", "0"),
        ("1.5Gi", "1536Mi"),
        (".5Gi", "512Mi"),
        ("1025Ki", "1025Ki"),
        ("1024", "1024"),
        ("0.5Ki", "512"),
        ("0.1Ki", "102400m"),
        ("0.5", "500m"),
        (0.5, "500m"),
        ("1000m", "1"),
        ("100m", "100m"),
        ("1e3", "1e3"),
        ("1E3", "1E3"),
        ("12e6", "12e6"),
        (1000.0, "1k"),
        (1000, "1k"),
        (65536, "65536"),
        ("-1", "-1"),
        ("+1", "+1"),
        ("1.0000000000001", "1000000001n"),
        ("1000E", "1"),  # 1e21, for which there is no suffix: Kubernetes drops it as well
        ("1.500", "1.500"),
        ("12.345", "12.345"),
        ("1.5", "1500m"),
        ("007Gi", "007Gi"),
        ("008Gi", "8Gi"),
        ("9Ei", "9223372036854775807"),
        ("1e9999", "1e9999"),
        ("1e-2000000000", "1e-9"),
        ("0.1n", "1n"),
        ("-0.1n", "-1n"),
        (".", "0"),
        ("Gi", "0"),
        ("-", "0"),
        ("2000k", "2M"),
        (" 1Gi ", "1Gi"),
    ],
)
def test_a_quantity_prints_as_go_prints_it(given_: str | float, canonical: str) -> None:
    assert canonical_quantity(given_) == canonical


@pytest.mark.parametrize("text", ["", "..", "1KB", "lots", "1gi", "5%", "1 Gi", "--1", "1e", "Pi", "e-10", "\t1"])
def test_a_text_that_is_no_quantity_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="quantity"):
        canonical_quantity(text)


@pytest.mark.law
@given(st.integers(-(10**15), 10**15), st.sampled_from(["", "m", "k", "M", "Ki", "Mi", "Gi", "u", "n"]))
def test_a_canonical_quantity_is_its_own_canonical_text(number: int, suffix: str) -> None:
    canonical = canonical_quantity(f"{number}{suffix}")
    assert canonical_quantity(canonical) == canonical


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2030-01-02T03:04:05Z", "2030-01-02T03:04:05Z"),
        ("2030-01-02T03:04:05+02:00", "2030-01-02T01:04:05Z"),
        ("2030-01-02T00:00:00-01:30", "2030-01-02T01:30:00Z"),
        ("2030-01-02T03:04:05.999Z", "2030-01-02T03:04:05Z"),
        ("2028-02-29T23:59:59Z", "2028-02-29T23:59:59Z"),
        ("9999-12-31T23:59:59-01:00", "10000-01-01T00:59:59Z"),
        ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
        ("0000-01-01T00:00:00+01:00", "-0001-12-31T23:00:00Z"),
    ],
)
def test_a_time_prints_in_utc_and_whole_seconds(text: str, canonical: str) -> None:
    assert canonical_timestamp(text) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2030-01-02",
        "2030-01-02 03:04:05Z",
        "2030-01-02T03:04:05",
        "2030-01-02T03:04Z",
        "2030-02-30T03:04:05Z",
        "2030-01-02T24:00:00Z",
        "2030-01-02T03:04:05+25:00",
        "tomorrow",
    ],
)
def test_a_text_that_is_no_full_time_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        canonical_timestamp(text)


def test_a_bootstrap_token_has_one_form_and_errors_do_not_repeat_it() -> None:
    assert bootstrap_token("abcdef.0123456789abcdef") == "abcdef.0123456789abcdef"
    for text in ("", "abcdef", "ABCDEF.0123456789abcdef", "abcdef.0123456789abcdef\n", "abcdef-0123456789abcdef"):
        with pytest.raises(ValueError, match="bootstrap token") as caught:
            bootstrap_token(text)
        assert not text or text not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (64.0, "64"),
        (-0.5, "-0.5"),
        (1e-5, "0.00001"),
        (-1.25e-5, "-0.0000125"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (3.5e38, "3.5e+38"),
        (7, "7"),
    ],
)
def test_a_number_prints_as_go_s_json_prints_it(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.law
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_any_number_reads_back_as_the_number(number: float) -> None:
    assert float(number_text(number)) == number


@pytest.mark.law
@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_32_bit_float_keeps_its_bits(number: float) -> None:
    assert struct.pack("<f", float32(number)) == struct.pack("<f", number)


@pytest.mark.parametrize(("number", "kept"), [(0.1, 0.1), (16777217, 16777216), (1 / 3, 0.33333334), (5, 5)])
def test_a_32_bit_float_has_its_shortest_text(number: float, kept: float) -> None:
    assert float32(number) == kept


def test_a_number_too_large_for_32_bits_is_an_overflow() -> None:
    with pytest.raises(OverflowError):
        float32(3.5e38)

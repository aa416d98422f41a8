"""Times, numbers and positions as people write them, and what is refused."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samverkan_map.exchange import checks, clock
from samverkan_map.translations import LANGUAGES, text

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TODAY = date(2026, 11, 23)


def the_time(value: str, zone: str = "Europe/Stockholm") -> checks.Moment:
    (found,), faults = checks.times([value], zone, today=TODAY)
    assert faults == []
    return found


def why_not(read, value: str) -> str:
    """The Swedish sentence that refuses a value; the English one must exist."""
    faults = read([value])[1]
    ((index, key, fields),) = faults
    assert index == 0
    assert all(text(language, key, **fields) for language in LANGUAGES)
    return text("sv", key, **fields)


def times(values):
    return checks.times(values, today=TODAY)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2025-03-01T12:30", "2025-03-01T11:30"),
        ("2025-07-01 12:30:15", "2025-07-01T10:30:15"),
        ("2025-07-01T12:30:15.123456", "2025-07-01T10:30:15"),
        ("2025-07-01T12:30Z", "2025-07-01T12:30"),
        ("2025-07-01T12:30:00+02:00", "2025-07-01T10:30"),
        ("2025-07-01T12:30-0530", "2025-07-01T18:00"),
        ("2025-07-01T00:30+02", "2025-06-30T22:30"),
        ("2025-3-1 9:05", "2025-03-01T08:05"),
        ("2025-03-01 kl. 14.05", "2025-03-01T13:05"),
        ("1/3 2025 14:05", "2025-03-01T13:05"),
        ("20250301T14:05", "2025-03-01T13:05"),
        ("20250501T2015", "2025-05-01T18:15"),
        ("20250501T201530Z", "2025-05-01T20:15:30"),
        ("2025-05-01T2015+0200", "2025-05-01T18:15"),
        ("2025-05-01T24:00", "2025-05-01T22:00"),
        ("2025-12-31 24:00:00", "2025-12-31T23:00"),
        ("2025-W18-4T20:15", "2025-05-01T18:15"),
        ("2025W184T2015", "2025-05-01T18:15"),
    ],
)
def test_a_time_of_day_is_one_moment_in_utc(written, utc):
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert the_time(written)[:2] == (expected, expected)


@pytest.mark.parametrize("written", ["2025-03-30", "2025-3-30", "30/3 2025", "20250330"])
def test_a_date_alone_is_its_whole_local_day_also_when_it_has_23_hours(written):
    moment = the_time(written)
    assert moment.start == datetime(2025, 3, 29, 23, tzinfo=UTC)
    assert moment.end - moment.start == timedelta(hours=23)
    assert (moment.first, moment.last) == (datetime(2025, 3, 30), datetime(2025, 3, 30, 23, 59, 59, 999999))


@pytest.mark.parametrize(
    "written", ["2025-07-01T00:30", "2025-07-01 00:30", "2025-06-30T22:30Z", "2025-07-01T00:30:59"[:-3]]
)
def test_a_moment_tells_what_the_local_clock_showed(written):
    moment = the_time(written)
    assert (moment.first, moment.last) == (datetime(2025, 7, 1, 0, 30), datetime(2025, 7, 1, 0, 30))


@pytest.mark.parametrize("written", ["2025-05-01T20", "20250501T20", "2025-W18-4T20", "2025-05-01T18Z"])
def test_an_hour_without_minutes_is_that_whole_hour(written):
    moment = the_time(written)
    assert (moment.start, moment.end) == (datetime(2025, 5, 1, 18, tzinfo=UTC), datetime(2025, 5, 1, 19, tzinfo=UTC))
    assert (moment.first, moment.last) == (datetime(2025, 5, 1, 20), datetime(2025, 5, 1, 20, 59, 59, 999999))


def test_a_week_date_is_its_whole_day():
    assert the_time("2025-W18-4") == the_time("2025-05-01") == the_time("2025W184")


def test_of_the_autumn_hour_that_comes_twice_the_first_is_meant():
    assert the_time("2025-10-26T02:30").start == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert the_time("2025-10-26T03:00").start == datetime(2025, 10, 26, 2, 0, tzinfo=UTC)


def test_times_elsewhere_follow_their_own_clock():
    assert the_time("2019-03-10T01:30", "America/Chicago").start == datetime(2019, 3, 10, 7, 30, tzinfo=UTC)
    assert checks.times(["2019-03-10T02:30"], "America/Chicago")[1][0][1] == "readers.rows.skipped_hour"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("2025-02-30", "2025-02-30 är en dag som inte finns. Kontrollera datumet."),
        ("30/2 2025", "30/2 2025 är en dag som inte finns. Kontrollera datumet."),
        ("2025-13-01", "2025-13-01 är en dag som inte finns. Kontrollera datumet."),
        (
            "2025-03-30T02:30",
            "2025-03-30T02:30 finns inte: klockan ställdes fram till sommartid just då. Kontrollera klockslaget.",
        ),
        (
            "2025-03-01 25:00",
            "2025-03-01 25:00 har ett klockslag som inte finns. Skriv timmar 00 till 23 och minuter 00 till 59.",
        ),
        ("2025-W54-1", "2025-W54-1 är en dag som inte finns. Kontrollera datumet."),
        (
            "20250501T2460",
            "20250501T2460 har ett klockslag som inte finns. Skriv timmar 00 till 23 och minuter 00 till 59.",
        ),
        (
            "45778.84",
            "45778.84 ser ut som Excels eget tal för ett datum. Ge kolumnen ett datumformat i Excel, till exempel "
            "2025-03-01 14:05, och spara filen igen.",
        ),
        ("1989-12-31", "1989-12-31 har ett årtal som inte kan stämma. Kontrollera datumet."),
        ("2028-01-01", "2028-01-01 har ett årtal som inte kan stämma. Kontrollera datumet."),
        ("0000-01-01", "0000-01-01 har ett årtal som inte kan stämma. Kontrollera datumet."),
    ],
)
def test_times_that_do_not_exist_are_refused_with_a_sentence(written, sentence):
    assert why_not(times, written) == sentence


@pytest.mark.parametrize(
    "written",
    ["2_025-03-01", "２０２５-03-01", "٢٠٢٥-03-01", "01/03/2025", "3/4/25", "igår", "2025", "2025-03", "12:30",
     "2025-03-01T", "2025-03-01T123", "2025-03-01 12", "2025-03-01T12:30+99:00", "1e5", "2025-03-01T12:30 UTC", "NaN",
     "2025-W10", "2025-W10-8", "12345", "99999"],
)  # fmt: skip
def test_what_is_ambiguous_or_no_time_is_refused(written):
    assert why_not(times, written).endswith("är inte en tid. Skriv till exempel 2025-03-01 eller 2025-03-01 14:05.")


def test_the_last_accepted_year_is_the_one_after_today():
    assert the_time("2027-12-31").start.year == 2027
    assert the_time("1990-01-01").end.year == 1990


def test_faults_stand_at_their_rows_and_empty_texts_are_missing_not_wrong():
    found, faults = times(["2025-03-01", "", "igår", "2025-03-01", "igår"])
    assert [moment is None for moment in found] == [False, True, True, False, True]
    assert [index for index, _, _ in faults] == [2, 4]


def test_a_long_text_is_cut_in_the_sentence():
    assert why_not(times, "x" * 500).startswith("x" * 30 + "… är inte")


@given(st.datetimes(datetime(1990, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_local_time_is_what_the_clock_of_the_zone_says(local):
    found, faults = times([local.isoformat()])
    back = local.replace(tzinfo=STOCKHOLM).astimezone(UTC)
    if back.astimezone(STOCKHOLM).replace(tzinfo=None) != local:
        assert faults[0][1] == "readers.rows.skipped_hour"
    else:
        assert found[0] == (back, back, local, local)
        assert found[0].start.astimezone(STOCKHOLM).replace(tzinfo=None) == local


_WRITTEN = st.one_of(
    st.datetimes(datetime(1988, 1, 1), datetime(2029, 1, 1)).flatmap(
        lambda moment: st.sampled_from(
            [
                f"{moment:%Y-%m-%d %H:%M}",
                f"{moment:%Y-%m-%dT%H:%M:%S}",
                f"{moment:%Y-%m-%d}",
                f"{moment:%Y-%m-%d kl. %H.%M}",
            ]
        )
    ),
    st.from_regex(r"20[0-9]{2}-[0-3][0-9]-[0-3][0-9][ Tx][0-2][0-9]:[0-6][0-9](:[0-6][0-9])?", fullmatch=True),
    st.text("0123456789-:T å", min_size=16, max_size=16),
    st.just(""),
)


@given(st.lists(_WRITTEN, max_size=6))
def test_thousands_of_times_at_once_are_what_each_is_when_read_the_careful_way(written):
    found, faults = times(written)
    careful = list(times_one_by_one(written))
    assert list(found) == [moment for moment, _ in careful]
    assert [(index, key) for index, key, _ in faults] == [
        (index, f"readers.rows.{why}") for index, (_, why) in enumerate(careful) if why
    ]


def times_one_by_one(written):
    """(moment, fault) of each text, without the way for many at once."""
    careful = clock._Clock("Europe/Stockholm", TODAY.year + 1)
    for value in written:
        try:
            yield (careful.moment(value) if value else None), ""
        except ValueError as error:
            yield None, str(error)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_fault(value):
    found, faults = times([value])
    assert (found[0] is None) == (value == "" or bool(faults))


def test_times_are_read_at_300_000_a_second_repeated_and_100_000_unique():
    day = datetime(2025, 4, 1)
    unique = [(day + timedelta(seconds=97 * number)).isoformat() for number in range(200_000)]
    for values, wanted in ((["2025-03-01T12:00"] * 200_000, 300_000), (unique, 100_000)):
        started = time.process_time()
        assert times(values)[1] == []
        assert len(values) / (time.process_time() - started) > wanted


# --- numbers -----------------------------------------------------------------------------------------------------


def test_numbers_have_a_decimal_comma_or_point_and_spaces_between_thousands():
    written = ["12,5", "12.5", "-3", "+4", "6 145 123,5", "6\u00a0145\u00a0123", "007", ""]
    found, faults = checks.numbers(written)
    assert faults == []
    assert found[:7].tolist() == [12.5, 12.5, -3.0, 4.0, 6145123.5, 6145123.0, 7.0]
    assert np.isnan(found[7])


@pytest.mark.parametrize(
    "written",
    ["1_000", "１２", "٣", "1e5", "NaN", "nan", "Infinity", "-inf", "1,234.5", "1.234,5", "1 00", "12,", ",5", "0x10",
     "5 km", "--1", "1" * 60],
)  # fmt: skip
def test_what_is_not_a_plain_number_is_refused(written):
    assert why_not(checks.numbers, written).endswith(
        "är inte ett tal. Skriv siffrorna 0 till 9 med decimalkomma eller punkt."
    )
    assert np.isnan(checks.numbers([written])[0][0])


@given(st.decimals(-(10**9), 10**9, places=6, allow_nan=False), st.sampled_from([",", "."]))
def test_every_decimal_number_comes_back(number, mark):
    written = format(number, "f").replace(".", mark)
    assert checks.numbers([written])[0][0] == float(number)


@given(st.text(max_size=20))
def test_any_text_is_a_finite_number_or_a_fault(value):
    found, faults = checks.numbers([value])
    assert np.isfinite(found[0]) != (value == "" or bool(faults))


# --- positions ---------------------------------------------------------------------------------------------------


def test_each_row_takes_its_position_from_the_first_pair_of_columns_that_holds_one():
    block = {"e": ["370000", "", "", "5"], "n": ["6140000,5", "", "", ""], "x": ["1", "1", "", ""]}
    block |= {"y": ["2", "2", "", ""], "position": ["55.4, 13.0"] * 3 + [""]}
    found = checks.positions(block)
    assert found.x.tolist()[:3] == [370000, 1, 13.0]
    assert found.y.tolist()[:3] == [6140000.5, 2, 55.4]
    assert found.pair.tolist() == [1, 2, 3, -1]
    assert [(index, key) for index, key, _ in found.faults] == [(3, "readers.rows.half_position")]


def test_the_first_pair_of_columns_there_is_names_the_positions():
    block = {"e": ["370000", "", "1_0", "5"], "n": ["6140000,5", "", "7", ""]}
    found = checks.positions(block)
    assert found.columns == ("e", "n")
    assert found.x[0] == 370000
    assert found.y[0] == 6140000.5
    assert np.isnan(found.x[1:]).all()
    assert np.isnan(found.y[1:]).all()
    assert [(index, key) for index, key, _ in found.faults] == [
        (2, "readers.rows.not_a_number"),
        (3, "readers.rows.half_position"),
    ]
    assert checks.positions({**block, "lon": ["13"] * 4, "lat": ["55"] * 4}).columns == ("lon", "lat")
    assert checks.positions({**block, "lon": ["13"] * 4}).columns == ("e", "n")


@pytest.mark.parametrize(
    "written",
    ["55.47, 13.02", "55.47,13.02", "55.47 13.02", "55,47 13,02", "55,47; 13,02", "(55.47, 13.02)", "55,47, 13,02",
     "POINT (13.02 55.47)", "point(13.02 55.47)", "POINT Z (13.02 55.47 8)", "POINT(13,02 55,47)"],
)  # fmt: skip
def test_a_position_in_one_text_is_lat_lon_or_wkt(written):
    found = checks.positions({"position": [written]})
    assert (found.columns, found.x.tolist(), found.y.tolist()) == (("position",), [13.02], [55.47])


def test_metres_in_one_text_are_north_first():
    found = checks.positions({"position": ["6148000, 375000", ""]})
    assert (found.x[0], found.y[0]) == (375000, 6148000)
    assert found.faults == []


@pytest.mark.parametrize(
    "written",
    ["Höllviken", "55.47", "1,2,3", "POINT EMPTY", "LINESTRING (0 0, 1 1)", "NaN, NaN", "５５, 13", "1_0, 2_0"],
)
def test_what_is_not_a_position_is_refused(written):
    assert why_not(lambda values: (None, checks.positions({"position": values}).faults), written).endswith(
        "är inte en position. Skriv till exempel 55.47, 13.02 (latitud, longitud)."
    )


def test_rows_without_any_position_column_have_no_position():
    found = checks.positions({"type": ["a", "b"]})
    assert found.columns == ()
    assert np.isnan(found.x).tolist() == [True, True]

"""Blocks of a file on their way in: the database is asked for known rows only where there can be any."""

import pytest
from builders import a_file, take_in
from sqlalchemy import func, select

from samverkan_map.db import bulk
from samverkan_map.db.tables import Report

MANY = 17_000
"""More than three blocks."""


def rows_of(count, first=0):
    return [f"m{number},klotter,2026-03-03,12.9560,55.4099" for number in range(first, first + count)]


def stored(session):
    return session.scalar(select(func.count(Report.id)))


@pytest.fixture
def asked(monkeypatch):
    """How many references the database was asked for, each time it was."""
    found, known = [], bulk.known_references

    def counted(session, source, references, **more):
        found.append(len(references))
        return known(session, source, references, **more)

    monkeypatch.setattr(bulk, "known_references", counted)
    return found


def test_a_source_of_which_nothing_is_stored_goes_in_unasked(session, vellinge, tmp_path, asked):
    assert take_in(session, vellinge, a_file(tmp_path, rows_of(MANY))).accepted == MANY
    assert asked == []


def test_a_source_of_which_something_is_stored_is_asked_block_by_block(session, vellinge, tmp_path, asked):
    take_in(session, vellinge, a_file(tmp_path, rows_of(10)))
    preview = take_in(session, vellinge, a_file(tmp_path, rows_of(MANY, 5)))
    assert (preview.read, preview.accepted, preview.known) == (MANY, MANY - 5, 5)
    assert sum(asked[:-1]) == MANY and asked[-1] == 5


def test_only_the_block_that_holds_an_earlier_id_is_asked_for(session, vellinge, tmp_path, asked):
    rows = rows_of(MANY)
    rows[12_000] = rows[3]
    preview = take_in(session, vellinge, a_file(tmp_path, rows))
    assert (preview.read, preview.accepted, preview.known, preview.refused) == (MANY, MANY - 1, 1, [])
    assert stored(session) == MANY - 1
    assert asked == [5_000]


@pytest.mark.parametrize("at", [6_000, 12_000, MANY - 1])
def test_another_row_with_an_earlier_id_is_refused_by_number_in_whichever_block_it_stands(
    session, vellinge, tmp_path, at
):
    rows = rows_of(MANY)
    rows[at] = "m3,klotter,2026-03-04,12.9560,55.4099"
    preview = take_in(session, vellinge, a_file(tmp_path, rows), partial=True)
    assert (preview.read, preview.accepted, preview.known) == (MANY, MANY - 1, 0)
    assert [(one.row_number, one.key, one.fields) for one in preview.refused] == [
        (at + 2, "reports.rows.same_id", {"row": 5})
    ]
    assert stored(session) == MANY - 1


def test_refused_and_left_out_rows_between_unasked_blocks_are_counted_as_ever(session, vellinge, tmp_path):
    rows = rows_of(MANY)
    rows[7_000] = "x1,klotter,2026-02-30,12.9560,55.4099"
    rows[7_001] = "x2,annat,2026-03-03,12.9560,55.4099"
    rows[16_000] = rows[16_001] = rows[15_999]
    preview = take_in(session, vellinge, a_file(tmp_path, rows), partial=True, types={"annat": "-"})
    assert (preview.read, preview.accepted, preview.known, preview.left_out) == (MANY, MANY - 4, 2, 1)
    assert [one.row_number for one in preview.refused] == [7_002]
    assert stored(session) == MANY - 4

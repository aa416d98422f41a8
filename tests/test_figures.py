"""The figures of a year: counted once, the same for all who may see as much, and never worked out from each other."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from builders import COORDINATOR, a_file, take_in, viewer
from sqlalchemy import select

from samverkan_map import figures
from samverkan_map.analysis.suppression import FEW, HELD, SHOWN
from samverkan_map.db.tables import AuditLine, FigureYear
from samverkan_map.errors import BadValue, Conflict, NotAllowed
from samverkan_map.vocabulary import Role

TODAY = date(2026, 11, 23)
PLACES = {"hollviken": "12.9558,55.4098", "vellinge": "13.0197,55.4712"}


def reports(*groups, year=2025, start=0):
    """Rows of a file: so many of a type in a sub-area."""
    rows = [f"{kind},{year}-05-12,{PLACES[area]}" for kind, area, number in groups for _ in range(number)]
    return [f"R{year}{start + index},{row}" for index, row in enumerate(rows)]


def came_in(session, vellinge, folder, rows, name="in.csv", **how):
    take_in(session, vellinge, a_file(folder, rows, name=name), **how)
    return figures.begin(session, COORDINATOR, vellinge, today=TODAY)


def seen(session, vellinge, role, kind, code, year=2025):
    """(count, state) of every number of a line that is something, for a role."""
    (found,) = figures.published(session, viewer(role), vellinge, year)
    line = next(line for line in figures.lines(found) if line.kind == kind and line.type == code)
    return {area: (cell.count, cell.state) for area, cell in line.cells.items()}


@pytest.fixture
def known(session, vellinge, tmp_path):
    """2025: klotter 12 in Höllviken and 3 in Vellinge, nedskräpning 9 and 8, fortkörning 4 and 20, skadegörelse 30."""
    rows = reports(
        ("klotter", "hollviken", 12), ("klotter", "vellinge", 3), ("nedskrapning", "hollviken", 9),
        ("nedskrapning", "vellinge", 8), ("fortkorning", "hollviken", 4), ("fortkorning", "vellinge", 20),
        ("skadegorelse", "vellinge", 30), ("otrygg_skolvag", "vellinge", 40),
    )  # fmt: skip
    assert came_in(session, vellinge, tmp_path, rows) == [2025]
    return session


def test_the_first_file_publishes_the_finished_years_and_each_role_sees_what_the_matrix_says(known, vellinge):
    public, staff = (seen(known, vellinge, role, "problem", "klotter") for role in (Role.PUBLIC, Role.POLICE))
    assert (public["vellinge"], public["ostra"]) == ((None, FEW), (0, SHOWN))
    assert (staff["vellinge"], staff["hollviken"]) == ((3, SHOWN), (12, SHOWN))
    assert seen(known, vellinge, Role.BUSINESS, "problem", "klotter") == public
    group = seen(known, vellinge, Role.TRAFFIC_GROUP, "traffic", "fortkorning")
    assert (group["hollviken"], group["ostra"]) == ((4, SHOWN), (0, SHOWN)), "traffic is told the traffic group"
    assert seen(known, vellinge, Role.TRAFFIC_GROUP, "problem", "klotter") == public, "the rest as everybody"
    traffic = seen(known, vellinge, Role.PUBLIC, "traffic", "fortkorning")
    assert traffic["hollviken"] == traffic["ostra"] == (None, FEW), "a zero of traffic is no more than fewer than five"


def test_a_hidden_number_never_leaves_the_noun_and_types_that_are_never_public_are_in_no_sum(known, vellinge):
    (found,) = figures.published(known, viewer(Role.PUBLIC), vellinge, 2025)
    assert all(
        (cell.count is None) == (cell.state != SHOWN) for line in figures.lines(found) for cell in line.cells.values()
    )
    told = {line.type for line in figures.lines(found)}
    assert not told & {"otrygg_skolvag", "narkotika", "skadegorelse_skola", "sprakbruk"}
    assert seen(known, vellinge, Role.POLICE, "traffic", "")["*"] == (24, SHOWN)


def test_the_year_that_is_not_over_and_context_sources_are_in_no_figure(session, vellinge, tmp_path):
    came_in(session, vellinge, tmp_path, reports(("klotter", "vellinge", 40), year=2026))
    assert figures.years(session) == []
    came_in(session, vellinge, tmp_path, reports(("klotter", "vellinge", 40)), name="polis.csv", source="polisen")
    assert figures.years(session) == []
    with pytest.raises(BadValue):
        figures.publish(session, COORDINATOR, vellinge, 2026, today=TODAY)


def test_later_reports_change_nothing_and_the_same_year_cannot_be_published_twice(known, vellinge, tmp_path):
    before = figures.published(known, viewer(Role.PUBLIC), vellinge)
    late = reports(("klotter", "vellinge", 2), start=900)
    assert came_in(known, vellinge, tmp_path, late, name="sent.csv") == []
    assert figures.published(known, viewer(Role.PUBLIC), vellinge) == before
    with pytest.raises(Conflict):
        figures.publish(known, COORDINATOR, vellinge, 2025, today=TODAY)


def test_a_correction_shows_next_year_without_small_changes_and_without_sums_of_what_is_hidden(
    known, vellinge, tmp_path
):
    hidden = {
        (line.type, area)
        for line in figures.lines(figures.published(known, viewer(Role.PUBLIC), vellinge)[0])
        for area, cell in line.cells.items()
        if cell.state != SHOWN and area != "*" and line.type
    }
    late = reports(
        ("klotter", "vellinge", 2), ("nedskrapning", "vellinge", 15), ("skadegorelse", "vellinge", 4), start=900
    )
    came_in(known, vellinge, tmp_path, late, name="sent.csv")
    made = figures.publish(known, COORDINATOR, vellinge, 2025, today=date(2027, 1, 7))
    staff = {
        code: seen(known, vellinge, Role.POLICE, "problem", code)
        for code in ("klotter", "nedskrapning", "skadegorelse")
    }
    assert [staff[code]["vellinge"][0] for code in staff] == [3, 23, 30], "two and four more are small numbers"
    (found,) = figures.published(known, viewer(Role.PUBLIC), vellinge, 2025)
    assert made.edition == found.edition == 2
    for line in figures.lines(found):
        states = [cell.state for area, cell in line.cells.items() if area != "*"]
        assert line.cells["*"].state == (SHOWN if set(states) == {SHOWN} else HELD)
        assert all(line.cells[area].state != SHOWN for code, area in hidden if code == line.type)


def test_a_year_first_published_from_a_small_file_begins_anew_when_its_reports_have_come(session, vellinge, tmp_path):
    assert came_in(session, vellinge, tmp_path, reports(("klotter", "vellinge", 6))) == [2025]
    more = [(code, area, 30) for code in ("klotter", "nedskrapning", "dalig_belysning") for area in PLACES]
    came_in(session, vellinge, tmp_path, reports(*more, start=900), name="allt.csv")
    figures.publish(session, COORDINATOR, vellinge, 2025, today=TODAY)
    assert seen(session, vellinge, Role.PUBLIC, "problem", "klotter")["*"] == (66, SHOWN)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
def test_only_the_coordinator_publishes_and_the_log_says_what(known, vellinge, role):
    with pytest.raises(NotAllowed):
        figures.publish(known, viewer(role), vellinge, 2025, today=date(2027, 1, 7))
    line = known.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (line.action, line.details) == ("publish", '{"edition":1,"reports":86,"year":2025}')
    assert known.get(FigureYear, 2025).reports == 86


def test_the_numbers_of_a_year_add_up_for_whoever_sees_all(known, vellinge):
    (found,) = figures.published(known, viewer(Role.PLANNER), vellinge, 2025)
    for table in found.tables:
        numbers = np.array([[cell.count for cell in line.cells.values()] for line in table.lines])
        assert (numbers[:, :-1].sum(axis=1) == numbers[:, -1]).all()
        assert (numbers[:-1].sum(axis=0) == numbers[-1]).all()


def test_the_parties_may_agree_on_a_larger_smallest_number_and_a_year_keeps_the_one_it_was_published_with(
    session, vellinge, tmp_path
):
    ten = replace(vellinge, fewest_told=10)
    rows = reports(("klotter", "hollviken", 30), ("klotter", "vellinge", 8), ("nedskrapning", "hollviken", 40))
    assert came_in(session, ten, tmp_path, rows) == [2025]
    assert seen(session, ten, Role.PUBLIC, "problem", "klotter")["vellinge"] == (None, FEW)
    (found,) = figures.published(session, viewer(Role.PUBLIC), vellinge, 2025)
    assert {table.fewest for table in found.tables} == {10}
    came_in(session, vellinge, tmp_path, reports(("klotter", "hollviken", 100), start=900), name="mer.csv")
    made = figures.publish(session, COORDINATOR, vellinge, 2025, today=date(2027, 1, 7))
    assert (made.edition, made.fewest) == (2, 10)
    assert seen(session, vellinge, Role.PUBLIC, "problem", "klotter")["vellinge"] == (None, FEW)


def test_a_type_that_is_no_longer_told_takes_the_table_with_its_sums_along(known, vellinge):
    stricter = replace(vellinge, types=vellinge.types | {"klotter": replace(vellinge.types["klotter"], level="C")})
    (found,) = figures.published(known, viewer(Role.PUBLIC), stricter, 2025)
    assert [table.kind for table in found.tables] == ["traffic", "accident", "strength"]

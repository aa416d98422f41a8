"""What is held back from a table is never worked out from the rest, whatever the table: an attacker's solver tries."""

import attacker
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samverkan_map.analysis.suppression import FEW, HELD, SHOWN, suppress
from samverkan_map.errors import BadNumbers

KNOWN = [[12, 7, 9], [3, 8, 11], [6, 14, 5], [0, 9, 10]]


@st.composite
def tables(draw):
    """A table of mostly small counts, which rows may show a zero, and a limit."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    count = st.one_of(st.integers(0, 6), st.integers(0, 12), st.integers(0, 60))
    inner = [[draw(count) for _ in range(columns)] for _ in range(rows)]
    return inner, [draw(st.booleans()) for _ in range(rows)], draw(st.sampled_from([2, 3, 5, 8]))


def seen(inner, found):
    """What a reader sees: totals and numbers that are shown, -1 for the others."""
    return np.where(found.states == SHOWN, attacker.with_totals(inner), -1)


@settings(max_examples=120, deadline=None)
@given(tables())
def test_from_all_that_is_shown_a_small_number_may_still_be_anything_its_word_says(made):
    inner, safe, fewest = made
    found = suppress(inner, fewest=fewest, zero_is_safe=safe)
    least = [int(one) for one in safe]
    every = attacker.intervals(seen(inner, found), found.states, fewest=fewest, least=least)
    assert all(ends == (least[row], fewest - 1) for (row, _), ends in every.items())


@settings(max_examples=200, deadline=None)
@given(tables())
def test_small_numbers_are_words_zeros_only_where_they_are_safe_and_totals_are_never_small(made):
    inner, safe, fewest = made
    found = suppress(inner, fewest=fewest, zero_is_safe=safe)
    for row, counts in enumerate(inner):
        for column, count in enumerate(counts):
            small = count < fewest and not (count == 0 and safe[row])
            assert (found.inside[row, column] == FEW) == small
            assert found.inside[row, column] != HELD or count >= fewest
    totals = attacker.with_totals(inner)
    for cell in np.argwhere(found.states == SHOWN).tolist():
        zero_of_unsafe = totals[*cell] == 0 and not (all(safe) if cell[0] == len(inner) else safe[cell[0]])
        assert (totals[*cell] == 0 and not zero_of_unsafe) or totals[*cell] >= fewest


def test_an_attacker_really_finds_a_number_that_only_its_own_word_protects():
    """The solver is no paper tiger: with the small number alone hidden it names it."""
    values, states = attacker.with_totals(KNOWN), np.full((5, 4), SHOWN, object)
    states[1, 0] = FEW
    assert attacker.intervals(values, states, fewest=5, least=[1] * 4) == {(1, 0): (3, 3)}


def test_a_line_with_a_hidden_number_has_two_and_the_totals_stand():
    found = suppress(KNOWN)
    assert np.argwhere(found.inside == FEW).tolist() == [[1, 0]]
    hidden = found.inside != SHOWN
    assert all(int(line.sum()) != 1 for line in (*hidden, *hidden.T)) and hidden.sum() <= 6
    assert (found.states[-1] == SHOWN).all() and (found.states[:, -1] == SHOWN).all()


def test_where_the_table_offers_no_way_the_totals_go():
    found = suppress([[3, 0, 0], [0, 0, 0]])
    assert found.states.tolist() == [
        [FEW, SHOWN, SHOWN, HELD], [SHOWN, SHOWN, SHOWN, SHOWN], [HELD, SHOWN, SHOWN, HELD],
    ]  # fmt: skip


def test_totals_that_are_never_shown_cost_no_number():
    found = suppress([[0, 1, 4, 5, 17]], row_totals=False, column_totals=False)
    assert found.inside.tolist() == [[SHOWN, FEW, FEW, SHOWN, SHOWN]]


@pytest.mark.parametrize(
    "how", [{"fewest": 0}, {"fewest": 2.5}, {"zero_is_safe": [True]}, {"zero_is_safe": [1, 0, 1, 0]}], ids=str
)
def test_a_limit_or_a_row_that_is_none_is_refused(how):
    with pytest.raises(BadNumbers):
        suppress(KNOWN, **how)


def test_a_table_too_large_to_hold_back_from_is_refused():
    with pytest.raises(BadNumbers):
        suppress(np.zeros((50, 41)))

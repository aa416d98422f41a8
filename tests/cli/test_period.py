"""Going over to a new agreement by command: what is open, what would happen, and the act."""

from datetime import date

import builders
import pytest

from samverkan_map import agreement


@pytest.fixture
def by(tmp_path, samverkan, database):
    folder = builders.two_agreements(tmp_path, turns=date.today().year + 1)
    samverkan.environment["SAMVERKAN_MUNICIPALITY"] = str(folder)
    first = agreement.load(folder)
    where = {"focus": "levande-centrum", "type": "stok_torget", "at": (15.1, 59.06)}
    with database.writing() as session:
        for name in ("Torget", "Åsen"):
            builders.a_place(session, first, name=name, **where)
        session.commit()
    return first


def test_what_is_open_is_shown_and_nothing_happens_without_yes(samverkan, by):
    year = by.end_year + 1
    shown = samverkan("period", "show").out
    assert f"{by.period.code} går ut den 31" in shown and "place-1: Torget. Följer med." in shown
    asked = samverkan("period", "start", str(year), "--close", "place-2=elsewhere:Skolan tar över.")
    assert "place-2: Åsen. Avslutas: Tas om hand på annat håll." in asked.out and "--yes" in asked.out
    assert "Åsen" in samverkan("period", "show").out

    done = samverkan("period", "start", str(year), "--close", "place-2=elsewhere", "--reference", "KF 12", "--yes")
    assert (done.code, f"från {year} är gjord: 1 följde med, 1 avslutades" in done.out) == (0, True)
    assert "Åsen" not in samverkan("period", "show").out
    twice = samverkan("period", "start", str(year), "--yes")
    assert twice.code == 1 and "redan gjord" in twice.err
    assert samverkan("audit", "verify").code == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("1999",), 4, "1999"),
        (("--close", "place-2", "YEAR"), 2, "elsewhere"),
        (("--close", "place-9=elsewhere", "YEAR"), 2, "place-9"),
        (("--carry", "measure-1", "YEAR"), 2, "measure-1"),
        (("--close", "place-2=something_else", "YEAR"), 2, "anteckningen"),
    ],
)
def test_what_cannot_be_is_one_sentence(samverkan, by, words, code, said):
    given = [str(by.end_year + 1) if word == "YEAR" else word for word in words]
    for more in ((), ("--yes",)):
        answer = samverkan("period", "start", *given, *more)
        assert answer.code == code and said in answer.err

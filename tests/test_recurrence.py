"""The file of what comes back is the municipality's own, and a slip in it is one sentence when it is loaded."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from samverkan_map import agreement
from samverkan_map.errors import SetUpTrouble

EXAMPLE = Path(__file__).parent / "data" / "exempelby"
LABEL = 'label.sv = "Namn"\nlabel.en = "Name"\n'


def loaded(folder, text):
    copy = Path(shutil.copytree(EXAMPLE, folder / "by"))
    (copy / "recurrence.toml").write_text(text, encoding="utf-8")
    return agreement.load(copy)


def test_a_window_may_pass_the_new_year_and_a_municipality_without_the_file_has_none(vellinge, tmp_path):
    assert vellinge.windows["nyar"].days_of(2025) == (date(2025, 12, 29), date(2026, 1, 3))
    assert vellinge.windows["skolavslutning"].days_of(2026) == (date(2026, 6, 8), date(2026, 6, 15))
    assert agreement.load(EXAMPLE).windows == {} == agreement.load(EXAMPLE).repeats
    own = loaded(tmp_path, f'[[windows]]\ncode = "x"\nweeks = [53]\n{LABEL}')
    assert own.windows["x"].days_of(2020) and own.windows["x"].days_of(2025) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f'[[windows]]\ncode = "x"\nfrom = "13-01"\nto = "12-01"\n{LABEL}', "wrong_form"),
        (f'[[windows]]\ncode = "x"\nfrom = "04-28"\n{LABEL}', "missing_value"),
        (f'[[windows]]\ncode = "x"\nfrom = "01-02"\nto = "12-30"\n{LABEL}', "wrong_form"),
        (f'[[windows]]\ncode = "x"\nweeks = [3, 5]\n{LABEL}', "wrong_form"),
        (f'[[windows]]\ncode = "x"\nweeks = ["3"]\n{LABEL}', "wrong_form"),
        (f'[[repeats]]\ncode = "x"\ntypes = ["finnsinte"]\n{LABEL}', "unknown_value"),
        ("windows = 3", "wrong_form"),
        ("[[windows", "unreadable"),
    ],
)
def test_a_slip_is_one_sentence(tmp_path, text, key):
    with pytest.raises(SetUpTrouble) as trouble:
        loaded(tmp_path, text)
    assert trouble.value.key == f"agreement.errors.{key}"

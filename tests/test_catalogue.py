"""The catalogue of measures: enough to choose from, sources that can be checked, faults said in one sentence."""

import difflib
import itertools
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from samverkan_map import agreement, catalogue
from samverkan_map.catalogue import FIELDS
from samverkan_map.errors import NotFound, SetUpTrouble
from samverkan_map.settings import ROOT
from samverkan_map.translations import LANGUAGES, text
from samverkan_map.vocabulary import Evidence, MeasureKind, Mechanism, Term

VELLINGE = ROOT / "data" / "vellinge"
EXEMPELBY = Path(__file__).parent / "data" / "exempelby"
SITUATIONAL = ("increase_effort", "increase_risk", "reduce_rewards", "reduce_provocations", "remove_excuses")
TEXTS = ("title", "description", "dose", "indicator", "evidence_note")
LIKE = 0.8
"""From this share of common text on, two notes say the same thing."""


@pytest.fixture(scope="module")
def general():
    """The catalogue as it is shipped, which Vellinge takes as it is."""
    return catalogue.load(VELLINGE)


@pytest.fixture
def folder(tmp_path):
    """A municipality's folder without measures of its own, with a small general catalogue beside it."""
    write(tmp_path / "catalogue" / "measures.toml", entry("bom"))
    (tmp_path / "byn").mkdir()
    return tmp_path / "byn"


def entry(name, **changes):
    """The lines of a whole entry, with some fields said otherwise or, as None, left out."""
    lines = {f"{field}.{language}": f'"{field} {name}"' for field in TEXTS for language in LANGUAGES}
    lines |= {
        "code": f'"{name}"', "mechanism": '"traffic"', "kind": '"situational"', "term": '"short"',
        "effect_after_months": "1", "cost": "2", "counts": '["klotter"]', "evidence": '"weak"',
        "sources": '["Alm 2001, En studie"]',
    } | {field.replace("__", "."): value for field, value in changes.items()}  # fmt: skip
    return "[[measures]]\n" + "".join(f"{field} = {value}\n" for field, value in lines.items() if value is not None)


def write(path, *pieces):
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(pieces), encoding="utf-8")
    # A new file under a name that was read before is only read again by a process that starts again.
    catalogue.load.cache_clear()


def refusal(folder):
    with pytest.raises(SetUpTrouble) as refused:
        catalogue.load(folder)
    for language in LANGUAGES:
        text(language, refused.value.key, **refused.value.fields)
    return refused.value.key.rpartition(".")[2], refused.value.fields.get("entry"), refused.value.fields.get("name")


# ---- What is shipped -------------------------------------------------------------------------------------------------


def test_a_planner_finds_at_least_five_measures_of_each_situational_mechanism(general):
    counts = Counter(str(one.mechanism) for one in general.entries)

    assert min(counts[mechanism] for mechanism in SITUATIONAL) >= 5
    assert sum(counts[mechanism] for mechanism in SITUATIONAL) >= 25
    assert counts["placemaking"] >= 5 and counts["traffic"] >= 6
    assert len(general) == sum(counts.values()) >= 36


def test_every_word_is_said_in_both_languages_and_not_left_in_the_other(general):
    for one in general.entries:
        for name in TEXTS:
            said = getattr(one, name)
            assert list(said) == list(LANGUAGES), (one.code, name)
            assert said["sv"] != said["en"], (one.code, name)
            assert not re.search(r"\b(och|att|som|inte|för)\b", said["en"]), (one.code, name)
            assert not re.search(r"\b(and|the|that|not|for)\b", said["sv"]), (one.code, name)


def test_no_two_notes_say_the_same(general):
    for language in LANGUAGES:
        for one, other in itertools.combinations(general.entries, 2):
            compared = difflib.SequenceMatcher(
                None, one.evidence_note[language], other.evidence_note[language], autojunk=False
            )
            alike = compared.real_quick_ratio() >= LIKE and compared.quick_ratio() >= LIKE
            assert not alike or compared.ratio() < LIKE, (one.code, other.code, language)


def test_every_note_names_who_found_it_and_when_and_is_short(general):
    """The sources list the works; the note names each by its first author (or body) and its year."""
    for one in general.entries:
        for language in LANGUAGES:
            note = one.evidence_note[language]
            assert re.search(r"\b(19|20)\d\d\b", note), (one.code, language)
            for source in one.sources:
                author = re.match(r"[^\W\d]+(?:['-][^\W\d]+)*", source).group()
                year = re.search(r"\b(19|20)\d\d\b", source).group()
                assert author in note and year in note, (one.code, language, source)
            assert 1 <= len(re.findall(r"[.!?](?:\s|$)", note)) <= 3, (one.code, language)


def test_what_is_known_little_about_says_so(general):
    """Evidence is not sold: an unknown effect is admitted in words, and few kinds of measure are called certain."""
    admits = {"sv": r"\b(inte|ingen|inga|okänd|känner ingen)\b", "en": r"\b(not|no|nobody|unknown|rather than)\b"}
    for one in general.find(evidence=Evidence.UNKNOWN).entries:
        for language in LANGUAGES:
            assert re.search(admits[language], one.evidence_note[language], re.I), (one.code, language)
    levels = Counter(one.evidence for one in general.entries)
    assert set(levels) == set(Evidence)
    assert levels[Evidence.STRONG] < levels[Evidence.WEAK] + levels[Evidence.UNKNOWN]


def test_codes_are_unique_and_stay_writable_everywhere(general):
    codes = [one.code for one in general.entries]

    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{2,30}", code) for code in codes)
    assert {"belysning_fast", "gupp", "klottersanering", "vuxna_ute", "fyrverkerifri_zon"} <= set(codes)


def test_a_camera_is_the_last_choice_of_its_kind_and_never_has_a_position(general):
    camera = general.get("kamerabevakning")

    assert general.by_mechanism()[Mechanism.INCREASE_RISK][-1] == camera
    assert "skrivs aldrig in" in camera.description["sv"] and "never entered" in camera.description["en"]


def test_no_measure_belongs_to_one_municipality(general):
    words = re.compile(r"vellinge|höllviken|ljunghusen|skanör|falsterbo", re.I)
    assert not words.search((ROOT / "data" / "catalogue" / "measures.toml").read_text(encoding="utf-8"))


def test_every_word_to_count_by_is_one_that_vellinges_types_know(general):
    town = agreement.load(VELLINGE)
    assert {word for one in general.entries for word in one.counts if town.type_of(word) is None} == set()


def test_every_cost_class_and_mechanism_is_explained(general):
    for language in LANGUAGES:
        for cost in catalogue.COSTS:
            assert "000" in text(language, f"catalogue.cost_{cost}")
        for word in (*[f"does_{one}" for one in Mechanism], *[f"means_{one}" for one in Evidence]):
            assert text(language, f"catalogue.{word}")
    assert {one.cost for one in general.entries} == set(catalogue.COSTS)


# ---- Reading it ------------------------------------------------------------------------------------------------------


def test_a_planner_gets_one_measure_by_its_code_and_is_told_when_there_is_none(general):
    hump = general.get("gupp")

    assert (hump.mechanism, hump.kind, hump.term) == (Mechanism.TRAFFIC, MeasureKind.SITUATIONAL, Term.LONG)
    assert hump.evidence is Evidence.STRONG and hump.title["en"] == "Speed hump or cushion"
    with pytest.raises(NotFound) as refused:
        general.get("drake")
    assert (refused.value.key, refused.value.fields) == ("catalogue.errors.not_found", {"code": "drake"})


def test_mechanisms_come_in_the_order_of_the_vocabulary_and_only_those_with_entries(general):
    assert list(general.by_mechanism()) == list(Mechanism)
    strong = general.find(evidence=Evidence.STRONG)
    assert set(strong.by_mechanism()) == {one.mechanism for one in strong.entries} < set(Mechanism)


def test_both_filters_narrow_and_none_of_them_takes_anything(general):
    assert general.find() == general
    both = general.find(mechanism=Mechanism.TRAFFIC, evidence=Evidence.STRONG)
    assert [one.code for one in both.entries] == ["gupp"]


def test_the_catalogue_beside_the_folder_wins_over_the_programs_own(folder):
    assert [one.code for one in catalogue.load(folder).entries] == ["bom"]
    assert len(catalogue.load(EXEMPELBY)) > 36


# ---- A municipality's own words --------------------------------------------------------------------------------------


def test_exempelby_adds_a_measure_and_rewords_two(general):
    own = catalogue.load(EXEMPELBY)
    assert [one.code for one in own.entries] == [*[one.code for one in general.entries], "skoterled"]
    hump, before = own.get("gupp"), general.get("gupp")
    assert (hump.title, hump.cost) == ({"sv": "Vägbula som plogen klarar", "en": "Speed hump or cushion"}, 1)
    assert [name for name in FIELDS if getattr(hump, name) != getattr(before, name)] == ["title", "cost"]
    assert own.get("klottersanering").counts == ("stok_torget", "klotter")


def test_exempelbys_words_do_not_reach_vellinge(general):
    catalogue.load(EXEMPELBY)
    assert general.get("gupp").title["sv"] == "Gupp eller vägkudde"
    with pytest.raises(NotFound):
        general.get("skoterled")


def test_an_own_measure_must_be_whole_while_a_reworded_one_need_not(folder):
    write(folder / "measures.toml", '[[measures]]\ncode = "bom"\ncost = 3\n')
    assert catalogue.load(folder).get("bom").cost == 3
    write(folder / "measures.toml", '[[measures]]\ncode = "bommen"\ncost = 3\n')
    assert refusal(folder) == ("missing", "bommen", "title.sv")


def test_a_fault_in_the_municipalitys_file_names_that_file(folder):
    write(folder / "measures.toml", '[[measures]]\ncode = "bom"\ncost = 4\n')
    with pytest.raises(SetUpTrouble) as refused:
        catalogue.load(folder)
    assert refused.value.fields["file"] == folder / "measures.toml"


# ---- Bad files -------------------------------------------------------------------------------------------------------

BAD = {
    "no title in English": ({"title__en": None}, ("missing", "title.en")),
    "an empty note": ({"evidence_note__sv": '"  "'}, ("missing", "evidence_note.sv")),
    "a title that is no table": ({"title__sv": None, "title__en": None, "title": '"Bom"'}, ("missing", "title.sv")),
    "a third language": ({"title__de": '"Schranke"'}, ("unknown_field", "title.de")),
    "a misspelt field": ({"dosis": '"1"'}, ("unknown_field", "dosis")),
    "an unknown mechanism": ({"mechanism": '"magic"'}, ("unknown_value", "mechanism")),
    "no kind": ({"kind": None}, ("unknown_value", "kind")),
    "a term that is a number": ({"term": "3"}, ("unknown_value", "term")),
    "evidence in other words": ({"evidence": '"proven"'}, ("unknown_value", "evidence")),
    "a cost of nothing": ({"cost": "0"}, ("number", "cost")),
    "a cost that is true": ({"cost": "true"}, ("number", "cost")),
    "half a month": ({"effect_after_months": "0.5"}, ("number", "effect_after_months")),
    "an effect before the measure": ({"effect_after_months": "-1"}, ("number", "effect_after_months")),
    "an effect after six years": ({"effect_after_months": "72"}, ("number", "effect_after_months")),
    "words that are no list": ({"counts": '"klotter"'}, ("list", "counts")),
    "a word that is a number": ({"counts": "[1]"}, ("list", "counts")),
    "no source": ({"sources": "[]"}, ("source", "sources")),
    "a source without a year": ({"sources": '["Alm, En studie"]'}, ("source", "sources")),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_entry_is_refused_with_its_name_and_field(folder, fault):
    changes, (key, field) = BAD[fault]
    write(folder.parent / "catalogue" / "measures.toml", entry("bom"), entry("grind", **changes))
    assert refusal(folder) == (key, "grind", field)


@pytest.mark.parametrize("code", ["Bom", "bom-hinder", "åbom", "_bom", "bom__två", "bom_", "1bom", ""])
def test_a_code_that_could_not_stay_is_refused(folder, code):
    write(folder.parent / "catalogue" / "measures.toml", entry("bom"), entry("x", code=f'"{code}"'))
    assert refusal(folder) == ("code", "[[measures]] 2", "code")


def test_a_code_used_twice_in_one_file_is_refused(folder):
    write(folder.parent / "catalogue" / "measures.toml", entry("bom"), entry("bom"))
    assert refusal(folder) == ("twice", "bom", "code")


@pytest.mark.parametrize(
    ("content", "key"),
    [("", "empty"), ("measures = 3", "empty"), ("[measures]\na = 1", "empty"), ("[[measures", "unreadable")],
)
def test_a_file_without_measures_is_refused_by_name(folder, content, key):
    write(folder.parent / "catalogue" / "measures.toml", content)
    assert refusal(folder)[0] == key


def test_a_row_that_is_no_table_is_refused(folder):
    write(folder.parent / "catalogue" / "measures.toml", "measures = [1]")
    assert refusal(folder) == ("code", "[[measures]] 1", "code")


def test_a_file_that_is_not_utf8_is_refused(folder):
    (folder / "measures.toml").write_bytes('title = "Åtgärd"'.encode("latin-1"))
    assert refusal(folder)[0] == "unreadable"


def test_the_whole_catalogue_missing_is_said(folder, monkeypatch, tmp_path):
    (tmp_path / "catalogue" / "measures.toml").unlink()
    monkeypatch.setattr(catalogue, "ROOT", tmp_path / "ingenstans")
    assert refusal(folder)[0] == "missing_file"


def test_the_fields_of_the_file_are_those_that_the_data_readme_explains():
    rows = tomllib.loads((ROOT / "data" / "catalogue" / "measures.toml").read_text(encoding="utf-8"))["measures"]
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert all(set(row) == set(FIELDS) for row in rows)
    assert [name for name in FIELDS if f"`{name}`" not in readme] == []

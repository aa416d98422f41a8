"""The text firewall: what points at a person is stopped and named by kind, what describes a place goes through."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samverkan_map import screening
from samverkan_map.errors import BadValue
from samverkan_map.translations import LANGUAGES, text

CAUGHT = {
    "personal_number": [
        "Han är född 811228-9874", "pnr 8112289874", "19811228-9874", "198112289874", "1981-12-28-9874",
        "811228 9874 enligt vakten", "19 80 01 01 - 12 34", "8 1 1 2 2 8 9 8 7 4", "81 12 28 98 74", "8I1228-9874",
        "1981 12 28 / 9874", "81_12_28_9874", "8oo1o1-1234", "81 12 28-9874",
        "811228+9874", "samordningsnummer 811288-9871",
        "８１１２２８-９８７４", "8112\u200b28-9874", "nummer 20100630-8884 står på lappen", "född 19 811228-9874",
    ],
    "plate": [
        "Grå bil ABC123 kör fort", "abc123", "regnr abc 123", "moped med plåten ABC12D", "ABC 123", "ABC-123",
        "A B C 1 2 3", "A B D 123", "bilen XYZ 1 2 3", "N-B-C-4-5-D", "АВС123", "ΑΒΕ 12Η", "reg: n b c 4 5 d",
        "bilen har skylt nbc 45d och kör varje kväll", "Bilen (XYZ99A) stod kvar", "ＡＢＣ１２３",
    ],
    "phone": [
        "ring 070-123 45 67", "0701234567", "+46 70 123 45 67", "+46701234567", "0046 70 1234567", "073 123 45 67",
        "tel 040-12 34 56", "08-123 456 78", "0410-123 45", "+45 12 34 56 78", "+46(0)70-1234567", "072-1234567",
        "o7o-123 45 67", "0 7 0 1 2 3 4 5 6 7", "070.123.45.67", "070 – 12 34 567", "07O l23 45 67",
        "noll sju noll, ett två tre fyra fem sex sju", "０７０-１２３４５６７",
    ],
    "email": [
        "skriv till anna.svensson@example.se", "ANNA@EXAMPLE.COM", "anna@example.shop",
        "anna (at) example.se", "anna[snabel-a]example.se",
        "anna punkt svensson snabel-a gmail punkt com", "anna snabela example", "anna at example dot com",
        "anna(at)example(punkt)se", "anna.svensson på gmail punkt com", "аnna@ехample.se", "anna @ example . se",
    ],
    "home": [
        "De bor i lgh 1203", "lägenhet 12 på andra våningen", "Storgatan 12 B, 3 tr", "Mellanvägen 5, vån 2",
        "Storgatan 5 uppgång B", "lghnr? Lgh. 1101",
    ],
    "name": [
        "Killen heter Kevin", "han kallas Lillen", "en flicka döpt till Maja", "grannen Anders klagar", "Heter Kevin",
        "pojken Liam slänger smällare", "en man vid namn Bertil", "eleven Nora var där", "ledaren kallas för Bossen",
        "mamman Karin körde", "Killen hеter Kevin",
    ],
    "forum": [
        "Ärendet är taget i SSPF", "sspf känner till honom", "Diskuteras i SIG", "anmält till ViNR", "LVU är inlett",
        "en orosanmälan är gjord", "hon har skyddad adress", "skyddade personuppgifter", "finns i belastningsregistret",
        "skyddad identitet",
    ],
}  # fmt: skip

HARMLESS = [
    "Mopeder kör fort på cykelvägen", "Buss 100 kör för fort", "buss 146 mot Malmö", "linje 152", "E22 vid avfarten",
    "E6", "väg 100 mot Falsterbo", "Väg 512", "VÄG 100", "kl 22.30", "mellan 22.30 och 23.15", "22:30-23:15",
    "kl 2230", "ring 112", "ring 114 14", "1177", "11414", "år 2025", "2023-2026", "2025-03-01", "2025-03-01 22:30",
    "20250301", "den 1 mars 2025 kl 22", "20250301-2230", "202503012230", "85 km/h på 40-väg", "47 km/h, gräns 40",
    "v85 47", "235 31 Vellinge", "SE-235 31", "239 42 Höllviken", "040-42 50 00", "växeln 040-425000",
    "diarienummer 2025/1234", "KS 2025-123", "Storgatan 12", "Mellangatan 5 B", "Falsterbovägen 40", "utanför nr 12",
    "Platsen heter Kioskparken", "gatan heter Mellangatan", "torget kallas Stora torget",
    "Det kallas Backen i folkmun", "lekplatsen heter Solen", "de kör sig trötta", "slå sig ner",
    "DE KÖR SIG TRÖTTA PÅ GATAN", "Trygghetsforum EST", "EST", "skydda barnen", "skyddat läge för vinden",
    "personuppgifter lämnas aldrig", "GDPR gäller", "samtycke enligt GDPR", "info@vellinge.se", "kommun@vellinge.se",
    "ca 100 personer", "max 100 meter", "100 m norr om bron", "12 rutor krossade", "A4-papper", "50 st EPA",
    "A-traktor kör 60", "3 smällare kl 23", "10-15 ungdomar", "fredag 16 till måndag 7", "0,5 promille",
    "SWEREF 99 TM", "WGS84", "EPSG:3006", "X 370123 Y 6140456", "55.4450, 12.9850", "13.0123456 55.4456789",
    "Höllvikens centrum", "Ljungens IP", "jan 2025", "dec 2024", "NOV 2025", "MAX 100 kg", "hål i vägen 30 cm djupt",
    "tunneln heter Södra passagen", "barnen leker", "föraren körde om", "ägaren till affären", "hushåll 120",
    "LED 100 W", "0800-1600", "08.00-16.00", "08-16", "skriv ordentligt", "avskrivning", "transporter",
    "sport i hallen", "½ meter", "temperatur −5 °C", "nya lampor 😀", "Ringde 2 gånger, 3 svar", "stolpe 1203",
    "25 03 01 2230", "250301-2230", "polisen.se", "registrera dig här", "Heter inget särskilt", "7 st á 3 m",
    "buss 10 11 12 13 14", "hus A B C 123", "uppgång A B C", "kl 07 30 08 15", "07.30-08.15", "07.30-08.15 och 09",
    "noll koll", "noll, ett eller två bilar", "möte @ torget. Kom dit", "tidpunkt okänd", "en punkt på kartan",
    "look at the corner. Nobody helps", "A 1 2 3", "klass 7 A 1 2", "Москва 2025", "Οδός 12", "5 l 10 l 20 l",
    "12 12 12 12", "6140456 370123", "55.4450 12.9850", "2025 03 01 22 30", "kan 1 2 3 gånger", "20 l olja",
    "vecka 10, 11 och 12", "mellan 1 2 3 gånger", "E 6 2 2", "LED 1 0 0", "10.11.2025-12.11.2025",
    "1 2 3 4 5 6 7 8 9 10",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "written"), [(kind, written) for kind, texts in CAUGHT.items() for written in texts])
def test_what_points_at_a_person_is_stopped_and_named_by_kind(kind, written):
    assert kind in [finding.kind for finding in screening.findings(written)]


@pytest.mark.parametrize("written", HARMLESS)
def test_what_describes_a_place_goes_through(written):
    assert screening.findings(written) == []


def test_the_corpora_are_large_enough_to_mean_something():
    assert sum(map(len, CAUGHT.values())) >= 60
    assert len(HARMLESS) >= 100


def test_the_error_names_field_and_kind_but_never_the_text():
    with pytest.raises(BadValue) as caught:
        screening.screen("ring 070-123 45 67", field="note")
    assert caught.value.key == "screening.errors.phone"
    assert caught.value.fields == {"field": "note"}
    assert "070" not in str(caught.value)


def test_nothing_to_screen_goes_through():
    screening.screen(None)
    screening.screen("")


@pytest.mark.parametrize("kind", screening.KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_sentence(kind, language):
    assert text(language, f"screening.errors.{kind}")


def test_many_texts_at_once_give_what_each_alone_gives():
    written = [*(one for texts in CAUGHT.values() for one in texts), *HARMLESS, None, "", "rad ett\nring 070-123 45 67"]
    random.Random(7).shuffle(written)
    written = written * 60
    alone = {}
    for index, one in enumerate(written):
        if one and (found := screening.findings(one)):
            alone[index] = {finding.kind for finding in found}
    many = screening.screen_many(written)
    assert many.keys() == alone.keys()
    assert all(kind in alone[index] for index, kind in many.items())


@pytest.mark.parametrize("piece", ["1l", "l", "1 ", "a", "A ", "0 7 ", "a @ ", "snabel-a ", "noll ", "o0", "a at b "])
def test_no_text_takes_long(piece):
    started = time.process_time()
    screening.findings("1" + piece * (20_000 // len(piece)) + "@")
    assert time.process_time() - started < 3


_SWEDISH = "abcdefghijklmnopqrstuvwxyzåäöéABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖ0123456789 .,:;-–/+()@\n\t\0"
_PIECES = st.one_of(
    st.sampled_from([one for texts in CAUGHT.values() for one in texts]).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
            lambda cut: text[min(cut) : max(cut)]
        )
    ),
    st.text(_SWEDISH, max_size=12),
    st.from_regex(r"[0-9]{1,8}[ -]?[0-9]{1,4}", fullmatch=True),
    st.from_regex(r" 0[1-6][0-9]{1,2}[ -/]{0,3}[1-9][0-9]( ?[0-9]){3,4}", fullmatch=True),
    st.sampled_from(
        [
            "A B C 1 2 3",
            "snabel-a ",
            " at ",
            " punkt com",
            "o7",
            "noll ett två tre fyra fem sex",
            "x Y Z ",
            "1 2",
            " D 12",
            "Storgatan 5",
            "lgh",
            " 3 tr",
            ", port B",
            "ABC",
            "abc 123",
            "skylt",
            "0701",
            "+46",
            "kl. 22",
            "heter",
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(_PIECES, max_size=6).map("".join), min_size=1, max_size=8))
def test_the_quick_look_lets_nothing_through_that_the_rules_catch(written):
    caught = {index for index, one in enumerate(written) if screening.findings(one)}
    assert screening.screen_many(written).keys() == caught


# ---- A source's own ids ------------------------------------------------------------------------------------------

PERSONS = {
    "19811228-9874": "personal_number", "811228-9874": "personal_number", "811228+9874": "personal_number",
    "Anmälan 811228-9874": "personal_number", "8112289874": "personal_number", "198112289874": "personal_number",
    "811288-9871": "personal_number", "８１１２２８-９８７４": "personal_number", "anna@example.se": "email",
    "ärende anna (at) example.se": "email", "070-123 45 67": "phone", "+46 70 123 45 67": "phone",
    "0410-123 45": "phone", "ring 070-1234567": "phone", "ABC123": "plate", "abc123": "plate", "ABC 12D": "plate",
}  # fmt: skip
IDS = [
    "T1", "411200", "15213800", "5000-K123456-25", "0201-K1234-26", "KS 2025-123", "2025/1234", "20250301-0042",
    "250301-0042", "2025-03-01T22:30", "550e8400-e29b-41d4-a716-446655440000", "07012345-67ab-4123-8112-289874001122",
    "kiosk-2026-03-01", "rad:0f3a", "A-1", "INC0012345", "12.9558,55.4098", "811228-9873", "811328-9874", "0701234567",
    "info@vellinge.se", "040-42 50 00", "P1", "r17", "Bil 12", "MAX123", "202503012230",
]  # fmt: skip


@pytest.mark.parametrize("written", PERSONS)
def test_an_id_that_is_a_person_is_stopped(written):
    assert screening.screen_references([written]) == {0: PERSONS[written]}
    assert screening.screen_references([*IDS, written]) == {len(IDS): PERSONS[written]}


@pytest.mark.parametrize("written", IDS)
def test_an_id_of_a_system_goes_through(written):
    assert screening.screen_references([written]) == {}


def test_long_numbers_of_a_system_are_not_taken_for_the_few_that_look_like_a_person_by_chance():
    chance = random.Random(4)
    numbers = [str(chance.randrange(10**9, 10**10)) for _ in range(5000)]
    numbers.append("8112289874")
    assert screening.screen_references(numbers) == {}
    assert len(screening.screen_references(["8112289874", "1234567890", "198112289874"])) == 2


def test_plates_differ_in_their_letters_and_the_numbers_of_a_system_do_not():
    assert screening.screen_references([f"TRF{number}" for number in range(100, 400)]) == {}
    assert set(screening.screen_references(["ABC123", "XYZ99A", "NBC45D"]).values()) == {"plate"}

"""Columns are known by their names, and those about persons refuse the file."""

import geopandas
import pytest
import shapely
from files_to_read import a_csv, a_feature, a_geojson, a_point, a_workbook, read, refusal

from samverkan_map.exchange import columns

PERSONAL = (
    "namn,Namn ,NAME,förnamn,Efternamn,for_namn,first name,LastName,surname,fullständigt namn,personnr,person-nr,"
    "Personnummer,personal number,SSN,samordningsnummer,födelsedatum,födelseår,birth date,adress,Adress 1,gatuadress,"
    "home address,e-postadress,telefon,Telefon nr,tel,tel.,mobil,mobilnummer,phone,phone_number,e-post,epost,E-mail,"
    "email,mail,mejl,regnr,reg.nr,reg nr,registreringsnummer,license plate,number plate,anmälare,Anmälarens namn,"
    "målsägande,målsägandens namn,vittne,misstänkt,kontaktperson,contact name,ägarens namn,reporter,personId,"
    "ip-adress,person"
)
HARMLESS = (
    "kommunnamn,platsnamn,place_name,kommun,gatunamn,street_name,ortnamn,områdesnamn,filnamn,file_name,typ,type,id,"
    "objektid,tid_fran,beskrivning,description,longitud,webbadress,url,antal,ägare,region,kategori,regelbrott,mailbox_typ,"
    "hastighet,personbil_antal,antal personer,mobilitet,telegrafgatan,namnlös väg,published,occurred_local,title,"
    "summary,api_area,text_withheld,locality_tags,road_tags,street_tags,municipality_code,offense_type,uid,organisation,källa"
)


@pytest.mark.parametrize("name", PERSONAL.split(","))
def test_a_column_that_looks_like_personal_data_refuses_the_file_before_any_row(tmp_path, name):
    said = refusal(a_csv(tmp_path, f"typ;{name}\nklotter;hemligt\n"))
    assert said == (
        f"Filen rapporter.csv har kolumner som ser ut som personuppgifter: {name.strip()}. "
        "Ingen rad har lästs. Ta bort kolumnerna och försök igen."
    )
    assert "hemligt" not in said


@pytest.mark.parametrize("name", HARMLESS.split(","))
def test_a_harmless_column_is_not_taken_for_personal_data(name):
    assert not columns.looks_personal(name)


@pytest.mark.parametrize("name", ["nаmn", "ΝΑΜΝ", "Реrsоnnr", "е-роst", "te\u200blefon", "ｎａｍｎ"])
def test_letters_of_other_alphabets_that_look_like_ours_do_not_hide_a_column(name):
    assert columns.looks_personal(name)


def test_a_mapped_column_is_not_exempt_from_the_rule_about_personal_data(tmp_path):
    assert "personuppgifter: namn" in refusal(a_csv(tmp_path, "namn\nklotter\n"), columns={"type": "namn"})


def test_personal_data_is_found_in_geojson_geopackage_and_excel_too(tmp_path):
    deep = a_feature(a_point(), typ="klotter", extra={"vem": [{"Personnr": "x"}]})
    assert "personuppgifter: Personnr" in refusal(a_geojson(tmp_path, a_feature(None, typ="a"), deep))
    assert "personuppgifter: e-post" in refusal(a_workbook(tmp_path, ["typ", "e-post"], ["klotter", "x"]))
    path = tmp_path / "rapporter.gpkg"
    geopandas.GeoDataFrame({"typ": ["a"], "regnr": ["x"]}, geometry=[shapely.Point(1, 2)], crs=3006).to_file(path)
    assert "personuppgifter: regnr" in refusal(path)


def test_columns_that_stand_twice_or_mean_the_same_are_refused(tmp_path):
    assert "två kolumner som heter TYP" in refusal(a_csv(tmp_path, "typ,TYP\na,b\n"))
    assert "två kolumner som betyder type: typ och type" in refusal(a_csv(tmp_path, "typ,type\na,b\n"))
    table, _ = read(a_csv(tmp_path, "typ,type\na,b\n"), columns={"type": "type"})
    assert (table.mapped["type"], table.ignored) == ("type", ["typ"])


def test_a_mapping_that_names_something_unknown_says_what_there_is(tmp_path):
    path = a_csv(tmp_path, "brottstyp,datum\na,b\n")
    assert refusal(path, columns={"type": "brotstyp"}) == (
        "Filen rapporter.csv har ingen kolumn som heter brotstyp. De som finns är: brottstyp, datum."
    )
    said = refusal(path, columns={"sort": "brottstyp"})
    assert said.startswith("Kolumnen sort finns inte i kartan. De som finns är: source_ref, kind, type,")


def test_a_first_row_without_any_name_is_no_header(tmp_path):
    assert "ingen rubrikrad" in refusal(a_csv(tmp_path, "?,!,--\n1,2,3\n"))


def test_a_header_under_a_title_is_said_with_its_row(tmp_path):
    said = "rubrikerna ut att stå på rad 3. Ta bort raderna ovanför"
    rows = "typ;tid_fran;plats\nklotter;2025-03-01;Höllviken\n"
    assert said in refusal(a_csv(tmp_path, "Rapporter 2025\n\n" + rows))
    assert said in refusal(a_csv(tmp_path, "Uttag;2025-04-01;\n;;\n" + rows))
    assert said in refusal(
        a_workbook(tmp_path, ["Rapporter 2025"], ["Uttag", "i dag"], ["typ", "tid_fran"], ["a", "b"])
    )
    table, _ = read(a_csv(tmp_path, "Rapporter 2025\n\n" + rows), columns={"type": "Rapporter 2025"})
    assert table.header == ["Rapporter 2025"]

"""Every address × every identity: what the table says is what the program does."""

import html
import re
import time

import pytest
from flask import Flask
from sqlalchemy import select, text

from samverkan_map import access, agreement, meetings, people
from samverkan_map.db.tables import AuditLine, Base, Person
from samverkan_map.errors import SetUpTrouble
from samverkan_map.vocabulary import Role
from samverkan_map.web import gatekeeper, sessions

# What each address answers, in the order publik foretag trafikgrupp planerare polis samordnare:
# y the page, s asks to sign in, f 403, h 404 as if there were nothing.
GETS = {
    "/": "yyyyyy",
    "/karta": "yyyyyy",
    "/karta.geojson": "yyyyyy",
    "/karta.csv": "yyyyyy",
    "/karta.html": "yyyyyy",
    "/karta.svg": "yyyyyy",
    "/karta/rutor.geojson?z=11&bbox=12.8,55.3,13.2,55.6": "yyyyyy",
    "/karta/skript.js": "yyyyyy",
    "/karta/objekt/places/1": "yyyyyy",
    "/karta/objekt/places/2": "hhhyyy",
    "/karta/objekt/sites/2": "hhhyyy",
    "/karta/objekt/measures/2": "hhhyyy",
    "/karta/objekt/traffic/1": "hhyyyy",
    "/karta/objekt/problem/2": "hhhyyy",
    "/karta/objekt/problem/99": "hhhhhh",
    "/karta/objekt/ingenting/1": "hhhhhh",
    "/bakgrund/karta.json": "yyyyyy",
    "/bakgrund/karta.pmtiles": "hhhhhh",
    "/sok.json?q=h": "yyyyyy",
    "/platser": "yyyyyy",
    "/platser.geojson": "yyyyyy",
    "/platser.csv": "yyyyyy",
    "/platser/1": "yyyyyy",
    "/platser/2": "hhhyyy",
    "/platser/1.geojson": "yyyyyy",
    "/platser/2.geojson": "hhhyyy",
    "/platser/1.csv": "yyyyyy",
    "/platser/2.csv": "hhhyyy",
    "/platser/99": "hhhhhh",
    "/platser/1/andra": "sffyfy",
    "/platser/2/andra": "sfhyfy",
    "/platser/ny": "sfyyfy",
    "/platser/1/lage": "sffyfy",
    "/platser/2/lage": "sfhyfy",
    "/platser/1/problem": "sffyyy",
    "/platser/2/problem": "sfhyyy",
    "/platser/1/orsaker/ny": "sffyyy",
    "/platser/1/orsaker/1": "sffyyy",
    "/platser/2/orsaker/2": "sfhyyy",
    "/platser/1/orsaker/2": "sffhhh",
    "/platser/1/orsaker/1/stryk": "sffyyy",
    "/platser/1/tider": "sffyyy",
    "/platser/1/rapporter": "shhyyy",
    "/platser/1/steg/analys": "shhyyy",
    "/platser/2/steg/kartlaggning": "shhyyy",
    "/platser/1/steg/finnsinte": "shhhhh",
    "/platser/1/vidare": "sffyyy",
    "/platser/2/vidare": "sfhyyy",
    "/platser/1/tillbaka": "sffyyy",
    "/platser/1/publicera": "sffffy",
    "/platser/2/publicera": "sffffy",
    "/platser/1/avpublicera": "sffffy",
    "/atgarder": "yyyyyy",
    "/atgarder.csv": "yyyyyy",
    "/atgarder/1": "yyyyyy",
    "/atgarder/2": "hhhyyy",
    "/atgarder/effekter": "shyyyy",
    "/atgarder/1/uppfoljning": "yyyyyy",
    "/atgarder/2/uppfoljning": "hhhyyy",
    "/atgarder/1/uppfoljning.json": "hhhyyy",
    "/atgarder/1/uppfoljning/karta.svg": "hhhyyy",
    "/atgarder/1/uppfoljning/9/jamforelse": "sfhhhh",
    "/atgarder.xlsx": "yyyyyy",
    "/atgarder.ics": "yyyyyy",
    "/atgarder/ny": "sfyyyy",
    "/atgarder/ny?plats=1&steg=4": "sfyyyy",
    "/atgarder/ny?plats=2": "sfhyyy",
    "/atgarder/1/andra": "sffyfy",
    "/atgarder/1/rita": "sffyfy",
    "/atgarder/2/andra": "sfhyfy",
    "/atgarder/1/publicera": "sffffy",
    "/atgarder/1/avpublicera": "sffffy",
    "/atgarder/1/plan/ny": "sffyfy",
    "/atgarder/1/plan/1": "sffyfy",
    "/atgarder/2/plan/2": "sfhyfy",
    "/atgarder/1/plan/2": "sfhhhh",
    "/atgarder/1/utan-uppfoljning": "sffyfy",
    "/atgarder/1/del/ny": "sffyfy",
    "/atgarder/1/del/1": "sffyfy",
    "/atgarder/1/lofte/ny": "sffyyy",
    "/atgarder/1/lofte/1": "sffyyy",
    "/atgarder/2/lofte/1": "sfhhhh",
    "/atgarder/katalog": "yyyyyy",
    "/atgarder/katalog.csv": "yyyyyy",
    "/platsutveckling": "yyyyyy",
    "/platsutveckling.geojson": "yyyyyy",
    "/platsutveckling/1": "yyyyyy",
    "/platsutveckling/2": "hhhyyy",
    "/platsutveckling/1/publicera": "sffffy",
    "/platsutveckling/1/avpublicera": "sffffy",
    "/statistik": "yyyyyy",
    "/statistik.geojson": "yyyyyy",
    "/statistik.csv": "yyyyyy",
    "/statistik/karta.svg": "yyyyyy",
    "/statistik/publicera": "sffffy",
    "/platsutveckling/1/omgang/ny": "sffffy",
    "/platsutveckling/2/omgang/ny": "sffffy",
    "/platsutveckling/1/omgang/1": "sffffy",
    "/platsutveckling/1/omgang/2": "sffffh",
    "/platsutveckling/2/omgang/2": "sffffy",
    "/platsutveckling/1/omdome": "yyfyyy",
    "/platsutveckling/2/omdome": "hhfyyy",
    "/platsutveckling/1/omdome/svara": "yyfyyy",
    "/platsutveckling/2/omdome/svara": "hhfyyy",
    "/platsutveckling/1/omdome/kvitto": "yyfyyy",
    "/platsutveckling/1/omdome/affisch": "sffffy",
    "/omdome/finnsinte": "hhhhhh",
    "/omdome/finnsinte/svara": "hhhhhh",
    "/omdome/finnsinte/kvitto": "hhhhhh",
    "/trafik": "shyyyy",
    "/trafik.geojson": "hhyyyy",
    "/trafik/karta.js": "hhyyyy",
    "/trafik.svg": "hhyyyy",
    "/trafik.csv": "sfyyyy",
    "/trafik/brev/kommun": "sfyyyy",
    "/trafik/brev/ingen": "sfhhhh",
    "/trafik/filer": "sfyyfy",
    "/trafik/filer/9": "sfhhfh",
    "/trafik/filer/9/angra": "sffffh",
    "/trafik/filer/ny": "sfyyfy",
    "/trafik/filer/ny/finnsinte/kolumner": "sfyyfy",
    "/trafik/filer/ny/finnsinte/granska": "sfyyfy",
    "/trafik/filer/ny/finnsinte/nekade.csv": "sfhhfh",
    "/trafik/hela/olyckor": "shyyyy",
    "/trafik/hela/osakra": "shhyyy",
    "/trafik/hela/ingenting": "shhhhh",
    "/trafik/stracka/1": "shyyyy",
    "/trafik/stracka/1/matning": "sfyyfy",
    "/trafik/stracka/ny": "sfyyfy",
    "/trafik/stracka/1/andra": "sfyyfy",
    "/trafik/moteslage": "sfyyyy",
    "/trafik/motesläge": "sfyyyy",
    "/trafik/moteslage.svg": "sfyyyy",
    "/trafik/moteslage/platser": "sfyyyy",
    "/trafik/moteslage/platser.svg": "sfhhhh",
    "/skarm": "yyyyyy",
    "/moten/styrgrupp-trafik/skarm": "sfyyyy",
    "/moten/trygghetsforum/skarm": "sffhhh",
    "/moten": "sfyyyy",
    "/moten/styrgrupp-trafik": "sfyyyy",
    "/moten/trygghetsforum": "sffyyy",
    "/moten/sspf": "sfhhhh",
    "/moten/styrgrupp-trafik/dagordning.pdf": "sfyyyy",
    "/moten/trygghetsforum/dagordning.pdf": "sffyyy",
    "/moten/styrgrupp-trafik/beslut": "sfyyyy",
    "/moten/trygghetsforum/beslut.pdf": "sffyyy",
    "/moten/styrgrupp-trafik/beslut.csv": "sfyyyy",
    "/moten/styrgrupp-trafik/beslut/nytt?stracka=1": "sfyyyy",
    "/moten/trygghetsforum/beslut/nytt?plats=2": "sffyyy",
    "/moten/styrgrupp-trafik/beslut/nytt?plats=2": "sfhyyy",
    "/moten/styrgrupp-trafik/beslut/9": "sfhhhh",
    "/aterkommande": "shyyyy",
    "/aterkommande?kind=traffic&cell=250": "shyyyy",
    "/aterkommande.geojson": "hhyyyy",
    "/aterkommande.csv": "sfyyyy",
    "/aterkommande/karta.svg": "hhyyyy",
    "/aterkommande?method=density": "shyyyy",
    "/aterkommande/jamfor": "shyyyy",
    "/aterkommande/jamfor.geojson": "hhyyyy",
    "/aterkommande/jamfor.csv": "sfyyyy",
    "/aterkommande/jamfor/karta.svg": "hhyyyy",
    "/aterkommande/serie": "shyyyy",
    "/aterkommande/serie.csv": "sfyyyy",
    "/aterkommande/serie/grund.svg": "hhyyyy",
    "/aterkommande/langs.svg": "hhyyyy",
    "/aterkommande/langs.geojson": "hhyyyy",
    "/aterkommande/utveckling": "shyyyy",
    "/aterkommande/utveckling.geojson": "hhyyyy",
    "/aterkommande/utveckling.csv": "sfyyyy",
    "/aterkommande/utveckling/karta.svg": "hhyyyy",
    "/aterkommande/samlat": "shyyyy",
    "/aterkommande/samlat.csv": "sfyyyy",
    "/aterkommande/arshjul": "shyyyy",
    "/aterkommande/arshjul.csv": "sfyyyy",
    "/aterkommande/upprepning": "shhyyy",
    "/aterkommande/upprepning.csv": "sfhyyy",
    "/aterkommande/larm": "shhyyy",
    "/aterkommande/larm.csv": "sfhyyy",
    "/aterkommande/korningar": "shyyyy",
    "/aterkommande/korning/1": "shhhhh",
    "/aterkommande/korning/1/platser.geojson": "hhhhhh",
    "/aterkommande/korning/1/platser.csv": "sfhhhh",
    "/aterkommande/korning/1/karta.svg": "hhhhhh",
    "/aterkommande/korning/1/langs.geojson": "hhhhhh",
    "/aterkommande/korning/1/langs.svg": "hhhhhh",
    "/rapportera": "yyyyyy",
    "/r": "yyyyyy",
    "/r/7F3K-29QD-M4XA-8WPT": "hhhhhh",
    "/bilder/9": "shhhhh",
    "/inkorg": "sfyyfy",
    "/inkorg?lage=dolda": "sfyyfy",
    "/inkorg/9": "sfhhfh",
    "/inget-att-rapportera": "syyyyy",
    "/vandringar": "sffyyy",
    "/vandringar/1": "sffyyy",
    "/vandringar/9": "sffhhh",
    "/lagesbild": "sffyyy",
    "/lagesbild/1": "sffyyy",
    "/lagesbild/lagen": "sffyyy",
    "/lagesbild/datum.ics": "sffyyy",
    "/lagesbild/1.pdf": "sffyyy",
    "/lagesbild/1/bild/accidents.svg": "sffhhh",
    **{f"/lagesbild/1/offentlig{ending}": "hhhyyy" for ending in ("", ".pdf")},
    **{f"/lagesbild/9/offentlig{ending}": "hhhhhh" for ending in ("", ".pdf")},
    "/lagesbild/1/redovisa": "sfffyy",
    "/lagesbild/9/redovisa": "sfffhh",
    **{
        f"/lagesbild/1/{name}{ending}": "sffyyy"
        for name in ("uppfoljning/bra", "atgardsplan")
        for ending in ("", ".pdf", ".csv")
    },
    **{
        f"/lagesbild/1/{name}{ending}": "sffyyy"
        for name in ("sammanfattning", "latt-svenska")
        for ending in ("", ".pdf")
    },
    **{
        f"/lagesbild/9/{name}{ending}": "sffhhh"
        for name in ("uppfoljning/bra", "atgardsplan")
        for ending in ("", ".pdf", ".csv")
    },
    **{
        f"/lagesbild/9/{name}{ending}": "sffhhh"
        for name in ("sammanfattning", "latt-svenska")
        for ending in ("", ".pdf")
    },
    "/lagesbild/1/karta.svg": "sffhhh",
    "/lagesbild/1/karta.html": "sffyyy",
    "/lagesbild/1/tabeller.csv": "sffyyy",
    "/lagesbild/1/innehall.json": "sffyyy",
    "/lagesbild/1/skriv/harm/police": "sfffyy",
    "/lagesbild/1/skriv/harm/municipality": "sffyfy",
    "/lagesbild/1/skriv/finnsinte/police": "sffhhh",
    "/lagesbild/1/andra": "sffffy",
    "/lagesbild/1/las": "sffffy",
    "/lagesbild/1/godkann": "sfffyy",
    "/lagesbild/jamfor": "sffyyy",
    "/lagesbild/jamfor/karta.svg": "sffhhh",
    "/lagesbild/9": "sffhhh",
    "/lagesbild/9.pdf": "sffhhh",
    "/lagesbild/9/bild/hotspots.svg": "sffhhh",
    "/lagesbild/9/karta.svg": "sffhhh",
    "/lagesbild/9/karta.html": "sffhhh",
    "/lagesbild/9/innehall.json": "sffhhh",
    "/lagesbild/9/tabeller.csv": "sffhhh",
    "/lagesbild/9/skriv/harm/police": "sffhhh",
    "/lagesbild/9/andra": "sffhhh",
    "/lagesbild/9/las": "sffhhh",
    "/lagesbild/9/godkann": "sfffhh",
    "/hjalp": "yyyyyy",
    "/om/metod": "yyyyyy",
    "/om/personuppgifter": "yyyyyy",
    "/om/tillganglighet": "yyyyyy",
    "/om/uppgifterna": "yyyyyy",
    "/halsa": "yyyyyy",
    "/static/css/layout.css": "yyyyyy",
    "/samlat/karta.js": "yyyyyy",
    "/samlat/finns-inte.js": "hhhhhh",
    "/sprak/en": "yyyyyy",
    "/konto/logga-in": "yyyyyy",
    "/konto/inloggningstjanst": "hhhhhh",
    "/konto/inloggningstjanst/svar": "hhhhhh",
    "/konto/inloggningstjanst/ut": "hhhhhh",
    "/konto": "syyyyy",
    "/konto/losenord": "syyyyy",
    "/konto/tvasteg": "syyyyy",
    "/konto/forslag": "sfffyf",
    "/admin/polisen": "sffffy",
    "/inkorg/9/bild/9/tack": "sfhhfh",
    "/admin/gallring": "sffffy",
    "/admin/period": "sffffy",
    "/admin/period/2023": "sffffy",
    "/admin/period/1999": "sffffh",
    "/konto/tvasteg/ny": "shhhhh",
    "/konto/tvasteg/ny.svg": "shhhhh",
    "/admin/personer": "sffffy",
    "/admin/personer/1": "sffffy",
    "/admin/personer/1/stang": "sffffy",
    "/admin/organisationer": "sffffy",
    "/admin/logg": "sfffyy",
    "/admin/leveranser": "sffffy",
    "/admin/leveranser/1": "sffffy",
    "/admin/leveranser/1/angra": "sffffy",
    "/admin/leveranser/ny": "sffffy",
    "/admin/leveranser/ny/finnsinte/kolumner": "sffffy",
    "/admin/leveranser/ny/finnsinte/granska": "sffffy",
    "/admin/leveranser/ny/finnsinte/nekade.csv": "sffffh",
    "/kallor": "yyyyyy",
    "/kallor.csv": "yyyyyy",
    "/kallor.geojson": "yyyyyy",
    "/kallor/karta.svg": "yyyyyy",
    "/kallor/brott": "yyyyyy",
    "/kallor/brott.csv": "yyyyyy",
    "/kallor/dialoger": "shyyyy",
    "/kallor/dialoger.csv": "sfyyyy",
    "/kallor/ny/matning": "sffyyy",
    "/kallor/ny/dialog": "sffyyy",
    "/kallor/ny/finnsinte": "sffhhh",
    "/kallor/rad/matning/1": "sffyyy",
    "/kallor/rad/matning/99": "sffhhh",
    "/kallor/filer": "sffyyy",
    "/kallor/filer/9": "sffhhh",
    "/kallor/filer/9/angra": "sffffh",
    "/kallor/filer/ny": "sffyyy",
    "/kallor/filer/ny/finnsinte/kolumner": "sffyyy",
    "/kallor/filer/ny/finnsinte/granska": "sffyyy",
    "/kallor/filer/ny/finnsinte/nekade.csv": "sffhhh",
}
POSTS = {
    "/sprak/en": "yyyyyy",
    "/lagesbild": "sffffy",
    "/lagesbild/1/skriv/harm/police": "sfffyy",
    "/lagesbild/1/skriv/harm/municipality": "sffyfy",
    "/lagesbild/1/andra": "sffffy",
    "/lagesbild/1/las": "sffffy",
    "/lagesbild/1/oppna": "sffffy",
    "/lagesbild/1/godkann": "sfffyy",
    "/lagesbild/1/redovisa": "sfffyy",
    "/lagesbild/1/publicera": "sffffy",
    "/lagesbild/9/redovisa": "sfffhh",
    "/lagesbild/9/publicera": "sffffh",
    "/lagesbild/9/skriv/harm/police": "sffhhh",
    "/lagesbild/9/andra": "sffhhh",
    "/lagesbild/9/las": "sffhhh",
    "/lagesbild/9/oppna": "sffhhh",
    "/lagesbild/9/godkann": "sfffhh",
    "/konto/logga-in": "yyyyyy",
    "/konto/logga-ut": "yyyyyy",
    "/konto/losenord": "syyyyy",
    "/konto/forslag/9/bekrafta": "sfffhf",
    "/konto/forslag/9/neka": "sfffhf",
    "/admin/polisen": "sffffy",
    "/admin/gallring": "sffffh",
    "/admin/period": "sffffh",
    "/admin/period/starta": "sffffh",
    "/admin/gallring/people/av": "sffffh",
    "/admin/gallring/people/bekrafta": "sffffh",
    "/admin/polisen/9/dra-tillbaka": "sffffh",
    "/admin/personer/1/forslag": "sffffy",
    "/admin/personer/1/inloggning": "sffffh",
    "/konto/tvasteg/logga-in": "yyyyyy",
    "/konto/tvasteg/borja": "syyyyy",
    "/konto/tvasteg/ny": "shhhhh",
    "/konto/tvasteg/koder": "syyyyy",
    "/konto/tvasteg/av": "syyyyy",
    "/konto/avsluta": "syyyyy",
    "/platser/1/andra": "sffyfy",
    "/platser/2/andra": "sfhyfy",
    "/atgarder/1/uppfoljning/9/omdome": "sfhhhh",
    "/atgarder/1/uppfoljning/9/jamforelse": "sfhhhh",
    "/platser/ny": "sfyyfy",
    "/platser/1/lage": "sffyfy",
    "/platser/2/lage": "sfhyfy",
    "/platser/1/problem": "sffyyy",
    "/platser/2/problem": "sfhyyy",
    "/platser/1/orsaker/ny": "sffyyy",
    "/platser/2/orsaker/ny": "sfhyyy",
    "/platser/1/orsaker/1": "sffyyy",
    "/platser/1/orsaker/2": "sffhhh",
    "/platser/1/orsaker/1/stryk": "sffyyy",
    "/platser/1/tider": "sffyyy",
    "/platser/1/rapporter": "sfhyyy",
    "/platser/1/steg/analys": "sffyyy",
    "/platser/2/steg/analys": "sfhyyy",
    "/platser/1/vidare": "sffyyy",
    "/platser/2/vidare": "sfhyyy",
    "/platser/1/tillbaka": "sffyyy",
    "/platser/1/publicera": "sffffy",
    "/platser/1/avpublicera": "sffffy",
    "/platsutveckling/1/publicera": "sffffy",
    "/platsutveckling/1/avpublicera": "sffffy",
    "/platsutveckling/1/omgang/ny": "sffffy",
    "/platsutveckling/1/omgang/1/bjud-in": "sffffy",
    "/platsutveckling/1/omgang/1/lank/1": "sffffy",
    "/platsutveckling/1/omgang/1/lank/2": "sffffh",
    "/platsutveckling/1/omgang/1/aterkalla/1": "sffffy",
    "/platsutveckling/1/omgang/1/stang": "sffffy",
    "/platsutveckling/1/omgang/1/bidrag/9": "sffffh",
    "/platsutveckling/1/omdome": "yyfyyy",
    "/platsutveckling/1/omdome/svara": "yyfyyy",
    "/omdome/finnsinte": "hhhhhh",
    "/omdome/finnsinte/svara": "hhhhhh",
    "/atgarder/ny": "sfyyyy",
    "/atgarder/ny?plats=2": "sfhyyy",
    "/atgarder/1/andra": "sffyfy",
    "/atgarder/1/rita": "sffyfy",
    "/atgarder/2/andra": "sfhyfy",
    "/atgarder/1/lage": "sffyfy",
    "/atgarder/1/publicera": "sffffy",
    "/atgarder/1/avpublicera": "sffffy",
    "/atgarder/1/plan/ny": "sffyfy",
    "/atgarder/1/plan/1": "sffyfy",
    "/atgarder/1/utan-uppfoljning": "sffyfy",
    "/atgarder/1/del/ny": "sffyfy",
    "/atgarder/1/del/1": "sffyfy",
    "/atgarder/1/lofte/ny": "sffyyy",
    "/atgarder/1/lofte/1": "sffyyy",
    "/atgarder/1/lofte/1/hallet": "sffyfy",
    "/statistik/publicera": "sffffy",
    "/trafik/stracka/1/matning": "sfyyfy",
    "/trafik/stracka/ny": "sfyyfy",
    "/trafik/stracka/1/andra": "sfyyfy",
    "/trafik/stracka/1/osakra": "sfhyfy",
    "/moten/styrgrupp-trafik/beslut/nytt?stracka=1": "sfyyyy",
    "/moten/trygghetsforum/beslut/nytt?stracka=1": "sffyyy",
    "/moten/trygghetsforum/beslut/9": "sffhhh",
    "/skarm": "yyyyyy",
    "/skarm/stang": "sfhhhh",
    "/moten/styrgrupp-trafik/skarm": "sfyyyy",
    "/moten/styrgrupp-trafik/skarm/9/stang": "sfhhhh",
    "/aterkommande/korningar": "sfyyyy",
    "/rapportera": "yyyyyy",
    "/r": "yyyyyy",
    "/inkorg/koppla": "sfyyfy",
    "/inkorg/9/handlaggare": "sffffh",
    "/inkorg/9/koppla": "sfhhfh",
    "/r/7F3K-29QD-M4XA-8WPT/bild": "hhhhhh",
    "/r/7F3K-29QD-M4XA-8WPT/bild/ta-bort": "hhhhhh",
    "/r/7F3K-29QD-M4XA-8WPT/epost/ta-bort": "hhhhhh",
    "/inkorg/9/epost": "sfhhfh",
    "/inkorg/9/bild/9/tack": "sfhhfh",
    "/inkorg/9/bild/9/slapp": "sfhhfh",
    "/inkorg/9/bild/9/ta-bort": "sfhhfh",
    "/inkorg/9/plats": "sfhhfh",
    "/inkorg/9/typ": "sfhhfh",
    "/inkorg/9/vidare": "sfhhfh",
    "/inkorg/9/svara": "sfhhfh",
    "/inkorg/9/dolj": "sfhhfh",
    "/inkorg/9/oppna": "sfhhfh",
    "/inget-att-rapportera": "syyyyy",
    "/vandringar": "sffyyy",
    "/vandringar/1/punkt": "sffyyy",
    "/vandringar/1/punkt/9/ta-bort": "sffhhh",
    "/vandringar/1/avsluta": "sffyyy",
    "/utkast/place/1": "syyyyy",
    "/utkast/place/1/kasta": "syyyyy",
    "/demo/roll": "hhhhhh",
    "/admin/personer": "sffffy",
    "/admin/personer/1/stang": "sffffy",
    "/admin/personer/1/oppna": "sffffy",
    "/admin/personer/1/losenord": "sffffy",
    "/admin/personer/1/roll": "sffffy",
    "/admin/personer/1/tvasteg": "sffffy",
    "/admin/organisationer": "sffffy",
    "/admin/leveranser/1/angra": "sffffy",
    "/admin/leveranser/ny": "sffffy",
    "/admin/leveranser/ny/finnsinte/kolumner": "sffffy",
    "/admin/leveranser/ny/finnsinte/las-in": "sffffy",
    "/admin/leveranser/ny/finnsinte/avbryt": "sffffy",
    "/trafik/filer/9/angra": "sffffh",
    "/trafik/filer/ny": "sfyyfy",
    "/trafik/filer/ny/finnsinte/kolumner": "sfyyfy",
    "/trafik/filer/ny/finnsinte/las-in": "sfyyfy",
    "/trafik/filer/ny/finnsinte/avbryt": "sfyyfy",
    "/kallor/ny/matning": "sffyyy",
    "/kallor/ny/finnsinte": "sffhhh",
    "/kallor/rad/matning/1/stryk": "sffyyy",
    "/kallor/filer/ny": "sffyyy",
    "/kallor/filer/ny/finnsinte/kolumner": "sffyyy",
    "/kallor/filer/ny/finnsinte/las-in": "sffyyy",
    "/kallor/filer/ny/finnsinte/avbryt": "sffyyy",
    "/kallor/filer/9/angra": "sffffh",
}
# What a screen in a meeting reaches: the meeting, and what is neither anybody's nor about anything here.
SHOWN = ("/trafik/moteslage", "/trafik/motesläge", "/skarm")
VISITED = ("/hjalp", "/om/", "/halsa", "/static", "/samlat", "/bakgrund", "/sprak", "/sok", "/konto/logga", "/omdome")
PAGES = [address for address, letters in GETS.items() if letters[0] in "ys"]


def outcome(response) -> str:
    """The answer as a letter of the tables above; a form with missing fields has been let in."""
    if response.status_code == 401 or "/konto/logga-in?till" in response.headers.get("Location", ""):
        return "s"
    return {403: "f", 404: "h"}.get(response.status_code, "y" if response.status_code < 500 else "!")


def covers(table, method, app):
    """The rules of a method that no address of the table comes to."""
    adapter = app.create_url_adapter(None) or app.url_map.bind("localhost")
    rules = {rule.rule for rule in app.url_map.iter_rules() if method in rule.methods}
    return rules - {adapter.match(address.partition("?")[0], method, return_rule=True)[0].rule for address in table}


def test_the_tables_of_this_test_cover_every_address(world):
    assert covers(GETS, "GET", world.app) == set()
    assert covers(POSTS, "POST", world.app) == set()


def client_cookie(client) -> str:
    cookie = client.get_cookie("sid")
    return f"sid={cookie.value}" if cookie else ""


def test_every_form_answers_each_role_as_decided(world):
    wrong = {}
    for number, role in enumerate(Role):
        for address, letters in POSTS.items():
            got = outcome(world.post(world.client(role), address))
            if address in ("/konto/logga-in", "/konto/tvasteg/logga-in"):
                got = "y" if got == "s" else got  # an empty form is let in and refused as a sign-in
            if (
                address in ("/konto/avsluta", "/admin/leveranser/1/angra", "/admin/personer/1/roll")
                and letters[number] == "y"
            ):
                got = "y" if got in "yfh" else got  # let in; then there is nothing to end, or it is one's own account
            if got != letters[number]:
                wrong[address, role.value] = (letters[number], got)
    assert wrong == {}


@pytest.mark.parametrize("identity", ["closed", "expired", "made up", "ended"])
def test_whoever_is_no_longer_let_in_gets_what_everybody_gets(world, identity):
    token = {"made up": "x" * 43}.get(identity) or world.token("samordnare")
    with world.database.writing() as session:
        if identity == "closed":
            session.get_one(Person, world.persons["samordnare"]).disabled_at = sessions.now()
        if identity == "ended":
            people.end_session(session, token)
        if identity == "expired":
            session.execute(text("UPDATE sessions SET seen_at = '2020-01-01 00:00:00.000000'"))
        session.commit()
    client = world.bearing(f"sv.{token}")
    for address, letters in GETS.items():
        assert outcome(client.get(address)) == letters[0], address


def test_a_screen_in_a_meeting_shows_that_meeting_and_reaches_no_other_page_and_no_form(world):
    with world.database.writing() as session:
        let = meetings.screens.let(
            session, access.command_line(), agreement.load(world.settings.municipality), access.TRAFFIC_FORUM,
            now=sessions.now(),
        )  # fmt: skip
        token = meetings.screens.open_by(session, let.code, now=sessions.now())
        session.commit()
    client, wrong = world.app.test_client(), {}
    client.set_cookie("sid", f"sv.{token}")
    headers = {"Cookie": client_cookie(client)}
    for address in GETS:
        reached = outcome(client.get(address, headers=headers))
        if reached not in ("yh" if address.startswith(SHOWN + VISITED) else "fh"):
            wrong[address] = reached
    for address in POSTS:
        if address.startswith((*SHOWN, *VISITED, "/konto/tvasteg/logga-in")):  # a step of signing in, as from anywhere
            continue
        client.set_cookie("sid", f"sv.{token}")
        if (reached := outcome(world.post(client, address))) not in "fh":
            wrong[f"POST {address}"] = reached
    assert wrong == {}


def test_every_form_refuses_without_token_with_a_strange_one_and_from_elsewhere(world):
    for address in POSTS:
        client = world.client("samordnare")
        token = world.form_token(client)
        stranger = world.form_token(world.client("planerare"))
        assert client.post(address).status_code == 403, address
        assert client.post(address, data={"csrf_token": stranger}).status_code == 403, address
        for header in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
        ):
            refused = client.post(address, data={"csrf_token": token}, headers=header)
            assert refused.status_code == 403, (address, header)


def test_a_token_is_good_for_half_a_day_and_not_forever(world, monkeypatch):
    client = world.client("planerare")
    token = world.form_token(client)
    real = time.time()
    for hours, status in ((0, 303), (11, 303), (14, 403), (-2, 403)):
        monkeypatch.setattr("samverkan_map.web.csrf.time.time", lambda hours=hours: real + hours * 3600)
        assert client.post("/sprak/en", data={"csrf_token": token}).status_code == status, hours


def test_no_get_changes_anything_but_the_log(world):
    """Every address, and every link that stands on any page: three of each kind."""
    client = world.client("samordnare")

    def content():
        with world.database.reading() as session:
            return {
                table.name: session.execute(select(table).order_by(*table.primary_key)).all()
                for table in Base.metadata.sorted_tables
                if table.name not in ("audit", "state")
            }

    before, waiting, seen = content(), list(GETS), {}
    while waiting:
        address = waiting.pop()
        kind = re.sub(r"\d+|\?.*", "", address)
        if address in seen.setdefault(kind, set()) or (address not in GETS and len(seen[kind]) >= 3):
            continue
        seen[kind].add(address)
        answer = client.get(address, headers={"Cookie": client_cookie(client)})
        if answer.mimetype == "text/html":
            waiting += map(html.unescape, re.findall(r'(?:href|src)="(/[^"#]+)"', answer.text))
    assert len(seen) > len(set(GETS)) / 2 and content() == before


def test_as_the_public_is_the_anonymous_page_byte_for_byte(world):
    stranger, staff = world.client(), world.client("samordnare")
    for address in PAGES:
        if address.startswith(("/halsa", "/static", "/sprak", "/konto", "/admin", "/atgarder.xlsx")):
            continue  # the first three stand still, an Excel file says when it was made
        theirs = stranger.get(address)
        ours = staff.get(address + ("&" if "?" in address else "?") + "som=publik")
        if theirs.status_code == 200:
            assert ours.data == theirs.data, address
        assert ours.status_code == theirs.status_code, address


def test_what_a_page_seen_as_the_public_asks_for_is_the_publics_and_its_links_stay_there(world):
    """The page is the anonymous one byte for byte, so the browser says by `Referer` where its questions come from."""
    stranger, staff = world.client(), world.client("samordnare")
    from_there = {"Referer": "http://localhost/karta?som=publik&area=hollviken"}
    for address in PAGES:
        if address.startswith(("/halsa", "/static", "/sprak", "/konto", "/admin", "/atgarder.xlsx")):
            continue
        theirs, ours = stranger.get(address), staff.get(address, headers=from_there)
        assert (ours.status_code, ours.data) == (theirs.status_code, theirs.data), address
        # What its visitor sees otherwise stands under the same address.
        same_for_all = address.startswith(("/samlat", "/bakgrund"))
        assert same_for_all or ours.headers["Cache-Control"] == "no-store", address
    followed = staff.get("/platser?area=hollviken", headers=from_there | {"Accept": "text/html,*/*"})
    assert followed.location == "/platser?area=hollviken&som=publik"
    aside = staff.get("//evil.example", headers=from_there | {"Accept": "text/html"})
    assert not (aside.location or "/").startswith("//")


def test_every_internal_page_leads_to_itself_as_the_public_sees_it_or_says_that_there_is_none(world):
    staff, led, none = world.client("samordnare"), 0, 0
    for address in (*PAGES, "/karta?type=klotter&area=hollviken&period=12m", "/atgarder?state=late&focus=trygga-unga"):
        if address.startswith("/sprak"):
            continue
        page = staff.get(address)
        if page.mimetype != "text/html" or page.status_code != 200 or 'class="site-foot"' not in page.text:
            continue
        link = re.search(r'<p class="as-public">(?:<a href="([^"]+)">)?', page.text)[1]
        led, none = led + bool(link), none + (link is None)
        if link:
            shown = staff.get(html.unescape(link), follow_redirects=True)
            assert shown.status_code in (200, 404), link  # 404: not published
        else:
            assert "Allmänheten har inte den här sidan." in page.text
            assert address.startswith("/konto") or world.client().get(address).status_code in (302, 303, 401, 403, 404)
    assert led > 15 and none > 5
    assert "as-public" not in world.client().get("/karta").text + world.client("foretag").get("/karta").text
    assert "area=hollviken&amp;som=publik" in staff.get("/karta?type=klotter&area=hollviken").text


def test_nobody_else_can_ask_as_the_public_and_ones_own_account_is_the_way_back(world):
    staff = world.client("samordnare")
    elsewhere = {"Referer": "http://elsewhere.example/?som=publik"}
    assert staff.get("/karta.csv", headers=elsewhere).data == staff.get("/karta.csv").data
    assert staff.get("/konto", headers={"Referer": "http://localhost/?som=publik"}).status_code == 200


def test_reading_protected_rows_leaves_a_line_once_an_hour_and_exports_each_time(world):
    client = world.client("planerare")
    before = actions(world)
    for _ in range(3):
        client.get("/karta")
        client.get("/karta/objekt/traffic/1")
        client.get("/karta.csv")
    read = actions(world)[len(before) :]
    assert sorted(read) == ["export_internal"] * 3 + ["see_exact_reports"] * 2


def test_opening_a_place_or_looking_as_the_public_leaves_no_line(world):
    client = world.client("planerare")
    before = actions(world)
    client.get("/karta/objekt/places/1")
    client.get("/platsutveckling/1")
    client.get("/karta?som=publik")
    world.client().get("/karta")
    world.client("trafikgrupp").get("/karta")
    assert actions(world) == before


def actions(world):
    with world.database.reading() as session:
        return list(session.scalars(select(AuditLine.action).order_by(AuditLine.id)))


def test_the_log_holds_through_all_this(world_on_each):
    client = world_on_each.client("samordnare")
    for address in ("/karta", "/karta.csv", "/admin/logg"):
        assert client.get(address, buffered=True).status_code == 200
    with world_on_each.database.reading() as session:
        assert access.verify(session) is None


def test_the_program_does_not_start_with_an_address_that_has_no_row(world):
    app = Flask("fler")
    for rule in world.app.url_map.iter_rules():
        app.add_url_rule(rule.rule, rule.rule + str(rule.methods), methods=sorted(rule.methods - {"HEAD", "OPTIONS"}))
    gatekeeper.check_rows(app)
    app.add_url_rule("/hemlig", "hemlig", methods=["GET"])
    with pytest.raises(SetUpTrouble) as refused:
        gatekeeper.check_rows(app)
    assert (refused.value.key, refused.value.fields["route"]) == ("access.errors.route_without_row", "GET /hemlig")


def test_the_program_does_not_start_with_a_row_that_has_no_address():
    with pytest.raises(SetUpTrouble) as refused:
        gatekeeper.check_rows(Flask("tom", static_folder=None))
    assert refused.value.key == "access.errors.row_without_route"

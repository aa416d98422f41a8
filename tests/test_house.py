"""The house rules that no reader should have to remember."""

import ast
import importlib.util
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from samverkan_map import access, translations, vocabulary
from samverkan_map.settings import NAMES, ROOT

PACKAGE = ROOT / "samverkan_map"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "parts" not in path.parts and path.name != "layout.html"]
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
NOUNS = ("reports", "places", "sites", "measures", "traffic", "people", "figures")


def functions(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def public_functions(path):
    return [node for node in functions(path) if not node.name.startswith("_")]


def names(node):
    return {argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}


def calls(node):
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            yield ast.unparse(inner.func)


def noun_modules():
    for noun in NOUNS:
        folder = PACKAGE / noun
        yield from sorted(folder.glob("*.py")) if folder.is_dir() else [PACKAGE / f"{noun}.py"]


def test_the_import_stairs_hold():
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_spatial_libraries_come_before_the_first_connection():
    """Otherwise the extension's own PROJ and GEOS replace theirs and the process dies."""
    code = (
        "import sys\n"
        "from samverkan_map.db import engine\n"
        "class Connection:\n"
        "    def enable_load_extension(self, _): pass\n"
        "    def load_extension(self, name): print(name, {'pyproj', 'shapely', 'pyogrio'} <= set(sys.modules))\n"
        "engine._load_spatialite(Connection())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "mod_spatialite True\n"


def test_taking_in_a_csv_of_reports_waits_for_no_library_that_only_other_files_and_pages_need():
    code = (
        "import sys\n"
        "import samverkan_map.cli.report_files\n"
        "print(sorted({'geopandas', 'pandas', 'pyogrio', 'openpyxl', 'scipy', 'flask', 'folium'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"


def test_a_function_with_an_actor_passes_the_gate_and_one_with_a_viewer_never_writes():
    for path in noun_modules():
        for node in public_functions(path):
            said = set(calls(node))
            if "actor" in names(node):
                assert said & {"access.gate"} or delegates(node), f"{path.name}:{node.name} changes things unrecorded"
            if "viewer" in names(node):
                writes = {"session.add", "session.flush", "session.delete", "access.gate"}
                assert not said & writes, f"{path.name}:{node.name} reads and writes"


def delegates(node):
    """Whether the actor is handed on whole to another verb that passes the gate."""
    return any(
        isinstance(inner, ast.Call) and any(isinstance(a, ast.Name) and a.id == "actor" for a in inner.args)
        for inner in ast.walk(node)
    )


def test_nobody_below_the_door_commits():
    for path in MODULES:
        if not {"web", "cli", "db"} & set(path.relative_to(PACKAGE).parts):
            for node in functions(path):
                assert "session.commit" not in set(calls(node)), f"{path}:{node.name}"


def test_every_public_function_says_what_it_does():
    silent = [
        f"{path.relative_to(PACKAGE)}:{node.name}"
        for path in MODULES
        if "migrations" not in path.parts
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_analysis_function_says_units_refusals_source_and_shows_an_example():
    parts = {
        "units": r"^Units: \S.*", "refusals": r"(?<!\w)Raises (BadNumbers|nothing)\b", "example": r"^>>> .*",
        "source": r"^Source: .*?\((?:18|19|20)\d\d\)",
    }  # fmt: skip
    lacking = [
        f"{path.relative_to(PACKAGE)}:{node.name} lacks {part}"
        for path in sorted((PACKAGE / "analysis").rglob("*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for part, pattern in parts.items()
        if not re.search(pattern, ast.get_docstring(node) or "", re.M | re.S)
    ]
    assert lacking == []


def test_the_mathematics_imports_little_and_not_the_slow_half_of_scipy():
    rooms = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (PACKAGE / "analysis").rglob("*.py")
    ]
    code = (
        f"import sys, {', '.join(rooms)}; print(sorted({{'scipy.stats', 'sqlalchemy', 'pandas'}} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "[]\n"
    allowed = {
        "__future__", "calendar", "collections", "dataclasses", "datetime", "enum", "functools", "heapq", "math",
        "numbers", "typing", "zoneinfo", "numpy", "scipy", "shapely", "samverkan_map",
    }  # fmt: skip
    for path in (PACKAGE / "analysis").rglob("*.py"):
        found = {name for node in ast.walk(ast.parse(path.read_text("utf-8"))) for name in imported(node)}
        assert found <= allowed, path


def test_functions_stay_short():
    lengths = sorted(
        node.end_lineno - node.body[0].lineno + 1
        for path in MODULES
        for node in functions(path)
        if "migrations" not in path.parts
    )
    assert lengths[int(len(lengths) * 0.95)] <= 30


def test_every_word_has_a_swedish_and_an_english_label():
    for name, kind in vars(vocabulary).items():
        if isinstance(kind, type) and issubclass(kind, vocabulary.StrEnum) and kind is not vocabulary.StrEnum:
            table = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
            for word in kind:
                for language in translations.LANGUAGES:
                    found = translations.catalogue(language)
                    keys = {f"vocabulary.{table}.{word.value}", f"vocabulary.{table}.because_{word.value}"}
                    assert keys & found.keys(), (language, table, word.value)


def test_swedish_and_english_say_the_same_things_with_the_same_fields():
    swedish, english = (translations.catalogue(language) for language in ("sv", "en"))
    assert swedish.keys() == english.keys()
    for key, value in swedish.items():
        assert fields(value) == fields(english[key]), key
        assert type(value) is type(english[key]), key


def fields(value):
    texts = value.values() if isinstance(value, dict) else [value]
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_no_english_sentence_was_left_in_swedish():
    swedish, english = (translations.catalogue(language) for language in ("sv", "en"))
    same = {key for key, value in swedish.items() if value == english[key] and isinstance(value, str)}
    assert [key for key in same if re.search("[åäöÅÄÖ]", str(english[key])) and " " in str(english[key]).strip()] == []


def test_every_sentence_that_the_program_asks_for_exists():
    known = translations.catalogue("sv")
    asked = re.compile(
        r"""(?:Refusal|Bad\w+|Not\w+|Conflict|\w+Trouble|\w+Needed|TooMany\w+|\bt|\btext|say|complain|sentence|note)\(
        \s*(?:LANGUAGE,\s*|language,\s*)?["']([a-z_]+(?:\.[a-z_0-9]+)+)["']\s*[,)]""",
        re.X,
    )
    missing = {
        key
        for path in [*MODULES, *TEMPLATES]
        for key in asked.findall(path.read_text(encoding="utf-8"))
        if key not in known
    }
    assert missing == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_page_extends_the_layout_and_has_a_title(path):
    text = path.read_text(encoding="utf-8")
    if path.name in ("bare.html",) or not re.search(r"{%-?\s*extends", text):
        included = any(path.name in other.read_text(encoding="utf-8") for other in TEMPLATES if other != path)
        assert included or "<title>" in text, "neither a page nor a part of one"
    else:
        assert re.search(r"{%-?\s*block title", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_holds_inline_code_or_a_foreign_host(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"\|\s*safe\b|Markup\(|autoescape false", text)
    hosts = set(re.findall(r"(?:src|href|action)=\"(?:https?:)?//([^/\"]+)", text))
    assert hosts <= {"polisen.se"}, hosts


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_makes_markup_out_of_text(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|bindPopup\(|bindTooltip\(|eval\(|new Function", text
    )
    assert not re.search(r"divIcon\(\s*{[^}]*html\s*:\s*[`'\"]", text)


def test_each_of_the_six_packages_is_used_where_a_user_meets_it():
    """Take one of them away and this fails: the user's frame is held, not just listed."""
    imports = {
        path: {n for node in ast.walk(ast.parse(path.read_text("utf-8"))) for n in imported(node)} for path in MODULES
    }
    where = {
        "flask": "web", "folium": "web/folium_map.py", "geopandas": "exchange", "shapely": "geometry.py",
        "sqlalchemy": "reports", "geoalchemy2": "db",
    }  # fmt: skip
    for package, place in where.items():
        users = [str(path.relative_to(PACKAGE)) for path, found in imports.items() if package in found]
        assert any(user.startswith(place) for user in users), (package, users)


def imported(node):
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {node.module.split(".")[0]} if isinstance(node, ast.ImportFrom) and node.module and not node.level else set()


def test_only_one_file_knows_folium():
    users = [
        path.name for path in MODULES if re.search(r"^\s*(import|from) (folium|branca)", path.read_text("utf-8"), re.M)
    ]
    assert users == ["folium_map.py"]


def test_every_setting_is_documented():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"SAMVERKAN_{name}" not in readme] == []


def test_every_command_stands_in_the_handbook():
    from samverkan_map.cli import commands

    handbook = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates" / "help").glob("*.html"))
    handbook += " ".join(str(value) for key, value in translations.catalogue("sv").items() if key.startswith("help."))
    assert [name for name in commands.modules if f"samverkan {name}" not in handbook] == []


def test_the_matrix_names_every_permission():
    assert set(access.grants()) == set(vocabulary.Permission)


def test_every_acceptance_check_names_tests_that_are_there():
    rows = re.findall(r"^\| (\d+) \| .*? \| `(tests/\S+)` \| (.+) \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    assert {int(number) for number, _, _ in rows} >= {*range(1, 16), 23}
    for number, file, names in rows:
        written = (ROOT / file).read_text(encoding="utf-8")
        for name in re.findall(r"`(\w+)`", names):
            assert f"def {name}(" in written, (number, name)


def test_nothing_of_vellinge_stands_in_the_program():
    """Another municipality starts by adding a folder, so no code may know this one's places or codes."""
    words = re.compile(r"höllviken|hollviken|ljunghusen|skanör|skanor|falsterbo|1233\b", re.I)
    allowed = {"demo"}
    for path in MODULES:
        if not allowed & set(path.relative_to(PACKAGE).parts):
            code = "\n".join(line.split("#")[0] for line in strip_docstrings(path).splitlines())
            assert not words.search(code), path


def strip_docstrings(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [
                n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
            ] or [ast.Pass()]
    return ast.unparse(tree)


def test_locks_hold_hashes_and_no_addresses():
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^([a-z0-9][\w.\[\]-]*)==", text, re.M)
        assert len(pins) > 40
        assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", text) if "==" in block)


def test_importing_the_package_costs_nothing():
    spec = importlib.util.find_spec("samverkan_map")
    text = Path(spec.origin).read_text(encoding="utf-8")
    assert "import" not in text.replace("importing", "")


def test_the_test_folder_holds_no_skipped_or_empty_promise():
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name != "test_house.py":
            assert not re.search(r"pytest\.(skip|xfail)|mark\.(skip|skipif|xfail)|assert True\b", text), path


def test_what_is_dear_to_make_is_shared_by_one_worker_and_all_other_tests_go_where_there_is_room():
    from together import Together

    scopes = {
        nodeid: Together._split_scope(None, nodeid)
        for nodeid in (
            "tests/browser/test_a.py::test_a[1]", "tests/web/test_templates.py::test_b",
            "tests/browser/test_every_page.py::test_a", "tests/browser/test_every_page.py::test_b",
            "tests/test_bench.py::test_c", "tests/test_bench.py::test_d",
            "tests/test_db.py::test_e", "tests/test_db.py::test_f",
        )
    }  # fmt: skip
    assert list(scopes.values()) == [
        "browser", "browser", "every page", "every page", "tests/test_bench.py", "tests/test_bench.py",
        "tests/test_db.py::test_e", "tests/test_db.py::test_f",
    ]  # fmt: skip

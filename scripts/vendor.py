"""Keeps `static/vendor/` what it says it is: browser libraries at a pinned version, byte for byte.

`vendor.py --check` compares every file with its checksum in VENDOR.toml. `vendor.py` fetches the packages again with
npm and copies the listed files; the checksums then say whether anything changed. Neither runs when the map runs.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "static" / "vendor"
# The last line of a built script points at a source map, which is not shipped; a browser's tools would ask for it.
SOURCE_MAP = re.compile(rb"^//# sourceMappingURL=.*\n?", re.MULTILINE)


def check(folder: Path = FOLDER) -> list[str]:
    """What is wrong in `folder`, one sentence per file; empty when every file is the pinned one."""
    listed = {
        f"{library['name']}/{name}": digest
        for library in _libraries(folder)
        for name, digest in library["files"].items()
    }
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"VENDOR.toml"}
    faults = [f"{name} is listed in VENDOR.toml but missing" for name in sorted(listed.keys() - found)]
    faults += [f"{name} is not listed in VENDOR.toml" for name in sorted(found - listed.keys())]
    faults += [
        f"{name} differs from its checksum in VENDOR.toml"
        for name in sorted(listed.keys() & found)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != listed[name]
    ]
    return faults


def fetch(folder: Path = FOLDER) -> None:
    """Fetch the pinned packages with npm and copy the listed files into `folder`."""
    for library in _libraries(folder):
        with tempfile.TemporaryDirectory() as where:
            package = f"{library['name']}@{library['version']}"
            subprocess.run(["npm", "pack", "--silent", package], cwd=where, check=True)
            with tarfile.open(next(Path(where).glob("*.tgz"))) as archive:
                archive.extractall(where, filter="data")
            for name in library["files"]:
                source = Path(where) / "package" / library.get("from", {}).get(name, f"dist/{name}")
                target = folder / library["name"] / name
                target.parent.mkdir(parents=True, exist_ok=True)
                content = source.read_bytes()
                target.write_bytes(SOURCE_MAP.sub(b"", content) if name.endswith(".js") else content)


def _libraries(folder: Path) -> list[dict]:
    return tomllib.loads((folder / "VENDOR.toml").read_text(encoding="utf-8"))["libraries"]


if __name__ == "__main__":
    if "--check" not in sys.argv:
        fetch()
    faults = check()
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    sys.exit(1 if faults else 0)

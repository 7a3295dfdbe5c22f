"""The wheel contains the tap and runs on every Python that it declares."""

from __future__ import annotations

import email
import json
import os
import re
import subprocess
import sys
import zipfile

import pytest

from tap_loop_returns.streams import STREAMS
from tools.project import pyproject

from .conftest import BIN, ROOT, run

PROJECT = pyproject()["project"]
VERSIONS = [
    word.rpartition(" ")[2]
    for word in PROJECT["classifiers"]
    if re.search(r":: 3\.\d+$", word)
]
TWINE = "twine==6.2.0"


def pyenvs():
    """Return settings by which pyenv, if it is in use, offers all its Pythons."""
    try:
        done = subprocess.run(
            ["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        return {}
    return {"PYENV_VERSION": os.pathsep.join(done.stdout.split())}


def obtainable(version):
    """Whether the machine has this Python, or ``uv`` can download it."""
    for command in ("find", "install"):
        done = subprocess.run(
            [BIN / "uv", "python", command, version],
            capture_output=True,
            env=os.environ | pyenvs(),
            check=False,
        )
        if done.returncode == 0:
            return True
    return False


OBTAINABLE = [version for version in VERSIONS if obtainable(version)]


@pytest.fixture(scope="module")
def metadata(wheel):
    with zipfile.ZipFile(wheel) as archive:
        [name] = [n for n in archive.namelist() if n.endswith("dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


@pytest.fixture(scope="module", params=OBTAINABLE)
def python(request, wheel, tmp_path_factory):
    """Programs of an environment into which the wheel is installed."""
    folder = tmp_path_factory.mktemp(f"python{request.param}")
    run("uv", "venv", "--quiet", "--python", request.param, "env",
        folder=folder, **pyenvs())  # fmt: skip
    programs = folder / "env/bin"
    run("uv", "pip", "install", "--quiet", "--python", programs / "python", wheel,
        folder=folder)  # fmt: skip
    return programs


def test_the_wheel_and_what_it_needs_install_without_a_compiler(wheel, tmp_path, tell):
    for version in VERSIONS:
        run("uv", "pip", "install", "--dry-run", "--only-binary", ":all:",
            "--python-version", version, "--target", tmp_path, wheel,
            folder=tmp_path)  # fmt: skip
    missing = sorted(set(VERSIONS) - set(OBTAINABLE))
    tell(f"Wheel: run on {OBTAINABLE}, only resolved for {missing}")
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in OBTAINABLE


def test_the_wheel_holds_the_tap_alone(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"tap_loop_returns"}
    assert "tap_loop_returns/py.typed" in names
    schemas = {name for name in names if name.endswith(".json")}
    assert schemas == {f"tap_loop_returns/schemas/{s.name}.json" for s in STREAMS}


def test_the_page_says_what_the_wheel_asks_for_and_why(metadata):
    asked = {re.match(r"[\w-]+", text)[0] for text in metadata.get_all("Requires-Dist")}
    page = (ROOT / "docs/hub.md").read_text("utf-8")
    assert re.findall(r"^\| `([\w-]+)", page, re.MULTILINE) == sorted(
        asked, key=lambda name: (name != "singer-sdk", name)
    )


def test_the_index_takes_metadata_and_readme(dist):
    said = run("uv", "tool", "run", "--from", TWINE, "twine", "check", "--strict",
               *dist.glob("tap*"), folder=dist).out  # fmt: skip
    assert said.count("PASSED") == 2


def test_links_of_the_readme_lead_somewhere_outside_the_repository(metadata):
    links = re.findall(r"\]\(([^)\s]+)\)", metadata.get_payload())
    assert links
    assert [link for link in links if not link.startswith(("https://", "#"))] == []


def test_it_says_its_version(python, tmp_path):
    said = run(python / "tap-loop-returns", "--version", folder=tmp_path).out
    assert f"tap-loop-returns v{PROJECT['version']}," in said


def test_it_tells_about_itself(python, tmp_path):
    said = run(python / "tap-loop-returns", "--about", "--format", "json",
               folder=tmp_path).out  # fmt: skip
    assert json.loads(said)["version"] == PROJECT["version"]


def test_it_discovers_every_stream(python, tmp_path):
    said = run(python / "tap-loop-returns", "--config=ENV", "--discover",
               folder=tmp_path, TAP_LOOP_RETURNS_API_KEY="k").out  # fmt: skip
    found = [stream["stream"] for stream in json.loads(said)["streams"]]
    assert sorted(found) == sorted(stream.name for stream in STREAMS)


def test_it_reads_a_shop(python, shop, tmp_path):
    said = run(python / "tap-loop-returns", "--config=ENV", folder=tmp_path,
               TAP_LOOP_RETURNS_API_KEY="demo-key",
               TAP_LOOP_RETURNS_API_URL=shop.api_url).out  # fmt: skip
    rows = [line for line in said.splitlines() if line.startswith('{"type":"RECORD"')]
    assert sum('"stream":"returns"' in row for row in rows) == 200

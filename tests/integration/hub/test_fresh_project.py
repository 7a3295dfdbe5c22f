"""A new Meltano project can use the tap like any other plugin."""

from __future__ import annotations

import http.server
import json
import shutil
import threading
from contextlib import contextmanager

import pytest
import yaml

from tap_loop_returns.streams import STREAMS

from .conftest import HUB, run

NAME = "tap-loop-returns"
DEFINITION = HUB / f"{NAME}.yml"
[LOCK] = HUB.glob("*.lock")
LISTED = yaml.safe_load(DEFINITION.read_text())


class Project:
    """A fresh project; packages come from the index and the folder with our wheel."""

    def __init__(self, folder, dist):
        self.folder = folder
        self.settings = {"UV_FIND_LINKS": str(dist)}
        run("meltano", "init", folder.name, folder=folder.parent)
        (folder / "output").mkdir(exist_ok=True)

    def meltano(self, *words, **settings):
        return run("meltano", "--log-format", "plain", *words,
                   folder=self.folder, **self.settings, **settings)  # fmt: skip

    def plugin(self):
        content = yaml.safe_load((self.folder / "meltano.yml").read_text())
        [plugin] = content["plugins"]["extractors"]
        return plugin

    def point_at(self, shop):
        self.settings |= {
            "TAP_LOOP_RETURNS_API_KEY": "demo-key",
            "TAP_LOOP_RETURNS_API_URL": shop.api_url,
        }

    def add_jsonl(self):
        """Add a loader as the Hub would, without asking it."""
        (self.folder / "jsonl.yml").write_text(
            "{name: target-jsonl, namespace: target_jsonl, pip_url: target-jsonl==0.1.4,"
            " executable: target-jsonl, settings: [{name: destination_path, value: output},"
            " {name: do_timestamp_file, kind: boolean, value: false}]}"
        )
        self.meltano("add", "target-jsonl", "--from-ref", "jsonl.yml")

    def rows(self, stream):
        return (self.folder / f"output/{stream}.jsonl").read_text().splitlines()


@pytest.fixture(scope="module")
def added(tmp_path_factory, dist):
    """The definition added, and the tap installed from the wheel by its own name."""
    project = Project(tmp_path_factory.mktemp("fresh") / "added", dist)
    shutil.copy(DEFINITION, project.folder / "loop.yml")
    project.meltano("add", NAME, "--from-ref", "loop.yml")
    return project


@contextmanager
def hub():
    """Serve the definition as the Hub's API would, were it listed there."""

    class Answers(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name, variant = LISTED["name"], LISTED["variant"]
            ref = f"{address}/plugins/extractors/{name}--{variant}"
            known = {
                "/plugins/extractors/index": {
                    name: {
                        "default_variant": variant,
                        "logo_url": LISTED["logo_url"],
                        "variants": {variant: {"ref": ref}},
                    }
                },
                ref.removeprefix(address): LISTED,
            }
            self.send_response(200 if self.path in known else 404)
            self.end_headers()
            self.wfile.write(json.dumps(known.get(self.path)).encode())

        def log_message(self, *words):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


def test_the_definition_is_copied_as_it_is(added):
    copied = added.plugin()
    for word in ("label", "variant", "pip_url", "capabilities", "settings"):
        assert copied[word] == LISTED[word]


def test_meltano_lists_the_settings_and_hides_the_key(added):
    settings = added.meltano(
        "config", "list", NAME, "--all", TAP_LOOP_RETURNS_API_KEY="very-secret"
    ).out
    assert "very-secret" not in settings
    assert [one for one in LISTED["settings"] if one["name"] not in settings] == []


def test_meltano_lists_the_streams_and_reads_the_chosen(added, shop):
    added.point_at(shop)
    added.add_jsonl()
    # `--from-ref` does not copy the definition's `select`, so it is set again.
    added.meltano("config", "set", NAME, "_select", json.dumps(LISTED["select"]))
    listed = added.meltano("select", NAME, "--list", "--all").out
    assert [stream.name for stream in STREAMS if stream.name not in listed] == []
    added.meltano("config", "test", NAME)
    added.meltano("run", NAME, "target-jsonl")
    truth = shop.truth()
    assert len(added.rows("returns")) == truth["returns"]["count"] == 200
    assert len(added.rows("return_line_items")) == truth["line_items"]["count"]
    written = {file.stem for file in (added.folder / "output").glob("*.jsonl")}
    assert written == {pattern.removesuffix(".*") for pattern in LISTED["select"]}


def test_a_second_run_reads_only_changes(added, shop):
    added.point_at(shop)
    added.meltano("run", "--full-refresh", NAME, "target-jsonl")
    before = len(added.rows("returns"))
    shop.change(change=3)
    added.meltano("run", NAME, "target-jsonl")
    assert 3 <= len(added.rows("returns")) - before < 20


def test_the_lock_file_alone_is_enough(dist, wheel, shop, tmp_path):
    project = Project(tmp_path / "locked", dist)
    folder = project.folder / "plugins/extractors"
    folder.mkdir(parents=True)
    shutil.copy(LOCK, folder)
    content = yaml.safe_load((project.folder / "meltano.yml").read_text())
    content["plugins"] = {
        "extractors": [
            {"name": NAME, "variant": LISTED["variant"], "pip_url": str(wheel)}
        ]
    }
    (project.folder / "meltano.yml").write_text(yaml.safe_dump(content))
    project.meltano("install")
    project.point_at(shop)
    project.add_jsonl()
    project.meltano("run", NAME, "target-jsonl")
    assert len(project.rows("returns")) == 200


def test_meltano_writes_that_lock_file_when_the_hub_lists_the_tap(dist, tmp_path):
    project = Project(tmp_path / "listed", dist)
    with hub() as address:
        project.meltano("add", NAME, "--no-install", MELTANO_HUB_API_ROOT=address)
    written = project.folder / "plugins/extractors" / LOCK.name
    assert json.loads(written.read_text()) == json.loads(LOCK.read_text())
    assert project.plugin() == {
        "name": NAME,
        "variant": LISTED["variant"],
        "pip_url": LISTED["pip_url"],
    }

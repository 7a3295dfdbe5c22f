"""JSON lines and Parquet hold exactly the shop's rows; a second run adds the changes."""

from __future__ import annotations

import json
import urllib.request
import xml.etree.ElementTree as ET

import duckdb
import pytest

from integration import CHANGES

STREAMS = {
    "returns": ("returns", ("id",)),
    "return_line_items": ("line_items", ("return_id", "line_item_id")),
    "return_exchanges": ("exchanges", ("return_id", "exchange_id")),
    "return_labels": ("labels", ("return_id", "label_position")),
    "return_refunds": ("refunds", ("return_id", "id")),
}
"""The simulator's name for the content of a stream, and the key of a row."""


class JsonLines:
    """What target-jsonl wrote into a folder."""

    loader = "target-jsonl"

    def __init__(self, folder):
        self.folder = folder
        self.settings = {"TARGET_JSONL_DESTINATION_PATH": str(folder)}

    def rows(self, stream):
        lines = (self.folder / f"{stream}.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]


class Parquet:
    """What target-s3 wrote into a bucket."""

    loader = "target-s3"

    def __init__(self, store, folder):
        self.folder = folder
        self.bucket = f"{store.address}/returns"
        self.settings = {
            "AWS_ACCESS_KEY_ID": "integration",
            "AWS_SECRET_ACCESS_KEY": "integration",
            "TARGET_S3_CLOUD_PROVIDER_AWS_AWS_BUCKET": "returns",
            "TARGET_S3_CLOUD_PROVIDER_AWS_AWS_ENDPOINT_OVERRIDE": store.address,
            "TARGET_S3_MAX_BATCH_SIZE": "100",
        }
        self._ask("PUT", "")

    def rows(self, stream):
        prefix = f"tap_loop_returns/{stream}/"
        listed = ET.fromstring(self._ask("GET", f"?list-type=2&prefix={prefix}"))  # noqa: S314
        for key in listed.findall(".//{*}Key"):
            file = self.folder / key.text.replace("/", "-")
            file.write_bytes(self._ask("GET", f"/{key.text}"))
        found = duckdb.sql(
            f"select * from read_parquet('{self.folder}/tap_loop_returns-{stream}-*',"
            " union_by_name = true)"
        )
        names = found.columns
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _ask(self, method, path):
        request = urllib.request.Request(self.bucket + path, method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.read()


@pytest.fixture(scope="module", params=["jsonl", "parquet"])
def target(request, project, tmp_path_factory):
    """Each kind of file, loaded once, then again after a day's changes."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "jsonl":
        target = JsonLines(folder)
    else:
        target = Parquet(request.getfixturevalue("store"), folder)
    state = {"MELTANO_DATABASE_URI": f"sqlite:///{folder}/meltano.db"}
    words = ("tap-loop-returns", target.loader)
    project.run(*words, **target.settings, **state)
    target.first = {stream: target.rows(stream) for stream in STREAMS}
    target.first_truth = project.shop.truth()
    project.shop.change(**CHANGES)
    project.run(*words, **target.settings, **state)
    target.both = {stream: target.rows(stream) for stream in STREAMS}
    target.returns = project.shop.returns()
    return target


def test_every_row_arrives_once(target, tell):
    counts = {}
    for stream, (name, key) in STREAMS.items():
        rows = target.first[stream]
        assert len({tuple(row[one] for one in key) for row in rows}) == len(rows)
        assert len(rows) == target.first_truth[name]["count"], stream
        counts[stream] = len(rows)
    tell(f"{target.loader}: {sum(counts.values()):,} rows of {len(counts)} streams")


def test_a_second_run_adds_what_changed_and_no_more(target, tell):
    added = len(target.both["returns"]) - len(target.first["returns"])
    assert 0 < added < 100
    tell(f"{target.loader}, a day later: {added} returns added")


def test_the_newest_row_of_a_return_is_what_the_shop_says(target):
    newest = {}
    for row in sorted(target.both["returns"], key=last_changed):
        newest[row["id"]] = row["state"], row["refund"]
    assert newest == {
        str(one["id"]): (one["state"], one["refund"]) for one in target.returns
    }


def last_changed(row):
    return str(row["updated_at"] or row["created_at"])

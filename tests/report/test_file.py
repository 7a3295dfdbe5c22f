"""The report is one file without personal data, made from public marts only."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import subprocess
import sys

import duckdb
import pytest
import sqlglot
from sqlfluff.core import Linter

from report.__main__ import PICTURE
from report.datasets import QUERIES, pack
from report.html import PAGE
from report.modules import ModuleError, bundle, imported
from report.screenshots import source_digest
from report.warehouse import WarehouseError, open_warehouse

ROOT = PAGE.parents[1]


def unpacked(page: str) -> dict[str, str]:
    found = re.findall(
        r'<script type="text/plain" id="data-(\w+)">([^<]+)</script>', page
    )
    return {
        name: gzip.decompress(base64.b64decode(data)).decode() for name, data in found
    }


def test_queries_read_public_marts_and_work_out_no_figure():
    for path in QUERIES.values():
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 20, path.name
        tables = re.findall(r"\b(?:from|join)\s+(\S+)", text)
        assert all(re.fullmatch(r"(rpt|fct|dim)_\w+", table) for table in tables), (
            path.name
        )
        # Amounts and units may be added up, because the marts say over which columns.
        # Rows may be counted.
        added = re.sub(r"\bsum\(\w+_(amount|units)\)|\bcount\(\*\)", "", text)
        assert not re.search(r"\b(sum|count|avg|min|max|round)\(|[*/]", added), (
            path.name
        )


@pytest.mark.parametrize("path", QUERIES.values(), ids=QUERIES)
def test_a_query_says_the_same_in_bigquery(report, path):
    text = path.read_text("utf-8")
    assert not Linter(dialect="bigquery").parse_string(text).violations
    with duckdb.connect(str(report("shop").warehouse), read_only=True) as connection:
        # The query alone determines the order of rows, not threads or the position of
        # nulls.
        connection.execute("use analytics; set threads = 1")
        here = connection.execute(text).fetchall()
        connection.execute("set default_null_order = 'nulls_first_on_asc_last_on_desc'")
        assert connection.execute(text).fetchall() == here


def test_every_script_is_in_the_page_and_bundled_alike_each_time():
    assert set(imported(PAGE / "frame.js")) == set(PAGE.rglob("*.js"))
    assert bundle(PAGE / "frame.js") == bundle(PAGE / "frame.js")


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ('import { a } from "./a.js";\nexport const b = a;\n', "in a cycle"),
        ("export const c = 1;\n", "other.js does not export b"),
        ("const b = 1;\nexport default b;\n", "uses unsupported syntax"),
    ],
)
def test_modules_that_cannot_be_bundled_are_refused(tmp_path, other, sentence):
    entry = tmp_path / "a.js"
    entry.write_text('import { b } from "./other.js";\nexport const a = b;\n')
    (tmp_path / "other.js").write_text(other)
    with pytest.raises(ModuleError, match=sentence):
        bundle(entry)


def test_page_refers_to_no_host(report):
    text = report("shop").page.read_text("utf-8")
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) == {
        "http://www.w3.org/2000/svg"
    }


def test_page_holds_nobodys_data(report):
    made = report("shop")
    data = unpacked(made.page.read_text("utf-8"))
    wanted = set(QUERIES)
    assert wanted | {"sentences", "verdicts"} == set(data)
    text = "\n".join(data.values())
    assert "@" not in text
    columns = {
        name for packed in data.values() for name in json.loads(packed)["columns"]
    }
    assert not [
        name
        for name in columns
        if re.search("customer_key|comment|mail|phone|address", name)
    ]
    with duckdb.connect(
        str(made.warehouse.parent / "raw.duckdb"), read_only=True
    ) as raw:
        mails = raw.execute(
            "select distinct customer from tap_loop_returns.returns"
        ).fetchall()
    assert mails
    assert not [mail for (mail,) in mails if mail and mail in text]


def test_values_keep_their_kind():
    packed = pack(["a", "b"], [(1, True), (True, 1), (None, 1.0)])
    columns = json.loads(gzip.decompress(base64.b64decode(packed)))["columns"]
    assert columns["a"] == {"values": [1, True, None], "places": [0, 1, 2]}
    assert [columns["b"]["values"][place] for place in columns["b"]["places"]] == [
        True,
        1,
        1.0,
    ]


def test_rows_without_a_date_or_rate_come_last_in_each_list():
    """In PostgreSQL they would come first."""
    for name, path in QUERIES.items():
        if path.parent.name in {"customers", "lists"}:
            query = sqlglot.parse_one(path.read_text("utf-8"), dialect="postgres")
            columns = query.args["order"].expressions
            assert not [one for one in columns if one.args["nulls_first"]], name


def test_a_missing_warehouse_is_named(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "report", "--warehouse", str(tmp_path / "none.duckdb")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "run `make demo`" in done.stderr


def test_a_target_that_the_report_cannot_read_is_refused(monkeypatch):
    monkeypatch.setenv("DBT_TARGET", "Postgres")
    with pytest.raises(WarehouseError, match="DBT_TARGET is Postgres"):
        open_warehouse().__enter__()


def test_a_warehouse_of_an_earlier_version_says_what_to_do(altered):
    with pytest.raises(
        WarehouseError, match=r"reasons_grown.* `meltano run dbt-duckdb:build`"
    ):
        altered("alter table rpt_return_alerts drop column reasons_grown")


def test_a_warehouse_that_dbt_never_built_is_named_and_the_page_stays(tmp_path):
    with duckdb.connect(str(tmp_path / "new.duckdb")):
        pass
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "report",
            "--warehouse",
            "new.duckdb",
            "--output",
            "report",
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "The schema analytics holds no shop" in done.stderr
    assert not (tmp_path / "report").exists()


def test_a_page_stays_only_if_it_is_newer_than_the_build(tmp_path):
    def make(build):
        return subprocess.run(
            [
                *(sys.executable, "-m", "report", "--output", str(tmp_path)),
                *("--warehouse", str(tmp_path / "none.duckdb")),
                *("--unless-newer-than", build),
            ],
            capture_output=True,
            text=True,
            check=False,
        )

    assert "run `make demo`" in make("2026-01-01T12:00:00+00:00").stderr
    (tmp_path / "index.html").write_text("the page")
    os.utime(tmp_path / "index.html", times=(1_767_268_800, 1_767_268_800))
    assert "so it stays" in make("2026-01-01T11:59:59+00:00").stdout
    assert "run `make demo`" in make("2026-01-01T13:00:01+01:00").stderr


def test_the_readme_shows_a_current_picture_of_the_report():
    """`make screenshots` makes a new picture."""
    assert f"]({PICTURE})" in (ROOT / "README.md").read_text("utf-8")
    assert (ROOT / PICTURE).stat().st_size < 200_000
    digest = (ROOT / PICTURE.with_suffix(".sha256")).read_text("utf-8")
    assert digest == f"{source_digest()}\n"

"""The columns that staging reads exist in the schemas of the published taps."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tools.project import ROOT

from .reads import declared, nested

UV = Path(sys.executable).parent / "uv"


@dataclass(frozen=True)
class Release:
    """A published package, and which source of the models reads its tables."""

    source: str
    requirement: str
    module: str
    absent: tuple[str, ...] = ()
    """Fields that only another tap of the same source has; for this one they are
    null."""


def pinned(name):
    """Return the definition of a plugin of this project."""
    file = ROOT / f"plugins/{name}.meltano.yml"
    [plugin] = yaml.safe_load(file.read_text())["plugins"]["extractors"]
    return plugin


def requirement(name):
    """Return the package and version that Meltano installs for a plugin."""
    return pinned(name)["pip_url"].split()[-1]


RELEASES = [
    Release(
        "tap_shopify_graphql",
        requirement("tap-shopify"),
        "tap_shopify",
        # Without this field, units that staff took off an order count as sold.
        absent=("orders.lineItems.currentQuantity",),
    ),
    Release(
        "tap_recharge",
        requirement("tap-recharge"),
        "tap_recharge",
    ),
    # The version that the Hub installs; its ids of the shop begin with shopify_.
    Release(
        "tap_recharge",
        "tap-recharge==1.0.3",
        "tap_recharge",
        absent=(
            "orders.external_order_id",
            "orders.external_order_id.ecommerce",
            "orders.line_items.purchase_item_id",
            "orders.line_items.purchase_item_type",
        ),
    ),
    Release(
        "tap_shopify_rest",
        "airbyte-source-shopify==4.3.0",
        "source_shopify",
        absent=(
            "orders.line_items.current_quantity",
            "orders.refunds.transactions.currency_exchange_adjustment.currency",
            "orders.refunds.transactions.currency_exchange_adjustment.final_amount",
            "transactions.currency_exchange_adjustment",
            "transactions.currency_exchange_adjustment.currency",
            "transactions.currency_exchange_adjustment.final_amount",
        ),
    ),
]


@pytest.fixture(scope="module", params=RELEASES, ids=lambda one: one.requirement)
def release(request):
    return request.param


@pytest.fixture(scope="module")
def schemas(release, tmp_path_factory):
    """The package's schema files, by stream."""
    folder = tmp_path_factory.mktemp("package")
    subprocess.run(
        [UV, "pip", "install", "--quiet", "--no-deps", "--target", folder,
         release.requirement],
        check=True,
    )  # fmt: skip
    files = (folder / release.module / "schemas").glob("*.json")
    return {file.stem: json.loads(file.read_text()) for file in files}


def has(schema, path):
    """Return whether a schema has a path; an object without properties may have any field."""
    first, _, rest = path.partition(".")
    for form in (schema, *schema.get("anyOf", ())):
        inner = form.get("items", form)
        for one in (inner, *inner.get("anyOf", ())):
            known = one.get("properties")
            if known and first in known:
                return has(known[first], rest) if rest else True
            if not known and "object" in one.get("type", ()):
                return True
    return False


def missing(release, schemas):
    wanted = {
        (table, column)
        for table, parts in declared(release.source).items()
        for column in parts["columns"]
    } | nested(release.source)
    return {
        f"{table}.{path}"
        for table, path in wanted
        if table not in schemas or not has(schemas[table], path)
    }


def test_every_field_that_staging_reads_is_there(release, schemas):
    # The list is complete, so that a new field of a release is noticed too.
    assert sorted(missing(release, schemas)) == sorted(release.absent)


def test_every_key_is_there(release, schemas):
    for table, parts in declared(release.source).items():
        if table in schemas:
            assert parts["key"] <= set(schemas[table]["properties"]), table


def test_every_selected_column_has_a_type(release, schemas):
    """A typed loader refuses a column without one, so the plugin's definition adds it."""
    for plugin in map(pinned, ("tap-shopify", "tap-recharge")):
        if requirement(plugin["name"]) == release.requirement:
            streams = [pattern.removesuffix(".*") for pattern in plugin["select"]]
            untyped = {
                (stream, column)
                for stream in streams
                for column, schema in schemas[stream]["properties"].items()
                if not {"type", "anyOf"} & set(schema)
            }
            assert untyped == {
                (stream, column)
                for stream, columns in plugin.get("schema", {}).items()
                for column in columns
            }


@pytest.mark.parametrize(
    ("source", "schema"),
    [
        ("tap_shopify", "shopify_schema"),
        ("tap_recharge", "recharge_schema"),
        ("tap_loop_returns", "loop_returns_schema"),
    ],
)
def test_a_tap_loads_where_the_models_read(source, schema):
    plugin = pinned(source.replace("_", "-"))
    project = yaml.safe_load((ROOT / "transform/dbt_project.yml").read_text())
    loaded = plugin.get("load_schema", plugin["namespace"])
    assert project["vars"][schema] == loaded

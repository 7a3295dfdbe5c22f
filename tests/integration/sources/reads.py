"""Every field that the staging models of a source read, nested ones included."""

from __future__ import annotations

import re

import yaml

from tools.project import ROOT

STAGING = ROOT / "transform/models/staging"
TABLE = re.compile(r"raw_rows\(\s*'\w+',\s*'(\w+)'")
NAMED = re.compile(r"\bset (\w+) = (raw_json\('\w+'\))")
NESTED = re.compile(r"raw_json\('(\w+)'\),\s*'\$\.([\w.]+)'")
MONEY = re.compile(r"raw_shop_money\('(\w+)'\)")
ITEMS = re.compile(r"json_(?:typed_)?items\(\s*'\w+', raw_json\('(\w+)'\)")
# A list inside the items of that list.
INNER = re.compile(r"json_part\('\w+', '\$\.(\w+)'\)")
ITEM = re.compile(r"json_text\(\s*'item',\s*'\$\.([\w.]+)'")
TYPED = re.compile(r"set paths = \{(.+?)\}", re.DOTALL)
# The lines of an order, whose macro is given the path of each field.
LINES = re.compile(
    r"shopify_order_lines\('\w+', '(\w+)', \{(.+?)\},\s*"
    r"discount_amount='([\w.]+)',\s*tax_amount='([\w.]+)'\)",
    re.DOTALL,
)
LINE_FIELD = re.compile(r"'(\w+)': '\$\.([\w.]+)'")


def declared(source: str) -> dict[str, dict[str, set[str]]]:
    """Return, by table, the columns that a source's YAML declares, and its key."""
    [file] = (STAGING / source).glob("_*__sources.yml")
    [content] = yaml.safe_load(file.read_text())["sources"]
    return {
        table["name"]: {
            "columns": {column["name"] for column in table["columns"]},
            "key": set(table["config"]["meta"]["key"]),
        }
        for table in content["tables"]
    }


def nested(source: str) -> set[tuple[str, str]]:
    """Return table and path of every field that the SQL reads inside a column."""
    found = set()
    for file in (STAGING / source).glob("stg_*.sql"):
        sql = file.read_text()
        for name, meaning in NAMED.findall(sql):
            sql = sql.replace(f"({name}, ", f"({meaning}, ")
        paths = {f"{column}.{path}" for column, path in NESTED.findall(sql)}
        paths |= {f"{column}.shopMoney.amount" for column in MONEY.findall(sql)}
        if lists := ITEMS.findall(sql):
            # A model reads the items of at most one list, always under the name `item`.
            [column] = lists
            column = ".".join([column, *INNER.findall(sql)])
            named = dict(LINE_FIELD.findall("".join(TYPED.findall(sql))))
            paths |= {f"{column}.{path}" for path in ITEM.findall(sql)}
            paths |= {f"{column}.{path}" for path in named.values()}
        for column, fields, discount, tax in LINES.findall(sql):
            named = dict(LINE_FIELD.findall(fields))
            paths |= {f"{column}.{path}" for path in named.values()}
            paths.add(f"{column}.{named['discounts']}.{discount}")
            paths.add(f"{column}.{named['taxes']}.{tax}")
        # The macro of lines reads the table itself.
        tables = TABLE.findall(sql) or ["orders"]
        columns = declared(source)
        found |= {
            (table, path)
            for table in tables
            for path in paths
            if path.split(".")[0] in columns[table]["columns"]
        }
    return found

"""The steps of the demo."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass

import duckdb
from rich.table import Table

from demo import paths, pipeline
from demo.answers import QUESTIONS
from demo.progress import console, step
from demo.shop import Shop, open_shop

ANSWERS = len(QUESTIONS)
CHANGES = {"change": 50, "add": 20, "cancel": 5, "remove_lines": 3}


@dataclass(frozen=True)
class Size:
    """Arguments of the simulated shop."""

    seed: int
    returns: int

    @property
    def options(self) -> tuple[str, ...]:
        """Options of the simulator."""
        return ("--seed", str(self.seed), "--returns", str(self.returns))

    @property
    def world(self) -> str:
        """A digest of the shop and of the code of the simulator, the tap and the loader."""
        digest = hashlib.sha256(str(self.options).encode())
        for folder in ("loop_simulator", "tap_loop_returns", "loader"):
            for path in sorted((paths.ROOT / folder).rglob("*.*")):
                if path.suffix in {".py", ".json", ".toml"}:
                    digest.update(path.read_bytes())
        return digest.hexdigest()


def everything(size: Size) -> None:
    """Simulate the shop, load it, compare, build the models.

    The shop is the same in every run, and its clock does not advance. A second run
    therefore reads only what is new since the bookmark. If the files contain another or
    a changed shop, everything is read again.
    """
    with ExitStack() as stack:
        with step(f"Simulating a shop with {size.returns:,} returns"):
            shop = stack.enter_context(open_shop(*size.options))
        _load(shop, size)
        _build(shop)


def changes(size: Size) -> None:
    """Change the shop after a load, read the changes, and show the effect."""
    with open_shop(*size.options) as shop:
        if _marked() != size.world:
            _load(shop, size)
            _build(shop)
        before = _counts()
        _mark("changed")
        shop.forget_requests()
        done = shop.change(**CHANGES)
        console.print("In Loop: " + _told(done))
        _read(shop, from_scratch=False)
        requests = len(shop.requests())
        _build(shop)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for heading in ("in analytics", "before", "after"):
        table.add_column(
            heading, justify="left" if heading == "in analytics" else "right"
        )
    for name, after in _counts().items():
        table.add_row(name, f"{before.get(name, 0):,}", f"{after:,}")
    console.print("", table, "")
    console.print(f"The tap made {requests} requests; reading all takes over 100.")
    console.print("`make demo` starts again with the unchanged shop.")


def print_next_steps() -> None:
    """Print where the files are and which commands to try next."""
    where = paths.WAREHOUSE.relative_to(paths.ROOT)
    console.print(
        f"""
[bold]The database[/] is {where}; the marts are in the schema analytics. Query it:
  .venv/bin/python -c "import duckdb; \\
    duckdb.sql(\\"attach '{where}' as w; from w.analytics.fct_returns limit 5\\").show()"

[bold]The report[/]: `make report` writes output/report/index.html, the answers as a page.
[bold]Changes[/]: `make demo-changes` changes the shop and reads only the changes.

[bold]Your own shop[/], with a key from Loop's admin (Developer tools, scope Returns):
  TAP_LOOP_RETURNS_API_KEY=… .venv/bin/meltano --environment local run load build
This fills output/local. docs/sources.md says how to load your orders too.""",
        soft_wrap=True,
    )


def _load(shop: Shop, size: Size) -> None:
    fresh = _marked() != size.world or not paths.RAW.exists()
    if fresh:
        for path in (paths.RAW, paths.WAREHOUSE):
            path.unlink(missing_ok=True)
    _mark("unfinished")
    _read(shop, from_scratch=fresh)
    _mark(size.world)


def _read(shop: Shop, *, from_scratch: bool) -> None:
    """Load every source into DuckDB, and compare what was sent with what arrived."""
    with step("Loading returns, orders and subscriptions into DuckDB") as tell:
        pipeline.load(shop, tell, from_scratch=from_scratch)
    with step("Comparing what was sent with what arrived") as tell:
        result = pipeline.reconcile(shop, tell)
    console.print(f"    {result}", style="dim")


def _build(shop: Shop) -> None:
    with step("Building and testing the models") as tell:
        pipeline.build(shop, tell)


def _counts() -> dict[str, int]:
    query = """
        select return_state || ' returns', count(*) from analytics.fct_returns group by 1
        union all select 'returns', count(*) from analytics.fct_returns
        union all select 'returned units', count(*) from analytics.fct_return_lines
        order by 1
    """
    with duckdb.connect(str(paths.WAREHOUSE), read_only=True) as connection:
        return dict(connection.execute(query).fetchall())


def _told(done: dict[str, list[object]]) -> str:
    words = {
        "change": "returns changed",
        "add": "added",
        "cancel": "cancelled",
        "remove_lines": "lines removed",
    }
    return ", ".join(f"{len(done[name])} {word}" for name, word in words.items())


def _marked() -> str:
    """Return the digest of the shop in the files."""
    if not paths.MARKER.exists():
        return ""
    return str(json.loads(paths.MARKER.read_text(encoding="utf-8"))["shop"])


def _mark(shop: str) -> None:
    paths.OUTPUT.mkdir(exist_ok=True)
    paths.MARKER.write_text(json.dumps({"shop": shop}) + "\n", encoding="utf-8")

"""Random sequences of dbt commands and of changes of raw tables between builds."""

from __future__ import annotations

import dataclasses
import random
import shutil
from typing import TYPE_CHECKING, Any

import duckdb

from tests.transform.forked_dbt import KILLED
from tests.transform.worlds.table import VARIABLES

from .late_changes import CHANGES
from .test_incremental import change

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.transform.conftest import Warehouse
    from tests.transform.forked_dbt import ForkedDbt, Result

NOT_BUILT = ("resource_type:test", "resource_type:unit_test")
OTHER_SETTINGS: tuple[dict[str, object], ...] = (
    {"non_merchandise_product_types": ["gift card", "shoes"]},
    {"store_timezone": "America/New_York", "exchange_order_prefixes": ["SWAP"]},
)
OTHER_SOURCES: tuple[dict[str, object], ...] = (
    {"shopify_source": "none", "subscription_source": "none"},
    {"subscription_source": "none"},
    {"store_id": "another"},
)
PARTS = (
    "+fct_returns",
    "path:models/marts",
    "path:models/staging",
    "path:models/intermediate",
    "int_orders+",
    "+int_affected_keys",
    "path:models/intermediate/changes",
)
LOST = (
    ("tap_loop_returns.return_line_items", "return_id"),
    ("tap_loop_returns.returns", "id"),
    ("tap_shopify.orders", "id"),
    ("tap_shopify.transactions", "id"),
    ("tap_recharge.charges", "id"),
)
NOT_COMPARED = (
    # These tables record the past, so they differ.
    *("int_row_versions", "int_changed_keys", "int_affected_keys"),
    *("int_order_links_by_id", "int_order_links_by_name", "int_watermarks"),
    # Findings about earlier syncs are kept; a new warehouse has none.
    *("int_sync_audits_compared", "rpt_sync_reconciliation"),
    # The first times of milestones are kept too.
    *("int_return_milestones_kept", "fct_return_events"),
)
REFUSALS = ("run dbt build --full-refresh once",)
"""Parts of the messages of refused builds."""


@dataclasses.dataclass
class History:
    """Copies of the raw file on successive days, and what happened on each."""

    files: list[Path]
    events: list[str]

    @classmethod
    def drawn(cls, seed: int, shop: Warehouse, folder: Path) -> History:
        """Change the raw file of a shop in random ways on three days."""
        choose = random.Random(f"history {seed}")
        folder.mkdir()
        files, events = [shop.raw or folder], ["as loaded"]
        for day in range(1, 4):
            file = folder / f"day-{day}.duckdb"
            shutil.copy(files[-1], file)
            names = []
            for turn in range(choose.randint(1, 5)):
                name, sql = _change_of_raw(choose, f"{day}{turn}")
                change(dataclasses.replace(shop, raw=file), sql, day)
                names.append(name)
            files.append(file)
            events.append(", ".join(names) or "nothing")
        return cls(files, events)


def _change_of_raw(choose: random.Random, pick: str) -> tuple[str, str]:
    lost, key = choose.choice(LOST)
    kept = f"main.kept_{lost.replace('.', '_')}"
    kind = choose.choice(["lose", "lose", "restore", *["change"] * 7])
    if kind == "lose":
        some = f"hash({key} || '{pick}') % 12 = 0"
        return f"{lost} loses rows", (
            f"create or replace table {kept} as from {lost} where {some};"
            f" delete from {lost} where {some}"
        )
    if kind == "restore":
        return f"{lost} has its lost rows again", (
            f"create table if not exists {kept} as from {lost} limit 0;"
            f" insert into {lost} by name from {kept}"
            f" where {key} not in (select {key} from {lost})"
        )
    name = choose.choice(list(CHANGES))
    return name, CHANGES[name].format(pick=pick)


class Sequence:
    """Steps drawn from a seed, and their results."""

    def __init__(
        self,
        seed: int,
        dbt: ForkedDbt,
        history: History,
        models: list[str],
        left_out: list[str],
    ) -> None:
        """Begin a sequence on the first day of a history."""
        self.choose = random.Random(f"sequence {seed}")
        self.dbt = dbt
        self.history = history
        self.models = models
        self.not_built = [*NOT_BUILT, *left_out]
        self.steps: list[str] = []

    def run(self) -> Result:
        """Run random steps on each day, then a plain build on the last one."""
        for day, file in enumerate(self.history.files):
            shutil.copy(file, self.dbt.folder / "raw.duckdb")
            self.steps.append(f"day {day}: {self.history.events[day]}")
            for _ in range(self.choose.choice([0, 1, 1]) if day else 0):
                self._step()
        return self._build()

    def refresh(self) -> Result:
        """Run a full refresh."""
        return self._build("--full-refresh")

    def _step(self) -> None:
        acts: list[Callable[[], object]] = [
            *[lambda: self._build(*self._part())] * 5,
            lambda: self._build(
                *self.choose.choice([(), self._part()]),
                **self.choose.choice(OTHER_SETTINGS),
            ),
            lambda: self._build(
                *self.choose.choice([(), self._part()]),
                **self.choose.choice(OTHER_SOURCES),
            ),
            lambda: self._build("--empty", *self.choose.choice([(), self._part()])),
            lambda: self._build(killed_at=self.choose.randint(1, 700)),
            lambda: self._build(killed_at=self.choose.randint(1, 700)),
            lambda: self._build("--full-refresh", *self._part()),
            self._drop,
            self._defer,
            self._clone,
        ]
        self.choose.choice(acts)()

    def _part(self) -> tuple[str, ...]:
        """Return words that select or exclude a part of the project."""
        if self.choose.random() < 0.4:
            names = [self.choose.choice(PARTS)]
        else:
            names = [
                self.choose.choice(["", "", "+"])
                + name
                + self.choose.choice(["", "", "+"])
                for name in self.choose.sample(self.models, self.choose.randint(1, 4))
            ]
        return (self.choose.choice(["--select", "--select", "--exclude"]), *names)

    def _drop(self) -> None:
        name = self.choose.choice(self.models)
        with duckdb.connect(str(self.dbt.folder / "warehouse.duckdb")) as tables:
            found = tables.execute(
                "select schema_name from duckdb_tables()"
                " where table_name = ? and schema_name like 'analytics%'",
                [name],
            ).fetchall()
            for (schema,) in found:
                tables.execute(f"drop table {schema}.{name} cascade")
        self.steps.append(f"drop {name}")

    def _defer(self) -> None:
        favor = self.choose.choice([(), ("--favor-state",)])
        state = str(self.dbt.folder / "state")
        self._build("--defer", *favor, "--state", state, *self._part())

    def _clone(self) -> None:
        """Replace tables with those of the other schema, which are from the first day."""
        self._run(
            "clone",
            *("--state", str(self.dbt.folder / "state"), "--full-refresh"),
            *("--select", *self.choose.sample(self.models, 6)),
        )

    def _build(self, *words: str, killed_at: int = 0, **variables: object) -> Result:
        excluded = [*self.not_built]
        if "--exclude" in words:
            place = words.index("--exclude")
            excluded += words[place + 1 :]
            words = words[:place]
        return self._run(
            "build", *words, "--exclude", *excluded, killed_at=killed_at, **variables
        )

    def _run(self, *words: str, killed_at: int = 0, **variables: Any) -> Result:
        result = self.dbt.run(
            *words, variables={**VARIABLES, **variables}, killed_at=killed_at
        )
        told = [word for word in words if word not in self.not_built]
        ended = {0: "done", KILLED: "killed"}.get(result.code, "failed")
        if ended == "failed":
            ended = "; ".join(
                line.strip()
                for line in result.output.splitlines()
                if line.startswith("  ") and "Error" in line
            )
            if any(words in result.output for words in REFUSALS):
                ended = "refused"
        if killed_at:
            told.append(f"(killed at statement {killed_at})")
        self.steps.append(f"{' '.join(told)} {variables or ''}: {ended}")
        return result


def different_tables(warehouse: Path, afresh: Path) -> list[str]:
    """Return the names of tables whose rows differ, apart from the times of the builds."""
    with duckdb.connect() as both:
        both.execute(f"attach '{warehouse}' as one (read_only)")
        both.execute(f"attach '{afresh}' as two (read_only)")
        found = both.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'two' and not list_contains(?, table_name)"
            " and schema_name in ('analytics', 'analytics_intermediate') order by all",
            [list(NOT_COMPARED)],
        ).fetchall()
        known = both.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
            " where database_name = 'one'"
        ).fetchall()
        assert found
        rows = "select columns(name -> name <> 'built_at') from"
        return [
            table
            for (table,) in found
            if (table,) not in known
            or both.execute(
                f"select 1 from (({rows} one.{table}) except all ({rows} two.{table})"
                f" union all (({rows} two.{table}) except all ({rows} one.{table})))"
                " limit 1"
            ).fetchall()
        ]

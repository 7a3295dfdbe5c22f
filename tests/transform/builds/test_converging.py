"""A plain build gives the tables of a full refresh, whatever was run before it.

The suite runs two sequences; `SEQUENCES=0:200` runs two hundred, from seed 0 on.
"""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest

from tests.transform.conftest import land_world
from tests.transform.forked_dbt import ForkedDbt
from tests.transform.worlds.table import VARIABLES

from .sequences import (
    NOT_BUILT,
    REFUSALS,
    History,
    Sequence,
    different_tables,
)
from .test_incremental import stamp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

FIRST, COUNT = map(int, os.environ.get("SEQUENCES", "0:0").split(":"))
SEEDS = range(FIRST, FIRST + COUNT) or (619, 376)
"""The sequences of the suite detect the mutants that change watermarks."""
PER_HISTORY = 10
"""Number of sequences that share a history, and so the full refresh to compare with."""


class Start:
    """A shop that was built into two schemas; each sequence begins with a copy."""

    def __init__(self, folder: Path) -> None:
        """Land and build the shop."""
        self.folder = folder
        self.shop: Warehouse = land_world(folder, "shop", returns=30, seed=5)
        stamp(self.shop)
        self.dbt = ForkedDbt(folder)
        self.models, self.left_out = self._models()
        self.histories: dict[int, tuple[History, Path]] = {}
        for target in ("other", "duckdb"):
            self._build(target=target)
        shutil.copytree(self.dbt.parsed("other", VARIABLES), folder / "state")
        shutil.copy(folder / "warehouse.duckdb", folder / "start.duckdb")
        shutil.copy(folder / "raw.duckdb", folder / "loaded.duckdb")
        self.shop.raw = folder / "loaded.duckdb"

    def _models(self) -> tuple[list[str], list[str]]:
        """Return the names of incremental models and their ancestors, and of other models.

        Each build rebuilds the others completely from the former, so they cannot be out of
        date.
        """
        parsed = self.dbt.run("parse", variables=VARIABLES)
        assert parsed.code == 0, parsed.output
        manifest = self.dbt.parsed("duckdb", VARIABLES) / "manifest.json"
        parents = {
            child: [one for one in names if one.split(".")[0] in ("model", "seed")]
            for child, names in json.loads(manifest.read_text())["parent_map"].items()
            if child.split(".")[0] in ("model", "seed")
        }
        watermarks = "model.loop_returns.int_watermarks"
        queue = [child for child, names in parents.items() if watermarks in names]
        found = set(queue)
        while queue:
            new = set(parents[queue.pop()]) - found
            found |= new
            queue += new
        names = [one.split(".")[2] for one in sorted(found) if one[:5] == "model"]
        return names, [one.split(".")[2] for one in sorted(set(parents) - found)]

    def _build(self, **settings: str) -> None:
        words = ("build", "--exclude", *NOT_BUILT, *self.left_out)
        result = self.dbt.run(*words, variables=VARIABLES, **settings)
        assert result.code == 0, result.output[-3_000:]

    def history(self, seed: int) -> tuple[History, Path]:
        """Return a history and a new warehouse that was built on its last day."""
        afresh = self.folder / f"afresh-{seed}.duckdb"
        if seed not in self.histories:
            history = History.drawn(seed, self.shop, self.folder / f"history-{seed}")
            shutil.copy(history.files[-1], self.folder / "raw.duckdb")
            self._build(warehouse=afresh.name)
            self.histories[seed] = history, afresh
        return self.histories[seed]

    def sequence(
        self, seed: int, dbt: ForkedDbt | None = None
    ) -> tuple[Sequence, Path]:
        """Restore the built warehouse; return a sequence and the expected tables."""
        history, afresh = self.history(seed // PER_HISTORY)
        for file in self.folder.glob("warehouse.duckdb*"):
            file.unlink()
        shutil.copy(self.folder / "start.duckdb", self.folder / "warehouse.duckdb")
        sequence = Sequence(seed, dbt or self.dbt, history, self.models, self.left_out)
        return sequence, afresh


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Start:
    return Start(tmp_path_factory.mktemp("start"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_build_gives_what_a_full_refresh_gives(start: Start, seed: int) -> None:
    sequence, afresh = start.sequence(seed)
    plain = sequence.run()
    told = "\n".join(sequence.steps)
    print(told)  # noqa: T201 (shown when the test fails, and by -s)
    if plain.code:
        assert any(words in plain.output for words in REFUSALS), (
            told,
            plain.output[-3_000:],
        )
        refreshed = sequence.refresh()
        assert refreshed.code == 0, refreshed.output[-3_000:]
    assert not different_tables(start.folder / "warehouse.duckdb", afresh), told
    with duckdb.connect(str(start.folder / "warehouse.duckdb")) as tables:
        [(times, none)] = tables.execute(
            "select count(distinct read_through_at), count(*) - count(read_through_at)"
            " from analytics_intermediate.int_watermarks"
        ).fetchall()
    assert (times, none) == (1, 0), told

"""No model, rendered for BigQuery, has a word that only DuckDB knows.

`make lint-sql` parses the rendered models too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlfluff.core import FluffConfig
from sqlfluff.core.templaters.jinja import JinjaTemplater

from tests.transform.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MODELS = ROOT / "transform" / "models"
FOREIGN = re.compile(
    r"::|\btry_cast\b|\blist_\w+\(|json_extract_string|\btimezone\(|\blateral\b"
    r"|\bexclude \(|\bvarchar\b|\bhugeint\b|\bstrftime\(|\bdouble\b"
)
"""Words of SQL that only DuckDB has."""


@pytest.fixture(scope="module")
def render() -> Iterator[Callable[[str], str]]:
    """Return a function that renders a model as `sqlfluff` does; it reads the macros once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINT_TARGET", "bigquery")
        config = FluffConfig.from_path(str(MODELS), overrides={"dialect": "bigquery"})
        config.set_value(
            ["templater", "jinja", "context", "target"], '{"type": "bigquery"}'
        )
        templater = JinjaTemplater()
        yield templater.construct_render_func(config=config)[2]


@pytest.mark.parametrize(
    "file", sorted(MODELS.rglob("*.sql")), ids=lambda file: file.stem
)
def test_a_model_for_bigquery_has_no_word_of_duckdb(
    render: Callable[[str], str], file: Path
) -> None:
    sql = render(file.read_text())
    assert not FOREIGN.search(sql.lower())

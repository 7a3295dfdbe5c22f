"""Reads from the emulator what a bill needs: statements that ran, and sizes of tables."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

PROJECT = "shop"
WIDTHS = {"BOOLEAN": 1, "BOOL": 1, "NUMERIC": 16, "BIGNUMERIC": 32}
"""Logical bytes of a value, as BigQuery documents them; other fixed types have 8."""


class Emulator:
    """The REST API of a running emulator, which asks for no credentials."""

    def __init__(self, address: str) -> None:
        """Keep the emulator's address."""
        self.url = f"{address}/bigquery/v2/projects/{PROJECT}"

    def statements(self) -> list[dict[str, Any]]:
        """Return the queries of dbt so far, in the order in which they began."""
        return [one for one in self.queries() if '"app": "dbt"' in one["query"]]

    def queries(self) -> list[dict[str, Any]]:
        """Return all queries so far, in the order in which they began."""
        page = "/jobs?projection=full&maxResults=1000"
        answer = self._ask(page)
        jobs = list(answer["jobs"])
        while token := answer.get("nextPageToken"):
            answer = self._ask(f"{page}&pageToken={token}")
            jobs += answer["jobs"]
        jobs.sort(key=lambda job: int(job["statistics"]["creationTime"]))
        queries = [job["configuration"].get("query") for job in jobs]
        return [one for one in queries if one]

    def sizes(self) -> dict[str, dict[str, Any]]:
        """Return the logical bytes of each column, by table; and its partitioning."""
        found = {}
        for dataset in self._ask("/datasets")["datasets"]:
            name = dataset["datasetReference"]["datasetId"]
            listed = self._ask(f"/datasets/{name}/tables?maxResults=1000")
            for one in listed.get("tables", []):
                if one["type"] == "TABLE":
                    table = one["tableReference"]["tableId"]
                    found[f"{name}.{table}".lower()] = self._size(name, table)
        return found

    def rows(self, query: str) -> list[list[Any]]:
        """Return the rows of a query, values as text."""
        answer = self._ask("/queries", {"query": query, "useLegacySql": False})
        return [[cell["v"] for cell in row["f"]] for row in answer.get("rows", [])]

    def _size(self, dataset: str, table: str) -> dict[str, Any]:
        described = self._ask(f"/datasets/{dataset}/tables/{table}")
        fields = described["schema"]["fields"]
        widths = ", ".join(_bytes(field["name"], field["type"]) for field in fields)
        [row] = self.rows(f"select {widths} from {dataset}.{table}")
        names = [field["name"].lower() for field in fields]
        return {
            "columns": dict(zip(names, (int(one or 0) for one in row), strict=True)),
            "partition_column": described.get("timePartitioning", {}).get("field", ""),
        }

    def _ask(self, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310
            self.url + path,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
            return dict(json.loads(answer.read()))


def _bytes(column: str, kind: str) -> str:
    if kind == "JSON":
        return f"sum(2 + byte_length(to_json_string(`{column}`)))"
    if kind == "STRING":
        return f"sum(2 + byte_length(`{column}`))"
    return f"{WIDTHS.get(kind, 8)} * count(`{column}`)"

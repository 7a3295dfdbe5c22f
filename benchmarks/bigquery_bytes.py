"""Count the bytes that BigQuery bills for statements, by its published rules.

A query is billed for the columns that it uses, at least 10 MB for each table. If
literals in the query limit the partitions, only these partitions are billed. An update,
delete or merge is also billed for all columns of its target. A merge that only inserts
is billed only for the target's columns by which it matches rows. Inserts and load jobs
are free. A view is billed as its query. `count(*)` alone and `where false` are free. A
table of unknown size, such as dbt's temporary table with the changes of a build, counts
as 10 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

MINIMUM = 10_000_000
"""Minimum number of bytes that BigQuery bills for each table of a query."""
DIALECT = "bigquery"
CHANGES_ROWS = (exp.Update, exp.Delete, exp.Merge)
LATER = (exp.GT, exp.GTE)


@dataclass(frozen=True)
class Table:
    """Logical bytes of each column, of all rows and of the newest partitions."""

    columns: Mapping[str, float]
    partition_column: str = ""
    newest: Mapping[str, float] = field(default_factory=dict)
    """Bytes in the partitions that a query reads if a literal is its lower bound."""

    def read(self, columns: Iterable[str], *, is_pruned: bool) -> float:
        """Return the bytes of some columns."""
        sizes = self.newest if is_pruned else self.columns
        return sum(sizes.get(column, 0) for column in columns)


Uses = dict[tuple[str, bool], set[str]]
"""Columns that a statement uses, by table, and by whether a literal limits the partitions."""


def price(uses: Uses, tables: Mapping[str, Table]) -> dict[str, float]:
    """Return the bytes that are billed, by table."""
    read: dict[str, float] = {}
    for (name, is_pruned), columns in uses.items():
        whole = uses.get((name, False), set()) if is_pruned else set()
        if name not in tables:
            read[name] = MINIMUM
        elif columns - whole:
            size = tables[name].read(columns - whole, is_pruned=is_pruned)
            read[name] = read.get(name, 0) + size
    return {name: max(MINIMUM, size) for name, size in read.items()}


class Bill:
    """Bills statements in the order in which they ran, as a query may use an earlier view."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        """Take the tables by lower-case name, `dataset.table`."""
        self.tables = tables
        self.views: dict[str, exp.Query] = {}

    def of(self, statement: str) -> dict[str, float]:
        """Return the bytes that a statement is billed for, by table.

        Raises:
            SqlglotError: A statement that reads tables cannot be resolved.
        """
        return price(self.uses(statement), self.tables)

    def uses(self, statement: str) -> Uses:
        """Return the columns that a statement uses by table, whatever the sizes.

        Raises:
            SqlglotError: A statement that reads tables cannot be resolved.
        """
        uses: Uses = {}
        for tree in sqlglot.parse(statement, dialect=DIALECT):
            if tree is not None:
                _add(uses, self._of_tree(tree))
        return uses

    def _of_tree(self, tree: exp.Expr) -> Uses:
        if isinstance(tree, exp.Create):
            query = tree.expression
            if tree.kind == "VIEW":
                for view in tree.this.find_all(exp.Table):
                    self.views[exp.table_name(view, DIALECT)] = _unwrapped(query)
                return {}
            return self._of_query(query) if isinstance(query, exp.Query) else {}
        if isinstance(tree, CHANGES_ROWS):
            return self._of_change(tree)
        if isinstance(tree, exp.Insert):
            query = tree.expression
            return self._of_query(query) if isinstance(query, exp.Query) else {}
        return self._of_query(tree) if isinstance(tree, exp.Query) else {}

    def _of_change(self, tree: exp.Expr) -> Uses:
        """Return the billed columns of the target, and the used columns of other tables."""
        uses: Uses = {}
        for query in _queries(tree):
            _add(uses, self._of_query(query))
        name = _name(tree.this)
        if name in self.tables:
            inserts_on = _inserts_on(tree)
            columns = self.tables[name].columns.keys()
            used = columns if inserts_on is None else columns & inserts_on
            _add(uses, {(name, False): set(used)})
        return uses

    def _of_query(self, query: exp.Expr) -> Uses:
        tree = exp.expand(
            _unwrapped(query).copy(), dict(self.views), dialect=DIALECT, copy=False
        )
        names = {_name(one) for one in tree.find_all(exp.Table) if one.db}
        if _is_empty(tree):
            return {}
        uses: Uses = {(name, False): set() for name in names - self.tables.keys()}
        if not names & self.tables.keys():
            return uses
        tree = qualify(
            tree,
            schema=self._schema(names),
            dialect=DIALECT,
            quote_identifiers=False,
            validate_qualify_columns=False,
            isolate_tables=False,
        )
        tree = pushdown_projections(tree)
        for name, columns, is_pruned in self._references(tree):
            _add(uses, {(name, is_pruned): columns})
        return uses

    def _references(self, tree: exp.Expr) -> Iterator[tuple[str, set[str], bool]]:
        """Yield tables with the used columns, and whether literals limit partitions."""
        for scope in traverse_scope(tree):
            for alias, source in scope.sources.items():
                if not isinstance(source, exp.Table):
                    continue
                table = self.tables.get(_name(source))
                if table is None:
                    continue
                columns = {
                    column.name.lower()
                    for column in scope.columns
                    if column.table.lower() == alias.lower()
                }
                where = scope.expression.args.get("where")
                is_pruned = bool(table.partition_column) and any(
                    isinstance(one, LATER)
                    and one.this.name.lower() == table.partition_column
                    and not one.expression.find(exp.Column, exp.Query)
                    for one in _conditions(where)
                )
                yield _name(source), columns & table.columns.keys(), is_pruned

    def _schema(self, names: set[str]) -> dict[str, object]:
        schema: dict[str, dict[str, dict[str, dict[str, str]]]] = {"shop": {}}
        for name in names:
            dataset, _, table = name.partition(".")
            known = self.tables.get(name)
            # To resolve a star, a table needs at least one column.
            columns = known.columns if known else ("unknown",)
            schema["shop"].setdefault(dataset, {})[table] = dict.fromkeys(
                columns, "STRING"
            )
        return dict(schema)


def _conditions(where: exp.Expr | None) -> Iterator[exp.Expr]:
    """Yield the conditions that a row must all meet."""
    if where is None:
        return
    condition = where.this.unnest()
    yield from condition.flatten() if isinstance(condition, exp.And) else [condition]


def _is_empty(query: exp.Expr) -> bool:
    """Return whether the query can have no row, as when dbt asks for its columns."""
    return exp.false() in _conditions(query.args.get("where"))


def _add(uses: Uses, more: Uses) -> None:
    for key, columns in more.items():
        uses.setdefault(key, set()).update(columns)


def _inserts_on(tree: exp.Expr) -> set[str] | None:
    """Return the columns by which an insert-only merge matches rows; None for other changes."""
    whens = tree.args.get("whens")
    if whens is None or not all(
        isinstance(when.args.get("then"), exp.Insert) for when in whens.expressions
    ):
        return None
    return {column.name.lower() for column in tree.args["on"].find_all(exp.Column)}


def _queries(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the outermost queries of a statement, including the tables that it joins."""
    joined = tree.args.get("using")
    if isinstance(joined, exp.Table):
        yield exp.select("*").from_(joined.copy())
    for node in tree.walk(prune=lambda one: isinstance(one, exp.Query)):
        if isinstance(node, exp.Query):
            yield node


def _unwrapped(query: exp.Expr) -> exp.Query:
    found = query.unnest()
    if not isinstance(found, exp.Query):
        msg = f"No query: {found.sql(dialect=DIALECT)[:200]}"
        raise SqlglotError(msg)
    return found


def _name(table: exp.Expr | None) -> str:
    """Return `dataset.table` in lower case."""
    if not isinstance(table, exp.Table):
        return ""
    return f"{table.db}.{table.name}".lower()

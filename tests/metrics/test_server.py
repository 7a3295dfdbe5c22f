"""The server as an assistant sees it: tools, resources, prompts, limits."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx2
import jsonschema
import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from metrics.server import QUESTIONS
from tests.metrics.conftest import ROOT, Assistant, environment
from tests.transform.conftest import Warehouse

pytestmark = pytest.mark.slow

TOOLS = {
    "list_metrics",
    "describe_metric",
    "list_dimensions",
    "dimension_values",
    "query_metrics",
    "list_answers",
    "get_answer",
    "orders_behind",
}
PERSONAL = {"customer", "email", "phone", "address", "comment", "hash", "first_name"}


def test_every_tool_is_described_typed_and_only_reads(assistant: Assistant) -> None:
    tools = assistant.get("list_tools").tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)


def test_answers_have_the_form_that_their_tools_promise(assistant: Assistant) -> None:
    forms = {
        tool.name: tool.output_schema for tool in assistant.get("list_tools").tools
    }
    for tool, words in {
        "list_metrics": {"search": "exchange"},
        "describe_metric": {"metric": "order_return_rate"},
        "list_dimensions": {"metrics": ["exchange_order_rate"]},
        "dimension_values": {"dimension": "product_category"},
        "query_metrics": {"metrics": ["order_return_rate"], "time_grain": "month"},
        "list_answers": {},
        "get_answer": {"name": "reasons"},
        "orders_behind": {"metric": "exchange_order_rate"},
    }.items():
        jsonschema.validate(assistant.call(tool, **words), forms[tool])


def test_a_metric_is_described_in_the_published_words(
    assistant: Assistant, shop: Warehouse
) -> None:
    told = assistant.call("describe_metric", metric="exchange order rate")
    columns = "formula_in_words, numerator, denominator, population, cost_of_choice"
    [words] = shop.rows(
        f"select {columns} from dim_metric_definitions"
        " where metric_name = 'exchange_order_rate'"
    )
    assert words == (
        told["formula_in_words"],
        told["numerator_in_words"],
        told["denominator_in_words"],
        told["population"],
        told["cost_of_choice"],
    )
    assert {"product_category", "acquisition_channel"} <= {*told["dimensions"]}


def test_every_metric_has_words_and_no_part_of_another_is_listed(
    assistant: Assistant,
) -> None:
    metrics = assistant.call("list_metrics")["metrics"]
    assert len(metrics) > 60
    assert all(one["description"] and one["label"] for one in metrics)
    assert not [one for one in metrics if one["name"].endswith("_all_currencies")]


def test_no_dimension_is_personal(assistant: Assistant) -> None:
    names = {
        one["name"]
        for one in assistant.call("list_dimensions", metrics=[])["dimensions"]
    }
    assert len(names) > 25
    known = {"customer_acquisition_source_medium"}
    assert not [n for n in names - known if any(word in n for word in PERSONAL)]


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_of_the_report_has_an_answer_a_prompt_and_a_metric(
    assistant: Assistant, shop: Warehouse, name: str
) -> None:
    answer = assistant.call("get_answer", name=name, limit=1000)
    assert answer["rows"]
    assert len(shop.rows(answer["sql"])) == answer["row_count"]
    prompt = assistant.get("get_prompt", name).messages[0].content.text
    assert name in prompt
    assistant.call("describe_metric", metric=QUESTIONS[name])


def test_naming_a_period_replaces_the_period_of_a_named_answer(
    assistant: Assistant,
) -> None:
    where = [{"dimension": "period", "op": "=", "value": "2026-Q1"}]
    answer = assistant.call("get_answer", name="products", where=where, limit=1000)
    assert {row["period"] for row in answer["rows"]} == {"2026-Q1"}
    assert not [text for text in answer["filters"] if "is_current_period" in text]


def test_definitions_are_resources(assistant: Assistant) -> None:
    found = assistant.get("read_resource", "metrics://definitions/order_return_rate")
    assert json.loads(found.contents[0].text)["name"] == "order_return_rate"
    listed = assistant.get("list_resources").resources
    assert {str(one.uri) for one in listed} == {
        "metrics://definitions",
        "metrics://answers",
        "metrics://tables",
    }
    found = assistant.get("read_resource", "metrics://tables")
    tables = {one["name"] for one in json.loads(found.contents[0].text)["tables"]}
    assert {"fct_returns", "rpt_return_reasons", "dim_customers"} <= tables
    found = assistant.get("read_resource", "metrics://tables/fct_returns")
    [key] = [
        one
        for one in json.loads(found.contents[0].text)["columns"]
        if one["name"] == "loop_return_id"
    ]
    assert key["description"]


def test_orders_behind_a_figure_are_as_many_as_it_counts_and_tell_no_customer(
    assistant: Assistant,
) -> None:
    question = {
        "start_date": "2025-10",
        "end_date": "2025-10",
        "where": [{"dimension": "product_category", "op": "=", "value": "Dresses"}],
    }
    metric = "exchange_order_rate"
    [row] = assistant.call("query_metrics", metrics=[metric], **question)["rows"]
    for side in ("numerator", "denominator"):
        found = assistant.call(
            "orders_behind", metric=metric, side=side, limit=100, **question
        )
        assert len(found["orders"]) == row[side] > 0
        assert found["is_complete"]
        columns = {name for order in found["orders"] for name in order}
        assert not [name for name in columns if any(word in name for word in PERSONAL)]


def test_no_answer_holds_a_mail_address_or_a_key_of_a_customer(
    assistant: Assistant, shop: Warehouse
) -> None:
    [(customer,)] = shop.rows(
        "select max(sm_customer_key) from fct_orders where sm_customer_key is not null"
    )
    told = [
        assistant.call("get_answer", name=one["name"], limit=1000)
        for one in assistant.call("list_answers")["answers"]
    ]
    told.append(assistant.call("orders_behind", metric="order_return_rate", limit=100))
    text = json.dumps(told)
    assert customer not in text
    assert "@" not in text


def test_only_the_protocol_goes_to_the_output(shop: Warehouse) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "metrics", "serve"],
        input=json.dumps(hello) + "\n",
        cwd=ROOT,
        env=os.environ | environment(shop),
        capture_output=True,
        text=True,
        check=True,
    )
    [line] = done.stdout.splitlines()
    assert json.loads(line)["result"]["serverInfo"]["name"] == "loop-returns-metrics"


STRINGS = {"type": "array", "items": {"type": "string"}}
ENTRY = {
    "command": {"type": "string"},
    "args": STRINGS,
    "env": {"type": "object", "additionalProperties": {"type": "string"}},
    "cwd": {"type": "string"},
}
"""The fields of a server that is started by a command, as the assistants document them."""
CONFIGURATIONS = [
    # https://modelcontextprotocol.io/docs/develop/connect-local-servers and
    # https://geminicli.com/docs/tools/mcp-server
    ("json", "mcpServers", ENTRY, ["command"]),
    # https://code.visualstudio.com/docs/agents/reference/mcp-configuration
    ("json", "servers", ENTRY | {"type": {"const": "stdio"}}, ["type", "command"]),
    # https://developers.openai.com/codex/mcp
    ("toml", "mcp_servers", ENTRY, ["command"]),
]


def test_each_configuration_of_the_page_is_as_documented_and_starts_the_server() -> (
    None
):
    page = (ROOT / "docs/metrics-server.md").read_text("utf-8")
    read = {"json": json.loads, "toml": tomllib.loads}
    blocks = re.findall(r"```(json|toml)\n(.*?)```", page, re.DOTALL)
    command = ["make", "-s", "-C", "/path/to/tap-loop-returns", "mcp"]
    for (language, text), (kind, servers, fields, required) in zip(
        blocks, CONFIGURATIONS, strict=True
    ):
        assert language == kind
        settings = read[language](text)
        entry = {
            "type": "object",
            "properties": fields,
            "required": required,
            "additionalProperties": False,
        }
        form = {
            "type": "object",
            "properties": {servers: {"type": "object", "additionalProperties": entry}},
            "required": [servers],
            "additionalProperties": False,
        }
        jsonschema.validate(settings, form)
        [server] = settings[servers].values()
        assert [server["command"], *server["args"]] == command
    assert " ".join(command) in page


@pytest.fixture(scope="module")
def address(shop: Warehouse) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "metrics", "serve", "--http", "--port", str(port)]
    settings = os.environ | environment(shop) | {"METRICS_TOKEN": "right"}
    with subprocess.Popen(
        words, cwd=ROOT, env=settings, stderr=subprocess.DEVNULL
    ) as server:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}/mcp"
        server.terminate()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port)),
        ):
            return
        time.sleep(0.1)
    pytest.fail("the server has ended")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
def test_http_without_the_token_is_refused(
    address: str, headers: dict[str, str]
) -> None:
    request = Request(address, data=b"{}", headers=headers, method="POST")  # noqa: S310
    with pytest.raises(HTTPError) as refused:
        urlopen(request)  # noqa: S310
    with refused.value as response:
        assert response.code == 401


def test_http_with_the_token_answers(address: str) -> None:
    async def ask() -> Any:
        async with (
            # By default a request may take five seconds, too few on a busy machine.
            httpx2.AsyncClient(
                headers={"Authorization": "Bearer right"}, timeout=60
            ) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            return await client.call_tool("list_metrics", {"search": "upsell rate"})

    with start_blocking_portal() as portal:
        found = portal.call(ask)
    assert [one["name"] for one in found.structured_content["metrics"]] == [
        "upsell_rate"
    ]

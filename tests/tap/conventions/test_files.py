"""Files and settings given to the command: accepted, or refused in one line."""

from __future__ import annotations

import json

import pytest

from tests.tap.harness import CORE, list_ids


def refused(run, *words) -> None:
    assert run.code == 1
    assert "Traceback" not in run.stderr
    last = run.stderr.rstrip().splitlines()[-1]
    for word in words:
        assert word in last


@pytest.mark.parametrize(
    "content", ["", "{", '{"a": 1}\n{"a": 2}\n', "[]", "null", '"x"'], ids=repr
)
@pytest.mark.parametrize("option", ["state", "catalog", "config"])
def test_a_file_that_is_no_json_object_is_named(tap, tmp_path, option, content) -> None:
    path = tmp_path / "broken.json"
    path.write_text(content)
    files = (
        ["--config", str(path)] if option == "config" else [f"--{option}", str(path)]
    )
    refused(tap.run(*files), f"--{option}", "broken.json")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("option", ["state", "catalog", "config"])
def test_a_file_in_another_encoding_is_named(tap, tmp_path, option, encoding) -> None:
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(tap.config), encoding=encoding)
    refused(tap.run(f"--{option}", str(path)), f"--{option}", "odd.json", "as UTF-8")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"singer_state": state},
        lambda state: {"type": "STATE", "value": state},
    ],
    ids=["meltano state get", "STATE message"],
)
def test_a_wrapped_state_is_unwrapped(tap, wrap) -> None:
    first = tap.here().ok()
    assert len(tap.here(state=wrap(first.state)).ok().ids()) < len(first.ids())


@pytest.mark.parametrize(
    "state",
    [
        {"returns": {"replication_key_value": "2026-01-01T00:00:00Z"}},
        {"bookmarks": None},
        {"bookmarks": []},
        {"bookmarks": {"returns": None}},
        {"bookmarks": {"returns": {"replication_key_value": "soon"}}},
        {"bookmarks": {"returns": {"replication_key_value": 5}}},
        *({"bookmarks": {"sync_audits": {"unfinished": odd}}} for odd in (None, 5, [])),
        *({"bookmarks": {"sync_audits": {"newest": odd}}} for odd in (None, "x", [])),
        *(
            {"bookmarks": {"sync_audits": {"unsent": odd}}}
            for odd in (None, "x", {}, [5])
        ),
    ],
    ids=json.dumps,
)
def test_a_state_of_another_shape_is_refused(tap, state) -> None:
    run = tap.here(state=state)
    refused(run, "state")
    assert not run.ids()


def test_edited_counts_of_an_unfinished_sync_are_left_out(make_loop, tap_of) -> None:
    loop = make_loop(returns=40)
    tap = tap_of(loop, page_size=5).saving_every(5)
    streams = ("returns", "sync_audits")
    whole = tap.here(streams=streams).ok()
    killed = tap.here(streams=streams, kill_at=len(whole.output) // 2)
    counts = killed.state["bookmarks"]["sync_audits"]["unfinished"]
    assert counts["streams"]["returns"][0]
    odd = [
        *({**counts, name: value} for name in counts for value in ("x", {}, ["x"])),
        *({k: v for k, v in counts.items() if k != name} for name in counts),
        {**counts, "streams": {"returns": [None, 1]}},
        {**counts, "partly_read": [{"column": []}]},
    ]
    for edited in odd:
        killed.state["bookmarks"]["sync_audits"]["unfinished"] = edited
        again = tap.here(streams=streams, state=killed.state).ok()
        assert killed.ids().keys() | again.ids().keys() == list_ids(loop)
        (audit,) = again.rows("sync_audits")
        assert audit["rows_sent"] >= audit["distinct_keys"]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z"])
def test_a_bookmark_before_any_return_reads_all(tap, loop, moment) -> None:
    marks = {stream: {"replication_key_value": moment} for stream in CORE}
    assert tap.here(state={"bookmarks": marks}).ok().ids().keys() == list_ids(loop)
    entry = {"column": "created_at", "from": moment, "to": moment}
    marks["returns"]["unread"] = [entry]
    refused(tap.here(state={"bookmarks": marks}), "state")


def test_a_misspelt_setting_is_refused_with_the_nearest_name(tap) -> None:
    refused(
        tap.with_settings(personaldata="drop").run(), "did you mean `personal_data`"
    )
    refused(tap.with_settings(colour="red").run(), "`colour` is unknown")
    env = {"TAP_LOOP_RETURNS_PERSONALDATA": "drop"}
    refused(tap.run(env=env), "TAP_LOOP_RETURNS_PERSONALDATA", "`personal_data`")
    tap.run(env={"TAP_LOOP_RETURNS__SELECT": "[]"}, catalog=tap.catalog("returns")).ok()


def test_a_number_in_the_environment_that_is_none_is_named(tap) -> None:
    env = {"TAP_LOOP_RETURNS_PAGE_SIZE": "abc"}
    refused(
        tap.run("--config", "ENV", env=env), "TAP_LOOP_RETURNS_PAGE_SIZE", "1 to 750"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("stream_maps", "x", "a JSON object"),
        ("batch_config", "x", "a JSON object"),
        ("batch_config", {"encoding": {"format": "jsonl"}}, "`storage`"),
        ("flattening_max_depth", "deep", "a whole number"),
        ("flattening_enabled", True, "needs `flattening_max_depth`"),
    ],
)
def test_a_wrong_setting_of_the_sdk_is_named(tap, name, value, said) -> None:
    refused(tap.with_settings(**{name: value}).here(), f"`{name}`", said)
    variable = f"TAP_LOOP_RETURNS_{name.upper()}"
    named = variable if isinstance(value, str) else name
    env = {variable: value if isinstance(value, str) else json.dumps(value)}
    refused(tap.run("--config", "ENV", env=env), f"`{named}`", said)


@pytest.mark.parametrize(
    ("maps", "said"),
    [
        ({"return": {"email": None}}, "did you mean `returns`"),
        ({"returns": {"id": None}}, "Removing key property"),
        ({"returns": {"total": "1 +"}}, "1 +"),
        ({"returns": {"__filter__": "nothing > 1"}}, "nothing > 1"),
        ({"returns": "x"}, "not expected"),
    ],
    ids=json.dumps,
)
def test_a_wrong_stream_map_is_named(tap, maps, said) -> None:
    refused(tap.with_settings(stream_maps=maps).here(), "`stream_maps`", said)


def test_a_stream_map_may_name_several_streams_or_a_copy(tap) -> None:
    maps = {"return_l*": {"sync_id": None}, "copy": {"__source__": "returns"}}
    tap.with_settings(stream_maps={**maps, "__else__": None}).here().ok()


def test_a_password_in_the_address_is_never_printed(tap) -> None:
    url = "http://shop:s3cret@127.0.0.1:9/api"
    run = tap.with_settings(api_url=url, parallel_requests=1).here()
    assert run.code == 1
    assert "s3cret" not in run.stderr
    assert "127.0.0.1:9" in run.stderr


def test_an_older_catalog_without_the_sync_id_claims_no_keys(tap) -> None:
    catalog = tap.catalog(*CORE, "sync_audits")
    for entry in catalog["streams"]:
        if entry["stream"] in ("returns", "return_labels"):
            del entry["schema"]["properties"]["sync_id"]
            entry["metadata"] = [
                m for m in entry["metadata"] if m["breadcrumb"][-1:] != ["sync_id"]
            ]
    run = tap.here(catalog=catalog).ok()
    counts = {row["stream_name"]: row for row in run.rows("sync_audits")}
    assert counts["returns"]["distinct_keys"] is None
    assert counts["return_labels"]["distinct_keys"] is None
    assert counts["return_line_items"]["distinct_keys"] > 0


def test_dates_far_outside_loops_time_cost_no_requests(tap, loop) -> None:
    def read(**settings):
        before = len(loop.requests)
        streams = ("returns", "advanced_shipping_notices", "sync_audits")
        run = tap.with_settings(**settings).here(streams=streams).ok()
        return run.ids(), len(loop.requests) - before

    everything, requests = read(start_date=None)
    for date in ("0001-01-01", "1900-01-01T00:00:00Z"):
        assert read(start_date=date, end_date="9999-12-31") == (everything, requests)

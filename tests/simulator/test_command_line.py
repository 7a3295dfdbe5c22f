"""The command prints its address and help, and ends on a signal."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from plain_client import LIST, Client

import loop_simulator
from loop_simulator.__main__ import main

ROOT = Path(loop_simulator.__file__).parents[1]


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "loop_simulator", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_ends_cleanly(number):
    running = start("--port", "0", "--world", "tiny")
    line = running.stdout.readline()
    url = re.search(r"listening on (http://127\.0\.0\.1:\d+)", line)[1]
    assert Client(f"{url}/api", "demo-key").get(LIST).status == 200
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (0, "", "")


def test_a_port_in_use_is_one_line_of_error():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        failed = start("--port", port, "--world", "empty")
        _, err = failed.communicate(timeout=60)
    assert failed.returncode == 1
    assert err.count("\n") == 1
    assert port in err


def test_wrong_options_are_one_line_of_error():
    for wrong in (
        ["--switch", "order=up"],
        ["--now", "soon"],
        ["--zone", "Nowhere/City"],
        ["--world", "shop", "--days", "4"],
    ):
        failed = start("--port", "0", "--world", "empty", *wrong)
        _, err = failed.communicate(timeout=60)
        assert failed.returncode == 2
        assert err.count("\n") == 1


def test_a_port_that_cannot_exist_is_one_line_of_error(capsys):
    assert main(["--port", "99999", "--world", "empty"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("option", "value", "named"),
    [
        ("--returns", "-5", "'-5'"),
        ("--rate-limit", "-1", "'-1'"),
        ("--api-key", "mine=retruns", "retruns"),
    ],
)
def test_wrong_numbers_and_scopes_are_named(capsys, option, value, named):
    with pytest.raises(SystemExit) as ended:
        main([f"{option}={value}"])
    assert ended.value.code == 2
    assert named in capsys.readouterr().err


def test_help_explains_worlds_keys_and_switches():
    out, _ = start("--help").communicate(timeout=60)
    for word in ("golden", "demo-key", "--help-switches", "_simulator"):
        assert word in out
    out, _ = start("--help-switches").communicate(timeout=60)
    assert "inclusive|exclusive_to" in out


def test_options_reach_the_world():
    running = start(
        "--port",
        "0",
        "--returns",
        "30",
        "--seed",
        "7",
        "--now",
        "2027-01-01",
        "--api-key",
        "mine=returns",
        "--switch",
        "unauthorized=string",
        "--rate-limit",
        "2",
    )
    try:
        line = running.stdout.readline()
        assert "seed 7, 30 returns" in line
        url = re.search(r"http://\S+", line)[0]
        client = Client(f"{url}/api", "mine")
        reply = client.get(LIST)
        assert reply.headers["date"] == "Fri, 01 Jan 2027 00:00:00 GMT"
        assert client.get("/v1/webhooks").body == {"errors": "Unauthorized."}
        assert client.get(LIST).status == 429
    finally:
        running.terminate()
        running.communicate(timeout=60)

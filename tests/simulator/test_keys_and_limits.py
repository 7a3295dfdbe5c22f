"""Keys, scopes, the rate limit and the shapes of errors."""

from http.client import HTTPConnection
from types import SimpleNamespace

from plain_client import LIST, Client

from loop_simulator import Simulator
from loop_simulator.api import rate_limit

OBJECT_BODY = {
    "error": {
        "code": "401",
        "http_code": "GEN-UNAUTHORIZED",
        "message": "Unauthorized.",
    }
}


def test_a_missing_or_wrong_key_is_unauthorized(api: Client):
    for key in (None, "wrong"):
        assert Client(api.url, key).get(LIST).status == 401


def test_the_body_of_a_401_is_an_object_or_by_switch_a_string(with_switches):
    loop, client = with_switches()
    client.key = "wrong"
    assert client.get(LIST).body == OBJECT_BODY
    loop.switch(unauthorized="string")
    assert client.get(LIST).body == {"errors": "Unauthorized."}


def test_a_missing_scope_is_a_401_and_not_a_403():
    with Simulator(world="tiny", scopes=["orders"]) as loop:
        client = Client(loop.url)
        assert client.get(LIST).status == 401
        assert client.get("/v1/blocklists").status == 200


def test_several_keys_have_scopes_of_their_own():
    keys = {"all": None, "depots": ("destinations:read",)}
    with Simulator(world="tiny", keys=keys) as loop:
        assert Client(loop.url, "all").get(LIST).status == 200
        assert Client(loop.url, "depots").get(LIST).status == 401
        assert Client(loop.url, "depots").get("/v1/destinations").status == 200


def test_an_unknown_path_is_not_found(api: Client):
    assert api.get("/v1/nothing/here").status == 404


def test_writing_is_refused(client: Client):
    refused = client.ask(f"{client.url}{LIST}", method="POST", body={})
    assert refused.status == 405


def test_answers_tell_how_many_requests_are_left():
    with Simulator(world="tiny", rate_limit=300) as loop:
        client = Client(loop.url)
        first, second = client.get(LIST), client.get(LIST)
        assert first.headers["x-ratelimit-limit"] == "300"
        left = [int(r.headers["x-ratelimit-remaining"]) for r in (first, second)]
        assert left == [299, 298]


def test_too_many_requests_get_429_without_retry_after_until_the_window_ends(
    monkeypatch,
):
    clock = SimpleNamespace(seconds=0.0, monotonic=lambda: clock.seconds)
    monkeypatch.setattr(rate_limit, "time", clock)
    with Simulator(world="tiny", rate_limit=3) as loop:
        client = Client(loop.url)
        replies = [client.get(LIST) for _ in range(5)]
        assert [reply.status for reply in replies] == [200, 200, 200, 429, 429]
        assert replies[-1].body == {"message": "Too Many Attempts."}
        assert "retry-after" not in replies[-1].headers
        clock.seconds = 59.9
        assert client.get(LIST).status == 429
        clock.seconds = 60.0
        assert client.get(LIST).status == 200


def test_the_limit_counts_each_key_for_itself():
    with Simulator(world="tiny", rate_limit=1, keys={"a": None, "b": None}) as loop:
        assert [Client(loop.url, key).get(LIST).status for key in "aba"] == [
            200,
            200,
            429,
        ]


def test_the_date_header_shows_the_simulated_now(with_switches):
    loop, client = with_switches()
    assert client.get(LIST).headers["date"] == "Tue, 30 Jun 2026 12:00:00 GMT"
    loop.advance(90)
    assert client.get(LIST).headers["date"] == "Tue, 30 Jun 2026 12:01:30 GMT"
    loop.switch(date_header="skewed:-3600")
    assert client.get(LIST).headers["date"] == "Tue, 30 Jun 2026 11:01:30 GMT"
    loop.switch(date_header="off")
    assert "date" not in client.get(LIST).headers


def test_connections_are_kept_alive(loop):
    connection = HTTPConnection(loop.netloc)
    sockets = []
    for _ in range(3):
        connection.request(
            "GET", f"/api{LIST}", headers={"X-Authorization": "test-key"}
        )
        connection.getresponse().read()
        sockets.append(connection.sock)
    connection.close()
    assert sockets[0] is not None
    assert len({id(sock) for sock in sockets}) == 1


def test_the_request_log_says_what_was_asked_and_answered(loop, client: Client):
    client.list(paginate="true", **client.days(30))
    seen = loop.requests[-1]
    assert (seen.method, seen.path, seen.status) == ("GET", f"/api{LIST}", 200)
    assert seen.query["paginate"] == "true"
    assert seen.rows > 0
    assert seen.key_present
    assert seen.host == loop.netloc
    loop.clear_requests()
    assert loop.requests == []

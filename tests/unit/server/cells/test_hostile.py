"""What strangers, other pages and cells with too much appetite get: nothing, in the one shape of errors."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

WHITE_ONLY = {"action": "pause"}


def test_nobody_is_let_in_without_a_session(opened: Any, check_error: Any) -> None:
    client = opened.anonymous()
    for path in ("/api/session", "/api/scene", "/api/feed", "/api/status", "/api/why", "/api/nothing"):
        check_error(client.get(path), 401, "nobody has entered here")


def test_a_wrong_cookie_opens_nothing(opened: Any, check_error: Any) -> None:
    name = opened.house.hall.cookie
    for secret in ("x" * 43, "", "a" * 500, "' OR 1=1 --", "\xe9" * 43):
        raw = f"{name}={secret}".encode("latin-1")
        answer = opened.anonymous().get("/api/session", headers={b"cookie": raw})
        check_error(answer, 401, "nobody has entered here")


def test_a_link_opens_once(opened: Any, check_error: Any) -> None:
    link = opened.link("de")
    assert opened.anonymous().get(link).status_code == 303
    check_error(opened.anonymous().get(link), 403, "was used already")
    check_error(opened.anonymous().get("/enter?ticket=x"), 403, "this link is none")


def test_the_cookie_is_for_this_server_and_not_for_scripts(opened: Any) -> None:
    answer = opened.anonymous().get(opened.link("de"))
    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == "/"
    for word in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"):
        assert word in cookie


def test_a_page_of_another_site_cannot_act(opened: Any, asks: Any, check_error: Any) -> None:
    client, body = opened.enter("de"), {"kind": "text", "body": {"text": "forged"}}
    check_error(client.post("/api/act", json=body), 403, "X-Synaspis")
    elsewhere = {**asks, "origin": "http://evil.example"}
    check_error(client.post("/api/act", json=body, headers=elsewhere), 403, "a page of another server")
    form = client.post("/api/act", data={"kind": "text"}, headers=asks)
    check_error(form, 415, "application/json")
    rebound = client.get("/api/session", headers={"host": "evil.example"})
    check_error(rebound, 403, "is no name of this server")


@pytest.mark.parametrize("path", ["/", "/api/session", "/nothing", "/enter?ticket=x"])
def test_every_answer_forbids_what_the_page_does_not_need(opened: Any, path: str) -> None:
    headers = opened.anonymous().get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


def test_no_role_reaches_beyond_itself(opened: Any, asks: Any, check_error: Any) -> None:
    nation, observer, operator = (opened.enter(name) for name in ("de", "observer", "operator"))
    said = {"kind": "text", "body": {"text": "no"}}
    for client in (nation, observer, operator):
        check_error(client.post("/api/white", json=WHITE_ONLY, headers=asks), 403, "only the white cell")
    for client in (observer, operator):
        check_error(client.post("/api/act", json=said, headers=asks), 403, "sends nothing")
    for client in (nation, observer):
        check_error(client.get("/api/status"), 403, "for the operator")
        link = {"role": "operator", "name": "Me"}
        check_error(client.post("/api/links", json=link, headers=asks), 403, "for the operator")
        check_error(client.post("/api/sessions/end", json={"id": "a"}, headers=asks), 403, "for the operator")
    for path in ("/api/feed", "/api/scene", "/api/why", "/api/why-not"):
        check_error(nation.get(path, params={"as": "pl"}), 403, "may not see the cell 'pl'")
        check_error(nation.get(path, params={"as": "white"}), 403, "may not see the cell 'white'")
        check_error(observer.get(path, params={"as": "white"}), 403, "may not see the cell 'white'")
        check_error(operator.get(path), 403, "this role sees no cell")


def test_a_nation_cannot_speak_for_another_or_for_the_white_cell(
    opened: Any, asks: Any, check_error: Any
) -> None:
    client = opened.enter("de")
    forged = {"kind": "text", "body": {"text": "no"}, "sender": "pl"}
    check_error(client.post("/api/act", json=forged, headers=asks), 400, "unknown key 'sender'")
    control = {"kind": "exercise-control", "body": {"action": "end"}}
    refused = client.post("/api/act", json=control, headers=asks)
    check_error(refused, 403, "is not sent by hand")
    assert "exercise-control" not in refused.json()["error"]["faults"][0]["remedy"]
    track = {"kind": "track-report", "body": {}}
    check_error(client.post("/api/act", json=track, headers=asks), 403, "is not sent by hand")


def test_what_is_too_large_is_not_read(opened: Any, asks: Any, check_error: Any) -> None:
    client = opened.enter("de")
    huge = {"kind": "text", "body": {"text": "x" * 70_000}}
    check_error(client.post("/api/act", json=huge, headers=asks), 413, "are allowed")

    def chunks() -> Any:
        for _ in range(40):
            yield b" " * 4_096

    headers = {**asks, "content-type": "application/json"}
    check_error(client.post("/api/act", content=chunks(), headers=headers), 413, "too long")
    long = client.get("/api/session", headers={"x-filler": "y" * 20_000})
    check_error(long, 431, "the headers are too long")


def test_what_is_no_json_is_told_so(opened: Any, asks: Any, check_error: Any) -> None:
    client = opened.enter("de")
    headers = {**asks, "content-type": "application/json"}
    for body in (b"", b"[]", b"{", b'{"kind":1,"kind":2}', b'{"a":NaN}', b"\xff", b"[" * 5_000):
        check_error(client.post("/api/act", content=body, headers=headers), 400)


def test_a_path_that_leaves_the_folder_is_no_path(opened: Any) -> None:
    # httpx would tidy the path up, as browsers do; who means harm does not.
    place = urlsplit(opened.url)
    for path in ("/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/leak.txt"):
        line = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
        line.request("GET", path)
        answer = line.getresponse()
        assert answer.status == 404
        assert b"secret" not in answer.read()
        line.close()


def test_a_session_that_asks_too_often_waits(opened: Any, check_error: Any) -> None:
    client = opened.enter("pl")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: client.get("/api/session"), range(400)))
    late = next(answer for answer in answers if answer.status_code == 429)
    assert sum(answer.status_code == 200 for answer in answers) >= 100
    check_error(late, 429, "more requests than a session may make")
    assert int(late.headers["retry-after"]) >= 1
    assert opened.enter("pl").get("/api/session").status_code == 200


def test_a_session_holds_eight_feeds_and_no_ninth(opened: Any, check_error: Any) -> None:
    client = opened.enter("us")
    held = []
    for _ in range(8):
        answer = client.send(client.build_request("GET", "/api/feed"), stream=True)
        assert answer.status_code == 200
        pieces = answer.iter_bytes()  # kept: an iterator that is let go of closes its connection
        next(pieces)
        held.append((answer, pieces))
    check_error(client.get("/api/feed"), 429, "8 feeds of this session are open already")
    for answer, _ in held:
        answer.close()


@pytest.mark.parametrize(
    ("place", "status", "word"),
    [("nonsense", 400, "is no place"), ("1.2.3", 400, "is no place"), ("-1.0", 400, "is no place"),
     ("999999.0", 409, "has no place"), ("0.999999", 409, "has no place")],
)  # fmt: skip
def test_a_place_that_the_stream_never_gave_is_refused(
    opened: Any, check_error: Any, place: str, status: int, word: str
) -> None:
    client: httpx.Client = opened.enter("de")
    check_error(client.get("/api/feed", headers={"last-event-id": place}), status, word)


def test_the_operator_issues_links_and_ends_sessions(opened: Any, asks: Any, check_error: Any) -> None:
    operator = opened.enter("operator")
    wrong = {"role": "white", "cell": "de", "name": "", "view_as": ["mars"]}
    answer = operator.post("/api/links", json=wrong, headers=asks)
    assert len(check_error(answer, 400, "is no cell of this role", "this is no name", "may not see all")) == 3
    given = {"role": "nation", "cell": "de", "name": "Joan Poe"}
    link = operator.post("/api/links", json=given, headers=asks)
    assert link.status_code == 201
    client = opened.anonymous()
    assert client.get(link.json()["link"]).status_code == 303
    assert client.get("/api/session").json()["name"] == "Joan Poe"
    listed = operator.get("/api/status").json()
    ended = next(each["id"] for each in listed["sessions"] if each["name"] == "Joan Poe")
    assert {each["id"] for each in listed["centres"]} == {"data", "coordination"}
    assert operator.post("/api/sessions/end", json={"id": ended}, headers=asks).status_code == 204
    check_error(client.get("/api/session"), 401)
    check_error(operator.post("/api/sessions/end", json={"id": ended}, headers=asks), 404, "no such session")


def test_the_journal_holds_no_secret(opened: Any) -> None:
    client = opened.enter("de")
    secret = next(iter(client.cookies.values()))
    assert secret not in opened.log.getvalue()
    assert any(line["event"] == "entered" and line["partner"] == "de" for line in opened.lines())
    assert not any(line["event"] == "defect" for line in opened.lines())

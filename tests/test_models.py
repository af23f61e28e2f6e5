import asyncio
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing, closing

import pytest
from pydantic import SecretStr

from qa.errors import ModelError, SettingsError
from qa.models import DEFAULT_OPENAI_MODEL, Delta, Finish, ModelSpec, Text, choose_model, open_model, ping
from qa.prompts import Message
from qa.records import Usage
from qa.settings import Settings
from tests import fault_replies as replies
from tests.fault_server import JSON, Exchange, FaultServer, Reply, content, refusal

KEY = "sk-secret-1234567890"
MESSAGES = [Message("system", "You are terse."), Message("user", "Did it rain?")]
WORDS = ("It ", "rained ", "[1].")

Ask = Callable[..., list[Delta]]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def spec(server: FaultServer, **options: object) -> ModelSpec:
    return ModelSpec("scripted", server.url, **({"api_key": KEY, "retries": 0, "timeout": 5.0} | options))  # type: ignore[arg-type]


def ask_sync(spec: ModelSpec, messages: Sequence[Message] = MESSAGES) -> list[Delta]:
    with closing(open_model(spec)) as model:
        return list(model.stream(messages))


def ask_async(spec: ModelSpec, messages: Sequence[Message] = MESSAGES) -> list[Delta]:
    async def ask() -> list[Delta]:
        model = open_model(spec)
        try:
            return [delta async for delta in model.astream(messages)]
        finally:
            await model.aclose()

    return asyncio.run(ask())


@pytest.fixture(params=[ask_sync, ask_async], ids=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Ask:
    return request.param  # type: ignore[no-any-return]


def text_of(deltas: Sequence[Delta]) -> str:
    assert all(isinstance(delta, Text) and delta.text for delta in deltas[:-1])
    assert isinstance(deltas[-1], Finish)
    return "".join(delta.text for delta in deltas[:-1] if isinstance(delta, Text))


def finish_of(deltas: Sequence[Delta]) -> Finish:
    assert isinstance(deltas[-1], Finish)
    return deltas[-1]


# --- answers ---


def test_words_come_one_by_one_and_then_the_finish(server: FaultServer, ask: Ask) -> None:
    server.script(replies.words(*WORDS))
    deltas = ask(spec(server))
    assert deltas == [*map(Text, WORDS), Finish("stop", Usage(12, 5, 1))]


def test_the_request_says_what_the_settings_say(server: FaultServer, ask: Ask) -> None:
    server.script(replies.words("Yes."))
    ask(spec(server, max_tokens=77, temperature=0.5))
    request = server.requests[0]
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "scripted",
        "messages": [{"role": "system", "content": "You are terse."}, {"role": "user", "content": "Did it rain?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 77,
        "temperature": 0.5,
    }


def test_without_a_usage_chunk_the_tokens_are_estimated(server: FaultServer, ask: Ask) -> None:
    server.script(replies.words(*WORDS, usage=None))
    finish = finish_of(ask(spec(server)))
    assert finish.reason == "stop"
    assert finish.estimated
    assert finish.usage.calls == 1
    assert 3 <= finish.usage.completion_tokens <= 20
    assert 8 <= finish.usage.prompt_tokens <= 40


def test_an_answer_cut_by_max_tokens_says_so(server: FaultServer, ask: Ask) -> None:
    server.script(replies.words("It rai", finish="length"))
    deltas = ask(spec(server))
    assert (text_of(deltas), finish_of(deltas).reason) == ("It rai", "length")


@pytest.mark.parametrize("reason", ["content_filter", None])
def test_an_answer_that_ends_for_another_reason_is_incomplete(
    server: FaultServer, ask: Ask, reason: str | None
) -> None:
    server.script(replies.words("It rai", finish=reason))
    deltas = ask(spec(server))
    assert (text_of(deltas), finish_of(deltas).reason) == ("It rai", "incomplete")
    assert (reason or "without saying why") in finish_of(deltas).detail


def unstreamed_in_parts(*texts: str) -> Reply:
    parts = [{"type": "thinking", "thinking": []}, *({"type": "text", "text": text} for text in texts)]
    choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": parts}}
    usage = {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}
    return content(json.dumps({"choices": [choice], "usage": usage}))


@pytest.mark.parametrize(
    "reply",
    [
        replies.unstreamed("It rained [1]."),
        replies.unstreamed("It rained [1].", media="text/plain"),
        unstreamed_in_parts("It rained ", "[1]."),
        replies.words("It rained ", "[1].", media=JSON),
        replies.words("It rained ", "[1].", media="application/octet-stream"),
    ],
    ids=["ignores stream", "JSON as text", "in parts", "events as JSON", "events as bytes"],
)
def test_an_answer_in_another_wrapping_is_still_read(server: FaultServer, ask: Ask, reply: Reply) -> None:
    server.script(reply)
    deltas = ask(spec(server))
    assert text_of(deltas) == "It rained [1]."
    assert finish_of(deltas) == Finish("stop", Usage(12, 5, 1))


def test_thoughts_in_the_text_are_passed_on_and_those_beside_it_are_not(server: FaultServer, ask: Ask) -> None:
    server.script(replies.words("<think>", "rain?</think>", "Yes [1]."), replies.words("No.", thoughts=["Hm", "m."]))
    assert text_of(ask(spec(server))) == "<think>rain?</think>Yes [1]."
    assert text_of(ask(spec(server))) == "No."


def test_a_model_that_ignores_the_protocol_is_passed_on_word_for_word(server: FaultServer, ask: Ask) -> None:
    noise = '¯\\_(ツ)_/¯ [[[ ]\n\n\u202e😀 <|im_end|> {"answer": 1} [999999]\x00 data: [DONE]'
    server.script(replies.words(*noise))
    assert text_of(ask(spec(server))) == noise


# --- failures before the first word ---

NOT_RETRIED = {
    "401": (replies.bad_key(KEY), "refused the key (401); set a valid QA_API_KEY, or OPENAI_API_KEY"),
    "403": (refusal(403, "no"), "refused the key (403)"),
    "404 model": (replies.no_such_model(), "is not there (404)"),
    "404 page": (replies.page(404), "is not there (404)"),
    "402": (refusal(402, "pay"), "quota"),
    "quota": (replies.quota_used_up(), "quota of model 'scripted'"),
    "429 with a long pause": (replies.rate_limited(retry_after=600), "try again in 600 s"),
    "400": (refusal(400, f"Bad\nthing {KEY}"), "refused the request (400): Bad thing ***"),
    "400 page": (replies.page(400), "refused the request (400): without a reason"),
    "prompt too long": (refusal(400, "maximum context length is 2048", "context_length_exceeded"), "too long"),
    "page": (replies.page(), "answered with a web page; check QA_BASE_URL"),
    "page as events": (content("<html>", "text/event-stream"), "empty reply"),
    "page as text": (content("\n <html>", "text/plain"), "answered with a web page"),
    "broken JSON": (content('{"choices": [', JSON), "no chat completion"),
    "other JSON": (content('{"data": 1}', JSON), "no chat completion"),
    "JSON list": (content("[1]", JSON), "no chat completion"),
    "no body": (content("", JSON), "no chat completion"),
    "several JSON lines": (content('{"a": 1}\n{"a": 2}\n', "application/x-ndjson"), "no chat completion"),
    "event that is no JSON": (content("data: hello\n\n", "text/event-stream"), "no chat completion"),
    "event of unknown shape": (content('data: {"choices": [1]}\n\n', "text/event-stream"), "no chat completion"),
    "event that is a list": (content("data: [1, 2]\n\n", "text/event-stream"), "no chat completion"),
    "empty": (replies.empty(), "empty reply"),
    "unstreamed and empty": (replies.unstreamed(None), "empty reply"),
    "nothing but thoughts": (replies.words(thoughts=["Hm"], finish="length"), "wrote nothing within 512 tokens"),
}


@pytest.mark.parametrize(("reply", "says"), NOT_RETRIED.values(), ids=NOT_RETRIED)
def test_a_failure_that_stays_is_told_at_once_in_one_line(
    server: FaultServer, ask: Ask, reply: Reply, says: str
) -> None:
    server.script(reply, replies.words("not asked for"))
    with pytest.raises(ModelError) as caught:
        ask(spec(server, retries=3))
    check_message(caught.value, server, says)
    assert len(server.requests) == 1


def check_message(error: ModelError, server: FaultServer, says: str) -> None:
    message = str(error)
    assert says in message
    assert f"model 'scripted' at {server.url}" in message
    assert len(message.splitlines()) == 1
    assert len(message) < 400
    shown = f"{error!r}{error.__cause__!r}{error.__context__ if not error.__suppress_context__ else ''!r}"
    assert KEY not in message + shown


RETRIED = {
    "429": (replies.rate_limited(), "limits the rate of requests (429)"),
    "429 with a pause": (replies.rate_limited(retry_after=0), "(429); try again later"),
    "500": (replies.failed(500), "failed (500); try again later"),
    "503": (refusal(503, "busy", headers={"Retry-After": "0"}), "failed (503)"),
    "reset": (replies.cut(), "dropped the connection"),
    "error event": (
        replies.broken_off(message=f"the worker\ndied of {KEY}"),
        "failed while answering: the worker died",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("reply", [reply for reply, _ in RETRIED.values()], ids=RETRIED)
def test_a_failure_that_may_pass_is_tried_again(server: FaultServer, ask: Ask, reply: Reply) -> None:
    server.script(reply, replies.words(*WORDS))
    assert text_of(ask(spec(server, retries=1))) == "It rained [1]."
    assert len(server.requests) == 2


@pytest.mark.parametrize(("reply", "says"), RETRIED.values(), ids=RETRIED)
def test_what_may_pass_is_told_in_one_line(server: FaultServer, ask: Ask, reply: Reply, says: str) -> None:
    server.otherwise = reply
    with pytest.raises(ModelError) as caught:
        ask(spec(server))
    assert caught.value.retryable
    check_message(caught.value, server, says)
    assert len(server.requests) == 1


def test_the_tries_are_counted(server: FaultServer, ask: Ask) -> None:
    server.otherwise = replies.rate_limited(retry_after=0)
    with pytest.raises(ModelError, match="limits the rate"):
        ask(spec(server, retries=5))
    assert len(server.requests) == 6


@pytest.mark.slow
def test_the_pause_that_the_server_asks_for_is_kept(server: FaultServer, ask: Ask) -> None:
    server.script(replies.rate_limited(retry_after=1.5), replies.words("Yes."))
    began = time.perf_counter()
    ask(spec(server, retries=1))
    assert 1.5 <= time.perf_counter() - began < 3


@pytest.mark.slow
def test_a_pause_given_as_a_date_is_kept(server: FaultServer) -> None:
    at = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 2))
    server.script(replies.rate_limited(retry_after=at), replies.words("Yes."))
    began = time.perf_counter()
    ask_sync(spec(server, retries=1))
    assert 0.9 <= time.perf_counter() - began < 3


def test_a_server_that_says_nothing_is_given_up(server: FaultServer, ask: Ask) -> None:
    server.otherwise = replies.silent()
    with pytest.raises(ModelError, match="did not answer in time") as caught:
        ask(spec(server, timeout=0.2))
    assert caught.value.retryable
    assert server.sees_the_client_go()


def test_a_server_that_is_not_there_is_named(ask: Ask) -> None:
    with FaultServer() as server:
        gone = spec(server)
    with pytest.raises(ModelError, match="cannot be reached; check QA_BASE_URL") as caught:
        ask(gone)
    check_message(caught.value, server, "cannot be reached")


def test_a_password_in_the_address_is_never_shown(server: FaultServer, ask: Ask) -> None:
    server.script(replies.bad_key())
    address = server.url.replace("//", "//user:hunter2@")
    with pytest.raises(ModelError) as caught:
        ask(ModelSpec("scripted", address, KEY, retries=0))
    assert "hunter2" not in f"{caught.value}{caught.value.__cause__!r}{ModelSpec('scripted', address, KEY)!r}"


# --- failures after the first word ---

BROKEN = {
    "reset": (replies.cut(*WORDS), "dropped the connection"),
    "stalled": (replies.stalled(*WORDS), "did not answer in time"),
    "error event": (replies.broken_off(*WORDS), "failed while answering: the worker died"),
    "rubbish": (
        content(
            'data: {"choices":[{"index":0,"delta":{"content":"It rained [1]."}}]}\n\ndata: {"ch\n\n',
            "text/event-stream",
        ),
        "no chat completion",
    ),
}


@pytest.mark.parametrize(("reply", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_stream_keeps_what_came_and_is_marked_incomplete(
    server: FaultServer, ask: Ask, reply: Reply, says: str
) -> None:
    server.script(reply, replies.words("not asked for"))
    deltas = ask(spec(server, retries=3, timeout=0.3))
    finish = finish_of(deltas)
    assert text_of(deltas) == "It rained [1]."
    assert finish.reason == "incomplete"
    assert finish.estimated
    assert says in finish.detail
    assert len(finish.detail.splitlines()) == 1
    assert len(server.requests) == 1


# --- cancelling ---


def test_closing_the_iterator_closes_the_connection(server: FaultServer) -> None:
    server.script(replies.words(*"word " * 400, pause=0.02), replies.words("Next."))
    with closing(open_model(spec(server))) as model:
        deltas = model.stream(MESSAGES)
        assert next(deltas) == Text("w")
        began = time.perf_counter()
        deltas.close()  # type: ignore[attr-defined]
        assert server.sees_the_client_go()
        assert time.perf_counter() - began < 0.5
        assert text_of(list(model.stream(MESSAGES))) == "Next."


def test_closing_the_async_iterator_closes_the_connection(server: FaultServer) -> None:
    async def ask() -> float:
        model = open_model(spec(server))
        async with aclosing(model.astream(MESSAGES)) as deltas:  # type: ignore[type-var]
            await anext(deltas)
        began = time.perf_counter()
        assert await asyncio.to_thread(server.sees_the_client_go)
        await model.aclose()
        return time.perf_counter() - began

    server.script(replies.words(*"word " * 400, pause=0.02))
    assert asyncio.run(ask()) < 0.5


@pytest.mark.parametrize("reply", [replies.silent(), replies.stalled("It ")], ids=["before", "after the first word"])
def test_a_cancelled_task_closes_the_connection(server: FaultServer, reply: Reply) -> None:
    async def ask() -> None:
        model = open_model(spec(server, timeout=30.0))

        async def consume() -> None:
            async for _ in model.astream(MESSAGES):
                pass

        task = asyncio.create_task(consume())
        while not server.requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.sees_the_client_go)
        await model.aclose()

    server.script(reply)
    asyncio.run(ask())


# --- speed and sharing ---


def test_the_first_words_are_passed_on_within_5_ms(server: FaultServer) -> None:
    server.otherwise = replies.words("It ", "rained.", pause=0.05)
    delays: list[float] = []
    with closing(open_model(spec(server))) as model:
        for _ in range(15):
            with closing(model.stream(MESSAGES)) as deltas:  # type: ignore[type-var]
                next(deltas)
                delays.append(time.perf_counter() - server.exchanges[-1].sent_at[0])
    assert statistics.median(delays) < 0.005


def test_every_word_is_passed_on_when_it_comes(server: FaultServer) -> None:
    server.script(replies.words(*"It rained a lot .".split(), pause=0.05))
    with closing(open_model(spec(server))) as model:
        arrived = [time.perf_counter() for delta in model.stream(MESSAGES) if isinstance(delta, Text)]
    sent = server.exchanges[0].sent_at[: len(arrived)]
    assert statistics.median(there - here for here, there in zip(sent, arrived, strict=True)) < 0.005


def test_a_connection_is_used_again(server: FaultServer) -> None:
    async def ask_three_times() -> None:
        model = open_model(spec(server))
        for _ in range(3):
            assert text_of([delta async for delta in model.astream(MESSAGES)]) == "It rained [1]."
        await model.aclose()

    server.otherwise = replies.words(*WORDS)
    with closing(open_model(spec(server))) as model:
        for _ in range(3):
            assert text_of(list(model.stream(MESSAGES))) == "It rained [1]."
    asyncio.run(ask_three_times())
    assert len({exchange.handler.client_address for exchange in server.exchanges}) == 2


def unended(exchange: Exchange) -> None:
    exchange.start()
    exchange.event(replies.chunk("Yes.", finish="stop"))
    exchange.event("[DONE]")
    exchange.pause(30)


def test_a_server_that_goes_on_after_its_last_event_is_not_waited_for(server: FaultServer, ask: Ask) -> None:
    server.script(unended)
    began = time.perf_counter()
    assert finish_of(ask(spec(server))).reason == "stop"
    assert time.perf_counter() - began < 2
    assert server.sees_the_client_go()


def test_threads_share_a_model(server: FaultServer) -> None:
    server.otherwise = replies.answered_by(lambda request: request.prompt[::-1])
    with closing(open_model(spec(server))) as model:
        answers: dict[str, str] = {}

        def ask(question: str) -> None:
            answers[question] = text_of(list(model.stream([Message("user", question)])))

        threads = [threading.Thread(target=ask, args=(f"question {number}",)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {f"question {number}": f"question {number}"[::-1] for number in range(20)}


@pytest.mark.slow
def test_tasks_share_a_model_and_each_event_loop_has_its_own_connections(server: FaultServer) -> None:
    server.otherwise = replies.answered_by(lambda request: request.prompt[::-1])
    model = open_model(spec(server))

    async def ask(question: str) -> str:
        return text_of([delta async for delta in model.astream([Message("user", question)])])

    async def ask_all() -> list[str]:
        try:
            return await asyncio.gather(*(ask(f"question {number}") for number in range(20)))
        finally:
            await model.aclose()

    for _ in range(2):
        assert asyncio.run(ask_all()) == [f"question {number}"[::-1] for number in range(20)]


# --- what servers do not take ---


@pytest.mark.parametrize(
    ("parameter", "instead"),
    [("stream_options", {}), ("max_tokens", {"max_completion_tokens": 512}), ("temperature", {})],
)
def test_a_parameter_that_is_refused_by_name_is_left_out_from_then_on(
    server: FaultServer, ask: Ask, parameter: str, instead: dict[str, int]
) -> None:
    server.otherwise = replies.unless_given(parameter, replies.words(*WORDS))
    assert text_of(ask(spec(server))) == "It rained [1]."
    first, second = (request.body for request in server.requests)
    assert parameter in first
    assert second == {name: value for name, value in first.items() if name != parameter} | instead


def test_what_a_server_does_not_take_is_remembered(server: FaultServer) -> None:
    server.otherwise = replies.unless_given("stream_options", replies.words(*WORDS))
    with closing(open_model(spec(server))) as model:
        for _ in range(3):
            assert text_of(list(model.stream(MESSAGES))) == "It rained [1]."
    assert len(server.requests) == 4


def test_a_chat_template_without_system_role_gets_it_in_the_question(server: FaultServer, ask: Ask) -> None:
    server.script(refusal(500, "Jinja: System role not supported"), replies.words("Yes."))
    assert text_of(ask(spec(server))) == "Yes."
    assert server.requests[1].body["messages"] == [{"role": "user", "content": "You are terse.\n\nDid it rain?"}]


def test_a_refusal_that_does_not_end_is_told(server: FaultServer, ask: Ask) -> None:
    server.otherwise = refusal(400, "temperature max_tokens stream_options system role: no")
    with pytest.raises(ModelError, match=r"refused the request \(400\)"):
        ask(spec(server))
    assert len(server.requests) <= 5


# --- ping ---


def test_ping_says_how_fast_and_which_models(server: FaultServer) -> None:
    server.models = ("scripted", "another")
    server.script(replies.words("Hello."))
    answered = ping(spec(server))
    assert answered.models == ("another", "scripted")
    assert 0 < answered.seconds < 5
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_ping_lists_the_models_when_the_one_asked_for_is_not_there(server: FaultServer) -> None:
    server.models = ("llama", "qwen")
    server.script(replies.no_such_model())
    with pytest.raises(ModelError, match=r"'scripted' at .* is not on its server; it has 'llama', 'qwen'"):
        ping(spec(server))


def test_ping_waits_as_long_as_a_question_does(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[ping.__module__], "_PATIENCE", 0.2)

    def slow(exchange: Exchange) -> None:
        exchange.pause(0.6)
        replies.words("Hello.")(exchange)

    server.script(slow)
    assert ping(spec(server)).seconds > 0.5


def test_ping_tries_once_and_shows_no_key(server: FaultServer) -> None:
    server.otherwise = replies.bad_key(KEY)
    with pytest.raises(ModelError) as caught:
        ping(spec(server, retries=3))
    check_message(caught.value, server, "refused the key (401)")
    assert len(server.requests) == 1


# --- choosing ---


def settings(**given: object) -> Settings:
    return Settings(**given)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in ("OPENAI_API_KEY", "QA_OPENAI_API_KEY", "QA_API_KEY", "QA_BASE_URL", "QA_MODEL", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def test_without_key_and_server_there_is_no_model() -> None:
    assert choose_model(settings()) is None


def test_extractive_is_always_to_be_had() -> None:
    assert choose_model(settings(model="extractive", openai_api_key=KEY, base_url="http://localhost:1/v1")) is None


def test_the_key_of_openai_alone_chooses_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\n")
    assert choose_model(settings()) == ModelSpec(DEFAULT_OPENAI_MODEL, None, KEY)
    assert choose_model(settings(model="gpt-9")) == ModelSpec("gpt-9", None, KEY)


def test_the_address_that_openais_clients_are_told_of_stands_for_openais(
    monkeypatch: pytest.MonkeyPatch, server: FaultServer, ask: Ask
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    server.script(replies.words("Yes."))
    chosen = choose_model(settings())
    assert chosen is not None
    assert text_of(ask(chosen)) == "Yes."
    (request,) = server.requests
    assert (request.path, request.body["model"]) == ("/v1/chat/completions", DEFAULT_OPENAI_MODEL)
    assert request.headers["authorization"] == f"Bearer {KEY}"
    other = choose_model(settings(model="llama3", base_url="http://localhost:1/v1"))
    assert other is not None
    assert (other.url, other.api_key) == ("http://localhost:1/v1", None)


def test_a_server_and_a_model_need_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_BASE_URL", "http://localhost:11434/v1/")
    monkeypatch.setenv("QA_MODEL", "llama3")
    chosen = choose_model(settings())
    assert chosen == ModelSpec("llama3", "http://localhost:11434/v1/")
    assert chosen is not None
    assert chosen.url == "http://localhost:11434/v1"


def test_the_key_of_openai_is_sent_to_no_other_server() -> None:
    chosen = choose_model(settings(model="llama3", base_url="http://localhost:1/v1", openai_api_key=KEY))
    assert chosen is not None
    assert chosen.api_key is None
    chosen = choose_model(settings(model="m", base_url="http://localhost:1/v1", api_key="own", openai_api_key=KEY))
    assert chosen is not None
    assert chosen.api_key == "own"


@pytest.mark.parametrize("name", ["models/small.gguf", "C:\\Models\\SMALL.GGUF", "hf:owner/repository"])
def test_a_local_model_needs_neither_server_nor_key(name: str) -> None:
    chosen = choose_model(settings(model=name, base_url="http://localhost:1/v1", openai_api_key=KEY))
    assert chosen is not None
    assert chosen.is_local
    assert (chosen.name, chosen.base_url, chosen.api_key) == (name, None, None)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"model": "gpt-9"}, "needs OPENAI_API_KEY, or QA_BASE_URL"),
        ({"base_url": "http://localhost:1/v1"}, "no model; name one with --model"),
        ({"base_url": "localhost:11434", "model": "m"}, "is no address"),
        ({"base_url": "http://", "model": "m"}, "is no address"),
        ({"base_url": "http://[::1", "model": "m"}, "is no address"),
        ({"base_url": "http://localhost:port/v1", "model": "m"}, "is no address"),
        ({"base_url": "http://local host/v1", "model": "m"}, "is no address"),
        ({"openai_api_key": "sk–secret-1234567890"}, "characters that no key has"),
        ({"openai_api_key": "sk-secret\n1234567890"}, "characters that no key has"),
    ],
)
def test_what_cannot_work_is_refused_before_a_request(given: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        choose_model(settings(**given))
    assert "1234567890" not in str(caught.value)


def test_limits_come_from_the_settings() -> None:
    chosen = choose_model(
        settings(openai_api_key=SecretStr(KEY), context_window=4096, max_tokens=99, temperature=1, timeout=7, retries=0)
    )
    assert chosen == ModelSpec(DEFAULT_OPENAI_MODEL, None, KEY, 4096, 99, 1.0, 7.0, 0)


def test_a_key_is_not_shown() -> None:
    shown = repr(ModelSpec("m", "http://user:hunter2@localhost/v1", KEY)) + repr(open_model(ModelSpec("m", None, KEY)))
    assert KEY not in shown
    assert "hunter2" not in shown

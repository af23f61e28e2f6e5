import hashlib
import json
import random
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.archive import Archive
from qa.embedders import EndpointEmbedder, OnnxEmbedder, PassageInput, Vectors, open_embedder
from qa.errors import ModelError, SettingsError
from qa.records import Span
from qa.sentences import sentence_spans
from qa.settings import load_settings
from tests import fault_replies as replies
from tests.fault_server import JSON, FaultServer, Reply, content, refusal

BUILT_IN = Path(str(resources.files("qa.minilm")))
KEY = "sk-secret-1234567890"
NASTY = [
    "",
    " \n\t",
    "😀👩‍👩‍👧",
    "İstanbul",
    "cafe\u0301",
    "واشنطن قالت نعم.",
    "\u202eשלום\u200f",
    "a\r\nb\rc",
    "\x00\x07",
    "half \ud83d pair",
    "\ufffd\uffff",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "…—“”",
    "x" * 5000,
]
STORY = (
    "The mayor resigned on Monday after the audit. No comment. No comment.\n\nThe council will meet on Friday to elect "
    "a successor; the opposition wants a new election. “We were not asked,” said the treasurer."
)


@pytest.fixture(scope="module")
def embedder() -> OnnxEmbedder:
    return OnnxEmbedder(threads=2)


def passage(text: str, header: str = "") -> PassageInput:
    return PassageInput(header, text, tuple(sentence_spans(text)))


def lengths(vectors: Vectors) -> Vectors:
    found: Vectors = np.linalg.norm(vectors, axis=-1)
    return found


# --- the built-in model ---


def test_the_built_in_files_are_those_that_the_readme_names() -> None:
    stated = re.findall(r"`([0-9a-f]{64})` \| `(\S+)`", (BUILT_IN / "README.md").read_text(encoding="utf-8"))
    assert {name for _, name in stated} == {"model.onnx", "tokenizer.json"}
    for digest, name in stated:
        assert hashlib.sha256((BUILT_IN / name).read_bytes()).hexdigest() == digest


def test_vectors_have_unit_length(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed_queries([STORY, "a", *NASTY])
    assert vectors.shape == (2 + len(NASTY), embedder.dimension) == (2 + len(NASTY), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(lengths(vectors), 1, atol=1e-5)


def test_no_texts_are_no_vectors(embedder: OnnxEmbedder) -> None:
    assert embedder.embed_queries([]).shape == (0, 384)
    assert embedder.embed_passages([]) == []


def test_a_vector_depends_on_its_text_alone_to_the_bit(embedder: OnnxEmbedder) -> None:
    texts = [STORY[:cut] for cut in range(5, len(STORY), 17)] + NASTY
    alone = {text: embedder.embed_queries([text])[0].tobytes() for text in texts}
    chance = random.Random(3)
    for size in (len(texts), 2, 7):
        batch = chance.sample(texts, size)
        assert [row.tobytes() for row in embedder.embed_queries(batch)] == [alone[text] for text in batch]
    other = OnnxEmbedder(threads=1)
    assert [row.tobytes() for row in other.embed_queries(texts)] == list(alone.values())


def test_passage_vectors_depend_on_the_passage_alone_to_the_bit(embedder: OnnxEmbedder) -> None:
    passages = [passage(STORY, "Lyon"), passage(STORY), passage("One. Two."), *map(passage, NASTY)]
    together = embedder.embed_passages(passages)
    for one, text in zip(together[::-1], passages[::-1], strict=True):
        (alone,) = embedder.embed_passages([text])
        assert one.sentences is not None
        assert alone.sentences is not None
        assert one.passage.tobytes() == alone.passage.tobytes()
        assert one.sentences.tobytes() == alone.sentences.tobytes()


def test_threads_share_an_embedder() -> None:
    shared, found = OnnxEmbedder(), {}

    def work(text: str) -> None:
        found[text] = shared.embed_queries([text])[0].tobytes()

    threads = [threading.Thread(target=work, args=(f"storm number {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {text: shared.embed_queries([text])[0].tobytes() for text in found}
    assert len(set(found.values())) == 8


def test_every_sentence_has_its_own_vector(embedder: OnnxEmbedder) -> None:
    given = passage(STORY, "Lyon")
    (vectors,) = embedder.embed_passages([given])
    assert vectors.sentences is not None
    assert vectors.passage.shape == (384,)
    assert vectors.sentences.shape == (len(given.sentences), 384)
    assert len(given.sentences) == 5
    np.testing.assert_allclose(lengths(vectors.sentences), 1, atol=1e-5)
    assert len({row.tobytes() for row in vectors.sentences}) == 5


@given(st.lists(st.sampled_from([*NASTY, "It rained. ", "He said 3.5%. ", "\n"]), max_size=6).map("".join))
@settings(max_examples=40, deadline=None)
def test_sentence_vectors_are_sound_for_any_text(text: str) -> None:
    given = passage(text, "İ 😀")
    (vectors,) = _SHARED.embed_passages([given])
    assert vectors.sentences is not None
    assert vectors.sentences.shape == (len(given.sentences), 384)
    assert np.isfinite(vectors.sentences).all()
    np.testing.assert_allclose(lengths(vectors.sentences), 1, atol=1e-5)


_SHARED = OnnxEmbedder(threads=1)


def test_the_vector_of_a_sentence_is_about_that_sentence(embedder: OnnxEmbedder) -> None:
    text = "The ferry capsized in the strait. Inflation fell to two percent. The striker scored three goals."
    given = passage(text, "Short news")
    (vectors,) = embedder.embed_passages([given])
    questions = ["What happened to the boat?", "How did prices develop?", "Who scored in the football match?"]
    assert vectors.sentences is not None
    assert (embedder.embed_queries(questions) @ vectors.sentences.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_header_is_read_and_shifts_no_sentence(embedder: OnnxEmbedder) -> None:
    story = STORY.replace("No comment. ", "", 1)
    plain, headed = embedder.embed_passages([passage(story), passage(story, "Lyon: ein Bürgermeister geht")])
    assert plain.sentences is not None
    assert headed.sentences is not None
    assert plain.passage.tobytes() != headed.passage.tobytes()
    assert (headed.sentences @ plain.sentences.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("text", "paraphrase", "unrelated"),
    [
        ("The mayor stepped down on Monday.", "The head of the city resigned.", "The recipe needs two eggs."),
        ("Inflation fell to 2 percent.", "Consumer prices rose more slowly.", "The goalkeeper broke his leg."),
        ("Who won the election?", "Voters chose Odile Breck as president.", "A storm cut power to the coast."),
    ],
)
def test_a_paraphrase_is_nearer_than_another_subject(
    embedder: OnnxEmbedder, text: str, paraphrase: str, unrelated: str
) -> None:
    first, near, far = embedder.embed_queries([text, paraphrase, unrelated])
    assert first @ near > first @ far + 0.15


@pytest.mark.slow
def test_the_end_of_a_long_text_counts(embedder: OnnxEmbedder) -> None:
    filler = "The council discussed the budget for roads. " * 120
    ferry = "A ferry sank. " * 60
    plain, ended = embedder.embed_queries([filler, filler + ferry])
    (question,) = embedder.embed_queries(["A ferry sank."])
    assert question @ ended > question @ plain + 0.03
    given = passage(filler + ferry)
    (vectors,) = embedder.embed_passages([given])
    assert vectors.sentences is not None
    similar = vectors.sentences @ question
    assert similar[120:].min() > similar[:120].max()


@pytest.mark.slow
def test_a_megabyte_on_one_line_is_embedded(embedder: OnnxEmbedder) -> None:
    text = ("x" * 1000 + " ") * 1000
    (vector,) = embedder.embed_queries([text])
    assert abs(float(lengths(vector)) - 1) < 1e-5


def test_token_vectors_have_ranges_in_the_text(embedder: OnnxEmbedder) -> None:
    ((ranges, vectors), (none, empty)) = embedder.token_vectors(["The mayor resigned.", ""])
    assert ["The mayor resigned."[start:end] for start, end in ranges] == ["The", "mayor", "resigned", "."]
    assert vectors.shape == (4, 384)
    np.testing.assert_allclose(lengths(vectors), 1, atol=1e-5)
    assert (none, empty.shape[0]) == ([], 0)


def test_the_name_changes_with_what_changes_vectors(tmp_path: Path) -> None:
    assert OnnxEmbedder().name == OnnxEmbedder(threads=1).name == "minilm-l6-int8/1"
    names = {OnnxEmbedder(folder(tmp_path / "a")).name}
    names.add(OnnxEmbedder(folder(tmp_path / "b" / "a", {"1_Pooling/config.json": CLS})).name)
    names.add(OnnxEmbedder(folder(tmp_path / "c" / "a", {"sentence_bert_config.json": {"max_seq_length": 64}})).name)
    assert len(names) == 3
    assert OnnxEmbedder(folder(tmp_path / "d" / "a")).name in names


# --- a model in a folder ---

CLS = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}


def folder(path: Path, files: Mapping[str, object] = MappingProxyType({}), model: str = "model.onnx") -> Path:
    """The built-in model as a person would bring it, with other files as JSON."""
    (path / model).parent.mkdir(parents=True)
    (path / model).symlink_to(BUILT_IN / "model.onnx")
    shutil.copy(BUILT_IN / "tokenizer.json", path)
    for name, value in files.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(json.dumps(value), encoding="utf-8")
    return path


@pytest.mark.parametrize("model", ["model.onnx", "onnx/model.onnx"])
def test_a_model_in_a_folder_is_used(tmp_path: Path, embedder: OnnxEmbedder, model: str) -> None:
    local = open_embedder(str(folder(tmp_path / "own", model=model)))
    assert local.dimension == 384
    assert local.name.startswith("own-")
    assert local.embed_queries([STORY]).tobytes() == embedder.embed_queries([STORY]).tobytes()


def test_its_configuration_is_followed(tmp_path: Path, embedder: OnnxEmbedder) -> None:
    prompts = {"prompts": {"query": "query: ", "document": "passage: "}}
    local = OnnxEmbedder(folder(tmp_path / "a", {"config_sentence_transformers.json": prompts}))
    assert local.embed_queries(["rain"]).tobytes() == embedder.embed_queries(["query: rain"]).tobytes()
    (vectors,) = local.embed_passages([PassageInput("", "Rain.", (Span(0, 5),))])
    assert vectors.passage.tobytes() == embedder.embed_queries(["passage: Rain."])[0].tobytes()
    first = OnnxEmbedder(folder(tmp_path / "b", {"1_Pooling/config.json": CLS}))
    assert first.embed_queries(["rain"]) @ embedder.embed_queries(["rain"]).T < 0.99
    short = OnnxEmbedder(folder(tmp_path / "c", {"sentence_bert_config.json": {"max_seq_length": 16}}))
    assert short.embed_queries(["rain"]).tobytes() == embedder.embed_queries(["rain"]).tobytes()
    assert short.embed_queries([STORY]).tobytes() != embedder.embed_queries([STORY]).tobytes()


def broken(path: Path, name: str, content: bytes | None) -> Path:
    folder(path)
    (path / name).unlink(missing_ok=True)
    if content is not None:
        (path / name).write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("model.onnx", None, "has no model.onnx"),
        ("tokenizer.json", None, "has no tokenizer.json"),
        ("model.onnx", b"", "cannot be used"),
        ("model.onnx", b"not a model", "cannot be used"),
        ("tokenizer.json", b"{", "cannot be used"),
        ("tokenizer.json", b"{}", "cannot be used"),
        ("config.json", b"{", "is no readable JSON"),
        ("config.json", b"[]", "holds no JSON object"),
        ("config.json", b"\xff\xfe", "is no readable JSON"),
    ],
)
def test_a_broken_folder_is_told_in_one_line(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        open_embedder(str(broken(tmp_path / "own", name, content))).embed_queries(["rain"])
    assert len(str(caught.value).splitlines()) == 1
    assert "own" in str(caught.value)


def test_an_unsupported_pooling_is_refused(tmp_path: Path) -> None:
    pooling = {"1_Pooling/config.json": {"pooling_mode_max_tokens": True}}
    with pytest.raises(SettingsError, match="pooling_mode_max_tokens; only mean or cls"):
        OnnxEmbedder(folder(tmp_path / "own", pooling))


def test_what_names_no_embedder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no folder"):
        open_embedder(str(tmp_path / "missing"))
    with pytest.raises(SettingsError, match="is empty"):
        open_embedder("  ")
    with pytest.raises(SettingsError, match="names no model"):
        open_embedder("endpoint:", api_key=KEY)
    with pytest.raises(SettingsError, match="needs a key"):
        open_embedder("endpoint:text-embedding-3-small")
    with pytest.raises(SettingsError, match="is no address"):
        open_embedder("endpoint:m", base_url="localhost:1")
    with pytest.raises(SettingsError, match="characters that no key has"):
        open_embedder("endpoint:m", api_key="sk-\nsecret")
    with pytest.raises(ValueError, match="threads"):
        OnnxEmbedder(threads=0)


# --- an endpoint ---


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer() as running:
        yield running


def endpoint(server: FaultServer, retries: int = 0, **options: object) -> EndpointEmbedder:
    return EndpointEmbedder(server.url, KEY, "scripted", retries=retries, **options)  # type: ignore[arg-type]


def test_an_endpoint_gives_vectors_in_the_order_of_the_texts(server: FaultServer) -> None:
    server.otherwise = replies.vectors(reorder=True)
    texts = [f"text {number}" for number in range(150)]
    vectors = endpoint(server).embed_queries(texts)
    assert vectors.shape == (150, 8)
    np.testing.assert_allclose(lengths(vectors), 1, atol=1e-6)
    for number in (0, 1, 63, 64, 149):
        expected = np.array(list(hashlib.sha256(texts[number].encode()).digest()[:8]), np.float32)
        np.testing.assert_allclose(vectors[number], expected / np.linalg.norm(expected), atol=1e-6)
    assert [len(request.body["input"]) for request in server.requests] == [64, 64, 22]
    assert all(request.path == "/v1/embeddings" for request in server.requests)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_dimension_is_asked_for_once(server: FaultServer) -> None:
    server.otherwise = replies.vectors(dimension=6)
    embedder = open_embedder("endpoint:scripted", base_url=server.url)
    assert embedder.name == "endpoint-scripted-6"
    assert embedder.dimension == 6
    assert embedder.embed_queries([]).shape == (0, 6)
    assert len(server.requests) == 1


def test_passages_go_with_their_headers(server: FaultServer) -> None:
    server.otherwise = replies.vectors()
    (vectors,) = endpoint(server).embed_passages([passage(STORY, "Lyon")])
    assert server.requests[0].body["input"] == [f"Lyon\n{STORY}"]
    assert (vectors.passage.shape, vectors.sentences) == ((8,), None)
    assert endpoint(server).embed_passages([]) == []


def test_nasty_texts_reach_the_endpoint(server: FaultServer) -> None:
    server.otherwise = replies.vectors()
    assert endpoint(server).embed_queries(NASTY).shape == (len(NASTY), 8)
    assert server.requests[0].body["input"] == [" ", *NASTY[1:9], "half \ufffd pair", *NASTY[10:]]


def embeddings(*rows: list[float]) -> Reply:
    data = [{"object": "embedding", "index": index, "embedding": row} for index, row in enumerate(rows)]
    return content(json.dumps({"object": "list", "data": data, "model": "m", "usage": {}}))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reply", "says", "retryable"),
    [
        (replies.bad_key(KEY), "refused the key (401)", False),
        (replies.no_such_model(), "was not found (404)", False),
        (replies.quota_used_up(), "quota is used up", False),
        (replies.rate_limited(), "over its rate limit (429)", True),
        (replies.failed(500), "failed (500)", True),
        (replies.cut(), "cannot be reached", True),
        (replies.silent(), "sent nothing for 0.3 s", True),
        (refusal(400, f"too\nlong {KEY}"), "refused the texts (400)", False),
        (replies.page(), "instead of one vector for each text", False),
        (content("{", JSON), "instead of one vector for each text", False),
        (content('{"data": 1}', JSON), "instead of one vector for each text", False),
        (content("[]", JSON), "instead of one vector for each text", False),
        (content("", JSON), "instead of one vector for each text", False),
        (embeddings([1.0, 0.0]), "an array of shape (1, 2)", False),
        (embeddings([1.0, 0.0], [1.0]), "something else", False),
        (embeddings([], []), "an array of shape (2, 0)", False),
        (embeddings([1.0, 0.0], [0.0, 0.0]), "zero or not finite", False),
        (embeddings([1.0, 0.0], [float("nan"), 0.0]), "zero or not finite", False),
    ],
)
def test_a_failure_of_the_endpoint_is_told_in_one_line(
    server: FaultServer, reply: Reply, says: str, retryable: bool
) -> None:
    server.script(reply)
    with pytest.raises(ModelError) as caught:
        endpoint(server, timeout=0.3).embed_queries(["one", "two"])
    message = str(caught.value)
    assert says in message
    assert f"embedding model 'scripted' at {server.url}" in message
    assert len(message.splitlines()) == 1
    assert KEY not in message
    assert caught.value.retryable is retryable


def test_a_rate_limit_is_waited_out(server: FaultServer) -> None:
    server.script(replies.rate_limited(retry_after=0.01), replies.vectors())
    assert endpoint(server, retries=1).embed_queries(["one"]).shape == (1, 8)
    assert len(server.requests) == 2


def test_a_used_up_quota_is_told_at_once(server: FaultServer) -> None:
    server.script(replies.quota_used_up(), replies.vectors())
    with pytest.raises(ModelError, match="quota is used up"):
        endpoint(server, retries=3).embed_queries(["one"])
    assert len(server.requests) == 1


def test_a_model_that_was_changed_behind_its_address_is_noticed(server: FaultServer) -> None:
    server.script(replies.vectors(dimension=8), replies.vectors(dimension=6))
    embedder = endpoint(server)
    embedder.embed_queries(["one"])
    with pytest.raises(ModelError, match="vectors of length 6 instead of 8"):
        embedder.embed_queries(["two"])


def test_a_password_in_the_address_is_not_shown(server: FaultServer) -> None:
    server.otherwise = replies.failed(500)
    embedder = EndpointEmbedder(server.url.replace("//", "//user:hunter2@"), KEY, "m", retries=0)
    with pytest.raises(ModelError) as caught:
        embedder.embed_queries(["one"])
    assert "hunter2" not in str(caught.value)


def test_the_address_that_stands_for_openai_is_that_of_its_vectors_too(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.otherwise = replies.vectors()
    chosen = load_settings(corpus=tmp_path, index=tmp_path / "i", model="extractive", embedder="endpoint:m")
    Archive(chosen).embedder.embed_queries(["Who resigned?"])
    assert [request.headers["authorization"] for request in server.requests] == [f"Bearer {KEY}"]

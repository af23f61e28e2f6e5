"""Language models: from settings to a stream of words, the same for every OpenAI-compatible server.

    choose_model(settings) -> ModelSpec | None     None: no language model, answers are extracted verbatim
    open_model(spec) -> ChatModel                  .stream(messages), .astream(messages) -> Text ..., Finish
    ping(spec) -> Ping                             does it answer, which models are there
    model_errors(model)                            turns what openai and httpx raise into ModelError

LlamaIndex and openai are imported when a model is opened, not before.
"""

from qa.models.chat import ChatModel, OpenAICompatibleModel, open_model
from qa.models.deltas import Delta, Finish, Reason, Text
from qa.models.failures import model_errors
from qa.models.ping import Ping, ping
from qa.models.spec import DEFAULT_OPENAI_MODEL, ModelSpec, choose_model

__all__ = [
    "DEFAULT_OPENAI_MODEL",
    "ChatModel",
    "Delta",
    "Finish",
    "ModelSpec",
    "OpenAICompatibleModel",
    "Ping",
    "Reason",
    "Text",
    "choose_model",
    "model_errors",
    "open_model",
    "ping",
]

"""A model server for measurements: after a pause it repeats the first numbered sentence of the prompt, footnoted.

    python -m evals.bench.slow_model 0.2

Prints its address. Uses as little of the processor as it can, since it shares the machine with what is measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

_SENTENCE = re.compile(r"\n\[1\] ([^\n]*)")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_PIECE = 24
"""Characters of an event; servers send a token or a few at a time."""


async def main(pause: float) -> None:
    """Serves until it is ended."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
                prompt = json.loads(await reader.readexactly(length))["messages"][-1]["content"]
                await asyncio.sleep(pause)
                writer.write(_HEAD + _body(prompt))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, limit=2**20, backlog=1024)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", flush=True)
    await server.serve_forever()


def _body(prompt: str) -> bytes:
    found = _SENTENCE.search(prompt)
    text = f"{found[1].strip().rstrip('.')} [1]." if found else "NOT IN THE ARTICLES"
    usage = {"prompt_tokens": len(prompt) // 4, "completion_tokens": len(text) // 4, "total_tokens": 0}
    pieces = [{"content": text[start : start + _PIECE]} for start in range(0, len(text), _PIECE)]
    events = [_event([{"index": 0, "delta": piece, "finish_reason": None}]) for piece in pieces]
    events.append(_event([{"index": 0, "delta": {}, "finish_reason": "stop"}]))
    events.append(_event([], usage))
    content = b"".join(events) + b"data: [DONE]\n\n"
    return f"{len(content):x}\r\n".encode() + content + b"\r\n0\r\n\r\n"


def _event(choices: list[dict[str, object]], usage: dict[str, int] | None = None) -> bytes:
    event = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "slow", "choices": choices}
    return b"data: " + json.dumps(event | {"usage": usage}).encode() + b"\n\n"


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))

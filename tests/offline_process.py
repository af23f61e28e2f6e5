"""Does all that needs no model, in a process that may reach nothing but itself; prints what it tried to reach.

python -m tests.offline_process FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.no_way_out.sitecustomize import TRIED, watch


def main(folder: Path) -> None:
    """Indexes, asks, searches, checks, examines, runs a batch, and serves the page."""
    sys.addaudithook(watch)
    import qa
    from qa.doctor import examine
    from tests.browser import free_port

    corpus = folder / "articles"
    corpus.mkdir()
    (corpus / "a.txt").write_text("Rain in Lyon\n\nIt rained in Lyon on Monday, the weather service said.\n", "utf-8")
    (corpus / "b.html").write_text("<html><body><article><p>It snowed in Brest.</p></article></body></html>", "utf-8")
    assistant = qa.open(corpus, index=folder / "index", model="extractive")
    answers = [assistant.ask("Where did it rain on Monday?"), *assistant.ask_many(["When?", "Who said so?"])]
    assistant.search("rain")
    assistant.check("It rained in Lyon on Monday.")
    findings = examine(corpus=corpus, index=folder / "index", model="extractive")
    served = _page(assistant, folder, free_port())
    told = {"status": answers[0].status, "well": all(one.well for one in findings), "page": served, "tried": TRIED}
    sys.stdout.write(json.dumps(told))


def _page(assistant: Any, folder: Path, port: int) -> str:
    import httpx

    from qa.page.context import Options
    from qa.page.serving import Listening, start

    page = start(assistant.settings, Listening(port=port), Options(folder / "feedback.jsonl", sync=False), assistant)
    try:
        with httpx.Client(base_url=page.local_url, timeout=60, trust_env=False) as client:
            assert client.get("/").status_code == 200
            asked = client.post("/gradio_api/call/ask", json={"data": ["Where did it rain on Monday?", "", "", []]})
            lines = client.get(f"/gradio_api/call/ask/{asked.json()['event_id']}").text.splitlines()
        data = next(line for line in lines if line.startswith("data: ["))
        return str(json.loads(data[6:])[0]["status"])
    finally:
        page.close(verbose=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

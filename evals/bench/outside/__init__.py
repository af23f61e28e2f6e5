"""Systems with an environment of their own, measured beside the others: txtai, haiku.rag, paper-qa.

Their packages do not go together with ours, or want another Python, so each lives in a virtual environment that need
not know this program. Set up, then measured:

    python3.11 -m venv txtai && txtai/bin/pip install txtai
    python3.12 -m venv haiku && haiku/bin/pip install haiku.rag-slim 'docling-core[chunking]'
    python3.11 -m venv paper && paper/bin/pip install paper-qa
    python -m evals bench newsroom --only peers --peer-python txtai=txtai/bin/python \
        --peer-python haiku.rag=haiku/bin/python --peer-python paper-qa=paper/bin/python

txtai takes torch along, of which a build without CUDA will do. haiku.rag needs Python 3.12 or newer.

``scripts/serve.py`` runs in the other environment and loads the peer's script (``scripts/txtai_peer.py`` and so on); it
imports nothing of ours. We speak with it in lines of JSON (``evals.bench.outside.peer``). No model is downloaded: all
get their vectors from our built-in embedder, over an endpoint as OpenAI's (``evals.bench.outside.embedding_server``).

What is measured is what is measured of the others, with these differences:

- A question goes to another process and back, and so does each text to be embedded.
- Memory is that of the peer's process alone; the embedder is in another, which favours the peer.
- An answer is what is found, since no language model is asked.
- A found text whose place the peer does not tell is looked for in its article, white space aside, and taken to stand
  where it stands first. One that is not there holds no evidence and costs no tokens; the table counts these.
"""

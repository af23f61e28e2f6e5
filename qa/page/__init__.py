"""The chat page: ask, read the answer, see the words it came from.

    from qa.page import serve
    serve(load_settings(), port=7860)

Gradio is imported when the page starts, not before.
"""

from qa.page.serving import Listening, accounts_in, serve, start

__all__ = ["Listening", "accounts_in", "serve", "start"]

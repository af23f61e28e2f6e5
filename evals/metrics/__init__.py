"""Metrics without a judge model: pure functions over plain values, each defined in its docstring.

A range is ``(article_id, start, end)``, half-open, in code points. A metric that a case does not define is ``None``,
never 0 and never left out in silence; the caller keeps ``n``. Nothing here reads files or knows the program under test.
"""

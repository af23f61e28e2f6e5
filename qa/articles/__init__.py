"""Files to articles: which files make up a corpus, what each holds, and what was odd about it.

``read_file`` never fails because of one file: it reports it and gives what articles it has.
"""

from __future__ import annotations

from qa.articles.folder import corpus_files, file_name, file_status
from qa.articles.kinds import read_file
from qa.articles.reports import FileReport, Ids

__all__ = ["FileReport", "Ids", "corpus_files", "file_name", "file_status", "read_file"]

"""Chroma and tantivy as one store of passages: ``Index`` reads it, ``synchronise`` writes it."""

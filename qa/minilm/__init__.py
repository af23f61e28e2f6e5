"""Weights and tokenizer of the built-in embedder, as package data; see README.md for where they come from."""

"""Scripted evaluation: gold cases, metrics, statistics, and the commands of ``python -m evals``."""

"""Plots as SVG, drawn with nothing but numbers and escaped names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

WIDTH, HEIGHT = 380, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 12, 40
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#777777")
"""Told apart with any kind of colour vision (Okabe and Ito)."""

Point = tuple[float, float]
Scale = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Axes:
    """Labels and ticks of a plot; both axes run from ``0`` to ``1`` after ``x_scale``, and to ``y_top``."""

    title: str
    x_label: str
    y_label: str
    x_ticks: Sequence[float] = (0, 0.25, 0.5, 0.75, 1)
    x_scale: Scale = float
    y_top: float = 1.0


def risk_chart(points: Mapping[str, Sequence[Mapping[str, Any]]]) -> Markup:
    """Share of wrong answers against share of questions answered, as the threshold of confidence falls.

    A system without points keeps its place, so that every chart gives it the same colour.
    """
    series = {name: [(item["coverage"], item["risk"]) for item in found] for name, found in points.items()}
    highest = max((risk for found in series.values() for _, risk in found), default=1.0)
    top = max(0.1, math.ceil(highest * 10) / 10)
    axes = Axes("Risk against coverage", "share of questions answered", "share of answers wrong", y_top=top)
    return _plot(axes, series, note="Lower is better; a line that rises to the right means that confidence tells.")


def calibration_chart(bins: Mapping[str, Sequence[Mapping[str, Any]]]) -> Markup:
    """Share of right answers against confidence, in bins of equal size."""
    series = {name: [(item["confidence"], item["accuracy"]) for item in found] for name, found in bins.items()}
    axes = Axes("Calibration", "confidence", "share right")
    return _plot(axes, series, diagonal=True, note="On the dashed line, confidence is the chance of being right.")


def recall_chart(points: Mapping[str, Sequence[Point]]) -> Markup:
    """Share of evidence found against tokens read."""
    budgets = sorted({tokens for found in points.values() for tokens, _ in found}) or [1.0, 2.0]
    low, high = math.log2(budgets[0]), math.log2(budgets[-1])

    def scale(tokens: float) -> float:
        return (math.log2(tokens) - low) / ((high - low) or 1)

    axes = Axes("Evidence found within a budget", "tokens read", "share of evidence", budgets, scale)
    return _plot(axes, points, note="What retrieval brings into a prompt of this size.")


def interval_bar(metric: Mapping[str, Any]) -> Markup:
    """A score between 0 and 1 as a dot with its interval."""
    if metric.get("mean") is None or metric["high"] > 1:
        return Markup("")
    low, mean, high = (6 + 68 * metric[key] for key in ("low", "mean", "high"))
    return Markup(
        '<svg class="bar" width="80" height="10" aria-hidden="true"><line x1="6" x2="74" y1="5" y2="5" class="track"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="5" y2="5" class="range"/>'
        f'<circle cx="{mean:.1f}" cy="5" r="3" class="dot"/></svg>'
    )


def _plot(axes: Axes, series: Mapping[str, Sequence[Point]], *, diagonal: bool = False, note: str = "") -> Markup:
    parts = [*_frame(axes)]
    if diagonal:
        parts.append(f'<path class="diagonal" d="{_path(axes, [(0, 0), (1, 1)])}"/>')
    legend = []
    for place, (name, points) in enumerate(series.items()):
        if not points:
            continue
        colour = COLOURS[place % len(COLOURS)]
        parts += _line(axes, points, colour, name, thick=place == 0)
        legend.append(f'<li><i style="background:{colour}"></i>{escape(name)}</li>')
    return Markup(
        f'<figure><figcaption>{escape(axes.title)}</figcaption><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(axes.title)}">{"".join(parts)}</svg><ul class="legend">{"".join(legend)}</ul>'
        f'<p class="note">{escape(note)}</p></figure>'
    )


def _frame(axes: Axes) -> list[str]:
    bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = bottom - share * (bottom - _TOP)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share * axes.y_top:.2g}</text>')
    for tick in axes.x_ticks:
        x = _x(axes, tick)
        anchor = "end" if tick == axes.x_ticks[-1] else "middle"
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="{anchor}">{tick:g}</text>')
    middle = (_TOP + bottom) / 2
    parts.append(f'<text x="{(_LEFT + right) / 2}" y="{HEIGHT - 6}" text-anchor="middle">{escape(axes.x_label)}</text>')
    parts.append(
        f'<text x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})">'
        f"{escape(axes.y_label)}</text>"
    )
    return parts


def _line(axes: Axes, points: Sequence[Point], colour: str, name: str, *, thick: bool) -> list[str]:
    width = 2.5 if thick else 1.25
    parts = [f'<path d="{_path(axes, points)}" fill="none" stroke="{colour}" stroke-width="{width}"/>']
    if len(points) <= 20:
        parts += [
            f'<circle cx="{_x(axes, x):.1f}" cy="{_y(axes, y):.1f}" r="{width + 0.75}" fill="{colour}">'
            f"<title>{escape(name)}: {x:.3g}, {y:.3f}</title></circle>"
            for x, y in points
        ]
    return parts


def _path(axes: Axes, points: Sequence[Point]) -> str:
    return " ".join(
        f"{'L' if place else 'M'}{_x(axes, x):.1f} {_y(axes, y):.1f}" for place, (x, y) in enumerate(points)
    )


def _x(axes: Axes, value: float) -> float:
    return _LEFT + axes.x_scale(value) * (WIDTH - _RIGHT - _LEFT)


def _y(axes: Axes, value: float) -> float:
    return HEIGHT - _BOTTOM - min(1.0, value / axes.y_top) * (HEIGHT - _BOTTOM - _TOP)

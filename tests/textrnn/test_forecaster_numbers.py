"""What stands around a forecaster's network: scaling, calendar, simple methods, intervals, and how
a forecast goes on from itself.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from textrnn.corpora.series.steps import Step
from textrnn.errors import BundleError, ConfigurationError
from textrnn.heads.forecaster.baselines import Baselines, find_season, fit_baselines
from textrnn.heads.forecaster.calendar import calendar_features, calendar_for
from textrnn.heads.forecaster.intervals import Intervals, Spread, fit_intervals
from textrnn.heads.forecaster.network import ForecasterNetwork, ForecastHead
from textrnn.heads.forecaster.rolling import forecast_windows
from textrnn.heads.forecaster.scaling import Scaling

RNG = np.random.default_rng(0)
NETWORK = ForecasterNetwork(6, 4, ("a", "b"), head=ForecastHead(segment=3))
DAY = 24


def seasonal(steps: int = 400, targets: int = 2) -> np.ndarray:
    """Two seasons of 24, an upward trend, a little noise: (steps, targets)."""
    time = np.arange(steps)[:, None]
    phase = np.arange(targets)
    wave = np.sin(2 * np.pi * time / DAY + phase)
    return wave + 0.002 * time + np.random.default_rng(1).normal(0, 0.05, (steps, targets))


@pytest.mark.parametrize("kind", ["standard", "minmax", "none"])
def test_scaling_is_fitted_on_all_series_and_undone(kind: str) -> None:
    series = [RNG.normal(50, 9, (30, 3)), RNG.normal(40, 3, (20, 3))]
    series[0][:, 2] = series[1][:, 2] = 7.0  # a column that never changes
    scaling = Scaling.fit(series, kind)
    rows = np.concatenate(series)
    scaled = scaling.apply(rows)
    np.testing.assert_allclose(scaling.undo(scaled), rows)
    np.testing.assert_allclose(scaling.undo(scaled[:, :1]), rows[:, :1])
    if kind == "standard":
        np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-9)
        np.testing.assert_allclose(scaled.std(axis=0), [1, 1, 0], atol=1e-9)
    elif kind == "minmax":
        np.testing.assert_allclose(scaled.min(axis=0), 0, atol=1e-9)
        np.testing.assert_allclose(scaled.max(axis=0), [1, 1, 0], atol=1e-9)
    else:
        np.testing.assert_array_equal(scaled, rows)


def test_a_scaling_that_divides_by_nothing_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="numbers that cannot be"):
        Scaling("standard", (0.0,), (0.0,))


def test_the_calendar_turns_once_a_cycle() -> None:
    days = np.arange("2024-01-01", "2024-01-15", dtype="datetime64[D]").astype("datetime64[us]")
    sine, cosine = calendar_features(days, ["weekday"]).T
    np.testing.assert_allclose(sine[:7], np.sin(2 * np.pi * np.arange(7) / 7), atol=1e-6)
    np.testing.assert_allclose(sine[7:], sine[:7])
    np.testing.assert_allclose(sine**2 + cosine**2, 1, atol=1e-6)
    morning = np.array(["1969-12-31T06:00"], "datetime64[us]")  # before 1970, too
    np.testing.assert_allclose(calendar_features(morning, ["hour"]), [[1, 0]], atol=1e-6)
    assert calendar_for(Step(), 1000) == ("weekday", "yearday")
    assert calendar_for(Step(), 700) == ("weekday",)  # of a second year too little
    assert calendar_for(Step(1, "business day"), 1000) == ("weekday", "yearday")
    assert calendar_for(Step(12, "month"), 1000) == ()


def test_the_ridge_is_the_least_squares_solution() -> None:
    values = seasonal(300)
    train, held = values[:200], values[160:]
    found, _ = fit_baselines([train], [held], window=30, horizon=5)
    assert found.season == DAY
    rows = np.lib.stride_tricks.sliding_window_view(train, 35, axis=0).transpose(1, 0, 2)
    rows = rows - rows[..., 29:30]
    if len(found.kernel) == 1:
        rows = rows.reshape(1, -1, 35)
    for kernel, both in zip(found.kernel, rows, strict=True):
        read = np.concatenate([both[:, :30], np.ones((len(both), 1))], axis=1)
        weight = found.penalty * np.linalg.eigvalsh(read.T @ read).mean()
        right = np.linalg.solve(read.T @ read + weight * np.eye(31), read.T @ both[:, 30:])
        np.testing.assert_allclose(kernel, right, atol=2e-3)
    window, truth = values[None, 200:230], values[230:235]
    forecasts = found.forecasts(window)
    assert np.abs(forecasts["ridge"][0] - truth).max() < 0.3
    assert np.abs(forecasts["last value"][0] - truth).max() > 0.5
    np.testing.assert_array_equal(forecasts["last value"][0], np.repeat(values[229:230], 5, axis=0))
    np.testing.assert_array_equal(forecasts["season before"][0], values[206:211])
    np.testing.assert_array_equal(forecasts["mean of seasons"][0], values[206:211])


def test_of_a_long_window_the_ridge_reads_the_half_that_validates_better() -> None:
    noise = np.random.default_rng(5).normal(0, 1, (1600, 1))
    walk = np.zeros_like(noise)
    for step in range(1, 1600):  # what was long ago says nothing
        walk[step] = 0.8 * walk[step - 1] + noise[step]
    (found, shared) = fit_baselines([walk[:1000]], [walk[400:]], window=512, horizon=2)
    np.testing.assert_array_equal(found.kernel[0, :256], 0)
    assert found.kernel[0, 256:512].all()
    np.testing.assert_array_equal(shared, found.kernel[0])
    longer = np.tile(np.random.default_rng(6).normal(0, 1, (400, 1)), (5, 1))
    found, _ = fit_baselines([longer[:1400]], [longer[800:]], window=512, horizon=2)
    assert int(found.kernel[0, :512, 0].argmax()) == 112  # 400 steps before what comes


def test_simple_methods_go_on_beyond_the_horizon() -> None:
    values = seasonal(300)
    found, _ = fit_baselines([values[:200]], [values[150:]], window=50, horizon=5, season=DAY)
    window = values[None, 200:250]
    longer, first = found.forecasts(window, 40), found.forecasts(window)
    assert {forecast.shape for forecast in longer.values()} == {(1, 40, 2)}
    for name, forecast in first.items():
        np.testing.assert_array_equal(longer[name][:, :5], forecast)
    expected = (values[202:226] + values[226:250]) / 2  # twice over
    np.testing.assert_allclose(longer["mean of seasons"][0, :24], expected)
    np.testing.assert_allclose(longer["mean of seasons"][0, 24:], expected[:16])
    again = found.forecasts(np.concatenate([window, first["ridge"]], axis=1)[:, 5:])
    np.testing.assert_allclose(longer["ridge"][:, 5:10], again["ridge"])


def test_no_season_is_found_where_there_is_none() -> None:
    walk = np.random.default_rng(2).normal(0, 1, (300, 1)).cumsum(axis=0)
    assert find_season([np.random.default_rng(3).normal(0, 1, (300, 1))], most=100) == 0
    assert find_season([np.ones((50, 1))], most=20) == 0
    assert find_season([walk * 0 + np.arange(300)[:, None]], most=100) == 0
    assert find_season([seasonal()], most=100) == DAY


def test_baselines_come_back_from_their_file() -> None:
    values = seasonal()
    found, _ = fit_baselines([values[:300]], [values[250:]], window=50, horizon=5)
    sizes = {"window": 50, "horizon": 5, "targets": 2}
    back = Baselines.from_bytes(found.to_bytes(), "baselines.npz", **sizes)
    assert (back.season, back.penalty) == (found.season, found.penalty)
    np.testing.assert_array_equal(back.kernel, found.kernel)
    with pytest.raises(BundleError, match="kernel"):
        Baselines.from_bytes(found.to_bytes(), "baselines.npz", **{**sizes, "horizon": 6})


@pytest.mark.parametrize("quantiles", [(), (0.1, 0.5, 0.9)])
def test_intervals_hold_as_much_as_they_say(quantiles: tuple[float, ...]) -> None:
    network = replace(NETWORK, head=replace(NETWORK.head, quantiles=quantiles))
    forecast = RNG.normal(0, 1, (4000, 4, 2, max(1, len(quantiles))))
    forecast.sort(axis=-1)
    noise = RNG.normal(0, 1, (4000, 4, 2)) * np.arange(1, 5)[:, None]
    truth = forecast[..., network.point] + noise
    read = RNG.normal(0, 1, (4000, 6, 2))
    read *= 1000 / read.std(axis=1, keepdims=True)  # windows that move alike
    intervals = fit_intervals(read[:2000], truth[:2000], forecast[:2000], network, season=0)
    intervals = Intervals.from_bytes(intervals.to_bytes(), "intervals.npz", network)
    for level in (0.5, 0.75, 0.9):
        lower, upper = intervals.bounds(read[2000:], forecast[2000:], level)
        held = ((lower <= truth[2000:]) & (truth[2000:] <= upper)).mean(axis=0)
        np.testing.assert_allclose(held, level, atol=0.04)
        assert (lower <= upper).all()
    width = np.diff(intervals.bounds(read[:1], forecast[:1], 0.9), axis=0)[0]
    if not quantiles:
        np.testing.assert_allclose(width[0, 3] / width[0, 0], 4, atol=0.6)
        longer = np.repeat(forecast[:1], 4, axis=1)  # 16 steps
        low, high = intervals.bounds(read[:1], longer, 0.9)
        np.testing.assert_allclose((high - low)[0, 15], 2 * width[0, 3])
    with pytest.raises(BundleError, match="widths"):
        Intervals.from_bytes(intervals.to_bytes(), "intervals.npz", replace(network, horizon=5))


def test_intervals_are_wider_where_the_window_moves_more() -> None:
    moves = np.where(np.arange(4000) % 2, 4.0, 1.0)[:, None, None]
    read = moves * np.array([1.0, 1, -1, -1, 1, -1])[:, None] * np.ones(2)
    forecast = np.zeros((4000, 4, 2, 1))
    truth = RNG.normal(0, 1, (4000, 4, 2)) * np.sqrt(moves)
    intervals = fit_intervals(read[:2000], truth[:2000], forecast[:2000], NETWORK, season=0)
    intervals = Intervals.from_bytes(intervals.to_bytes(), "intervals.npz", NETWORK)
    lower, upper = intervals.bounds(read[2000:], forecast[2000:], 0.9)
    np.testing.assert_allclose((upper - lower)[1::2], 2 * (upper - lower)[::2])
    held = (lower <= truth[2000:]) & (truth[2000:] <= upper)
    for kind in (held[::2], held[1::2]):
        np.testing.assert_allclose(kind.mean(axis=0), 0.9, atol=0.04)


def test_a_window_moves_as_the_means_of_its_last_seasons_do() -> None:
    seasons = np.array([100.0, 1, 2, 3, 4, 5, 6, 7])  # the first is no longer counted
    wave = np.tile([-50.0, 0.0, 50.0], 8)
    window = (np.repeat(seasons, 3) + wave)[None, :, None]
    spread = Spread.of(window, 3)
    np.testing.assert_allclose(spread.usual, [2.0])  # the deviation of 1 to 7
    rising, still = window * 4, np.ones_like(window)
    found = spread.scale(np.concatenate([window, rising, still]))
    np.testing.assert_allclose(found[:, 0, 0], [1, 2, 1 / 4])
    few = Spread.of(window[:, :9], 3)  # three seasons: of its values
    np.testing.assert_allclose(few.usual, [window[0, :9, 0].std()], rtol=1e-6)
    np.testing.assert_array_equal(Spread(3, np.zeros(1, np.float32)).scale(window), [[[1.0]]])


def drifting(inputs: np.ndarray, steps: int) -> np.ndarray:
    """Of normalised windows (B, W, I) a forecast that rises by one a step, (B, steps, 2, 1)."""
    rising = inputs[:, -1:, :2] + np.arange(1, steps + 1)[None, :, None]
    return np.asarray(rising[..., None], np.float32)


@pytest.mark.parametrize("normalize", ["last", "none"])
def test_a_forecast_goes_on_from_itself(normalize: str) -> None:
    direct = replace(NETWORK, normalize=normalize)
    recursive = replace(direct, head=ForecastHead("steps", strategy="recursive"))
    windows = RNG.normal(100, 5, (7, 6, 2))
    expected = windows[:, -1:] + np.arange(1, 11)[None, :, None]
    for network in (direct, recursive):
        found = forecast_windows(
            network, lambda x, n=network: drifting(x, n.steps), windows, horizon=10, batch_size=3
        )
        np.testing.assert_allclose(found[..., 0], expected, rtol=1e-6)
    short = forecast_windows(direct, lambda x: drifting(x, 4), windows)
    np.testing.assert_allclose(short[..., 0], expected[:, :4], rtol=1e-6)


def test_what_stands_beside_targets_moves_on_with_them() -> None:
    """Features keep their last value, the calendar goes on, and the median is what is fed back."""
    network = ForecasterNetwork(
        3,
        2,
        ("a",),
        ("wind",),
        ("hour",),
        normalize="none",
        head=ForecastHead(segment=3, quantiles=(0.1, 0.5)),
    )
    read: list[np.ndarray] = []

    def run(inputs: np.ndarray) -> np.ndarray:
        read.append(inputs[0])
        return np.array([[[[-9.0, 5.0]], [[-9.0, 6.0]]]], np.float32)

    windows = np.array([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]])
    calendar = np.arange(14, dtype=np.float32).reshape(1, 7, 2)
    found = forecast_windows(network, run, windows, calendar, horizon=4)
    assert found[0, :, 0, 1].tolist() == [5.0, 6.0, 5.0, 6.0]
    assert read[0].tolist() == [[1, 10, 0, 1], [2, 20, 2, 3], [3, 30, 4, 5]]
    assert read[1].tolist() == [[3, 30, 4, 5], [5, 30, 6, 7], [6, 30, 8, 9]]


def test_windows_relative_to_their_mean_have_one_size() -> None:
    network = replace(NETWORK, normalize="mean")
    windows = RNG.normal(100, 5, (4, 6, 2)) * np.array([1.0, 40.0])

    def run(inputs: np.ndarray) -> np.ndarray:
        np.testing.assert_allclose(inputs.mean(axis=1), 0, atol=1e-5)
        np.testing.assert_allclose(inputs.std(axis=1), 1, atol=1e-5)
        return np.ones((4, 4, 2, 1), np.float32)

    found = forecast_windows(network, run, windows)
    expected = windows.mean(axis=1) + windows.std(axis=1)
    np.testing.assert_allclose(found[:, 0, :, 0], expected)

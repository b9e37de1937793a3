"""What a forecaster's training is made of: windows, losses, parts by time, sizes that follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from textrnn.corpora.series.series import Series
from textrnn.corpora.series.steps import Step
from textrnn.errors import ConfigurationError, InputError
from textrnn.heads.forecaster.network import ForecasterNetwork, ForecastHead
from textrnn.network import Encoder
from textrnn.training.forecaster.batches import ScaledSeries, SeriesWindows
from textrnn.training.forecaster.defaults import settled
from textrnn.training.forecaster.losses import forecast_loss
from textrnn.training.forecaster.plan import ForecasterPlan, ForecastHeadSettings, WindowSettings
from textrnn.training.forecaster.split import Split
from textrnn.training.forecaster.validated import Validated

HOUR = Step(3_600_000_000)
NETWORK = ForecasterNetwork(4, 2, ("load",), ("wind",), ("hour",), head=ForecastHead(segment=2))


def counting(steps: int, *, name: str = "", start: int = 0, hours: bool = True) -> Series:
    """A load that rises by one an hour, and a wind ten times as strong."""
    load = np.arange(start, start + steps, dtype=np.float64)
    times = np.datetime64("2024-01-01", "us") + load.astype(int) * np.timedelta64(1, "h")
    return Series(
        ("load", "wind"),
        1,
        np.stack([load, 10 * load], axis=1),
        times if hours else None,
        HOUR if hours else None,
        name=name,
    )


def plan(window: int = 4, horizon: int = 2, split: float = 0.2, **series: Any) -> ForecasterPlan:
    """One with these sizes."""
    made = ForecasterPlan(WindowSettings(window, horizon, **series))
    return replace(made, training=replace(made.training, validation_split=split, batch_size=8))


def scaled(steps: int, start: int = 0) -> ScaledSeries:
    times = np.arange(2 * steps, dtype=np.float32).reshape(steps, 2)
    return ScaledSeries(counting(steps, start=start).values, times)


def test_every_window_lies_within_one_series() -> None:
    windows = SeriesWindows([scaled(7), scaled(3), scaled(6, start=100)], window=4, steps=2)
    assert len(windows) == 3  # 2 of the first, none of the second, 1 of the third
    values = windows.values(np.arange(3))
    assert values[..., 0].tolist() == [
        [0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], [100, 101, 102, 103, 104, 105],
    ]  # fmt: skip
    np.testing.assert_array_equal(values[..., 1], 10 * values[..., 0])
    calendar = windows.calendar(np.array([2]))
    assert calendar is not None
    np.testing.assert_array_equal(calendar[0, :, 0], np.arange(0, 12, 2))
    assert len(SeriesWindows([scaled(3)], window=4, steps=2)) == 0


def test_a_batch_is_relative_to_its_windows() -> None:
    windows = SeriesWindows([scaled(7)], window=4, steps=2)
    batch = windows.batch(NETWORK, np.array([1]))
    assert batch.windows[0].tolist() == [
        [-3, -30, 2, 3], [-2, -20, 4, 5], [-1, -10, 6, 7], [0, 0, 8, 9],
    ]  # fmt: skip
    assert batch.truth.tolist() == [[[1.0], [2.0]]]
    assert batch.spread.tolist() == [[[1.0]]]
    assert (batch.texts, batch.token_count) == (1, 4)
    wide = windows.batch(replace(NETWORK, normalize="mean"), np.array([0]))
    deviation = np.arange(4).std()
    np.testing.assert_allclose(wide.windows[0, :, 0], (np.arange(4) - 1.5) / deviation, rtol=1e-6)
    np.testing.assert_allclose(wide.truth[0, :, 0] * wide.spread[0, 0] + 1.5, [4, 5], rtol=1e-6)


def test_an_epoch_has_every_window_once_and_always_in_the_same_order() -> None:
    windows = SeriesWindows([scaled(30)], window=4, steps=2)

    def read(seed: tuple[int, int], skip: int = 0) -> list[list[float]]:
        raw = replace(NETWORK, normalize="none")
        batches = windows.training_batches(raw, batch_size=8, seed=seed, skip=skip)
        return [batch.windows[:, 0, 0].tolist() for batch in batches]

    first = read((0, 1))
    assert [len(batch) for batch in first] == [8, 8, 8, 1]
    assert sorted(start for batch in first for start in batch) == list(range(25))
    assert first == read((0, 1)) != read((0, 2))
    assert read((0, 1), skip=2) == first[2:]


@pytest.mark.parametrize(
    ("loss", "expected"),
    [("mse", (0.25 + 4) / 2), ("mae", 1.25), ("huber", (0.125 + 1.5) / 2)],
)
def test_losses_are_their_formulas(loss: str, expected: float) -> None:
    errors = np.array([[[[0.5]], [[-2.0]]]], np.float32)
    assert float(forecast_loss(errors, loss, ())) == pytest.approx(expected)


def test_the_pinball_loss_leans_to_its_level() -> None:
    above = np.full((1, 1, 1, 3), 2.0, np.float32)  # the truth lies above the forecast
    levels = (0.1, 0.5, 0.9)
    of_levels = [2 * level * 2.0 for level in levels]
    assert float(forecast_loss(above, "quantiles", levels)) == pytest.approx(np.mean(of_levels))
    turned = [2 * (1 - level) * 2.0 for level in levels]
    assert float(forecast_loss(-above, "quantiles", levels)) == pytest.approx(np.mean(turned))


def test_the_end_validates_and_is_not_seen_by_the_scaling() -> None:
    said: list[str] = []
    series = [counting(50, name="north"), counting(6, name="south")]
    split = Split.of(series, None, plan(calendar=("hour",)), said.append)
    assert said == ["note: left out: 1 series of less than 8 steps"]
    (train,), (held,) = split.train, split.validation
    assert split.scaling.offset[0] == pytest.approx(np.arange(40).mean())
    np.testing.assert_allclose(split.scaling.undo(train.values[:, :1])[:, 0], np.arange(40))
    np.testing.assert_allclose(split.scaling.undo(held.values[:, :1])[:, 0], np.arange(36, 50))
    assert train.calendar is not None
    np.testing.assert_allclose(train.calendar[6], [1, 0], atol=1e-6)  # six in the morning


def test_a_file_validates_as_a_whole() -> None:
    split = Split.of([counting(20)], [counting(9, start=20)], plan(), print)
    np.testing.assert_allclose(
        split.scaling.undo(split.validation[0].values[:, :1])[:, 0], np.arange(20, 29)
    )
    assert len(split.train[0].values) == 20


@pytest.mark.parametrize(
    ("series", "changes", "message"),
    [
        ([counting(7)], {}, "has 7 steps; a window of 4 and a horizon of 2 need 8"),
        (
            [counting(20), replace(counting(20, name="b"), columns=("load", "sun"))],
            {},
            "b has columns load, sun; series has load, wind",
        ),
        (
            [counting(20), replace(counting(20, name="b"), step=Step())],
            {},
            "b has a step of 1 day; series has 1 hour",
        ),
    ],
)
def test_series_that_cannot_be_learned_from_are_refused(
    series: list[Series], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Split.of(series, None, plan(**changes), print)


def test_who_cannot_read_less_is_not_told_to() -> None:
    with pytest.raises(InputError, match=r"has 2 steps; a window of 1 and a horizon of 1 need 3$"):
        Split.of([counting(2)], None, plan(1, 1), print)


def validated(truth: list[list[float]], **simple: float) -> Validated:
    """A network that always forecasts 0, beside methods that always forecast something else."""
    came = np.array(truth)[..., None]
    methods = {name.replace("_", " "): np.full_like(came, value) for name, value in simple.items()}
    return Validated(np.zeros_like(came), came, np.zeros((*came.shape, 1)), 0, methods)


def test_one_window_does_not_tell_how_sure_its_error_is() -> None:
    one = validated([[1.0, 3.0]], last_value=9)
    assert str(one.measured()) == "mse 5.00 (of 1 window)"
    several = validated([[1.0, 3.0], [2.0, 2.0], [0.0, 6.0]], last_value=9)
    sure = several.measured().interval  # of 5 and 18, which do not overlap
    np.testing.assert_allclose(sure, [0.0, 9 + 1.959964 * 6.5])


def test_a_network_that_knows_no_more_than_what_was_last_is_of_no_use() -> None:
    right = validated([[0.5, 0.5]], last_value=9, ridge=0.25, season_before=4)
    assert right.measured().weakness == ""
    assert right.note() == (
        "on the validation windows the network's mse of 0.2500 is no better than that of ridge "
        "(0.0625)"
    )
    useless = validated([[2.0, 2.0]], last_value=0, ridge=1)
    assert useless.measured().weakness.startswith(
        "its mse of 4 on the validation windows is no better than that of the last value, 4; "
    )
    assert "last value" not in useless.note()


def test_a_calendar_needs_times_and_validation_a_share() -> None:
    with pytest.raises(ConfigurationError, match="has no times; name their column with time=…"):
        Split.of([counting(50, hours=False)], None, plan(calendar=("hour",)), print)
    with pytest.raises(ConfigurationError, match="validation_split above 0"):
        Split.of([counting(50)], None, plan(split=0.0), print)
    automatic = Split.of([counting(100)], None, plan(calendar=("auto",)), print)
    assert automatic.calendar == ("hour",)  # of 80 hours: they tell nothing of weeks


def test_sizes_follow_from_the_season_and_the_length() -> None:
    def sizes(series: Series, **given: int) -> tuple[int, int, int, int, int]:
        made = settled(ForecasterPlan(WindowSettings(**given)), [series])
        training = made.training
        return (
            made.series.window,
            made.series.horizon,
            made.head.segment,
            training.batch_size,
            training.epochs,
        )

    monthly = replace(counting(144), step=Step(1, "month"))
    assert sizes(monthly) == (24, 12, 6, 8, 60)  # 660 steps
    assert sizes(counting(17_420)) == (168, 24, 24, 256, 28)
    assert sizes(counting(300, hours=False)) == (60, 12, 12, 8, 60)
    assert sizes(counting(1000), window=97, horizon=1)[:3] == (97, 1, 1)
    assert sizes(counting(17_420), window=720, horizon=96)[:3] == (720, 96, 48)
    assert sizes(counting(3, hours=False))[:2] == (1, 1)
    assert sizes(counting(7, hours=False)) == (1, 1, 1, 8, 60)  # as many steps
    assert sizes(replace(counting(72), step=Step(1, "month"))) == (12, 7, 3, 8, 60)  # 360 steps


@pytest.mark.parametrize(
    ("encoders", "head", "architecture"),
    [
        ((Encoder("gru", bidirectional=False),), {}, "segments"),
        ((Encoder("lstm", bidirectional=False),), {}, "steps"),
        ((Encoder("gru"),), {}, "steps"),
        ((Encoder("gru", bidirectional=False),) * 2, {}, "steps"),
        ((Encoder("gru", bidirectional=False),), {"strategy": "recursive"}, "steps"),
        ((Encoder("gru", bidirectional=False),), {"pooling": "attention"}, "steps"),
        ((Encoder("lstm"),), {"architecture": "segments"}, "segments"),
    ],
)
def test_the_architecture_follows_from_what_it_must_have(
    encoders: tuple[Encoder, ...], head: dict[str, Any], architecture: str
) -> None:
    made = ForecasterPlan(encoders=encoders, head=ForecastHeadSettings(**head))
    assert made.architecture == architecture


def test_settings_that_cannot_be_are_refused_before_anything_is_read() -> None:
    with pytest.raises(ConfigurationError, match="lack the median"):
        ForecastHeadSettings(quantiles=(0.1, 0.9))
    with pytest.raises(ConfigurationError, match="auto stands alone"):
        WindowSettings(calendar=("auto", "hour"))

"""What temperature and filters do to the distribution that a generator draws its next token from.

All of it is decoding's own code (:mod:`textrnn.decoding.sampling`): what is shown here is what
``textrnn generate`` draws from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from textrnn.bundle.bundle import Bundle
from textrnn.catalog import model_path
from textrnn.configuration import require_whole
from textrnn.decoding.draft import Draft
from textrnn.decoding.rules import Rules
from textrnn.decoding.sampling import Sampling
from textrnn.heads.generator.generator import Generator
from textrnn.heads.generator.writing import states_before_last
from textrnn.lab.experiment import Experiment, HeatRow, HeatTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Setting:
    """A distribution as a setting makes it.

    Attributes:
        name: of the setting.
        probabilities: of the tokens that are listed.
        left: how many tokens may be drawn at all.
        entropy_bits: of the whole distribution: as uncertain as so many tosses of a coin.
    """

    name: str
    probabilities: tuple[float, ...]
    left: int
    entropy_bits: float


@dataclass(frozen=True)
class NextTokens(Experiment):
    """The next token's distribution under several settings.

    Attributes:
        model: the generator's name.
        seed: what the text begins with.
        vocabulary_size: how many tokens the model has.
        tokens: the most probable ones as text, best first.
        settings: the distributions; the first is the model's own.
    """

    model: str
    seed: str
    vocabulary_size: int
    tokens: tuple[str, ...]
    settings: tuple[Setting, ...]

    @property
    def title(self) -> str:
        """See :meth:`Experiment.title`."""
        return f"What {self.model} draws after {self.seed!r}"

    def findings(self) -> list[str]:
        """See :meth:`Experiment.findings`."""
        own = self.settings[0]
        return [
            "Temperature T: the logits are divided by T before the softmax, p = softmax(z / T). "
            "Below 1 the probable becomes more probable, above 1 less. top-k keeps the k most "
            "probable tokens, top-p the fewest that together have p, min-p those that have at "
            "least so much of the best one's probability.",
            f"The model's own distribution has {own.entropy_bits:.1f} bits, as if it drew from "
            f"{2**own.entropy_bits:,.0f} tokens alike; {own.probabilities[0]:.0%} are on "
            f"{self.tokens[0]!r}.",
        ]

    def tables(self) -> list[HeatTable]:
        """See :meth:`Experiment.tables`."""
        rows = [
            HeatRow(token, [_percent(p) for p in shares], [p**0.5 for p in shares])
            for token, *shares in zip(
                self.tokens, *(one.probabilities for one in self.settings), strict=True
            )
        ]
        plain = [0.0] * len(self.settings)
        rows.append(HeatRow("others", [_percent(1 - sum(s.probabilities)) for s in self.settings],
                            plain))  # fmt: skip
        rows.append(HeatRow("tokens left", [f"{one.left:,}" for one in self.settings], plain))
        rows.append(
            HeatRow("entropy, bits", [f"{one.entropy_bits:.2f}" for one in self.settings], plain)
        )
        columns = [one.name for one in self.settings]
        return [HeatTable("Probability of the next token", columns, rows)]

    def as_dict(self) -> dict[str, Any]:
        """See :meth:`Experiment.as_dict`."""
        return asdict(self)

    def figure(self) -> Figure:
        """See :meth:`Experiment.figure`."""
        from textrnn.lab.pictures import sampling_figure

        return sampling_figure(self)


def sampling(
    model: str | Path,
    seed: str = "",
    *,
    temperature: Sequence[float] = (0.5, 0.8, 1.5),
    top_k: Sequence[int] = (5,),
    top_p: Sequence[float] = (0.9, 0.5),
    min_p: Sequence[float] = (0.1,),
    num: int = 10,
) -> NextTokens:
    """Compare settings of sampling, one at a time, on the token that comes next.

    Args:
        model: a generator, by its name or path.
        seed: what the text begins with.
        temperature: temperatures to try beside 1.
        top_k: numbers of tokens to keep.
        top_p: probabilities to keep.
        min_p: shares of the best token's probability to ask for.
        num: the most probable tokens to list.

    Raises:
        ConfigurationError: the model is no generator, or a number is out of range.
        ModelNotFoundError, BundleError: as :func:`textrnn.load`.
    """
    require_whole("num", num, least=1)
    settings = {"T 1": Sampling()}
    settings |= {f"T {value:g}": Sampling((value,)) for value in temperature}
    settings |= {f"top-k {value}": Sampling(top_k=value) for value in top_k}
    settings |= {f"top-p {value:g}": Sampling(top_p=value) for value in top_p}
    settings |= {f"min-p {value:g}": Sampling(min_p=value) for value in min_p}
    bundle = Bundle.open(model_path(model))
    bundle.manifest.require_task(Generator.task, "textrnn lab sampling")
    generator = Generator(bundle)
    draft = generator.seeds.blank(seed, Rules(length=1))
    logits, _ = generator.stepper.step([draft.last], states_before_last(generator.stepper, draft))
    draft.mask(logits[0])  # what must not come next, as <pad>
    shares = {name: one.distributions(logits)[0] for name, one in settings.items()}
    best = np.argsort(-shares["T 1"], kind="stable")[:num].tolist()
    return NextTokens(
        bundle.name,
        seed,
        len(logits[0]),
        tuple(_shown(draft, token) for token in best),
        tuple(_setting(name, share, best) for name, share in shares.items()),
    )


def _setting(name: str, shares: NDArray[np.float32], tokens: Sequence[int]) -> Setting:
    positive = shares[shares > 0].astype(np.float64)
    entropy = float(-np.sum(positive * np.log2(positive)))
    return Setting(name, tuple(shares[tokens].tolist()), len(positive), max(entropy, 0.0))


def _shown(draft: Draft, token: int) -> str:
    """What a token adds to the text, its blanks to be seen; a part of a character by its bytes."""
    piece = draft.added_by(token)
    try:
        return piece.decode("utf-8").replace(" ", "␣").replace("\n", "⏎") or "(end)"
    except UnicodeDecodeError:
        return piece.hex(" ")


def _percent(share: float) -> str:
    return f"{max(share, 0.0):.1%}" if share > 1e-9 else "-"

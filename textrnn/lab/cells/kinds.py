"""The cells by the names that networks give them."""

from __future__ import annotations

from textrnn.lab.cells.cell import KernelCell
from textrnn.lab.cells.gru import GRU
from textrnn.lab.cells.lstm import LSTM
from textrnn.lab.cells.rnn import SimpleRNN

CELLS: dict[str, type[KernelCell]] = {"rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}

"""Models asked over HTTP: every task of the catalogue, by what its head promises."""

"""How sure a score is, which network is better, which settings are best: for any task."""

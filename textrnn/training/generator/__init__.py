"""Training a generator: plan, model, objective, run."""

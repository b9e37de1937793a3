"""Training a classifier: plan, model, objective, run."""

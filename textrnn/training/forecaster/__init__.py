"""Training a forecaster: plan, model, objective, run."""

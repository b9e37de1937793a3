"""Training a tagger: plan, model, objective, run."""

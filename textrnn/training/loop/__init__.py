"""The training loop of every task: batches, optimizers, schedules, checkpoints."""

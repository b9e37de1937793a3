"""What a user calls: one class a task, over a bundle."""

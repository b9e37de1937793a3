"""What a user calls: a folder a task, which serves and never trains; none knows another."""

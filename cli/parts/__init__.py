"""What several commands share: inputs, outputs, options, progress."""

"""From scores to answers: the best tags, drawn tokens, beams. NumPy alone; a step gives scores."""

"""From scores to answers: the best tags, their probabilities, and the spans they make."""

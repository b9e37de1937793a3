"""Models as sites that answer in the visitor's browser; ``js/`` is what answers there."""

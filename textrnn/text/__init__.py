"""From text to numbers: tokens, words, languages, windows. No network is known here."""

"""Smaller and faster models of models: fewer recurrent units, fewer words, fewer bits a number."""

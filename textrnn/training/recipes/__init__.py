"""How shipped models are made, from files of texts to a measured bundle."""

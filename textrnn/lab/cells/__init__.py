"""Recurrent cells written out: one step forward, one step back."""

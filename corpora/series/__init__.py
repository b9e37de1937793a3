"""Series of numbers over time: read from tables, their steps found, their gaps named or filled."""

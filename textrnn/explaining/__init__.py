"""Why a classifier answered as it did."""

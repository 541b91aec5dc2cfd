"""Measures the budgets of the product, as ratios to a floor or a peer taken in the same run."""

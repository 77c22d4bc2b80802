"""Plots of results and judgements: forest, funnel, bubble, traffic lights, weighted summary, effect direction."""

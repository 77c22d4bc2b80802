"""Content decides what runs again: the digests of a step's code and sources are a param of its rule. Included last."""

for step in workflow.rules:
    if step.script:
        step.set_params(content_of(step))

"""What zigtui keeps for itself in the user's state directory. Nothing depends on it: without it, defaults apply.

`store` is a file of JSON that several zigtui may change at once, read and written by `files` in the `directory`.
`choices` are what the user has chosen on a screen, `history` what was typed into prompts.
"""

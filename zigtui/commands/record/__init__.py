"""The command ``zigtui record``: record programs and shell scripts as sessions."""

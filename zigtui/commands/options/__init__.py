"""Options and arguments that several commands have.

- Which sessions: `base_option`, `project_option`, `filter_options`, `session_argument` and `wait`.
- Values, and how shells complete them: `option_values`, `parse_times`, `file_name`, `completion` and `candidates`.
"""

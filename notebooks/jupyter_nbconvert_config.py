# Read by `jupyter nbconvert` in this folder: no timestamps and no widget state in the files.
c = get_config()  # noqa: F821  # Jupyter brings it
c.ExecutePreprocessor.record_timing = False
c.ExecutePreprocessor.store_widget_state = False
c.ExecutePreprocessor.timeout = 600

import gradio as gr
def results_page(desk, path="/results"): gr.HTML("x")

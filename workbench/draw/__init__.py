"""From recipes to pictures: latents, engines, the painter, folders of samples."""
